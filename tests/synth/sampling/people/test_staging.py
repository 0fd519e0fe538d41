"""Whole scenes with people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.spatial import cKDTree

from synth.body.bones import BODY_BONES
from synth.body.model import load_body_model
from synth.hand.model import load_hand_model
from synth.manifest import Manifest, People
from synth.rotations import quaternion_of
from synth.sampling.draws import Draws
from synth.sampling.people import actor, staging
from synth.sampling.people.staging import stage_people
from synth.sampling.staged import Staged
from synth.scene import Kind, Moment, Scene
from tests.synth.sampling.posed import bodies_of, hands_of

Plans = Callable[[Kind], list[Scene]]


def test_hands_of_a_pair_touch(scenes_of: Plans) -> None:
    """Skin within 8 mm, of the two hands that share the interaction's name."""
    for scene in scenes_of("pair"):
        frame = scene.frames[0]
        hands = hands_of(scene, frame.moment)
        joined = [i for i, name in enumerate(frame.gestures) if frame.gestures.count(name) == 2]
        assert len(joined) >= 2
        if len(scene.bodies) == 2:
            first, second = (scene.bodies[k].hands for k in (0, 1))
            joined = [i for i in joined if frame.gestures[i] == shared(frame.gestures)]
            assert any(i in first for i in joined)
            assert any(i in second for i in joined)
        gap = cKDTree(hands[joined[0]].skin).query(hands[joined[-1]].skin)[0].min()
        assert gap < 0.008


def shared(gestures: tuple[str | None, ...]) -> str | None:
    """The name that a hand of either person has."""
    common = set(gestures[:2]) & set(gestures[2:]) - {"relaxed"}
    return next(iter(common)) if common else None


def test_skin_stretches_at_joints_not_along_limbs(scenes_of: Plans) -> None:
    model = load_body_model()
    own = np.setdiff1d(np.arange(len(model.template)), model.hand_vertices)
    edges = model.quads[np.isin(model.quads, own).all(1)][:, :2]
    for scene in (*scenes_of("people")[:3], *scenes_of("pair")[:2]):
        skins = bodies_of(scene, scene.frames[0].moment)
        for body, skin in zip(scene.bodies, skins, strict=True):
            rest = model.shape(load_hand_model(), body.phenotype, body.face).vertices
            before, after = (
                np.linalg.norm(v[edges[:, 0]] - v[edges[:, 1]], axis=1) for v in (rest, skin)
            )
            assert 0.93 < np.median(after / before) < 1.07
            assert np.quantile(after / before, 0.99) < 2.2


def test_all_settings_come_and_second_people(make_manifest: Callable[..., Manifest]) -> None:
    """Drawn from the component's own generator: nothing else is planned here."""
    seen: list[tuple[str, int, bool]] = []

    def note(draws: Draws, kind: Kind, setting: str, actors: list[Any], hidden: bool) -> None:
        seen.append((setting, len(actors), hidden))

    people = {
        "webcam": 0.3, "phone": 0.2, "room": 0.2, "desk": 0.1, "egocentric": 0.2,
        "second_share": 0.5, "hidden_share": 0.2,
    }  # fmt: skip
    manifest = make_manifest(sequences=400, people=people)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(staging, "_stage", note)
        patch.setattr(staging, "sample_actor", lambda *args: type("A", (), {"holdings": {}}))
        for sequence in range(400):
            stage_people(Draws(manifest, sequence))
    for name in ("webcam", "phone", "room", "desk", "egocentric"):
        share = np.mean([setting == name for setting, _, _ in seen])
        assert share == pytest.approx(people[name], abs=0.08)
    crowds = [(setting, count) for setting, count, _ in seen]
    assert all(count == 1 for setting, count in crowds if setting in ("desk", "egocentric"))
    others = [count for setting, count in crowds if setting in ("webcam", "phone", "room")]
    assert np.mean(np.array(others) == 2) == pytest.approx(0.5, abs=0.1)
    assert np.mean([hidden for _, _, hidden in seen]) == pytest.approx(0.2, abs=0.07)


def moving(scenes: list[Scene]) -> list[tuple[Scene, Moment, Moment, Moment, float]]:
    return [
        (scene, frame.shutter_open, frame.moment, frame.shutter_close, frame.shutter)
        for scene in scenes
        for frame in scene.frames
        if frame.shutter_open is not None and frame.shutter_close is not None
    ]


def test_hands_swing_about_their_elbows_while_the_shutter_is_open(scenes_of: Plans) -> None:
    blurred = moving(scenes_of("people"))
    assert blurred
    speeds = []
    for scene, opened, middle, closed, shutter in blurred:
        assert opened.bodies == middle.bodies == closed.bodies
        for number in range(len(scene.hands)):
            matrices = [np.array(m.hands[number].wrist_to_world) for m in (opened, middle, closed)]
            if np.array_equal(matrices[0], matrices[1]):
                continue  # it touches another one
            turn = matrices[2] @ np.linalg.inv(matrices[1])
            back = matrices[0] @ np.linalg.inv(matrices[1])
            # There and back about the same point: the turns undo each other.
            np.testing.assert_allclose(turn @ back, np.eye(4), atol=1e-9)
            angle = 2 * np.arccos(np.clip(quaternion_of(turn[:3, :3])[0], -1, 1))
            speeds.append(angle / (shutter / 2))
            # What stays where it is lies a forearm from the wrist.
            still = np.linalg.svd(turn[:3, :3] - np.eye(3))[2][-1]
            offset = np.linalg.lstsq(np.eye(3) - turn[:3, :3], turn[:3, 3], rcond=None)[0]
            wrist = matrices[1][:3, 3] - offset
            away = wrist - still * (still @ wrist)
            assert np.linalg.norm(away) < 0.33
            assert opened.hands[number].bones == middle.hands[number].bones
    # Three rad/s along each axis: a mean of 4.8.
    assert 2.0 < np.mean(speeds) < 8.0


def test_hands_that_touch_do_not_swing_into_each_other(scenes_of: Plans) -> None:
    blurred = moving(scenes_of("pair"))
    assert blurred
    for scene, opened, middle, _, _ in blurred:
        still = [
            before.wrist_to_world == now.wrist_to_world
            for before, now in zip(opened.hands, middle.hands, strict=True)
        ]
        assert sum(still) == 2
        if len(scene.hands) == 4:
            assert sum(still[:2]) == 1


def test_held_things_go_with_their_hands(scenes_of: Plans) -> None:
    checked = 0
    for scene, opened, middle, closed, _ in moving(scenes_of("people")):
        for number, hand in enumerate(scene.hands):
            if hand.holds is None:
                continue
            own = [
                np.linalg.inv(np.array(m.hands[number].wrist_to_world)) @ m.things[hand.holds]
                for m in (opened, middle, closed)
            ]
            np.testing.assert_allclose(own[0], own[1], atol=1e-9)
            np.testing.assert_allclose(own[2], own[1], atol=1e-9)
            checked += 1
    for scene in scenes_of("people"):
        for frame in scene.frames:
            tables = [
                np.array(place)
                for thing, place in zip(scene.things, frame.moment.things, strict=True)
                if thing.role == "furniture"
            ]
            first = scene.frames[0].moment.things
            assert all(any(np.array_equal(t, np.array(f)) for f in first) for t in tables)
    assert checked


def test_two_people_of_a_pair_are_apart(scenes_of: Plans) -> None:
    model = load_body_model()
    arms = [i for i, bone in enumerate(BODY_BONES) if "arm" in bone or "should" in bone]
    trunk = np.flatnonzero(~np.isin(model.weights.argmax(1), arms) & ~model.is_eye)
    gaps = [
        cKDTree(first[trunk]).query(second[trunk])[0].min()
        for first, second in (
            bodies_of(scene, scene.frames[0].moment)
            for scene in scenes_of("pair")
            if len(scene.bodies) == 2
        )
    ]
    # 6 cm between places of the skin that are some centimetres apart themselves.
    assert gaps
    assert min(gaps) > 0.05


#: What a scene with people draws, each from a generator of its own name.
COMPONENTS = [
    (actor, "sample_body_look"),
    (actor, "sample_table"),
    (actor, "sample_worn"),
    (actor, "held_thing"),
    (staging, "sample_on_table"),
    (staging, "sample_shutters"),
    (staging, "act"),
    (staging, "sample_people_cameras"),
    (staging, "_sample_swings"),
]


@pytest.fixture(scope="module")
def plain(manifest_of: Callable[[Kind], Manifest]) -> tuple[Manifest, int, Staged]:
    """A scene in which somebody holds something at a table."""
    manifest = manifest_of("people").model_copy(
        update={"people": People(desk=1.0, webcam=0.0, phone=0.0, room=0.0, egocentric=0.0,
                                 held_share=0.5, pair_share=0.0, hidden_share=0.0)}
    )  # fmt: skip
    for sequence in range(8):
        staged = stage_people(Draws(manifest, sequence))
        if any(thing.role == "held" for thing in staged.things):
            return manifest, sequence, staged
    raise AssertionError("nobody holds anything")


@pytest.mark.parametrize(("module", "name"), COMPONENTS, ids=[name for _, name in COMPONENTS])
def test_more_draws_of_one_component_change_no_other(
    plain: tuple[Manifest, int, Staged], monkeypatch: pytest.MonkeyPatch, module: Any, name: str
) -> None:
    manifest, sequence, staged = plain
    original = getattr(module, name)
    calls = []

    def greedy(first: Any, *args: Any) -> Any:
        drawn = original(first, *args)
        calls.append(name)
        for argument in (first, *args):
            if isinstance(argument, np.random.Generator):
                argument.random(5)
        return drawn

    monkeypatch.setattr(module, name, greedy)
    assert stage_people(Draws(manifest, sequence)) == staged
    assert calls


def test_fewer_people_change_nothing_for_the_first(make_manifest: Callable[..., Manifest]) -> None:
    """A second person beside the first draws from generators of its own."""
    people = {"webcam": 0.0, "phone": 0.0, "room": 1.0, "desk": 0.0, "egocentric": 0.0}

    def staged(share: float) -> Staged:
        return stage_people(Draws(make_manifest(people={**people, "second_share": share}), 1))

    alone, together = staged(0.0), staged(1.0)
    assert (len(alone.bodies), len(together.bodies)) == (1, 2)
    assert together.bodies[0] == alone.bodies[0]
    assert together.hands[:2] == alone.hands
    assert [f.moment.hands[:2] for f in together.frames] == [f.moment.hands for f in alone.frames]
