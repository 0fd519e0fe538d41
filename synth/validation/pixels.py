"""Whether an image can be read, has its label's size, and shows something."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from synth.validation.brightness import Brightness, brightness_of, read_small
from synth.validation.fault import Fault

IMAGE: Final = "image"
IMAGE_SIZE: Final = "image size"
BLANK: Final = "blank"
BLACK: Final = "black"
BURNT_OUT: Final = "burnt out"
NO_CONTRAST: Final = "hand without contrast"

# Each threshold stands well beyond the most extreme of 39,000 rendered images (among them lights
# behind the hand, and as little light as sensors can bear), all of which show what they should.
#: Standard deviation of a grey picture, of 255; the least is 5.4: a hand at the edge of a wall.
_BLANK_DEVIATION: Final = 3.0
#: What 99 % of the pixels are darker than, of 255; the least is 49: a meadow at night.
_BLACK_LEVEL: Final = 30.0
#: Share of pixels that are white; the most is 0.92: a small hand before a bright sky.
_BURNT_SHARE: Final = 0.97
#: Standard deviation in and about a hand's box; the least is 6.3: a far hand in a shadow.
_HAND_DEVIATION: Final = 3.0
#: Hands whose box is smaller, in pixels, or of which less landmarks are visible, are not judged:
#: a few pixels of skin before skin or cloth may well be one shade.
_SMALLEST_HAND: Final = 16.0
_FEWEST_VISIBLE: Final = 5
#: How far beyond the box its surroundings count, ÷ its longer side.
_AROUND: Final = 0.15

#: Markers of a JPEG's frame header, and those that stand alone.
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BASELINE: Final = 0xC0
_END: Final = b"\xff\xd9"
#: Bytes in which cameras may write something behind a picture's end.
_TAIL: Final = 65536


def image_faults(shard: str, key: str, jpeg: bytes, label: Mapping[str, Any]) -> Iterator[Fault]:
    """All faults of this module.

    Args:
        label: of the sample; what is missing in it is not judged.
    """
    photograph = label.get("kind") == "photograph"
    header = frame_header(jpeg)
    if header is None:
        yield Fault(IMAGE, shard, key, "is no JPEG, or has no picture in it")
        return
    marker, width, height, channels = header
    if channels != 3 or (marker != _BASELINE and not photograph):
        yield Fault(IMAGE, shard, key, "is no baseline JPEG of 3 channels")
    if not (_END in jpeg[-_TAIL:] if photograph else jpeg.endswith(_END)):
        yield Fault(IMAGE, shard, key, "is cut short")
        return
    image = label.get("image")
    if isinstance(image, dict):
        said = image.get("width"), image.get("height")
        if said != (width, height):
            what = f"is {width}×{height}, its label says {said[0]}×{said[1]}"
            yield Fault(IMAGE_SIZE, shard, key, what)
            return
    small = read_small(jpeg, width, height)
    if small is None:
        yield Fault(IMAGE, shard, key, "cannot be decoded")
        return
    faults = list(_picture_faults(shard, key, small.grey))
    yield from faults
    if not faults and not photograph:
        yield from _hand_faults(shard, key, small.grey, small.step, label)


def frame_header(jpeg: bytes) -> tuple[int, int, int, int] | None:
    """Marker, width, height and channels of a JPEG's frame; None if there is none."""
    if jpeg[:2] != b"\xff\xd8":
        return None
    place = 2
    while place + 10 <= len(jpeg) and jpeg[place] == 0xFF:
        marker = jpeg[place + 1]
        if marker == 0xFF:  # filling
            place += 1
            continue
        if marker in _FRAMES:
            height = int.from_bytes(jpeg[place + 5 : place + 7], "big")
            width = int.from_bytes(jpeg[place + 7 : place + 9], "big")
            return (marker, width, height, jpeg[place + 9]) if width and height else None
        place += 2 + int.from_bytes(jpeg[place + 2 : place + 4], "big")
    return None


def _picture_faults(shard: str, key: str, grey: NDArray[np.uint8]) -> Iterator[Fault]:
    """At most one: what is black is blank, too."""
    seen = brightness_of(grey)
    if seen.bright < _BLACK_LEVEL:
        level = f"at most {seen.bright:.0f} of 255" if seen.bright else "0"
        what = f"99 % of the pixels are {level}"
        yield Fault(BLACK, shard, key, what)
    elif seen.white_share > _BURNT_SHARE:
        what = f"{100 * seen.white_share:.1f} % of the pixels are white"
        yield Fault(BURNT_OUT, shard, key, what)
    elif seen.deviation < _BLANK_DEVIATION:
        what = f"is all of one shade, {seen.mean:.0f} ± {seen.deviation:.1f} of 255"
        yield Fault(BLANK, shard, key, what)


def _hand_faults(
    shard: str, key: str, grey: NDArray[np.uint8], step: int, label: Mapping[str, Any]
) -> Iterator[Fault]:
    hands = label.get("hands")
    for hand in hands if isinstance(hands, list) else ():
        seen = hand_brightness(grey, step, hand)
        if seen is not None and seen.deviation < _HAND_DEVIATION:
            what = f"is all of one shade, {seen.mean:.0f} ± {seen.deviation:.1f} of 255"
            yield Fault(NO_CONTRAST, shard, key, f"hand {hand.get('number')}: {what}")


def hand_brightness(grey: NDArray[np.uint8], step: int, hand: Any) -> Brightness | None:
    """What is in and about a hand's box; None if the hand is too small, too little of it is
    visible, or its label says too little.

    Args:
        grey: (H, W), of which a pixel stands for `step` × `step` of the image.
    """
    try:
        x, y, width, height = (float(value) / step for value in hand["box"])
        visible = sum(state == 2 for state in hand["visibility"])
    except (KeyError, TypeError, ValueError):
        return None
    side = max(width, height)
    if side * step < _SMALLEST_HAND or visible < _FEWEST_VISIBLE:
        return None
    low_x, low_y = max(0, int(x - _AROUND * side)), max(0, int(y - _AROUND * side))
    high_x, high_y = int(x + width + _AROUND * side) + 1, int(y + height + _AROUND * side) + 1
    region = grey[low_y:high_y, low_x:high_x]
    return brightness_of(region) if region.size else None
