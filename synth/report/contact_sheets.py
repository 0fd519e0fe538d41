"""Contact sheets by kind of scene, skin, gesture, light, size and what is worn."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from synth.report.choosing import Reservoir
from synth.report.figures import Group, Picture, Sheet
from synth.report.measures import HandMeasures, Measures
from synth.report.pictures import hand_picture, whole_picture

#: Pictures of a group that are kept until all groups are known.
_MOST: Final = 12
#: Pictures of a group however many groups there are.
_FEWEST: Final = 2
#: Groups of a sheet of which pictures are kept; of more, only how many there are.
_GROUPS: Final = 160
#: Hands smaller than this, in pixels, show nothing: they are in the sheet of sizes alone.
_LEAST_SIDE: Final = 20.0
#: Longer side of the hand's box ÷ shorter side of the image, below which a group ends.
_SCALES: Final = (
    (0.1, "up to 10 %"),
    (0.2, "10 to 20 %"),
    (0.35, "20 to 35 %"),
    (0.6, "35 to 60 %"),
)
_LARGEST: Final = "over 60 %"
_SKINS: Final = ("very_light", "light", "intermediate", "tan", "dark")
_SCALE_NAMES: Final = (*(name for _, name in _SCALES), _LARGEST)


@dataclass(frozen=True)
class _Kind:
    """One sheet: its heading, and whether groups stand in a given order or by their counts."""

    title: str
    about: str
    unit: str
    order: tuple[str, ...] = ()


_KINDS: Final = {
    "kind": _Kind("Kinds of scenes", "What the scene shows.", "images"),
    "skin": _Kind("Skins", "Hands by their skin, lightest first.", "hands", _SKINS),
    "gesture": _Kind("Gestures", "Hands by the gesture that they make.", "hands"),
    "light": _Kind("Lights", "Images by their HDRI.", "images"),
    "scale": _Kind(
        "Sizes",
        "Longer side of the hand's box, of the image's shorter side.",
        "hands",
        _SCALE_NAMES,
    ),
    "worn": _Kind("Worn", "Hands by what they wear and what is done to their skin.", "hands"),
}


@dataclass
class Sheets:
    """Fills the groups of all sheets while images pass by."""

    random: random.Random
    groups: dict[str, dict[str, Reservoir[Picture]]] = field(default_factory=dict)

    def add(self, key: str, jpeg: bytes, label: Mapping[str, Any], measures: Measures) -> None:
        """One image."""
        for sheet, name in _of_image(label):
            reservoir = self._group(sheet, name)
            reservoir.offer(partial(whole_picture, key, jpeg, label))
        for hand in measures.hands:
            for sheet, name in _of_hand(hand):
                caption = _caption(hand.hand)
                reservoir = self._group(sheet, name)
                reservoir.offer(partial(hand_picture, key, jpeg, hand.hand, caption))

    def finished(self, pictures: int) -> tuple[Sheet, ...]:
        """The sheets, with about so many pictures in all."""
        each = max(1, pictures // max(1, len(self.groups)))
        return tuple(
            _sheet(_KINDS[name], self.groups[name], each) for name in _KINDS if name in self.groups
        )

    def _group(self, sheet: str, name: str) -> Reservoir[Picture]:
        groups = self.groups.setdefault(sheet, {})
        if name not in groups:
            groups[name] = Reservoir(_MOST if len(groups) < _GROUPS else 0, self.random)
        return groups[name]


def _of_image(label: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if label.get("kind"):
        yield "kind", label["kind"]
    light = label.get("light")
    if light and light.get("hdri"):
        yield "light", light["hdri"]


def _of_hand(measures: HandMeasures) -> Iterator[tuple[str, str]]:
    yield "scale", scale_name(measures.scale)
    if measures.side < _LEAST_SIDE or not measures.visible:
        return
    hand = measures.hand
    for sheet in ("skin", "gesture"):
        if hand.get(sheet):
            yield sheet, hand[sheet]
    for worn in hand.get("worn") or ():
        yield "worn", worn


def scale_name(scale: float) -> str:
    """The group of a size."""
    return next((name for end, name in _SCALES if scale < end), _LARGEST)


def _caption(hand: Mapping[str, Any]) -> str:
    words = [hand.get("side"), hand.get("gesture"), hand.get("skin")]
    return ", ".join(str(word).replace("_", " ") for word in words if word)


def _sheet(kind: _Kind, groups: Mapping[str, Reservoir[Picture]], pictures: int) -> Sheet:
    def place(name: str) -> tuple[int, int, str]:
        known = kind.order.index(name) if name in kind.order else len(kind.order)
        return known, -groups[name].seen, name

    shown = [name for name in sorted(groups, key=place) if groups[name].items]
    each = min(_MOST, max(_FEWEST, pictures // max(1, len(shown))))
    return Sheet(
        title=kind.title,
        about=kind.about,
        unit=kind.unit,
        groups=tuple(
            Group(name, groups[name].seen, tuple(groups[name].items[:each])) for name in shown
        ),
        left_out=len(groups) - len(shown),
    )
