from __future__ import annotations

import threading

import numpy as np
import pytest

from synth.errors import UserError
from tracker.live import LiveFrames, LiveResult
from tracker.results import HandResult

FRAME = np.zeros((4, 4, 3), np.uint8)
SOON = 10.0


class Gate:
    """Finds no hands, but only when told to go on; notes what it was given."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self.go = threading.Semaphore(0)
        self.seen: list[float] = []
        self.images: list[int] = []

    def __call__(self, image: np.ndarray, timestamp: float) -> list[HandResult]:
        self.begun.release()
        assert self.go.acquire(timeout=SOON)
        self.seen.append(timestamp)
        self.images.append(int(image[0, 0, 0]))
        return []


def test_the_newest_frame_that_waits_wins() -> None:
    gate = Gate()
    results: list[LiveResult] = []
    frames = LiveFrames(gate, results.append)
    assert frames.latest() is None
    frames.submit(FRAME, 1.0)
    assert gate.begun.acquire(timeout=SOON)
    for timestamp in (2.0, 3.0, 4.0):
        frames.submit(FRAME, timestamp)
    gate.go.release(2)
    frames.close()
    assert gate.seen == [1.0, 4.0]
    assert [(result.timestamp, result.dropped) for result in results] == [(1.0, 2), (4.0, 2)]
    assert frames.latest() == results[-1]


def test_the_caller_may_reuse_the_frame() -> None:
    gate = Gate()
    frames = LiveFrames(gate)
    own = FRAME.copy()
    own[:] = 7
    frames.submit(own, 1.0)
    own[:] = 9
    gate.go.release()
    frames.close()
    assert gate.images == [7]


def test_a_dropped_frame_is_not_worked_on() -> None:
    gate = Gate()
    frames = LiveFrames(gate)
    frames.submit(FRAME, 1.0)
    assert gate.begun.acquire(timeout=SOON)
    frames.submit(FRAME, 2.0)
    frames.drop()
    gate.go.release(2)
    frames.close()
    assert gate.seen == [1.0]


def test_an_error_in_the_thread_reaches_the_caller() -> None:
    failed = threading.Event()

    def fail(image: np.ndarray, timestamp: float) -> list[HandResult]:
        failed.set()
        raise ZeroDivisionError("here")

    frames = LiveFrames(fail)
    frames.submit(FRAME, 1.0)
    assert failed.wait(SOON)
    with pytest.raises(ZeroDivisionError, match="here"):
        frames.close()
    with pytest.raises(UserError, match="closed"):
        frames.submit(FRAME, 2.0)
    frames.close()


def test_an_error_in_the_callback_reaches_the_caller() -> None:
    def fail(result: LiveResult) -> None:
        raise KeyError("mine")

    frames = LiveFrames(lambda image, timestamp: [], fail)
    frames.submit(FRAME, 1.0)
    with pytest.raises(KeyError, match="mine"):
        frames.close()


def test_closing_from_the_callback() -> None:
    done = threading.Event()

    def stop(result: LiveResult) -> None:
        frames.close()
        done.set()

    frames = LiveFrames(lambda image, timestamp: [], stop)
    frames.submit(FRAME, 1.0)
    assert done.wait(SOON)
    frames.close()
