"""Mixing of Fourier amplitudes: a picture keeps its shapes and takes on another's texture.

After Xu et al., "A Fourier-based Framework for Domain Generalization" (CVPR 2021): the phase, which
holds the shapes, stays; the amplitude becomes a mixture of the picture's own and another's.
"""

from __future__ import annotations

import torch
from torch import Tensor

from tracker.training.draws import chance, uniform


def mix_amplitudes(
    images: Tensor, others: Tensor, generator: torch.Generator, share: float, strength: float
) -> Tensor:
    """Images with part of the others' amplitudes.

    Args:
        images: (N, 3, H, W) in [0, 1].
        others: (N, 3, H, W), whose amplitudes are taken.
        share: of the images that are changed.
        strength: largest weight of the other's amplitude, 0 … 1.

    Returns:
        (N, 3, H, W) in [0, 1].
    """
    chosen = torch.nonzero(chance(len(images), share, generator)).squeeze(1)
    weight = uniform((len(chosen), 1, 1, 1), generator, 0.0, strength)
    if len(chosen) == 0:
        return images
    spectrum = torch.fft.rfft2(images[chosen])
    amplitude = spectrum.abs()
    mixed = amplitude + weight * (torch.fft.rfft2(others[chosen]).abs() - amplitude)
    scaled = spectrum * (mixed / amplitude.clamp_min(1e-6))
    result = images.clone()
    result[chosen] = torch.fft.irfft2(scaled, s=images.shape[-2:]).clamp(0, 1)
    return result
