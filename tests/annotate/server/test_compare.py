"""Two passes side by side."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from annotate.labels import Hand, Label, Point
from annotate.server.app import create_app
from annotate.server.compare import close_comparison, compare_with
from annotate.server.security import access_of
from annotate.server.serving import Serving
from annotate.store.opening import close, open_store
from annotate.store.store import Store, commit, photographs
from synth.errors import UserError


def label(offset: float) -> Label:
    """A hand with a palm (wrist to middle MCP) of 10 pixels."""
    points = [Point(x=20 + offset, y=10 + i) for i in range(10)]
    points[0] = Point(x=20 + offset, y=29)
    return Label(hands=(Hand(id=1, side="left", points=(*points, *[None] * 11)),), done=True)


@pytest.fixture
def other(folder: Path, tmp_path: Path) -> Iterator[Store]:
    other = open_store(folder, tmp_path / "ben.sqlite")
    a1, a2, _, _, _, _ = photographs(other)
    commit(other, a1.id, None, label(1), "x", "Ben")
    commit(other, a2.id, None, label(1), "x", "Ben")
    yield other
    close(other)


@pytest.fixture
def client(store: Store, other: Store) -> Iterator[TestClient]:
    comparison = compare_with(other.file)
    app = create_app(Serving(store, comparison=comparison), access_of("localhost"))
    yield TestClient(app, base_url="http://localhost")
    close_comparison(comparison)


def listed(client: TestClient) -> list[float | None]:
    found = client.get("/api/photographs").json()["photographs"]
    return [photograph.get("disagreement") for photograph in found]


def test_the_other_pass_is_shown(client: TestClient, store: Store, other: Store) -> None:
    assert client.get("/api/folder").json()["other"] == "ben"
    assert listed(client) == [None] * 6
    photo = photographs(store)[0].id
    found = client.get(f"/api/photographs/{photo}/other").json()
    assert Label.model_validate(found["label"]) == label(1)
    assert found["disagreement"] is None  # nothing to compare with yet
    head = commit(store, photo, None, label(0), "x", "Ann")
    # Every point is a pixel away, of a palm of 10.
    assert listed(client) == [pytest.approx(0.1), None, None, None, None, None]
    found = client.get(f"/api/photographs/{photo}/other").json()
    assert found["disagreement"] == pytest.approx(0.1)
    # Both may go on.
    commit(store, photo, head, label(1), "x", "Ann")
    assert listed(client)[0] == 0
    commit(other, photo, photographs(other)[0].head, label(3), "x", "Ben")
    assert listed(client)[0] == pytest.approx(0.2)
    found = client.get(f"/api/photographs/{photographs(store)[2].id}/other").json()
    assert found == {"label": None, "disagreement": None}


def test_without_another_pass(serving: Serving) -> None:
    client = TestClient(create_app(serving, access_of("localhost")), base_url="http://localhost")
    photo = photographs(serving.store)[0].id
    assert client.get(f"/api/photographs/{photo}/other").json() == {
        "label": None,
        "disagreement": None,
    }
    assert client.get("/api/photographs/99/other").status_code == 404


def test_no_such_pass(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such file"):
        compare_with(tmp_path / "gone.sqlite")
