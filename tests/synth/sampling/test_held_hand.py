from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.spatial import cKDTree

from synth.errors import UserError
from synth.hand.model import load_hand_model
from synth.manifest import Manifest
from synth.sampling import held_hand
from synth.sampling.draws import Draws
from synth.sampling.held_hand import held_thing
from synth.scene import Kind, Scene
from synth.things.kinds import kinds_of, thing_mesh
from tests.synth.sampling.posed import at, hands_of

Plans = Callable[[Kind], list[Scene]]


def own_place(scene: Scene, moment_index: int) -> np.ndarray:
    """(4, 4) of the held thing in the hand's own frame."""
    moment = scene.frames[moment_index].moment
    mirror = np.diag([-1.0 if scene.hands[0].side == "left" else 1.0, 1.0, 1.0, 1.0])
    hand = np.array(moment.hands[0].wrist_to_world) @ mirror
    return np.linalg.inv(hand) @ np.array(moment.things[0])


def test_the_thing_stays_in_the_hand(scenes_of: Plans) -> None:
    for scene in scenes_of("held"):
        first, second = (own_place(scene, number) for number in range(2))
        np.testing.assert_allclose(first, second, atol=1e-9)
        assert np.linalg.det(first[:3, :3]) == pytest.approx(1.0)
        poses = [frame.moment.hands[0] for frame in scene.frames]
        # The fingers stay closed; the wrist bends.
        assert poses[0].bones == poses[1].bones


def test_hands_touch_what_they_hold(scenes_of: Plans) -> None:
    for scene in scenes_of("held"):
        moment = scene.frames[0].moment
        (hand,) = hands_of(scene, moment)
        vertices = at(np.array(moment.things[0]), thing_mesh(scene.things[0]).vertices)
        quads = thing_mesh(scene.things[0]).quads
        surface = np.concatenate([vertices, vertices[quads].mean(1)])
        # Corners and middles of its faces, which may be centimetres apart, and vertices of skin.
        assert cKDTree(surface).query(hand.skin)[0].min() < 0.02
        assert scene.contacts.worst_depth < 0.004


def test_only_the_manifests_things_are_held(make_manifest: Callable[..., Manifest]) -> None:
    shape = load_hand_model().shape()
    manifest = make_manifest(things={"kinds": ["mug", "ball"]})
    kinds = {held_thing(Draws(manifest, n), "grasp", shape)[0].kind for n in range(4)}
    assert kinds <= {"mug", "ball"}
    thing, grasp = held_thing(Draws(manifest, 0), "grasp", shape)
    again, same = held_thing(Draws(manifest, 0), "grasp", shape)
    assert (thing, grasp.redraws) == (again, same.redraws)
    np.testing.assert_array_equal(grasp.thing_to_wrist, same.thing_to_wrist)
    assert thing.role == "held"
    assert {"mug", "ball"} <= set(kinds_of("held"))


def test_things_that_no_hand_can_hold_are_the_users_error(
    make_manifest: Callable[..., Manifest], monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(*kinds: str) -> None:
        things = {"kinds": list(kinds)} if kinds else {}
        held_thing(Draws(make_manifest(things=things), 0), "grasp", load_hand_model().shape())

    with pytest.raises(UserError, match=r"things\.kinds: no hand can hold table, unicorn"):
        ask("mug", "unicorn", "table")
    # Sequence 0 is in train.
    with pytest.raises(UserError, match=r"things\.kinds: .*kept for the test split"):
        ask("paper_cup")
    monkeypatch.setattr(held_hand, "sample_grasp", lambda *args: None)
    with pytest.raises(UserError, match=r"things\.kinds: .*name others"):
        ask()
