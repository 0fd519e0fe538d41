"""Groups of hands that figures are given for: by skin, side, scale, visibility and gesture, and by
what there is beside a bare hand."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from tracker.evaluation.scores import HALF_VISIBLE, Figures, HandScore, figures_of

#: Box side ÷ image side.
SCALE_EDGES: Final = (0.0, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1.0)
#: Share of landmarks that are to be seen.
VISIBILITY_EDGES: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
WORST_GESTURES: Final = 10
#: What is round a wrist or a finger; other things worn are on the skin.
ORNAMENTS: Final = frozenset({"ring", "watch", "bracelet"})
#: A gesture needs some hands before it can be called a bad one.
LEAST_HANDS: Final = 5

Groups = dict[str, dict[str, Figures]]


def figures_by_group(hands: Sequence[HandScore]) -> Groups:
    """{what is grouped by: {group: figures}}; a group without hands is not there, nor is a grouping
    by kind, worn, held or together that tells no hands apart."""
    seen = [interval(hand.visible_share, VISIBILITY_EDGES) for hand in hands]
    return {
        "all": {
            "all hands": figures_of(hands),
            "half visible": figures_of(half_visible(hands)),
        },
        "skin": _by(hands, [hand.skin for hand in hands]),
        "side": _by(hands, [hand.side or "unknown" for hand in hands]),
        "scale": _by(hands, [interval(hand.box_share, SCALE_EDGES) for hand in hands]),
        "visibility": _by(hands, seen),
        **{name: figures for name, figures in _circumstances(hands).items() if len(figures) > 1},
        "worst gestures": _worst_gestures(hands),
    }


def half_visible(hands: Sequence[HandScore]) -> list[HandScore]:
    """Hands of which at least half of the landmarks are to be seen."""
    return [hand for hand in hands if hand.visible_share >= HALF_VISIBLE]


def interval(value: float, edges: Sequence[float]) -> str:
    """Name of the interval that holds the value; the lower edge belongs to it, and to the last one
    the upper too."""
    for low, high in pairwise(edges):
        if low <= value < high or (high == edges[-1] and value >= high):
            return f"{low:.2f} to {high:.2f}"
    raise ValueError(f"{value} is below {edges[0]}")


def worn_group(worn: Sequence[str]) -> str:
    """Of a hand that wears several things: the glove before the ornaments, and these before what
    is on the skin."""
    gloves = [name for name in worn if name.endswith("_glove")]
    if gloves:
        return gloves[0].replace("_", " ")
    if ORNAMENTS.intersection(worn):
        return "ornaments"
    return "on the skin" if worn else "bare"


def _circumstances(hands: Sequence[HandScore]) -> Groups:
    return {
        "kind": _by(hands, [hand.kind for hand in hands]),
        "worn": _by(hands, [worn_group(hand.worn) for hand in hands]),
        "held": _by(hands, ["nothing" if hand.holds is None else "a thing" for hand in hands]),
        "together": _by(hands, ["together" if hand.together else "apart" for hand in hands]),
    }


def _by(hands: Sequence[HandScore], names: Sequence[str]) -> dict[str, Figures]:
    return {
        name: figures_of([hand for hand, own in zip(hands, names, strict=True) if own == name])
        for name in sorted(set(names))
    }


def _worst_gestures(hands: Sequence[HandScore]) -> dict[str, Figures]:
    """By the capped error, worst first; hands between two gestures have none and are not here."""
    posed = [hand for hand in hands if hand.gesture is not None]
    each = _by(posed, [str(hand.gesture) for hand in posed])
    enough = {name: figures for name, figures in each.items() if figures.hands >= LEAST_HANDS}
    order = sorted(enough, key=lambda name: -enough[name].palm_error_capped)
    return {name: enough[name] for name in order[:WORST_GESTURES]}
