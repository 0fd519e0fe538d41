"""Cross sections against points strewn over the skin."""

from __future__ import annotations

import numpy as np
import pytest

from synth.hand.model import HandModel, load_hand_model
from synth.worn.section import skin_radius, stiff
from tests.synth.worn.skins import person, strewn

ANGLES = np.linspace(0, 2 * np.pi, 48, endpoint=False)


@pytest.fixture(scope="module")
def model() -> HandModel:
    return load_hand_model()


@pytest.mark.parametrize(
    ("bone", "along"),
    [("ring_proximal", 0.023), ("thumb_proximal", 0.018), ("forearm_distal", 0.05)],
)
def test_radius_is_where_the_skin_is(model: HandModel, bone: str, along: float) -> None:
    shape = person(model, 1)
    points = strewn(model, shape, bone)
    slice_ = points[np.abs(points[:, 1] - along) < 0.0003]
    assert len(slice_) > 100
    # Angles are counted from +Z to +X.
    angle = np.arctan2(slice_[:, 0], slice_[:, 2])
    reach = np.hypot(slice_[:, 0], slice_[:, 2])
    fine = np.linspace(0, 2 * np.pi, 720, endpoint=False)
    radius = skin_radius(model, shape, bone, np.array([along]), fine)[0]
    found = np.interp(angle, fine, radius, period=2 * np.pi)
    assert np.abs(found - reach).max() < 0.0006
    assert np.abs(found - reach).mean() < 0.0001


def test_no_skin_no_radius(model: HandModel) -> None:
    with pytest.raises(ValueError, match="no skin"):
        skin_radius(model, model.shape(), "ring_proximal", np.array([0.3]), ANGLES)


def test_a_stiff_curve_lets_the_skin_out_by_what_it_cuts() -> None:
    skin = 0.01 + 0.001 * np.cos(2 * ANGLES) + 0.0004 * np.cos(7 * ANGLES)
    for orders in (0, 2, 4):
        curve = stiff(skin, orders, 0.0002)
        assert (skin - curve).max() == pytest.approx(0.0002)
        assert np.abs(np.fft.rfft(curve)[orders + 1 :]).max() < 1e-12
    np.testing.assert_allclose(stiff(skin, 0, 0.0), skin.max())
