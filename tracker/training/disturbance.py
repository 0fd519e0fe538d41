"""What comes upon pictures last, whatever they show: things before them, another camera."""

from __future__ import annotations

import torch
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor

from tracker.training.amplitude import mix_amplitudes
from tracker.training.draws import shuffled
from tracker.training.occluders import occlude
from tracker.training.photometric import photometric


class Disturbance(BaseModel):
    """How much of it. Shares are probabilities for each picture."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    occluder_share: float = Field(0.15, ge=0, le=1)
    amplitude_share: float = Field(0.25, ge=0, le=1)
    amplitude_strength: float = Field(0.7, ge=0, le=1)


def disturb(
    images: Tensor,
    settings: Disturbance,
    occluder_sizes: tuple[float, float],
    generator: torch.Generator,
) -> Tensor:
    """Pictures with occluders, amplitudes of one another, and what a camera does to them.

    Args:
        images: (N, 3, S, S) in [0, 1].
        settings: how much of what.
        occluder_sizes: smallest and largest, as `occlude` takes them.
        generator: of all randomness.
    """
    images = occlude(images, generator, settings.occluder_share, occluder_sizes)
    others = images[shuffled(len(images), generator)]
    images = mix_amplitudes(
        images, others, generator, settings.amplitude_share, settings.amplitude_strength
    )
    return photometric(images, generator)
