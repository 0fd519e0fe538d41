"""Small movement of a whole hand that nobody can hold still."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synth.rotations import quaternion_about, rotation_matrix

Array = NDArray[np.float64]

_WAVES = 3
_FREQUENCY = (0.15, 1.2)  # hertz, slow sway; tremor is smaller than a pixel
_TRANSLATION = 0.006  # metres, standard deviation of all waves together
_ROTATION = np.radians(4.0)  # standard deviation


@dataclass(frozen=True)
class Drift:
    """Sway as a sum of sine waves.

    Attributes:
        amplitude: (waves, 6) metres in x, y, z, then radians about them, wrist frame.
        frequency, phase: (waves, 6) hertz and radians.
    """

    amplitude: Array
    frequency: Array
    phase: Array

    def at(self, time: float) -> Array:
        """(4, 4) rigid movement in the wrist frame, about the wrist."""
        waves = self.amplitude * np.sin(2 * np.pi * self.frequency * time + self.phase)
        shift, turn = np.split(waves.sum(0), 2)
        matrix = np.eye(4)
        matrix[:3, 3] = shift
        angle = float(np.linalg.norm(turn))
        if angle > 0:
            matrix[:3, :3] = rotation_matrix(quaternion_about(turn / angle, angle))
        return matrix


def sample_drift(rng: np.random.Generator) -> Drift:
    """Sway of a few millimetres and degrees, faster waves being smaller."""
    frequency = np.exp(rng.uniform(np.log(_FREQUENCY[0]), np.log(_FREQUENCY[1]), (_WAVES, 6)))
    # A sine of amplitude a has the standard deviation a/√2.
    scale = np.repeat([_TRANSLATION, _ROTATION], 3) * np.sqrt(2 / _WAVES)
    amplitude = rng.normal(0, scale, (_WAVES, 6)) * (_FREQUENCY[0] / frequency) ** 0.5
    return Drift(amplitude, frequency, rng.uniform(0, 2 * np.pi, (_WAVES, 6)))
