from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from synth.errors import UserError
from tracker.image_input import checked_image

RGB = np.random.default_rng(0).integers(0, 256, (6, 8, 3), np.uint8)


def test_a_sound_image_is_not_copied() -> None:
    assert checked_image(RGB) is RGB


def test_grey_gets_three_equal_channels() -> None:
    for grey in (RGB[..., 0], RGB[..., :1]):
        image = checked_image(grey)
        assert image.shape == (6, 8, 3)
        assert (image == RGB[..., :1]).all()


@pytest.mark.parametrize(
    "view", [RGB[..., ::-1], RGB[::-1], RGB[:, 2:5], RGB[::2, ::2], np.asfortranarray(RGB)]
)
def test_any_memory_layout(view: np.ndarray) -> None:
    image = checked_image(view)
    assert image.flags.c_contiguous
    assert (image == view).all()


@pytest.mark.parametrize(
    ("image", "says"),
    [
        ([[1, 2], [3, 4]], "list"),
        (None, "NoneType"),
        ("hand.jpg", "str"),
        (RGB.astype(np.uint16), ">> 8"),
        (RGB / 255, r"\* 255"),
        (RGB > 3, "bool"),
        (RGB.astype(np.int64), "int64"),
        (np.zeros((4, 4, 4), np.uint8), "alpha"),
        (np.zeros((4, 4, 2), np.uint8), r"\(4, 4, 2\)"),
        (np.zeros((3, 40, 50), np.uint8), "transpose"),
        (np.zeros((1, 4, 4, 3), np.uint8), "one image at a time"),
        (np.zeros(12, np.uint8), r"\(12,\)"),
        (np.zeros((0, 4, 3), np.uint8), "empty"),
        (np.zeros((4, 0), np.uint8), "empty"),
    ],
)
def test_what_is_no_image_is_refused_in_one_line(image: Any, says: str) -> None:
    with pytest.raises(UserError, match=says) as caught:
        checked_image(image)
    assert "\n" not in str(caught.value)
