"""Scenes that several files look at."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import pytest

from synth.manifest import Manifest, Worn, parse_manifest
from synth.sampling.sequence import plan_scene
from synth.scene import Kind, Scene


@pytest.fixture(scope="session")
def planned_manifest(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    """16 sequences of one frame and three cameras, a quarter of them in val and in test each."""
    keys = {
        "name": "planned",
        "seed": 11,
        "sequences": 16,
        "frames_per_sequence": 1,
        "cameras": 3,
        "splits": {"train": 0.5, "val": 0.25, "test": 0.25},
        "identity": {"count": 12},
    }
    return parse_manifest(keys, tmp_path_factory.mktemp("planned"), "planned.yaml")


@pytest.fixture(scope="session")
def planned_scenes(planned_manifest: Manifest) -> list[Scene]:
    return [plan_scene(planned_manifest, n) for n in range(planned_manifest.sequences)]


#: Frames of the sequences of each kind, and how many are planned: some take seconds.
_OF_EACH: dict[Kind, tuple[int, int]] = {
    "hand": (2, 3),
    "held": (2, 4),
    "pair": (1, 4),
    "people": (2, 5),
    "empty": (2, 4),
}


@pytest.fixture(scope="session")
def manifest_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Kind], Manifest]:
    """A manifest of 16 sequences of one kind with all that can be in them; half of them in train,
    a quarter in val and in test each."""
    folder = tmp_path_factory.mktemp("kinds")

    @lru_cache
    def make(kind: Kind) -> Manifest:
        shares = [name for name in Worn.model_fields if name.endswith("share")]
        keys = {
            "name": kind,
            "seed": 12,
            "sequences": 16,
            "frames_per_sequence": _OF_EACH[kind][0],
            "cameras": 2,
            "image": {"width": 96, "height": 72},
            "splits": {"train": 0.5, "val": 0.25, "test": 0.25},
            "identity": {"count": 12},
            "scenes": {"hand": 0.0, kind: 1.0},
            "worn": dict.fromkeys(shares, 0.3),
            "things": {"occluder_share": 0.3, "clutter_share": 0.4},
            "people": {"second_share": 0.4, "two_people_share": 0.4, "hidden_share": 0.0},
            "camera": {"redraw": "frame", "motion_blur_share": 0.4},
            "light": {"back_share": 0.3, "low_share": 0.3},
        }
        return parse_manifest(keys, folder, f"{kind}.yaml")

    return make


@pytest.fixture(scope="session")
def scenes_of(manifest_of: Callable[[Kind], Manifest]) -> Callable[[Kind], list[Scene]]:
    """Some scenes of a kind, of all splits."""

    @lru_cache
    def plan(kind: Kind) -> list[Scene]:
        count = _OF_EACH[kind][1]
        return [plan_scene(manifest_of(kind), 16 * n // count + n % 2) for n in range(count)]

    return plan
