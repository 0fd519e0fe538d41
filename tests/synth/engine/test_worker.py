"""The worker process' own surroundings."""

import os
import sys

import pytest

from synth.engine.job import EngineSettings
from synth.engine.worker import few_cores


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process choose its cores")
@pytest.mark.parametrize("number", [0, 1, 5])
def test_blender_starts_with_as_many_cores_as_threads(number: int) -> None:
    everywhere = os.sched_getaffinity(0)
    with few_cores(number, EngineSettings(workers=2, threads=1)):
        assert len(os.sched_getaffinity(0)) == 1
        assert os.sched_getaffinity(0) <= everywhere
    assert os.sched_getaffinity(0) == everywhere
