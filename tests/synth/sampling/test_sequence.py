"""Whole planned sequences, checked by arithmetic of their own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from synth.hand.model import forward_kinematics, landmarks_of, load_hand_model, skin_vertices
from synth.landmarks import BONES
from synth.manifest import Manifest
from synth.sampling import draws, lone_hand
from synth.sampling import sequence as sequence_module
from synth.sampling.sequence import plan_scene
from synth.scene import Camera, Frame, Scene

Array = np.ndarray


def placed(scene: Scene, frame: Frame) -> tuple[Array, Array, Array]:
    """Landmarks and the hand's skin in the world, and the (4, 4) from the wrist frame to it."""
    model = load_hand_model()
    shape = model.shape(scene.hands[0].phenotype, scene.hands[0].blendshapes)
    pose = frame.moment.hands[0]
    bones = forward_kinematics(shape, np.array([pose.bones[name] for name in BONES]))
    skin = skin_vertices(model, shape, bones, np.array(pose.forearm))
    on_hand = model.weights[:, -2:].sum(1) < 0.5
    mirror = np.diag([-1.0 if scene.hands[0].side == "left" else 1.0, 1.0, 1.0, 1.0])
    matrix = np.array(pose.wrist_to_world) @ mirror
    return (
        landmarks_of(bones) @ matrix[:3, :3].T + matrix[:3, 3],
        skin[on_hand] @ matrix[:3, :3].T + matrix[:3, 3],
        matrix,
    )


def pixels(camera: Camera, points: Array) -> Array:
    rows = np.array(camera.world_to_camera)
    seen = points @ rows[:3, :3].T + rows[:3, 3]
    assert (seen[:, 2] > 0).all()
    (focal, _, cx), (_, _, cy), _ = camera.K
    return focal * seen[:, :2] / seen[:, 2:] + [cx, cy]


def views(scenes: list[Scene]) -> Iterator[tuple[Scene, Frame, Camera]]:
    for scene in scenes:
        for frame in scene.frames:
            for view in frame.views:
                yield scene, frame, view.camera


def test_the_same_sequence_is_planned_twice(
    planned_manifest: Manifest, planned_scenes: list[Scene]
) -> None:
    for number in (9, 2):
        again = plan_scene(planned_manifest, number)
        assert again.model_dump_json() == planned_scenes[number].model_dump_json()
    with pytest.raises(ValueError, match="16 is not within"):
        plan_scene(planned_manifest, 16)


def test_splits_share_no_person_and_no_hdri(planned_scenes: list[Scene]) -> None:
    for name in (lambda s: s.hands[0].identity, lambda s: s.light.hdri):
        used: dict[str, set[str]] = {}
        for scene in planned_scenes:
            used.setdefault(scene.split, set()).add(name(scene))
        assert set(used) == {"train", "val", "test"}
        assert sum(len(names) for names in used.values()) == len(set().union(*used.values()))


def test_a_person_looks_the_same_in_all_sequences(make_manifest: Callable[..., Manifest]) -> None:
    manifest = make_manifest(
        identity={"count": 1},
        sequences=2,
        frames_per_sequence=1,
        splits={"train": 1.0, "val": 0.0, "test": 0.0},
    )
    first, second = (plan_scene(manifest, n).hands[0] for n in range(2))
    assert (first.identity, first.phenotype, first.blendshapes, first.skin) == (
        *(second.identity, second.phenotype, second.blendshapes, second.skin),
    )


def test_hands_are_inside_or_partly_outside_and_of_all_sizes(planned_scenes: list[Scene]) -> None:
    scales, inside = [], []
    for scene, frame, camera in views(planned_scenes):
        points = pixels(camera, placed(scene, frame)[1])
        low, high = points.min(0), points.max(0)
        scales.append((high - low).max() / min(camera.width, camera.height))
        inside.append(bool((low > -3).all() and (high < np.array([256, 256]) + 3).all()))
    assert min(scales) > 0.049
    assert max(scales) < 0.96
    assert min(scales) < 0.15
    assert max(scales) > 0.6
    # The manifest's share is 10 % of 48 views.
    assert 0.75 <= np.mean(inside) <= 1


def test_palms_backs_tips_and_wrists_are_seen(planned_scenes: list[Scene]) -> None:
    directions = []
    for scene, frame, camera in views(planned_scenes):
        landmarks, _, matrix = placed(scene, frame)
        rows = np.array(camera.world_to_camera)
        centre = -rows[:3, :3].T @ rows[:3, 3]
        own = np.linalg.inv(matrix)[:3, :3] @ (centre - landmarks.mean(0))
        directions.append(own / np.linalg.norm(own))
    along = np.array(directions)
    for axis in range(3):
        assert along[:, axis].max() > 0.7
        assert along[:, axis].min() < -0.7


def test_cameras_keep_clear_of_the_hand(planned_scenes: list[Scene]) -> None:
    for scene, frame, camera in views(planned_scenes):
        rows = np.array(camera.world_to_camera)
        centre = -rows[:3, :3].T @ rows[:3, 3]
        assert np.linalg.norm(placed(scene, frame)[1] - centre, axis=1).min() > 0.135


@pytest.mark.parametrize(
    ("gesture", "sign"), [("thumbs_up", 1), ("thumbs_down", -1)], ids=["up", "down"]
)
def test_thumbs_point_up_or_down_on_both_sides(
    make_manifest: Callable[..., Manifest], gesture: str, sign: int
) -> None:
    manifest = make_manifest(
        sequences=14,
        frames_per_sequence=1,
        cameras=1,
        motion={"gestures": [gesture], "gesture_share": 1.0},
    )
    angles, sides = [], []
    for number in range(14):
        scene = plan_scene(manifest, number)
        landmarks, _, _ = placed(scene, scene.frames[0])
        thumb = landmarks[4] - landmarks[2]
        angles.append(np.degrees(np.arccos(sign * thumb[2] / np.linalg.norm(thumb))))
        sides.append(scene.hands[0].side)
    assert set(sides) == {"left", "right"}
    # The tilt's standard deviation is 15°, the thumb's own a few degrees.
    assert max(angles) < 45
    assert np.mean(angles) < 20


def _without(scene: Scene, *paths: str) -> Any:
    """The scene as data, less what lies at dotted paths; `*` stands for every item of a list."""
    data = json.loads(scene.model_dump_json())

    def cut(value: Any, keys: list[str]) -> None:
        if keys[0] == "*":
            for item in value:
                cut(item, keys[1:])
        elif len(keys) == 1:
            del value[keys[0]]
        else:
            cut(value[keys[0]], keys[1:])

    for path in paths:
        cut(data, path.split("."))
    return data


@pytest.mark.parametrize(
    ("original", "own"),
    [
        (draws.sample_person, []),
        (lone_hand.sample_side, []),
        (lone_hand.sample_motion, []),
        (lone_hand.sample_placement, []),
        (sequence_module.sample_light, []),
        (lone_hand.sample_sleeve, []),
        (lone_hand.sample_worn, []),
        # One stream serves all views, so later ones change; nothing else does.
        (sequence_module.sample_background, ["frames.*.views.*.background"]),
        (sequence_module.sample_sensor, ["frames.*.views.*.sensor"]),
        (lone_hand.sample_camera, ["frames.*.views.*.camera", "hands.*.sleeve"]),
    ],
)
def test_more_draws_of_one_component_change_no_other(
    planned_manifest: Manifest,
    planned_scenes: list[Scene],
    monkeypatch: pytest.MonkeyPatch,
    original: Callable[..., Any],
    own: list[str],
) -> None:
    def greedy(rng: np.random.Generator, *args: Any) -> Any:
        drawn = original(rng, *args)
        rng.random(7)
        return drawn

    for module in (draws, lone_hand, sequence_module):
        if hasattr(module, original.__name__):
            monkeypatch.setattr(module, original.__name__, greedy)
    changed = plan_scene(planned_manifest, 3)
    assert _without(changed, *own) == _without(planned_scenes[3], *own)
    if own:
        assert changed != planned_scenes[3]


def test_cameras_of_a_sequence_stay_or_are_drawn_for_each_frame(
    make_manifest: Callable[..., Manifest],
) -> None:
    def cameras(redraw: str) -> list[list[Camera]]:
        manifest = make_manifest(sequences=3, camera={"redraw": redraw})
        scene = plan_scene(manifest, 0)
        return [[view.camera for view in frame.views] for frame in scene.frames]

    first, second = cameras("sequence")
    assert first == second
    first, second = cameras("frame")
    assert all(a != b for a, b in zip(first, second, strict=True))
    # The cameras of one frame differ from each other either way.
    assert first[0] != first[1]
