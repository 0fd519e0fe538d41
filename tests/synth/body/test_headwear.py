"""That what is worn on the head fits it: glasses before the eyes, hats above them."""

from __future__ import annotations

import numpy as np
import pytest

from synth.body.eyewear import frame_of
from synth.body.headwear import headpiece
from synth.body.measures import limbs_of
from synth.body.rigid import Carried, fitted
from synth.rotations import rotation_about
from synth.scene import Eyewear, Headwear
from tests.synth.body.people import PLAIN, average, drawn_look, drawn_shape, skull


def headwear(kind: str, seed: int = 4) -> Headwear:
    return Headwear(kind=kind, surface=PLAIN, size=0.009, seed=seed)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(6))
def test_dark_lenses_lie_before_the_eyes(seed: int) -> None:
    model, _ = average()
    look = drawn_look(seed)
    shape = drawn_shape(look)
    eyewear = Eyewear(kind="sunglasses", color=(0.0, 0.0, 0.0), seed=seed)
    frame, lenses = frame_of(model, shape, eyewear)
    assert lenses is not None
    for side in (-1, 1):
        own = model.is_eye & (shape.vertices[:, 0] * side > 0)
        eye = shape.vertices[own]
        lens = lenses.points[lenses.points[:, 0] * side > 0]
        low, high = lens.min(0), lens.max(0)
        centre = eye.mean(0)
        assert low[0] < centre[0] < high[0]
        assert low[2] < centre[2] < high[2]
        assert lens[:, 1].mean() < eye[:, 1].min() - 0.003
        assert low[1] > eye[:, 1].min() - 0.035
    np.testing.assert_allclose(frame.points[:, 0].min(), -frame.points[:, 0].max(), atol=1e-4)
    ears = shape.vertices[limbs_of(model).head > 0.5]
    assert frame.points[:, 1].max() > ears[:, 1].min() + 0.08  # the temples reach back


def test_clear_glasses_have_no_lenses() -> None:
    eyewear = Eyewear(kind="glasses", color=(0.0, 0.0, 0.0), seed=1)
    assert frame_of(*average(), eyewear)[1] is None


@pytest.mark.parametrize("kind", ["cap", "beanie", "hat"])
def test_hats_sit_above_the_brows_and_outside_the_skull(kind: str) -> None:
    model, shape = average()
    piece = headpiece(model, shape, headwear(kind)).stiff
    assert piece is not None
    eyes = shape.vertices[model.is_eye]
    front = piece.points[(piece.points[:, 1] < eyes[:, 1].mean()) & (piece.points[:, 2] < 0.85)]
    peak = 0.015 if kind == "cap" else 0.0  # which may hang a little
    assert front[:, 2].min() > eyes[:, 2].max() - peak
    assert piece.points[:, 2].max() > skull(model, shape)[:, 2].max() + 0.004
    assert piece.sizes.sum() == len(piece.corners) == len(piece.uv)
    assert piece.corners.max() < len(piece.points)


def test_a_peak_is_in_front() -> None:
    model, shape = average()
    piece = headpiece(model, shape, headwear("cap")).stiff
    assert piece is not None
    assert piece.points[:, 1].min() < skull(model, shape)[:, 1].min() - 0.02
    assert piece.points[:, 1].max() < skull(model, shape)[:, 1].max() + 0.03


@pytest.mark.parametrize("kind", ["scarf", "hood"])
def test_scarf_and_hood_leave_the_face(kind: str) -> None:
    model, shape = average()
    piece = headpiece(model, shape, headwear(kind))
    assert piece.cloth is not None
    places = piece.cloth.patch.rows @ shape.vertices
    eyes = shape.vertices[model.is_eye]
    gap = np.linalg.norm(places[:, None] - eyes[::12], axis=-1).min()
    assert gap > 0.015
    # Ears and the back of the head are covered, and not drawn.
    back = (limbs_of(model).head > 0.9) & (shape.vertices[:, 1] > 0.02)
    covered = np.zeros(len(shape.vertices), bool)
    covered[model.quads[piece.hidden].ravel()] = True
    assert covered[back].mean() > 0.95


def test_headphones_lie_on_the_ears() -> None:
    model, shape = average()
    piece = headpiece(model, shape, headwear("headphones")).stiff
    assert piece is not None
    wide = np.abs(skull(model, shape)[:, 0]).max()
    assert wide < piece.points[:, 0].max() < wide + 0.04
    assert piece.points[:, 2].max() > skull(model, shape)[:, 2].max()


def test_a_rigid_motion_is_found() -> None:
    _, shape = average()
    carried = Carried(np.arange(0, 4000, 7), shape.vertices)
    turn = rotation_about(np.array([0.6, 0.0, 0.8]), 2.1)
    matrix = fitted(carried, shape.vertices @ turn.T + [0.1, -2.0, 0.4])
    np.testing.assert_allclose(matrix[:3, :3], turn, atol=1e-9)
    np.testing.assert_allclose(matrix[:3, 3], [0.1, -2.0, 0.4], atol=1e-9)
