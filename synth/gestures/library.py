"""The named gestures: data in `library.yaml`, which says how to add one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from synth.errors import UserError
from synth.hand.joint_angles import (
    ANGLE_NAMES,
    PART_SLICES,
    FingerAngles,
    HandAngles,
    ThumbAngles,
    WristAngles,
)
from synth.hand.limits import RANGE_OF_MOTION, check, jitter
from synth.hand.touch import PLACES
from synth.landmarks import LONG_FINGERS
from synth.yaml_file import read_yaml

Array = NDArray[np.float64]
Up = Literal["fingers", "wrist", "thumb", "little", "palm", "back"]

#: The direction in the wrist frame that each of them means. That of the thumb is where a raised
#: thumb points on average, from its MCP to its tip: 27° from the palm's side.
UP_DIRECTIONS: Final[Mapping[Up, tuple[float, float, float]]] = {
    "fingers": (0.0, 1.0, 0.0),
    "wrist": (0.0, -1.0, 0.0),
    "thumb": (0.89, 0.37, 0.25),
    "little": (-0.89, -0.37, -0.25),
    "palm": (0.0, 0.0, 1.0),
    "back": (0.0, 0.0, -1.0),
}
LIBRARY_FILE: Final = Path(__file__).with_name("library.yaml")
#: Degrees of the ring's and the little finger's metacarpals at `cup: 1`.
_CUP = {"ring": 10.0, "little": 22.0}
#: Degrees of standard deviation of each kind of angle at `jitter: 1`.
_JITTER = {
    "cmc_flexion": 2.0,
    "palmar_abduction": 3.0,
    "opposition": 3.0,
    "mcp_flexion": 4.0,
    "mcp_abduction": 2.0,
    "pip": 4.0,
    "dip": 4.0,
    "ip": 4.0,
}
#: Degrees of standard deviation of a wrist that the gesture prescribes.
_WRIST_JITTER = 5.0


@dataclass(frozen=True)
class Gesture:
    """One named gesture.

    Attributes:
        name: as it stands in labels.
        angles: its middle; zero at the wrist where the gesture leaves that free.
        sigma: (29,) radians, standard deviation of its variation.
        touches: pairs of places that meet, as `synth.hand.touch.meet` takes them.
        wrist: whether flexion and deviation of the wrist belong to the gesture.
        up: what points upwards in the world where that belongs to the gesture, else None.
    """

    name: str
    angles: HandAngles
    sigma: Array
    touches: tuple[tuple[str, str], ...]
    wrist: bool
    up: Up | None


class _Entry(BaseModel):
    """A gesture as it is written down, in degrees."""

    model_config = ConfigDict(extra="forbid", strict=True)

    all: str | list[float] | None = None
    index: str | list[float] | None = None
    middle: str | list[float] | None = None
    ring: str | list[float] | None = None
    little: str | list[float] | None = None
    thumb: str | list[float]
    spread: str | list[float] = "natural"
    cup: float = Field(0.0, ge=0, le=1)
    wrist: list[float] | None = None
    touch: list[list[str]] = []
    up: Up | None = None
    jitter: float = Field(1.0, ge=0, le=5)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    fingers: dict[str, list[float]] = {}
    thumbs: dict[str, list[float]] = {}
    spreads: dict[str, list[float]] = {}
    gestures: dict[str, _Entry]


def load_gestures(path: Path) -> dict[str, Gesture]:
    """Gestures of a file written like `library.yaml`.

    Raises:
        UserError: one line, if the file cannot be read, a key is unknown or of the wrong type, a
            place does not exist, or an angle is outside the range of motion.
    """
    try:
        content = _File.model_validate(read_yaml(path))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UserError(f"{path}: {where}: {first['msg']}") from None
    gestures = {}
    for name, entry in content.gestures.items():
        try:
            gestures[name] = _gesture(name, entry, content)
        except ValueError as error:
            raise UserError(f"{path}: gestures.{name}: {error}") from None
    return gestures


@lru_cache(maxsize=1)
def gesture_library() -> Mapping[str, Gesture]:
    """The gestures that come with the project, by name."""
    return load_gestures(LIBRARY_FILE)


def find_gesture(name: str) -> Gesture:
    """Gesture of the library.

    Raises:
        UserError: there is none of that name.
    """
    library = gesture_library()
    if name not in library:
        near = get_close_matches(name, library, n=1)
        advice = (
            f", did you mean {near[0]}?" if near else f"; there are {', '.join(sorted(library))}"
        )
        raise UserError(f"there is no gesture {name!r}{advice}")
    return library[name]


def sample_gesture(rng: np.random.Generator, name: str) -> HandAngles:
    """A gesture as one person makes it once: its angles varied inside the limits.

    What has to touch touches only after `synth.hand.touch.meet` for the shape at hand.

    Raises:
        UserError: no gesture of that name.
    """
    gesture = find_gesture(name)
    return HandAngles.from_vector(jitter(rng, gesture.angles.to_vector(), gesture.sigma))


def _gesture(name: str, entry: _Entry, content: _File) -> Gesture:
    thumb = _numbers(entry.thumb, content.thumbs, 5, "thumb")
    spread = _numbers(entry.spread, content.spreads, 4, "spread")
    wrist = _numbers(entry.wrist or [0.0, 0.0], {}, 2, "wrist")
    fingers = {}
    for i, finger in enumerate(LONG_FINGERS):
        own = getattr(entry, finger)
        own = own if own is not None else entry.all
        if own is None:
            raise ValueError(f"{finger} is missing, and so is all")
        mcp, pip, dip = np.radians(_numbers(own, content.fingers, 3, finger)).tolist()
        fingers[finger] = FingerAngles(
            cmc_flexion=float(np.radians(entry.cup * _CUP.get(finger, 0.0))),
            mcp_flexion=mcp,
            mcp_abduction=float(np.radians(spread[i])),
            pip=pip,
            dip=dip,
        )
    cmc, palmar, opposition, mcp, ip = np.radians(thumb).tolist()
    angles = HandAngles(
        thumb=ThumbAngles(cmc, palmar, opposition, mcp_flexion=mcp, ip=ip),
        wrist=WristAngles(*np.radians(wrist).tolist()),
        **fingers,
    )
    violations = check(angles)
    if violations:
        raise ValueError(violations[0])
    for pair in entry.touch:
        if len(pair) != 2 or not {p for side in pair for p in side.split("+")} <= set(PLACES):
            raise ValueError(f"touch: {pair} is no pair of places; places are {', '.join(PLACES)}")
    return Gesture(
        name=name,
        angles=angles,
        sigma=_sigma(entry),
        touches=tuple((pair[0], pair[1]) for pair in entry.touch),
        wrist=entry.wrist is not None,
        up=entry.up,
    )


def _numbers(
    value: str | list[float], named: Mapping[str, list[float]], count: int, key: str
) -> list[float]:
    if isinstance(value, str):
        if value not in named:
            raise ValueError(f"{key}: there is no {value!r}; there are {', '.join(named)}")
        value = named[value]
    if len(value) != count:
        raise ValueError(f"{key}: {len(value)} angles, not {count}")
    return value


def _sigma(entry: _Entry) -> Array:
    degrees: dict[str, Any] = {}
    for name in ANGLE_NAMES:
        low, high = RANGE_OF_MOTION[name]
        degrees[name] = entry.jitter * _JITTER.get(name.split(".")[1], 0.0) * (low < high)
    sigma = np.radians([degrees[name] for name in ANGLE_NAMES])
    sigma[PART_SLICES["wrist"]] = 0.0
    if entry.wrist is not None:
        start = PART_SLICES["wrist"].start
        sigma[start : start + 2] = np.radians(_WRIST_JITTER)
    return sigma
