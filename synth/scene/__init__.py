"""The scene description: everything the renderer needs for one sequence, as plain data.

`synth` writes it, `blender_scenes` draws it without a random number of its own. It round-trips
through JSON (`model_dump_json` / `model_validate_json`).

Units are metres, radians and seconds. World is Blender's: right-handed, Z up. Cameras are
OpenCV's: +x right, +y down, +z forward; pixel (row j, column i) has its centre at (i+0.5, j+0.5).

The hand's own frame ("wrist frame") has its origin at the centre of the wrist crease, +Y towards
the middle MCP, +X towards the thumb's side, +Z out of the palm. A left hand is the mirror image
(X negated) of the right one, so the same gesture has the same quaternions on both sides.

The parts: `hand` (looks and poses of hands), `body` (the people they belong to), `thing` (what is
held, worn or in the way), `view` (cameras, light, backgrounds, sensors).
"""

from __future__ import annotations

from typing import Literal, get_args

from synth.scene.body import BodyLook, BodyPose, Eyewear, Garment, Hair, Headwear
from synth.scene.hand import Glove, HandLook, HandPose, Marks, Ornament, SkinLook, Sleeve
from synth.scene.plain import Color, Matrix4, Plain, Quaternion, Side, Split, Vector3
from synth.scene.thing import Surface, Thing
from synth.scene.view import Background, Camera, Lamp, Light, Sensor, View

__all__ = [
    "KINDS",
    "Background",
    "BodyLook",
    "BodyPose",
    "Camera",
    "Color",
    "Contacts",
    "Eyewear",
    "Frame",
    "Garment",
    "Glove",
    "Hair",
    "HandLook",
    "HandPose",
    "Headwear",
    "Kind",
    "Lamp",
    "Light",
    "Marks",
    "Matrix4",
    "Moment",
    "Ornament",
    "Plain",
    "Quaternion",
    "RenderSettings",
    "Scene",
    "Sensor",
    "Side",
    "SkinLook",
    "Sleeve",
    "Split",
    "Surface",
    "Thing",
    "Vector3",
    "View",
]

#: What a scene shows: a lone hand on its arm, one that holds a thing, two hands in contact, people,
#: or no hand at all.
Kind = Literal["hand", "held", "pair", "people", "empty"]
KINDS: tuple[Kind, ...] = get_args(Kind)


class RenderSettings(Plain):
    samples: int
    denoise: bool
    subdivision: int
    mask: bool
    depth: bool


class Contacts(Plain):
    """What fingers that would have passed through each other made of a sequence's poses.

    Several sequences' are added up; `worst_depth` is then the worst of all.
    """

    poses: int = 0  # key poses and frames that were kept
    corrected: int = 0  # of them: angles changed until nothing penetrates
    redrawn: int = 0  # draws thrown away
    unresolved: int = 0  # of the poses: kept with penetration, after the last redraw
    worst_depth: float = 0.0  # metres that skin stands in skin in a kept frame

    def __add__(self, other: Contacts) -> Contacts:
        return Contacts(
            poses=self.poses + other.poses,
            corrected=self.corrected + other.corrected,
            redrawn=self.redrawn + other.redrawn,
            unresolved=self.unresolved + other.unresolved,
            worst_depth=max(self.worst_depth, other.worst_depth),
        )


class Moment(Plain):
    """Everything that can move, at one time; in the order of the scene's looks."""

    hands: tuple[HandPose, ...]
    bodies: tuple[BodyPose, ...] = ()
    things: tuple[Matrix4, ...] = ()  # thing_to_world, rigid; what a left hand holds is mirrored


class Frame(Plain):
    """One moment and the cameras that see it."""

    frame: int
    time: float  # seconds since the sequence's start
    gestures: tuple[str | None, ...]  # of each hand; named only when its pose is (nearly) that
    moment: Moment
    shutter: float  # seconds; 0: no motion blur
    shutter_open: Moment | None  # at time − shutter/2
    shutter_close: Moment | None  # at time + shutter/2
    views: tuple[View, ...]


class Scene(Plain):
    """One sequence: hands, people and things in one light; some moments, each seen by several
    cameras."""

    sequence: int
    split: Split
    kind: Kind = "hand"
    hands: tuple[HandLook, ...]
    bodies: tuple[BodyLook, ...] = ()
    things: tuple[Thing, ...] = ()
    light: Light
    render: RenderSettings
    frames: tuple[Frame, ...]
    contacts: Contacts = Contacts()
