"""A folder of small photographs, the server over it, and what the store then says."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import uvicorn

from annotate.labels import Hand, Label, Point
from annotate.server.app import create_app
from annotate.server.compare import compare_with
from annotate.server.run import _listening
from annotate.server.security import Access, access_of
from annotate.server.serving import Serving
from annotate.store.opening import close, open_store
from annotate.store.store import Store, photographs

WIDTH, HEIGHT = 320, 240


@dataclass(frozen=True)
class Site:
    """A server that runs; ids are those of its store, by name of the photograph."""

    url: str
    folder: Path
    store: Store
    ids: Mapping[str, int]


def picture(shade: int = 120, width: int = WIDTH, height: int = HEIGHT) -> bytes:
    image = np.full((height, width, 3), shade, np.uint8)
    cv2.rectangle(image, (2, 2), (width - 3, height - 3), (shade // 2, 90, shade), 2)
    return encoded(image)


def encoded(image: np.ndarray[Any, Any]) -> bytes:
    options = [cv2.IMWRITE_JPEG_QUALITY, 95, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, 0x111111]
    return cv2.imencode(".jpg", image, options)[1].tobytes()


@contextmanager
def served(
    folder: Path,
    pictures: Mapping[str, bytes],
    load_tracker: Callable[[], Any] | None = None,
    compare: Path | None = None,
    port: int = 0,
    access: Access | None = None,
) -> Iterator[Site]:
    """Write the pictures into the folder and serve it until the block ends, by default on a free
    port."""
    folder.mkdir(exist_ok=True)
    for name, content in pictures.items():
        (folder / name).write_bytes(content)
    store = open_store(folder)
    comparison = None if compare is None else compare_with(compare)
    with _listening("127.0.0.1", port) as listener:
        port = listener.getsockname()[1]
        serving = Serving(store, "Ann", load_tracker, comparison)
        app = create_app(serving, access or access_of("127.0.0.1", port))
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            ids = {photo.path: photo.id for photo in photographs(store)}
            yield Site(f"http://127.0.0.1:{port}/", folder, store, ids)
        finally:
            server.should_exit = True
            thread.join()
            close(store)


def stored(site: Site, name: str) -> dict[str, Any] | None:
    """The label that holds, straight from the SQLite file."""
    found = _rows(
        site,
        "SELECT label FROM photos JOIN revisions ON revisions.id = photos.head WHERE path = ?",
        name,
    )
    return json.loads(found[0][0]) if found else None


def actions(site: Site, name: str) -> list[str]:
    """What was done to a photograph, the oldest first, undone revisions too."""
    found = _rows(
        site,
        "SELECT action FROM revisions WHERE photo = (SELECT id FROM photos WHERE path = ?)"
        " ORDER BY id",
        name,
    )
    return [action for (action,) in found]


def points(said: dict[str, Any] | None, number: int = 0) -> np.ndarray[Any, Any]:
    """Places of one of its hands, (21, 2); NaN where there is no point."""
    assert said is not None
    found = said["hands"][number]["points"]
    return np.array([[np.nan, np.nan] if p is None else [p["x"], p["y"]] for p in found])


def _rows(site: Site, query: str, *values: str) -> list[Any]:
    with closing(sqlite3.connect(site.folder / "annotations.sqlite")) as connection:
        return connection.execute(query, values).fetchall()


#: Somewhat like a hand, in pixels of a photograph of WIDTH × HEIGHT.
PLACES: list[tuple[float, float]] = [
    (160, 210),
    *((120 - 16 * joint, 180 - 18 * joint) for joint in range(4)),
    *((x, 120.0 - 27 * joint) for x in (130, 158, 186, 214) for joint in range(4)),
]


def hand(
    number: int = 1,
    side: Any = "right",
    source: str = "tracker full 1",
    confirmed: bool = False,
    shift: float = 0,
) -> Hand:
    points = tuple(Point(x=x + shift, y=y, source=source, confirmed=confirmed) for x, y in PLACES)
    return Hand(id=number, side=side, points=points)


def label(*hands: Hand, **keys: Any) -> Label:
    return Label(hands=hands, **keys)
