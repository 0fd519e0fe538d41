"""Folders of small photographs, and labels to put on them."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from annotate.labels import Hand, Label, Point, Side
from annotate.store.store import Store, commit, photographs, read_label

WIDTH, HEIGHT = 120, 90


def write_photographs(folder: Path, *names: str) -> Path:
    """Pictures of WIDTH × HEIGHT, each of another noise."""
    for number, name in enumerate(names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        noise = np.random.default_rng(number).integers(0, 255, (HEIGHT, WIDTH, 3), np.uint8)
        assert cv2.imwrite(str(folder / name), noise)
    return folder


def made_hand(
    number: int = 1,
    side: Side = "left",
    x: float = 20.0,
    y: float = 20.0,
    source: str = "person",
    confirmed: bool = True,
) -> Hand:
    """A hand, 30 pixels wide and 50 high from x, y, its wrist below its fingers."""
    points = []
    for landmark in range(21):
        finger, joint = divmod(landmark + 3, 4)
        place = {"x": x + 6.0 * finger, "y": y + 50 - 10.0 * joint - finger}
        points.append(Point(**place, source=source, confirmed=confirmed))
    return Hand(id=number, side=side, points=tuple(points))


def put(store: Store, path: str, label: Label) -> int:
    """Commit a label; the number of the revision."""
    found = next(photo for photo in photographs(store) if photo.path == path)
    return commit(store, found.id, found.head, label, "test", "test")


def held(store: Store, path: str) -> Label | None:
    """What holds for a photograph."""
    found = next(photo for photo in photographs(store) if photo.path == path)
    revision = read_label(store, found.id)
    return None if revision is None else revision.label
