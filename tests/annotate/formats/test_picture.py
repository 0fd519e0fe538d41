from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile, get_sampling

from annotate.formats.document import LabelledPhotograph
from annotate.formats.picture import encode_jpeg, load_unmirrored, unmirrored_jpeg
from annotate.labels import Label
from synth.errors import UserError
from tests.annotate.formats.pictures import names_of_quarters, quarters, write_picture


def photograph(
    path: str, width: int = 64, height: int = 48, mirrored: bool = False
) -> LabelledPhotograph:
    return LabelledPhotograph(path, width, height, Label(mirrored=mirrored))


def decoded(jpeg: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    with Image.open(io.BytesIO(jpeg)) as image:
        assert image.format == "JPEG"
        assert image.mode == "RGB"
        assert image.getexif().get(0x0112, 1) == 1
        return np.array(image)


def test_a_jpeg_keeps_its_bytes(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.jpg", quarters())
    write_picture(tmp_path / "b.jpg", quarters(), orientation=1)
    for name in ("a.jpg", "b.jpg"):
        assert unmirrored_jpeg(tmp_path, photograph(name)) == (tmp_path / name).read_bytes()


@pytest.mark.parametrize(
    ("orientation", "names"), [(2, "grwb"), (3, "wbgr"), (4, "bwrg"), (6, "brwg"), (8, "gwrb")]
)
def test_what_exif_turns_is_turned(tmp_path: Path, orientation: int, names: str) -> None:
    write_picture(tmp_path / "a.jpg", quarters(), orientation)
    width, height = (48, 64) if orientation > 4 else (64, 48)
    turned = photograph("a.jpg", width, height)
    assert names_of_quarters(load_unmirrored(tmp_path, turned)) == names
    assert names_of_quarters(decoded(unmirrored_jpeg(tmp_path, turned))) == names


def test_mirrored_photographs_are_flipped_after_they_are_turned(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.jpg", quarters())
    assert (
        names_of_quarters(load_unmirrored(tmp_path, photograph("a.jpg", mirrored=True))) == "grwb"
    )
    flipped = unmirrored_jpeg(tmp_path, photograph("a.jpg", mirrored=True))
    assert names_of_quarters(decoded(flipped)) == "grwb"
    write_picture(tmp_path / "a.jpg", quarters(), 6)  # upright it is brwg
    turned = photograph("a.jpg", 48, 64, mirrored=True)
    assert names_of_quarters(decoded(unmirrored_jpeg(tmp_path, turned))) == "rbgw"


@pytest.mark.parametrize("name", ["a.png", "a.webp", "a.bmp"])
def test_other_kinds_become_jpegs(tmp_path: Path, name: str) -> None:
    write_picture(tmp_path / name, quarters())
    assert names_of_quarters(decoded(unmirrored_jpeg(tmp_path, photograph(name)))) == "rgbw"


def test_grey_jpegs_get_colours(tmp_path: Path) -> None:
    Image.new("L", (64, 48), 90).save(tmp_path / "a.jpg")
    assert abs(decoded(unmirrored_jpeg(tmp_path, photograph("a.jpg"))).mean() - 90) < 2


def test_encoding_is_of_quality_95_with_full_colours_and_the_same_again() -> None:
    jpeg = encode_jpeg(quarters())
    assert encode_jpeg(quarters()) == jpeg
    with JpegImageFile(io.BytesIO(jpeg)) as image:
        # 16 is the standard table's first entry; quality 95 takes a tenth of it.
        assert image.quantization[0][0] == 2
        assert get_sampling(image) == 0
    assert np.abs(decoded(jpeg).astype(int) - quarters()).max() < 3


def test_what_cannot_be_used_is_named(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.jpg", quarters())
    (tmp_path / "cut.jpg").write_bytes((tmp_path / "a.jpg").read_bytes()[:600])
    (tmp_path / "text.jpg").write_bytes(b"text")
    for path, message in (
        ("none.jpg", "cannot be read"),
        ("cut.jpg", "cut off"),
        ("text.jpg", "is no JPEG"),
    ):
        for read in (load_unmirrored, unmirrored_jpeg):
            with pytest.raises(UserError, match=rf"^{path}: .*{message}"):
                read(tmp_path, photograph(path))
    for read in (load_unmirrored, unmirrored_jpeg):
        with pytest.raises(UserError, match=r"a\.jpg: is 64×48, was 65×48"):
            read(tmp_path, photograph("a.jpg", 65))
