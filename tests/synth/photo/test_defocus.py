import numpy as np
import pytest

from synth.photo.defocus import defocus


def point(size=129):
    picture = np.zeros((size, size, 3), np.float32)
    picture[size // 2, size // 2] = 1000.0
    return picture


@pytest.mark.parametrize("radius", [1.0, 3.0, 6.0, 15.0])
def test_a_point_becomes_a_disc_of_the_same_light(radius):
    disc = defocus(point(), radius)[..., 1].astype(np.float64)
    assert disc.sum() == pytest.approx(1000.0, rel=0.05)
    y, x = np.mgrid[-64:65, -64:65]
    # A uniform disc's second moment about its centre is radius²/2; the rim's softness adds a bit.
    moment = float((disc * (x**2 + y**2)).sum() / disc.sum())
    assert np.sqrt(2 * moment) == pytest.approx(radius, rel=0.25, abs=0.4)
    inside = disc[np.hypot(x, y) < 0.5 * radius]
    assert inside.max() < 1000.0 / (np.pi * radius**2) * 2.2 + 1


def test_a_flat_picture_stays_flat_to_its_rim():
    flat = np.full((40, 61, 3), 0.7, np.float32)
    for radius in (0.0, 2.0, 9.0):
        np.testing.assert_allclose(defocus(flat, radius), flat, rtol=1e-4)


def test_no_radius_is_no_blur():
    np.testing.assert_array_equal(defocus(point(), 0.0), point())
