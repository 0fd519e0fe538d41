"""Gradients against finite differences, and what a step grants."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from synth.gestures.library import find_gesture
from synth.hand.joint_angles import HandAngles
from synth.hand.limits import check
from synth.hand.model import load_hand_model
from synth.interaction.places import place_of, spot_of
from synth.interaction.posed import PosedHand, pair_skin, posed_hand
from synth.interaction.wishes import ANGLES, VARIABLES, Wishes, take_step
from synth.rotations import coordinate_rotation, rotation_about
from synth.scene import Side

MODEL = load_hand_model()
SKIN = pair_skin(MODEL, MODEL.shape())
ANGLE_STEP = 1e-5


def hand_at(vector: np.ndarray, side: Side, place: np.ndarray) -> PosedHand:
    return posed_hand(SKIN, HandAngles.from_vector(vector), side, place)


@pytest.mark.parametrize("side", ["left", "right"])
def test_places_move_as_their_gradients_say(side: Side) -> None:
    vector = find_gesture("pinch").angles.to_vector()
    place = np.eye(4)
    place[:3, :3], place[:3, 3] = coordinate_rotation(1, 0.7), (0.03, 0.01, 0.05)
    pivot = np.array([0.02, 0.05, 0.03])
    wishes = Wishes(pivot)
    named = (place_of(SKIN, "index_pad"),)
    spot = spot_of(hand_at(vector, side, place), named)
    gradient = wishes.motion(1, spot.point[None], spot.velocity[None])[0]
    assert gradient.shape == (3, VARIABLES)
    assert not gradient[:, :ANGLES].any()
    for i in range(ANGLES):
        moved = vector.copy()
        moved[i] += ANGLE_STEP
        after = spot_of(hand_at(moved, side, place), named).point
        slope = (after - spot.point) / ANGLE_STEP
        if i >= ANGLES - 3:  # the wrist stands still, the forearm moves
            slope = np.zeros(3)
        assert gradient[:, ANGLES + i] == pytest.approx(slope, abs=2e-5)
    for axis in range(3):
        turn = np.eye(4)
        turn[:3, :3] = rotation_about(np.eye(3)[axis], ANGLE_STEP)
        turn[:3, 3] = pivot - turn[:3, :3] @ pivot
        after = spot_of(hand_at(vector, side, turn @ place), named).point
        slope = (after - spot.point) / ANGLE_STEP
        assert gradient[:, 2 * ANGLES + axis] == pytest.approx(slope, abs=2e-5)


def quiet() -> Wishes:
    wishes = Wishes(np.zeros(3))
    wishes.wish(np.zeros((1, VARIABLES)), np.zeros(1))
    return wishes


def test_a_step_grants_a_wish_and_moves_the_second_hand() -> None:
    wishes = quiet()
    wishes.wish(np.eye(VARIABLES)[-1:] * 0.1, np.array([0.004]))
    vector, place = take_step(wishes, np.zeros(2 * ANGLES), np.eye(4))
    assert place[:3, 3] == pytest.approx([0, 0, 0.004], abs=5e-5)
    assert vector == pytest.approx(np.zeros(2 * ANGLES))


def test_a_bound_stops_what_would_break_it_and_nothing_else() -> None:
    pull = np.eye(VARIABLES)[-3:] * 0.1
    free, held = quiet(), quiet()
    for wishes in (free, held):
        wishes.wish(pull[:1], np.array([0.006]), 0.5)
    free.bound(-pull[:1], np.array([-0.02]))
    held.bound(-pull[:1], np.array([-0.001]))
    moved = [take_step(w, np.zeros(2 * ANGLES), np.eye(4))[1][0, 3] for w in (free, held)]
    assert moved[0] == pytest.approx(0.006, abs=2e-4)
    assert 0.0005 < moved[1] < 0.0018


def test_a_step_stays_inside_the_limits() -> None:
    wishes = quiet()
    rows = np.eye(VARIABLES)[: 2 * ANGLES]
    wishes.wish(rows, np.ones(2 * ANGLES))
    vector = np.tile(HandAngles().to_vector(), 2)
    for _ in range(12):
        vector, _ = take_step(wishes, vector, np.eye(4))
    for part in (vector[:ANGLES], vector[ANGLES:]):
        angles = HandAngles.from_vector(part)
        assert check(angles) == []
        assert angles.middle.pip > 1.5
        assert angles.wrist == replace(angles.wrist, flexion=0.0, deviation=0.0, pronation=0.0)
