"""Presence and handedness sets, as the MediaPipe Hands paper (section 3) has them.

Positives are squares around labelled hands, negatives squares of the same photographs, and of those
without a hand, that no hand reaches into. All lie inside of their photograph: a border that only
one kind has would give it away.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annotate.formats.document import Document, LabelledPhotograph, is_inside
from annotate.formats.new_folder import new_folder
from annotate.formats.picture import encode_jpeg, load_unmirrored
from annotate.formats.shard_label import PADDING
from annotate.formats.splits import SHARES, split_runs
from annotate.labels import Hand, Side, is_finished
from synth.errors import UserError
from synth.scene import Split
from synth.seeding import component_rng
from synth.storage.files import write_atomically

INDEX: Final = "crops.json"
#: Side of a square ÷ longer side of the rectangle around the hand's points: a quarter of it stays
#: free all round.
FACTOR: Final = 1.5
#: A positive's side is drawn within this factor of that, up or down,
_SCALE: Final = 1.15
#: and its middle within this share of its side. The hand's points stay in the square.
_SHIFT: Final = 0.08
#: Points inside of the photograph that a positive has at least; pixels of any square's side.
LEAST_POINTS: Final = 5
LEAST_SIDE: Final = 32
#: IoU that two negatives of a photograph may have.
_MOST_SAME: Final = 0.3
#: Places that are tried for a negative of one size; then it is made smaller by `_SMALLER`.
_TRIES: Final = 64
_SMALLER: Final = 0.8
#: Sides of negatives ÷ shorter side of the photograph, where there are no positives to go by.
_USUAL_SIDES: Final = (0.25, 0.4, 0.6)

#: x0, y0, x1, y1 in pixels.
_Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Crop:
    """One square.

    Attributes:
        photograph: its path.
        x, y: pixels of the top-left corner in the upright photograph, as it is.
        side: pixels.
        presence: whether it was taken around a hand.
        hand: id of that hand; None of a negative.
        hand_side: of the person; None if not known, and of a negative.
        mirrored: whether the photograph is a mirror image, so that the square's file is flipped.
    """

    photograph: str
    x: int
    y: int
    side: int
    presence: bool
    hand: int | None
    hand_side: Side | None
    mirrored: bool


@dataclass(frozen=True)
class Written:
    """How many squares were written around hands, and away from them."""

    positive: int
    negative: int

    def __str__(self) -> str:
        return f"{self.positive} crops with a hand, {self.negative} without"


def sample_crops(
    photographs: Iterable[LabelledPhotograph], negatives: int, seed: int
) -> list[Crop]:
    """Squares of the photographs that are done or have no hand, in their order.

    Every hand with `LEAST_POINTS` points inside gives a positive. Sides of negatives are drawn from
    the positives' (÷ shorter side of the photograph) and made smaller where there is no room.

    Args:
        negatives: squares without a hand that each photograph gives, as far as there is room; none
            if a hand has fewer than `LEAST_POINTS` points, for it may be anywhere.
        seed: of the draws, which hang on a photograph's path too.
    """
    known = [p for p in photographs if is_finished(p.label)]
    draws = [component_rng(seed, 0, f"crops/{photo.path}") for photo in known]
    positives = [_positives(photo, rng) for photo, rng in zip(known, draws, strict=True)]
    sides = [
        crop.side / min(photo.width, photo.height)
        for photo, crops in zip(known, positives, strict=True)
        for crop in crops
    ] or list(_USUAL_SIDES)
    return [
        crop
        for photo, rng, own in zip(known, draws, positives, strict=True)
        for crop in [*own, *_negatives(photo, rng, negatives, sides)]
    ]


def write_crops(
    document: Document,
    folder: Path,
    output: Path,
    negatives: int = 1,
    seed: int = 0,
    *,
    shares: Mapping[Split, float] = SHARES,
    paths: Iterable[str] = (),
    block: int | None = None,
    tick: Callable[[], object] = lambda: None,
) -> Written:
    """Write OUT/positive/*.jpg, OUT/negative/*.jpg and OUT/crops.json.

    crops.json is a list of what `Crop` says, with the `file` in OUT and its `split`, which is the
    one that `write_shards` gives the photograph with the same seed and shares. The same seed and
    photographs give the same bytes.

    Args:
        document: labelled photographs; those that are not done or without a hand are passed over.
        folder: of the photographs.
        output: a new or empty folder.
        negatives, seed: see `sample_crops`.
        shares, paths, block: see `splits.split_runs`.
        tick: called after each photograph that squares are cut from.

    Returns:
        How many squares there are.

    Raises:
        UserError: if there is nothing to cut, a photograph cannot be read or has another size than
            was labelled, or the output holds something.
    """
    crops = sample_crops(document.photographs, negatives, seed)
    if not crops:
        raise UserError(f"{folder}: no photograph is done or without a hand: mark some as done")
    by_path = {photo.path: photo for photo in document.photographs}
    of_photo: dict[str, list[Crop]] = {}
    for crop in crops:
        of_photo.setdefault(crop.photograph, []).append(crop)
    known = (p.path for p in by_path.values() if is_finished(p.label))
    runs = split_runs(known, paths, shares, seed, block)
    split_of = {path: run.split for run in runs for path in run.paths}
    counts = {"positive": 0, "negative": 0}
    records: list[dict[str, Any]] = []
    with new_folder(output):
        for kind in counts:
            (output / kind).mkdir()
        for path, own in of_photo.items():
            picture = load_unmirrored(folder.resolve(), by_path[path])
            for crop in own:
                kind = "positive" if crop.presence else "negative"
                file = f"{kind}/{counts[kind]:06d}.jpg"
                counts[kind] += 1
                (output / file).write_bytes(encode_jpeg(_cut(picture, crop)))
                records.append({"file": file, **asdict(crop), "split": split_of[path]})
            tick()
        text = json.dumps(records, indent=1, ensure_ascii=False) + "\n"
        write_atomically(output / INDEX, [text.encode()])
    return Written(**counts)


def _cut(picture: NDArray[np.uint8], crop: Crop) -> NDArray[np.uint8]:
    """A square of the unmirrored picture."""
    x = picture.shape[1] - crop.x - crop.side if crop.mirrored else crop.x
    return np.ascontiguousarray(picture[crop.y : crop.y + crop.side, x : x + crop.side])


def _positives(photo: LabelledPhotograph, rng: np.random.Generator) -> list[Crop]:
    crops = []
    for hand in photo.label.hands:
        scale = math.exp(rng.uniform(-1, 1) * math.log(_SCALE))
        shift = rng.uniform(-_SHIFT, _SHIFT, 2)
        inside = [p for p in hand.points if p and is_inside(p, photo.width, photo.height)]
        if len(inside) < LEAST_POINTS:
            continue
        x0, y0, x1, y1 = _bounds([(p.x, p.y) for p in inside])
        side = round(min(FACTOR * scale * max(x1 - x0, y1 - y0), photo.width, photo.height))
        if side < LEAST_SIDE:
            continue
        x, y = (
            min(max(round((low + high) / 2 + move * side - side / 2), 0), length - side)
            for low, high, move, length in (
                (x0, x1, shift[0], photo.width),
                (y0, y1, shift[1], photo.height),
            )
        )
        crops.append(Crop(photo.path, x, y, side, True, hand.id, hand.side, photo.label.mirrored))
    return crops


def _negatives(
    photo: LabelledPhotograph, rng: np.random.Generator, count: int, sides: Sequence[float]
) -> list[Crop]:
    taken = [_reach(hand) for hand in photo.label.hands]
    hands = [box for box in taken if box is not None]
    if len(hands) < len(taken):
        return []
    crops: list[Crop] = []
    for _ in range(count):
        side = sides[rng.integers(len(sides))] * min(photo.width, photo.height)
        place = None
        while place is None and side >= LEAST_SIDE:
            whole = round(side)
            place = _free_place(photo, whole, hands, crops, rng)
            side *= _SMALLER
        if place is not None:
            crops.append(Crop(photo.path, *place, whole, False, None, None, photo.label.mirrored))
    return crops


def _free_place(
    photo: LabelledPhotograph,
    side: int,
    hands: Sequence[_Box],
    others: Sequence[Crop],
    rng: np.random.Generator,
) -> tuple[int, int] | None:
    """Corner of a square that no hand reaches into and that is none of the others again."""
    xs = rng.integers(0, photo.width - side + 1, _TRIES)
    ys = rng.integers(0, photo.height - side + 1, _TRIES)
    free = np.ones(_TRIES, bool)
    for x0, y0, x1, y1 in hands:
        free &= (xs >= x1) | (xs + side <= x0) | (ys >= y1) | (ys + side <= y0)
    for other in others:
        wide = np.minimum(xs + side, other.x + other.side) - np.maximum(xs, other.x)
        high = np.minimum(ys + side, other.y + other.side) - np.maximum(ys, other.y)
        both = np.clip(wide, 0, None) * np.clip(high, 0, None)
        free &= both <= _MOST_SAME * (side**2 + other.side**2 - both)
    found = np.flatnonzero(free)
    return (int(xs[found[0]]), int(ys[found[0]])) if found.size else None


def _reach(hand: Hand) -> _Box | None:
    """Where a hand is: all of its points with their skin, those outside too; half a hand further
    where some points are missing. None with too few points to say."""
    points = [(p.x, p.y) for p in hand.points if p is not None]
    if len(points) < LEAST_POINTS:
        return None
    x0, y0, x1, y1 = _bounds(points)
    longer = max(x1 - x0, y1 - y0)
    margin = PADDING * longer if len(points) == len(hand.points) else longer / 2
    return x0 - margin, y0 - margin, x1 + margin, y1 + margin


def _bounds(points: Sequence[tuple[float, float]]) -> _Box:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)
