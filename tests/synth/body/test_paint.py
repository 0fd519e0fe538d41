"""The body's maps: where lips and brows are, and that arms match the hands' own maps."""

from __future__ import annotations

import numpy as np
import pytest

from synth.body import head_regions as head
from synth.body import paint
from synth.body.elbow import elbow_skin
from synth.body.eye import eye_image, eye_uv
from synth.hand.model import load_hand_model
from synth.skin.bake import ensure_skin_maps
from synth.skin.color import SKINS, srgb_to_lab
from tests.synth.body.people import average


@pytest.fixture(scope="module")
def canvas() -> paint.Canvas:
    return paint.canvas(average()[0], 256)


def test_lips_are_at_the_mouth(canvas: paint.Canvas) -> None:
    lips = canvas.texels.position[canvas.lips > 0.5]
    assert len(lips) > 10
    assert np.linalg.norm(lips - head.MOUTH, axis=1).max() < 0.045
    assert abs(np.median(lips[:, 0])) < 0.004


@pytest.mark.parametrize("name", ["tan"])
def test_arms_take_the_hands_colour_over(canvas: paint.Canvas, name: str) -> None:
    model, _ = average()
    maps = ensure_skin_maps()
    lab = srgb_to_lab(paint.color_image(canvas, maps, name))
    hand = paint._hand_colors(load_hand_model(), maps, name)
    for index in range(2):
        elbow = elbow_skin(model, index)
        ring = head.average_skin(model)[elbow.ring]
        points = canvas.texels.position
        near = np.linalg.norm(points[:, None] - ring, axis=-1).argmin(0)
        difference = np.abs(lab[near].mean(0) - hand[elbow.in_hand].mean(0))
        assert difference.max() < 1.5


def test_skins_get_darker(canvas: paint.Canvas) -> None:
    maps = ensure_skin_maps()
    shades = (srgb_to_lab(paint.color_image(canvas, maps, name)) for name in SKINS[::2])
    means = [shade[:, 0].mean() for shade in shades]
    assert np.all(np.diff(means) < -2)


def test_masks_are_where_they_should_be(canvas: paint.Canvas) -> None:
    points = canvas.texels.position
    on_head = canvas.texels.weights[:, 0] > 0.5
    blood, lips, beard, spots = paint.face_masks(canvas).T
    brows, lashes, scalp, lids = paint.hair_masks(canvas).T
    for mask in (blood, lips, beard, spots, brows, lashes, scalp, lids):
        assert mask.min() >= 0
        assert mask.max() <= 1.001
    for mask in (lips, brows, lashes, lids):
        assert (mask[~on_head] < 0.5).all()
    assert (points[beard > 0.3, 2] < 0.71).all()
    assert (points[scalp > 0.5, 2] > 0.62).all()
    assert beard[np.linalg.norm(points - head.CHIN, axis=1).argmin()] > 0.3
    assert scalp[points[:, 2].argmax()] > 0.3


def test_pupils_look_ahead() -> None:
    model, _ = average()
    uv = eye_uv(model)[model.is_eye]
    points = head.average_skin(model)[model.is_eye]
    front = points[:, 1].argmin()
    assert np.linalg.norm(uv[front] - 0.5) < 0.12
    iris, shade, white = np.moveaxis(eye_image(64), -1, 0)
    assert iris[32, 32] == pytest.approx(1.0)
    assert shade[32, 32] == pytest.approx(0.0, abs=0.01)
    assert iris[2, 32] == 0
    assert white.min() > 0.2
