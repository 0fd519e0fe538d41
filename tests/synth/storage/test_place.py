"""Files in a store, with a server that answers and one that often does not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from synth.errors import UserError
from synth.storage import retries
from synth.storage.place import (
    local_copy,
    names_in,
    place_at,
    read_bytes,
    remove,
    size_of,
    sizes_in,
    upload,
    write_bytes,
)
from tests.synth.storage.conftest import client, lead_to
from tests.synth.storage.flaky_proxy import FlakyProxy, Trouble

CONTENT = os.urandom(300_000)


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries.time, "sleep", lambda _seconds: None)
    monkeypatch.setattr(retries, "WAITS", retries.WAITS[:4])


@pytest.fixture(params=["folder", "store"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "folder":
        return str(tmp_path / "data" / "set")
    return f"s3://{request.getfixturevalue('bucket')}/data/set"


def test_files_are_written_listed_read_and_removed(url: str, tmp_path: Path) -> None:
    place = place_at(url + "/")
    assert str(place) == url
    assert names_in(place) == []
    assert size_of(place, "a.tar") is None
    write_bytes(place, "a.tar", b"one")
    write_bytes(place, "a.tar", b"another")
    (tmp_path / "file").write_bytes(CONTENT)
    upload(place, "b.tar", tmp_path / "file")
    assert sizes_in(place) == {"a.tar": 7, "b.tar": len(CONTENT)}
    assert names_in(place) == ["a.tar", "b.tar"]
    assert read_bytes(place, "a.tar") == b"another"
    with local_copy(place, "b.tar") as copy:
        assert copy.read_bytes() == CONTENT
    assert copy.exists() == (place.folder is not None)
    remove(place, "a.tar")
    remove(place, "a.tar")
    assert names_in(place) == ["b.tar"]
    with pytest.raises(FileNotFoundError):
        read_bytes(place, "a.tar")
    if place.folder is None:
        with pytest.raises(FileNotFoundError), local_copy(place, "a.tar"):
            pass


def test_what_another_client_wrote_is_seen(bucket: str, s3_port: int) -> None:
    place = place_at(f"s3://{bucket}/set")
    assert names_in(place) == []
    client(s3_port).put_object(Bucket=bucket, Key="set/x.tar", Body=b"1234")
    assert sizes_in(place) == {"x.tar": 4}
    assert size_of(place, "x.tar") == 4
    client(s3_port).put_object(Bucket=bucket, Key="set/x.tar", Body=b"12345")
    assert size_of(place, "x.tar") == 5


@pytest.mark.parametrize("trouble", ["refuse", "cut", "hang"])
def test_requests_are_made_again_until_they_go_well(
    bucket: str,
    s3_port: int,
    monkeypatch: pytest.MonkeyPatch,
    no_waiting: None,
    tmp_path: Path,
    trouble: Trouble,
) -> None:
    # Two requests of three fail, so that every operation meets it.
    def often(number: int, _method: str, _path: str) -> Trouble:
        return "none" if number % 3 == 2 else trouble

    (tmp_path / "file").write_bytes(CONTENT)
    with FlakyProxy(s3_port, often) as proxy:
        lead_to(monkeypatch, proxy.url)
        place = place_at(f"s3://{bucket}/set")
        write_bytes(place, "a.json", b"{}")
        upload(place, "b.tar", tmp_path / "file")
        assert sizes_in(place) == {"a.json": 2, "b.tar": len(CONTENT)}
        with local_copy(place, "b.tar") as copy:
            assert copy.read_bytes() == CONTENT
        assert read_bytes(place, "a.json") == b"{}"
    assert {trouble, "none"} <= {said for _, _, said in proxy.seen}
    got = client(s3_port).get_object(Bucket=bucket, Key="set/b.tar")["Body"].read()
    assert got == CONTENT


def test_a_store_that_never_answers_is_one_line(
    bucket: str, s3_port: int, monkeypatch: pytest.MonkeyPatch, no_waiting: None
) -> None:
    with FlakyProxy(s3_port, lambda *_request: "refuse") as proxy:
        lead_to(monkeypatch, proxy.url)
        place = place_at(f"s3://{bucket}/set")
        with pytest.raises(
            UserError, match=rf"^s3://{bucket}/set/a.json: cannot be read: "
        ) as error:
            read_bytes(place, "a.json")
    assert "\n" not in str(error.value)
    assert len(proxy.seen) >= len(retries.WAITS) + 1


def test_what_will_not_pass_is_not_tried_again(
    s3_port: int, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(retries.time, "sleep", waits.append)
    place = place_at(f"s3://{bucket}/set")
    with pytest.raises(FileNotFoundError):
        read_bytes(place, "nothing")
    with pytest.raises(UserError, match="cannot be written"):
        write_bytes(place_at("s3://no-such-bucket-here/set"), "a", b"1")
    assert not waits


def test_unknown_kinds_of_places() -> None:
    with pytest.raises(UserError, match="nowhere://x: is no place for a dataset"):
        place_at("nowhere://x")
