"""A dataset is made in a store, resumed from it and read from it, while requests fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import pytest

from synth.dataset import read_dataset
from synth.errors import UserError
from synth.generation.folder import working_folder
from synth.generation.make import make
from synth.generation.merge import merge
from synth.generation.work import prepare
from synth.manifest import Manifest
from synth.shards.reader import list_shards, read_samples
from synth.storage import retries
from synth.storage.lock import locked
from synth.storage.place import names_in, place_at, read_bytes, remove
from tests.synth.generation.test_make import SETTINGS, run
from tests.synth.generation.test_make import content as content_here
from tests.synth.storage.conftest import lead_to
from tests.synth.storage.flaky_proxy import FlakyProxy, Trouble


def run_to(manifest: Manifest, url: str, work: Path, limit: int | None = None) -> int:
    place = place_at(url)
    folder = working_folder(place, work)
    with locked(folder):
        todo = prepare(manifest, place, folder, limit, lambda _line: None)
        return make(todo, SETTINGS, lambda _event: None).sequences


def content(url: str, folder: Path) -> dict[str, bytes]:
    place = place_at(url)
    folder.mkdir()
    for name in names_in(place):
        (folder / name).write_bytes(read_bytes(place, name))
    return content_here(folder)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries.time, "sleep", lambda _seconds: None)
    monkeypatch.setattr(retries, "WAITS", retries.WAITS[:4])


def test_a_dataset_in_a_store_is_the_one_in_a_folder(
    make_manifest: Callable[..., Manifest], tmp_path: Path, bucket: str
) -> None:
    manifest = make_manifest(sequences=11)
    run(manifest, tmp_path / "here")
    url = f"s3://{bucket}/sets/tiny"
    assert run_to(manifest, url, tmp_path / "work", 4) == 4
    assert run_to(manifest, url, tmp_path / "work") == 7
    assert content(url, tmp_path / "fetched") == content_here(tmp_path / "here")
    assert not list((tmp_path / "work").glob("*.tar")), "shards do not stay here"
    assert run_to(manifest, url, tmp_path / "elsewhere") == 0
    assert read_dataset(url).complete
    both = zip(read_samples(url), read_samples(tmp_path / "here"), strict=True)
    assert all(one.key == other.key and one.jpeg == other.jpeg for one, other in both)
    merge([place_at(url)], place_at(tmp_path / "merged"))
    assert content_here(tmp_path / "merged") == content_here(tmp_path / "here")


def test_what_is_missing_in_the_store_is_made_again(
    make_manifest: Callable[..., Manifest], tmp_path: Path, bucket: str
) -> None:
    manifest = make_manifest(sequences=11)
    url = f"s3://{bucket}/tiny"
    run_to(manifest, url, tmp_path / "work")
    expected = content(url, tmp_path / "before")
    remove(place_at(url), "train-000001.tar")
    assert run_to(manifest, url, tmp_path / "work") == 3
    assert content(url, tmp_path / "after") == expected


def test_requests_that_fail_and_time_out_cost_nothing(
    make_manifest: Callable[..., Manifest],
    tmp_path: Path,
    bucket: str,
    s3_port: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    manifest = make_manifest(sequences=11)
    run(manifest, tmp_path / "here")
    kinds: list[Trouble] = ["refuse", "none", "cut", "none", "hang", "none", "none"]
    url = f"s3://{bucket}/tiny"
    with FlakyProxy(s3_port, lambda number, *_request: kinds[number % len(kinds)]) as proxy:
        lead_to(monkeypatch, proxy.url)
        assert run_to(manifest, url, tmp_path / "work", 5) == 5
        assert run_to(manifest, url, tmp_path / "work") == 6
        assert len(list(read_samples(url))) == 44
        assert content(url, tmp_path / "fetched") == content_here(tmp_path / "here")
    assert {said for _, _, said in proxy.seen} == set(kinds)


def test_a_store_that_goes_away_loses_nothing(
    make_manifest: Callable[..., Manifest],
    tmp_path: Path,
    bucket: str,
    s3_port: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    manifest = make_manifest(sequences=11)
    run(manifest, tmp_path / "here")
    url = f"s3://{bucket}/tiny"
    run_to(manifest, url, tmp_path / "work", 1)
    with FlakyProxy(
        s3_port, lambda _number, method, _path: "refuse" if method == "PUT" else "none"
    ) as proxy:
        lead_to(monkeypatch, proxy.url)
        with pytest.raises(UserError, match="cannot be written"):
            run_to(manifest, url, tmp_path / "work")
    lead_to(monkeypatch, f"http://127.0.0.1:{s3_port}")
    assert run_to(manifest, url, tmp_path / "work") < 10, "finished sequences were kept as parts"
    assert content(url, tmp_path / "fetched") == content_here(tmp_path / "here")


def test_a_place_with_something_else_is_refused(
    make_manifest: Callable[..., Manifest], tmp_path: Path, bucket: str, s3_port: int
) -> None:
    from tests.synth.storage.conftest import client

    client(s3_port).put_object(Bucket=bucket, Key="home/thesis.tex", Body=b"...")
    with pytest.raises(UserError, match="home: is not empty and is no dataset"):
        run_to(make_manifest(), f"s3://{bucket}/home", tmp_path / "work")
    with pytest.raises(UserError, match="is no dataset, there is no dataset.json in it"):
        read_dataset(f"s3://{bucket}/nothing")
    with pytest.raises(UserError, match="there is no train shard in this folder"):
        list_shards(f"s3://{bucket}/nothing", "train")


def test_only_one_shard_at_a_time_is_on_this_machine(
    make_manifest: Callable[..., Manifest],
    tmp_path: Path,
    bucket: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", None)
    url = f"s3://{bucket}/tiny"
    run_to(make_manifest(sequences=11), url, tmp_path / "work")
    samples: Iterator[object] = read_samples(url)
    for _ in islice(samples, 20):
        assert len(list((tmp_path / "tmp").rglob("*.tar"))) == 1
    del samples
    assert not list((tmp_path / "tmp").rglob("*.tar"))
