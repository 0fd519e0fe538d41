"""Reading and changing labels over HTTP."""

from __future__ import annotations

import json
import os
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from starlette.testclient import TestClient

from annotate.labels import Hand, Label, Point
from annotate.prelabel import Prelabel
from annotate.server import edits
from annotate.server.app import create_app
from annotate.server.security import access_of
from annotate.server.serving import Serving
from annotate.store.opening import close, open_store
from annotate.store.store import Store, commit, history, photographs
from synth.errors import UserError
from tests.annotate.server.folders import LABEL, jpeg

EMPTY: dict[str, Any] = {"hands": [], "no_hand": False, "mirrored": False, "done": False}


def ids(client: TestClient) -> dict[str, int]:
    return {p["path"]: p["id"] for p in client.get("/api/photographs").json()["photographs"]}


def put(client: TestClient, photo: int, base: int | None, label: object = LABEL) -> Any:
    body = {"base": base, "action": "move a point", "label": label}
    return client.put(f"/api/photographs/{photo}/label", json=body)


def test_the_folder_and_its_states(client: TestClient) -> None:
    found = client.get("/api/folder").json()
    assert found["photographs"] == 6
    assert found["states"] == {"new": 6}
    assert (found["name"], found["author"], found["tracker"]) == ("photos", "Ann", False)
    assert found["other"] is None
    photos = ids(client)
    put(client, photos["a1.jpg"], None)
    put(client, photos["a2.jpg"], None, {"no_hand": True})
    put(client, photos["a10.png"], None, {**LABEL, "done": True})
    for path in ("cut.jpg", "empty.jpg", "huge.png"):
        client.get(f"/api/photographs/{photos[path]}")
    assert client.get("/api/folder").json()["states"] == {
        "begun": 1,
        "no hand": 1,
        "done": 1,
        "unreadable": 3,
    }


def test_photographs_are_listed_in_natural_order(client: TestClient) -> None:
    found = client.get("/api/photographs").json()["photographs"]
    assert [p["path"] for p in found] == [
        "a1.jpg",
        "a2.jpg",
        "a10.png",
        "cut.jpg",
        "empty.jpg",
        "huge.png",
    ]
    assert set(found[0]) == {"id", "path", "state"}  # what is null is left out


def test_a_new_photograph(client: TestClient, folder: Path) -> None:
    found = client.get(f"/api/photographs/{ids(client)['a2.jpg']}").json()
    assert found["label"] == EMPTY
    assert (found["width"], found["height"]) == (40, 60)  # upright
    assert (found["revision"], found["problem"], found["state"]) == (None, None, "new")
    assert (found["can_undo"], found["can_redo"]) == (False, False)
    assert found["modified"] == (folder / "a2.jpg").stat().st_mtime_ns // 1_000_000


@pytest.mark.parametrize(
    ("path", "problem"),
    [("cut.jpg", "cut off"), ("empty.jpg", "empty"), ("huge.png", "too large: 60000×60000")],
)
def test_an_unreadable_photograph(client: TestClient, path: str, problem: str) -> None:
    photo = ids(client)[path]
    found = client.get(f"/api/photographs/{photo}").json()
    assert problem in found["problem"]
    assert (found["state"], found["width"], found["height"]) == ("unreadable", None, None)
    answers = [
        client.get(f"/photographs/{photo}/image"),
        client.get(f"/photographs/{photo}/thumbnail"),
        put(client, photo, None),
        client.post(f"/api/photographs/{photo}/undo", json={"base": None}),
        client.post(f"/api/photographs/{photo}/prelabel", json={"base": None}),
        client.post(f"/api/photographs/{photo}/interpolate", json={"base": None}),
    ]
    for answer in answers:
        assert answer.status_code == 410
        assert problem in answer.json()["detail"]


def test_an_edit_and_its_way_back(client: TestClient, store: Store) -> None:
    photo = ids(client)["a1.jpg"]
    one = put(client, photo, None).json()
    assert one["label"] == LABEL
    assert (one["state"], one["can_undo"], one["can_redo"]) == ("begun", True, False)
    two = put(client, photo, one["revision"], {**LABEL, "done": True}).json()
    assert two["state"] == "done"
    back = client.post(f"/api/photographs/{photo}/undo", json={"base": two["revision"]}).json()
    assert back == {**one, "can_redo": True}
    assert client.get(f"/api/photographs/{photo}").json() == back
    again = client.post(f"/api/photographs/{photo}/redo", json={"base": one["revision"]}).json()
    assert again == two
    made = history(store, photo)
    assert [(r.author, r.action) for r in made] == [("Ann", "move a point")] * 2


def test_two_tabs(client: TestClient) -> None:
    photo = ids(client)["a1.jpg"]
    one = put(client, photo, None).json()
    two = put(client, photo, one["revision"], {"no_hand": True}).json()
    late = [
        put(client, photo, one["revision"]),
        put(client, photo, None),
        client.post(f"/api/photographs/{photo}/undo", json={"base": one["revision"]}),
        client.post(f"/api/photographs/{photo}/redo", json={"base": one["revision"]}),
        client.post(f"/api/photographs/{photo}/redo", json={"base": two["revision"]}),
    ]
    for answer in late:
        assert answer.status_code == 409
        assert set(answer.json()) == {"detail"}
    assert client.get(f"/api/photographs/{photo}").json() == two


def test_unknown_photographs(client: TestClient) -> None:
    for photo in (99, 2**53 - 1):
        for answer in (
            client.get(f"/api/photographs/{photo}"),
            client.get(f"/photographs/{photo}/image"),
            put(client, photo, None),
        ):
            assert answer.status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"base": null, "action": "x"}',
        b'{"base": null, "action": "", "label": {}}',
        b'{"base": null, "action": "\\ud800", "label": {}}',
        b'{"base": null, "action": "x", "label": {}, "more": 1}',
        b'{"base": 1e99, "action": "x", "label": {}}',
        b'{"base": ' + b"9" * 5000 + b', "action": "x", "label": {}}',
        b'{"base": 99999999999999999999, "action": "x", "label": {}}',
        b'{"base": null, "action": "x", "label": {"no_hand": true, "hands": [{"id": 1}]}}',
        b'{"base": null, "action": "x", "label": {"hands": [{"id": 1}, {"id": 1}]}}',
        b'{"base": null, "action": "x", "label": {"hands": [{"id": 1, "points": []}]}}',
    ],
)
def test_what_is_no_edit_is_refused_in_one_line(client: TestClient, body: bytes) -> None:
    photo = ids(client)["a1.jpg"]
    answer = client.put(
        f"/api/photographs/{photo}/label",
        content=body,
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code in (400, 422)
    assert "\n" not in answer.json()["detail"]
    assert client.get(f"/api/photographs/{photo}").json()["revision"] is None


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e999", '"a"', "null", "1e6"])
def test_a_point_needs_numbers(client: TestClient, value: str) -> None:
    text = json.dumps({"base": None, "action": "x", "label": LABEL}).replace("3.5", value)
    answer = client.put(
        f"/api/photographs/{ids(client)['a1.jpg']}/label",
        content=text,
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 422


def test_a_disk_that_is_full_is_told(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(edits, "commit", full)
    answer = put(client, ids(client)["a1.jpg"], None)
    assert answer.status_code == 503
    assert "disk is full" in answer.json()["detail"]


# --- what is proposed


def hand(number: int, x: float, source: str = "tracker full 1", confirmed: bool = False) -> Hand:
    points = tuple(
        Point(x=x + i % 5, y=10 + i // 5, source=source, confirmed=confirmed) for i in range(21)
    )
    return Hand(id=number, side="right", points=points)


def with_tracker(store: Store, *hands: Hand, seen: list[Any] | None = None) -> TestClient:
    def look(image: NDArray[np.uint8], mirrored: bool) -> Prelabel:
        if seen is not None:
            seen.append((image.shape, mirrored))
        return Prelabel(hands, 0.25)

    serving = Serving(store, load_tracker=lambda: (look, "tracker full 1"))
    return TestClient(create_app(serving, access_of("127.0.0.1")), base_url="http://127.0.0.1:8765")


def test_the_tracker_is_asked(store: Store) -> None:
    seen: list[Any] = []
    client = with_tracker(store, hand(1, 20), seen=seen)
    assert client.get("/api/folder").json()["tracker"]
    photo = ids(client)["a2.jpg"]
    one = put(client, photo, None, {"mirrored": True}).json()["revision"]
    found = client.post(f"/api/photographs/{photo}/prelabel", json={"base": one}).json()
    assert seen == [((60, 40, 3), True)]  # upright
    assert found["label"]["hands"] == [json.loads(hand(1, 20).model_dump_json())]
    assert found["label"]["mirrored"]
    assert (found["unsure"], found["state"]) == (0.25, "begun")
    assert history(store, photo)[-1].author == "tracker full 1"
    stale = client.post(f"/api/photographs/{photo}/prelabel", json={"base": one})
    assert stale.status_code == 409
    assert len(seen) == 1  # not even asked
    back = client.post(f"/api/photographs/{photo}/undo", json={"base": found["revision"]})
    assert back.json()["label"]["hands"] == []


def test_a_tracker_that_finds_nothing(store: Store) -> None:
    client = with_tracker(store)
    photo = ids(client)["a1.jpg"]
    answer = client.post(f"/api/photographs/{photo}/prelabel", json={"base": None})
    assert answer.status_code == 409
    assert "no hand" in answer.json()["detail"]
    found = client.get(f"/api/photographs/{photo}").json()
    assert (found["revision"], found["unsure"]) == (None, 0.25)


def test_an_edit_while_the_tracker_looks_is_not_overwritten(store: Store) -> None:
    photo = photographs(store)[0].id

    def look(_image: NDArray[np.uint8], _mirrored: bool) -> Prelabel:
        commit(store, photo, None, Label(no_hand=True), "no hand", "Ann")
        return Prelabel((hand(1, 20),), 0.25)

    serving = Serving(store, load_tracker=lambda: (look, "tracker full 1"))
    client = TestClient(create_app(serving, access_of("localhost")), base_url="http://localhost")
    answer = client.post(f"/api/photographs/{photo}/prelabel", json={"base": None})
    assert answer.status_code == 409
    assert client.get(f"/api/photographs/{photo}").json()["state"] == "no hand"


def test_no_tracker(client: TestClient, store: Store) -> None:
    photo = ids(client)["a1.jpg"]
    answer = client.post(f"/api/photographs/{photo}/prelabel", json={"base": None})
    assert answer.status_code == 409
    assert "no tracker" in answer.json()["detail"]

    def missing() -> Any:
        raise UserError("there is no model")

    serving = Serving(store, load_tracker=missing)
    client = TestClient(create_app(serving, access_of("localhost")), base_url="http://localhost")
    answer = client.post(f"/api/photographs/{photo}/prelabel", json={"base": None})
    assert answer.status_code == 409
    assert "there is no model" in answer.json()["detail"]


def test_a_frame_between_two_is_interpolated(tmp_path: Path) -> None:
    for number in (2, 3, 6):
        (tmp_path / f"frame{number}.jpg").write_bytes(jpeg())
    store = open_store(tmp_path)
    client = TestClient(
        create_app(Serving(store), access_of("localhost")), base_url="http://localhost"
    )
    before, photo, after = (found.id for found in photographs(store))
    for end, x in ((before, 10), (after, 18)):
        label = Label(hands=(hand(1, x, "person", True),), done=True)
        commit(store, end, None, label, "x", "Ann")
    answer = client.post(f"/api/photographs/{photo}/interpolate", json={"base": None}).json()
    points = answer["label"]["hands"][0]["points"]
    assert points[0]["x"] == pytest.approx(12)  # a quarter of the way
    assert {p["source"] for p in points} == {"interpolated"}
    assert not any(p["confirmed"] for p in points)
    assert answer["state"] == "begun"
    stale = client.post(f"/api/photographs/{photo}/interpolate", json={"base": None})
    assert stale.status_code == 409
    close(store)


def test_nothing_to_interpolate_between(client: TestClient) -> None:
    photo = ids(client)["a2.jpg"]
    answer = client.post(f"/api/photographs/{photo}/interpolate", json={"base": None})
    assert answer.status_code == 409
    assert "no two confirmed" in answer.json()["detail"]


@pytest.mark.parametrize("name", ["coco", "cvat", "label-studio"])
def test_labels_are_downloaded(client: TestClient, name: str) -> None:
    put(client, ids(client)["a1.jpg"], None, {**LABEL, "done": True})
    answer = client.get(f"/api/export/{name}")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment; filename")
    assert "a1.jpg" in answer.text
    if name != "cvat":
        answer.json()


def test_an_unknown_format(client: TestClient) -> None:
    assert client.get("/api/export/xls").status_code == 422


# --- what has changed behind a page


def test_a_page_of_another_store_is_refused(client: TestClient, store: Store) -> None:
    assert client.get("/api/folder").json()["store"] == store.id
    photo = ids(client)["a1.jpg"]
    body = {"base": None, "action": "x", "label": LABEL}
    for method, url, sent in (
        ("GET", "/api/photographs", None),
        ("GET", f"/api/photographs/{photo}", None),
        ("GET", "/api/export/coco", None),
        ("GET", f"/photographs/{photo}/image", None),
        ("GET", f"/photographs/{photo}/thumbnail", None),
        ("PUT", f"/api/photographs/{photo}/label", body),
        ("POST", f"/api/photographs/{photo}/undo", {"base": None}),
        ("POST", f"/api/photographs/{photo}/prelabel", {"base": None}),
    ):
        answers = [
            client.request(method, url, json=sent, headers={"X-Store": "0123456789abcdef"}),
            client.request(method, url, json=sent, params={"store": "null"}),
        ]
        for answer in answers:
            assert answer.status_code == 503, url
            assert "another folder, photos, is served here now" in answer.json()["detail"]
    assert history(store, photo) == []
    assert put(client, photo, None).status_code == 200  # such as curl, which names none
    own = {"X-Store": store.id}
    assert client.get(f"/api/photographs/{photo}", headers=own).status_code == 200
    assert client.get(f"/photographs/{photo}/image?store={store.id}").status_code == 200


def test_two_stores_have_different_ids(folder: Path, store: Store) -> None:
    other = open_store(folder, folder / "second.sqlite")
    assert other.id != store.id
    close(other)


def test_an_edit_of_a_picture_that_is_no_more_is_refused(
    client: TestClient, store: Store, folder: Path
) -> None:
    photo = ids(client)["a1.jpg"]
    seen = client.get(f"/api/photographs/{photo}").json()["modified"]
    body = {"base": None, "action": "x", "label": LABEL, "modified": seen}
    url = f"/api/photographs/{photo}/label"
    (folder / "a1.jpg").write_bytes(jpeg(30, 20))
    os.utime(folder / "a1.jpg", ns=(1, (seen + 1) * 1_000_000))
    answer = client.put(url, json=body)
    assert answer.status_code == 409
    assert "file was changed" in answer.json()["detail"]
    assert history(store, photo) == []
    body["modified"] = client.get(f"/api/photographs/{photo}").json()["modified"]
    assert client.put(url, json=body).status_code == 200
    assert history(store, photo)[0].size == (30, 20)


def test_a_photograph_that_was_resized_is_to_be_looked_at_again(
    client: TestClient, store: Store, folder: Path
) -> None:
    photo = ids(client)["a1.jpg"]
    one = put(client, photo, None, {**LABEL, "done": True}).json()
    assert (one["state"], one["labelled_size"]) == ("done", None)
    (folder / "a1.jpg").write_bytes(jpeg(30, 20))
    found = client.get(f"/api/photographs/{photo}").json()
    assert (found["width"], found["height"]) == (30, 20)
    assert (found["labelled_size"], found["state"]) == ([60, 40], "begun")
    assert not found["label"]["done"]
    listed = client.get("/api/photographs").json()["photographs"]
    assert listed[0]["state"] == "begun"
    assert client.get("/api/folder").json()["states"] == {"begun": 1, "new": 5}
    assert "a1.jpg" not in client.get("/api/export/coco").text
    two = put(client, photo, one["revision"], {**LABEL, "done": True}).json()
    assert (two["state"], two["labelled_size"]) == ("done", None)
    assert "a1.jpg" in client.get("/api/export/coco").text
    # What was said of the old picture is still of the old one.
    back = client.post(f"/api/photographs/{photo}/undo", json={"base": two["revision"]}).json()
    assert back["labelled_size"] == [60, 40]


def test_a_store_that_was_removed_is_told(client: TestClient, store: Store, folder: Path) -> None:
    photo = ids(client)["a1.jpg"]
    for file in folder.glob("annotations.sqlite*"):
        file.unlink()
    answer = put(client, photo, None)
    assert answer.status_code == 503
    assert "was removed or replaced" in answer.json()["detail"]
