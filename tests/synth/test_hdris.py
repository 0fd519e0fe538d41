import struct
import subprocess
import sys

import cv2
import numpy as np
import pytest

from synth.errors import UserError
from synth.hdris import builtin_folder, check_hdri, find_hdris, hdri_label, resolve_hdri

NAMES = ("city", "courtyard", "forest", "interior", "night", "studio", "sunrise", "sunset")


def write_radiance(path, width=64, height=32, smooth=True):
    rng = np.random.default_rng(3)
    picture = rng.random((height, width, 3), dtype=np.float32)
    if smooth:
        picture[:, : width // 2] = 0.5
    assert cv2.imwrite(str(path), picture)
    return path


def test_builtin_hdris_are_found_whole_and_named_without_a_folder():
    names = find_hdris("builtin")
    assert names == tuple(f"builtin:{name}.exr" for name in NAMES)
    for name in names:
        check_hdri(resolve_hdri(name))
    assert hdri_label("builtin:courtyard.exr") == "courtyard.exr"
    assert hdri_label("/a/b/sky.hdr") == "sky.hdr"


def test_looking_for_hdris_does_not_import_bpy():
    code = "import sys; from synth.hdris import find_hdris; find_hdris('builtin');"
    subprocess.run([sys.executable, "-c", code + "assert 'bpy' not in sys.modules"], check=True)


def test_folders_are_searched_at_any_depth_in_sorted_order(tmp_path):
    for name in ("b/y.HDR", "a/z.exr", "a/readme.txt", "c.exr"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    expected = tuple(str(tmp_path / name) for name in ("a/z.exr", "b/y.HDR", "c.exr"))
    assert find_hdris(tmp_path) == expected
    assert find_hdris([tmp_path / "b", str(tmp_path)]) == (expected[1], expected[0], expected[2])
    assert find_hdris(["builtin", tmp_path / "c.exr"])[-1] == expected[2]


def test_missing_and_empty_folders_are_named(tmp_path):
    with pytest.raises(UserError, match=r"no folder .*nowhere"):
        find_hdris(tmp_path / "nowhere")
    with pytest.raises(UserError, match=f"{tmp_path} holds no"):
        find_hdris(tmp_path)
    with pytest.raises(UserError, match=r"builtin:mars\.exr"):
        resolve_hdri("builtin:mars.exr")


@pytest.mark.parametrize("share", [0.0, 0.001, 0.01, 0.5, 0.99, 0.99999])
def test_a_truncated_exr_is_refused(tmp_path, share):
    data = (builtin_folder() / "studio.exr").read_bytes()
    path = tmp_path / "cut.exr"
    path.write_bytes(data[: int(share * len(data))])
    with pytest.raises(UserError, match=r"cut\.exr"):
        check_hdri(path)


def exr_scan_lines(rows, compression, lines, per_chunk):
    """Bytes of an EXR written by hand from the layout, its chunks' content left at zero."""

    def attribute(name, kind, value):
        return name + b"\0" + kind + b"\0" + struct.pack("<i", len(value)) + value

    window = struct.pack("<4i", 0, 0, 3, rows - 1)
    header = b"\x76\x2f\x31\x01" + struct.pack("<I", 2)
    header += attribute(b"compression", b"compression", bytes([compression]))
    header += attribute(b"dataWindow", b"box2i", window) + b"\0"
    first = len(header) + 8 * lines
    chunk = struct.pack("<ii", 0, per_chunk) + bytes(per_chunk)
    offsets = [first + index * len(chunk) for index in range(lines)]
    return header + struct.pack(f"<{lines}Q", *offsets) + chunk * lines


# 33 rows: 33 chunks without compression, 3 of ZIP's 16 rows, 2 of PIZ's 32, 1 of DWAB's 256.
@pytest.mark.parametrize(("compression", "chunks"), [(0, 33), (3, 3), (4, 2), (9, 1)])
def test_the_end_of_an_exr_is_known_to_the_byte(tmp_path, compression, chunks):
    data = exr_scan_lines(33, compression, chunks, 24)
    (tmp_path / "whole.exr").write_bytes(data)
    check_hdri(tmp_path / "whole.exr")
    (tmp_path / "short.exr").write_bytes(data[:-1])
    with pytest.raises(UserError, match=r"short\.exr cannot be used: it is cut off"):
        check_hdri(tmp_path / "short.exr")


@pytest.mark.parametrize("smooth", [True, False])
def test_radiance_files_are_checked_to_the_last_byte(tmp_path, smooth):
    path = write_radiance(tmp_path / "sky.hdr", smooth=smooth)
    check_hdri(path)
    data = path.read_bytes()
    for length in (0, 5, 60, len(data) // 2, len(data) - 1):
        path.write_bytes(data[:length])
        with pytest.raises(UserError, match=r"sky\.hdr"):
            check_hdri(path)


def test_renamed_and_missing_files_are_refused(tmp_path):
    radiance = write_radiance(tmp_path / "sky.hdr")
    renamed = tmp_path / "sky.exr"
    renamed.write_bytes(radiance.read_bytes())
    with pytest.raises(UserError, match=r"sky\.exr cannot be used: it is not an OpenEXR file"):
        check_hdri(renamed)
    swapped = tmp_path / "studio.hdr"
    swapped.write_bytes((builtin_folder() / "studio.exr").read_bytes())
    with pytest.raises(UserError, match=r"studio\.hdr cannot be used: it is not a Radiance file"):
        check_hdri(swapped)
    with pytest.raises(UserError, match="No such file"):
        check_hdri(tmp_path / "gone.exr")
