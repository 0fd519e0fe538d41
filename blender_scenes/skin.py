"""placeholder"""
from dataclasses import dataclass
import bpy
from blender_scenes.hand import Hand
from synth.scene import HandLook

@dataclass
class SkinMaterial:
    material: bpy.types.Material

def build_skin(hand: Hand) -> SkinMaterial:
    m = bpy.data.materials.new("skin"); m.use_nodes = True
    b = m.node_tree.nodes["Principled BSDF"]
    b.inputs["Base Color"].default_value = (0.5, 0.28, 0.2, 1)
    b.inputs["Roughness"].default_value = .5
    b.inputs["Subsurface Weight"].default_value = .15
    b.inputs["Subsurface Radius"].default_value = (1, .35, .2)
    b.inputs["Subsurface Scale"].default_value = .004
    hand.mesh.data.materials.append(m)
    return SkinMaterial(m)

def set_skin(skin: SkinMaterial, look: HandLook) -> None:
    pass
