"""What is put into a staged scene: it stands in nothing and hides no more than it may."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from synth.manifest import Manifest
from synth.sampling import surroundings
from synth.sampling.draws import Draws
from synth.sampling.lone_hand import stage_lone_hand
from synth.sampling.people.staging import stage_people
from synth.sampling.staged import Staged
from synth.sampling.surroundings import hand_points, people_points, with_surroundings
from synth.scene import Kind, Scene
from synth.things.cover import boxed
from synth.things.kinds import thing_mesh
from tests.synth.sampling.posed import at, bodies_of, centre_of, hands_of, inside, views_of
from tests.synth.things.rays import hidden

Plans = Callable[[Kind], list[Scene]]


@pytest.fixture
def staged(make_manifest: Callable[..., Manifest]) -> tuple[Draws, Staged]:
    draws = Draws(make_manifest(camera={"redraw": "frame", "motion_blur_share": 1.0}), 1)
    return draws, stage_lone_hand(draws)


def asking(draws: Draws, **things: object) -> Draws:
    settings = draws.manifest.things.model_copy(update=things)
    return Draws(draws.manifest.model_copy(update={"things": settings}), draws.sequence)


def test_a_plain_manifest_puts_nothing_there(staged: tuple[Draws, Staged]) -> None:
    assert with_surroundings(*staged) == staged[1]


def test_clutter_is_seen_by_all_cameras_and_stays(staged: tuple[Draws, Staged]) -> None:
    draws, before = staged
    after = with_surroundings(asking(draws, clutter_share=1.0, clutter=(3, 3)), before)
    assert 1 <= len(after.things) <= 3
    assert {thing.role for thing in after.things} <= {"clutter", "furniture"}
    places = after.frames[0].moment.things
    for frame in after.frames:
        for moment in (frame.moment, frame.shutter_open, frame.shutter_close):
            assert moment is not None
            assert moment.things == places
        assert all(view.absent == () for view in frame.views)
    # Nothing else is touched.
    assert after.hands == before.hands
    assert [f.moment.hands for f in after.frames] == [f.moment.hands for f in before.frames]
    assert [f.views for f in after.frames] == [f.views for f in before.frames]


def test_an_occluder_is_there_for_one_camera_only(staged: tuple[Draws, Staged]) -> None:
    draws, before = staged
    after = with_surroundings(asking(draws, occluder_share=1.0, occluders=(2, 2)), before)
    assert all(thing.role == "occluder" for thing in after.things)
    count = len(after.things)
    assert count >= 4
    present = [set(range(count)) - set(v.absent) for f in after.frames for v in f.views]
    # Each belongs to exactly one of the four views.
    assert sorted(index for own in present for index in own) == list(range(count))
    assert all(len(own) <= 2 for own in present)
    assert all(len(f.moment.things) == count for f in after.frames)


def test_occluders_come_after_what_is_there_already(staged: tuple[Draws, Staged]) -> None:
    draws, before = staged
    both = asking(draws, clutter_share=1.0, occluder_share=1.0)
    clutter = with_surroundings(asking(draws, clutter_share=1.0), before)
    after = with_surroundings(both, before)
    number = len(clutter.things)
    assert after.things[:number] == clutter.things
    assert all(thing.role == "occluder" for thing in after.things[number:])
    assert not any(index < number for f in after.frames for v in f.views for index in v.absent)


def test_points_of_hands_are_on_them(scenes_of: Plans) -> None:
    scene = scenes_of("pair")[0]
    moment = scene.frames[0].moment
    points = hand_points(scene.hands, moment.hands)
    hands = hands_of(scene, moment)
    places = np.concatenate([np.concatenate([hand.skin, hand.landmarks]) for hand in hands])
    gaps = np.linalg.norm(points[:, None] - places, axis=2)
    assert gaps.min(1).max() < 1e-9
    assert gaps.min(0).max() < 0.04
    assert hand_points((), ()).shape == (0, 3)


def test_points_of_people_are_on_their_skin(
    make_manifest: Callable[..., Manifest],
) -> None:
    manifest = make_manifest(people={"second_share": 1.0, "webcam": 0.0, "room": 0.55})
    staged = stage_people(Draws(manifest, 2))
    moment = staged.frames[0].moment
    scene = Scene.model_construct(hands=staged.hands, bodies=staged.bodies)
    skins = np.concatenate(bodies_of(scene, moment))
    points = people_points(staged, moment)
    np.testing.assert_allclose(points.min(0), skins.min(0), atol=0.03)
    np.testing.assert_allclose(points.max(0), skins.max(0), atol=0.03)
    assert len(points) > 0.3 * len(skins)


@pytest.mark.parametrize("kind", ["hand", "held", "pair", "people"])
def test_occluders_hide_some_of_the_hands_and_never_most(kind: Kind, scenes_of: Plans) -> None:
    """Rays of these tests' own, against hands that are in the picture."""
    shares = []
    for scene in scenes_of(kind):
        for moment, view in views_of(scene):
            own = [
                i
                for i, thing in enumerate(scene.things)
                if thing.role == "occluder" and i not in view.absent
            ]
            if not own:
                continue
            points = hand_points(scene.hands, moment.hands)
            points = points[inside(view.camera, points)]
            gone = np.zeros(len(points), bool)
            for i in own:
                mesh = thing_mesh(scene.things[i])
                vertices = at(np.array(moment.things[i]), mesh.vertices)
                gone |= hidden(centre_of(view.camera), points, vertices, mesh.quads)
            shares.append(gone.mean())
    assert all(0.0 < share <= 0.76 for share in shares)


@pytest.mark.parametrize("kind", ["hand", "pair", "people"])
def test_clutter_stands_in_nobody(kind: Kind, scenes_of: Plans) -> None:
    for scene in scenes_of(kind):
        # Things that a person's table brings come first; those are where the person is not.
        for number, thing in enumerate(scene.things):
            if thing.role not in ("clutter", "furniture") or thing.kind == "table":
                continue
            mesh = thing_mesh(thing)
            for frame in scene.frames[:1]:
                people = [*bodies_of(scene, frame.moment)]
                people += [hand.skin for hand in hands_of(scene, frame.moment)]
                to_own = np.linalg.inv(np.array(frame.moment.things[number]))
                own = at(to_own, np.concatenate(people))
                assert not boxed(own, mesh, 0.0).any()


def test_shares_of_one_and_none(
    staged: tuple[Draws, Staged], monkeypatch: pytest.MonkeyPatch
) -> None:
    draws, before = staged
    calls: list[int] = []

    def nothing(rng: np.random.Generator, count: int, *rest: object) -> tuple[list, list]:
        calls.append(count)
        return [], []

    monkeypatch.setattr(surroundings, "place_occluders", nothing)
    monkeypatch.setattr(surroundings, "place_clutter", nothing)
    assert with_surroundings(asking(draws, clutter=(2, 5)), before) == before
    assert calls == []
    settings = {"clutter_share": 1.0, "occluder_share": 1.0, "occluders": (2, 4)}
    assert with_surroundings(asking(draws, **settings), before) == before
    assert len(calls) == 1 + 4
    assert all(2 <= count <= 4 for count in calls[1:])
