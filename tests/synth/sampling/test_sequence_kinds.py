"""Planned sequences of every kind: what belongs together goes together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest

from synth.landmarks import BONES
from synth.manifest import Lights, Manifest, Scenes
from synth.sampling.sequence import plan_scene, sample_kind
from synth.sampling.things import HELD_OUT_KINDS
from synth.scene import KINDS, Kind, Moment, Scene
from synth.seeding import component_rng
from synth.splits import hdris_of
from synth.things.kinds import KINDS as THINGS
from tests.synth.sampling.posed import centre_of, hands_of, inside, views_of

Plans = Callable[[Kind], list[Scene]]
EACH_KIND = pytest.mark.parametrize("kind", KINDS)


@EACH_KIND
def test_the_same_sequence_is_planned_twice(
    kind: Kind, manifest_of: Callable[[Kind], Manifest], scenes_of: Plans
) -> None:
    scene = scenes_of(kind)[-1]
    again = plan_scene(manifest_of(kind), scene.sequence)
    assert again.model_dump_json() == scene.model_dump_json()
    assert Scene.model_validate_json(again.model_dump_json()) == scene


@EACH_KIND
def test_hands_people_things_and_moments_go_together(kind: Kind, scenes_of: Plans) -> None:
    for scene in scenes_of(kind):
        assert scene.kind == kind
        assert [frame.frame for frame in scene.frames] == list(range(len(scene.frames)))
        for frame in scene.frames:
            assert len(frame.gestures) == len(scene.hands)
            assert (frame.shutter > 0) == (frame.shutter_open is not None)
            assert (frame.shutter > 0) == (frame.shutter_close is not None)
            for moment in (frame.moment, frame.shutter_open, frame.shutter_close):
                assert moment is None or complete(scene, moment)
            assert len(frame.views) == 2
            for view in frame.views:
                assert set(view.absent) <= set(range(len(scene.things)))
                assert all(scene.things[index].role == "occluder" for index in view.absent)


def complete(scene: Scene, moment: Moment) -> bool:
    """Whether a moment has a pose for everything, all of them rigid, and mirrored where a left hand
    holds it."""
    mirrored = {hand.holds for hand in scene.hands if hand.side == "left"}
    matrices = [(pose.wrist_to_world, 1) for pose in moment.hands]
    matrices += [(pose.body_to_world, 1) for pose in moment.bodies]
    matrices += [(matrix, -1 if i in mirrored else 1) for i, matrix in enumerate(moment.things)]
    for matrix, sign in matrices:
        turn = np.array(matrix)[:3, :3]
        np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-6)
        assert np.linalg.det(turn) == pytest.approx(sign)
        assert tuple(matrix[3]) == (0.0, 0.0, 0.0, 1.0)
    for pose in moment.hands:
        assert tuple(pose.bones) == BONES
        quaternions = np.array([*pose.bones.values(), pose.forearm])
        np.testing.assert_allclose(np.linalg.norm(quaternions, axis=1), 1.0, atol=1e-6)
    counts = len(moment.hands), len(moment.bodies), len(moment.things)
    return counts == (len(scene.hands), len(scene.bodies), len(scene.things))


@EACH_KIND
def test_people_have_hands_of_their_own(kind: Kind, scenes_of: Plans) -> None:
    for scene in scenes_of(kind):
        numbers = [number for body in scene.bodies for number in body.hands]
        if scene.bodies:
            assert sorted(numbers) == list(range(len(scene.hands)))
        assert len({body.identity for body in scene.bodies}) == len(scene.bodies)
        for body in scene.bodies:
            hands = [scene.hands[number] for number in body.hands]
            assert [hand.side for hand in hands] == ["right", "left"]
            for hand in hands:
                assert (hand.identity, hand.phenotype) == (body.identity, body.phenotype)
                assert (hand.skin, hand.blendshapes) == (body.skin, hands[0].blendshapes)


@EACH_KIND
def test_what_a_hand_holds_is_there_for_that(kind: Kind, scenes_of: Plans) -> None:
    for scene in scenes_of(kind):
        held = [hand.holds for hand in scene.hands if hand.holds is not None]
        assert len(set(held)) == len(held)
        roles = [thing.role for thing in scene.things]
        assert sorted(held) == [i for i, role in enumerate(roles) if role == "held"]
        for frame in scene.frames:
            for hand, gesture in zip(scene.hands, frame.gestures, strict=True):
                # A hand closed on a thing makes no gesture.
                assert hand.holds is None or gesture is None


def test_kinds_are_what_they_say(scenes_of: Plans) -> None:
    def counts(kind: Kind) -> set[tuple[int, int]]:
        return {(len(scene.hands), len(scene.bodies)) for scene in scenes_of(kind)}

    assert counts("hand") == {(1, 0)}
    assert counts("held") == {(1, 0)}
    assert all(scene.hands[0].holds is not None for scene in scenes_of("held"))
    # One person's hands and two people's, who have two each.
    assert counts("pair") == counts("people") == {(2, 1), (4, 2)}
    assert (2, 1) in counts("empty")
    assert counts("empty") <= {(2, 1), (0, 0)}


@EACH_KIND
def test_things_held_out_are_not_in_train(kind: Kind, scenes_of: Plans) -> None:
    for scene in scenes_of(kind):
        kinds = {thing.kind for thing in scene.things}
        assert kinds <= set(THINGS)
        if scene.split != "test":
            assert not kinds & HELD_OUT_KINDS


def test_splits_share_no_person_and_no_hdri(
    scenes_of: Plans, manifest_of: Callable[[Kind], Manifest]
) -> None:
    people: dict[str, set[str]] = {}
    hdris: dict[str, set[str]] = {}
    for kind in KINDS:
        for scene in scenes_of(kind):
            names = [body.identity for body in scene.bodies]
            names += [hand.identity for hand in scene.hands]
            people.setdefault(scene.split, set()).update(names)
            hdris.setdefault(scene.split, set()).add(scene.light.hdri)
    for used in (people, hdris):
        assert set(used) == {"train", "val", "test"}
        assert sum(len(names) for names in used.values()) == len(set().union(*used.values()))
    for split, names in hdris.items():
        assert names <= set(hdris_of(manifest_of("hand"), split))  # type: ignore[arg-type]


def test_shares_of_kinds_are_the_manifests() -> None:
    shares = {"hand": 0.1, "held": 0.2, "pair": 0.05, "people": 0.5, "empty": 0.15}
    manifest = Manifest(scenes=Scenes(**shares))
    count = 3000
    drawn = Counter(
        sample_kind(component_rng(manifest.seed, number, "kind"), manifest)
        for number in range(count)
    )
    for kind, share in shares.items():
        # Four standard deviations.
        slack = 4 * np.sqrt(share * (1 - share) / count)
        assert drawn[kind] / count == pytest.approx(share, abs=slack)  # type: ignore[index]
    only = Manifest(scenes=Scenes(hand=0.0, pair=1.0))
    assert sample_kind(np.random.default_rng(0), only) == "pair"


def test_back_light_and_low_light_are_as_frequent_as_asked() -> None:
    """The lamp is behind what the first camera sees. 60 draws of 30 %: within three standard
    deviations."""
    manifest = Manifest(
        sequences=60,
        frames_per_sequence=1,
        cameras=1,
        light=Lights(back_share=0.3, low_share=0.3),
    )
    scenes = [plan_scene(manifest, number) for number in range(60)]
    # The manifest's own lamps have 30 watts at most.
    lit = [scene for scene in scenes if any(lamp.power > 59 for lamp in scene.light.lamps)]
    assert len(lit) / 60 == pytest.approx(0.3, abs=0.18)
    for scene in lit:
        lamp = np.array(scene.light.lamps[-1].position)
        camera = centre_of(scene.frames[0].views[0].camera)
        assert lamp @ camera < 0
    noise = np.array([scene.frames[0].views[0].sensor.noise_iso for scene in scenes])
    assert np.mean(noise >= 0.7) == pytest.approx(0.3, abs=0.18)


@pytest.mark.parametrize("kind", ["people", "pair", "held", "hand"])
def test_cameras_keep_clear_of_hands(kind: Kind, scenes_of: Plans) -> None:
    for scene in scenes_of(kind):
        for moment, view in views_of(scene):
            centre = centre_of(view.camera)
            gaps = [np.linalg.norm(h.skin - centre, axis=1).min() for h in hands_of(scene, moment)]
            assert min(gaps) > 0.06


@pytest.mark.parametrize("kind", ["people", "pair"])
def test_there_is_a_hand_in_nearly_every_picture(kind: Kind, scenes_of: Plans) -> None:
    most = [
        max(inside(view.camera, hand.landmarks).sum() for hand in hands_of(scene, moment))
        for scene in scenes_of(kind)
        for moment, view in views_of(scene)
    ]
    assert np.mean(np.array(most) >= 13) >= 0.9


def test_no_skin_of_a_hand_is_in_a_picture_without_hands(scenes_of: Plans) -> None:
    for scene in scenes_of("empty"):
        for moment, view in views_of(scene):
            for hand in hands_of(scene, moment):
                assert not inside(view.camera, hand.skin).any()
