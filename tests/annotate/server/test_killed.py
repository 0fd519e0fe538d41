"""Whatever the server has acknowledged is there after it was killed."""

from __future__ import annotations

import contextlib
import random
import sqlite3
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from annotate.labels import Label
from annotate.store.opening import close, open_store
from annotate.store.store import photographs
from tests.annotate.server.folders import jpeg
from tests.annotate.server.processes import waiting

KILLS = 12


@dataclass
class Tab:
    """A browser's tab that edits one photograph, and what it has been told.

    Attributes:
        photo: id.
        acknowledged: number of the hand in each revision that was acknowledged.
        held: the revision that holds, as far as it knows.
        under_way: hand of a commit, "undo" or "redo" that was sent and not answered.
        answers: how many there were.
        redoable: whether there is something to redo.
        wrong: an answer that there should not have been.
    """

    photo: int
    acknowledged: dict[int, int] = field(default_factory=dict)
    held: int | None = None
    under_way: int | str | None = None
    answers: int = 0
    redoable: bool = False
    wrong: str | None = None

    def edit(self, address: str, draw: random.Random) -> None:
        """Edit until the server is gone."""
        url = f"{address}/api/photographs/{self.photo}"
        with contextlib.suppress(httpx.TransportError), httpx.Client(timeout=10) as client:
            while True:
                what = draw.choice(["commit", "commit", "commit", "undo", "redo"])
                if what == "undo" and self.held is not None:
                    self.under_way = "undo"
                    answer = client.post(f"{url}/undo", json={"base": self.held})
                elif what == "redo" and self.redoable:
                    self.under_way = "redo"
                    answer = client.post(f"{url}/redo", json={"base": self.held})
                else:
                    hand = draw.randrange(1, 1_000_000)
                    self.under_way = hand
                    body = {"base": self.held, "action": "x", "label": {"hands": [{"id": hand}]}}
                    answer = client.put(f"{url}/label", json=body)
                if answer.status_code != 200:
                    self.wrong = answer.text
                    return
                self._take(answer.json())

    def _take(self, detail: dict[str, Any]) -> None:
        if isinstance(self.under_way, int):
            self.acknowledged[detail["revision"]] = self.under_way
        self.held, self.redoable = detail["revision"], detail["can_redo"]
        self.under_way = None
        self.answers += 1

    def check(self, connection: sqlite3.Connection) -> None:
        """After a kill: compare with the file, and go on from what it says."""
        rows = connection.execute(
            "SELECT id, parent, label FROM revisions WHERE photo = ?", (self.photo,)
        ).fetchall()
        hands = {id_: Label.model_validate_json(label).hands[0].id for id_, _, label in rows}
        parents = {id_: parent for id_, parent, _ in rows}
        (head,) = connection.execute(
            "SELECT head FROM photos WHERE id = ?", (self.photo,)
        ).fetchone()
        lost = self.acknowledged.items() - hands.items()
        assert not lost
        if head != self.held:  # the one edit that was not answered
            if self.under_way == "undo":
                assert self.held is not None
                assert head == parents[self.held]
            elif self.under_way == "redo":
                assert parents[head] == self.held
            else:
                assert (parents[head], hands[head]) == (self.held, self.under_way)
        self.acknowledged = hands
        self.held, self.under_way = head, None
        self.redoable = head in parents.values()


def wrong(tabs: list[Tab]) -> list[str]:
    return [tab.wrong for tab in tabs if tab.wrong is not None]


def test_no_acknowledged_edit_is_ever_lost(tmp_path: Path) -> None:
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        (tmp_path / name).write_bytes(jpeg())
    draw = random.Random(20)
    tabs = [Tab(photo) for photo in (1, 2, 3)]
    with waiting() as servers:
        for _ in range(KILLS):
            number, address = servers.start(tmp_path)
            before = sum(tab.answers for tab in tabs)
            threads = [
                threading.Thread(target=tab.edit, args=(address, random.Random(draw.random())))
                for tab in tabs
            ]
            for thread in threads:
                thread.start()
            while sum(tab.answers for tab in tabs) < before + 5 and not wrong(tabs):
                time.sleep(0.001)  # the first answers take longest
            time.sleep(draw.uniform(0, 0.1))
            servers.kill(number)
            for thread in threads:
                thread.join()
            assert not wrong(tabs)
            with contextlib.closing(sqlite3.connect(tmp_path / "annotations.sqlite")) as found:
                assert found.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
                assert found.execute("PRAGMA foreign_key_check").fetchall() == []
                for tab in tabs:
                    tab.check(found)
        # And a server says the same of them as the file.
        _, address = servers.start(tmp_path)
        for tab in tabs:
            detail = httpx.get(f"{address}/api/photographs/{tab.photo}").json()
            assert detail["revision"] == tab.held
            assert detail["can_redo"] == tab.redoable


def test_a_store_that_was_just_being_made(tmp_path: Path) -> None:
    draw = random.Random(5)
    with waiting() as servers:
        for turn in range(10):
            folder = tmp_path / str(turn)
            folder.mkdir()
            for name in range(300):
                (folder / f"{name}.jpg").touch()
            number = servers.fork(folder)
            time.sleep(draw.uniform(0, 0.06))
            servers.kill(number)
            store = open_store(folder)
            assert len(photographs(store)) == 300
            assert store.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            close(store)
