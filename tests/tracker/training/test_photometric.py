"""Colours, noise and compression: JPEG against SciPy's cosine transform; bounds and places."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
import torch
from scipy.fft import dctn, idctn
from torch import Tensor

from tracker.training.photometric import (
    _LUMA,
    _quantised,
    add_noise,
    compress,
    photometric,
    soften,
    vary_color,
)

Step = Callable[[Tensor, torch.Generator], Tensor]
STEPS = [photometric, vary_color, soften, add_noise, compress]
# Table K.1 of ITU-T T.81, row by row, as it stands in the standard.
TABLE = np.loadtxt(
    """16 11 10 16 24 40 51 61
    12 12 14 19 26 58 60 55
    14 13 16 24 40 57 69 56
    14 17 22 29 51 87 80 62
    18 22 37 56 68 109 103 77
    24 35 55 64 81 104 113 92
    49 64 78 87 103 121 120 101
    72 92 95 98 112 100 103 99""".splitlines()
)


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def pictures(count: int = 16, side: int = 32) -> Tensor:
    """Smooth waves with noise on them."""
    y, x = torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij")
    wave = 0.5 + 0.35 * torch.sin(x / 5.0) * torch.cos(y / 7.0)
    noise = torch.rand(count, 3, side, side, generator=generator(9)) - 0.5
    return (wave + 0.2 * noise).clamp(0, 1)


@pytest.mark.parametrize("quality", [20.0, 49.0, 50.0, 80.0])
def test_quantisation_is_the_standards(quality: float) -> None:
    images = pictures(2, 24)
    found = _quantised(images, torch.full((2,), quality)).numpy()
    scale = (5000 / quality if quality < 50 else 200 - 2 * quality) / 100
    steps = TABLE * scale
    for n in range(2):
        for channel in range(3):
            for row in range(0, 24, 8):
                for column in range(0, 24, 8):
                    place = (n, channel, slice(row, row + 8), slice(column, column + 8))
                    bytes_ = images[place].double().numpy() * 255
                    frequencies = np.round(dctn(bytes_, norm="ortho") / steps) * steps
                    expected = idctn(frequencies, norm="ortho") / 255
                    # A coefficient half way between two steps may round to either.
                    if np.abs(found[place] - expected).max() > 1e-4:
                        remainder = np.abs(dctn(bytes_, norm="ortho") / steps % 1 - 0.5)
                        assert remainder.min() < 1e-4


def test_lower_quality_loses_more_and_like_a_real_jpeg() -> None:
    image = pictures(1, 64)
    losses = []
    for quality in (20, 50, 80):
        found = _quantised(image, torch.tensor([float(quality)]))
        losses.append(float((found - image).square().mean().sqrt()))
        grey = np.uint8(image[0, 0].numpy() * 255)
        data = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        real = (cv2.imdecode(data, cv2.IMREAD_GRAYSCALE).astype(float) - grey) / 255
        assert losses[-1] == pytest.approx(float(np.sqrt((real**2).mean())), rel=0.2)
    assert losses[0] > losses[1] > losses[2] > 0


def test_memory_layout_does_not_matter() -> None:
    images = pictures()
    other = images.contiguous(memory_format=torch.channels_last)
    for step in STEPS:
        torch.testing.assert_close(step(images, generator()), step(other, generator()))


def test_the_whole_stays_in_bounds() -> None:
    for seed in range(4):
        for images in (pictures(), torch.zeros(8, 3, 32, 32), torch.ones(8, 3, 32, 32)):
            result = photometric(images, generator(seed))
            assert result.shape == images.shape
            assert result.min() >= 0
            assert result.max() <= 1
            assert torch.isfinite(result).all()


@pytest.mark.parametrize("step", STEPS)
def test_the_generator_decides_alone_and_the_input_is_not_changed(step: Step) -> None:
    images = pictures()
    before = images.clone()
    torch.manual_seed(1)
    one = step(images, generator(5))
    torch.manual_seed(2)
    assert torch.equal(one, step(images, generator(5)))
    assert not torch.equal(one, step(images, generator(6)))
    assert torch.equal(images, before)


@pytest.mark.parametrize(("step", "share"), [(soften, 0.4), (add_noise, 0.5), (compress, 0.4)])
def test_shares(step: Callable[..., Tensor], share: float) -> None:
    images = pictures(200, 16)
    touched = (step(images, generator()) != images).flatten(1).any(dim=1).float().mean()
    assert float(touched) == pytest.approx(share, abs=0.1)
    assert torch.equal(step(images, generator(), 0.0), images)


def test_softening_leaves_everything_in_its_place() -> None:
    """A gradient blurred is itself: what moved would be brighter or darker."""
    ramp = (torch.arange(128) / 160.0).expand(64, 3, 128, 128)
    for picture in (ramp, ramp.transpose(2, 3)):
        result = soften(picture, generator(), share=1.0)
        middle = (result - picture)[:, :, 8:-8, 8:-8]
        assert middle.abs().max() < 1e-4


def test_noise_is_zero_in_the_mean_and_partly_grey() -> None:
    grey = torch.full((64, 3, 32, 32), 0.5)
    noise = add_noise(grey, generator(), share=1.0) - grey
    sigma = noise.flatten(1).std(dim=1)
    assert noise.mean().abs() < 1e-3
    assert sigma.min() >= 0.0
    assert sigma.max() < 0.06
    loud = noise[sigma > 0.02]
    channels = loud.transpose(0, 1).flatten(1)
    assert 0.3 < float(torch.corrcoef(channels)[0, 1]) < 0.95


def test_some_pictures_turn_grey_and_white_stays_luminous() -> None:
    images = pictures(400, 8) * torch.tensor([1.0, 0.6, 0.3]).view(1, 3, 1, 1)
    result = vary_color(images, generator())
    spread = (result.amax(dim=1) - result.amin(dim=1)).amax(dim=(1, 2))
    assert 0.01 < float((spread < 1e-5).float().mean()) < 0.12
    assert sum(_LUMA) == pytest.approx(1)
