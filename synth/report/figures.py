"""What a report shows, as plain values: `collect` makes them, `page` sets them."""

from __future__ import annotations

from dataclasses import dataclass, field

from synth.dataset import Dataset


@dataclass(frozen=True)
class Skeleton:
    """One hand over a picture.

    Attributes:
        points: x, y of the 21 landmarks in the picture's pixels; None for one that nobody placed.
        visibility: 0 outside, 1 hidden, 2 visible.
    """

    points: tuple[tuple[float, float] | None, ...]
    visibility: tuple[int, ...]


@dataclass(frozen=True)
class Picture:
    """A small copy of an image, or of the part of it around a hand.

    Attributes:
        jpeg: encoded.
        width, height: pixels.
        key: of the sample.
        caption: what there is to say besides.
        skeletons: of the hands in it.
    """

    jpeg: bytes
    width: int
    height: int
    key: str
    caption: str
    skeletons: tuple[Skeleton, ...] = ()


@dataclass(frozen=True)
class Group:
    """Images or hands that have something in common.

    Attributes:
        name: what it is.
        count: of all of them.
        pictures: of some, drawn with equal chances.
    """

    name: str
    count: int
    pictures: tuple[Picture, ...]


@dataclass(frozen=True)
class Sheet:
    """A contact sheet: the groups of one kind.

    Attributes:
        unit: what is counted, "images" or "hands".
        left_out: number of groups that are not shown, for want of room.
    """

    title: str
    about: str
    unit: str
    groups: tuple[Group, ...]
    left_out: int = 0


@dataclass(frozen=True)
class Histogram:
    """Counts in bins of the same width.

    Attributes:
        low, high: ends of the first and last bin; what lies beyond is counted in these.
        unit: of the ends, as it is written behind a number.
        limits: values between which all should be, if there are such.
        mean: of all values; None without one.
    """

    title: str
    low: float
    high: float
    counts: tuple[int, ...]
    unit: str = ""
    limits: tuple[float, float] | None = None
    mean: float | None = None


@dataclass(frozen=True)
class Bars:
    """Counts of things with names, in the order in which they are shown."""

    title: str
    names: tuple[str, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True)
class Parts:
    """Of each of some things with names the shares of the same few parts, which sum to 1."""

    title: str
    names: tuple[str, ...]
    parts: tuple[str, ...]
    shares: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Sphere:
    """Where cameras stand as a palm sees them, in bins of the same area (`viewpoint.py`).

    Attributes:
        palm: counts of the half that looks at the palm.
        back: counts of the half that looks at the back of the hand.
    """

    palm: tuple[int, ...]
    back: tuple[int, ...]


@dataclass(frozen=True)
class Worst:
    """The most extreme images by one measure, the worst first, one of a sequence at most."""

    title: str
    about: str
    pictures: tuple[Picture, ...]


@dataclass(frozen=True)
class Figures:
    """Everything on the page. What labels do not tell is empty or None.

    Attributes:
        images, hands: that were read.
        empty: images without a hand.
        notes: what is not on the page, and why.
    """

    dataset: Dataset
    images: int
    hands: int
    empty: int
    sheets: tuple[Sheet, ...] = ()
    angles: tuple[Histogram, ...] = ()
    gestures: Bars | None = None
    viewpoints: Sphere | None = None
    histograms: tuple[Histogram, ...] = ()
    visibility: Parts | None = None
    worst: tuple[Worst, ...] = ()
    notes: tuple[str, ...] = field(default=())
