"""What tests of several files share."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from synth.manifest import Manifest, parse_manifest

# Before anything imports torch: what tests compute is tiny, and threads that wait for one another
# in such work cost fifty times its time where the cores are shared with somebody else.
os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.fixture
def make_manifest(tmp_path: Path) -> Callable[..., Manifest]:
    """A manifest of 8 tiny sequences whose folder is a new one; keywords replace keys."""

    def make(**keys: Any) -> Manifest:
        folder = tmp_path / "manifest"
        folder.mkdir(exist_ok=True)
        tiny = {
            "name": "tiny",
            "seed": 5,
            "sequences": 8,
            "frames_per_sequence": 2,
            "cameras": 2,
            "image": {"width": 32, "height": 32},
            "output": {"sequences_per_shard": 3},
        }
        return parse_manifest({**tiny, **keys}, folder, "tiny.yaml")

    return make
