"""A person: whose body it is, how it looks and is dressed, and how it is posed.

The body's own frame ("body frame") is that of the rest pose: origin between the hips, +X to the
person's left, −Y to the front, +Z up. Upper arms are not in a pose: they go from the body's
shoulder to the elbow of the hand's own forearm.
"""

from __future__ import annotations

from typing import Literal

from synth.scene.hand import SkinLook
from synth.scene.plain import Color, Matrix4, Plain, Quaternion
from synth.scene.thing import Surface


class Hair(Plain):
    style: Literal["bald", "shaved", "short", "medium", "long", "bun", "ponytail", "afro"]
    color: Color
    length: float  # 0 … 1 within the style
    volume: float  # metres that it stands off the head
    seed: int


class Headwear(Plain):
    kind: Literal["cap", "beanie", "scarf", "hood", "hat", "headphones"]
    surface: Surface
    size: float  # metres that it stands off the head
    seed: int


class Eyewear(Plain):
    kind: Literal["glasses", "sunglasses"]
    color: Color
    seed: int


class Garment(Plain):
    """Cloth as a shell off the body's skin."""

    kind: Literal["top", "jacket", "trousers", "skirt", "shoes"]
    surface: Surface
    looseness: float  # metres off the skin
    thickness: float  # metres
    sleeve: float  # share of the upper arm (top, jacket; 1: and the forearm) or leg, 0 … 1
    neckline: float  # metres below the base of the neck
    wrinkles: float  # amplitude of the folds, metres
    seed: int
    cuff: float = 0.0  # metres from the wrist to the end of a sleeve that covers the forearm


class BodyLook(Plain):
    identity: str
    phenotype: dict[str, float]  # the same as its hands'
    face: dict[str, float]  # Anny's local changes of head and body, −1 … 1
    skin: SkinLook  # the same as its hands'
    hands: tuple[int, int]  # which of the scene's hands are its right and its left one
    eye_color: Color
    lips: Color  # factor on the skin's colour
    beard: float  # 0 shaved … 1 full
    brows: float  # 0 … 1
    makeup: float
    hair: Hair
    headwear: Headwear | None
    eyewear: Eyewear | None
    garments: tuple[Garment, ...]  # the first lies nearest to the skin
    seed: int


class BodyPose(Plain):
    """Rotations of bones relative to the rest pose and the parent, in the body frame's axes."""

    bones: dict[str, Quaternion]  # of synth.body.bones.POSED_BONES; missing ones are at rest
    body_to_world: Matrix4
