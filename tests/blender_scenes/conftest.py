"""One stage for all of these tests, as a worker has one for its life."""

import pytest

from blender_scenes import stage as stages


@pytest.fixture(scope="session")
def stage() -> stages.Stage:
    # One thread, as a worker has by default. With two, on a busy machine, some 6 % of pictures of
    # scenes that alternate came out with other noise; with one, none of 48 did.
    stages.configure("cpu", threads=1)
    return stages.current_stage()
