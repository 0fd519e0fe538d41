"""Labelled photographs as plain values: what every format is written from and read into."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from annotate.labels import Hand, Label, Point


@dataclass(frozen=True)
class LabelledPhotograph:
    """One photograph with its label.

    Attributes:
        path: relative to the folder of the photographs, with `/`.
        width, height: pixels of the upright photograph.
        label: what is said of it; the empty label if nothing is.

    Raises:
        ValueError: if the path is not relative, leads out of the folder or is not UTF-8, or the
            photograph has no pixels.
    """

    path: str
    width: int
    height: int
    label: Label = field(default_factory=Label)

    def __post_init__(self) -> None:
        if not _is_inside(self.path):
            raise ValueError(f"{self.path!a:.200} is no path inside of a folder")
        if self.width < 1 or self.height < 1:
            raise ValueError(f"{self.path}: has no pixels: {self.width}×{self.height}")


@dataclass(frozen=True)
class Document:
    """Photographs in their order, each path once.

    Raises:
        ValueError: if a path is there twice.
    """

    photographs: tuple[LabelledPhotograph, ...] = ()

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for photograph in self.photographs:
            if photograph.path in seen:
                raise ValueError(f"{photograph.path}: is there twice")
            seen.add(photograph.path)


def flipped(photograph: LabelledPhotograph) -> LabelledPhotograph:
    """The label of the photograph's mirror image: x is counted from the other edge, and what was
    `mirrored` no longer is, or the other way round. Sides are the person's and stay."""
    label = photograph.label
    hands = tuple(_flipped(hand, photograph.width) for hand in label.hands)
    return replace(
        photograph,
        label=label.model_copy(update={"hands": hands, "mirrored": not label.mirrored}),
    )


def unmirrored(photograph: LabelledPhotograph) -> LabelledPhotograph:
    """As the scene was: flipped if it is marked as mirrored."""
    return flipped(photograph) if photograph.label.mirrored else photograph


def _flipped(hand: Hand, width: int) -> Hand:
    points = tuple(p and p.model_copy(update={"x": width - p.x}) for p in hand.points)
    return hand.model_copy(update={"points": points})


def is_inside(point: Point, width: int, height: int) -> bool:
    """Whether a point is in the photograph: neither marked as outside nor beyond its edges."""
    return point.visibility > 0 and 0 <= point.x <= width and 0 <= point.y <= height


def _is_inside(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    parts = path.split("/")
    return "\0" not in path and not any(part in ("", ".", "..") for part in parts)
