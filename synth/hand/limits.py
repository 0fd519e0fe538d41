"""Ranges of motion, and postures drawn inside them as hands take them.

The ranges are clinical norms. MCP abduction narrows as the finger bends, because the collateral
ligaments tighten.
"""

from __future__ import annotations

from dataclasses import astuple
from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.hand.joint_angles import (
    ANGLE_NAMES,
    PART_SLICES,
    HandAngles,
    WristAngles,
    angle_index,
)
from synth.landmarks import LONG_FINGERS

Array = NDArray[np.float64]

#: Degrees, low and high, of each long finger's angles; ring and little fingers' metacarpals also
#: bend (El-Shennawy et al., Three-dimensional kinematic analysis of the second through fifth
#: carpometacarpal joints, J. Hand Surg. 26A, 2001, find 11° to 27°), the others do not.
_FINGER = {"mcp_flexion": (-30, 90), "mcp_abduction": (-20, 20), "pip": (-5, 105), "dip": (-10, 80)}
_METACARPAL = {"index": (0, 0), "middle": (0, 0), "ring": (0, 12), "little": (0, 25)}
_THUMB = {
    "cmc_flexion": (-20, 15),
    "palmar_abduction": (0, 60),
    "opposition": (-10, 60),
    "mcp_flexion": (-10, 55),
    "mcp_abduction": (-10, 10),
    "ip": (-20, 80),
}
_WRIST = {"flexion": (-70, 75), "deviation": (-35, 20), "pronation": (-80, 80)}

#: Degrees of MCP abduction to either side at full flexion.
_ABDUCTION_BENT = 5.0
#: Share of the PIP's angle by which a relaxed DIP follows it.
DIP_FOLLOWS_PIP: Final = 2 / 3


def _table() -> dict[str, tuple[float, float]]:
    ranges = {f"thumb.{name}": ends for name, ends in _THUMB.items()}
    for finger in LONG_FINGERS:
        ranges[f"{finger}.cmc_flexion"] = _METACARPAL[finger]
        ranges.update({f"{finger}.{name}": ends for name, ends in _FINGER.items()})
    ranges.update({f"wrist.{name}": ends for name, ends in _WRIST.items()})
    return {
        name: (float(np.radians(low)), float(np.radians(high)))
        for name, (low, high) in ranges.items()
    }


#: Radians, low and high, of every angle; that of MCP abduction is its range in a straight finger.
RANGE_OF_MOTION: Final = _table()
_LOW = np.array([RANGE_OF_MOTION[name][0] for name in ANGLE_NAMES])
_HIGH = np.array([RANGE_OF_MOTION[name][1] for name in ANGLE_NAMES])
_FLEXION = np.array([angle_index(f"{finger}.mcp_flexion") for finger in LONG_FINGERS])
_ABDUCTION = np.array([angle_index(f"{finger}.mcp_abduction") for finger in LONG_FINGERS])
#: Rounding that `check` forgives, radians.
_TOLERANCE = 1e-6


def limits_at(vector: Array) -> tuple[Array, Array]:
    """(29,) lowest and highest angles, those of MCP abduction at the vector's MCP flexion.

    The range of abduction narrows linearly from ±20° in a straight finger to ±5° at 90°.
    """
    low, high = _LOW.copy(), _HIGH.copy()
    bent = np.clip(vector[_FLEXION] / _HIGH[_FLEXION], 0.0, 1.0)
    reach = (1 - bent) * _HIGH[_ABDUCTION] + bent * np.radians(_ABDUCTION_BENT)
    low[_ABDUCTION], high[_ABDUCTION] = -reach, reach
    return low, high


def into_limits(vector: Array) -> Array:
    """The nearest vector inside the limits, for solvers whose step may lead out of them."""
    inside = np.clip(vector, _LOW, _HIGH)
    return np.clip(inside, *limits_at(inside))


def check(angles: HandAngles) -> list[str]:
    """One line for each angle outside its range, in degrees; empty where all are inside."""
    vector = angles.to_vector()
    low, high = limits_at(vector)
    outside = np.flatnonzero(~((vector >= low - _TOLERANCE) & (vector <= high + _TOLERANCE)))
    return [
        f"{ANGLE_NAMES[i]} {np.degrees(vector[i]):.1f}° is outside"
        f" {np.degrees(low[i]):.1f}° to {np.degrees(high[i]):.1f}°"
        for i in outside
    ]


def jitter(rng: np.random.Generator, vector: Array, sigma: Array) -> Array:
    """(29,) draw around `vector` inside the limits: each angle a normal cut off at its limits.

    An angle drawn outside is drawn again; one whose centre is at a limit therefore varies to the
    inside only.

    Args:
        sigma: (29,) standard deviations, 0 for an angle that stays.

    Raises:
        ValueError: if `vector` itself is outside the limits.
    """
    violations = check(HandAngles.from_vector(vector))
    if violations:
        raise ValueError("; ".join(violations))
    # Abduction last: its limits depend on the flexion drawn.
    drawn = vector.copy()
    first = np.ones(len(vector), bool)
    first[_ABDUCTION] = False
    for own in (np.flatnonzero(first), _ABDUCTION):
        low, high = limits_at(drawn)
        # The centre of an abduction may be out of a range that flexion has narrowed since.
        centre = np.clip(vector[own], low[own], high[own])
        drawn[own] = centre
        todo = own[sigma[own] > 0]
        centres = dict(zip(own.tolist(), centre.tolist(), strict=True))
        while len(todo):
            middle = np.array([centres[i] for i in todo.tolist()])
            value = rng.normal(middle, sigma[todo])
            drawn[todo] = value
            todo = todo[(value < low[todo]) | (value > high[todo])]
    return drawn


def sample_angles(rng: np.random.Generator) -> HandAngles:
    """A posture inside the limits, of one of six families, with a bent or straight wrist.

    relaxed: fingers slightly bent, more towards the little finger. curled: anything between open
    and closed. spread: straight and abducted. grasp: around a thing of some width. pinch: the
    thumb against some fingers (not exactly meeting). extreme: every finger on its own.
    """
    family = rng.choice(
        ["relaxed", "curled", "spread", "grasp", "pinch", "extreme"],
        p=[0.17, 0.25, 0.13, 0.2, 0.12, 0.13],
    )
    closed, bend_share, thumb, spread = _draw_family(rng, str(family))
    degrees = np.zeros(len(ANGLE_NAMES))

    def put(name: str, value: float) -> None:
        degrees[angle_index(name)] = value

    for name, value in thumb.items():
        put(f"thumb.{name}", value)
    fan = np.array([1.0, 0.0, -0.65, -1.0])
    lean = 4.0 * rng.normal()
    for i, finger in enumerate(LONG_FINGERS):
        # A finger's closing is shared between MCP and PIP; the tendon bends the DIP with the PIP.
        mcp = 90 * closed[i] * min(1.0, 2 * (1 - bend_share[i])) - 8 * (1 - closed[i])
        pip = 100 * closed[i] * min(1.0, 2 * bend_share[i])
        put(f"{finger}.mcp_flexion", mcp)
        put(f"{finger}.pip", pip)
        put(f"{finger}.dip", DIP_FOLLOWS_PIP * pip * rng.uniform(0.6, 1.15))
        aside = (14 * spread * fan[i] + lean) * (1 - 0.8 * max(0.0, closed[i]))
        put(f"{finger}.mcp_abduction", aside)
    cup = float(np.clip(closed[2:].mean() * rng.uniform(0.2, 1.0), 0, 1))
    put("ring.cmc_flexion", 10 * cup)
    put("little.cmc_flexion", 21 * cup)
    degrees[PART_SLICES["wrist"]] = np.degrees(astuple(sample_wrist(rng)))
    centre = into_limits(np.radians(degrees))
    return HandAngles.from_vector(jitter(rng, centre, _spread_of_draws()))


def _draw_family(
    rng: np.random.Generator, family: str
) -> tuple[Array, Array, dict[str, float], float]:
    """Closing of the 4 fingers (0 open … 1 closed), the PIP's share in it, thumb (degrees), fan."""
    follow = np.array([0.0, 0.5, 0.9, 1.0])
    # The metacarpals fan out: fingers lie side by side at about −0.7.
    spread = rng.uniform(-0.8, 0.5)
    if family == "spread":
        closed = np.full(4, rng.uniform(-0.05, 0.1)) + _neighbours(rng, 0.05)
        spread = rng.uniform(0.5, 1.3)
        thumb = _thumb(rng, (-20, -5), (0, 45), (-5, 15), (-8, 10), (-15, 15))
    elif family == "relaxed":
        closed = rng.uniform(0.15, 0.4) + rng.uniform(0.0, 0.25) * follow + _neighbours(rng, 0.05)
        thumb = _thumb(rng, (-5, 10), (15, 40), (0, 25), (0, 25), (5, 35))
    elif family == "grasp":
        closed = np.full(4, rng.uniform(0.25, 0.75)) + 0.12 * follow + _neighbours(rng, 0.06)
        thumb = _thumb(rng, (-10, 10), (35, 58), (10, 45), (5, 35), (5, 45))
    elif family == "pinch":
        reach = rng.uniform(0.4, 0.6)
        idle = rng.uniform(0.05, 0.9)
        fingers = rng.integers(1, 4)
        closed = np.where(np.arange(4) < fingers, reach, idle) + _neighbours(rng, 0.05)
        thumb = _thumb(rng, (0, 12), (35, 55), (20, 45), (5, 30), (5, 40))
    elif family == "curled":
        closed = rng.uniform(0, 1) + _neighbours(rng, 0.22)
        thumb = _thumb(rng, (-15, 13), (5, 50), (-5, 40), (-5, 45), (-5, 60))
    else:
        closed = _tied(rng.choice([0.0, 1.0], 4) + rng.normal(0, 0.12, 4))
        thumb = _thumb(rng, (-19, 14), (2, 57), (-8, 50), (-8, 52), (-15, 75))
        spread = rng.uniform(-1.0, 1.3)
    share = np.clip(0.5 + rng.normal(0, 0.16) + _neighbours(rng, 0.05), 0.12, 0.88)
    return np.clip(closed, -0.1, 1.0), share, thumb, float(spread)


def _thumb(rng: np.random.Generator, *ends: tuple[float, float]) -> dict[str, float]:
    names = ("cmc_flexion", "palmar_abduction", "opposition", "mcp_flexion", "ip")
    return {name: rng.uniform(*pair) for name, pair in zip(names, ends, strict=True)}


def _neighbours(rng: np.random.Generator, sigma: float) -> Array:
    """(4,) noise that is alike in neighbouring fingers, most in ring and little."""
    return sigma * (_CORRELATION @ rng.normal(size=4))


def _tied(closed: Array) -> Array:
    """Ring finger drawn to middle and little ones, and the little to the ring."""
    tied = closed.copy()
    tied[2] = 0.55 * closed[2] + 0.2 * closed[1] + 0.25 * closed[3]
    tied[3] = 0.7 * closed[3] + 0.3 * tied[2]
    return tied


#: Cholesky factor of the correlations of the fingers' closing, falling with their distance; Häger-
#: Ross and Schieber (J. Neurosci. 20, 2000) find independence falling from index to ring finger.
_CORRELATION = np.linalg.cholesky(
    np.array(
        [
            [1.00, 0.55, 0.35, 0.25],
            [0.55, 1.00, 0.75, 0.50],
            [0.35, 0.75, 1.00, 0.80],
            [0.25, 0.50, 0.80, 1.00],
        ]
    )
)


def sample_wrist(rng: np.random.Generator) -> WristAngles:
    """Mostly slightly extended, sometimes bent anywhere; at least 2° inside the limits."""
    if rng.random() < 0.25:
        degrees = [rng.uniform(-65, 70), rng.uniform(-32, 18), rng.uniform(-75, 75)]
    else:
        flexion = float(np.clip(rng.normal(-10, 16), -65, 70))
        degrees = [flexion, float(np.clip(rng.normal(-4, 8), -32, 18)), rng.uniform(-60, 60)]
    return WristAngles(*np.radians(degrees).tolist())


def _spread_of_draws() -> Array:
    """(29,) standard deviations of what is independent between joints, radians."""
    by_angle = {"mcp_flexion": 4.0, "mcp_abduction": 2.0, "pip": 5.0, "dip": 5.0}
    degrees = [by_angle.get(name.split(".")[1], 2.0) for name in ANGLE_NAMES]
    degrees[angle_index("thumb.mcp_abduction")] = 4.5
    return np.where(_HIGH > _LOW, np.radians(degrees), 0.0)
