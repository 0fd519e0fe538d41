"""Parts are merged into a place that has shards already: what is whole there stays."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from synth.dataset import read_dataset, write_dataset
from synth.errors import UserError
from synth.generation.merge import Merged, merge
from synth.manifest import Manifest
from synth.shards.plan import Part
from synth.storage.lock import locked
from synth.storage.place import names_in, place_at, read_bytes, remove, write_bytes
from tests.synth.fake_renderer import times
from tests.synth.generation.test_make import content, run
from tests.synth.generation.test_merge import run_part


@pytest.fixture
def manifest(make_manifest: Callable[..., Manifest]) -> Manifest:
    return make_manifest(sequences=23)


@pytest.fixture
def parts(manifest: Manifest, tmp_path: Path) -> list[Path]:
    """Three parts; the whole dataset is beside them."""
    run(manifest, tmp_path / "whole")
    folders = [tmp_path / f"part{k}" for k in (1, 2, 3)]
    for k, folder in enumerate(folders, 1):
        run_part(manifest, folder, Part(k, 3))
    return folders


def join(folders: list[Path], output: Path, reports: list[str] | None = None) -> Merged:
    said: list[str] = [] if reports is None else reports
    merged = merge([place_at(folder) for folder in folders], place_at(output), said.append)
    assert reports is not None or said == []
    return merged


def flip(path: Path) -> None:
    """Another byte in a file of its own: a linked one is left as it is."""
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(data[:900] + bytes([data[900] ^ 4]) + data[901:])


def test_parts_are_merged_one_after_the_other(
    parts: list[Path], tmp_path: Path, manifest: Manifest
) -> None:
    out = tmp_path / "out"
    for folder in (parts[2], parts[0]):
        merged = join([folder], out)
    assert merged.lacks is not None
    assert {s.name for s in merged.dataset.shards} == {path.name for path in out.glob("*.tar")}
    join(parts[:2], out)
    assert content(out) == content(tmp_path / "whole")
    assert read_dataset(out).made.runs == 3
    assert run(manifest, out).sequences == 0
    assert [times(manifest, "rendered", n) for n in range(23)] == [2] * 23


def test_what_generate_completed_stays(
    parts: list[Path], tmp_path: Path, manifest: Manifest
) -> None:
    out = tmp_path / "out"
    join(parts[:1], out)
    assert run(manifest, out).sequences
    before = read_dataset(out)
    assert join(parts[:1], out).dataset == before
    # A part that comes late has nothing that is not there.
    assert join([parts[1]], out).dataset == before
    assert content(out) == content(tmp_path / "whole")


def test_shards_of_another_device_in_the_output_stay(parts: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "out"
    join(parts, out)
    (first, *rest) = read_dataset(parts[0]).shards
    shard = parts[0] / first.name
    shard.unlink()
    shard.write_bytes(b"of another device")
    other = replace(first, sha256="ab" * 32, bytes=17)
    write_dataset(parts[0], replace(read_dataset(parts[0]), shards=(other, *rest)))
    join(parts, out)
    assert content(out) == content(tmp_path / "whole")


def test_damaged_and_missing_shards_are_taken_again(parts: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "out"
    join(parts, out)
    made = read_dataset(out).made
    (out / "train-000001.tar").unlink()
    flip(out / "train-000002.tar")
    reports: list[str] = []
    merged = join(parts, out, reports)
    assert [line.removeprefix(f"{out}/") for line in reports] == [
        "train-000001.tar: is missing; taken from the parts again",
        "train-000002.tar: has another checksum than dataset.json says; taken from the parts again",
    ]
    assert merged.lacks is None
    assert merged.dataset.made == made, "nothing was made for it"
    assert content(out) == content(tmp_path / "whole")


def test_a_damaged_shard_that_no_part_has_is_left_out(
    parts: list[Path], tmp_path: Path, manifest: Manifest
) -> None:
    out = tmp_path / "out"
    join(parts, out)
    flip(out / "train-000001.tar")
    reports: list[str] = []
    merged = join([parts[0]], out, reports)
    assert "train-000001.tar" in reports[0]
    assert reports[0].endswith("is in no part: left out")
    assert merged.lacks == "sequences 3 to 5 are missing (part 2/3 is not whole)"
    assert not (out / "train-000001.tar").exists()
    assert run(manifest, out).sequences == 3
    assert content(out) == content(tmp_path / "whole")


def test_a_shard_with_more_sequences_replaces_one_with_fewer(
    manifest: Manifest, tmp_path: Path
) -> None:
    run(manifest, tmp_path / "whole")
    part, out = tmp_path / "part", tmp_path / "out"
    run_part(manifest, part, Part(1, 1), limit=5)
    assert join([part], out).lacks is not None
    shutil.copytree(part, tmp_path / "old")
    run_part(manifest, part, Part(1, 1))
    assert join([part], out).lacks is None
    assert content(out) == content(tmp_path / "whole")
    join([tmp_path / "old"], out)
    assert content(out) == content(tmp_path / "whole"), "fewer do not replace more"


def test_what_came_before_a_broken_shard_is_listed(parts: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(parts[2], tmp_path / "copy")
    flip(parts[2] / "train-000002.tar")
    with pytest.raises(UserError, match=r"part3/train-000002.tar: has another checksum.*again"):
        join(parts, out)
    there = {shard.name for shard in read_dataset(out).shards}
    assert there == {path.name for path in out.glob("*.tar")}
    assert "train-000001.tar" in there
    # A part's copy that is whole is as good.
    join([*parts, tmp_path / "copy"], out)
    assert content(out) == content(tmp_path / "whole")


def test_a_killed_merge_reads_what_it_brought(
    parts: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    join(parts, out)
    dataset = read_dataset(out)
    write_dataset(out, replace(dataset, shards=()))  # as a kill leaves it
    flip(out / "train-000001.tar")
    brought = []
    bring = merge.__globals__["_bring"]
    monkeypatch.setitem(
        merge.__globals__,
        "_bring",
        lambda source, *rest: (brought.append(source.record.name), bring(source, *rest)),
    )
    join(parts, out)
    assert brought == ["train-000001.tar"]
    assert content(out) == content(tmp_path / "whole")


def test_a_part_given_twice_counts_once(parts: list[Path], tmp_path: Path) -> None:
    shutil.copytree(parts[1], tmp_path / "copy")
    once = join(parts, tmp_path / "once").dataset.made
    twice = join([*parts, parts[0], tmp_path / "copy"], tmp_path / "twice").dataset.made
    assert once.runs == 3
    assert twice == once


def test_the_output_may_be_among_the_parts(parts: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "out"
    join(parts[:2], out)
    merged = join([out, parts[2]], tmp_path / "part1" / ".." / "out")
    assert merged.lacks is None
    assert merged.dataset.made.runs == 3
    with pytest.raises(UserError, match="is the only part and the output"):
        join([out], out)


def test_outputs_that_cannot_take_the_parts_are_refused(
    parts: list[Path], tmp_path: Path, make_manifest: Callable[..., Manifest]
) -> None:
    with pytest.raises(UserError, match="part1: is part 1/3 itself and cannot become") as no:
        join(parts, parts[0])
    assert "remove" not in str(no.value)
    run(make_manifest(seed=9), tmp_path / "other")
    with pytest.raises(
        UserError, match=r"other: was made with another manifest than .*part1: seed"
    ):
        join(parts, tmp_path / "other")
    with (
        locked(tmp_path / "out"),
        pytest.raises(UserError, match="another run is writing this dataset"),
    ):
        join(parts, tmp_path / "out")


def test_the_shards_of_a_store_are_looked_at_by_size(parts: list[Path], tmp_path: Path) -> None:
    out = place_at(f"memory://{tmp_path.name}/out")
    places = [place_at(folder) for folder in parts]
    assert merge(places[:2], out).lacks is not None
    remove(out, "train-000000.tar")
    write_bytes(out, "train-000001.tar", b"cut")
    reports: list[str] = []
    assert merge(places, out, reports.append).lacks is None
    assert [line.partition("/out/")[2] for line in reports] == [
        "train-000000.tar: is missing; taken from the parts again",
        next(line.partition("/out/")[2] for line in reports if "has 3 bytes instead of" in line),
    ]
    (tmp_path / "fetched").mkdir()
    for name in names_in(out):
        (tmp_path / "fetched" / name).write_bytes(read_bytes(out, name))
    assert content(tmp_path / "fetched") == content(tmp_path / "whole")
