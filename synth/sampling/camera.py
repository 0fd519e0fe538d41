"""Cameras: over the whole sphere around the hand or before its palm or back, at a drawn scale,
framed and rolled."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from synth.manifest import Cameras, Image
from synth.rotations import turn_between
from synth.scene import Camera

Array = NDArray[np.float64]

#: No camera stands nearer than this to the skin of the hand, and to the forearm's axis, metres.
CLEARANCE = 0.14
ARM_CLEARANCE = 0.2
_ATTEMPTS = 60
#: Widths of the sensors of a phone's front and main camera, of APS-C and of full frame, metres.
_SENSOR_WIDTHS = (0.0048, 0.0098, 0.0235, 0.036)
#: Metres of the widest opening of a lens. What is nearer than the focus is blurred over less than
#: that (opening · (focus − distance) / focus): a hand that passes close by keeps its fingers.
WIDEST_OPENING = 0.02
#: How much of a hand's box lies beyond the border when the hand is framed partly outside, and how
#: often two borders cut it.
_CUT = (0.1, 0.5)
_CORNER_SHARE = 0.2
_SETTLING_STEPS = 12
_SETTLED = 0.005  # relative error of size and place
#: Radians between the palm's normal and the camera that a hand which is shown to it stays within.
_FACING = np.radians(35.0)
_UP = np.array([0.0, 0.0, 1.0])
_NO_PALMS = np.zeros((0, 3))
_NEAREST_DEPTH = 0.03  # metres; points nearer to the camera's plane are taken to be there


@dataclass(frozen=True)
class Subject:
    """What is to be framed, in the world.

    Attributes:
        points: (N, 3) skin of the hand, in one frame or in all that share the camera.
        arms: (F, 2, 3) wrist and elbow in each of these frames; no camera may stand in the arm.
        solid: (K, 3) of things to keep clear of that need not be in the picture.
        palms: (P, 3) unit vectors along which palm or back are seen flat; none where it is no
            single hand that is framed.
    """

    points: Array
    arms: Array
    solid: Array = field(default_factory=lambda: np.zeros((0, 3)))
    palms: Array = field(default_factory=lambda: np.zeros((0, 3)))


@dataclass(frozen=True)
class _Framing:
    """Where the hand's box lies in the picture, by axis.

    Attributes:
        shift: (2,) −1 … 1 from one border to the other.
        cut: (2,) share of the box beyond the border that `shift` points to; 0 where none is.
    """

    shift: Array
    cut: Array

    def centre(self, box: Array, size: Array) -> Array:
        """(2,) pixel of the centre of a box (2,) in a picture of `size` (2,)."""
        inside = self.shift * np.maximum(size - box, 0.0) / 2
        outside = np.sign(self.shift) * (size / 2 - box * (0.5 - self.cut))
        return np.asarray(size / 2 + np.where(self.cut > 0, outside, inside))


def sample_camera(
    rng: np.random.Generator, settings: Cameras, image: Image, subject: Subject
) -> Camera:
    """One camera that sees the subject at a scale drawn from the manifest."""
    scale = sample_scale(rng, settings)
    partly_outside = rng.uniform() < settings.partly_outside_share
    faced = bool(settings.facing_share) and rng.uniform() < settings.facing_share
    palms = subject.palms if faced else _NO_PALMS
    best, most_room = None, -np.inf
    for _ in range(_ATTEMPTS):
        fov = np.radians(rng.uniform(*settings.fov_degrees))
        outward = _sample_outward(rng, settings, palms)
        camera, settled = _place(rng, settings, image, subject, scale, fov, outward, partly_outside)
        room = _room(camera, subject) if settled else -np.inf
        if best is None or room > most_room:
            best, most_room = camera, room
        if room >= 0:
            break
    assert best is not None
    return with_lens(rng, settings, best, subject)


def sample_scale(rng: np.random.Generator, settings: Cameras) -> float:
    """Hand's longer image side ÷ image's shorter side: triangular in the logarithm, so that a
    range of 20× has as many hands per doubling on either side of the mode."""
    low, high = np.log(settings.scale)
    mode = np.log(settings.scale_mode)
    return float(np.exp(rng.triangular(low, mode, high) if high > low else low))


def _sample_outward(rng: np.random.Generator, settings: Cameras, palms: Array) -> Array:
    """(3,) unit vector from the hand to its camera: uniform between the elevations, or, where
    there are `palms`, uniform in the cones round them and their opposites as far as the elevations
    let it."""
    low, high = np.sin(np.radians(settings.elevation_degrees))
    for _ in range(_ATTEMPTS if len(palms) else 0):
        axis = palms[int(rng.integers(len(palms)))] * rng.choice((-1.0, 1.0))
        outward = turn_between(_UP, axis) @ _on_sphere(rng, np.cos(_FACING), 1.0)
        if low <= outward[2] <= high:
            return np.asarray(outward)
    return _on_sphere(rng, low, high)


def _on_sphere(rng: np.random.Generator, low: float, high: float) -> Array:
    """(3,) unit vector, uniform on the sphere between two heights."""
    sine, azimuth = rng.uniform(low, high), rng.uniform(0, 2 * np.pi)
    cosine = np.sqrt(1 - sine**2)
    return np.array([cosine * np.cos(azimuth), cosine * np.sin(azimuth), sine])


def _place(
    rng: np.random.Generator,
    settings: Cameras,
    image: Image,
    subject: Subject,
    scale: float,
    fov: float,
    outward: Array,
    partly_outside: bool,
) -> tuple[Camera, bool]:
    """A camera, and whether the hand has the wanted size and place in its picture."""
    size = np.array([image.width, image.height], dtype=float)
    focal = image.height / 2 / np.tan(fov / 2)
    roll = np.radians(rng.normal(0, settings.roll_sigma_degrees))
    centre = (subject.points.min(0) + subject.points.max(0)) / 2
    upright = _look_along(-outward, roll)
    framing = _sample_framing(rng, partly_outside)

    # The box of a hand seen in perspective has neither its size nor its centre where those of a
    # small thing at `centre` would be: distance and aim settle in a few steps.
    wanted = scale * size.min()
    spread = np.ptp(subject.points @ upright.T, axis=0)[:2].max()
    distance, aim = focal * spread / wanted, size / 2
    for _ in range(_SETTLING_STEPS):
        camera = _camera(image, focal, upright, centre + outward * distance, centre, aim)
        low, high = _box(camera, subject.points)
        growth = float((high - low).max()) / wanted
        error = framing.centre(high - low, size) - (low + high) / 2
        if abs(growth - 1) < _SETTLED and np.abs(error).max() < _SETTLED * size.min():
            return camera, True
        distance *= growth
        aim = aim + error
    return camera, False


def _sample_framing(rng: np.random.Generator, partly_outside: bool) -> _Framing:
    shift, cut = rng.uniform(-1, 1, 2), rng.uniform(*_CUT, 2)
    axis, corner = rng.integers(2), rng.uniform() < _CORNER_SHARE
    axes = np.array([axis == 0 or corner, axis == 1 or corner])
    return _Framing(shift, np.where(axes & partly_outside, cut, 0.0))


def _box(camera: Camera, points: Array) -> tuple[Array, Array]:
    """(2,) lowest and (2,) highest pixel coordinates of points."""
    matrix = np.array(camera.world_to_camera)
    seen = points @ matrix[:3, :3].T + matrix[:3, 3]
    depth = np.maximum(seen[:, 2:], _NEAREST_DEPTH)
    pixels = camera.K[0][0] * seen[:, :2] / depth + [camera.K[0][2], camera.K[1][2]]
    return pixels.min(0), pixels.max(0)


def _look_along(forward: Array, roll: float) -> Array:
    """(3, 3) world → camera rotation (rows x right, y down, z forward), level and then rolled."""
    up = _UP if abs(forward[2]) < 0.999 else np.array([0.0, 1.0, 0.0])
    right = np.cross(forward, up)
    right /= np.linalg.norm(right)
    down = np.cross(forward, right)
    c, s = np.cos(roll), np.sin(roll)
    return np.stack([c * right + s * down, c * down - s * right, forward])


def camera_at(
    image: Image, focal: float, position: Array, target: Array, roll: float = 0.0
) -> Camera:
    """A level camera, then rolled, that has a world point (3,) in the middle of its picture.

    Args:
        focal: pixels.
        roll: radians.
    """
    forward = (target - position) / np.linalg.norm(target - position)
    middle = np.array([image.width / 2, image.height / 2])
    return _camera(image, focal, _look_along(forward, roll), position, target, middle)


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


def _room(camera: Camera, subject: Subject) -> float:
    """Metres by which a camera is clear of the hand and the arm; negative where it is too near."""
    centre = camera_centre(camera)
    room = float(np.linalg.norm(subject.points - centre, axis=1).min()) - CLEARANCE
    for arm in subject.arms:
        room = min(room, distance_to_segment(centre, *arm) - ARM_CLEARANCE)
    if len(subject.solid):
        room = min(room, float(np.linalg.norm(subject.solid - centre, axis=1).min()) - CLEARANCE)
    return room


def with_lens(
    rng: np.random.Generator, settings: Cameras, camera: Camera, subject: Subject
) -> Camera:
    """Depth of field for a share of the cameras, focused on the hand give or take a little."""
    sensor_width = float(rng.choice(_SENSOR_WIDTHS))
    f_stop = float(np.exp(rng.uniform(*np.log(settings.f_stop))))
    focus_error = float(rng.normal(0.0, 0.03))
    if rng.uniform() >= settings.depth_of_field_share:
        return camera.model_copy(update={"sensor_width": sensor_width})
    focal_length = camera.K[0][0] * sensor_width / camera.width
    f_stop = max(f_stop, focal_length / WIDEST_OPENING)
    matrix = np.array(camera.world_to_camera)
    depth = float(np.median(subject.points @ matrix[2, :3] + matrix[2, 3]))
    update: dict[str, float | Literal[None]] = {
        "sensor_width": sensor_width,
        "f_stop": f_stop,
        "focus_distance": depth * (1 + focus_error),
    }
    return camera.model_copy(update=update)
