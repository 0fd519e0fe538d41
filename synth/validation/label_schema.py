"""The label's keys, types and ranges (docs/format.md), as pydantic reads them from JSON.

JSON is read and checked in one go: pydantic's core does both in less time than `json.loads` reads.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from functools import lru_cache
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AfterValidator,
    ConfigDict,
    Discriminator,
    Field,
    StrictFloat,
    StrictInt,
    StrictStr,
    TypeAdapter,
    ValidationError,
)
from typing_extensions import TypedDict

from synth.landmarks import BLENDSHAPES, BONES, LANDMARKS
from synth.scene import Kind, Side, Split

#: Names of the person's parameters in 0 … 1, and of those in −1 … 1.
_SHARES: Final = ("gender", "age", "muscle", "weight", "height", "proportions")
_SIGNED: Final = (
    "hand_size",
    "finger_length",
    "finger_diameter",
    "finger_distance",
    "forearm_fat",
    "forearm_muscle",
)
_MAX_BLENDSHAPE: Final = 1.5

Skin = Literal["very_light", "light", "intermediate", "tan", "dark"]

Worn = Literal[
    "latex_glove",
    "wool_glove",
    "leather_glove",
    "work_glove",
    "fingerless_glove",
    "ring",
    "watch",
    "bracelet",
    "polish",
    "tattoo",
    "henna",
    "plaster",
    "dirt",
    "wetness",
]

Number = Annotated[StrictFloat, Field(allow_inf_nan=False)]
Positive = Annotated[Number, Field(gt=0)]
NotNegative = Annotated[Number, Field(ge=0)]
Count = Annotated[StrictInt, Field(ge=0)]
Text = Annotated[StrictStr, Field(min_length=1)]
Pair = Annotated[list[Number], Field(min_length=2, max_length=2)]
Triple = Annotated[list[Number], Field(min_length=3, max_length=3)]
Colour = Annotated[list[NotNegative], Field(min_length=3, max_length=3)]
Quadruple = Annotated[list[Number], Field(min_length=4, max_length=4)]
Matrix3 = Annotated[list[Triple], Field(min_length=3, max_length=3)]
Matrix4 = Annotated[list[Quadruple], Field(min_length=4, max_length=4)]
#: Half a unit of the last decimal beyond π.
Angle = Annotated[Number, Field(ge=-math.pi - 1e-6, le=math.pi + 1e-6)]
Visibility = Literal[0, 1, 2]

_LANDMARKS: Final = Field(min_length=len(LANDMARKS), max_length=len(LANDMARKS))


def _exactly(names: tuple[str, ...]) -> AfterValidator:
    wanted = frozenset(names)

    def check(value: dict[str, Any]) -> dict[str, Any]:
        if value.keys() != wanted:
            missing, unknown = sorted(wanted - value.keys()), sorted(value.keys() - wanted)
            raise ValueError(f"missing {missing}, unknown {unknown}")
        return value

    return AfterValidator(check)


def _within(low: Callable[[str], float], high: float) -> AfterValidator:
    def check(value: dict[str, float]) -> dict[str, float]:
        for name, number in value.items():
            if not low(name) <= number <= high:
                raise ValueError(f"{name} is {number}, outside {low(name):g} to {high:g}")
        return value

    return AfterValidator(check)


def _without_depth(value: list[float | None]) -> list[float | None]:
    if value[2] is not None:
        raise ValueError("has a z, which nobody knows of a photograph")
    return value


#: x, y, null: a landmark of a photograph.
Place = Annotated[
    list[Number | None], Field(min_length=3, max_length=3), AfterValidator(_without_depth)
]


class _Closed(TypedDict):
    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)  # type: ignore[misc]


class Image(_Closed):
    width: Annotated[StrictInt, Field(ge=1)]
    height: Annotated[StrictInt, Field(ge=1)]


class Camera(_Closed):
    K: Matrix3
    world_to_camera: Matrix4


class Lamp(_Closed):
    position: Triple
    target: Triple
    size: Positive
    power: NotNegative
    color: Colour


class Light(_Closed):
    hdri: Text
    rotation: Number
    tilt: Number
    strength: NotNegative
    tint: Colour
    lamps: list[Lamp]


class PalmBox(_Closed):
    center: Pair
    size: NotNegative
    rotation: Angle


class RenderedHand(_Closed):
    number: Count
    identity: Text
    side: Side
    landmarks_image: Annotated[list[Triple], _LANDMARKS]
    landmarks_camera: Annotated[list[Triple], _LANDMARKS]
    landmarks_world: Annotated[list[Triple], _LANDMARKS]
    visibility: Annotated[list[Visibility], _LANDMARKS]
    box: Quadruple
    palm_box: PalmBox
    bones: Annotated[dict[str, Quadruple], _exactly(BONES)]
    blendshapes: Annotated[
        dict[str, Number],
        _exactly(BLENDSHAPES),
        _within(lambda _: -_MAX_BLENDSHAPE, _MAX_BLENDSHAPE),
    ]
    phenotype: Annotated[
        dict[str, Number],
        _exactly((*_SHARES, *_SIGNED)),
        _within(lambda name: 0.0 if name in _SHARES else -1.0, 1.0),
    ]
    skin: Skin
    gesture: Text | None
    worn: list[Worn]
    holds: Text | None


class PhotographedHand(_Closed):
    number: Count
    identity: None
    side: Side | None
    landmarks_image: Annotated[list[Place], _LANDMARKS]
    landmarks_camera: None
    landmarks_world: None
    visibility: Annotated[list[Visibility | None], _LANDMARKS]
    box: Quadruple | None
    palm_box: PalmBox | None
    bones: None
    blendshapes: None
    phenotype: None
    skin: None
    gesture: None
    worn: None
    holds: None


class Rendered(_Closed):
    sequence: Count
    frame: Count
    camera_index: Count
    split: Split
    kind: Kind
    image: Image
    camera: Camera
    light: Light
    hands: list[RenderedHand]


class Photographed(_Closed):
    sequence: Count
    frame: Count
    camera_index: Count
    split: Split
    kind: Literal["photograph"]
    image: Image
    camera: None
    light: None
    hands: list[PhotographedHand]


#: Errors of keys. Labels of older versions have them; what they do have may be looked at.
_OF_KEYS: Final = frozenset({"missing", "extra_forbidden", "union_tag_not_found"})


def read_label(data: bytes) -> tuple[dict[str, Any], str | None]:
    """The label, and what is wrong with its keys, types and ranges.

    Returns:
        The label, and the first error in words, None if there is none. With an error, the label may
        lack any key; it is empty if a value is wrong, so that it is not judged twice.
    """
    try:
        return _adapter().validate_json(data), None
    except ValidationError as error:
        problem = _in_words(error)
        if any(each["type"] not in _OF_KEYS for each in error.errors(include_url=False)):
            return {}, problem
    return json.loads(data), problem


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Any]:
    return TypeAdapter(Annotated[Rendered | Photographed, Discriminator("kind")])


def _in_words(error: ValidationError) -> str:
    errors = error.errors(include_url=False)
    first = errors[0]
    # The union's tag, which is no key, comes first.
    tagged = first["type"] not in ("union_tag_not_found", "union_tag_invalid")
    where = ".".join(str(part) for part in first["loc"][1 if tagged else 0 :])
    if first["type"] == "union_tag_not_found":
        text = "kind is missing"
    elif first["type"] == "missing":
        text = f"{where} is missing"
    elif first["type"] == "extra_forbidden":
        text = f"{where} is unknown"
    else:
        message = first["msg"].removeprefix("Value error, ")
        value = repr(first["input"])
        shown = "" if len(value) > 60 else f", not {value}"
        text = f"{where}: {message}{shown}".removeprefix(": ")
    return f"{text} (and {len(errors) - 1} more)" if len(errors) > 1 else text
