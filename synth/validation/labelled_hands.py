"""The numbers of many labels' hands as arrays, so that they are checked all at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from synth.landmarks import LANDMARKS

Array = NDArray[np.float64]

_POINTS: Final = len(LANDMARKS)


@dataclass(frozen=True)
class Views:
    """What M labels say of their images. What a label does not know is NaN.

    Attributes:
        keys: of the samples.
        size: (M, 2) width and height of the image, pixels.
        K: (M, 3, 3) pixels.
        world_to_camera: (M, 4, 4).
    """

    keys: tuple[str, ...]
    size: Array
    K: Array
    world_to_camera: Array


@dataclass(frozen=True)
class Hands:
    """N hands of some labels. What a label does not know, or has in another shape, is NaN.

    Attributes:
        keys: of the samples.
        numbers: `hands[].number`.
        size: (N, 2) width and height of the image, pixels.
        K: (N, 3, 3) pixels.
        world_to_camera: (N, 4, 4).
        image, camera, world: (N, 21, 3) landmarks in pixels, and in metres.
        visibility: (N, 21) of 0, 1, 2.
        box: (N, 4) x, y, width, height, pixels.
        palm: (N, 4) centre x, y and size in pixels, rotation in radians.
    """

    keys: tuple[str, ...]
    numbers: tuple[int, ...]
    size: Array
    K: Array
    world_to_camera: Array
    image: Array
    camera: Array
    world: Array
    visibility: Array
    box: Array
    palm: Array


def views_of(labels: Sequence[tuple[str, Mapping[str, Any]]]) -> Views:
    """The cameras of labels, of images without a hand too; as `hands_of`."""
    rows = [_view(label) for _, label in labels]
    columns = [np.stack(column) for column in zip(*rows, strict=True)]
    return Views(tuple(key for key, _ in labels), *(columns or _none()[:3]))


def hands_of(labels: Iterable[tuple[str, Mapping[str, Any]]]) -> Hands:
    """All hands of labels.

    Args:
        labels: key and label of each sample; what is not as docs/format.md says is passed over.
    """
    keys: list[str] = []
    numbers: list[int] = []
    rows: list[list[Array]] = []
    for key, label in labels:
        view = _view(label)
        for index, hand in enumerate(_listed(label, "hands")):
            keys.append(key)
            number = hand.get("number") if isinstance(hand, dict) else None
            numbers.append(number if isinstance(number, int) else index)
            rows.append([*view, *_hand(hand)])
    columns = [np.stack(column) for column in zip(*rows, strict=True)] if rows else _none()
    return Hands(tuple(keys), tuple(numbers), *columns)


_SHAPES: Final[tuple[tuple[int, ...], ...]] = (
    (2,),
    (3, 3),
    (4, 4),
    (_POINTS, 3),
    (_POINTS, 3),
    (_POINTS, 3),
    (_POINTS,),
    (4,),
    (4,),
)


def _none() -> list[Array]:
    return [np.empty((0, *shape)) for shape in _SHAPES]


def _listed(label: Mapping[str, Any], key: str) -> Sequence[Any]:
    value = label.get(key)
    return value if isinstance(value, list) else []


def _view(label: Mapping[str, Any]) -> list[Array]:
    image, camera = _mapping(label, "image"), _mapping(label, "camera")
    return [
        array_of([image.get("width"), image.get("height")], (2,)),
        array_of(camera.get("K"), (3, 3)),
        array_of(camera.get("world_to_camera"), (4, 4)),
    ]


def _hand(hand: Any) -> list[Array]:
    if not isinstance(hand, dict):
        hand = {}
    palm = _mapping(hand, "palm_box")
    center = array_of(palm.get("center"), (2,))
    return [
        array_of(hand.get("landmarks_image"), (_POINTS, 3)),
        array_of(hand.get("landmarks_camera"), (_POINTS, 3)),
        array_of(hand.get("landmarks_world"), (_POINTS, 3)),
        array_of(hand.get("visibility"), (_POINTS,)),
        array_of(hand.get("box"), (4,)),
        np.concatenate([center, array_of([palm.get("size"), palm.get("rotation")], (2,))]),
    ]


def _mapping(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def array_of(value: Any, shape: tuple[int, ...]) -> Array:
    """An array of that shape, NaN where a value is null; all NaN if it is something else."""
    try:
        array = np.array(value, np.float64)
    except (TypeError, ValueError):
        return np.full(shape, np.nan)
    return array if array.shape == shape else np.full(shape, np.nan)
