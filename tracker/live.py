"""Live frames: a thread that always works on the newest one and drops those that came between."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synth.errors import UserError
from tracker.results import HandResult

Image = NDArray[np.uint8]


@dataclass(frozen=True)
class LiveResult:
    """What was found in one frame.

    Attributes:
        timestamp: of the frame, seconds, as it was given.
        hands: the hands.
        dropped: number of frames dropped so far because a newer one came.
    """

    timestamp: float
    hands: list[HandResult]
    dropped: int


class LiveFrames:
    """Hands frames to a worker thread. One frame may wait; a newer one takes its place.

    An exception in the worker ends it and is raised by the next call of any method.
    """

    def __init__(
        self,
        find_hands: Callable[[Image, float], list[HandResult]],
        on_result: Callable[[LiveResult], object] | None = None,
    ) -> None:
        """Start the thread.

        Args:
            find_hands: called with image and timestamp, in the thread.
            on_result: called with each result, in the thread.
        """
        self._find_hands = find_hands
        self._on_result = on_result
        self._changed = threading.Condition()
        self._waiting: tuple[Image, float] | None = None
        self._latest: LiveResult | None = None
        self._dropped = 0
        self._closed = False
        self._error: BaseException | None = None
        # A daemon: a program that forgets to close may still end.
        self._thread = threading.Thread(target=self._work, name="hand-tracker", daemon=True)
        self._thread.start()

    def submit(self, image: Image, timestamp: float) -> None:
        """Leave a frame to the thread and return at once. The image is copied."""
        own = image.copy()
        with self._changed:
            self._raise_error()
            if self._closed:
                raise UserError("the tracker is closed; make a new one")
            self._dropped += self._waiting is not None
            self._waiting = own, timestamp
            self._changed.notify()

    def latest(self) -> LiveResult | None:
        """The newest result; None before the first."""
        with self._changed:
            self._raise_error()
            return self._latest

    def drop(self) -> None:
        """Forget the frame that waits."""
        with self._changed:
            self._dropped += self._waiting is not None
            self._waiting = None

    def close(self) -> None:
        """Finish the frames that were left and end the thread. May be called twice."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if threading.current_thread() is not self._thread:
            self._thread.join()
        with self._changed:
            self._raise_error()

    def _raise_error(self) -> None:
        if self._error is not None:
            error, self._error = self._error, None
            self._closed = True
            raise error

    def _work(self) -> None:
        while (frame := self._next()) is not None:
            image, timestamp = frame
            try:
                hands = self._find_hands(image, timestamp)
                with self._changed:
                    result = LiveResult(timestamp, hands, self._dropped)
                    self._latest = result
                if self._on_result is not None:
                    self._on_result(result)
            except BaseException as error:
                with self._changed:
                    self._error, self._closed = error, True
                return

    def _next(self) -> tuple[Image, float] | None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting is not None or self._closed)
            frame, self._waiting = self._waiting, None
            return frame
