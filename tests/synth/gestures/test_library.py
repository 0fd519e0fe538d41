"""The gesture library as data, and its postures against what they are on a hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from synth.errors import UserError
from synth.gestures.library import (
    find_gesture,
    gesture_library,
    load_gestures,
    sample_gesture,
)
from synth.hand.joint_angles import HandAngles, angles_to_rotations
from synth.hand.limits import check
from synth.hand.model import forward_kinematics, landmarks_of, load_hand_model
from synth.landmarks import LANDMARKS, LONG_FINGERS

SHAPE = load_hand_model().shape()

#: Long fingers that a person sees stretched out.
STRETCHED = {
    "fist": "",
    "open_palm": "index middle ring little",
    "point": "index",
    "victory": "index middle",
    "three": "index middle ring",
    "four": "index middle ring little",
    "thumbs_up": "",
    "rock": "index little",
    "ily": "index little",
    "call": "little",
    "american_3": "index middle ring",
    "european_3": "index middle",
    "chinese_6": "little",
    "chinese_8": "index",
    "asl_b": "index middle ring little",
    "asl_d": "index",
    "asl_f": "middle ring little",
    "asl_i": "little",
    "asl_l": "index",
    "asl_u": "index middle",
    "asl_w": "index middle ring",
    "asl_y": "little",
}


def landmarks(angles: HandAngles) -> dict[str, np.ndarray]:
    bones = forward_kinematics(SHAPE, angles_to_rotations(SHAPE, angles))
    return dict(zip(LANDMARKS, landmarks_of(bones), strict=True))


def test_there_are_enough_gestures_and_all_are_possible() -> None:
    library = gesture_library()
    assert len(library) >= 40
    for name, gesture in library.items():
        assert gesture.name == name
        assert check(gesture.angles) == []


@pytest.mark.parametrize("name", sorted(STRETCHED))
def test_the_stretched_fingers_are_those_that_are_seen(name: str) -> None:
    at = landmarks(find_gesture(name).angles)
    seen = []
    for finger in LONG_FINGERS:
        reach = np.linalg.norm(at[f"{finger}_tip"] - at["wrist"])
        knuckle = np.linalg.norm(at[f"{finger}_mcp"] - at["wrist"])
        if reach > 1.5 * knuckle:
            seen.append(finger)
    assert " ".join(seen) == STRETCHED[name]


def test_the_thumb_lies_over_the_fist_not_in_it() -> None:
    at = landmarks(find_gesture("fist").angles)
    # In front of (palmar to) the middle phalanges it lies on, and between index and ring.
    assert at["thumb_tip"][2] > max(at["index_dip"][2], at["middle_dip"][2])
    assert at["ring_pip"][0] < at["thumb_tip"][0] < at["index_pip"][0] + 0.01


def test_fingers_of_a_fist_converge() -> None:
    open_hand, fist = (landmarks(find_gesture(n).angles) for n in ("open_palm", "fist"))

    def width(at: dict[str, np.ndarray]) -> float:
        return float(np.linalg.norm(at["index_tip"] - at["little_tip"]))

    knuckles = np.linalg.norm(fist["index_mcp"] - fist["little_mcp"])
    assert width(fist) < knuckles < width(open_hand)


def test_a_raised_thumb_points_away_from_the_little_finger() -> None:
    at = landmarks(find_gesture("thumbs_up").angles)
    along = at["thumb_tip"] - at["thumb_mcp"]
    assert along[0] / np.linalg.norm(along) > 0.7
    assert find_gesture("thumbs_up").up == "thumb"
    assert find_gesture("thumbs_down").up == "little"


def test_vulcan_parts_between_middle_and_ring() -> None:
    at = landmarks(find_gesture("vulcan").angles)
    gaps = [
        np.linalg.norm(at[f"{a}_tip"] - at[f"{b}_tip"])
        for a, b in (("index", "middle"), ("middle", "ring"), ("ring", "little"))
    ]
    assert gaps[1] > 1.3 * gaps[0]


@pytest.mark.parametrize("name", sorted(gesture_library()))
def test_variations_are_possible_and_vary(name: str) -> None:
    rng = np.random.default_rng(0)
    drawn = np.stack([sample_gesture(rng, name).to_vector() for _ in range(12)])
    assert [line for row in drawn for line in check(HandAngles.from_vector(row))] == []
    middle = find_gesture(name).angles.to_vector()
    assert np.degrees(np.abs(drawn - middle).max()) < 5 * 4 * 1.7
    assert np.degrees(drawn.std(0).max()) > 2


def test_an_unknown_name_is_refused_with_those_there_are() -> None:
    with pytest.raises(UserError, match=r"no gesture 'fits'.*fist"):
        find_gesture("fits")


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("{all: [0, 0, 0], thumb: [0, 0, 0, 0]}", "thumb: 4 angles, not 5"),
        ("{index: [0, 0, 0], thumb: [0, 0, 0, 0, 0]}", "middle is missing"),
        ("{all: crooked, thumb: [0, 0, 0, 0, 0]}", "there is no 'crooked'"),
        ("{all: [0, 140, 0], thumb: [0, 0, 0, 0, 0]}", r"index\.pip 140\.0°"),
        ("{all: [0, 0, 0], thumb: [0, 0, 0, 0, 0], touch: [[nose, thumb_pad]]}", "touch"),
        ("{all: [0, 0, 0], thumb: [0, 0, 0, 0, 0], colour: red}", "wave.colour"),
        ("{all: [0, 0, 0], thumb: [0, 0, 0, 0, 0], up: left}", "wave.up"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, entry: str, reason: str) -> None:
    path = tmp_path / "gestures.yaml"
    path.write_text(f"spreads: {{natural: [0, 0, 0, 0]}}\ngestures:\n  wave: {entry}\n")
    with pytest.raises(UserError, match=reason) as error:
        load_gestures(path)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


def test_a_gesture_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "gestures.yaml"
    path.write_text(
        "gestures:\n  wave: {all: [10, 20, 5], thumb: [1, 2, 3, 4, 5], spread: [9, 0, 0, -9],"
        " cup: 0.5, wrist: [20, -5], touch: [[thumb_pad, index_pad+middle_pad]]}\n"
    )
    gesture = load_gestures(path)["wave"]
    angles = gesture.angles
    assert np.degrees(angles.ring.pip) == pytest.approx(20)
    assert np.degrees(angles.little.mcp_abduction) == pytest.approx(-9)
    assert np.degrees(angles.little.cmc_flexion) == pytest.approx(11)
    assert np.degrees(angles.thumb.ip) == pytest.approx(5)
    assert np.degrees(angles.wrist.deviation) == pytest.approx(-5)
    assert gesture.wrist
    assert gesture.touches == (("thumb_pad", "index_pad+middle_pad"),)
