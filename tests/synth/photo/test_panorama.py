"""The HDRI behind the hand."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from synth.errors import UserError
from synth.photo.panorama import (
    blur_at_infinity,
    direction_to_panorama,
    hdri_backdrop,
    pixel_directions,
    world_to_panorama,
)
from synth.scene import Camera, Light

#: Rows are a camera's x (right), y (down) and z (forward) in the world: it looks along world +Y.
ALONG_Y = ((1.0, 0.0, 0.0, 0.0), (0.0, 0.0, -1.0, 0.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0))


def camera(**keys: object) -> Camera:
    values = {
        "K": ((100.0, 0.0, 32.0), (0.0, 100.0, 24.0), (0.0, 0.0, 1.0)),
        "world_to_camera": ALONG_Y,
        "width": 64,
        "height": 48,
    }
    return Camera(**{**values, **keys})


def light(hdri: str = "x.hdr", **keys: object) -> Light:
    values = {"rotation": 0.0, "tilt": 0.0, "strength": 1.0, "tint": (1.0, 1.0, 1.0)}
    return Light(hdri=hdri, **{**values, **keys})


@pytest.mark.parametrize(
    ("direction", "u", "v"),
    [
        ((1, 0, 0), 0.5, 0.5),
        ((0, 1, 0), 0.25, 0.5),
        ((0, -1, 0), 0.75, 0.5),
        ((1, 0, 1), 0.5, 0.75),
        ((2, 0, -2), 0.5, 0.25),
        ((1, 1, 0), 0.375, 0.5),
    ],
)
def test_where_directions_fall(direction: tuple[float, ...], u: float, v: float) -> None:
    found = direction_to_panorama(np.array(direction, dtype=float))
    np.testing.assert_allclose(found, (u, v), atol=1e-12)


def test_rays_go_through_the_centres_of_pixels() -> None:
    rays = pixel_directions(camera())
    assert rays.shape == (48, 64, 3)
    # Pixel (row 10, column 40): x = (40.5 − 32) / 100, y = (10.5 − 24) / 100 down, along +Y.
    np.testing.assert_allclose(rays[10, 40], [0.085, 1.0, 0.135], atol=1e-12)


def test_a_turned_world_shows_what_was_beside_it() -> None:
    # Turned by 90° about Z, what was at +X stands at +Y.
    turned = world_to_panorama(light(rotation=np.pi / 2))
    np.testing.assert_allclose(turned @ [0, 1, 0], [1, 0, 0], atol=1e-12)
    # Tilted by 90° about X, what was at +Y stands at +Z; turning comes after that.
    tilted = world_to_panorama(light(tilt=np.pi / 2))
    np.testing.assert_allclose(tilted @ [0, 0, 1], [0, 1, 0], atol=1e-12)
    both = world_to_panorama(light(tilt=np.pi / 2, rotation=np.pi / 2))
    np.testing.assert_allclose(both @ [0, 0, 1], [0, 1, 0], atol=1e-12)
    np.testing.assert_allclose(both @ [0, 1, 0], [1, 0, 0], atol=1e-12)


@pytest.fixture
def spot(tmp_path: Path) -> str:
    """A grey panorama of 64 × 128 with a red spot at u = 0.25, v = 0.75: azimuth +Y, 45° up."""
    picture = np.full((64, 128, 3), 0.125, np.float32)
    picture[14:18, 30:34] = (0.0, 0.0, 8.0)  # OpenCV writes blue, green, red
    path = tmp_path / "spot.hdr"
    cv2.imwrite(str(path), picture)
    return str(path)


def test_a_spot_of_the_sky_is_seen_where_it_stands(spot: str) -> None:
    s = np.sqrt(0.5)
    up = ((1.0, 0.0, 0.0, 0.0), (0.0, s, -s, 0.0), (0.0, s, s, 0.0), (0.0, 0.0, 0.0, 1.0))
    seen = hdri_backdrop(
        light(spot, strength=0.5, tint=(1.0, 2.0, 1.0)), camera(world_to_camera=up)
    )
    assert seen.shape == (48, 64, 3)
    assert seen.dtype == np.float32
    # Red 8, and the rest 0.125, times strength and tint.
    np.testing.assert_allclose(seen[24, 32], [4.0, 0.0, 0.0], atol=0.05)
    # Half of the spot's 4 texels of 2.8° each way: 5.6°, as far as 100 · tan 5.6° = 9.8 pixels.
    bright = np.argwhere(seen[..., 0] > 2)
    assert np.abs(bright.mean(0) - [23.5, 31.5]).max() < 1
    assert abs(np.ptp(bright[:, 0]) / 2 - 9.8) < 1.5
    np.testing.assert_allclose(seen[0, 0], [0.0625, 0.125, 0.0625], rtol=0.05)
    away = hdri_backdrop(light(spot, rotation=np.pi), camera(world_to_camera=up))
    np.testing.assert_allclose(away, 0.125, rtol=0.02)


def test_no_seam_where_the_panorama_closes(tmp_path: Path) -> None:
    azimuth = (np.arange(128) + 0.5) / 128 * 2 * np.pi
    row = (2 + np.cos(azimuth)).astype(np.float32)
    path = tmp_path / "ring.hdr"
    cv2.imwrite(str(path), np.tile(row[None, :, None], (64, 1, 3)))
    # The panorama's ends meet at world −X.
    away = (
        (0.0, 1.0, 0.0, 0.0),
        (0.0, 0.0, -1.0, 0.0),
        (-1.0, 0.0, 0.0, 0.0),
        (0.0, 0.0, 0.0, 1.0),
    )
    seen = hdri_backdrop(light(str(path)), camera(world_to_camera=away))
    np.testing.assert_allclose(seen[24], 3.0, rtol=0.03)


def test_defocus_at_infinity_is_that_of_a_thin_lens() -> None:
    # 36 mm are 360 pixels, so f = 50 mm is 500 pixels; f/2 focused at 2 m:
    # c = 0.05² / (2 · 1.95) = 0.641 mm = 6.41 pixels, a radius of 3.205.
    lens = {
        "K": ((500.0, 0.0, 180.0), (0.0, 500.0, 120.0), (0.0, 0.0, 1.0)),
        "width": 360,
        "height": 240,
        "sensor_width": 0.036,
        "focus_distance": 2.0,
    }
    assert blur_at_infinity(camera(**lens, f_stop=2.0)) == pytest.approx(3.205, abs=1e-3)
    assert blur_at_infinity(camera(**lens)) == 0
    # Discs are capped at 6 % of the width.
    assert blur_at_infinity(camera(**lens, f_stop=0.1)) == pytest.approx(0.03 * 360)


def test_a_file_that_is_no_hdri_is_named(tmp_path: Path) -> None:
    for name in ("broken.hdr", "broken.exr"):
        (tmp_path / name).write_bytes(b"nothing of the kind")
        with pytest.raises(UserError, match=rf"{name} cannot be read .*replace or remove"):
            hdri_backdrop(light(str(tmp_path / name)), camera())
