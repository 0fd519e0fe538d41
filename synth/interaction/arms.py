"""Arms behind two hands: wrist angles with which one person, or two people, can hold them so.

A forearm leads from the wrist to the elbow. Pronation is where the upper arm leaves the forearm:
the elbow is a hinge, so the shoulder lies in the plane of forearm and upper arm, on the thumb's
side of the hand at no pronation and on its back's side when pronated.

Lengths are those of an average adult (forearm 0.25 m, upper arm 0.30 m, shoulders 0.36 m apart:
Winter, Biomechanics and Motor Control of Human Movement, 4th ed., table 4.1, at a stature of
1.7 m), in proportion to the palm.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from synth.hand.joint_angles import WristAngles
from synth.hand.limits import RANGE_OF_MOTION
from synth.hand.model import HandShape
from synth.interaction.posed import MIRROR
from synth.scene import Side

Array = NDArray[np.float64]
People = Literal["one", "two"]

#: Wrist to middle MCP of the average adult hand, metres, to which the lengths below refer.
_PALM: Final = 0.091
_FOREARM: Final = 0.25
_UPPER_ARM: Final = 0.30
_SHOULDERS: Final = (0.31, 0.42)
#: Metres between one person's elbows.
_ELBOWS: Final = (0.2, 0.9)
#: Metres between the elbows, and between the shoulders, of two people.
_PEOPLE_ELBOWS: Final = 0.22
_PEOPLE_SHOULDERS: Final = 0.45
#: Radius of a forearm as a capsule, metres: less than its flesh, whose contact is measured on skin.
_RADIUS: Final = 0.015
#: Angle inside the elbow (radians): bent … nearly straight.
_ELBOW: Final = (np.radians(50.0), np.radians(168.0))
#: Angle inside an elbow at ease, and what 60° from it counts.
_ELBOW_EASE: Final = np.radians(105.0)
_ELBOW_STRAIN: Final = 0.4
#: Turn of the upper arm about itself, radians: outward … inward.
_HUMERUS: Final = (-np.radians(60.0), np.radians(95.0))
#: Radians inside the limits at which wrists are drawn.
_MARGIN: Final = np.radians(1.0)
#: Effort of an upward direction at right angles to the one that is wanted.
_UP_WEIGHT: Final = 3.0
_CANDIDATES = 360
_PAIRS = 1500
_BODY_TURNS = 12


@dataclass(frozen=True)
class Arms:
    """How two hands are held.

    Attributes:
        wrists: of the first and the second hand.
        elbows, shoulders: (2, 3) pair frame, metres.
        up: (3,) unit: what is upwards for whoever holds the hands so, pair frame.
        effort: 0 at ease; 1 and more at the ends of the ranges.
    """

    wrists: tuple[WristAngles, WristAngles]
    elbows: Array
    shoulders: Array
    up: Array
    effort: float


@dataclass(frozen=True)
class _Candidates:
    """Ways to hold one hand: (N, …) of wrist angles (3), points and unit directions, pair frame."""

    angles: Array
    wrist: Array
    elbow: Array
    shoulder: Array
    bend: Array
    effort: Array

    def take(self, chosen: Array) -> _Candidates:
        return _Candidates(*(getattr(self, name)[chosen] for name in _CANDIDATE_FIELDS))


_CANDIDATE_FIELDS = ("angles", "wrist", "elbow", "shoulder", "bend", "effort")


def sample_arms(
    rng: np.random.Generator,
    shapes: tuple[HandShape, HandShape],
    sides: tuple[Side, Side],
    second_to_first: Array,
    people: People,
    wanted_up: Array | None = None,
) -> Arms | None:
    """Draw wrists (and with them elbows and shoulders) that suit the hands' places.

    Args:
        second_to_first: (4, 4) rigid, as in `Interaction`.
        wanted_up: (3,) unit, what should be upwards, pair frame.

    Returns:
        One of the more comfortable ways of those drawn, None if none of them is possible.
    """
    places = (np.eye(4), second_to_first)
    drawn = [
        _candidates(shape, side, place, _draw_wrists(rng, _CANDIDATES), rng)
        for shape, side, place in zip(shapes, sides, places, strict=True)
    ]
    return _best_pair(rng, drawn[0], drawn[1], shapes, sides, people, wanted_up)


def arms_plausible(
    rng: np.random.Generator,
    shapes: tuple[HandShape, HandShape],
    sides: tuple[Side, Side],
    wrists: tuple[WristAngles, WristAngles],
    second_to_first: Array,
    people: People,
    wanted_up: Array | None = None,
) -> Arms | None:
    """The same for wrists whose flexion and deviation are given, with pronation free.

    Returns:
        The arms, with the pronation that goes with their shoulders, or None: elbows are too close
        or too far from each other, no shoulders of one person reach both, or forearms cross.
    """
    places = (np.eye(4), second_to_first)
    drawn = []
    for shape, side, place, wrist in zip(shapes, sides, places, wrists, strict=True):
        angles = _draw_wrists(rng, _CANDIDATES // 2)
        angles[:, :2] = wrist.flexion, wrist.deviation
        drawn.append(_candidates(shape, side, place, angles, rng))
    return _best_pair(rng, drawn[0], drawn[1], shapes, sides, people, wanted_up)


def _draw_wrists(rng: np.random.Generator, count: int) -> Array:
    """(N, 3) flexion, deviation and pronation, half of them near the middle of the ranges."""
    ranges = np.array(
        [RANGE_OF_MOTION[f"wrist.{n}"] for n in ("flexion", "deviation", "pronation")]
    )
    low, high = ranges[:, 0] + _MARGIN, ranges[:, 1] - _MARGIN
    uniform = rng.uniform(low, high, (count, 3))
    centre = np.radians([-12.0, -5.0, 0.0])
    easy = np.clip(centre + rng.normal(0, np.radians([20.0, 9.0, 40.0]), (count, 3)), low, high)
    return np.asarray(np.where(rng.random((count, 1)) < 0.5, easy, uniform))


def _candidates(
    shape: HandShape, side: Side, place: Array, angles: Array, rng: np.random.Generator
) -> _Candidates:
    size = shape.joints["middle_mcp"][1] / _PALM
    count = len(angles)
    frames = forearm_axes(angles[:, 0], angles[:, 1])
    inside = rng.uniform(*_ELBOW, count)
    # The forearm's x axis leads to the little finger's side, its z axis to the palm's.
    aside = -np.cos(angles[:, 2:]) * frames[:, :, 0] - np.sin(angles[:, 2:]) * frames[:, :, 2]
    along = frames[:, :, 1]
    elbow = size * _FOREARM * along
    upper = -np.cos(inside)[:, None] * along + np.sin(inside)[:, None] * aside
    shoulder = elbow + size * _UPPER_ARM * upper
    matrix = place @ MIRROR if side == "left" else place

    def moved(points: Array) -> Array:
        return np.asarray(points @ matrix[:3, :3].T + matrix[:3, 3])

    # Flexion, deviation and pronation relative to where a wrist begins to strain.
    strain = (angles - np.radians([-10.0, -6.0, 0.0])) / np.radians([60.0, 25.0, 75.0])
    return _Candidates(
        angles,
        moved(np.zeros((count, 3))),
        moved(elbow),
        moved(shoulder),
        inside,
        (strain**2).sum(1) + _ELBOW_STRAIN * ((inside - _ELBOW_EASE) / np.radians(60.0)) ** 2,
    )


def forearm_axes(flexion: Array, deviation: Array) -> Array:
    """(N, 3, 3) axes of forearms in the hand's own frame, in columns: towards the little finger's
    side, from wrist to elbow, to the palm's side (what `wrist_to_forearm` makes of one wrist)."""
    cf, sf, cd, sd = np.cos(flexion), np.sin(flexion), np.cos(deviation), np.sin(deviation)
    columns = [[-cd, -cf * sd, sf * sd], [sd, -cf * cd, sf * cd], [np.zeros_like(cf), sf, cf]]
    return np.moveaxis(np.array(columns), 2, 0).swapaxes(1, 2)


def _best_pair(
    rng: np.random.Generator,
    first: _Candidates,
    second: _Candidates,
    shapes: tuple[HandShape, HandShape],
    sides: tuple[Side, Side],
    people: People,
    wanted_up: Array | None,
) -> Arms | None:
    size = float(np.mean([shape.joints["middle_mcp"][1] for shape in shapes])) / _PALM
    elbows = np.linalg.norm(first.elbow[:, None] - second.elbow[None], axis=-1)
    shoulders = np.linalg.norm(first.shoulder[:, None] - second.shoulder[None], axis=-1)
    if people == "one":
        fits = (shoulders > size * _SHOULDERS[0]) & (shoulders < size * _SHOULDERS[1])
        fits &= (elbows > size * _ELBOWS[0]) & (elbows < size * _ELBOWS[1])
    else:
        fits = (shoulders > size * _PEOPLE_SHOULDERS) & (elbows > size * _PEOPLE_ELBOWS)
    i, j = np.nonzero(fits)
    if not len(i):
        return None
    # The comfortable ones, with some chance in it.
    effort = first.effort[i] + second.effort[j] + rng.gumbel(0, 0.5, len(i))
    order = np.argsort(effort)[:_PAIRS]
    i, j = i[order], j[order]
    one, other = first.take(i), second.take(j)
    apart = _segments_apart(one.wrist, one.elbow, other.wrist, other.elbow, inset=0.12)
    clear = apart > size * 2 * _RADIUS
    if people == "one":
        right, left = (one, other) if sides[0] == "right" else (other, one)
        up, strain = _body(right, left, size)
    else:
        up, strain = _two_people(one, other)
    if wanted_up is not None:
        strain = strain + _UP_WEIGHT * (1 - up @ wanted_up)
    total = np.where(clear, effort[order] + strain, np.inf)
    best = int(np.argmin(total))
    if not np.isfinite(total[best]):
        return None
    return Arms(
        wrists=(WristAngles(*one.angles[best].tolist()), WristAngles(*other.angles[best].tolist())),
        elbows=np.stack([one.elbow[best], other.elbow[best]]),
        shoulders=np.stack([one.shoulder[best], other.shoulder[best]]),
        up=up[best],
        effort=float(one.effort[best] + other.effort[best] + strain[best]),
    )


def _two_people(one: _Candidates, other: _Candidates) -> tuple[Array, Array]:
    """(N, 3) up and (N,) strain: both upper arms hang down, more or less."""
    down = [_unit(arm.elbow - arm.shoulder) for arm in (one, other)]
    up = _unit(-(down[0] + down[1]) + 1e-9)
    strain = sum(np.clip((d * up).sum(1) + 0.5, 0, None) ** 2 * 4 for d in down)
    # People do not lean over each other: their shoulders are about level.
    level = np.abs(((one.shoulder - other.shoulder) * up).sum(1)) / 0.3
    return up, np.asarray(strain + level**2)


def _body(right: _Candidates, left: _Candidates, size: float) -> tuple[Array, Array]:
    """(N, 3) up and (N,) strain of the best posture of a body between two shoulders.

    The body may be turned about the line between the shoulders. Infinite where no turn puts the
    hands in front of it, the elbows beside it and the upper arms inside their ranges.
    """
    across = _unit(right.shoulder - left.shoulder)
    middle = (right.shoulder + left.shoulder) / 2
    hands = (right.wrist + left.wrist) / 2 - middle
    reference = _unit(hands - across * (hands * across).sum(1, keepdims=True) + 1e-9)
    third = np.cross(across, reference)
    best_up = np.zeros_like(across)
    best = np.full(len(across), np.inf)
    for angle in np.linspace(-np.pi, np.pi, _BODY_TURNS, endpoint=False):
        up = np.cos(angle) * reference + np.sin(angle) * third
        front = np.cross(up, across)
        strain = np.zeros(len(up))
        ahead, height = (hands * front).sum(1) / size, (hands * up).sum(1) / size
        strain += np.where((ahead > 0.14) & (height > -0.6) & (height < 0.4), 0.0, np.inf)
        strain += np.clip((np.abs(height + 0.2) - 0.2) / 0.2, 0, None) ** 2
        for arm, outward in ((right, across), (left, -across)):
            strain += _shoulder_strain(arm, up, front, outward, middle, size)
        better = strain < best
        best = np.where(better, strain, best)
        best_up = np.where(better[:, None], up, best_up)
    return best_up, best


def _shoulder_strain(
    arm: _Candidates, up: Array, front: Array, outward: Array, middle: Array, size: float
) -> Array:
    """(N,) strain of an upper arm, infinite outside its range."""
    humerus = _unit(arm.elbow - arm.shoulder)
    forearm = _unit(arm.wrist - arm.elbow)
    ahead, aside, above = ((humerus * d).sum(1) for d in (front, outward, up))
    impossible = (ahead < -0.5) | (aside < -0.5) | (above > 0.6)
    # Neither wrist nor elbow may be in the trunk, an upright box below the shoulders.
    for point in (arm.wrist, arm.elbow):
        offset = (point - middle) / size
        deep = (np.abs((offset * outward).sum(1)) < 0.16) & ((offset * front).sum(1) < 0.12)
        impossible |= deep & ((offset * up).sum(1) < 0.02)
    # Turn about the upper arm's own axis, from where the forearm of a swung arm looks forward.
    side = forearm - humerus * (forearm * humerus).sum(1, keepdims=True)
    cosine = -above
    skew = np.cross(-up, humerus)
    swung = front + np.cross(skew, front)
    swung += np.cross(skew, np.cross(skew, front)) / np.maximum(1 + cosine, 0.05)[:, None]
    # Inward for a right arm is to its left; the sign is that of the outward direction.
    inward_sense = np.sign((np.cross(up, front) * outward).sum(1))
    turn = np.arctan2((np.cross(swung, side) * humerus).sum(1), (swung * side).sum(1))
    turn = turn * inward_sense
    bent = np.sin(arm.bend) > 0.35
    impossible |= bent & ((turn < _HUMERUS[0]) | (turn > _HUMERUS[1]))
    strain = ((turn - np.radians(35.0)) / np.radians(60.0)) ** 2 * 0.5
    strain += np.clip((above + 0.6) / 0.5, 0, None) ** 2 + np.clip(-ahead / 0.4, 0, None) ** 2
    return np.asarray(np.where(impossible, np.inf, strain))


def _segments_apart(a0: Array, a1: Array, b0: Array, b1: Array, inset: float) -> Array:
    """(N,) least distance between pairs of segments, each shortened by a share at its start."""
    a0, b0 = a0 + inset * (a1 - a0), b0 + inset * (b1 - b0)
    u, v, w = a1 - a0, b1 - b0, a0 - b0
    a, b, c = ((p * q).sum(1) for p, q in ((u, u), (u, v), (v, v)))
    d, e = (u * w).sum(1), (v * w).sum(1)
    s = np.clip((b * e - c * d) / (a * c - b * b + 1e-12), 0, 1)
    t = np.clip((b * s + e) / c, 0, 1)
    s = np.clip((b * t - d) / a, 0, 1)
    return np.asarray(np.linalg.norm(w + s[:, None] * u - t[:, None] * v, axis=1))


def _unit(vectors: Array) -> Array:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True))
