"""Photographs described by an `index.json`: a list of records, each of one image file.

Keys of a record: `file` (path in the folder), `width`, `height`, `set`, and where known `boxes`
(x0, y0, x1, y1 in pixels, one a hand), `keypoints` (one a hand: 21 of [x, y] or null),
`handedness` (one a hand: "Left" or "Right", of the person) and `label`.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from synth.errors import UserError
from synth.landmarks import LANDMARKS
from tracker.results import Handedness

INDEX: Final = "index.json"

Part = Literal["all", "learned", "kept"]
#: Photographs of one burst stand together in an index, so a set is parted in blocks of this many,
_BLOCK: Final = 60
#: of which every fifth is kept to measure and never trained on.
_KEPT: Final = 5


@dataclass(frozen=True)
class PhotoHand:
    """What is known of one hand in a photograph.

    Attributes:
        box: (4,) x0, y0, x1, y1 in pixels, cut to the image; None if unknown.
        landmarks: (21, 2) pixels, NaN where unknown.
        side: of the person, or None.
    """

    box: NDArray[np.float64] | None
    landmarks: NDArray[np.float64]
    side: Handedness | None


@dataclass(frozen=True)
class Photo:
    """One photograph.

    Attributes:
        path: of the image file.
        key: `file` of the record.
        set: name of the set that it belongs to.
        width, height: pixels.
        hands: all that are labelled; none means that nothing is known of hands.
        label: what else is known, as it stands there.
        kept: whether it is kept to measure, and never trained on.
    """

    path: Path
    key: str
    set: str
    width: int
    height: int
    hands: tuple[PhotoHand, ...]
    label: Any = None
    kept: bool = False


def read_photos(folder: Path, only: str | None = None, part: Part = "all") -> list[Photo]:
    """Records of a folder's index, in its order.

    Args:
        folder: holds index.json.
        only: name of the one set to read; None for all.
        part: `learned` are those that a training sees, `kept` the others, which a small set has
            none of.

    Raises:
        UserError: if the index is missing or damaged, a record is wrong, or it has no such
            photograph.
    """
    path = folder / INDEX
    try:
        records = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise UserError(f"{folder}: there is no {INDEX} that describes photographs") from None
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise UserError(f"{path}: is no JSON: {error}") from None
    if not isinstance(records, list):
        raise UserError(f"{path}: must be a list of records, is a {type(records).__name__}")
    places: Counter[str] = Counter()
    photos = []
    for number, record in enumerate(records):
        photo = _photo(folder, path, number, record)
        kept = places[photo.set] // _BLOCK % _KEPT == _KEPT - 1
        places[photo.set] += 1
        photos.append(replace(photo, kept=kept))
    sets = sorted({photo.set for photo in photos})
    photos = [photo for photo in photos if only is None or photo.set == only]
    if not photos:
        what = "no photograph" if only is None else f"no set {only!r}, there are {', '.join(sets)}"
        raise UserError(f"{path}: holds {what}")
    return photos if part == "all" else [p for p in photos if p.kept == (part == "kept")]


def load_photo(photo: Photo) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB, as the pixels stand in the file: labels do not know of EXIF turns.

    Raises:
        UserError: if the file is missing or no image, or not of the size that the record says.
    """
    try:
        data = np.frombuffer(photo.path.read_bytes(), np.uint8)
    except OSError as error:
        raise UserError(f"{photo.path}: cannot be read: {error.strerror}") from None
    flags = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
    bgr = cv2.imdecode(data, flags) if data.size else None
    if bgr is None:
        raise UserError(f"{photo.path}: is no image that can be read")
    height, width = bgr.shape[:2]
    if (width, height) != (photo.width, photo.height):
        raise UserError(
            f"{photo.path}: is {width}x{height}, its record says {photo.width}x{photo.height}:"
            " mend the record"
        )
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8)


def _photo(folder: Path, index: Path, number: int, record: Any) -> Photo:
    where = f"{index}: record {number}"
    if not isinstance(record, dict):
        raise UserError(f"{where}: must be an object with keys, is {record!r:.60}")
    where += f" ({record.get('file')!r})"
    for key, kind in (("file", str), ("set", str), ("width", int), ("height", int)):
        value = record.get(key)
        if not isinstance(value, kind) or isinstance(value, bool) or not value:
            raise UserError(f"{where}: {key} must be a {kind.__name__}, is {value!r}")
    width, height = record["width"], record["height"]
    if width < 1 or height < 1:
        raise UserError(f"{where}: has no size: {width}x{height}")
    return Photo(
        path=folder / record["file"],
        key=record["file"],
        set=record["set"],
        width=width,
        height=height,
        hands=_hands(where, record, width, height),
        label=record.get("label"),
    )


def _hands(where: str, record: dict[str, Any], width: int, height: int) -> tuple[PhotoHand, ...]:
    lists = {key: record.get(key) for key in ("boxes", "keypoints", "handedness")}
    known = {key: value for key, value in lists.items() if value is not None}
    for key, value in known.items():
        if not isinstance(value, list):
            raise UserError(f"{where}: {key} must be a list, one entry a hand, is {value!r:.60}")
    counts = {key: len(value) for key, value in known.items()}
    if len(set(counts.values())) > 1:
        raise UserError(f"{where}: lists of different lengths: {counts}")
    hands = []
    for i in range(next(iter(counts.values()), 0)):
        box, points, side = (known[key][i] if key in known else None for key in lists)
        hands.append(
            PhotoHand(
                None if box is None else _box(where, box, width, height),
                _landmarks(where, points),
                _side(where, side),
            )
        )
    return tuple(hands)


def _box(where: str, box: Any, width: int, height: int) -> NDArray[np.float64]:
    corners = _numbers(box, 4)
    if corners is None:
        raise UserError(f"{where}: a box must be [x0, y0, x1, y1], is {box!r:.60}")
    cut = np.clip(corners, 0, [width, height, width, height])
    if cut[2] <= cut[0] or cut[3] <= cut[1]:
        raise UserError(f"{where}: box {box!r} is empty or outside the image")
    return cut


def _landmarks(where: str, points: Any) -> NDArray[np.float64]:
    landmarks = np.full((len(LANDMARKS), 2), np.nan)
    if points is None:
        return landmarks
    if not isinstance(points, list) or len(points) != len(LANDMARKS):
        raise UserError(f"{where}: keypoints of a hand must be {len(LANDMARKS)} of [x, y] or null")
    for place, point in enumerate(points):
        if point is not None:
            pixel = _numbers(point, 2)
            if pixel is None:
                raise UserError(f"{where}: keypoint {place} must be [x, y] or null, is {point!r}")
            landmarks[place] = pixel
    return landmarks


def _side(where: str, side: Any) -> Handedness | None:
    if side is None:
        return None
    if side in ("Left", "left"):
        return "left"
    if side in ("Right", "right"):
        return "right"
    raise UserError(f"{where}: handedness must be Left or Right, is {side!r}")


def _numbers(values: Any, count: int) -> NDArray[np.float64] | None:
    if not isinstance(values, Sequence) or len(values) != count:
        return None
    if not all(isinstance(v, int | float) and math.isfinite(v) for v in values):
        return None
    return np.array(values, np.float64)
