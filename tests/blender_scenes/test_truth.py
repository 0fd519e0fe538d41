"""Landmarks of the label against marker spheres that hang from Blender's bones, as rendered."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from blender_scenes.render import render_scene
from blender_scenes.stage import Stage
from synth.sample import CLOTH_IN_MASK, Timings
from synth.scene import Camera, Scene, Side
from tests.blender_scenes.probes import (
    MARKER_PIXELS,
    joint_markers,
    marker_centroids,
    marker_positions,
)
from tests.blender_scenes.scenes import camera_at, hand_made_scene, planned_scene, tiny_manifest

#: Fields of view of planned cameras in degrees, and the shift of their principal point in pixels.
LENSES = [(20.0, (0.0, 0.0)), (45.0, (0.0, 0.0)), (45.0, (9.4, -6.7)), (80.0, (0.0, 0.0))]
#: Largest distance of a marker from its label in pixels.
EXACT = 0.5


def hand_labels(scene: Scene) -> list[dict[str, Any]]:
    return [sample.label["hands"][0] for sample in render_scene(scene, Timings())]


def planned_views(side: Side, fov: float, shift: tuple[float, float]) -> Scene:
    """A planned moment of a small, wide picture with all cameras' principal points moved."""
    manifest = tiny_manifest(
        image={"width": 96, "height": 72, "samples": 1, "denoise": False},
        camera={
            "fov_degrees": [fov, fov],
            "scale": [0.5, 0.85],
            "scale_mode": 0.7,
            "partly_outside_share": 0.0,
            "depth_of_field_share": 0.0,
            "motion_blur_share": 0.0,
        },
    )
    scene = planned_scene(side, manifest, start=int(fov) % 9)
    frame = scene.frames[0]
    views = []
    for view in frame.views:
        (fx, _, cx), (_, fy, cy), last = view.camera.K
        K = ((fx, 0.0, cx + shift[0]), (0.0, fy, cy + shift[1]), last)
        views.append(view.model_copy(update={"camera": view.camera.model_copy(update={"K": K})}))
    return scene.model_copy(update={"frames": (frame.model_copy(update={"views": tuple(views)}),)})


@pytest.mark.parametrize("side", ["right", "left"])
@pytest.mark.parametrize(("fov", "shift"), LENSES)
def test_markers_are_where_the_label_says(
    stage: Stage, side: Side, fov: float, shift: tuple[float, float]
) -> None:
    scene = planned_views(side, fov, shift)
    labels = hand_labels(scene)
    found = 0
    worst = 0.0
    with joint_markers(stage) as spheres:
        positions = marker_positions(spheres)
        for label, view in zip(labels, scene.frames[0].views, strict=True):
            assert label["side"] == side
            np.testing.assert_allclose(label["landmarks_world"], positions, atol=2e-6)
            pixels = np.array(label["landmarks_image"])[:, :2]
            centroids, light = marker_centroids(stage, spheres, view.camera)
            inside = distance_to_edge(pixels, view.camera) > MARKER_PIXELS + 2.5
            # Whole spheres; off the axis of a wide lens their images are larger.
            assert np.all((light[inside] > 0.8) & (light[inside] < 2.2))
            error = np.linalg.norm(centroids - pixels, axis=1)[inside]
            assert error.max() < EXACT
            worst = max(worst, error.max())
            found += int(inside.sum())
            far_outside = distance_to_edge(pixels, view.camera) < -MARKER_PIXELS - 2.5
            assert not light[far_outside].any()
    print(f"{side} fov {fov:g} shift {shift}: {found} markers, worst {worst:.3f} px")
    assert found > 0.7 * 3 * 21


def distance_to_edge(pixels: np.ndarray, camera: Camera) -> np.ndarray:
    """(N,) pixels inside the image, negative outside."""
    return np.minimum(pixels, [camera.width, camera.height] - pixels).min(1)


@pytest.mark.parametrize("side", ["right", "left"])
def test_frames_of_the_label_agree(stage: Stage, side: Side) -> None:
    scene = planned_views(side, 60.0, (3.0, 2.0))
    for label, view in zip(hand_labels(scene), scene.frames[0].views, strict=True):
        world = np.column_stack([label["landmarks_world"], np.ones(21)])
        camera = np.array(label["landmarks_camera"])
        np.testing.assert_allclose(world @ np.array(view.camera.world_to_camera)[:3].T, camera)
        x, y, z = np.array(label["landmarks_image"]).T
        (f, _, cx), (_, _, cy), _ = view.camera.K
        np.testing.assert_allclose(x, f * camera[:, 0] / camera[:, 2] + cx)
        np.testing.assert_allclose(y, f * camera[:, 1] / camera[:, 2] + cy)
        np.testing.assert_allclose(z, (camera[:, 2] - camera[0, 2]) * f / camera[0, 2], atol=1e-9)


def test_depth_is_in_pixels_and_negative_towards_the_camera(stage: Stage) -> None:
    # Half a metre before the wrist, f = 100: a point 5 cm nearer has z = −0.05 · 100 / 0.5.
    camera = camera_at((0.0, 0.0, 0.5), (0.0, 0.0, 0.0), focal=100.0)
    (label,) = hand_labels(hand_made_scene("right", "tabletop", [camera]))
    x, y, z = np.array(label["landmarks_image"]).T
    assert (x[0], y[0], z[0]) == pytest.approx((32.0, 32.0, 0.0), abs=1e-4)
    height = np.array(label["landmarks_world"])[:, 2]
    np.testing.assert_allclose(z, -height * 200.0, atol=1e-4)
    # The fingers of a tabletop hand stand out of the palm, towards this camera.
    assert max(z[[8, 12, 16, 20]]) < -10.0


@pytest.mark.parametrize("side", ["right", "left"])
def test_sides_are_anatomical(stage: Stage, side: Side) -> None:
    # A hand that shows its palm with the fingers up has its thumb on its own side of the image:
    # a right hand's is on the viewer's right.
    camera = camera_at((0.0, 0.08, 0.6), (0.0, 0.08, 0.0))
    (label,) = hand_labels(hand_made_scene(side, "open_palm", [camera]))
    x, y, _ = np.array(label["landmarks_image"]).T
    assert y[12] < y[9] < y[0]
    assert (x[4] > x[20]) == (side == "right")


def test_box_is_that_of_the_hand_without_the_forearm(stage: Stage) -> None:
    camera = camera_at((0.0, 0.05, 0.9), (0.0, 0.05, 0.0), size=(128, 128), focal=300.0)
    scene = hand_made_scene("right", "open_palm_spread", [camera])
    scene = scene.model_copy(update={"render": scene.render.model_copy(update={"mask": True})})
    (sample,) = render_scene(scene, Timings())
    label = sample.label["hands"][0]
    x, y, width, height = label["box"]
    assert sample.mask is not None
    wrist_row = label["landmarks_image"][0][1]
    assert set(np.unique(sample.mask)) <= {0, 1, CLOTH_IN_MASK}
    rows, columns = np.nonzero(sample.mask[: int(wrist_row)])
    drawn = [columns.min(), rows.min(), columns.max() + 1]
    assert [x, y, x + width] == pytest.approx(drawn, abs=1.0)
    # It ends near the crease, though the forearm goes on to the image's edge (1 cm is 3.3 px).
    assert np.nonzero(sample.mask)[0].max() == 127
    assert y + height == pytest.approx(wrist_row, abs=5.0)
