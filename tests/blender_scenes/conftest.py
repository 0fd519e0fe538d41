"""One stage for all of these tests, as a worker has one for its life."""

import pytest

from blender_scenes import stage as stages


@pytest.fixture(scope="session")
def stage() -> stages.Stage:
    stages.configure("cpu", threads=2)
    return stages.current_stage()
