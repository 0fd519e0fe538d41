"""Making datasets with a fake renderer: what is there, what is missing, what breaks."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from synth.engine.job import EngineSettings
from synth.errors import UserError
from synth.generation import closing
from synth.generation import make as make_module
from synth.generation.make import Outcome, make
from synth.generation.work import prepare
from synth.manifest import Manifest
from synth.shards.reader import read_samples
from synth.storage.lock import locked
from synth.storage.place import place_at
from tests.synth import fake_renderer
from tests.synth.fake_renderer import PLANNER, RENDERER, times

SETTINGS = EngineSettings(workers=1, planner=PLANNER, renderer=RENDERER, preparation=None)


def run(
    manifest: Manifest,
    folder: Path,
    limit: int | None = None,
    settings: EngineSettings = SETTINGS,
    reports: list[str] | None = None,
) -> Outcome:
    with locked(folder):
        said = [] if reports is None else reports
        work = prepare(manifest, place_at(folder), folder, limit, said.append)
        return make(work, settings, lambda _event: None)


def content(folder: Path) -> dict[str, bytes]:
    """All shards, and dataset.json without `made`."""
    described = json.loads((folder / "dataset.json").read_text())
    del described["made"]
    return {path.name: path.read_bytes() for path in folder.glob("*.tar")} | {
        "dataset.json": json.dumps(described).encode()
    }


def test_a_whole_dataset(make_manifest: Callable[..., Manifest], tmp_path: Path) -> None:
    manifest = make_manifest()
    outcome = run(manifest, tmp_path / "out")
    assert (outcome.sequences, outcome.samples, outcome.devices) == (8, 32, {"fake auto"})
    described = json.loads((tmp_path / "out" / "dataset.json").read_text())
    assert described["complete"] is True
    assert described["counts"]["train"] == {"shards": 2, "sequences": 6, "samples": 24}
    assert described["manifest"]["image"]["width"] == 32
    assert described["made"]["runs"] == 1
    assert described["made"]["hardware"]["cores"] >= 1
    assert described["versions"]["numpy"]
    names = [shard["name"] for shard in described["shards"]]
    assert names == ["train-000000.tar", "train-000001.tar", "val-000000.tar", "test-000000.tar"]
    splits = [(s.label["sequence"], s.label["split"]) for s in read_samples(tmp_path / "out")]
    assert list(dict.fromkeys(splits)) == [
        *((n, "train") for n in range(6)),
        (6, "val"),
        (7, "test"),
    ]
    assert not (tmp_path / "out" / ".parts").exists()


def test_workers_limits_and_stops_change_no_byte(
    make_manifest: Callable[..., Manifest], tmp_path: Path
) -> None:
    manifest = make_manifest(sequences=11, image={"width": 32, "height": 32, "depth": True})
    run(manifest, tmp_path / "one")
    expected = content(tmp_path / "one")
    for limit in (1, 5, 3, None):
        run(manifest, tmp_path / "many", limit, settings=replace(SETTINGS, workers=2))
    assert content(tmp_path / "many") == expected
    assert [times(manifest, "rendered", n) for n in range(11)] == [2] * 11  # once a dataset


def test_a_limited_dataset_is_a_dataset(
    make_manifest: Callable[..., Manifest], tmp_path: Path
) -> None:
    run(make_manifest(), tmp_path / "out", 5)
    described = json.loads((tmp_path / "out" / "dataset.json").read_text())
    assert described["complete"] is False
    assert {k: v["sequences"] for k, v in described["counts"].items()} == {
        "train": 3,
        "val": 1,
        "test": 1,
    }
    assert len(list(read_samples(tmp_path / "out"))) == 20


@pytest.mark.parametrize("damage", ["truncate", "flip", "remove", "empty"])
def test_a_broken_shard_is_rendered_again(
    make_manifest: Callable[..., Manifest], tmp_path: Path, damage: str
) -> None:
    manifest = make_manifest()
    run(manifest, tmp_path / "out")
    expected = content(tmp_path / "out")
    shard = tmp_path / "out" / "train-000001.tar"
    data = shard.read_bytes()
    if damage == "remove":
        shard.unlink()
    else:
        flipped = data[:900] + bytes([data[900] ^ 4]) + data[901:]
        shard.write_bytes({"truncate": data[:-3000], "flip": flipped, "empty": b""}[damage])
    reports: list[str] = []
    # A limit that is smaller than what was there takes nothing away either.
    outcome = run(manifest, tmp_path / "out", 1, reports=reports)
    assert outcome.sequences == 3
    assert len(reports) == 1
    assert "train-000001.tar" in reports[0]
    assert content(tmp_path / "out") == expected


def test_a_broken_part_is_rendered_again(
    make_manifest: Callable[..., Manifest], tmp_path: Path
) -> None:
    manifest = make_manifest()
    failing = replace(SETTINGS, renderer="tests.synth.fake_renderer:render_refusing")
    with pytest.raises(UserError, match="sequence 2"):
        run(manifest, tmp_path / "out", settings=failing)
    part = next((tmp_path / "out" / ".parts").glob("00000001-*"))
    part.write_bytes(part.read_bytes()[:-1])
    reports: list[str] = []
    outcome = run(manifest, tmp_path / "out", reports=reports)
    assert reports == ["sequence 1: its part was broken, it is rendered again"]
    assert outcome.sequences == 7
    run(manifest, tmp_path / "other")
    assert content(tmp_path / "out") == content(tmp_path / "other")


def test_nothing_is_lost_when_the_disk_is_full_for_a_shard(
    make_manifest: Callable[..., Manifest], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = make_manifest()

    def full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(closing, "assemble_shard", full)
        with pytest.raises(UserError, match="the disk is full: everything finished is kept"):
            run(manifest, tmp_path / "out")
    outcome = run(manifest, tmp_path / "out")
    assert outcome.sequences == 5
    assert all(times(manifest, "rendered", n) == 1 for n in range(3))


def test_a_run_that_stopped_between_shard_and_dataset_json(
    make_manifest: Callable[..., Manifest], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = make_manifest()

    def stop(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(closing, "list_shards_of", stop)
        patch.setattr(make_module, "list_shards_of", stop)
        with pytest.raises(KeyboardInterrupt):
            run(manifest, tmp_path / "out")
    assert (tmp_path / "out" / "train-000000.tar").exists()
    run(manifest, tmp_path / "out")
    run(manifest, tmp_path / "other")
    assert content(tmp_path / "out") == content(tmp_path / "other")


def test_another_dataset_is_refused(make_manifest: Callable[..., Manifest], tmp_path: Path) -> None:
    run(make_manifest(), tmp_path / "out", 1)
    before = content(tmp_path / "out")
    with pytest.raises(UserError) as error:
        run(make_manifest(seed=6, image={"width": 64, "height": 32}), tmp_path / "out")
    assert "other manifest: seed 5 there, 6 now, image.width 32 there, 64 now" in str(error.value)
    assert content(tmp_path / "out") == before


def test_other_inputs_and_versions_are_refused(
    make_manifest: Callable[..., Manifest], tmp_path: Path
) -> None:
    manifest = make_manifest()
    run(manifest, tmp_path / "out", 1)
    path = tmp_path / "out" / "dataset.json"
    described = json.loads(path.read_text())
    path.write_text(json.dumps(described | {"versions": described["versions"] | {"bpy": "4.4.0"}}))
    with pytest.raises(UserError, match=r'other versions: bpy "4.4.0" there, "\S+" now'):
        run(manifest, tmp_path / "out", 1)
    path.write_text(json.dumps(described | {"inputs": {"hdris": "0", "photos": "0"}}))
    with pytest.raises(UserError, match="other files the manifest draws on: hdris"):
        run(manifest, tmp_path / "out", 1)
    path.write_text(json.dumps(described | {"format": 99}))
    with pytest.raises(UserError, match="has format 99"):
        run(manifest, tmp_path / "out", 1)
    path.write_text(path.read_text()[:100])
    with pytest.raises(UserError, match="is damaged"):
        run(manifest, tmp_path / "out", 1)


def test_a_folder_of_something_else_is_refused(
    make_manifest: Callable[..., Manifest], tmp_path: Path
) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "thesis.tex").write_text("…")
    with pytest.raises(UserError, match="is not empty and is no dataset"):
        run(make_manifest(), tmp_path / "home")
    with pytest.raises(UserError, match="cannot be made a folder"):
        run(make_manifest(), tmp_path / "home" / "thesis.tex")


def test_two_runs_do_not_share_a_folder(
    make_manifest: Callable[..., Manifest], tmp_path: Path
) -> None:
    with locked(tmp_path / "out"), pytest.raises(UserError, match="another run is writing"):
        run(make_manifest(), tmp_path / "out")
    run(make_manifest(), tmp_path / "out", 1)


def test_bad_hdris_are_found_before_anything_is_made(
    make_manifest: Callable[..., Manifest], tmp_path: Path
) -> None:
    (tmp_path / "hdris").mkdir()
    for name in "abc":
        (tmp_path / "hdris" / f"{name}.hdr").write_bytes(b"no picture")
    manifest = make_manifest(light={"hdris": str(tmp_path / "hdris")})
    with pytest.raises(UserError, match="not a Radiance file"):
        run(manifest, tmp_path / "out")
    assert not list((tmp_path / "out").iterdir())


def test_retries_are_counted(make_manifest: Callable[..., Manifest], tmp_path: Path) -> None:
    name = fake_renderer.render_dying_once.__name__
    settings = replace(SETTINGS, renderer=f"tests.synth.fake_renderer:{name}")
    assert run(make_manifest(), tmp_path / "out", settings=settings).retries == 3
