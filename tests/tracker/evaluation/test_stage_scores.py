from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from tests.tracker.evaluation.made_dataset import hand_label, sample
from tests.tracker.fake_models import ScriptedHand
from tracker.estimates import HandEstimate
from tracker.evaluation.stage_scores import (
    presence_by,
    region_without_hand,
    score_landmarks,
    score_palms,
    score_presence,
)
from tracker.evaluation.truth import TrueImage, true_image
from tracker.palms import NO_PALMS, Palms
from tracker.roi import PALM_LANDMARKS, Roi

HAND = ScriptedHand((60, 110), 25)


def images(count: int = 3) -> list[TrueImage]:
    return [true_image(sample(f"{i}", hand_label(HAND))) for i in range(count)]


def find_landmarks(
    image: np.ndarray, rois: Sequence[Roi], in_mirror: bool = False
) -> list[HandEstimate]:
    """Finds the hand, one palm to the right of where it is, in regions near to it."""
    moved = HAND.landmarks + (HAND.size, 0, 0)
    return [
        HandEstimate(roi, float(math.dist(roi.center, (60, 85)) < 20), 0.9, moved, moved)
        for roi in rois
    ]


def test_landmarks_on_true_regions() -> None:
    hands = score_landmarks(images(), find_landmarks)
    assert len(hands) == 3
    for hand in hands:
        assert hand.errors is not None
        assert hand.errors.palm_error == pytest.approx(1.0)
        assert hand.errors.handedness_right


def test_palms() -> None:
    def find_palms(image: np.ndarray) -> Palms:
        keypoints = HAND.landmarks[list(PALM_LANDMARKS), :2]
        low, high = keypoints.min(axis=0), keypoints.max(axis=0)
        box = np.array([[*(low + high) / 2, (high - low).max()]])
        return Palms(np.array([0.8]), box, keypoints[None])

    figures = score_palms(images(), find_palms)
    assert figures.ap50 == figures.ap50_95 == figures.found == figures.roi_recall == 1
    assert figures.angle_median == pytest.approx(0, abs=1e-9)
    none = score_palms(images(), lambda image: NO_PALMS)
    assert none.ap50 == none.found == 0
    assert math.isnan(none.roi_recall)


def test_palm_outside_the_image_is_ignored() -> None:
    gone = ScriptedHand((60, 300), 25)
    image = true_image(sample("a", hand_label(gone, box=[0, 0, 10, 10])))
    figures = score_palms([image, *images(1)], lambda image: NO_PALMS)
    assert (figures.palms, figures.ignored, figures.images) == (1, 1, 2)


def test_palm_of_a_hidden_hand_is_ignored() -> None:
    hidden = ScriptedHand((120, 110), 25)
    both = [hand_label(hidden, visibility=[1] * 21), hand_label(HAND)]
    keypoints = np.stack([hand.landmarks[list(PALM_LANDMARKS), :2] for hand in (hidden, HAND)])
    low, high = keypoints.min(axis=1), keypoints.max(axis=1)
    boxes = np.column_stack([(low + high) / 2, (high - low).max(axis=1)])
    palms = Palms(np.array([0.9, 0.8]), boxes, keypoints)
    figures = score_palms([true_image(sample("a", *both))], lambda image: palms)
    assert (figures.palms, figures.ignored) == (1, 1)
    assert figures.ap50 == figures.found == 1


def test_presence() -> None:
    figures = score_presence(images(), presence_by(find_landmarks))
    assert figures.auc == 1
    assert figures.positives == figures.negatives == 3


def test_presence_counts_what_it_leaves_out() -> None:
    hidden = true_image(sample("a", hand_label(HAND, visibility=[1] * 21)))
    full = true_image(sample("b", hand_label(HAND, box=[0, 0, 160, 160])))
    figures = score_presence([hidden, full], lambda image, roi: 0.5)
    assert (figures.positives, figures.hidden, figures.left_out) == (1, 1, 1)


def test_region_without_hand_touches_no_landmark_and_lies_in_the_picture() -> None:
    rng = np.random.default_rng(0)
    image = images(1)[0]
    for _ in range(50):
        roi = region_without_hand(image, rng)
        assert roi is not None
        unit = roi.to_unit(image.hands[0].landmarks[:, :2])
        assert not ((unit > 0) & (unit < 1)).all(axis=1).any()
        grid = (np.stack(np.meshgrid(np.arange(40), np.arange(40)), -1).reshape(-1, 2) + 0.5) / 40
        inside = roi.from_unit(grid)
        assert ((inside > 0) & (inside < 160)).all(axis=1).mean() > 0.45
