from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from annotate.formats.document import Document, LabelledPhotograph
from annotate.formats.shards import INDEX, read_shards, write_shards
from annotate.labels import Label
from synth.dataset import read_dataset
from synth.errors import UserError
from synth.shards.reader import read_samples
from tests.annotate.drawn import full_hand
from tests.annotate.formats.pictures import names_of_quarters, quarters, write_picture

DONE = Label(hands=(full_hand(20, 40, 16),), done=True)


def labelled(folder: Path, labels: dict[str, Label]) -> Document:
    """A document whose photographs are written too."""
    for path in labels:
        write_picture(folder / path, quarters())
    return Document(tuple(LabelledPhotograph(path, 64, 48, labels[path]) for path in labels))


def test_what_is_done_becomes_a_dataset(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    labels = {f"video/f{n:03d}.jpg": DONE for n in range(12)}
    labels |= {f"{name}/still.png": DONE for name in "abcdefgh"}
    labels["a/none.jpg"] = Label(no_hand=True)
    labels["a/begun.jpg"] = Label(hands=DONE.hands)
    labels["a/new.jpg"] = Label()
    ticks: list[None] = []
    dataset = write_shards(
        labelled(folder, labels),
        folder,
        tmp_path / "out",
        name="mine",
        shares={"train": 0.6, "val": 0.2, "test": 0.2},
        tick=lambda: ticks.append(None),
    )
    assert len(ticks) == 21
    assert read_dataset(tmp_path / "out") == dataset
    assert (dataset.name, dataset.complete, dataset.manifest["left_out"]) == ("mine", True, 2)
    counts = dataset.counts()
    assert sum(c["samples"] for c in counts.values()) == 21
    assert all(c["sequences"] > 0 for c in counts.values())
    assert counts["train"]["samples"] >= 12
    origins = json.loads((tmp_path / "out" / INDEX).read_text())
    samples = list(read_samples(tmp_path / "out"))
    assert {sample.key for sample in samples} == set(origins)
    numbers = [sample.label["sequence"] for sample in samples]
    assert numbers == sorted(numbers)
    assert set(numbers) == set(range(10))
    for sample in samples:
        label = sample.label
        assert sample.key == f"{label['sequence']:08d}_{label['frame']:03d}_0"
        assert sample.image().shape == (48, 64, 3)
        assert names_of_quarters(sample.image()) == "rgbw"
        assert bool(label["hands"]) == (origins[sample.key]["path"] != "a/none.jpg")
    frames = [s for s in samples if origins[s.key]["path"].startswith("video/")]
    assert len({(s.label["sequence"], s.label["split"]) for s in frames}) == 1
    assert [s.label["frame"] for s in frames] == list(range(12))
    assert [origins[s.key]["path"] for s in frames] == [f"video/f{n:03d}.jpg" for n in range(12)]
    for split in ("train", "val", "test"):
        of_split = list(read_samples(tmp_path / "out", split))
        assert {s.label["split"] for s in of_split} == {split}


def test_labels_come_back(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    mirrored = DONE.model_copy(update={"mirrored": True})
    document = labelled(
        folder, {"a.jpg": mirrored, "ü/b c.png": Label(no_hand=True), "c/c.jpg": DONE}
    )
    write_shards(document, folder, tmp_path / "out")
    back = {photo.path: photo for photo in read_shards(tmp_path / "out").photographs}
    assert set(back) == {"a.jpg", "ü/b c.png", "c/c.jpg"}
    assert back["ü/b c.png"].label == Label(no_hand=True)
    for path in ("a.jpg", "c/c.jpg"):
        label = back[path].label
        assert (label.done, label.mirrored) == (True, path == "a.jpg")
        assert [h.side for h in label.hands] == ["left"]
        for a, b in zip(label.hands[0].points, DONE.hands[0].points, strict=True):
            assert a is not None
            assert b is not None
            assert (a.x, a.y) == pytest.approx((b.x, b.y))


def test_a_mirrored_photograph_and_its_label_are_flipped_alike(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    document = labelled(folder, {"a.jpg": DONE.model_copy(update={"mirrored": True})})
    write_shards(document, folder, tmp_path / "out")
    (sample,) = read_samples(tmp_path / "out")
    assert names_of_quarters(sample.image()) == "grwb"
    wrist = DONE.hands[0].points[0]
    assert wrist is not None
    assert sample.label["hands"][0]["landmarks_image"][0][0] == 64 - wrist.x
    assert sample.label["hands"][0]["side"] == "left"


def test_the_same_labels_give_the_same_bytes(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    document = labelled(folder, {f"{n}/a.png": DONE for n in range(10)})
    one = write_shards(document, folder, tmp_path / "one")
    two = write_shards(document, folder, tmp_path / "two")
    assert [s.sha256 for s in one.shards] == [s.sha256 for s in two.shards]
    assert one.manifest_sha256 == two.manifest_sha256
    assert (tmp_path / "one" / INDEX).read_bytes() == (tmp_path / "two" / INDEX).read_bytes()
    moved = Document(
        (LabelledPhotograph("0/a.png", 64, 48, Label(no_hand=True)), *document.photographs[1:])
    )
    assert write_shards(moved, folder, tmp_path / "three").manifest_sha256 != one.manifest_sha256


def test_long_sequences_are_numbered_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annotate.formats.shards._MOST_FRAMES", 4)
    monkeypatch.setattr("annotate.formats.shards._FULL", 5)
    folder = tmp_path / "photos"
    document = labelled(folder, {f"f{n}.jpg": DONE for n in range(10)})
    dataset = write_shards(document, folder, tmp_path / "out")
    keys = [(s.label["sequence"], s.label["frame"]) for s in read_samples(tmp_path / "out")]
    assert keys == [(n // 4, n % 4) for n in range(10)]
    found = [(s.name, s.first_sequence, s.sequences, s.samples) for s in dataset.shards]
    assert found == [("train-000000.tar", 0, 2, 8), ("train-000001.tar", 2, 1, 2)]
    for shard in dataset.shards:
        assert (tmp_path / "out" / shard.name).stat().st_size == shard.bytes


def test_a_failure_leaves_an_empty_folder(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    document = labelled(folder, {f"{n}/a.jpg": DONE for n in range(10)})
    (folder / "4/a.jpg").write_bytes(b"no photograph")
    output = tmp_path / "out"
    with pytest.raises(UserError, match=r"^4/a\.jpg: "):
        write_shards(document, folder, output)
    assert list(output.iterdir()) == []
    write_picture(folder / "4/a.jpg", quarters())
    write_shards(document, folder, output)
    with pytest.raises(UserError, match="holds something"):
        write_shards(document, folder, output)
    assert read_dataset(output).complete


def test_nothing_done_is_nothing_to_write(tmp_path: Path) -> None:
    document = labelled(tmp_path / "photos", {"a.jpg": Label(hands=DONE.hands)})
    with pytest.raises(UserError, match="no photograph is done"):
        write_shards(document, tmp_path / "photos", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def remove_index(folder: Path) -> None:
    (folder / INDEX).unlink()


def forget_origins(folder: Path) -> None:
    (folder / INDEX).write_text("{}")


def break_index(folder: Path) -> None:
    (folder / INDEX).write_text('{"a": 1}')


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (remove_index, "photographs.json is missing"),
        (forget_origins, "00000000_000_0 is no photograph"),
        (break_index, "photographs.json: a: "),
    ],
)
def test_a_damaged_dataset_is_named(
    tmp_path: Path, harm: Callable[[Path], Any], message: str
) -> None:
    document = labelled(tmp_path / "photos", {"a.jpg": DONE})
    write_shards(document, tmp_path / "photos", tmp_path / "out")
    harm(tmp_path / "out")
    with pytest.raises(UserError, match=message):
        read_shards(tmp_path / "out")
