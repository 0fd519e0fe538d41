"""A tiny dataset made by hand: grey pictures whose labels are a formula."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from synth.sample import Sample
from tests.tracker.fake_models import ScriptedHand
from tracker.roi import PALM_LANDMARKS

SIDE = 160


def hand_label(hand: ScriptedHand, side: str = "right", **keys: Any) -> dict[str, Any]:
    """Label of an upright hand; its box is the rectangle of its landmarks, 5 pixels wider."""
    points = hand.landmarks
    low, high = points[:, :2].min(axis=0) - 5, points[:, :2].max(axis=0) + 5
    palm = points[list(PALM_LANDMARKS), :2]
    palm_low, palm_high = palm.min(axis=0), palm.max(axis=0)
    return {
        "side": side,
        "landmarks_image": points.tolist(),
        "visibility": [2] * 21,
        "box": [*low.tolist(), *(high - low).tolist()],
        "palm_box": {
            "center": ((palm_low + palm_high) / 2).tolist(),
            "size": float((palm_high - palm_low).max()),
            "rotation": 0.0,
        },
        "skin": "tan",
        "gesture": None,
        **keys,
    }


def sample(key: str, *hands: dict[str, Any], **keys: Any) -> Sample:
    """A picture of even grey; `keys` are the label's beside its hands."""
    ok, data = cv2.imencode(".jpg", np.full((SIDE, SIDE, 3), 128, np.uint8))
    assert ok
    return Sample(key, data.tobytes(), {"hands": list(hands), **keys})
