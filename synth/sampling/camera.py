"""Cameras: over the whole sphere around the hand, at a drawn scale, framed and rolled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from synth.manifest import Cameras, Image
from synth.rotations import turn_between
from synth.scene import Camera

Array = NDArray[np.float64]

#: Half the thickness of flesh around the landmarks, metres: a fingertip's or the hand's edge.
_FLESH = 0.009
#: No camera stands nearer to the hand or the forearm than this, metres.
_CLEARANCE = 0.14
_ATTEMPTS = 60
#: Widths of the sensors of a phone's front and main camera, of APS-C and of full frame, metres.
_SENSOR_WIDTHS = (0.0048, 0.0098, 0.0235, 0.036)
#: Hands framed partly outside have their centre within this share of the image's half size.
_OUTSIDE_REACH = (0.75, 1.05)


@dataclass(frozen=True)
class Subject:
    """What is to be framed, in the world.

    Attributes:
        landmarks: (N, 3) points of the hand, of one frame or of all that share the camera.
        arm: (2, 3) wrist and elbow, which no camera may stand in.
    """

    landmarks: Array
    arm: Array


def sample_camera(
    rng: np.random.Generator, settings: Cameras, image: Image, subject: Subject
) -> Camera:
    """One camera that sees the subject at a scale drawn from the manifest."""
    scale = sample_scale(rng, settings)
    partly_outside = rng.uniform() < settings.partly_outside_share
    best, best_clearance = None, -np.inf
    for _ in range(_ATTEMPTS):
        fov = np.radians(rng.uniform(*settings.fov_degrees))
        camera = _place(rng, settings, image, subject, scale, fov, partly_outside)
        clearance = _clearance(camera, subject)
        if clearance > best_clearance:
            best, best_clearance = camera, clearance
        if clearance >= _CLEARANCE:
            break
    assert best is not None
    return _with_lens(rng, settings, best, subject)


def sample_scale(rng: np.random.Generator, settings: Cameras) -> float:
    """Hand's longer image side ÷ image's shorter side: triangular in the logarithm, so that a
    range of 20× has as many hands per doubling on either side of the mode."""
    low, high = np.log(settings.scale)
    mode = np.log(settings.scale_mode)
    return float(np.exp(rng.triangular(low, mode, high) if high > low else low))


def _place(
    rng: np.random.Generator,
    settings: Cameras,
    image: Image,
    subject: Subject,
    scale: float,
    fov: float,
    partly_outside: bool,
) -> Camera:
    size = np.array([image.width, image.height], dtype=float)
    focal = image.height / 2 / np.tan(fov / 2)
    low, high = np.sin(np.radians(settings.elevation_degrees))
    sine, azimuth = rng.uniform(low, high), rng.uniform(0, 2 * np.pi)
    cosine = np.sqrt(1 - sine**2)
    outward = np.array([cosine * np.cos(azimuth), cosine * np.sin(azimuth), sine])
    roll = np.radians(rng.normal(0, settings.roll_sigma_degrees))
    centre = (subject.landmarks.min(0) + subject.landmarks.max(0)) / 2
    upright = _look_along(-outward, roll)
    room = np.clip(1 - scale * size.min() / size, 0.0, None)
    if partly_outside:
        angle = rng.uniform(0, 2 * np.pi)
        way = np.array([np.cos(angle), np.sin(angle)])
        shift = way / np.abs(way).max() * rng.uniform(*_OUTSIDE_REACH)
    else:
        shift = rng.uniform(-1, 1, 2) * room
    target = size / 2 * (1 + shift)

    wanted = scale * size.min()
    spread = np.ptp(subject.landmarks @ upright.T, axis=0)[:2].max() + 2 * _FLESH
    distance = focal * spread / wanted
    for _ in range(4):
        camera = _camera(image, focal, upright, centre + outward * distance, centre, target)
        distance *= _longer_side(camera, subject.landmarks) / wanted
    return _camera(image, focal, upright, centre + outward * distance, centre, target)


def _longer_side(camera: Camera, landmarks: Array) -> float:
    """Longer side in pixels of the landmarks' box with the flesh around them."""
    matrix = np.array(camera.world_to_camera)
    points = landmarks @ matrix[:3, :3].T + matrix[:3, 3]
    depth = np.maximum(points[:, 2:], 0.03)
    focal = camera.K[0][0]
    pixels, flesh = focal * points[:, :2] / depth, focal * _FLESH / depth
    return float(((pixels + flesh).max(0) - (pixels - flesh).min(0)).max())


def _look_along(forward: Array, roll: float) -> Array:
    """(3, 3) world → camera rotation (rows x right, y down, z forward), level and then rolled."""
    up = np.array([0.0, 0.0, 1.0]) if abs(forward[2]) < 0.999 else np.array([0.0, 1.0, 0.0])
    right = np.cross(forward, up)
    right /= np.linalg.norm(right)
    down = np.cross(forward, right)
    c, s = np.cos(roll), np.sin(roll)
    return np.stack([c * right + s * down, c * down - s * right, forward])


def _camera(
    image: Image, focal: float, upright: Array, position: Array, centre: Array, target: Array
) -> Camera:
    """Camera at `position`, turned so that `centre` falls on the pixel `target`."""
    toward = upright @ (centre - position)
    toward /= np.linalg.norm(toward)
    ray = np.array([(target[0] - image.width / 2), (target[1] - image.height / 2), focal])
    ray /= np.linalg.norm(ray)
    rotation = turn_between(toward, ray) @ upright
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = rotation, -rotation @ position
    return Camera(
        K=(
            (float(focal), 0.0, image.width / 2),
            (0.0, float(focal), image.height / 2),
            (0.0, 0.0, 1.0),
        ),
        world_to_camera=tuple(tuple(row) for row in matrix.tolist()),  # type: ignore[arg-type]
        width=image.width,
        height=image.height,
    )


def camera_centre(camera: Camera) -> Array:
    """(3,) world position of the camera."""
    matrix = np.array(camera.world_to_camera)
    return -matrix[:3, :3].T @ matrix[:3, 3]


def distance_to_segment(point: Array, start: Array, end: Array) -> float:
    """Metres from a point to the nearest point of a segment."""
    axis = end - start
    t = float(np.clip((point - start) @ axis / (axis @ axis), 0.0, 1.0))
    return float(np.linalg.norm(point - start - t * axis))


def _clearance(camera: Camera, subject: Subject) -> float:
    centre = camera_centre(camera)
    to_hand = float(np.linalg.norm(subject.landmarks - centre, axis=1).min())
    return min(to_hand, distance_to_segment(centre, *subject.arm))


def _with_lens(
    rng: np.random.Generator, settings: Cameras, camera: Camera, subject: Subject
) -> Camera:
    """Depth of field for a share of the cameras, focused on the hand give or take a little."""
    sensor_width = float(rng.choice(_SENSOR_WIDTHS))
    f_stop = float(np.exp(rng.uniform(*np.log(settings.f_stop))))
    focus_error = float(rng.normal(0.0, 0.03))
    if rng.uniform() >= settings.depth_of_field_share:
        return camera.model_copy(update={"sensor_width": sensor_width})
    matrix = np.array(camera.world_to_camera)
    depth = float(np.median(subject.landmarks @ matrix[2, :3] + matrix[2, 3]))
    update: dict[str, float | Literal[None]] = {
        "sensor_width": sensor_width,
        "f_stop": f_stop,
        "focus_distance": depth * (1 + focus_error),
    }
    return camera.model_copy(update=update)
