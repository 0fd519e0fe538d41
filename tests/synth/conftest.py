"""Scenes that several files look at."""

from __future__ import annotations

import pytest

from synth.manifest import Manifest, parse_manifest
from synth.sampling.sequence import plan_scene
from synth.scene import Scene


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
