"""From linear light to the JPEG of a small camera, and compositing in linear light."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from synth.photo.metering import LUMINANCE, exposure_gain
from synth.photo.noise import add_noise
from synth.photo.tone import MID_GREY, SATURATION, display_table
from synth.scene import Sensor

#: Entries of the tone table: steps below a quarter of an 8-bit level everywhere but in the
#: darkest one.
_TABLE_SIZE: Final = 8192
#: Brighter light than this, in multiples of a full well, is as good as this.
_BRIGHTEST: Final = 100.0 * SATURATION
#: A phone's curve: share of the large-scale contrast (in stops) taken out, and colour added.
_PHONE_FLATTENING: Final = 0.3
_PHONE_SATURATION: Final = 1.12
#: Weights of luma in display values (ITU-R BT.601, as in JPEG).
_LUMA: Final = np.array([0.299, 0.587, 0.114], np.float32)


def develop(linear: NDArray[np.float32], sensor: Sensor, white: float | None = None) -> bytes:
    """The JPEG that `sensor` makes of a picture.

    Args:
        linear: (H, W, 3) scene-linear RGB, Rec. 709 primaries, unbounded, of any scale.
        sensor: the camera's settings; `sensor.seed` decides the noise, nothing else is random.
        white: luminance of a white thing beside the subject, for the automatic exposure; None
            exposes by the picture alone.

    Returns:
        A baseline JPEG (JFIF, so sRGB), the same bytes for the same input.
    """
    factor = (
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420
        if sensor.chroma_subsampling
        else cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444
    )
    bgr = cv2.cvtColor(develop_rgb(linear, sensor, white), cv2.COLOR_RGB2BGR)
    done, data = cv2.imencode(
        ".jpg",
        bgr,
        [
            cv2.IMWRITE_JPEG_QUALITY,
            sensor.jpeg_quality,
            cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
            factor,
        ],
    )
    if not done:
        raise RuntimeError("the JPEG encoder failed")
    return data.tobytes()


def develop_rgb(
    linear: NDArray[np.float32], sensor: Sensor, white: float | None = None
) -> NDArray[np.uint8]:
    """The picture (H, W, 3), 8-bit sRGB, before the JPEG. The arguments are those of `develop`.

    The order is a camera's: lens (softness, vignette), exposure, sensor (noise, full wells),
    white balance, tone curve and contrast, saturation, sharpening.
    """
    if linear.ndim != 3 or linear.shape[2] != 3:
        raise ValueError(f"a picture of shape (H, W, 3) is needed, not {linear.shape}")
    height, width = linear.shape[:2]
    light = np.nan_to_num(np.asarray(linear, np.float32), posinf=1e12, neginf=0.0)
    if sensor.blur > 0:
        light = cv2.GaussianBlur(light, (0, 0), sensor.blur, borderType=cv2.BORDER_REFLECT)
    # Metered before the vignette: a camera knows its lens.
    light *= np.float32(exposure_gain(light, white) * 2.0**sensor.exposure)
    if sensor.vignette > 0:
        light *= _vignette(height, width, sensor.vignette)
    np.clip(light, 0.0, _BRIGHTEST, out=light)
    if sensor.tone == "phone":
        light *= _local_gain(light)
    rng = np.random.Generator(np.random.PCG64(sensor.seed))
    light = add_noise(light, sensor.noise_iso, rng)

    # A full well is white, not the colour of the gains: the weakest channel reaches the end too.
    gains = np.array(sensor.white_balance, np.float32)
    full = SATURATION / min(1.0, float(gains.min()))
    np.clip(light, 0.0, full, out=light)
    light = cv2.transform(light, np.diag(gains / np.float32(SATURATION)))
    np.minimum(light, np.float32(1), out=light)
    index = cv2.sqrt(light)
    index *= np.float32(_TABLE_SIZE - 1)
    index += np.float32(0.5)
    table = display_table(sensor.tone, sensor.contrast, _TABLE_SIZE)
    display = np.take(table, index.astype(np.uint16), mode="clip")
    display = _saturate(
        display,
        sensor.saturation * (_PHONE_SATURATION if sensor.tone == "phone" else 1.0),
    )
    if sensor.sharpen > 0:
        display = _sharpen(display, sensor.sharpen)
    return cv2.convertScaleAbs(np.clip(display, 0.0, 1.0, out=display), alpha=255.0)


def composite(
    foreground_premultiplied: NDArray[np.float32], backdrop: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Foreground over backdrop, in linear light (Porter and Duff 1984, "over").

    Args:
        foreground_premultiplied: (H, W, 4), linear RGB already multiplied by alpha, and alpha.
        backdrop: (H, W, 3), linear RGB.

    Returns:
        (H, W, 3) float32: foreground + (1 − alpha) · backdrop.
    """
    if foreground_premultiplied.shape[:2] != backdrop.shape[:2]:
        raise ValueError(
            f"foreground {foreground_premultiplied.shape} and backdrop {backdrop.shape} differ"
        )
    color, alpha = foreground_premultiplied[..., :3], foreground_premultiplied[..., 3:]
    return color + (1 - np.clip(alpha, 0, 1)) * backdrop


@lru_cache(maxsize=8)
def _radius2(height: int, width: int) -> NDArray[np.float32]:
    """Squared distance from the centre, 1 in the corners; (H, W, 1)."""
    y = (np.arange(height, dtype=np.float32) + 0.5) * (2 / height) - 1
    x = (np.arange(width, dtype=np.float32) + 0.5) * (2 / width) - 1
    aspect2 = np.float32((height / width) ** 2)
    return ((aspect2 * y[:, None] ** 2 + x[None, :] ** 2) / (1 + aspect2))[..., None]


def _vignette(height: int, width: int, strength: float) -> NDArray[np.float32]:
    """Share of the light that reaches each pixel, 1 in the centre, 1 − strength in the corners."""
    return np.power(np.float32(max(1 - strength, 1e-3)), _radius2(height, width))


def _local_gain(light: NDArray[np.float32]) -> NDArray[np.float32]:
    """Gain (H, W, 1) that brings the large-scale luminance closer to mid-grey, as phones do."""
    height, width = light.shape[:2]
    small = cv2.resize(light, (_local_cells(width), _local_cells(height)), interpolation=3)
    stops = np.log2(np.maximum(small @ LUMINANCE, 0.002) / MID_GREY)
    base = cv2.GaussianBlur(stops, (0, 0), 2.5, borderType=cv2.BORDER_REFLECT)
    base = cv2.resize(base, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.exp2(np.clip(-_PHONE_FLATTENING * base, -1.5, 1.5))[..., None]


def _local_cells(pixels: int) -> int:
    """Cells along one side of the phone's local metering: 32 for 256 pixels."""
    return max(4, min(32, pixels // 8))


def _saturate(display: NDArray[np.float32], saturation: float) -> NDArray[np.float32]:
    """Distance of each display colour from its own grey multiplied by `saturation`."""
    if saturation == 1:
        return display
    matrix = saturation * np.eye(3, dtype=np.float32) + np.float32(1 - saturation) * _LUMA[None]
    return cv2.transform(display, matrix.astype(np.float32))


def _sharpen(display: NDArray[np.float32], amount: float) -> NDArray[np.float32]:
    """Unsharp mask on the luma: the halo of a camera's own sharpening, without colour fringes."""
    luma = cv2.transform(display, _LUMA[None])
    detail = luma - cv2.GaussianBlur(luma, (0, 0), 1.0, borderType=cv2.BORDER_REFLECT)
    return cv2.add(display, cv2.merge([np.float32(amount) * detail] * 3))
