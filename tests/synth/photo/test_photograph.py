"""The rendered hand before its background, through the camera."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from synth.manifest import Manifest
from synth.photo.photograph import SKIN_ALBEDO, take_photograph
from synth.sample import CLOTH_IN_MASK
from synth.sampling.sequence import plan_scene
from synth.scene import Background, Glove, Scene, View


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


def two_things(
    view: View, first: float, second: float
) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """A hand on the left (1 in the mask) and cloth on the right, each a grey field."""
    height, width = view.camera.height, view.camera.width
    mask = np.zeros((height, width), np.uint8)
    mask[height // 4 : 3 * height // 4, width // 8 : 3 * width // 8] = 1
    mask[height // 4 : 3 * height // 4, 5 * width // 8 : 7 * width // 8] = CLOTH_IN_MASK
    grey = np.where(mask == 1, first, np.where(mask == CLOTH_IN_MASK, second, 0.0))
    rendered = np.dstack([grey] * 3 + [mask > 0]).astype(np.float32)
    return rendered, mask


def backdrop_level(scene: Scene, view: View, first: float, second: float, masked: bool) -> float:
    """Level of the made-up background, which is lit as the subject is, over that of the hand."""
    rendered, mask = two_things(view, first, second)
    picture = levels(take_photograph(rendered, mask if masked else None, scene, view))
    behind = picture[mask == 0].mean()
    return float(behind / max(picture[mask == 1].mean(), 1.0))


def test_the_light_is_told_from_hands_alone_where_a_mask_says_which(scene: Scene) -> None:
    view = a_view(scene, Background(kind="procedural", seed=4))
    # A white or a black coat beside it changes nothing of the light on a hand.
    dark, bright = (backdrop_level(scene, view, 0.2, coat, True) for coat in (0.02, 0.9))
    assert dark == pytest.approx(bright, rel=0.12)
    dark, bright = (backdrop_level(scene, view, 0.2, coat, False) for coat in (0.02, 0.9))
    assert bright > 1.5 * dark


def test_a_dark_skin_in_the_same_light_has_the_same_background(scene: Scene) -> None:
    """Half as bright a hand of a skin that reflects half as much is in the same light."""
    view = a_view(scene, Background(kind="procedural", seed=4))

    def behind(skin: str, albedo_share: float) -> float:
        look = scene.hands[0]
        own = look.skin.model_copy(update={"name": skin, "brightness": 1.0})
        other = scene.model_copy(update={"hands": (look.model_copy(update={"skin": own}),)})
        rendered, mask = two_things(view, albedo_share * SKIN_ALBEDO[skin], 0.1)
        picture = levels(take_photograph(rendered, mask, other, view))
        return float(picture[mask == 0].mean())

    assert behind("dark", 0.6) == pytest.approx(behind("light", 0.6), rel=0.12)


def test_the_light_on_a_glove_is_told_by_the_gloves_colour(scene: Scene) -> None:
    view = a_view(scene, Background(kind="procedural", seed=4))

    def behind(grey: float) -> float:
        glove = Glove(
            kind="latex",
            color=(grey, grey, grey),
            color2=(grey, grey, grey),
            thickness=0.001,
            cuff=0.05,
            roughness=0.4,
            pattern_scale=0.01,
            wrinkles=0.1,
            seed=1,
        )
        look = scene.hands[0].model_copy(update={"glove": glove})
        rendered, mask = two_things(view, 0.5 * grey, 0.1)
        gloved = scene.model_copy(update={"hands": (look,)})
        return float(levels(take_photograph(rendered, mask, gloved, view))[mask == 0].mean())

    assert behind(0.8) == pytest.approx(behind(0.1), rel=0.12)


def test_where_there_is_no_hand_all_else_tells_the_light(scene: Scene) -> None:
    view = a_view(scene, Background(kind="procedural", seed=4))
    rendered, mask = two_things(view, 0.0, 0.2)
    rendered[mask == 1] = 0.0
    mask[mask == 1] = 0
    empty = scene.model_copy(update={"hands": ()})
    lit = levels(take_photograph(rendered, mask, empty, view))
    brighter = levels(take_photograph(rendered * [4, 4, 4, 1], mask, empty, view))
    # Four times the light on all of it: the exposure undoes that.
    assert np.abs(lit - brighter).mean() < 1.5
    nothing = np.zeros_like(rendered)
    assert levels(take_photograph(nothing, np.zeros_like(mask), empty, view)).mean() > 5
