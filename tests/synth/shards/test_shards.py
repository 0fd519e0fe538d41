"""Members, archive, parts, writer, reader: what goes in comes out, and the bytes are fixed."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import webdataset

from synth.errors import UserError
from synth.manifest import Manifest
from synth.sample import Sample, Timings
from synth.shards.archive import END, member_names, pack
from synth.shards.parts import encode_part, find_parts, split_into_parts, write_part
from synth.shards.plan import ShardPlan, plan_shards, sample_keys
from synth.shards.reader import read_samples
from synth.shards.writer import ShardRecord, assemble_shard, find_fault
from synth.storage import files
from tests.synth.fake_renderer import plan_scene, render_scene


def samples_of(manifest: Manifest, sequence: int) -> list[Sample]:
    return render_scene(plan_scene(manifest, sequence), Timings())


@pytest.fixture
def manifest(make_manifest: Callable[..., Manifest]) -> Manifest:
    return make_manifest(image={"width": 32, "height": 48, "mask": True, "depth": True})


@pytest.fixture
def shard(manifest: Manifest, tmp_path: Path) -> tuple[Path, ShardRecord]:
    plan = next(plan_shards(manifest))
    parts = [
        write_part(tmp_path, sequence, encode_part(samples_of(manifest, sequence)))
        for sequence in plan.sequences
    ]
    return tmp_path / plan.name, assemble_shard(tmp_path, plan, parts, 4)


def test_the_bytes_are_those_of_a_plain_ustar_archive() -> None:
    members = [("a.jpg", b"x" * 700), ("a.json", b"{}"), ("b.jpg", b"")]
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    expected = buffer.getvalue().rstrip(b"\0")
    assert (b"".join(pack(members)) + END).rstrip(b"\0") == expected


def test_no_member_tells_who_and_when(shard: tuple[Path, ShardRecord]) -> None:
    with tarfile.open(shard[0]) as archive:
        infos = archive.getmembers()
    assert {(i.mtime, i.uid, i.gid, i.uname, i.gname, i.mode) for i in infos} == {
        (0, 0, 0, "", "", 0o644)
    }


def test_the_record_is_true(shard: tuple[Path, ShardRecord]) -> None:
    path, record = shard
    assert record.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert record.bytes == path.stat().st_size
    assert (record.first_sequence, record.sequences, record.samples) == (0, 3, 12)


def test_samples_come_back(manifest: Manifest, shard: tuple[Path, ShardRecord]) -> None:
    there = list(read_samples(shard[0]))
    made = [sample for sequence in range(3) for sample in samples_of(manifest, sequence)]
    assert [sample.key for sample in there] == [sample.key for sample in made]
    for one, other in zip(there, made, strict=True):
        assert one.jpeg == other.jpeg
        assert one.mask is not None
        assert one.depth is not None
        np.testing.assert_array_equal(one.mask, other.mask)
        np.testing.assert_array_equal(one.depth, other.depth)
        assert one.label["frame"] == other.label["frame"]
        np.testing.assert_allclose(
            one.label["hands"][0]["landmarks_image"],
            other.label["hands"][0]["landmarks_image"],
            atol=0.5001e-4,
        )


def test_webdataset_reads_a_shard_as_it_is(
    manifest: Manifest, shard: tuple[Path, ShardRecord]
) -> None:
    dataset = webdataset.WebDataset(str(shard[0]), shardshuffle=False).decode("rgb8")
    samples: list[dict[str, Any]] = list(dataset)
    made = [sample for sequence in range(3) for sample in samples_of(manifest, sequence)]
    assert [sample["__key__"] for sample in samples] == [sample.key for sample in made]
    for sample, original in zip(samples, made, strict=True):
        assert set(sample) >= {"jpg", "json", "mask.png", "depth.npz"}
        assert sample["jpg"].shape == (48, 32, 3)
        assert sample["json"]["camera_index"] == original.label["camera_index"]
        assert original.depth is not None
        np.testing.assert_array_equal(sample["depth.npz"]["depth"], original.depth)


def test_keys_sort_as_they_stand(manifest: Manifest) -> None:
    keys = [key for sequence in (0, 7, 12345678) for key in sample_keys(manifest, sequence)]
    assert keys == sorted(keys)
    assert keys[:4] == ["00000000_000_0", "00000000_000_1", "00000000_001_0", "00000000_001_1"]


def test_the_plan_cuts_splits_into_shards(make_manifest: Callable[..., Manifest]) -> None:
    manifest = make_manifest(sequences=20)
    assert [(p.name, p.sequences, p.capacity) for p in plan_shards(manifest)] == [
        ("train-000000.tar", range(0, 3), 3),
        ("train-000001.tar", range(3, 6), 3),
        ("train-000002.tar", range(6, 9), 3),
        ("train-000003.tar", range(9, 12), 3),
        ("train-000004.tar", range(12, 15), 3),
        ("train-000005.tar", range(15, 16), 1),
        ("val-000000.tar", range(16, 18), 2),
        ("test-000000.tar", range(18, 20), 2),
    ]
    assert [(p.name, p.sequences, p.capacity) for p in plan_shards(manifest, 6)] == [
        ("train-000000.tar", range(0, 3), 3),
        ("train-000001.tar", range(3, 4), 3),
        ("val-000000.tar", range(16, 17), 2),
        ("test-000000.tar", range(18, 19), 2),
    ]


def test_faults_are_found(
    manifest: Manifest, shard: tuple[Path, ShardRecord], tmp_path: Path
) -> None:
    path, record = shard
    data = path.read_bytes()
    assert find_fault(tmp_path, record, manifest) is None
    path.write_bytes(data[:-5000])
    assert "bytes instead of" in str(find_fault(tmp_path, record, manifest))
    path.write_bytes(data[:1000] + bytes([data[1000] ^ 1]) + data[1001:])
    assert "another checksum" in str(find_fault(tmp_path, record, manifest))
    path.write_bytes(data)
    assert "samples" in str(
        find_fault(tmp_path, record, manifest.model_copy(update={"cameras": 1}))
    )
    path.unlink()
    assert find_fault(tmp_path, record, manifest) == "is missing"


def test_a_truncated_archive_is_no_archive(shard: tuple[Path, ShardRecord]) -> None:
    path, _ = shard
    data = path.read_bytes()
    for size in (10, 600, 2000, len(data) - len(END) - 100, len(data) - 600):
        path.write_bytes(data[:size])
        with pytest.raises(ValueError, match="cut short|no whole tar"):
            member_names(path)
    path.write_bytes(data[:2000])
    with pytest.raises(UserError, match="cannot be read"):
        list(read_samples(path))


def test_a_shard_taken_apart_is_its_parts(
    manifest: Manifest, shard: tuple[Path, ShardRecord], tmp_path: Path
) -> None:
    folder = tmp_path / "apart"
    folder.mkdir()
    parts = split_into_parts(shard[0], folder)
    assert sorted(parts) == [0, 1, 2]
    assert {path.name for path in parts.values()} == {p.name for p in tmp_path.glob("0000*.tar")}
    assert all(parts[n].read_bytes() == encode_part(samples_of(manifest, n)) for n in parts)


def test_broken_parts_and_unfinished_files_are_dropped(tmp_path: Path) -> None:
    for sequence in range(4):
        write_part(tmp_path, sequence, bytes([sequence]) * 100)
    (tmp_path / "00000009-00.tar.77.tmp").write_bytes(b"half")
    next(tmp_path.glob("00000002-*")).write_bytes(b"")
    whole, broken = find_parts(tmp_path)
    assert sorted(whole) == [0, 1, 3]
    assert broken == [2]
    assert len(list(tmp_path.iterdir())) == 3


def test_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    files.write_atomically(path, [b"old"])

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        files.write_atomically(path, [b"new"])
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_reading_by_split(tmp_path: Path, manifest: Manifest) -> None:
    for split, sequence in (("train", 0), ("val", 6), ("test", 7)):
        part = write_part(tmp_path, sequence, encode_part(samples_of(manifest, sequence)))
        plan = ShardPlan(split, 0, range(sequence, sequence + 1), 1)  # type: ignore[arg-type]
        assemble_shard(tmp_path, plan, [part], 4)
    assert [s.label["sequence"] for s in read_samples(tmp_path)] == [0] * 4 + [6] * 4 + [7] * 4
    assert [s.label["sequence"] for s in read_samples(tmp_path, "val")] == [6] * 4
    (tmp_path / "test-000000.tar").unlink()
    with pytest.raises(UserError, match="there is no test shard"):
        list(read_samples(tmp_path, "test"))
    with pytest.raises(UserError, match="no such shard or dataset"):
        list(read_samples(tmp_path / "nowhere"))


def test_the_jpeg_is_kept_as_it_is(manifest: Manifest, shard: tuple[Path, ShardRecord]) -> None:
    sample = next(read_samples(shard[0]))
    image = cv2.imdecode(np.frombuffer(sample.jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    assert image.shape == (48, 32, 3)
