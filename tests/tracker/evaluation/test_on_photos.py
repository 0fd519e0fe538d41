from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.tracker.evaluation.test_scores import result
from tests.tracker.fake_models import ScriptedHand
from tracker.evaluation.on_photos import photo_figures, score_photos, worst_photos
from tracker.photos import Photo, PhotoHand
from tracker.results import Handedness, HandResult

HAND = ScriptedHand((100, 150), 40)


def photo(folder: Path, key: str, side: Handedness | None = None, box: bool = True) -> Photo:
    path = folder / key
    cv2.imwrite(str(path), np.zeros((200, 240, 3), np.uint8))
    points = HAND.landmarks[:, :2]
    corners = np.concatenate([points.min(axis=0), points.max(axis=0)])
    known = np.full((21, 2), np.nan)
    known[4] = points[4]
    hand = PhotoHand(corners if box else None, known, side)
    return Photo(path, key, "set", 240, 200, (hand,))


def test_recall_errors_and_handedness(tmp_path: Path) -> None:
    photos = [
        photo(tmp_path, "found.jpg", "right"),
        photo(tmp_path, "wrong.jpg", "left"),
        photo(tmp_path, "missed.jpg", "left"),
        photo(tmp_path, "boxless.jpg", box=False),
    ]
    side = float(np.ptp(HAND.landmarks[:, :2], axis=0).max())
    off = HAND.landmarks + (0.1 * side, 0, 0)

    def results_of(key: str, image: np.ndarray) -> Sequence[HandResult]:
        assert image.shape == (200, 240, 3)
        if key == "missed.jpg":
            return [result(HAND.landmarks - (80, 0, 0))]
        return [result(off)]

    scores = score_photos(photos, results_of)
    figures = photo_figures(scores)
    assert (figures.photos, figures.hands, figures.unlabelled, figures.without_box) == (3, 3, 1, 1)
    assert figures.recall == pytest.approx(2 / 3)
    assert figures.recall_at[0.1] == pytest.approx(2 / 3)
    assert figures.false_positives_an_image == pytest.approx(1 / 3)
    assert figures.handedness == 0.5
    assert figures.handedness_known == 2
    assert list(figures.landmarks) == ["thumb_tip"]
    tip = figures.landmarks["thumb_tip"]
    assert (tip.labelled, tip.found) == (3, 2)
    assert tip.mean == tip.median == pytest.approx(0.1)
    assert tip.capped == pytest.approx((0.1 + 0.1 + 1) / 3)
    assert worst_photos(scores.hands, 2)[0].key == "missed.jpg"
