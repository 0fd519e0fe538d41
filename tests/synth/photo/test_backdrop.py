from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from synth.errors import UserError
from synth.photo.backdrop import make_backdrop
from synth.scene import Background


@pytest.fixture
def photo(tmp_path):
    """Four quarters: red, green over blue, grey 128; 80 × 40 pixels."""
    pixels = np.zeros((40, 80, 3), np.uint8)
    pixels[:20, :40], pixels[:20, 40:] = (255, 0, 0), (0, 255, 0)
    pixels[20:, :40], pixels[20:, 40:] = (0, 0, 255), (128, 128, 128)
    path = tmp_path / "quarters.png"
    Image.fromarray(pixels).save(path)
    return str(path)


def test_a_photo_is_shown_in_linear_light(photo):
    made = make_backdrop(Background(kind="photo", photo=photo, brightness=0.5), 80, 40)
    assert made.shape == (40, 80, 3)
    assert made.dtype == np.float32
    np.testing.assert_allclose(made[5, 10], [0.5, 0, 0], atol=1e-3)
    # sRGB: ((128/255 + 0.055) / 1.055)^2.4 = 0.2159.
    np.testing.assert_allclose(made[35, 70], 0.5 * 0.2159, atol=1e-3)


def test_crop_mirror_and_shape(photo):
    lower_right = Background(kind="photo", photo=photo, crop=(0.5, 0.5, 0.5, 0.5))
    # But for the rim, where enlarging mixes in the neighbouring quarters.
    np.testing.assert_allclose(make_backdrop(lower_right, 30, 30)[2:, 2:], 0.2159, atol=1e-3)
    mirrored = make_backdrop(Background(kind="photo", photo=photo, mirror=True), 80, 40)
    np.testing.assert_allclose(mirrored[5, 10], [0, 1, 0], atol=1e-3)
    # A square out of 80 × 40 is the middle 40 × 40: the seam stays in the middle.
    square = make_backdrop(Background(kind="photo", photo=photo), 40, 40)
    np.testing.assert_allclose(square[5, 18], [1, 0, 0], atol=1e-3)
    np.testing.assert_allclose(square[5, 21], [0, 1, 0], atol=1e-3)


def test_blur_mixes_light_and_not_display_values(photo):
    blurred = make_backdrop(Background(kind="photo", photo=photo, blur=4.0), 80, 40)
    np.testing.assert_allclose(blurred[8, 39:41].mean(axis=0), [0.5, 0.5, 0], atol=0.06)


def test_orientation_of_a_phone_is_heeded(tmp_path):
    pixels = np.zeros((40, 80, 3), np.uint8)
    pixels[:, :40] = 255
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90° clockwise to see it upright
    path = tmp_path / "turned.jpg"
    Image.fromarray(pixels).save(path, exif=exif, quality=95)
    made = make_backdrop(Background(kind="photo", photo=str(path)), 40, 80)
    assert made[10].mean() > 0.9
    assert made[70].mean() < 0.1


def test_an_unreadable_photo_is_named(tmp_path, photo):
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"\xff\xd8\xff\xe0 not much of a picture")
    with pytest.raises(UserError, match=r"broken\.jpg cannot be read"):
        make_backdrop(Background(kind="photo", photo=str(broken)), 8, 8)
    cut = tmp_path / "cut.png"
    cut.write_bytes(Path(photo).read_bytes()[:90])
    with pytest.raises(UserError, match=r"cut\.png cannot be read"):
        make_backdrop(Background(kind="photo", photo=str(cut)), 8, 8)
    with pytest.raises(UserError, match=r"gone\.jpg: there is no such file"):
        make_backdrop(Background(kind="photo", photo=str(tmp_path / "gone.jpg")), 8, 8)


def test_a_procedural_backdrop_is_that_of_its_seed():
    first = make_backdrop(Background(kind="procedural", seed=3, brightness=2.0), 48, 32)
    again = make_backdrop(Background(kind="procedural", seed=3), 48, 32)
    np.testing.assert_allclose(first, 2 * again, rtol=1e-5)
    assert again.mean() == pytest.approx(0.2, rel=0.05)
