"""The labels that come with the project: whole hands, of known sides, and no photograph in both."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from annotate.formats.coco import read_coco, write_coco
from annotate.formats.document import Document
from annotate.labels import OUTSIDE, is_finished
from synth.landmarks import MIDDLE_MCP, WRIST

FOLDER = Path(__file__).parents[3] / "manifests" / "photographs"
#: Of the palm. Phalanges grow no longer than this; a mixed-up finger does.
LONGEST_BONE = 1.1


def document(name: str) -> Document:
    return read_coco((FOLDER / f"{name}.json").read_bytes(), name)


@pytest.mark.parametrize(
    ("name", "photographs", "hands"), [("learned", 260, 272), ("kept", 74, 76)]
)
def test_every_hand_is_whole(name: str, photographs: int, hands: int) -> None:
    labels = document(name)
    assert len(labels.photographs) == photographs
    assert sum(len(photograph.label.hands) for photograph in labels.photographs) == hands
    for photograph in labels.photographs:
        assert is_finished(photograph.label), photograph.path
        for hand in photograph.label.hands:
            assert hand.side is not None
            points = [point for point in hand.points if point is not None]
            assert len(points) == len(hand.points)
            for point in points:
                inside = 0 <= point.x <= photograph.width and 0 <= point.y <= photograph.height
                assert inside or point.visibility == OUTSIDE, photograph.path


@pytest.mark.parametrize("name", ["learned", "kept"])
def test_fingers_have_the_lengths_of_fingers(name: str) -> None:
    """Seen from palm or back no phalanx is as long as the palm; hands seen end-on are left out."""
    for photograph in document(name).photographs:
        for hand in photograph.label.hands:
            points = np.array([(p.x, p.y) for p in hand.points if p is not None])
            spread = np.linalg.norm(points - points[WRIST], axis=1).max()
            palm = np.linalg.norm(points[MIDDLE_MCP] - points[WRIST])
            if palm < 0.4 * spread:
                continue
            for first in (5, 9, 13, 17):
                lengths = np.linalg.norm(np.diff(points[first : first + 4], axis=0), axis=1)
                assert lengths.max() < LONGEST_BONE * palm, (photograph.path, first)


def test_what_is_kept_is_not_learned() -> None:
    learned, kept = ({p.path for p in document(name).photographs} for name in ("learned", "kept"))
    assert not learned & kept


def test_the_files_are_as_the_exporter_writes_them() -> None:
    for name in ("learned", "kept"):
        assert write_coco(document(name)) == (FOLDER / f"{name}.json").read_bytes()
