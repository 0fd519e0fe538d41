"""A hand: whose it is, how it looks, what it wears, and how it is posed."""

from __future__ import annotations

from typing import Literal

from synth.scene.plain import Color, Matrix4, Plain, Quaternion, Side
from synth.scene.thing import Surface


class SkinLook(Plain):
    """One person's skin: one of the 5 sets of maps and how it departs from them."""

    name: Literal["very_light", "light", "intermediate", "tan", "dark"]
    variant: int = 0  # which of the drawn creases, veins and spots
    brightness: float = 1.0  # multiplies the colour map
    melanin: float = 0.0  # −1 … 1: shift of tone towards the next lighter / darker skin
    redness: float = 1.0  # strength of the blood in knuckles, tips and palm
    yellowness: float = 0.0  # −1 … 1
    veins: float = 1.0  # strength of the veins' colour and relief
    spots: float = 0.5  # freckles and age spots, 0 … 1
    wrinkles: float = 1.0  # strength of the fine relief and the creases
    roughness: float = 0.5  # mean roughness of the surface
    nail_color: Color = (0.8, 0.55, 0.5)
    nail_gloss: float = 0.5  # 0 dull … 1 glossy


class Sleeve(Plain):
    """Cloth over the forearm; it also hides the place where the arm's mesh ends."""

    start: float  # distance of the cuff from the wrist, metres along the forearm
    elbow_angle: float  # radians, 0 straight arm
    elbow_azimuth: float  # radians about the forearm, direction of the bend
    length: float  # metres of arm beyond the cuff
    looseness: float  # metres between skin and cloth at the cuff
    flare: float  # relative widening towards the elbow
    thickness: float  # metres of the cuff's edge
    color: Color
    color2: Color  # second colour of the pattern
    pattern: Literal["plain", "stripes", "checks", "knit", "noise"]
    pattern_scale: float  # metres of one repeat
    roughness: float
    wrinkles: float  # amplitude of the folds, metres
    seed: int  # of the folds' noise texture


class Glove(Plain):
    """A glove over the hand's skin; landmarks and visibility stay those of the hand."""

    kind: Literal["latex", "wool", "leather", "work", "fingerless"]
    color: Color
    color2: Color  # seams, knit, coated palm
    thickness: float  # metres that it stands off the skin
    cuff: float  # metres that it reaches up the forearm from the wrist
    roughness: float
    pattern_scale: float  # metres of one repeat
    wrinkles: float  # 0 … 1
    seed: int


class Ornament(Plain):
    """A ring, watch or bracelet: something stiff around a bone."""

    kind: Literal["ring", "watch", "bracelet"]
    bone: str  # of SKINNED_BONES, the one it sits on
    along: float  # metres from the bone's head towards its tail
    azimuth: float  # radians about the bone's +Y, from +Z (palm) to +X: where its front is
    size: dict[str, float]  # metres, by kind: width, thickness, …
    surface: Surface
    front: Surface  # the stone, the watch's face
    strap: Surface | None = None  # of a watch; None: as the rest of it
    seed: int


class Marks(Plain):
    """What is done to the skin: strengths 0 … 1 of painted maps, each with a drawn variant."""

    polish: float = 0.0  # nail polish
    polish_color: Color = (0.5, 0.02, 0.05)
    polish_gloss: float = 0.9
    polish_fingers: tuple[int, ...] = (0, 1, 2, 3, 4)  # thumb first: whose nails
    tattoo: float = 0.0
    tattoo_variant: int = 0
    henna: float = 0.0
    henna_variant: int = 0
    plaster: float = 0.0
    plaster_variant: int = 0
    plaster_color: Color = (0.7, 0.45, 0.3)
    dirt: float = 0.0
    dirt_variant: int = 0
    dirt_color: Color = (0.05, 0.035, 0.02)
    wetness: float = 0.0


class HandLook(Plain):
    side: Side
    identity: str
    phenotype: dict[str, float]
    blendshapes: dict[str, float]
    skin: SkinLook
    sleeve: Sleeve | None = None
    glove: Glove | None = None
    ornaments: tuple[Ornament, ...] = ()
    marks: Marks = Marks()
    holds: int | None = None  # which of the scene's things


class HandPose(Plain):
    """Rotations relative to the rest pose and the parent, in each bone's own frame."""

    bones: dict[str, Quaternion]  # the 24
    forearm: Quaternion  # forearm relative to the hand, (the wrist's bend, inverted)
    forearm_twist: float  # pronation, radians, spread along the forearm
    wrist_to_world: Matrix4  # rigid, applied after the mirroring of a left hand
