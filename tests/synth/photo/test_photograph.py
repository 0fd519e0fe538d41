"""The rendered hand before its background, through the camera."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from synth.manifest import Manifest
from synth.photo.photograph import take_photograph
from synth.sampling.sequence import plan_scene
from synth.scene import Background, Scene, View


@pytest.fixture(scope="module")
def scene() -> Scene:
    return plan_scene(Manifest(sequences=10, frames_per_sequence=1, cameras=1), 0)


def a_view(scene: Scene, background: Background) -> View:
    view = scene.frames[0].views[0]
    sensor = view.sensor.model_copy(update={"noise_iso": 0.0, "exposure": 0.0})
    return view.model_copy(update={"background": background, "sensor": sensor})


def a_hand(view: View, brightness: float) -> NDArray[np.float32]:
    """A grey disc in the middle of an empty picture."""
    height, width = view.camera.height, view.camera.width
    mask = np.zeros((height, width), np.float32)
    cv2.circle(mask, (width // 2, height // 2), width // 5, 1.0, -1)
    return np.dstack([mask * brightness] * 3 + [mask]).astype(np.float32)


def levels(jpeg: bytes) -> NDArray[np.float64]:
    return cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR).astype(np.float64)


def test_a_made_up_background_stands_in_the_light_of_the_hand(scene: Scene) -> None:
    view = a_view(scene, Background(kind="procedural", seed=4))
    # Eight times the light on the hand is eight times the light on all, which the exposure undoes.
    dim = levels(take_photograph(a_hand(view, 0.05), None, scene, view))
    bright = levels(take_photograph(a_hand(view, 0.4), None, scene, view))
    assert np.abs(dim - bright).mean() < 1.0


def test_the_hdri_has_light_of_its_own(scene: Scene) -> None:
    view = a_view(scene, Background(kind="hdri"))
    dim = levels(take_photograph(a_hand(view, 0.05), None, scene, view))
    bright = levels(take_photograph(a_hand(view, 0.4), None, scene, view))
    assert np.abs(dim - bright).mean() > 5.0
