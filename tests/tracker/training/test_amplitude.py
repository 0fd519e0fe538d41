"""Amplitude mixing against numpy's FFT: the phase stays, the amplitude is a mixture."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from tracker.training.amplitude import mix_amplitudes


def pictures(seed: int, contrast: float = 0.1) -> Tensor:
    """(6, 3, 32, 32) around a half: no mixture of two leaves [0, 1]."""
    generator = torch.Generator().manual_seed(seed)
    return 0.5 + contrast * (torch.rand(6, 3, 32, 32, generator=generator) - 0.5)


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def test_the_phase_stays_and_the_amplitude_is_between() -> None:
    images, others = pictures(1), pictures(2)
    mixed = mix_amplitudes(images, others, generator(), share=1.0, strength=1.0)
    own, theirs, found = (np.fft.fft2(x.double().numpy()) for x in (images, others, mixed))
    strong = np.abs(own) > 0.05
    turn = np.angle(found[strong] / own[strong])
    assert np.abs(turn).max() < 1e-3
    # One weight for each image.
    for n in range(6):
        gap = np.abs(theirs[n]) - np.abs(own[n])
        clear = np.abs(gap) > 0.2
        weight = ((np.abs(found[n]) - np.abs(own[n])) / np.where(clear, gap, 1))[clear]
        assert weight.std() < 1e-3
        assert 0 <= weight.mean() <= 1


def test_with_all_of_its_own_amplitude_nothing_changes() -> None:
    images = pictures(1, contrast=1.0)
    still = mix_amplitudes(images, pictures(2), generator(), share=1.0, strength=0.0)
    torch.testing.assert_close(still, images, atol=1e-5, rtol=0)
    itself = mix_amplitudes(images, images, generator(), share=1.0, strength=1.0)
    torch.testing.assert_close(itself, images, atol=1e-5, rtol=0)


def test_only_a_share_is_touched_and_all_stays_in_bounds() -> None:
    images = pictures(1, contrast=1.0).repeat(40, 1, 1, 1)
    before = images.clone()
    mixed = mix_amplitudes(images, images.flip(0), generator(), share=0.3, strength=1.0)
    touched = (mixed != images).flatten(1).any(dim=1).float().mean()
    assert float(touched) == pytest.approx(0.3, abs=0.09)
    assert mixed.min() >= 0
    assert mixed.max() <= 1
    assert torch.equal(images, before)
    none = mix_amplitudes(images, images.flip(0), generator(), share=0.0, strength=1.0)
    assert torch.equal(none, images)


def test_a_black_picture_is_no_number_problem() -> None:
    black = torch.zeros(2, 3, 16, 16)
    mixed = mix_amplitudes(black, torch.rand(2, 3, 16, 16), generator(), 1.0, 1.0)
    assert torch.isfinite(mixed).all()
