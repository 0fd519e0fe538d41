"""The sleeve, and the way the arm goes on behind the elbow so that no camera sees it end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from synth.hand.arm import UPPER_ARM_GROWTH, arm_path, sleeve_looseness
from synth.manifest import Identity
from synth.sampling.camera import camera_centre
from synth.scene import Camera, Color, Sleeve

Array = NDArray[np.float64]

_PATTERNS: tuple[tuple[Literal["plain", "stripes", "checks", "knit", "noise"], float], ...] = (
    ("plain", 0.5),
    ("stripes", 0.15),
    ("checks", 0.1),
    ("knit", 0.15),
    ("noise", 0.1),
)
#: Bends of the elbow that are compared, and how many more are tried if none of them will do.
_CANDIDATES = 24
_MORE_CANDIDATES = 72
_LARGEST_BEND = 1.9  # radians
_SHORTEST_ARM = 0.45  # metres beyond the wrist, even where nobody would see the end
#: Metres of arm; a bend that needs more to leave a picture shows the arm to its vanishing point.
LONGEST_ARM = 6.0
_STEP = 0.03  # metres between the points that stand for the arm
_MARGIN = 0.1  # metres that the arm goes on outside the picture
#: Cloth may not come nearer to a camera's centre than this, metres.
_CLEARANCE = 0.06
#: A share of hidden points counts as much as this many metres of arm in the picture.
_HIDING_COST = 4.0
#: Height of the folds relative to `Sleeve.wrinkles`, at most.
_FOLDS = 1.0


@dataclass(frozen=True)
class Arm:
    """What is known of the arm before it is bent.

    Attributes:
        forearms: (F, 4, 4) world matrices of the bone `forearm_distal`, one for every frame;
            mirrored for a left hand.
        elbow: metres from wrist to elbow.
        radius: metres, the forearm's largest.
        targets: (F, T, 3) world points of the hand that the arm should not hide.
    """

    forearms: Array
    elbow: float
    radius: float
    targets: Array


def sample_sleeve(
    rng: np.random.Generator, settings: Identity, cameras: Sequence[Sequence[Camera]], arm: Arm
) -> Sleeve:
    """One sleeve for all cameras of a sequence.

    Its arm goes on until no camera sees it any more, if there is a bend of the elbow that takes
    it out of all pictures; see `arm_fits`.

    Args:
        cameras: those that see each frame.
    """
    long_sleeve = rng.uniform() < settings.sleeve_share
    low, high = settings.sleeve_start
    reach = min(high, 0.82 * arm.elbow)
    middle = min(max(low, 0.06), reach)
    start = rng.uniform(low, middle) if long_sleeve else rng.uniform(middle, reach)
    names = [name for name, _ in _PATTERNS]
    shares = np.array([share for _, share in _PATTERNS])
    straight = Sleeve(
        start=float(start),
        elbow_angle=0.0,
        elbow_azimuth=0.0,
        length=LONGEST_ARM,
        looseness=float(rng.gamma(2.0, 0.0015) + 0.0015),
        flare=float(rng.uniform(0.0, 1.0)),
        thickness=float(rng.uniform(0.0012, 0.004)),
        color=sample_cloth_color(rng),
        color2=sample_cloth_color(rng),
        pattern=names[int(rng.choice(len(names), p=shares))],
        pattern_scale=float(np.exp(rng.uniform(np.log(0.004), np.log(0.05)))),
        roughness=float(rng.uniform(0.6, 1.0)),
        wrinkles=float(rng.uniform(0.0005, 0.004)),
        seed=int(rng.integers(1, 2**31)),
    )
    return _bent(rng, straight, cameras, arm)


def sample_cloth_color(rng: np.random.Generator) -> Color:
    """Linear RGB of worn cloth: mostly greys, blues and muted colours, seldom vivid ones."""
    value = float(np.exp(rng.uniform(np.log(0.012), np.log(0.75))))
    saturation = float(rng.beta(1.2, 2.5))
    hue = rng.uniform(0, 1) if rng.uniform() < 0.6 else rng.normal(0.61, 0.04)
    channels = np.clip(np.abs((hue * 6 + np.array([0.0, 4.0, 2.0])) % 6 - 3) - 1, 0, 1)
    r, g, b = value * (1 - saturation * (1 - channels))
    return (float(r), float(g), float(b))


def arm_fits(sleeve: Sleeve, cameras: Sequence[Sequence[Camera]], arm: Arm) -> bool:
    """Whether no camera can see where the arm ends, or stands in it or too near to it."""
    radius = cloth_radius(sleeve, arm)
    total = sleeve.start + sleeve.length
    along = np.append(np.arange(0.0, total, _STEP), total)
    for forearm, row in zip(arm.forearms, cameras, strict=True):
        path = arm_path(forearm, along, arm.elbow, sleeve.elbow_angle, sleeve.elbow_azimuth)
        for camera in row:
            if in_view(camera, path[-1:], radius).any():
                return False
            if _gap(camera, path, radius) < _CLEARANCE:
                return False
    return True


def cloth_radius(sleeve: Sleeve, arm: Arm) -> float:
    """Metres that no part of the sleeve exceeds."""
    loose = sleeve_looseness(np.array([2 * arm.elbow]), arm.elbow, sleeve.looseness, sleeve.flare)
    cloth = float(loose[0]) + sleeve.thickness + _FOLDS * sleeve.wrinkles
    return UPPER_ARM_GROWTH * arm.radius + cloth


def in_view(camera: Camera, points: Array, radius: float) -> NDArray[np.bool_]:
    """(N,) whether a sphere about each point (N, 3) reaches into what the camera sees."""
    matrix = np.array(camera.world_to_camera)
    seen = points @ matrix[:3, :3].T + matrix[:3, 3]
    (focal, _, cx), (_, _, cy), _ = camera.K
    # Inward normals of the four sides of the pyramid of view; all of them go through its tip.
    left, top = [focal, 0.0, cx], [0.0, focal, cy]
    right, bottom = [-focal, 0.0, camera.width - cx], [0.0, -focal, camera.height - cy]
    sides = np.array([left, right, top, bottom])
    sides /= np.linalg.norm(sides, axis=1, keepdims=True)
    return np.asarray(np.all(seen @ sides.T > -radius, axis=1) & (seen[:, 2] > -radius))


def _bent(
    rng: np.random.Generator, straight: Sleeve, cameras: Sequence[Sequence[Camera]], arm: Arm
) -> Sleeve:
    """The sleeve with the elbow's bend that serves the cameras best."""
    best, best_worth = straight, (False, False, -np.inf)
    for attempt in range(_CANDIDATES + _MORE_CANDIDATES):
        if attempt >= _CANDIDATES and best_worth[:2] == (True, True):
            break
        angle, azimuth = rng.uniform(0.0, _LARGEST_BEND), rng.uniform(0, 2 * np.pi)
        worth, length = _judge(straight, cameras, arm, angle, azimuth)
        if attempt == 0 or worth > best_worth:
            update = {"elbow_angle": angle, "elbow_azimuth": azimuth, "length": length}
            best, best_worth = straight.model_copy(update=update), worth
    return best


def _judge(
    sleeve: Sleeve,
    cameras: Sequence[Sequence[Camera]],
    arm: Arm,
    angle: float,
    azimuth: float,
) -> tuple[tuple[bool, bool, float], float]:
    """How good a bend is, and the sleeve's length for it.

    First the arm has to leave every picture, then to keep clear of the cameras; of the bends that
    do, the best shows and hides least.
    """
    radius = cloth_radius(sleeve, arm)
    along = np.arange(0.0, LONGEST_ARM, _STEP)
    upper = along > arm.elbow
    length, clearance, hidden = _SHORTEST_ARM, np.inf, []
    leaves = True
    for forearm, targets, row in zip(arm.forearms, arm.targets, cameras, strict=True):
        path = arm_path(forearm, along, arm.elbow, angle, azimuth)
        for camera in row:
            seen = np.flatnonzero(in_view(camera, path, radius + _STEP))
            last = int(seen[-1]) if len(seen) else 0
            leaves = leaves and last < len(along) - 1
            length = max(length, along[last] + _MARGIN)
            clearance = min(clearance, _gap(camera, path, radius))
            hidden.append(_hidden_share(camera_centre(camera), targets, path[upper], radius))
    length = min(length, LONGEST_ARM)
    worth = (leaves, clearance >= _CLEARANCE, -length - _HIDING_COST * float(np.mean(hidden)))
    return worth, float(length - sleeve.start)


def _gap(camera: Camera, path: Array, radius: float) -> float:
    """Metres between a camera's centre and the arm's surface; negative inside."""
    return float(np.linalg.norm(path - camera_centre(camera), axis=1).min()) - radius


def _hidden_share(centre: Array, targets: Array, path: Array, radius: float) -> float:
    """Share of the targets (T, 3) to which the arm (spheres about a path (N, 3)) bars the view."""
    rays = targets - centre
    distance = np.linalg.norm(rays, axis=1, keepdims=True)
    rays = rays / distance
    offset = path - centre
    near = rays @ offset.T  # (T, N) along each ray
    aside = np.maximum((offset * offset).sum(1) - near * near, 0.0)
    return float(((near > 0) & (near < distance) & (aside < radius * radius)).any(1).mean())
