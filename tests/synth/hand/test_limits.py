"""Ranges of motion against the clinical table written out again, and what is drawn inside them."""

from __future__ import annotations

import numpy as np
import pytest

from synth.hand.joint_angles import (
    ANGLE_NAMES,
    FingerAngles,
    HandAngles,
    ThumbAngles,
    WristAngles,
    angle_index,
)
from synth.hand.limits import check, into_limits, jitter, limits_at, sample_angles
from synth.landmarks import LONG_FINGERS


@pytest.fixture(scope="module")
def postures() -> np.ndarray:
    rng = np.random.default_rng(1)
    return np.stack([sample_angles(rng).to_vector() for _ in range(3000)])


def column(postures: np.ndarray, name: str) -> np.ndarray:
    return postures[:, angle_index(name)]


@pytest.mark.parametrize(
    ("inside", "outside"),
    [
        (FingerAngles(mcp_flexion=np.radians(89)), FingerAngles(mcp_flexion=np.radians(91))),
        (FingerAngles(mcp_flexion=np.radians(-29)), FingerAngles(mcp_flexion=np.radians(-31))),
        (FingerAngles(pip=np.radians(104)), FingerAngles(pip=np.radians(106))),
        (FingerAngles(pip=np.radians(-4)), FingerAngles(pip=np.radians(-6))),
        (FingerAngles(dip=np.radians(79)), FingerAngles(dip=np.radians(81))),
        (FingerAngles(dip=np.radians(-9)), FingerAngles(dip=np.radians(-11))),
        (FingerAngles(mcp_abduction=np.radians(19)), FingerAngles(mcp_abduction=np.radians(21))),
        (
            FingerAngles(mcp_abduction=np.radians(-4.9), mcp_flexion=np.radians(90)),
            FingerAngles(mcp_abduction=np.radians(-5.1), mcp_flexion=np.radians(90)),
        ),
        (
            FingerAngles(mcp_abduction=np.radians(12.4), mcp_flexion=np.radians(45)),
            FingerAngles(mcp_abduction=np.radians(12.6), mcp_flexion=np.radians(45)),
        ),
    ],
)
def test_finger_ranges(inside: FingerAngles, outside: FingerAngles) -> None:
    for finger in LONG_FINGERS:
        assert check(HandAngles(**{finger: inside})) == []
        (line,) = check(HandAngles(**{finger: outside}))
        assert line.startswith(f"{finger}.")
        assert "°" in line


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("cmc_flexion", -20, 15),
        ("palmar_abduction", 0, 60),
        ("mcp_flexion", -10, 55),
        ("mcp_abduction", -10, 10),
        ("ip", -20, 80),
    ],
)
def test_thumb_ranges(name: str, low: float, high: float) -> None:
    for value, violations in ((low, 0), (high, 0), (low - 1, 1), (high + 1, 1)):
        angles = HandAngles(thumb=ThumbAngles(**{name: float(np.radians(value))}))
        assert len(check(angles)) == violations


def test_wrist_ranges() -> None:
    assert check(HandAngles(wrist=WristAngles(np.radians(75), np.radians(20), 1.39))) == []
    assert check(HandAngles(wrist=WristAngles(np.radians(-70), np.radians(-35), -1.39))) == []
    assert len(check(HandAngles(wrist=WristAngles(1.4, 0.4, -1.5)))) == 3


def test_an_angle_that_is_no_number_is_a_violation() -> None:
    assert len(check(HandAngles(index=FingerAngles(pip=float("nan"))))) == 1


def test_drawn_postures_are_inside_the_limits(postures: np.ndarray) -> None:
    assert [line for row in postures for line in check(HandAngles.from_vector(row))] == []


def test_drawn_postures_fill_the_ranges(postures: np.ndarray) -> None:
    low, high = limits_at(np.zeros(len(ANGLE_NAMES)))
    reached = (np.percentile(postures, 99, 0) - np.percentile(postures, 1, 0)) / np.where(
        high > low, high - low, 1
    )
    for name, share in zip(ANGLE_NAMES, reached, strict=True):
        if name.startswith(("index.cmc", "middle.cmc")):
            assert share == 0
        else:
            # The middle finger is not abducted on its own.
            assert share > (0.35 if name == "middle.mcp_abduction" else 0.5), name


def test_fingers_follow_each_other(postures: np.ndarray) -> None:
    def correlation(a: str, b: str) -> float:
        return float(np.corrcoef(column(postures, a), column(postures, b))[0, 1])

    ring_little = correlation("ring.pip", "little.pip")
    assert ring_little > 0.8
    assert ring_little > correlation("index.pip", "little.pip")
    assert correlation("middle.pip", "ring.pip") > correlation("index.pip", "ring.pip")
    for finger in LONG_FINGERS:
        ratio = column(postures, f"{finger}.dip") / column(postures, f"{finger}.pip")
        bent = column(postures, f"{finger}.pip") > np.radians(30)
        assert np.median(ratio[bent]) == pytest.approx(0.6, abs=0.08)
        assert np.std(ratio[bent]) > 0.05


def test_jitter_stays_inside_without_piling_up_at_the_limits() -> None:
    rng = np.random.default_rng(4)
    centre = np.zeros(len(ANGLE_NAMES))
    centre[angle_index("index.pip")] = np.radians(105)
    sigma = np.zeros(len(ANGLE_NAMES))
    sigma[angle_index("index.pip")] = np.radians(5)
    drawn = np.array([jitter(rng, centre, sigma)[angle_index("index.pip")] for _ in range(500)])
    assert drawn.max() <= np.radians(105)
    # Half of a normal: its mean is σ·√(2/π) inside the limit.
    inside = np.radians(105) - drawn.mean()
    assert inside == pytest.approx(np.radians(5) * np.sqrt(2 / np.pi), rel=0.15)
    centre[angle_index("index.pip")] = np.radians(106)
    with pytest.raises(ValueError, match=r"index\.pip 106\.0°"):
        jitter(rng, centre, sigma)


def test_the_nearest_vector_inside() -> None:
    vector = np.full(len(ANGLE_NAMES), 9.0)
    inside = into_limits(vector)
    assert check(HandAngles.from_vector(inside)) == []
    assert inside[angle_index("ring.mcp_abduction")] == pytest.approx(np.radians(5))
    np.testing.assert_array_equal(into_limits(inside), inside)


def test_same_generator_same_posture() -> None:
    first, second = (sample_angles(np.random.default_rng(8)) for _ in range(2))
    assert first == second
