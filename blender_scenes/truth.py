"""Ground truth read back from the posed rig: landmarks, boxes and visibility."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import prod

import bpy
import numpy as np
from mathutils import Vector
from mathutils.bvhtree import BVHTree
from numpy.typing import NDArray

from blender_scenes.hand import Hand, posed_bones
from synth.body.hair_cover import HungHair, hair_cover
from synth.hand.model import landmarks_of
from synth.hand.recipe import SKINNED_BONES
from synth.landmarks import BONE_HEAD_LANDMARK, BONE_PARENTS, BONES, LANDMARKS, WRIST
from synth.scene import Camera

Array = NDArray[np.float64]

HIDDEN, VISIBLE, OUTSIDE = 1, 2, 0
_FOREARM = [SKINNED_BONES.index(name) for name in ("forearm_distal", "forearm_proximal")]


@dataclass(frozen=True)
class PosedHand:
    """One hand at one moment, in the world.

    Attributes:
        landmarks_world: (21, 3) metres.
        vertices: (V, 3) of the skin as it is drawn (subdivided), without the forearm's, metres.
        segments: (P,) index into SKINNED_BONES of the bone that carries each polygon most.
        skin: tree of the drawn skin.
    """

    landmarks_world: Array
    vertices: Array
    segments: NDArray[np.int64]
    skin: BVHTree


@dataclass(frozen=True)
class Truth:
    """All hands of one moment, and what can hide them.

    Attributes:
        things: in the scene's order; `View.absent` counts in it.
        blockers: all else that is solid, which every camera sees.
        hair: of people, of which a strand alone hides nothing.
    """

    hands: list[PosedHand]
    things: list[BVHTree]
    blockers: list[BVHTree]
    hair: list[HungHair] = field(default_factory=list)


def read_posed_hand(hand: Hand) -> PosedHand:
    """Evaluate the rig as it is posed now."""
    bones = posed_bones(hand)
    landmarks = landmarks_of(np.stack([bones[name] for name in BONES]))
    landmarks[WRIST] = bones["wrist"][:3, 3]
    vertices, quads = _drawn_mesh(hand.mesh)
    tree = BVHTree.FromPolygons(vertices.tolist(), quads.tolist())
    segments = polygon_segments(hand, len(quads))
    on_hand = np.unique(quads[~np.isin(segments, _FOREARM)])
    return PosedHand(landmarks, vertices[on_hand], segments, tree)


def blocker_tree(thing: bpy.types.Object) -> BVHTree:
    """What an object can hide, as it is drawn now, in the world."""
    vertices, triangles = _drawn_mesh(thing, corners_each=3)
    return BVHTree.FromPolygons(vertices.tolist(), triangles.tolist())


def _drawn_mesh(thing: bpy.types.Object, corners_each: int = 4) -> tuple[Array, NDArray[np.int32]]:
    """World vertices of a mesh with all its modifiers, and its polygons' corners.

    Args:
        corners_each: 4 of a mesh of quads, 3 for the triangles of any mesh.

    Returns:
        (V, 3) and (P, corners_each).
    """
    evaluated = thing.evaluated_get(bpy.context.evaluated_depsgraph_get())
    mesh = evaluated.to_mesh()
    vertices = np.empty(len(mesh.vertices) * 3, dtype=np.float32)
    mesh.vertices.foreach_get("co", vertices)
    if corners_each == 3:
        mesh.calc_loop_triangles()
        corners = np.empty(3 * len(mesh.loop_triangles), dtype=np.int32)
        mesh.loop_triangles.foreach_get("vertices", corners)
    else:
        corners = np.empty(len(mesh.loops), dtype=np.int32)
        mesh.loops.foreach_get("vertex_index", corners)
    evaluated.to_mesh_clear()
    world = np.array(evaluated.matrix_world)
    points = vertices.reshape(-1, 3).astype(np.float64)
    return points @ world[:3, :3].T + world[:3, 3], corners.reshape(-1, corners_each)


def polygon_segments(hand: Hand, polygons: int) -> NDArray[np.int64]:
    """(polygons,) bone that carries each polygon of the subdivided mesh most.

    Subdivision makes a grid of every quad, whose cells lie together; the weights at a cell's
    middle are those of the quad's corners, interpolated bilinearly.
    """
    corners = hand.model.weights[hand.model.faces]  # (F, 4, B)
    level = round(np.log(polygons / len(corners)) / np.log(4))
    cells = np.einsum("nc,fcb->fnb", _cell_middles(2**level), corners)
    return np.asarray(cells.argmax(-1).reshape(-1))


def _cell_middles(side: int) -> Array:
    """(side², 4) bilinear weights of a quad's corners at the middles of its grid's cells.

    They are in Blender's order: the inner cells row by row, then the border, once around from the
    first corner.
    """
    last = side - 1
    cells = [(x, y) for y in range(1, last) for x in range(1, last)]
    cells += [(i, 0) for i in range(last)] + [(last, i) for i in range(last)]
    cells += [(last - i, last) for i in range(last)] + [(0, last - i) for i in range(last)]
    u, v = (np.array(cells or [(0, 0)]).T + 0.5) / side
    return np.stack([(1 - u) * (1 - v), u * (1 - v), u * v, (1 - u) * v], axis=1)


def own_segments(landmark: int) -> set[int]:
    """Bones whose skin counts as the landmark's own: those that meet in it.

    The wrist's are the carpus, the metacarpals and the forearm next to it; a knuckle's the
    metacarpal and the proximal phalanx.
    """
    if landmark == WRIST:
        names = {"wrist", "forearm_distal"} | {b for b in BONES if b.endswith("metacarpal")}
        return {SKINNED_BONES.index(name) for name in names}
    head = BONE_HEAD_LANDMARK.index(landmark)
    own = {head}
    if BONE_PARENTS[head] >= 0:
        own.add(BONE_PARENTS[head])
    if BONES[head].endswith("metacarpal"):
        own.add(SKINNED_BONES.index("wrist"))
    return own


#: Share of the skin at a landmark that hair must leave bare.
_LEAST_BARE = 0.5
_OWN_SEGMENTS = tuple(frozenset(own_segments(landmark)) for landmark in range(len(LANDMARKS)))


def landmark_visibility(
    truth: Truth, number: int, landmarks_image: Array, camera: Camera, absent: Sequence[int] = ()
) -> list[int]:
    """0 outside the image, 1 inside but hidden, 2 visible, for each of a hand's 21 landmarks.

    Visible: the first surface on the ray from the camera to the landmark is skin of the
    landmark's own segments; another hand or a blocker nearer than that hides it, and so does hair
    that covers more than half of the skin there.

    Args:
        absent: things that this camera does not see.
    """
    hand = truth.hands[number]
    others = [other.skin for other in truth.hands if other is not hand] + truth.blockers
    others += [tree for index, tree in enumerate(truth.things) if index not in absent]
    world_to_camera = np.array(camera.world_to_camera)
    centre = -world_to_camera[:3, :3].T @ world_to_camera[:3, 3]
    axis = world_to_camera[2, :3]
    origin = Vector(centre)
    states = []
    for landmark, (point, pixel) in enumerate(
        zip(hand.landmarks_world, landmarks_image, strict=True)
    ):
        inside = 0 <= pixel[0] < camera.width and 0 <= pixel[1] < camera.height
        if not inside or (point - centre) @ axis <= camera.clip_start:
            states.append(OUTSIDE)
            continue
        direction = Vector(point - centre).normalized()
        _, _, polygon, distance = hand.skin.ray_cast(origin, direction)
        seen = polygon is not None and int(hand.segments[polygon]) in _OWN_SEGMENTS[landmark]
        if seen:
            seen = all(
                hit is None or hit > distance
                for hit in (tree.ray_cast(origin, direction, distance)[3] for tree in others)
            )
        if seen and truth.hair:
            skin = centre + distance * np.array(direction)
            seen = prod(1 - hair_cover(centre, skin, hair) for hair in truth.hair) >= _LEAST_BARE
        states.append(VISIBLE if seen else HIDDEN)
    return states
