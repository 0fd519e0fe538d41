from __future__ import annotations

import contextlib
import io
import struct
import time
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from annotate.photographs.decode import UnreadableError, examine, load_upright, read_header

KINDS = ["JPEG", "PNG", "WEBP", "BMP"]
ORIENTATION = 0x0112
#: Photograph of 90x60: red, green, blue and white quarters, as a person sees it.
QUARTERS = [[(255, 0, 0), (0, 255, 0)], [(0, 0, 255), (255, 255, 255)]]


def upright() -> NDArray[np.uint8]:
    return np.repeat(np.repeat(np.array(QUARTERS, np.uint8), 30, 0), 45, 1)


def saved(kind: str, image: Image.Image | None = None, **options: object) -> bytes:
    out = io.BytesIO()
    (Image.fromarray(upright()) if image is None else image).save(out, kind, **options)
    return out.getvalue()


def noise(width: int = 200, height: int = 100) -> Image.Image:
    values = np.random.default_rng(3).integers(0, 255, (height, width, 3))
    return Image.fromarray(values.astype(np.uint8))


def turned(kind: str, orientation: int) -> bytes:
    """The photograph as a camera stores it that was held otherwise (EXIF 2.3, tag 0x0112)."""
    pixels = upright()
    stored = {  # what the stored row 0 and column 0 are of the photograph
        1: pixels,  # top, left
        2: pixels[:, ::-1],  # top, right
        3: pixels[::-1, ::-1],  # bottom, right
        4: pixels[::-1],  # bottom, left
        5: pixels.swapaxes(0, 1),  # left, top
        6: pixels[:, ::-1].swapaxes(0, 1),  # right, top
        7: pixels[::-1, ::-1].swapaxes(0, 1),  # right, bottom
        8: pixels[::-1].swapaxes(0, 1),  # left, bottom
    }[orientation]
    tags = Image.Exif()
    tags[ORIENTATION] = orientation
    return saved(kind, Image.fromarray(np.ascontiguousarray(stored)), exif=tags, quality=95)


def quarters(pixels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    height, width = pixels.shape[:2]
    rows, columns = [height // 4, 3 * height // 4], [width // 4, 3 * width // 4]
    return pixels[np.ix_(rows, columns)] > 127


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_photographs_are_turned_upright(kind: str, orientation: int) -> None:
    data = turned(kind, orientation)
    pixels = load_upright(io.BytesIO(data))
    assert pixels.shape == (60, 90, 3)
    assert pixels.dtype == np.uint8
    wanted = np.array(QUARTERS) > 127
    assert np.array_equal(quarters(pixels), wanted)
    header, preview = examine(io.BytesIO(data), 160)
    assert (header.width, header.height, header.orientation) == (90, 60, orientation)
    assert preview.size == (90, 60)
    assert np.array_equal(quarters(np.asarray(preview)), wanted)
    assert read_header(io.BytesIO(data)) == header
    if kind == "JPEG":  # another decoder sees the same
        bgr = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        assert np.array_equal(quarters(bgr[..., ::-1]), wanted)


def test_a_turn_that_browsers_do_not_make_is_not_made() -> None:
    xmp = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF'
        b' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description'
        b' xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/></rdf:RDF></x:xmpmeta>'
    )
    assert read_header(io.BytesIO(saved("JPEG", xmp=xmp))).width == 90


@pytest.mark.parametrize("exif", [b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"junk" * 9])
def test_damaged_tags_do_not_matter(exif: bytes) -> None:
    assert load_upright(io.BytesIO(saved("JPEG", exif=exif))).shape == (60, 90, 3)


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("JPEG", "L"),
        ("JPEG", "CMYK"),
        ("PNG", "1"),
        ("PNG", "L"),
        ("PNG", "LA"),
        ("PNG", "P"),
        ("PNG", "RGBA"),
        ("WEBP", "RGBA"),
        ("BMP", "1"),
        ("BMP", "P"),
    ],
)
def test_all_kinds_of_colours_are_read(kind: str, mode: str) -> None:
    data = saved(kind, Image.fromarray(upright()).convert(mode))
    pixels = load_upright(io.BytesIO(data))
    assert pixels.shape == (60, 90, 3)
    assert (pixels[45, 70] > 250).all()  # the white quarter
    examine(io.BytesIO(data), 160)


def test_16_bits_of_grey_are_scaled() -> None:
    values = np.linspace(0, 65_535, 256).astype(np.uint16)[None].repeat(8, 0)
    pixels = load_upright(io.BytesIO(saved("PNG", Image.fromarray(values))))
    assert np.array_equal(pixels[0, :, 0], np.arange(256))


def test_the_first_picture_of_several_counts() -> None:
    other = Image.new("RGB", (90, 60))
    for kind, options in (
        ("WEBP", {"lossless": True}),
        ("PNG", {}),
        ("MPO", {"quality": 95}),  # what some telephones write as .jpg
    ):
        data = saved(kind, save_all=True, append_images=[other], **options)
        pixels = load_upright(io.BytesIO(data))
        assert np.array_equal(quarters(pixels), np.array(QUARTERS) > 127), kind


@pytest.mark.parametrize("kind", KINDS)
def test_the_content_type_is_that_of_the_content(kind: str) -> None:
    found = read_header(io.BytesIO(saved(kind))).content_type
    assert found == f"image/{kind.lower()}"


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("progressive", [False, True])
def test_what_is_cut_off_is_told(kind: str, share: float, progressive: bool) -> None:
    options = {"progressive": progressive, "quality": 90} if kind == "JPEG" else {}
    data = saved(kind, noise(), **options)
    cut = data[: int(len(data) * share)]
    for read in (load_upright, lambda file: examine(file, 160)):
        with pytest.raises(UnreadableError, match="cut off|damaged") as caught:
            read(io.BytesIO(cut))
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"\0" * 100, "is no JPEG"),
        (b"GIF89a" + b"\0" * 50, "is no JPEG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is no JPEG"),
        (b"%PDF-1.4", "is no JPEG"),
        (b"\xff\xd8\xff", "cut off|damaged"),
        (b"\x89PNG\r\n\x1a\n", "cut off|damaged"),
        (b"BM", "cut off|damaged"),
        (b"RIFF\0\0\0\0WEBP", "cut off|damaged"),
    ],
)
def test_what_is_no_photograph_is_told(data: bytes, reason: str) -> None:
    for read in (load_upright, read_header, lambda file: examine(file, 160)):
        with pytest.raises(UnreadableError, match=reason):
            read(io.BytesIO(data))


def png_of_size(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(b"\0" * 1_000_000)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + data


def bmp_of_size(width: int, height: int) -> bytes:
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + header


def jpeg_of_size(width: int, height: int) -> bytes:
    data = saved("JPEG")
    place = data.index(b"\xff\xc0") + 5
    return data[:place] + struct.pack(">HH", height, width) + data[place + 4 :]


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (png_of_size(60_000, 60_000), "60000×60000"),
        (png_of_size(10_001, 10_000), "10001×10000"),
        (png_of_size(2**31 - 1, 2**31 - 1), "2147483647×2147483647"),
        (bmp_of_size(50_000, 40_000), "50000×40000"),
        (jpeg_of_size(65_000, 65_000), "65000×65000"),
    ],
)
def test_what_is_too_large_is_not_decoded(data: bytes, size: str) -> None:
    begun = time.process_time()
    for read in (load_upright, read_header, lambda file: examine(file, 160)):
        with pytest.raises(UnreadableError, match=f"too large: {size}"):
            read(io.BytesIO(data))
    assert time.process_time() - begun < 1


def test_a_size_that_the_data_do_not_fill_is_told() -> None:
    with pytest.raises(UnreadableError):
        load_upright(io.BytesIO(png_of_size(2000, 2000)))


@settings(max_examples=150, deadline=None)
@given(
    kind=st.sampled_from(KINDS),
    places=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=6),
    head=st.booleans(),
)
def test_damage_anywhere_is_survived(
    kind: str, places: list[tuple[float, int]], head: bool
) -> None:
    data = bytearray(saved(kind, noise(40, 30), exif=Image.Exif()))
    for share, value in places:
        data[int(share * (100 if head else len(data)))] = value
    with contextlib.suppress(UnreadableError):
        header, preview = examine(io.BytesIO(bytes(data)), 160)
        assert preview.mode == "RGB"
        assert header.width * header.height <= 100_000_000


def test_a_disk_that_fails_is_no_damage() -> None:
    class Failing(io.BytesIO):
        def read(self, *_: object) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(OSError, match="Input/output"):
        load_upright(Failing())


def test_a_large_jpeg_is_examined_small() -> None:
    header, preview = examine(io.BytesIO(saved("JPEG", noise(1600, 1200))), 160)
    assert (header.width, header.height) == (1600, 1200)
    assert preview.size == (200, 150)
    header, preview = examine(io.BytesIO(saved("JPEG", noise(1600, 30))), 160)
    assert preview.width >= 160
