"""Sleeves, and arms that no camera sees end."""

from __future__ import annotations

import numpy as np
import pytest

from synth.hand.arm import arm_path
from synth.manifest import Identity
from synth.sampling.sleeve import (
    LONGEST_ARM,
    Arm,
    arm_fits,
    cloth_radius,
    in_view,
    sample_cloth_color,
    sample_sleeve,
)
from synth.scene import Camera, Sleeve

RNG = np.random.default_rng


def look(position: tuple[float, ...], target: tuple[float, ...], focal: float = 300.0) -> Camera:
    """A camera of 256² pixels."""
    forward = np.subtract(target, position)
    forward = forward / np.linalg.norm(forward)
    right = np.cross(forward, [0.0, 0.0, 1.0])
    right /= np.linalg.norm(right)
    matrix = np.eye(4)
    matrix[:3, :3] = [right, np.cross(forward, right), forward]
    matrix[:3, 3] = -matrix[:3, :3] @ np.array(position)
    return Camera(
        K=((focal, 0.0, 128.0), (0.0, focal, 128.0), (0.0, 0.0, 1.0)),
        world_to_camera=tuple(tuple(row) for row in matrix.tolist()),
        width=256,
        height=256,
    )


#: The forearm lies along −X from the origin; the hand is at +X.
FOREARM = np.eye(4)
FOREARM[:3, :3] = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
ARM = Arm(FOREARM[None], 0.26, 0.045, np.array([[[0.0, 0.0, 0.0], [0.17, 0.0, 0.0]]]))
#: From the side, from above, from the tips along the forearm, from near and from far.
CAMERAS = (
    look((0.1, -0.6, 0.0), (0.08, 0.0, 0.0)),
    look((0.1, 0.01, 0.7), (0.08, 0.0, 0.0)),
    look((0.9, 0.0, 0.05), (0.0, 0.0, 0.0)),
    look((0.3, 0.3, 0.1), (0.05, 0.0, 0.0), 150.0),
    look((1.0, -4.0, 1.0), (0.0, 0.0, 0.0), 600.0),
)


def sees(camera: Camera, sleeve: Sleeve) -> bool:
    """Whether any point of the rim at the arm's end falls into the picture."""
    along = np.array([sleeve.start + sleeve.length])
    end = arm_path(FOREARM, along, ARM.elbow, sleeve.elbow_angle, sleeve.elbow_azimuth)[0]
    offsets = RNG(0).normal(size=(400, 3))
    offsets *= cloth_radius(sleeve, ARM) / np.linalg.norm(offsets, axis=1, keepdims=True)
    rows = np.array(camera.world_to_camera)
    points = (end + offsets) @ rows[:3, :3].T + rows[:3, 3]
    x, y, z = points.T
    u, v = camera.K[0][0] * x / z + 128, camera.K[1][1] * y / z + 128
    return bool(((z > 0) & (u > 0) & (u < 256) & (v > 0) & (v < 256)).any())


@pytest.mark.parametrize("seed", range(8))
def test_no_camera_sees_the_arm_end(seed: int) -> None:
    sleeve = sample_sleeve(RNG(seed), Identity(), [CAMERAS], ARM)
    assert arm_fits(sleeve, [CAMERAS], ARM)
    assert not any(sees(camera, sleeve) for camera in CAMERAS)
    total = sleeve.start + sleeve.length
    along = np.linspace(0, total, 300)
    path = arm_path(FOREARM, along, ARM.elbow, sleeve.elbow_angle, sleeve.elbow_azimuth)
    for camera in CAMERAS:
        rows = np.array(camera.world_to_camera)
        centre = -rows[:3, :3].T @ rows[:3, 3]
        assert np.linalg.norm(path - centre, axis=1).min() > cloth_radius(sleeve, ARM) + 0.05


def test_a_straight_arm_that_runs_to_its_vanishing_point_does_not_fit() -> None:
    sleeve = sample_sleeve(RNG(0), Identity(), [CAMERAS[:1]], ARM)
    along = look((0.9, 0.0, 0.05), (0.0, 0.0, 0.0))
    straight = {"elbow_angle": 0.0, "length": LONGEST_ARM}
    assert not arm_fits(sleeve.model_copy(update=straight), [(along,)], ARM)
    # Seen from the side it leaves the picture; cut off after 10 cm it does not.
    assert arm_fits(sleeve.model_copy(update=straight), [CAMERAS[:1]], ARM)
    short = {"elbow_angle": 0.0, "start": 0.0, "length": 0.1}
    assert not arm_fits(sleeve.model_copy(update=short), [CAMERAS[:1]], ARM)


def test_a_camera_in_the_arm_does_not_fit() -> None:
    sleeve = sample_sleeve(RNG(0), Identity(), [CAMERAS[:1]], ARM)
    inside = look((-0.2, 0.0, 0.0), (0.1, 0.0, 0.01))
    assert not arm_fits(sleeve, [(inside,)], ARM)


def test_what_reaches_into_the_picture() -> None:
    camera = look((0.0, -1.0, 0.0), (0.0, 0.0, 0.0), focal=128.0)  # 90° wide
    points = np.array([[0.0, 0, 0], [0.99, 0, 0], [1.2, 0, 0], [0, 0, -1.2], [0.0, -1.3, 0]])
    assert in_view(camera, points, 0.0).tolist() == [True, True, False, False, False]
    # A point beside the border by 0.2 is 0.2 / √2 = 0.141 from the pyramid's side.
    assert in_view(camera, points, 0.14).tolist() == [True, True, False, False, False]
    assert in_view(camera, points, 0.143).tolist() == [True, True, True, True, False]


def test_cuffs_lie_where_the_manifest_says() -> None:
    def starts(share: float) -> list[float]:
        settings = Identity(sleeve_share=share, sleeve_start=(0.01, 0.18))
        return [sample_sleeve(RNG(n), settings, [CAMERAS[:1]], ARM).start for n in range(12)]

    long, short = starts(1.0), starts(0.0)
    assert min(long) >= 0.01
    assert max(long) <= 0.06 <= min(short)
    assert max(short) <= 0.18


def test_other_cameras_change_the_bend_and_not_the_cloth() -> None:
    one = sample_sleeve(RNG(4), Identity(), [CAMERAS[:1]], ARM)
    other = sample_sleeve(RNG(4), Identity(), [CAMERAS[1:]], ARM)
    bend = {"elbow_angle", "elbow_azimuth", "length"}
    assert one.model_dump(exclude=bend) == other.model_dump(exclude=bend)


def test_cloth_colours_are_reflectances() -> None:
    colors = np.array([sample_cloth_color(RNG(n)) for n in range(500)])
    assert colors.min() >= 0
    assert colors.max() <= 0.75
    # From nearly black to nearly white, and mostly muted.
    value = colors.max(1)
    assert value.min() < 0.03
    assert value.max() > 0.6
    assert np.median(1 - colors.min(1) / value) < 0.5
