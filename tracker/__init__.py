"""Real-time hand tracking: a palm detector, a landmark model and a loop that follows hands.

from tracker import HandTracker
tracker = HandTracker(num_hands=2, running_mode="image")
hands = tracker.detect(image)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tracker.hand_tracker import HandTracker
    from tracker.results import HandResult

__all__ = ["HandResult", "HandTracker"]


def __getattr__(name: str) -> Any:
    # onnxruntime and OpenCV load when they are first needed, not on import.
    if name == "HandTracker":
        from tracker.hand_tracker import HandTracker

        return HandTracker
    if name == "HandResult":
        from tracker.results import HandResult

        return HandResult
    raise AttributeError(f"module 'tracker' has no attribute {name!r}")
