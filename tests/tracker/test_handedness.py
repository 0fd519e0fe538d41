from __future__ import annotations

import math

import pytest

from tracker.handedness import MEMORY, contradicts, first_evidence, more_evidence


def test_one_frame_is_taken_at_its_word() -> None:
    evidence = first_evidence(0.8, 0.0)
    assert evidence.handedness == "right"
    assert evidence.score == pytest.approx(0.8)
    evidence = first_evidence(0.3, 0.0)
    assert evidence.handedness == "left"
    assert evidence.score == pytest.approx(0.7)


def test_two_frames_worked_by_hand() -> None:
    # Weights e⁻¹ and 1 on log-odds of log 9 and −log 4.
    evidence = more_evidence(first_evidence(0.9, 5.0), 0.2, 5.0 + MEMORY)
    old = math.exp(-1)
    mean = (old * math.log(9) - math.log(4)) / (old + 1)
    assert evidence.handedness == "left"
    assert evidence.score == pytest.approx(1 / (1 + math.exp(mean)))


def test_an_odd_frame_does_not_show_but_a_wrong_start_is_mended() -> None:
    evidence = first_evidence(0.8, 0.0)
    for frame in range(1, 10):
        evidence = more_evidence(evidence, 0.8, frame / 30)
    assert more_evidence(evidence, 0.001, 10 / 30).handedness == "right"
    for frame in range(10, 40):
        evidence = more_evidence(evidence, 0.2, frame / 30)
    assert evidence.handedness == "left"


@pytest.mark.parametrize("probability", [0.0, 1.0])
def test_certainty_is_bounded(probability: float) -> None:
    evidence = first_evidence(probability, 0.0)
    assert evidence.handedness == ("right" if probability else "left")
    assert 0.95 < evidence.score < 1


def test_doubt_is_no_contradiction() -> None:
    left = first_evidence(0.1, 0.0)
    assert not contradicts(left, 0.6)
    assert contradicts(left, 0.9)
    assert contradicts(first_evidence(0.9, 0.0), 0.1)
