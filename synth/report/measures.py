"""What is measured of one image and of its hands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from synth.errors import UserError
from synth.validation.brightness import Brightness, brightness_of, read_small
from synth.validation.pixels import frame_header, hand_brightness


@dataclass(frozen=True)
class HandMeasures:
    """Of one hand in an image.

    Attributes:
        hand: its label.
        side: longer side of its box, pixels.
        scale: that ÷ shorter side of the image.
        visible, hidden, outside: numbers of landmarks.
        contrast: standard deviation of grey values in and about the box, of 255; None where there
            is too little to tell.
    """

    hand: Mapping[str, Any]
    side: float
    scale: float
    visible: int
    hidden: int
    outside: int
    contrast: float | None


@dataclass(frozen=True)
class Measures:
    """Of one image.

    Attributes:
        brightness: of all of it.
        hands: of those that have a box.
    """

    brightness: Brightness
    hands: tuple[HandMeasures, ...]


def measure(key: str, jpeg: bytes, label: Mapping[str, Any]) -> Measures:
    """Measures of one image.

    Raises:
        UserError: if the image or its label is damaged.
    """
    header = frame_header(jpeg)
    small = None if header is None else read_small(jpeg, header[1], header[2])
    if header is None or small is None:
        raise UserError(f"sample {key}: the image is damaged; `hand-synth validate` says more")
    try:
        return Measures(
            brightness_of(small.grey),
            tuple(
                _measure_hand(
                    hand,
                    min(header[1], header[2]),
                    hand_brightness(small.grey, small.step, hand),
                )
                for hand in label["hands"]
                if hand["box"] is not None
            ),
        )
    except (KeyError, TypeError, ValueError, IndexError):
        raise UserError(
            f"sample {key}: the label is damaged; `hand-synth validate` says more"
        ) from None


def _measure_hand(hand: Mapping[str, Any], shorter: int, seen: Brightness | None) -> HandMeasures:
    side = float(max(hand["box"][2:]))
    states = list(hand["visibility"])
    return HandMeasures(
        hand=hand,
        side=side,
        scale=side / shorter,
        visible=states.count(2),
        hidden=states.count(1),
        outside=states.count(0),
        contrast=None if seen is None else seen.deviation,
    )
