"""One-Euro filter: a low-pass filter that lets fast movements through.

Casiez, Roussel, Vogel: "1 € Filter: A Simple Speed-based Low-pass Filter for Noisy Input in
Interactive Systems", CHI 2012. A hand at rest is smoothed strongly; the faster it moves, the less,
so that it hardly lags.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class OneEuroSettings:
    """How strongly to smooth.

    Attributes:
        min_cutoff: hertz, the cutoff frequency at rest: lower is steadier.
        beta: hertz of cutoff per unit of speed, which is object sizes a second: higher lags less.
        speed_cutoff: hertz, the cutoff frequency at which the speed itself is smoothed.
    """

    min_cutoff: float
    beta: float
    speed_cutoff: float


#: For landmarks, with speed in hand sizes a second. At 30 frames a second and noise of 0.5 % of the
#: hand, a hand at rest keeps 0.4 of the noise; one that moves 1 (3) hand sizes a second comes 0.4
#: (0.2) frames late, and one that starts to move a hand's size in 1/3 s is never off by over 3 %.
HAND_SMOOTHING: Final = OneEuroSettings(min_cutoff=1.0, beta=15.0, speed_cutoff=1.0)


@dataclass(frozen=True)
class OneEuro:
    """State of the filter after one value.

    Attributes:
        value: the smoothed value, any shape; each number is filtered by itself.
        speed: its smoothed derivative, value units a second.
        timestamp: seconds.
    """

    value: Array
    speed: Array
    timestamp: float


def begin(value: NDArray[Any], timestamp: float) -> OneEuro:
    """State after a first value, which stays as it is."""
    value = np.array(value, np.float64)
    return OneEuro(value, np.zeros_like(value), timestamp)


def smooth(
    state: OneEuro,
    value: NDArray[Any],
    timestamp: float,
    size: float = 1.0,
    settings: OneEuroSettings = HAND_SMOOTHING,
) -> OneEuro:
    """State after the next value.

    Args:
        state: after the value before.
        value: of the same shape.
        timestamp: seconds, later than the state's.
        size: of the object, in the unit of the value. Speed is counted in sizes a second, so that
            a hand is smoothed alike near and far.
        settings: how strongly.
    """
    seconds = timestamp - state.timestamp
    # Algorithm 1 of the paper: the speed is taken against the last smoothed value.
    change = (value - state.value) / seconds
    speed = state.speed + _weight(seconds, settings.speed_cutoff) * (change - state.speed)
    cutoff = settings.min_cutoff + (settings.beta / size) * np.abs(speed)
    smoothed = state.value + _weight(seconds, cutoff) * (value - state.value)
    return OneEuro(smoothed, speed, timestamp)


def _weight(seconds: float, cutoff: Any) -> Any:
    """α = 1 ÷ (1 + τ ÷ Tₑ), τ = 1 ÷ 2πf_c: weight of a new value in exponential smoothing."""
    turns = (2 * math.pi * seconds) * cutoff
    return turns / (turns + 1.0)
