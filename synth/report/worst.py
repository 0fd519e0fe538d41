"""The most extreme images by several measures: where faults would be seen first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from synth.report.choosing import Extremes
from synth.report.figures import Picture, Worst
from synth.report.measures import HandMeasures, Measures
from synth.report.pictures import hand_picture, whole_picture

#: Pictures of each list.
_SIZE: Final = 12
#: Hands of which less is visible, or that are smaller in pixels, would fill every list alone.
_FEW: Final = 5
_SMALL: Final = 24.0

_LISTS: Final = {
    "dark": ("Darkest", "What 99 % of the pixels are darker than, of 255."),
    "burnt": ("Most burnt out", "Share of the pixels that are white."),
    "hidden": (
        "Most hidden",
        f"Visible landmarks of those inside the image, of hands of {_SMALL:.0f} pixels and more.",
    ),
    "small": ("Smallest", f"Longer side of the box, of hands with {_FEW} visible landmarks."),
    "cut": (
        "Most cut by the border",
        f"Landmarks outside the image, of hands with {_FEW} visible ones.",
    ),
    "contrast": (
        "Least contrast on the hand",
        "Standard deviation of grey values in and about the hand's box, of 255.",
    ),
}


@dataclass
class WorstCases:
    """Keeps the most extreme images while all pass by."""

    lists: dict[str, Extremes[Picture]] = field(
        default_factory=lambda: {name: Extremes(_SIZE) for name in _LISTS}
    )

    def add(self, key: str, jpeg: bytes, label: Mapping[str, Any], measures: Measures) -> None:
        """One image."""
        sequence = int(label["sequence"])
        bright, white = measures.brightness.bright, measures.brightness.white_share
        for name, value, caption in (
            ("dark", bright, f"{bright:.0f}"),
            ("burnt", -white, f"{100 * white:.0f} %"),
        ):
            if name == "burnt" and not white:
                continue
            picture = partial(whole_picture, key, jpeg, label, caption)
            self.lists[name].offer(value, sequence, picture)
        for hand in measures.hands:
            for name, value, caption in _of_hand(hand):
                picture = partial(hand_picture, key, jpeg, hand.hand, caption)
                self.lists[name].offer(value, sequence, picture)

    def finished(self) -> tuple[Worst, ...]:
        """The lists that hold something."""
        return tuple(
            Worst(*_LISTS[name], tuple(kept.in_order()))
            for name, kept in self.lists.items()
            if kept.kept
        )


def _of_hand(hand: HandMeasures) -> list[tuple[str, float, str]]:
    """List, measure (the smaller, the worse) and caption."""
    found = []
    inside = hand.visible + hand.hidden
    if hand.side >= _SMALL and inside:
        # Of hands that are as hidden, the larger one is the worse.
        share = hand.visible / inside - 1e-6 * hand.side
        found.append(("hidden", share, f"{hand.visible} of {inside}"))
    if hand.visible >= _FEW:
        found.append(("small", hand.side, f"{hand.side:.1f} px"))
        if hand.outside:
            found.append(("cut", -float(hand.outside), f"{hand.outside} outside"))
        if hand.contrast is not None and hand.side >= _SMALL:
            found.append(("contrast", hand.contrast, f"{hand.contrast:.1f}"))
    return found
