from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from synth.export import coco, freihand
from synth.export.command import export
from synth.shards.archive import END, pack, unpack
from tests.synth.export.made_hands import write_dataset


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_dataset(tmp_path_factory.mktemp("command") / "drawn")


def run(*arguments: str | Path) -> Result:
    app = typer.Typer()
    app.command()(export)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_coco(dataset: Path, tmp_path: Path) -> None:
    done = run(dataset, "-o", tmp_path / "out", "--format", "coco", "--split", "test")
    assert done.exit_code == 0
    assert f"out: test 2 images, 2 hands. {coco.LOSSES}\n" in done.output
    names = sorted(path.name for path in (tmp_path / "out" / "annotations").iterdir())
    assert names == ["hand_keypoints_test.json"]


def test_a_limit(dataset: Path, tmp_path: Path) -> None:
    done = run(f"file://{dataset}", "-o", tmp_path / "out", "-f", "freihand", "--limit", "1")
    assert "out: train 2, val 1, test 1 images, 4 hands. FreiHAND" in done.output
    assert len(json.loads((tmp_path / "out" / "training_xyz.json").read_text())) == 2


def test_what_is_left_out_is_counted(dataset: Path, tmp_path: Path) -> None:
    done = run(dataset, "-o", tmp_path / "out", "-f", "freihand")
    assert "5 hands (1 partly outside, 1 too small, 1 mostly hidden left out). " in done.output
    assert freihand.LOSSES in done.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-f", "yolo"], "--format: 'yolo' is none of coco, freihand, parquet"),
        (["-f", "coco", "--split", "dev"], "--split: 'dev' is none of train, val, test, all"),
        (["-f", "coco", "-o", "s3://bucket/out"], "exports are written to this machine"),
    ],
)
def test_bad_input(dataset: Path, tmp_path: Path, arguments: list[str], message: str) -> None:
    done = run(dataset, "-o", tmp_path / "out", *arguments)
    assert done.exit_code == 2
    assert message in done.output
    assert done.output.startswith("hand-synth: ")
    assert done.output.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_no_dataset(tmp_path: Path) -> None:
    done = run(tmp_path / "none", "-o", tmp_path / "out", "-f", "coco")
    assert done.exit_code == 2
    assert "is no dataset" in done.output


@pytest.mark.parametrize(
    ("member", "data", "reason"),
    [
        ("json", b"{'hands'", "cannot be read: Expecting property name"),
        ("json", b"[]", "its label has no hands"),
        ("mask.png", b"no picture", "cannot be read: the mask is no PNG"),
        ("depth.npz", b"PK no archive", "cannot be read: "),
        ("jpg", None, "cannot be read: has no image or no label"),
    ],
)
def test_a_sample_that_cannot_be_read_is_named(
    dataset: Path, tmp_path: Path, member: str, data: bytes | None, reason: str
) -> None:
    shutil.copytree(dataset, tmp_path / "in")
    shard = tmp_path / "in" / "test-000000.tar"
    members = dict(unpack(shard))
    key = list(members)[-1].partition(".")[0]
    if data is None:
        del members[f"{key}.{member}"]
    else:
        members[f"{key}.{member}"] = data
    shard.write_bytes(b"".join(pack(members.items())) + END)
    done = run(tmp_path / "in", "-o", tmp_path / "out", "-f", "coco")
    assert done.exit_code == 1
    line = done.output.splitlines()[-1]
    assert f"test-000000.tar: sample {key}: {reason}" in line
    assert "`hand-synth validate` says more" in line
    assert not (tmp_path / "out").exists()


def test_a_broken_shard_leaves_nothing(dataset: Path, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for path in dataset.iterdir():
        (tmp_path / "in" / path.name).write_bytes(path.read_bytes())
    shard = tmp_path / "in" / "test-000000.tar"
    shard.write_bytes(shard.read_bytes()[:3000])
    done = run(tmp_path / "in", "-o", tmp_path / "out", "-f", "coco")
    assert done.exit_code == 1
    assert "test-000000.tar: cannot be read" in done.output
    assert [path.name for path in tmp_path.iterdir()] == ["in"]
