"""The losses against their formulas, written down a second time with Python's own numbers."""

from __future__ import annotations

import math

import pytest
import torch

from tracker.models.palm import PalmOutput
from tracker.training.palm.losses import (
    PalmLossSettings,
    box_loss,
    focal_loss,
    hard_negative_loss,
    keypoint_loss,
    one_of_many_loss,
    palm_loss,
)
from tracker.training.palm.matching import IGNORED, NEGATIVE, POSITIVE
from tracker.training.palm.truth import PalmTruth


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def test_focal_loss_by_its_formula() -> None:
    logits = [2.0, -1.0, 0.5, -3.0, 4.0]
    states = [POSITIVE, POSITIVE, NEGATIVE, NEGATIVE, IGNORED]
    expected = 0.0
    for x, state in zip(logits, states, strict=True):
        p = sigmoid(x)
        if state == POSITIVE:
            expected -= 0.3 * (1 - p) ** 1.5 * math.log(p)
        if state == NEGATIVE:
            expected -= 0.7 * p**1.5 * math.log(1 - p)
    found = focal_loss(torch.tensor([logits]), torch.tensor([states]), 0.3, 1.5)
    assert float(found) == pytest.approx(expected / 2, rel=1e-5)


def test_focal_loss_without_a_positive_is_a_sum() -> None:
    found = focal_loss(torch.tensor([[0.0]]), torch.tensor([[NEGATIVE]]), 0.25, 2.0)
    assert float(found) == pytest.approx(0.75 * 0.25 * math.log(2), rel=1e-5)


def test_hard_negatives_are_the_worst_of_each_picture() -> None:
    logits = torch.tensor([[1.0, 3.0, 2.0, -1.0, 9.0], [0.0, -2.0, 5.0, 4.0, -5.0]])
    states = torch.tensor(
        [
            [POSITIVE, NEGATIVE, NEGATIVE, NEGATIVE, IGNORED],
            [NEGATIVE, NEGATIVE, IGNORED, NEGATIVE, NEGATIVE],
        ]
    )
    # Two for the positive of the first picture, one in the second, which has none.
    kept = [math.log1p(math.exp(-1.0))] + [math.log1p(math.exp(x)) for x in (3.0, 2.0, 4.0)]
    found = hard_negative_loss(logits, states, ratio=2, least=1)
    assert float(found) == pytest.approx(sum(kept), rel=1e-5)


def test_box_loss_is_relative_to_the_palm() -> None:
    truth = torch.tensor([[0.5, 0.5, 0.2]])
    boxes = torch.tensor([[0.51, 0.54, 0.2 * math.exp(0.3)]])
    # Errors 0.05, 0.2, 0.3; quadratic below 0.1.
    expected = (0.5 * 0.05**2 / 0.1 + (0.2 - 0.05) + (0.3 - 0.05)) / 3
    assert float(box_loss(boxes, truth)) == pytest.approx(expected, rel=1e-4)


def test_keypoint_loss_is_relative_to_the_palm() -> None:
    truth = torch.full((1, 7, 2), 0.5)
    keypoints = truth.clone()
    keypoints[0, 2, 1] += 0.1
    expected = (0.1 / 0.4 - 0.05) / 14
    assert float(keypoint_loss(keypoints, truth, torch.tensor([0.4]))) == pytest.approx(expected)


def test_one_of_many_is_content_with_the_best() -> None:
    logits = torch.tensor([[-4.0, 6.0, -3.0, 8.0]])
    plausible = torch.tensor([[[True, True, True, False], [False] * 4]])
    pooled = math.log((math.exp(-4) + math.exp(6) + math.exp(-3)) / 3)
    expected = math.log1p(math.exp(-pooled))
    assert float(one_of_many_loss(logits, plausible)) == pytest.approx(expected, rel=1e-5)


def test_one_of_many_of_nothing_is_nothing_and_has_a_gradient() -> None:
    logits = torch.zeros(2, 3, requires_grad=True)
    loss = one_of_many_loss(logits, torch.zeros(2, 1, 3, dtype=torch.bool))
    loss.backward()
    assert float(loss.detach()) == 0
    assert logits.grad is not None
    assert torch.isfinite(logits.grad).all()


def truth_of(palm: bool) -> PalmTruth:
    """One picture with a palm, or with a hand box, at the first of two anchors."""
    no = torch.tensor([[False]])
    here = torch.tensor([[True]])
    return PalmTruth(
        palms=torch.tensor([[[0.3, 0.3, 0.2]]]),
        keypoints=torch.full((1, 1, 7, 2), 0.3),
        wanted=here if palm else no,
        ignored=no,
        boxes=torch.tensor([[[0.1, 0.1, 0.5, 0.5]]]),
        boxed=no if palm else here,
        asked=no if palm else here,
    )


ANCHORS = torch.tensor([[0.3, 0.3, 0.2], [0.8, 0.8, 0.2]])


@pytest.mark.parametrize("classification", ["focal", "cross_entropy"])
def test_a_perfect_answer_costs_nothing(classification: str) -> None:
    output = PalmOutput(
        torch.tensor([[20.0, -20.0]]),
        ANCHORS[None].clone(),
        torch.full((1, 2, 7, 2), 0.3),
    )
    settings = PalmLossSettings.model_validate({"classification": classification})
    terms = palm_loss(output, truth_of(palm=True), ANCHORS, settings)
    assert set(terms) == {"scores", "boxes", "keypoints", "photos"}
    assert float(torch.stack(list(terms.values())).sum()) == pytest.approx(0, abs=1e-6)


def test_a_hand_box_teaches_scores_alone() -> None:
    logits = torch.tensor([[0.0, 0.0]], requires_grad=True)
    boxes = torch.rand(1, 2, 3, requires_grad=True)
    output = PalmOutput(logits, boxes, torch.rand(1, 2, 7, 2))
    terms = palm_loss(output, truth_of(palm=False), ANCHORS, PalmLossSettings(photos=1.0))
    torch.stack(list(terms.values())).sum().backward()
    assert logits.grad is not None
    assert logits.grad[0, 0] < 0 < logits.grad[0, 1]
    assert boxes.grad is None or float(boxes.grad.abs().max()) == 0
    assert float(terms["photos"].detach()) == pytest.approx(math.log(2))
