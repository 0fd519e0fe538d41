"""The scene description: everything the renderer needs for one sequence, as plain data.

`synth` writes it, `blender_scenes` draws it without a random number of its own. It round-trips
through JSON (`model_dump_json` / `model_validate_json`).

Units are metres, radians and seconds. World is Blender's: right-handed, Z up. Cameras are
OpenCV's: +x right, +y down, +z forward; pixel (row j, column i) has its centre at (i+0.5, j+0.5).

The hand's own frame ("wrist frame") has its origin at the centre of the wrist crease, +Y towards
the middle MCP, +X towards the thumb's side, +Z out of the palm. A left hand is the mirror image
(X negated) of the right one, so the same gesture has the same quaternions on both sides.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Vector3 = tuple[float, float, float]
Quaternion = tuple[float, float, float, float]  # w, x, y, z
Matrix4 = tuple[tuple[float, float, float, float], ...]  # 4 rows
Color = tuple[float, float, float]  # linear RGB

Side = Literal["left", "right"]
Split = Literal["train", "val", "test"]


class _Plain(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SkinLook(_Plain):
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


class Sleeve(_Plain):
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


class HandLook(_Plain):
    side: Side
    identity: str
    phenotype: dict[str, float]
    blendshapes: dict[str, float]
    skin: SkinLook
    sleeve: Sleeve


class HandPose(_Plain):
    """Rotations relative to the rest pose and the parent, in each bone's own frame."""

    bones: dict[str, Quaternion]  # the 24
    forearm: Quaternion  # forearm relative to the hand, (the wrist's bend, inverted)
    forearm_twist: float  # pronation, radians, spread along the forearm
    wrist_to_world: Matrix4  # rigid, applied after the mirroring of a left hand


class Camera(_Plain):
    K: tuple[Vector3, Vector3, Vector3]  # pixels
    world_to_camera: Matrix4
    width: int
    height: int
    clip_start: float = 0.005
    f_stop: float | None = None  # None: everything is sharp
    focus_distance: float = 0.5  # metres along the optical axis
    sensor_width: float = 0.0065  # metres; with f_stop it gives the aperture


class Lamp(_Plain):
    position: Vector3
    target: Vector3
    size: float  # metres, side of a square area lamp
    power: float  # watts
    color: Color


class Light(_Plain):
    hdri: str  # path or name of one that comes with bpy
    rotation: float  # radians about Z
    tilt: float  # radians about X, after the rotation
    strength: float
    tint: Color
    lamps: tuple[Lamp, ...] = ()


class Background(_Plain):
    """What is behind the hand: the HDRI itself, or a picture composited in linear light."""

    kind: Literal["hdri", "photo", "procedural"]
    photo: str | None = None
    crop: tuple[float, float, float, float] | None = None  # x, y, width, height in 0 … 1
    mirror: bool = False
    blur: float = 0.0  # pixels
    brightness: float = 1.0
    seed: int = 0  # of a procedural picture


class Sensor(_Plain):
    """From linear light to an 8-bit JPEG, as a camera does."""

    exposure: float  # stops, on top of the automatic exposure
    white_balance: Color
    contrast: float
    saturation: float
    tone: Literal["standard", "film", "phone"]
    vignette: float
    noise_iso: float  # 0 none, 1 strong
    sharpen: float
    blur: float  # pixels, softness of the lens
    jpeg_quality: int
    chroma_subsampling: bool
    seed: int


class View(_Plain):
    camera: Camera
    background: Background
    sensor: Sensor
    render_seed: int


class Frame(_Plain):
    """One moment: a pose and the cameras that see it."""

    frame: int
    time: float  # seconds since the sequence's start
    gesture: str | None  # named only when the pose is (nearly) that gesture
    pose: HandPose
    shutter: float  # seconds; 0: no motion blur
    pose_shutter_open: HandPose | None  # at time − shutter/2
    pose_shutter_close: HandPose | None  # at time + shutter/2
    views: tuple[View, ...]


class RenderSettings(_Plain):
    samples: int
    denoise: bool
    subdivision: int
    mask: bool
    depth: bool


class Contacts(_Plain):
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


class Scene(_Plain):
    """One sequence: one person, one light, some frames, each seen by several cameras."""

    sequence: int
    split: Split
    hand: HandLook
    light: Light
    render: RenderSettings
    frames: tuple[Frame, ...]
    contacts: Contacts = Contacts()
