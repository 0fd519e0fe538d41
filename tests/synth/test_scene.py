"""The scene description as data."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from synth.scene import Scene


def test_planned_scenes_go_through_json_unchanged(planned_scenes: list[Scene]) -> None:
    for scene in planned_scenes[:4]:
        again = Scene.model_validate_json(scene.model_dump_json())
        assert again == scene
        assert again.model_dump_json() == scene.model_dump_json()


def test_a_scene_cannot_be_changed(planned_scenes: list[Scene]) -> None:
    scene = planned_scenes[0]
    for value, name in ((scene, "split"), (scene.hands[0], "side"), (scene.frames[0], "time")):
        with pytest.raises(ValidationError, match="frozen"):
            setattr(value, name, getattr(value, name))


@pytest.mark.parametrize(
    "path", [(), ("hands", 0), ("hands", 0, "skin"), ("hands", 0, "sleeve"), ("light",)]
)
def test_unknown_keys_are_refused(planned_scenes: list[Scene], path: tuple[str | int, ...]) -> None:
    data = json.loads(planned_scenes[0].model_dump_json())
    section = data
    for key in path:
        section = section[key]
    section["colour"] = 1
    with pytest.raises(ValidationError, match="Extra inputs"):
        Scene.model_validate_json(json.dumps(data))


def test_missing_keys_are_refused(planned_scenes: list[Scene]) -> None:
    data = json.loads(planned_scenes[0].model_dump_json())
    del data["frames"][0]["moment"]["hands"][0]["forearm"]
    with pytest.raises(ValidationError, match="forearm"):
        Scene.model_validate_json(json.dumps(data))
