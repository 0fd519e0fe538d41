import hashlib
import io
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from synth.photo.develop import composite, develop, develop_rgb
from synth.photo.tone import srgb_decode
from synth.scene import Sensor

PLAIN = Sensor(
    exposure=0.0,
    white_balance=(1.0, 1.0, 1.0),
    contrast=1.0,
    saturation=1.0,
    tone="standard",
    vignette=0.0,
    noise_iso=0.0,
    sharpen=0.0,
    blur=0.0,
    jpeg_quality=90,
    chroma_subsampling=True,
    seed=1,
)
BUSY = PLAIN.model_copy(
    update={"tone": "phone", "vignette": 0.3, "noise_iso": 0.5, "sharpen": 0.5, "blur": 0.7}
)


def sensor(**changes):
    return PLAIN.model_copy(update=changes)


def card(level=0.5, size=64):
    return np.full((size, size, 3), level, np.float32)


def scene(size=96):
    """Soft shapes of all brightnesses."""
    y, x = np.mgrid[0:size, 0:size] / size
    light = np.stack([x + 0.1, y + 0.05, 0.5 + 0.5 * np.sin(9 * x * y)], axis=-1)
    return (light**2).astype(np.float32)


def to_linear(pixels):
    return srgb_decode(pixels / 255.0)


@pytest.mark.parametrize("tone", ["standard", "film", "phone"])
def test_a_grey_card_is_118_whatever_the_light_and_the_curve(tone):
    # sRGB of 18 %: 255 · (1.055 · 0.18^(1/2.4) − 0.055) = 117.6.
    for level in (0.002, 0.5, 300.0):
        pixels = develop_rgb(card(level), sensor(tone=tone))
        assert pixels.dtype == np.uint8
        np.testing.assert_allclose(pixels, 118, atol=1)


def test_a_stop_of_exposure_doubles_the_light():
    ratio = to_linear(develop_rgb(card(), sensor(exposure=1.0)))[0, 0] / 0.18
    np.testing.assert_allclose(ratio, 2.0, rtol=0.02)


def test_white_balance_multiplies_linear_light_and_leaves_burnt_out_white():
    gains = (1.25, 1.0, 0.8)
    linear = to_linear(develop_rgb(card(), sensor(white_balance=gains)))[5, 5]
    np.testing.assert_allclose(linear / 0.18, gains, rtol=0.025)
    picture = card(0.01)
    picture[:8] = 1e4
    burnt = develop_rgb(picture, sensor(white_balance=gains))[2, 30]
    np.testing.assert_array_equal(burnt, 255)


def test_vignette_takes_its_share_of_light_from_the_corners():
    linear = to_linear(develop_rgb(card(size=201), sensor(vignette=0.4)))[..., 1]
    assert linear[100, 100] == pytest.approx(0.18, rel=0.02)
    assert linear[0, 0] / linear[100, 100] == pytest.approx(0.6, rel=0.03)
    assert linear[0, 0] == pytest.approx(linear[-1, -1], rel=0.02)


def test_saturation_zero_is_grey_of_the_same_luma():
    colour = develop_rgb(scene(), PLAIN).astype(float)
    grey = develop_rgb(scene(), sensor(saturation=0.0)).astype(float)
    assert np.ptp(grey, axis=2).max() <= 1
    np.testing.assert_allclose(grey[..., 0], colour @ (0.299, 0.587, 0.114), atol=1.5)


def test_sharpening_puts_a_halo_on_both_sides_of_an_edge():
    step = card(0.1)
    step[:, 32:] = 0.3
    flat = develop_rgb(step, PLAIN)[32, :, 1].astype(int)
    sharp = develop_rgb(step, sensor(sharpen=1.0))[32, :, 1].astype(int)
    assert sharp[31] < flat[31] - 3
    assert sharp[32] > flat[32] + 3
    np.testing.assert_allclose(sharp[:24], flat[:24], atol=1)


def test_blur_spreads_a_point_as_a_gaussian():
    # A faint point on a card, below the shoulder, so that the light can be read back.
    point = card(1.0, 65)
    point[32, 32] = 9.0
    added = to_linear(develop_rgb(point, sensor(blur=1.5)))[..., 1] / 0.18 - 1.0
    # Of a two-dimensional Gaussian of sigma 1.5.
    assert added[32, 32] == pytest.approx(8.0 / (2 * np.pi * 1.5**2), rel=0.1)
    assert added[32, 34] / added[32, 32] == pytest.approx(np.exp(-4 / 4.5), rel=0.15)


def test_noise_is_that_of_linear_light():
    pixels = develop_rgb(card(size=256), sensor(noise_iso=0.5)).astype(float)
    # At 18 %: sigma² = 0.004 · 0.5 · 0.18 + (0.006 · 0.5)²; slope of the sRGB curve there 1.19.
    expected = 255 * 1.19 * np.sqrt(0.004 * 0.5 * 0.18 + 0.003**2)
    np.testing.assert_allclose(pixels.std(axis=(0, 1)), expected, rtol=0.08)
    other = develop_rgb(card(size=256), sensor(noise_iso=0.5, seed=2))
    assert np.any(other != pixels)


def test_the_jpeg_is_the_picture_at_the_quality_and_subsampling_asked_for():
    with Image.open(io.BytesIO(develop(scene(), sensor(jpeg_quality=95)))) as image:
        assert image.format == "JPEG"
        assert image.size == (96, 96)
        decoded = np.asarray(image.convert("RGB")).astype(int)
    np.testing.assert_allclose(decoded, develop_rgb(scene(), PLAIN), atol=20)
    assert np.abs(decoded - develop_rgb(scene(), PLAIN)).mean() < 2
    low = develop(scene(), sensor(jpeg_quality=30))
    assert len(low) < 0.7 * len(develop(scene(), sensor(jpeg_quality=95)))

    def luma_sampling(jpeg):
        start = jpeg.index(b"\xff\xc0")  # baseline frame header: the first component's factors
        return jpeg[start + 11]

    assert luma_sampling(develop(scene(), sensor(chroma_subsampling=True))) == 0x22
    assert luma_sampling(develop(scene(), sensor(chroma_subsampling=False))) == 0x11


def test_the_same_bytes_every_time_and_in_another_process():
    code = (
        "import sys, hashlib; sys.path.insert(0, sys.argv[1])\n"
        "from test_develop import BUSY, develop, scene\n"
        "print(hashlib.sha256(develop(scene(), BUSY)).hexdigest())"
    )
    folder = str(__file__).rsplit("/", 1)[0]
    result = subprocess.run(
        [sys.executable, "-c", code, folder], check=True, capture_output=True, text=True
    )
    here = [hashlib.sha256(develop(scene(), BUSY)).hexdigest() for _ in range(2)]
    assert here == [result.stdout.strip()] * 2


def test_the_input_is_not_changed_and_odd_values_do_no_harm():
    picture = scene()
    kept = picture.copy()
    develop(picture, BUSY)
    np.testing.assert_array_equal(picture, kept)
    picture[3, 4], picture[40, 40], picture[50, 50] = np.nan, np.inf, -1.0
    pixels = develop_rgb(picture, PLAIN)
    away = np.ones(pixels.shape[:2], bool)
    away[[3, 40, 50], [4, 40, 50]] = False
    np.testing.assert_allclose(pixels[away].astype(int), develop_rgb(scene(), PLAIN)[away], atol=16)
    np.testing.assert_array_equal(develop_rgb(np.zeros((8, 8, 3), np.float32), PLAIN), 0)
    with pytest.raises(ValueError, match="shape"):
        develop_rgb(np.zeros((8, 8), np.float32), PLAIN)


def test_compositing_worked_by_hand():
    # Red of luminance 0.8 at 25 % cover (so premultiplied 0.2) over (0.4, 0.4, 0.8):
    # 0.2 + 0.75 · 0.4, 0.75 · 0.4, 0.75 · 0.8.
    foreground = np.array([[[0.2, 0.0, 0.0, 0.25], [3.0, 2.0, 1.0, 1.0], [0, 0, 0, 0]]], np.float32)
    backdrop = np.full((1, 3, 3), (0.4, 0.4, 0.8), np.float32)
    expected = [[[0.5, 0.3, 0.6], [3.0, 2.0, 1.0], [0.4, 0.4, 0.8]]]
    np.testing.assert_allclose(composite(foreground, backdrop), expected, rtol=1e-6)
    with pytest.raises(ValueError, match="differ"):
        composite(foreground, backdrop[:, :2])
