"""The named interactions of two hands: data in `library.yaml`, which says how to add one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from synth.errors import UserError
from synth.gestures.library import find_gesture
from synth.hand.joint_angles import HandAngles, angle_index
from synth.hand.limits import check
from synth.hand.touch import PLACES as TOUCH_PLACES
from synth.interaction.places import PLACES
from synth.landmarks import LONG_FINGERS
from synth.yaml_file import read_yaml

Array = NDArray[np.float64]
Owners = Literal["one", "two", "either"]
Sides = Literal["opposite", "same", "any"]
Pair = tuple[str, str]

#: Directions in a hand's own frame (that of the right hand).
DIRECTIONS: Final[Mapping[str, tuple[float, float, float]]] = {
    "fingers": (0.0, 1.0, 0.0),
    "wrist": (0.0, -1.0, 0.0),
    "thumb": (1.0, 0.0, 0.0),
    "little": (-1.0, 0.0, 0.0),
    "palm": (0.0, 0.0, 1.0),
    "back": (0.0, 0.0, -1.0),
}
LIBRARY_FILE: Final = Path(__file__).with_name("library.yaml")


@dataclass(frozen=True)
class Posture:
    """What one hand does.

    Attributes:
        angles: its middle; the wrist is free.
        sigma: (29,) radians, standard deviation of its variation.
        touches: pairs of its own places that meet, as in a ring of thumb and index finger.
        rest: places of it that lie on the other hand, wherever that is.
    """

    angles: HandAngles
    sigma: Array
    touches: tuple[Pair, ...]
    rest: tuple[str, ...]


@dataclass(frozen=True)
class InteractionKind:
    """One named interaction.

    Attributes:
        name: as it stands in labels.
        people: whose hands they are.
        sides: a left and a right one, two of a side, or either.
        postures: of the first and the second hand.
        turn: (2, 3) where the second hand's fingers and palm look, in the first one's own frame.
        turn_sigma: (3,) radians about the first hand's own axes.
        meet: alternatives, of which one is drawn: pairs of places (first's, second's) that meet.
        near: pairs that come near each other where they can.
        slide: metres by which the places that meet are moved over the first hand, at most.
        slack: metres by which the places that meet may miss each other along the skin.
        linked: whether the hands start where the places are nearest, fingers through each other,
            instead of approaching from where they are clear of each other.
        up: (3,) unit, what is upwards, in the first hand's own frame; None where that is open.
    """

    name: str
    people: Owners
    sides: Sides
    postures: tuple[Posture, Posture]
    turn: Array
    turn_sigma: Array
    meet: tuple[tuple[Pair, ...], ...]
    near: tuple[Pair, ...]
    slide: float
    slack: float
    linked: bool
    up: Array | None


class _Hand(BaseModel):
    """A posture as it is written down, in degrees."""

    model_config = ConfigDict(extra="forbid", strict=True)

    gesture: str
    all: list[float] | None = None
    index: list[float] | None = None
    middle: list[float] | None = None
    ring: list[float] | None = None
    little: list[float] | None = None
    thumb: list[float] | None = None
    spread: list[float] | None = None
    touch: list[list[str]] | None = None
    rest: list[str] = []
    jitter: float = Field(1.0, ge=0, le=5)


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    people: Owners
    sides: Sides = "opposite"
    both: _Hand | None = None
    first: _Hand | None = None
    second: _Hand | None = None
    fingers: str | list[float] | None = None
    palm: str | list[float] | None = None
    mirror: str | list[float] | None = None
    turn: list[float] = [6.0, 6.0, 6.0]
    meet: list[list[str]] = []
    meet_one: list[list[list[str]]] = []
    near: list[list[str]] = []
    slide: float = Field(0.0, ge=0, le=0.05)
    slack: float = Field(0.0, ge=0, le=0.05)
    linked: bool = False
    up: str | list[float] | None = None


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    interactions: dict[str, _Entry]


def load_interactions(path: Path) -> dict[str, InteractionKind]:
    """Interactions of a file written like `library.yaml`.

    Raises:
        UserError: one line, if the file cannot be read, a key is unknown or of the wrong type, a
            place or gesture does not exist, or an angle is outside the range of motion.
    """
    try:
        content = _File.model_validate(read_yaml(path))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UserError(f"{path}: {where}: {first['msg']}") from None
    kinds = {}
    for name, entry in content.interactions.items():
        try:
            kinds[name] = _kind(name, entry)
        except (ValueError, UserError) as error:
            raise UserError(f"{path}: interactions.{name}: {error}") from None
    return kinds


@lru_cache(maxsize=1)
def interaction_library() -> Mapping[str, InteractionKind]:
    """The interactions that come with the project, by name."""
    return load_interactions(LIBRARY_FILE)


def find_interaction(name: str) -> InteractionKind:
    """Interaction of the library.

    Raises:
        UserError: there is none of that name.
    """
    library = interaction_library()
    if name not in library:
        near = get_close_matches(name, library, n=1)
        advice = (
            f", did you mean {near[0]}?" if near else f"; there are {', '.join(sorted(library))}"
        )
        raise UserError(f"there is no interaction {name!r}{advice}")
    return library[name]


def _kind(name: str, entry: _Entry) -> InteractionKind:
    first, second = entry.first or entry.both, entry.second or entry.both
    if first is None or second is None:
        raise ValueError("both is missing, or first and second")
    if entry.people == "one" and entry.sides != "opposite":
        raise ValueError("sides: one person has a left and a right hand")
    meet = [*entry.meet]
    choices = [[*meet, *own] for own in entry.meet_one] or [meet]
    if not all(choices):
        raise ValueError("meet: no pair of places")
    return InteractionKind(
        name=name,
        people=entry.people,
        sides=entry.sides,
        postures=(_posture(first), _posture(second)),
        turn=_turn(entry),
        turn_sigma=np.radians(_three("turn", entry.turn)),
        meet=tuple(tuple(_pair(pair) for pair in own) for own in choices),
        near=tuple(_pair(pair) for pair in entry.near),
        slide=entry.slide,
        slack=entry.slack,
        linked=entry.linked,
        up=None if entry.up is None else _direction("up", entry.up),
    )


def _turn(entry: _Entry) -> Array:
    """(2, 3) fingers' and palm's directions of the second hand; the thumb's follows its side."""
    if entry.mirror is not None:
        if entry.fingers is not None or entry.palm is not None:
            raise ValueError("mirror stands for fingers and palm: not both")
        if entry.sides != "opposite":
            raise ValueError("mirror: only a left and a right hand mirror each other")
        normal = _direction("mirror", entry.mirror)
        return np.asarray((np.eye(3) - 2 * np.outer(normal, normal))[1:])
    if entry.fingers is None or entry.palm is None:
        raise ValueError("mirror is missing, or fingers and palm")
    fingers = _direction("fingers", entry.fingers)
    palm = _direction("palm", entry.palm)
    palm = palm - fingers * (palm @ fingers)
    if np.linalg.norm(palm) < 0.2:
        raise ValueError("palm: too close to the direction of the fingers")
    palm /= np.linalg.norm(palm)
    return np.stack([fingers, palm])


def _direction(key: str, value: str | list[float]) -> Array:
    if isinstance(value, str):
        if value not in DIRECTIONS:
            raise ValueError(f"{key}: there is no {value!r}; there are {', '.join(DIRECTIONS)}")
        return np.array(DIRECTIONS[value])
    vector = np.array(_three(key, value))
    if np.linalg.norm(vector) < 1e-6:
        raise ValueError(f"{key}: no direction")
    return np.asarray(vector / np.linalg.norm(vector))


def _three(key: str, value: list[float]) -> list[float]:
    if len(value) != 3:
        raise ValueError(f"{key}: {len(value)} numbers, not 3")
    return value


def _pair(pair: list[str]) -> Pair:
    names = {name for side in pair for name in side.split("+")}
    if len(pair) != 2 or not names <= set(PLACES):
        raise ValueError(f"{pair} is no pair of places; places are {', '.join(PLACES)}")
    return pair[0], pair[1]


def _posture(hand: _Hand) -> Posture:
    gesture = find_gesture(hand.gesture)
    vector = gesture.angles.to_vector()

    def put(part: str, names: tuple[str, ...], degrees: list[float], key: str) -> None:
        if len(degrees) != len(names):
            raise ValueError(f"{key}: {len(degrees)} angles, not {len(names)}")
        for name, value in zip(names, degrees, strict=True):
            vector[angle_index(f"{part}.{name}")] = np.radians(value)

    for finger in LONG_FINGERS:
        own = getattr(hand, finger) or hand.all
        if own is not None:
            put(finger, ("mcp_flexion", "pip", "dip"), own, finger)
    if hand.thumb is not None:
        thumb = ("cmc_flexion", "palmar_abduction", "opposition", "mcp_flexion", "ip")
        put("thumb", thumb, hand.thumb, "thumb")
    if hand.spread is not None:
        if len(hand.spread) != len(LONG_FINGERS):
            raise ValueError(f"spread: {len(hand.spread)} angles, not {len(LONG_FINGERS)}")
        for finger, value in zip(LONG_FINGERS, hand.spread, strict=True):
            put(finger, ("mcp_abduction",), [value], "spread")
    angles = HandAngles.from_vector(vector)
    violations = check(angles)
    if violations:
        raise ValueError(violations[0])
    touches = gesture.touches if hand.touch is None else tuple(_pair(p) for p in hand.touch)
    for pair in touches:
        if not {name for side in pair for name in side.split("+")} <= set(TOUCH_PLACES):
            raise ValueError(f"touch: {list(pair)} is no pair of places of one hand")
    for name in hand.rest:
        if name not in PLACES:
            raise ValueError(f"rest: there is no place {name!r}")
    return Posture(angles, hand.jitter * gesture.sigma, touches, tuple(hand.rest))
