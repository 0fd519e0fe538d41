from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from synth.manifest import Manifest
from synth.sampling.camera import Subject
from synth.sampling.lone_hand import sample_cameras, sample_shutters
from synth.scene import Kind, Scene
from tests.synth.sampling.posed import centre_of, hands_of, inside

Plans = Callable[[Kind], list[Scene]]


def subject(shift: float, solid: np.ndarray | None = None) -> Subject:
    points = np.random.default_rng(0).uniform([-0.04, 0.0, -0.01], [0.04, 0.17, 0.01], (100, 3))
    arm = np.array([[[0.0, 0.0, 0.0], [0.0, -0.25, 0.0]]])
    empty = np.zeros((0, 3)) if solid is None else solid
    return Subject(points + [shift, 0.0, 0.0], arm + [shift, 0.0, 0.0], empty)


def test_as_many_shutters_are_open_for_long_as_asked(
    make_manifest: Callable[..., Manifest],
) -> None:
    manifest = make_manifest(camera={"motion_blur_share": 0.3, "shutter_seconds": [0.01, 0.02]})
    seconds = np.array(sample_shutters(manifest, np.random.default_rng(0), 2000))
    assert np.mean(seconds > 0) == pytest.approx(0.3, abs=0.04)
    assert 0.01 <= seconds[seconds > 0].min() <= seconds.max() <= 0.02
    still = make_manifest(camera={"motion_blur_share": 0.0})
    assert sample_shutters(still, np.random.default_rng(0), 5) == [0.0] * 5


def test_cameras_of_a_sequence_see_the_hand_wherever_it_comes(
    make_manifest: Callable[..., Manifest],
) -> None:
    manifest = make_manifest(
        cameras=4, camera={"redraw": "sequence", "partly_outside_share": 0.0, "scale": [0.4, 0.9]}
    )
    subjects = [subject(0.0), subject(0.3)]
    first, second = sample_cameras(manifest, np.random.default_rng(0), subjects)
    assert first == second
    for camera in first:
        for each in subjects:
            assert np.mean(inside(camera, each.points)) > 0.9


def test_cameras_of_a_frame_are_drawn_for_it(make_manifest: Callable[..., Manifest]) -> None:
    manifest = make_manifest(cameras=2, camera={"redraw": "frame"})
    rows = sample_cameras(manifest, np.random.default_rng(0), [subject(0.0), subject(5.0)])
    assert [len(row) for row in rows] == [2, 2]
    for camera in rows[1]:
        # The second place of the hand is five metres away.
        assert centre_of(camera)[0] > 2.0
        assert np.mean(inside(camera, subject(5.0).points)) > 0.3


def test_cameras_stay_out_of_things(make_manifest: Callable[..., Manifest]) -> None:
    # A plank of points on one side of the hand.
    plank = np.stack(
        np.meshgrid(np.linspace(-1, 1, 25), np.linspace(-1, 1, 25), [0.35]), axis=-1
    ).reshape(-1, 3)
    manifest = make_manifest(cameras=8, camera={"redraw": "frame"})
    (row,) = sample_cameras(manifest, np.random.default_rng(1), [subject(0.0, plank)])
    for camera in row:
        assert np.linalg.norm(plank - centre_of(camera), axis=1).min() >= 0.14


def test_a_lone_hand_moves_on_from_frame_to_frame(scenes_of: Plans) -> None:
    for scene in scenes_of("hand"):
        times = [frame.time for frame in scene.frames]
        assert times == sorted(times)
        first, second = (hands_of(scene, frame.moment)[0].landmarks for frame in scene.frames)
        moved = np.linalg.norm(first - second, axis=1)
        # It sways by millimetres and closes or opens, but stays about where it is.
        assert 0.0 < np.linalg.norm(first[0] - second[0]) < 0.06
        assert moved.max() < 0.4
        for frame in scene.frames:
            if frame.shutter_open is not None:
                blurred = hands_of(scene, frame.shutter_open)[0].landmarks
                own = hands_of(scene, frame.moment)[0].landmarks
                assert np.linalg.norm(blurred - own, axis=1).max() < 0.06


def test_a_lone_hand_is_where_lamps_aim(scenes_of: Plans) -> None:
    for kind in ("hand", "held"):
        for scene in scenes_of(kind):  # type: ignore[arg-type]
            for frame in scene.frames:
                (hand,) = hands_of(scene, frame.moment)
                assert np.linalg.norm(hand.landmarks[9]) < 0.25
                assert scene.hands[0].sleeve is not None
