"""The HDRI that lights the hand and the HDRI behind it are the same world."""

import cv2
import numpy as np
import pytest

from blender_scenes.camera import set_camera
from blender_scenes.picture import render_picture
from blender_scenes.settings import apply_settings
from blender_scenes.stage import Stage
from synth.photo.panorama import hdri_backdrop
from synth.scene import Camera, Light, RenderSettings

SETTINGS = RenderSettings(samples=16, denoise=False, subdivision=0, mask=False, depth=False)


@pytest.mark.parametrize(("rotation", "tilt"), [(0.0, 0.0), (1.1, 0.0), (-2.0, 0.4)])
def test_backdrop_is_what_cycles_renders(stage: Stage, rotation: float, tilt: float) -> None:
    light = Light(
        hdri="builtin:city.exr",
        rotation=rotation,
        tilt=tilt,
        strength=0.7,
        tint=(1.0, 0.9, 0.8),
    )
    turn = np.array([[0.8, -0.6, 0.0], [0.0, 0.0, -1.0], [0.6, 0.8, 0.0]])
    matrix = np.eye(4)
    matrix[:3, :3] = turn
    camera = Camera(
        K=((90.0, 0.0, 48.0), (0.0, 90.0, 32.0), (0.0, 0.0, 1.0)),
        world_to_camera=tuple(tuple(row) for row in matrix.tolist()),
        width=96,
        height=64,
    )
    from blender_scenes.world import set_light

    set_light(stage.world, light)
    set_camera(stage.scene, stage.camera, camera)
    apply_settings(stage.scene, SETTINGS, mask=False)
    stage.scene.cycles.use_adaptive_sampling = False
    stage.scene.render.film_transparent = False
    dressed = stage.hands[0]
    dressed.hand.mesh.hide_render = dressed.sleeve.mesh.hide_render = True
    try:
        rendered = render_picture(stage, SETTINGS).rgba[..., :3]
    finally:
        dressed.hand.mesh.hide_render = dressed.sleeve.mesh.hide_render = False
    # Cycles' pixel filter is wider than a pixel: compare what is left after a blur of both.
    rendered, expected = (
        cv2.GaussianBlur(picture, (0, 0), 2.0)
        for picture in (rendered, hdri_backdrop(light, camera))
    )
    assert np.abs(np.log((rendered + 0.02) / (expected + 0.02))).mean() < 0.03
    # and not of another direction:
    assert np.abs(np.log((rendered + 0.02) / (expected[:, ::-1] + 0.02))).mean() > 0.2
