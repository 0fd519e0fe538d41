"""Every damage gives the fault that it is, and no other."""

from __future__ import annotations

import json
import multiprocessing
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from synth.dataset import read_dataset
from synth.errors import UserError
from synth.hand.joint_angles import HandAngles
from synth.validation.dataset_check import Verdict, all_checked, check_dataset
from synth.validation.order import layout_of
from synth.validation.shard_check import Job
from tests.synth.validation.made import (
    HEIGHT,
    WIDTH,
    Members,
    angles_of,
    edit_label,
    label_of,
    make_label,
    make_members,
    replace_image,
    tar_header_starts,
    write_made,
)

#: Of the second sequence: val and test are sequences of their own.
KEY = "00000001_001_1"
SHARD = "train-000001.tar"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_made(tmp_path_factory.mktemp("made") / "dataset")


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "copy"))


def faults(folder: Path, **options: Any) -> dict[str, int]:
    return check_dataset(folder, **options).faults.counts


def only_fault(verdict: Verdict) -> tuple[str, str, str]:
    """Check, shard and key of the one fault."""
    assert verdict.faults.total == 1, verdict.faults.first
    ((check, (fault,)),) = verdict.faults.first.items()
    return check, fault.shard, fault.key


def test_a_whole_dataset_has_no_fault_and_everything_is_read(made: Path) -> None:
    verdict = check_dataset(made)
    assert verdict.faults.first == {}
    assert verdict.notes == ()
    assert (verdict.shards, verdict.samples) == (4, 16)
    assert verdict.bytes == sum(path.stat().st_size for path in made.glob("*.tar"))


# What is wrong with files.


def test_a_missing_shard(copy: Path) -> None:
    (copy / SHARD).unlink()
    assert only_fault(check_dataset(copy)) == ("missing shard", SHARD, "")


def test_a_shard_that_nobody_knows(copy: Path) -> None:
    shutil.copy(copy / SHARD, copy / "train-000007.tar")
    assert only_fault(check_dataset(copy)) == ("unknown shard", "train-000007.tar", "")


def test_a_longer_file(copy: Path) -> None:
    with (copy / SHARD).open("ab") as file:
        file.write(bytes(512))
    assert only_fault(check_dataset(copy)) == ("size", SHARD, "")


def test_another_byte_where_nothing_is_read(copy: Path) -> None:
    content = bytearray((copy / SHARD).read_bytes())
    start = list(tar_header_starts(copy / SHARD))[3]
    content[start + 510] ^= 1  # behind a header's last field
    # The header's own checksum is over this byte, too: put it right.
    header = bytearray(content[start : start + 512])
    header[148:156] = b" " * 8
    content[start + 148 : start + 156] = b"%06o\0 " % sum(header)
    (copy / SHARD).write_bytes(content)
    assert only_fault(check_dataset(copy)) == ("checksum", SHARD, "")


def test_a_file_that_is_cut_short(copy: Path) -> None:
    starts = list(tar_header_starts(copy / SHARD))
    content = (copy / SHARD).read_bytes()
    (copy / SHARD).write_bytes(content[: starts[8] + 300])  # in the header of a sample's first
    assert faults(copy) == {"archive": 1, "size": 1}
    (copy / SHARD).write_bytes(content[:-512])  # in the end
    assert faults(copy) == {"archive": 1, "size": 1}


@pytest.mark.parametrize(
    ("change", "check"),
    [
        (lambda content: content.update(manifest_sha256="ab" * 32), "dataset.json"),
        (lambda content: content.update(complete=False), "dataset.json"),
        (lambda content: content.pop("complete"), "dataset.json"),
        (lambda content: content["counts"]["train"].update(samples=7), "dataset.json"),
        (lambda content: content["counts"].pop("val"), "dataset.json"),
        (lambda content: content.update(counts=[]), "dataset.json"),
        (lambda content: content["shards"][3].update(first_sequence=2), "splits"),
    ],
)
def test_what_dataset_json_says(copy: Path, change: Callable[[Any], None], check: str) -> None:
    content = json.loads((copy / "dataset.json").read_text())
    change(content)
    (copy / "dataset.json").write_text(json.dumps(content))
    assert check in faults(copy)


def test_a_shard_of_sequences_of_another_split(copy: Path) -> None:
    content = json.loads((copy / "dataset.json").read_text())
    content["manifest"]["splits"] = {"train": 0.25, "val": 0.5, "test": 0.25}
    (copy / "dataset.json").write_text(json.dumps(content))
    verdict = check_dataset(copy)
    assert verdict.faults.counts == {"dataset.json": 2}
    assert [fault.shard for fault in verdict.faults.first["dataset.json"]] == [
        "dataset.json",
        SHARD,
    ]


def test_what_is_no_dataset(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is no dataset"):
        check_dataset(tmp_path)


# What is wrong with keys and members.


def drop(key: str) -> Callable[[Members], object]:
    return lambda members: members.pop(key)


def swap(members: Members) -> None:
    first, second = "00000001_000_1", "00000001_001_0"
    order = [{first: second, second: first}.get(key, key) for key in members]
    moved = {key: members[key] for key in order}
    members.clear()
    members.update(moved)


def reorder(members: Members) -> None:
    members[KEY] = dict(sorted(members[KEY].items(), reverse=True))


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (drop(KEY), {"keys": 1}),
        (drop("00000001_000_0"), {"keys": 1}),
        (swap, {"keys": 2}),  # one seems to be missing and comes late
        (lambda m: m.update({"00000001_002_0": m[KEY]}), {"keys": 1, "label": 1}),
        (lambda m: m[KEY].pop("jpg"), {"members": 1}),
        (lambda m: m[KEY].pop("json"), {"members": 1}),
        (lambda m: m[KEY].pop("mask.png"), {"members": 1}),
        (lambda m: m[KEY].pop("depth.npz"), {"members": 1}),
        (lambda m: m[KEY].update({"txt": b"?"}), {"members": 1}),
        (reorder, {"members": 1}),
    ],
)
def test_samples_and_members(
    tmp_path: Path, edit: Callable[[Members], object], expected: dict[str, int]
) -> None:
    assert faults(write_made(tmp_path / "made", edit)) == expected


# What is wrong with a label.


def hand(change: Callable[[Any], object]) -> Callable[[Any], object]:
    return lambda label: change(label["hands"][0])


@pytest.mark.parametrize(
    "change",
    [
        lambda label: label.pop("kind"),
        lambda label: label.update(kind="photo"),
        lambda label: label.update(weather="fine"),
        lambda label: label["light"].update(strength=-1.0),
        lambda label: label["light"]["lamps"][0].update(size=0.0),
        lambda label: label.update(frame=True),
        lambda label: label["image"].update(width=None),
        hand(lambda h: h.pop("holds")),
        hand(lambda h: h.update(side="Left")),
        hand(lambda h: h.update(skin="green")),
        hand(lambda h: h.update(identity=7)),
        hand(lambda h: h["landmarks_image"].pop()),
        hand(lambda h: h["landmarks_camera"][3].pop()),
        hand(lambda h: h["landmarks_world"][3].__setitem__(0, "0.1")),
        hand(lambda h: h["visibility"].__setitem__(20, 3)),
        hand(lambda h: h["box"].pop()),
        hand(lambda h: h["palm_box"].pop("size")),
        hand(lambda h: h["palm_box"].update(rotation=9.0)),
        hand(lambda h: h["bones"].pop("index_tip")),
        hand(lambda h: h["bones"].update(tail=[1, 0, 0, 0])),
        hand(lambda h: h.update(worn=["sock"])),
        hand(lambda h: h.update(gesture="")),
    ],
)
def test_a_label_with_another_form(tmp_path: Path, change: Callable[[Any], object]) -> None:
    verdict = check_dataset(write_made(tmp_path / "made", edit_label(KEY, change)))
    assert only_fault(verdict) == ("label", SHARD, KEY)


@pytest.mark.parametrize(
    "change",
    [
        hand(lambda h: h["blendshapes"].update(thenar=1.6)),
        hand(lambda h: h["phenotype"].update(age=1.01)),
        hand(lambda h: h["phenotype"].update(hand_size=-1.01)),
    ],
)
def test_a_person_beyond_all_people(tmp_path: Path, change: Callable[[Any], object]) -> None:
    def edit(members: Members) -> None:
        for key in members:
            if key.startswith("00000001"):
                edit_label(key, change)(members)

    assert faults(write_made(tmp_path / "made", edit)) == {"label": 4}


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff", b"null"])
def test_what_is_no_json_object(tmp_path: Path, data: bytes) -> None:
    verdict = check_dataset(
        write_made(tmp_path / "made", lambda members: members[KEY].update(json=data))
    )
    assert only_fault(verdict) == ("label", SHARD, KEY)


@pytest.mark.parametrize(
    ("change", "check"),
    [
        (lambda label: label.update(camera_index=0), "label"),
        (hand(lambda h: h["landmarks_image"][8].__setitem__(0, h["landmarks_image"][8][0] + 0.01)),
         "projection"),
        (hand(lambda h: h["landmarks_image"][8].__setitem__(2, h["landmarks_image"][8][2] + 0.01)),
         "depth"),
        (hand(lambda h: h["landmarks_image"].__setitem__(
            slice(None), [[x, y, -z] for x, y, z in h["landmarks_image"]])), "depth"),
        (hand(lambda h: h["visibility"].__setitem__(3, 0)), "visibility"),
        (hand(lambda h: h["box"].__setitem__(0, h["box"][0] + 0.6 * h["box"][2])), "box"),
        (hand(lambda h: h.update(box=[0, 0, 0, 10])), "box"),
        (hand(lambda h: h.update(box=[0.0, 0.0, WIDTH, HEIGHT])), "box"),
        (hand(lambda h: h.update(box=[-0.5, 0.0, WIDTH, HEIGHT - 1])), "box"),
        (hand(lambda h: h["palm_box"].update(size=h["palm_box"]["size"] + 0.01)), "palm box"),
        (hand(lambda h: h["palm_box"].update(rotation=-h["palm_box"]["rotation"])), "palm box"),
        (hand(lambda h: h["palm_box"]["center"].reverse()), "palm box"),
        (lambda label: label["camera"]["K"][0].__setitem__(1, 0.1), "camera"),
        (lambda label: label["light"].update(rotation=0.123), "sequence"),
        (hand(lambda h: h.update(skin="dark")), "sequence"),
        (hand(lambda h: h.update(gesture=None)), "sequence"),
        (lambda label: label.update(kind="held"), "sequence"),
    ],
)  # fmt: skip
def test_a_label_with_other_numbers(
    tmp_path: Path, change: Callable[[Any], object], check: str
) -> None:
    verdict = check_dataset(write_made(tmp_path / "made", edit_label(KEY, change)))
    assert verdict.faults.counts.keys() == {check}
    assert {fault.key for fault in verdict.faults.first[check]} == {KEY}


def test_a_world_that_another_camera_sees(tmp_path: Path) -> None:
    def other_view(label: Any) -> None:
        label["camera"]["world_to_camera"][0][3] += 1e-5

    verdict = check_dataset(write_made(tmp_path / "made", edit_label(KEY, other_view)))
    assert only_fault(verdict) == ("world", SHARD, KEY)


def test_a_view_that_is_not_rigid(tmp_path: Path) -> None:
    def stretched(label: Any) -> None:
        label["camera"]["world_to_camera"][3] = [0, 0, 0.5, 1]

    verdict = check_dataset(write_made(tmp_path / "made", edit_label(KEY, stretched)))
    assert only_fault(verdict) == ("camera", SHARD, KEY)


def both_cameras(angles: HandAngles) -> Callable[[Members], None]:
    def edit(members: Members) -> None:
        for camera in range(2):
            label = make_label(1, 1, camera, angles)
            members[f"00000001_001_{camera}"] = make_members(label)

    return edit


def test_a_finger_that_bends_the_wrong_way(tmp_path: Path) -> None:
    vector = angles_of(1, 1).to_vector()
    angles = HandAngles.from_vector(vector)
    bent = HandAngles(
        thumb=angles.thumb,
        index=angles.index,
        middle=type(angles.middle)(mcp_flexion=0.1, pip=np.radians(-8.0)),
        ring=angles.ring,
        little=angles.little,
        wrist=angles.wrist,
    )
    verdict = check_dataset(write_made(tmp_path / "made", both_cameras(bent)))
    # Both cameras show it; it is one pose.
    assert only_fault(verdict) == ("joint angle", SHARD, "00000001_001_0")
    assert "middle.pip is -8.00°, outside -5.0°" in verdict.faults.first["joint angle"][0].what


@pytest.mark.parametrize("factor", [1.001, 0.5])
def test_a_quaternion_of_another_length(tmp_path: Path, factor: float) -> None:
    def edit(members: Members) -> None:
        def longer(h: Any) -> None:
            h["bones"]["ring_proximal"] = [factor * q for q in h["bones"]["ring_proximal"]]

        for camera in range(2):
            edit_label(f"00000001_001_{camera}", hand(longer))(members)

    verdict = check_dataset(write_made(tmp_path / "made", edit))
    assert only_fault(verdict) == ("quaternion", SHARD, "00000001_001_0")


def test_bones_that_lead_elsewhere(tmp_path: Path) -> None:
    def edit(members: Members) -> None:
        for camera in range(2):
            other = hand(lambda h: h.update(side="left"))  # the mirror image of what is there
            for frame in range(2):
                edit_label(f"00000001_{frame:03d}_{camera}", other)(members)

    verdict = check_dataset(write_made(tmp_path / "made", edit))
    assert verdict.faults.counts == {"skeleton": 2}


# What is wrong with pictures.


def scene() -> Any:
    return np.random.default_rng(0).integers(0, 255, (HEIGHT, WIDTH, 3))


@pytest.mark.parametrize(
    ("edit", "check"),
    [
        (replace_image(KEY, np.full((HEIGHT, WIDTH, 3), 128)), "blank"),
        (replace_image(KEY, np.zeros((HEIGHT, WIDTH, 3))), "black"),
        (replace_image(KEY, np.full((HEIGHT, WIDTH, 3), 255)), "burnt out"),
        (replace_image(KEY, scene()[:, :-1]), "image size"),
        (replace_image(KEY, scene()[..., 0]), "image"),
        (lambda m: m[KEY].update(jpg=m[KEY]["jpg"][:-600]), "image"),
        (lambda m: m[KEY].update(jpg=b"GIF89a"), "image"),
        (lambda m: m[KEY].update(jpg=b""), "image"),
    ],
)
def test_pictures(tmp_path: Path, edit: Callable[[Members], object], check: str) -> None:
    verdict = check_dataset(write_made(tmp_path / "made", edit))
    assert only_fault(verdict) == (check, SHARD, KEY)


@pytest.mark.parametrize(("grey", "level"), [(0, "0"), (9, "at most 9 of 255")])
def test_how_black_a_picture_is(tmp_path: Path, grey: int, level: str) -> None:
    edit = replace_image(KEY, np.full((HEIGHT, WIDTH, 3), grey))
    verdict = check_dataset(write_made(tmp_path / "made", edit))
    assert verdict.faults.first["black"][0].what == f"99 % of the pixels are {level}"


def test_a_hand_that_the_picture_does_not_show(tmp_path: Path) -> None:
    def edit(members: Members) -> None:
        x, y, width, height = (int(v) for v in label_of(members, KEY)["hands"][0]["box"])
        image = scene().astype(np.uint8)
        side = max(width, height)
        image[max(0, y - side) : y + 2 * side, max(0, x - side) : x + 2 * side] = 90
        image[:8] = 250  # not all of it is of one shade
        replace_image(KEY, image)(members)

    verdict = check_dataset(write_made(tmp_path / "made", edit))
    assert only_fault(verdict) == ("hand without contrast", SHARD, KEY)


def png(mask: Any) -> bytes:
    return bytes(cv2.imencode(".png", mask)[1].tobytes())


@pytest.mark.parametrize(
    ("mask", "check"),
    [
        (np.zeros((HEIGHT, WIDTH), np.uint8), "hand not in mask"),
        (np.full((HEIGHT, WIDTH), 2, np.uint8), "hand not in mask"),
        (np.full((HEIGHT, WIDTH), 7, np.uint8), "mask"),
        (np.ones((HEIGHT, WIDTH + 1), np.uint8), "mask"),
        (np.ones((HEIGHT, WIDTH, 3), np.uint8), "mask"),
        (np.ones((HEIGHT, WIDTH), np.uint16), "mask"),
        (None, "mask"),
    ],
)
def test_masks(tmp_path: Path, mask: Any, check: str) -> None:
    data = b"\x89PNG" if mask is None else png(mask)
    edited = write_made(tmp_path / "made", lambda m: m[KEY].update({"mask.png": data}))
    assert only_fault(check_dataset(edited)) == (check, SHARD, KEY)


def npz(depth: Any, name: str = "depth") -> bytes:
    import io

    buffer = io.BytesIO()
    np.savez_compressed(buffer, **{name: depth})
    return buffer.getvalue()


FLAT = np.full((HEIGHT, WIDTH), 0.4, np.float32)


@pytest.mark.parametrize(
    ("data", "check"),
    [
        (npz(np.full((HEIGHT, WIDTH), np.inf, np.float32)), "hand not in depth"),
        (npz(FLAT * 3), "hand not in depth"),
        (npz(FLAT.astype(np.float64)), "depth map"),
        (npz(FLAT[1:]), "depth map"),
        (npz(-FLAT), "depth map"),
        (npz(FLAT * np.nan), "depth map"),
        (npz(FLAT, "z"), "depth map"),
        (b"PK", "depth map"),
        # Where deflate's data begins, after the archive's entry of 59 bytes.
        (npz(FLAT)[:59] + b"\xff" * 8 + npz(FLAT)[67:], "depth map"),
    ],
)
def test_depths(tmp_path: Path, data: bytes, check: str) -> None:
    edited = write_made(tmp_path / "made", lambda m: m[KEY].update({"depth.npz": data}))
    assert only_fault(check_dataset(edited)) == (check, SHARD, KEY)


# What splits share.


@pytest.mark.parametrize(
    "change",
    [
        hand(lambda h: h.update(identity="000003")),
        lambda label: label["light"].update(hdri="light-test.exr"),
    ],
)
def test_what_two_splits_share(tmp_path: Path, change: Callable[[Any], object]) -> None:
    def edit(members: Members) -> None:
        for key in members:
            if key.startswith("00000002"):  # val; test has 3
                edit_label(key, change)(members)

    verdict = check_dataset(write_made(tmp_path / "made", edit))
    assert only_fault(verdict) == ("splits", "", "")
    assert "is in val and in test" in verdict.faults.first["splits"][0].what


# How it is done.


def test_processes_change_nothing(tmp_path: Path) -> None:
    def edit(members: Members) -> None:
        for key in ("00000000_000_0", KEY, "00000003_001_1"):
            members[key].pop("depth.npz")

    folder = write_made(tmp_path / "made", edit)
    alone, together = check_dataset(folder), check_dataset(folder, workers=2)
    assert together.workers == 2
    assert together.faults == alone.faults
    assert [f.key for f in together.faults.first["members"]] == [
        "00000000_000_0",
        KEY,
        "00000003_001_1",
    ]


def test_who_stops_waits_for_nobody(made: Path) -> None:
    dataset = read_dataset(made)
    jobs = [
        Job(str(made), record, layout_of(dataset.manifest), 5, True) for record in dataset.shards
    ]
    before = multiprocessing.active_children()
    checked = all_checked(50 * jobs, 2)
    assert next(checked).samples == 4
    checked.close()
    assert multiprocessing.active_children() == before


def test_faults_are_counted_beyond_those_that_are_kept(tmp_path: Path) -> None:
    def edit(members: Members) -> None:
        for parts in members.values():
            parts["jpg"] = b""

    verdict = check_dataset(write_made(tmp_path / "made", edit), limit=3)
    assert verdict.faults.counts == {"image": 16}
    assert len(verdict.faults.first["image"]) == 3


def test_a_dataset_in_a_store(made: Path) -> None:
    import fsspec

    memory = fsspec.filesystem("memory")
    memory.put(str(made), "/validated", recursive=True)
    try:
        verdict = check_dataset("memory://validated")
        assert verdict.faults.first == {}
        assert verdict.samples == 16
    finally:
        memory.rm("/validated", recursive=True)
