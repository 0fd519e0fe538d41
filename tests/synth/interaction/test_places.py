"""Places lie on the skin where their names say."""

from __future__ import annotations

import numpy as np
import pytest

from synth.gestures.library import find_gesture
from synth.hand.joint_angles import HandAngles
from synth.hand.model import load_hand_model
from synth.interaction.contact import nearest_skin
from synth.interaction.places import PLACES, place_of, spot_of
from synth.interaction.posed import pair_skin, posed_hand

MODEL = load_hand_model()
CHILD = MODEL.shape({"age": 0.35})


@pytest.mark.parametrize("shape", [MODEL.shape(), CHILD], ids=["adult", "child"])
def test_places_lie_on_the_skin_and_their_directions_lead_out(shape: object) -> None:
    skin = pair_skin(MODEL, shape)  # type: ignore[arg-type]
    hand = posed_hand(skin, find_gesture("open_palm_spread").angles, "right", np.eye(4))
    rest = np.concatenate([skin.shape.bone_rest, skin.shape.arm_rest])
    for name in PLACES:
        place = place_of(skin, name)
        point = rest[place.bone] @ [*place.point, 1.0]
        gap = np.abs(skin.shape.vertices - point[:3]).max(1).min()
        assert gap < 0.013, name
        if name == "web":
            continue  # skin between two bones that moves with both
        spot = spot_of(hand, (place,))
        outside = nearest_skin(hand, (spot.point + 0.004 * spot.normal)[None])
        assert outside.distance[0] > 0, name


def test_names_mean_sides_of_the_hand() -> None:
    skin = pair_skin(MODEL, MODEL.shape())
    hand = posed_hand(skin, HandAngles(), "right", np.eye(4))

    def at(name: str) -> np.ndarray:
        return spot_of(hand, (place_of(skin, name),)).point

    assert at("palm")[2] > 0.005 > -0.005 > at("back")[2]
    assert at("radial_edge")[0] > 0.02 > -0.02 > at("edge")[0]
    assert at("wrist_radial")[0] > 0.015 > -0.015 > at("wrist_ulnar")[0]
    assert at("wrist_front")[2] > 0.01 > -0.01 > at("wrist_back")[2]
    assert at("heel")[1] < at("palm")[1] < at("middle_mount")[1] < at("middle_pad")[1]
    assert at("index_far_side")[0] < at("index_side")[0]


def test_a_shift_moves_a_place_over_the_skin_and_not_off_the_hand() -> None:
    skin = pair_skin(MODEL, MODEL.shape())
    here, there = place_of(skin, "palm"), place_of(skin, "palm", (0.01, 0.0))
    assert there.point[1] - here.point[1] == pytest.approx(0.01)
    assert there.point[2] == pytest.approx(here.point[2], abs=0.008)
    assert np.isfinite(place_of(skin, "palm", (0.0, 0.5)).point).all()


def test_an_unknown_place_is_refused() -> None:
    with pytest.raises(KeyError):
        place_of(pair_skin(MODEL, MODEL.shape()), "elbow")
