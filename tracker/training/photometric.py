"""What cameras do to colours and pixels, as tensor operations on a batch of images.

All functions take (N, 3, H, W) float RGB in [0, 1], on any device, and give the same; single steps
may leave [0, 1] by a little, `photometric` does not.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from tracker.training.draws import chance, normal, uniform

#: Rec. 709 luma.
_LUMA = (0.2126, 0.7152, 0.0722)

# Table K.1 of the JPEG standard (ITU-T T.81): steps of the luma's frequencies at quality 50.
_JPEG_LUMA = (
    (16, 11, 10, 16, 24, 40, 51, 61),
    (12, 12, 14, 19, 26, 58, 60, 55),
    (14, 13, 16, 24, 40, 57, 69, 56),
    (14, 17, 22, 29, 51, 87, 80, 62),
    (18, 22, 37, 56, 68, 109, 103, 77),
    (24, 35, 55, 64, 81, 104, 113, 92),
    (49, 64, 78, 87, 103, 121, 120, 101),
    (72, 92, 95, 98, 112, 100, 103, 99),
)


def photometric(images: Tensor, generator: torch.Generator) -> Tensor:
    """Colour, softness, noise and compression, each of another strength for each image."""
    images = vary_color(images, generator)
    images = soften(images, generator)
    images = add_noise(images, generator)
    return compress(images, generator).clamp(0, 1)


def vary_color(images: Tensor, generator: torch.Generator) -> Tensor:
    """Exposure, white balance, saturation, contrast, gamma; some images become grey."""
    count = len(images)
    shape = (count, 1, 1, 1)
    gain = torch.exp(normal(shape, generator, 0.25) + normal((count, 3, 1, 1), generator, 0.07))
    images = images * gain
    luma = (images * images.new_tensor(_LUMA).view(1, 3, 1, 1)).sum(dim=1, keepdim=True)
    saturation = uniform(shape, generator, 0.5, 1.4)
    saturation = torch.where(chance(count, 0.05, generator).view(shape), 0.0, saturation)
    contrast = uniform(shape, generator, 0.7, 1.3)
    middle = luma.mean(dim=(2, 3), keepdim=True)
    gamma = torch.exp(normal(shape, generator, 0.2))
    # grey + saturation · (image − grey), then middle + contrast · (that − middle), in one go.
    images.mul_(saturation * contrast)
    images.add_(luma.mul_(1 - saturation).mul_(contrast).add_(middle * (1 - contrast)))
    return images.clamp_(1e-4, 1).pow_(gamma)


def soften(images: Tensor, generator: torch.Generator, share: float = 0.4) -> Tensor:
    """Part of the images lose detail, a little or much, or are sharpened."""
    chosen = torch.nonzero(chance(len(images), share, generator)).squeeze(1)
    amount = uniform((len(chosen), 1, 1, 1), generator, -0.6, 1.0)
    much = chance(len(chosen), 0.35, generator)
    if len(chosen) == 0:
        return images
    height, width = images.shape[-2:]
    before = images[chosen]
    blurred = F.avg_pool2d(F.pad(before, (1, 1, 1, 1), mode="replicate"), 3, 1)
    # By exactly three and back, or the picture would move under its labels.
    coarse = F.avg_pool2d(before[much], 3, ceil_mode=True)
    enlarged = F.interpolate(coarse, scale_factor=3.0, mode="bilinear")
    blurred[much] = enlarged[..., :height, :width]
    result = images.clone()
    result[chosen] = torch.lerp(before, blurred, amount)
    return result


def add_noise(images: Tensor, generator: torch.Generator, share: float = 0.5) -> Tensor:
    """Sensor noise in part of the images: of each pixel, more of it in the dark, as after a tone
    curve, and partly common to the three channels."""
    chosen = torch.nonzero(chance(len(images), share, generator)).squeeze(1)
    sigma = uniform((len(chosen), 1, 1, 1), generator, 0.0, 0.06)
    if len(chosen) == 0:
        return images
    before = images[chosen]
    noise = normal(tuple(before.shape), generator)
    common = noise.mean(dim=1, keepdim=True)
    noise.mul_(0.6).add_(common).mul_(sigma).mul_(1.2 - 0.6 * before)
    result = images.clone()
    result[chosen] = before + noise
    return result


def compress(images: Tensor, generator: torch.Generator, share: float = 0.4) -> Tensor:
    """JPEG's quantisation of 8×8 blocks, at qualities 20 … 80, in part of the images.

    The colour planes are not subsampled. H and W must be multiples of 8.
    """
    chosen = torch.nonzero(chance(len(images), share, generator)).squeeze(1)
    quality = uniform((len(chosen),), generator, 20, 80)
    if len(chosen) == 0:
        return images
    result = images.clone()
    result[chosen] = _quantised(images[chosen], quality)
    return result


def _quantised(images: Tensor, quality: Tensor) -> Tensor:
    count, channels, height, width = images.shape
    basis = _dct_basis(images)
    factor = torch.where(quality < 50, 50 / quality, 2 - quality / 50)
    steps = images.new_tensor(_JPEG_LUMA) / 255 * factor.view(-1, 1, 1, 1, 1, 1)
    blocks = images.reshape(count, channels, height // 8, 8, width // 8, 8).transpose(3, 4)
    frequencies = basis @ blocks @ basis.T
    frequencies = torch.round(frequencies / steps) * steps
    blocks = basis.T @ frequencies @ basis
    return blocks.transpose(3, 4).reshape(count, channels, height, width)


def _dct_basis(like: Tensor) -> Tensor:
    """(8, 8) orthonormal DCT-II."""
    k = torch.arange(8, device=like.device, dtype=like.dtype)
    basis = torch.cos(math.pi / 8 * (k + 0.5) * k[:, None]) * math.sqrt(2 / 8)
    basis[0] *= math.sqrt(0.5)
    return basis
