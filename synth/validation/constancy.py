"""Whether labels of one sequence agree in what cannot change from image to image."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from synth.validation.fault import Fault

SEQUENCE: Final = "sequence"

#: Of a scene, of a hand in it, and of a hand at one moment.
_OF_SCENE: Final = ("split", "kind", "light")
_OF_HAND: Final = ("identity", "side", "skin", "phenotype", "blendshapes", "worn")
_OF_MOMENT: Final = ("landmarks_world", "bones", "gesture", "holds")


def constancy_faults(
    shard: str, samples: Sequence[tuple[str, Mapping[str, Any]]]
) -> Iterator[Fault]:
    """Labels that differ from the first of their sequence, or of their moment; one fault a label.

    Args:
        samples: key and label, sequence by sequence. Frames of photographs have nothing in common.
    """
    first: dict[str, tuple[str, Any]] = {}
    for key, label in samples:
        if label.get("kind") == "photograph":
            continue
        for place, name, value in _constants(label):
            # As text: what stands there may be anything.
            other, before = first.setdefault(str((*place, name)), (key, value))
            if value != before:
                yield Fault(SEQUENCE, shard, key, f"{name} is another than that of {other}")
                break


def _constants(label: Mapping[str, Any]) -> Iterator[tuple[tuple[Any, ...], str, Any]]:
    """What a value belongs to, its name, the value; of what the label has."""
    sequence, frame = label.get("sequence"), label.get("frame")
    for name in _OF_SCENE:
        if name in label:
            yield (sequence,), name, label[name]
    hands = label.get("hands")
    for hand in hands if isinstance(hands, list) else ():
        if not isinstance(hand, dict) or not isinstance(hand.get("number"), int):
            continue
        number = hand["number"]
        for names, place in (
            (_OF_HAND, (sequence, number)),
            (_OF_MOMENT, (sequence, number, frame)),
        ):
            for name in names:
                if name in hand:
                    yield place, name, hand[name]
