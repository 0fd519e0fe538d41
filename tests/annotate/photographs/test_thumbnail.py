from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from annotate.photographs.thumbnail import Kept, thumbnail


@pytest.mark.parametrize("size", [(4000, 3000), (300, 2000), (160, 160), (161, 5), (1, 1)])
def test_thumbnails_are_small(size: tuple[int, int]) -> None:
    small = Image.open(io.BytesIO(thumbnail(Image.new("RGB", size, "teal"))))
    assert small.format == "JPEG"
    assert max(small.size) == min(160, max(size))
    longer = max(size)
    for side, of in zip(small.size, size, strict=True):
        assert abs(side - of * min(1, 160 / longer)) <= 1


def test_even_noise_fits() -> None:
    values = np.random.default_rng(0).integers(0, 255, (160, 160, 3)).astype(np.uint8)
    assert len(thumbnail(Image.fromarray(values))) <= 8000


def test_the_image_stays() -> None:
    image = Image.new("RGB", (500, 400))
    thumbnail(image)
    assert image.size == (500, 400)


def test_what_was_used_last_is_kept() -> None:
    kept = Kept(10)
    kept.put("a", b"1234")
    kept.put("b", b"1234")
    assert kept.get("a") == b"1234"
    kept.put("c", b"1234")  # b was not used for longest
    assert [kept.get(key) for key in "abc"] == [b"1234", None, b"1234"]
    kept.put("a", b"12345678")
    assert [kept.get(key) for key in "abc"] == [b"12345678", None, None]


def test_what_does_not_fit_is_not_kept() -> None:
    kept = Kept(10)
    kept.put("a", b"123")
    kept.put("b", b"12345678901")
    assert kept.get("b") is None
    kept.put("c", b"1234567890")
    assert kept.get("c") == b"1234567890"
