"""The manifest: what a dataset is made of, as one YAML file.

Every key has a default, so a manifest may be a few lines long. Unknown keys, wrong types and
impossible ranges are refused by `load_manifest` with the file, the dotted key and the reason.

To add a key, add a field with a default to its section; `share` is a probability, `Range` a
[low, high] that values are drawn from, and `within(low, high)` bounds a range. Keys in other units
than metres, radians and seconds carry the unit in their name.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    ValidationInfo,
    model_validator,
)

from synth.errors import UserError
from synth.manifest_errors import describe_error
from synth.scene import Split
from synth.yaml_file import read_yaml

#: The HDRIs that come with bpy, as a value of `light.hdris`.
BUILTIN: Literal["builtin"] = "builtin"

#: Lamps that a scene can have beside its HDRI.
MAX_LAMPS = 8

SPLITS: tuple[Split, ...] = ("train", "val", "test")


def _check_order(value: tuple[float, float]) -> tuple[float, float]:
    if value[0] > value[1]:
        raise ValueError(f"the low end {value[0]} is above the high end {value[1]}")
    return value


Range = Annotated[tuple[float, float], AfterValidator(_check_order)]
IntRange = Annotated[tuple[int, int], AfterValidator(_check_order)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]


def within(low: float, high: float) -> AfterValidator:
    """Bounds of a range, both ends included."""

    def check(value: tuple[float, float]) -> tuple[float, float]:
        if value[0] < low or value[1] > high:
            raise ValueError(f"{list(value)} is not within [{low:g}, {high:g}]")
        return value

    return AfterValidator(check)


def _in_manifest_folder(entry: str, info: ValidationInfo) -> Path:
    folder = (info.context or {}).get("folder", Path())
    return folder / Path(entry).expanduser()


def _check_folder(entry: str, info: ValidationInfo) -> str:
    path = _in_manifest_folder(entry, info)
    if not path.is_dir():
        raise ValueError(f"there is no folder {path}")
    return entry


def _check_hdri_source(entry: str, info: ValidationInfo) -> str:
    if entry != BUILTIN and not _in_manifest_folder(entry, info).exists():
        raise ValueError(f"there is no file or folder {_in_manifest_folder(entry, info)}")
    return entry


def _one_or_more(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


ExistingFolder = Annotated[str, AfterValidator(_check_folder)]
HdriSource = Annotated[str, AfterValidator(_check_hdri_source)]
UnitRange = Annotated[Range, within(0, 1)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


def _sums_to_one(*names: str) -> Callable[[Any], Any]:
    def check(section: Any) -> Any:
        total = sum(getattr(section, name) for name in names)
        if abs(total - 1.0) > 1e-6:
            raise ValueError(f"{', '.join(names)} sum to {total:g}, not to 1")
        return section

    return check


class Image(_Section):
    """Size in pixels and quality of the renders, and the optional outputs."""

    width: int = Field(256, ge=32, le=4096)
    height: int = Field(256, ge=32, le=4096)
    samples: int = Field(12, ge=1, le=65536)  # Cycles samples a pixel
    denoise: bool = True
    subdivision: int = Field(1, ge=0, le=3)
    mask: bool = False
    depth: bool = False


class Splits(_Section):
    """Fractions of the sequences, the identities and the HDRIs."""

    train: Share = 0.8
    val: Share = 0.1
    test: Share = 0.1

    _check = model_validator(mode="after")(_sums_to_one("train", "val", "test"))


class Skins(_Section):
    """Relative weights of the five skins of `synth.scene.SkinLook`."""

    very_light: float = Field(1.0, ge=0)
    light: float = Field(1.0, ge=0)
    intermediate: float = Field(1.0, ge=0)
    tan: float = Field(1.0, ge=0)
    dark: float = Field(1.0, ge=0)

    @model_validator(mode="after")
    def _check(self) -> Skins:
        if sum(self.model_dump().values()) <= 0:
            raise ValueError("at least one skin needs a weight above 0")
        return self


class Phenotype(_Section):
    """Ranges of Anny's phenotype values; each is 0 … 1 (age 1/3 child, 2/3 young, 1 old)."""

    age: UnitRange = (0.25, 1.0)
    gender: UnitRange = (0.0, 1.0)
    muscle: UnitRange = (0.1, 0.9)
    weight: UnitRange = (0.1, 0.9)
    height: UnitRange = (0.1, 0.9)
    proportions: UnitRange = (0.1, 0.9)


class Identity(_Section):
    """Who the hands belong to. Identities are shared out over the splits, none is in two."""

    count: int = Field(400, ge=1)
    left_share: Share = 0.5
    skins: Skins = Skins()
    phenotype: Phenotype = Phenotype()
    blendshape_sigma: float = Field(0.35, ge=0, le=1)
    sleeve_share: Share = 0.5  # hands whose cuff comes to the wrist; the others' ends further up
    sleeve_start: Annotated[Range, within(0, 0.4)] = (0.0, 0.22)  # metres from wrist to cuff


class Scenes(_Section):
    """Kinds of scenes: shares of the sequences, see `synth.scene.Kind`."""

    hand: Share = 1.0  # a lone hand on its arm
    held: Share = 0.0  # a hand that holds a thing
    pair: Share = 0.0  # two hands in contact
    people: Share = 0.0  # a person, or two, with both hands
    empty: Share = 0.0  # no hand

    _check = model_validator(mode="after")(_sums_to_one("hand", "held", "pair", "people", "empty"))


class Gloves(_Section):
    """Relative weights of the kinds of gloves."""

    latex: float = Field(1.0, ge=0)
    wool: float = Field(1.0, ge=0)
    leather: float = Field(1.0, ge=0)
    work: float = Field(1.0, ge=0)
    fingerless: float = Field(1.0, ge=0)

    @model_validator(mode="after")
    def _check(self) -> Gloves:
        if sum(self.model_dump().values()) <= 0:
            raise ValueError("at least one kind of glove needs a weight above 0")
        return self


class Worn(_Section):
    """What hands wear and what is done to their skin: shares of the hands."""

    glove_share: Share = 0.0
    gloves: Gloves = Gloves()
    ring_share: Share = 0.0
    watch_share: Share = 0.0
    bracelet_share: Share = 0.0
    polish_share: Share = 0.0
    tattoo_share: Share = 0.0
    henna_share: Share = 0.0
    plaster_share: Share = 0.0
    dirt_share: Share = 0.0
    wet_share: Share = 0.0


class Things(_Section):
    """What is held, in the way and lying about."""

    kinds: tuple[str, ...] | None = None  # that hands hold; None: all of them
    occluder_share: Share = 0.0  # views with something between camera and hand
    occluders: Annotated[IntRange, within(1, 8)] = (1, 3)  # how many then
    clutter_share: Share = 0.0  # sequences with things around the hands
    clutter: Annotated[IntRange, within(1, 8)] = (1, 6)


class People(_Section):
    """Scenes with people: where cameras stand (shares of the sequences), and what is going on."""

    webcam: Share = 0.35
    phone: Share = 0.15  # at the end of the person's own arm
    room: Share = 0.2
    desk: Share = 0.1  # from above a table
    egocentric: Share = 0.2  # from the person's own head
    second_share: Share = 0.15  # sequences with two people, but for egocentric and desk cameras
    held_share: Share = 0.2  # hands that hold a thing
    pair_share: Share = 0.15  # people whose hands touch each other
    two_people_share: Share = 0.25  # of the sequences of kind pair: hands of two people
    interactions: tuple[str, ...] | None = None  # of hands in contact; None: all of the library
    face_share: Share = 0.12  # hands at the face
    hidden_share: Share = 0.04  # sequences in which all hands are out of sight

    _check = model_validator(mode="after")(
        _sums_to_one("webcam", "phone", "room", "desk", "egocentric")
    )


class Motion(_Section):
    """Key poses of a sequence and what lies between them."""

    gesture_share: Share = 0.6  # key poses that are named gestures; the rest is drawn in limits
    gestures: tuple[str, ...] | None = None  # None: all of the library
    key_poses: Annotated[IntRange, within(1, 100)] = (2, 4)
    transition_seconds: Annotated[Range, within(0.05, 10)] = (0.3, 1.0)
    max_redraws: int = Field(20, ge=0, le=1000)  # of a pose whose fingers pass through each other


class Lights(_Section):
    """HDRI world and lamps, drawn once a sequence."""

    hdris: Annotated[tuple[HdriSource, ...], BeforeValidator(_one_or_more), Field(min_length=1)] = (
        BUILTIN,
    )
    strength: Annotated[Range, within(0, 100)] = (0.4, 2.0)
    rotation_degrees: Annotated[Range, within(0, 360)] = (0.0, 360.0)
    tilt_degrees: Annotated[Range, within(-180, 180)] = (-15.0, 15.0)
    tint_sigma: float = Field(0.06, ge=0, le=1)
    lamps: Annotated[IntRange, within(0, MAX_LAMPS)] = (0, 2)
    lamp_power: Annotated[Range, within(0, 10000)] = (2.0, 30.0)  # watts
    lamp_distance: Annotated[Range, within(0.1, 20)] = (0.5, 2.0)  # metres
    lamp_size: Annotated[Range, within(0.001, 10)] = (0.05, 0.8)  # metres, side of the square
    back_share: Share = 0.0  # sequences with the brightest light behind what the camera sees
    low_share: Share = 0.0  # and in so little light that sensors are at their end


class Backgrounds(_Section):
    """What is behind the hand: shares of the views."""

    hdri: Share = 0.6
    photo: Share = 0.0
    procedural: Share = 0.4
    photos: ExistingFolder | None = None
    blur_pixels: Annotated[Range, within(0, 100)] = (0.0, 6.0)
    brightness: Annotated[Range, within(0, 10)] = (0.6, 1.4)

    _check_sum = model_validator(mode="after")(_sums_to_one("hdri", "photo", "procedural"))

    @model_validator(mode="after")
    def _check_photos(self) -> Backgrounds:
        if self.photo > 0 and self.photos is None:
            raise ValueError("photo is above 0 but photos names no folder of photographs")
        return self


class Cameras(_Section):
    """Where the cameras stand, what their lenses do, how the hand is framed."""

    scale: Annotated[Range, within(0.01, 1.5)] = (
        0.05,
        0.95,
    )  # hand's longer ÷ image's shorter side
    scale_mode: float = Field(0.45, ge=0.01, le=1.5)  # the most likely scale
    fov_degrees: Annotated[Range, within(2, 140)] = (15.0, 80.0)  # vertical
    elevation_degrees: Annotated[Range, within(-90, 90)] = (-90.0, 90.0)  # seen from the hand
    facing_share: Share = 0.0  # of single hands, seen from within 35° of the palm's normal
    roll_sigma_degrees: float = Field(30.0, ge=0, le=180)
    partly_outside_share: Share = 0.1
    depth_of_field_share: Share = 0.2
    f_stop: Annotated[Range, within(0.5, 64)] = (1.4, 8.0)
    motion_blur_share: Share = 0.15
    shutter_seconds: Annotated[Range, within(0, 1)] = (0.004, 0.033)
    redraw: Literal["frame", "sequence"] = "sequence"  # how often the cameras are placed anew

    @model_validator(mode="after")
    def _check_mode(self) -> Cameras:
        if not self.scale[0] <= self.scale_mode <= self.scale[1]:
            raise ValueError(f"scale_mode {self.scale_mode:g} is outside scale {list(self.scale)}")
        return self


class Sensors(_Section):
    """From linear light to the JPEG; ranges of `synth.scene.Sensor`'s values."""

    exposure_stops: Annotated[Range, within(-8, 8)] = (-0.8, 0.8)
    white_balance_sigma: float = Field(0.05, ge=0, le=1)
    contrast: Annotated[Range, within(0.1, 4)] = (0.85, 1.2)
    saturation: Annotated[Range, within(0, 4)] = (0.75, 1.2)
    vignette: UnitRange = (0.0, 0.3)
    noise_iso: UnitRange = (0.0, 0.5)
    sharpen: UnitRange = (0.0, 0.5)
    blur_pixels: Annotated[Range, within(0, 20)] = (0.0, 0.8)
    jpeg_quality: Annotated[IntRange, within(1, 100)] = (72, 97)
    chroma_subsampling_share: Share = 0.7


class Output(_Section):
    """How the samples are stored."""

    sequences_per_shard: int = Field(100, ge=1, le=100_000)
    image_format: Literal["jpg"] = "jpg"


class Manifest(_Section):
    """A dataset: sequences × frames × cameras images. See the sections for their keys."""

    name: str = Field("hands", min_length=1, max_length=100)
    seed: int = Field(0, ge=0, le=2**63 - 1)
    sequences: int = Field(100, ge=1, le=99_999_999)
    frames_per_sequence: int = Field(4, ge=1, le=999)
    cameras: int = Field(3, ge=1, le=8)
    image: Image = Image()
    splits: Splits = Splits()
    scenes: Scenes = Scenes()
    identity: Identity = Identity()
    worn: Worn = Worn()
    things: Things = Things()
    people: People = People()
    motion: Motion = Motion()
    light: Lights = Lights()
    background: Backgrounds = Backgrounds()
    camera: Cameras = Cameras()
    sensor: Sensors = Sensors()
    output: Output = Output()

    _folder: Path = PrivateAttr(default_factory=Path)

    @model_validator(mode="after")
    def _check_identities(self) -> Manifest:
        used = [split for split in SPLITS if getattr(self.splits, split) > 0]
        if self.identity.count < len(used):
            raise ValueError(
                f"identity.count: {self.identity.count} is too small:"
                f" {', '.join(used)} need an identity each"
            )
        return self

    @property
    def images_per_sequence(self) -> int:
        return self.frames_per_sequence * self.cameras

    @property
    def folder(self) -> Path:
        """The manifest's folder, which its relative paths start from."""
        return self._folder

    def path_of(self, entry: str) -> Path:
        """Path of a folder or file that the manifest names."""
        return self._folder / Path(entry).expanduser()

    def with_folder(self, folder: Path) -> Manifest:
        copy = self.model_copy()
        copy._folder = folder
        return copy

    def checksum(self) -> str:
        """SHA-256 (hexadecimal) of all keys, those left at their defaults too."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def _with_tuples(value: Any) -> Any:
    # YAML and JSON know lists only; the models are strict and take tuples.
    if isinstance(value, list):
        return tuple(_with_tuples(item) for item in value)
    if isinstance(value, dict):
        return {key: _with_tuples(item) for key, item in value.items()}
    return value


def parse_manifest(data: Any, folder: Path, name: str) -> Manifest:
    """Manifest from plain data as YAML or JSON give it.

    Args:
        data: a mapping of the manifest's keys.
        folder: what relative paths start from.
        name: of the source, for errors.

    Raises:
        UserError: one line with the source, the dotted key and the reason.
    """
    if data is None:
        data = {}
    if not isinstance(data, dict):
        raise UserError(f"{name}: a manifest is a mapping of keys, not a {type(data).__name__}")
    try:
        manifest = Manifest.model_validate(_with_tuples(data), context={"folder": folder})
    except ValidationError as error:
        raise UserError(f"{name}: {describe_error(error, Manifest)}") from None
    return manifest.with_folder(folder)


def load_manifest(path: str | Path) -> Manifest:
    """Read and check a manifest file.

    Raises:
        UserError: one line naming file, dotted key and reason, if the file cannot be read, is not
            plain YAML, or holds an unknown key, a wrong type, an impossible range or a missing
            folder.
    """
    path = Path(path)
    return parse_manifest(read_yaml(path), path.resolve().parent, str(path))
