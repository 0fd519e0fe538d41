"""One stage for all of these tests, as a worker has one for its life."""

import pytest

from blender_scenes import render


@pytest.fixture(scope="session")
def stage() -> render.Stage:
    render.configure("cpu", threads=2)
    assert render._stage is not None
    return render._stage
