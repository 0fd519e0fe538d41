"""The sleeve, and the way the arm goes on behind the elbow so that no camera sees it end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

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
_CANDIDATES = 24
_SHORTEST_ARM = 0.45  # metres beyond the wrist, even where nobody would see the end
_LONGEST_ARM = 6.0  # metres; no camera of the manifest sees farther past the hand
_MARGIN = 0.15  # metres that the arm goes on outside the picture
#: Cloth may not come nearer to a camera's centre than this, metres.
_CLEARANCE = 0.13


def sample_sleeve(
    rng: np.random.Generator,
    settings: Identity,
    cameras: Sequence[Camera],
    forearms: Sequence[Array],
    elbow: float,
) -> Sleeve:
    """One sleeve for all cameras of a sequence.

    Args:
        cameras: those that see the hand.
        forearms: (4, 4) world matrices of the forearm's bone (+Y to the elbow), one for every
            frame; mirrored for a left hand.
        elbow: metres from wrist to elbow.
    """
    long_sleeve = rng.uniform() < settings.sleeve_share
    low, high = settings.sleeve_start
    reach = min(high, 0.82 * elbow)
    middle = min(max(low, 0.06), reach)
    start = rng.uniform(low, middle) if long_sleeve else rng.uniform(middle, reach)
    centres = np.array([camera_centre(camera) for camera in cameras])
    best: tuple[tuple[bool, float], float, float, float] | None = None
    for _ in range(_CANDIDATES):
        angle, azimuth = rng.uniform(0.0, 1.9), rng.uniform(0, 2 * np.pi)
        paths = [arm_path(forearm, elbow, angle, azimuth, _LONGEST_ARM) for forearm in forearms]
        clearance = min(_clearance(centres, path) for path in paths)
        length = max(length_out_of_view(camera, path) for camera in cameras for path in paths)
        # Clear of the cameras first, and then the arm of which the pictures show least.
        worth = (clearance > _CLEARANCE, -length if clearance > _CLEARANCE else clearance)
        if best is None or worth > best[0]:
            best = (worth, angle, azimuth, length)
    assert best is not None
    _, angle, azimuth, length = best
    names = [name for name, _ in _PATTERNS]
    shares = np.array([share for _, share in _PATTERNS])
    return Sleeve(
        start=float(start),
        elbow_angle=float(angle),
        elbow_azimuth=float(azimuth),
        length=float(max(length + _MARGIN, _SHORTEST_ARM) - start),
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


def sample_cloth_color(rng: np.random.Generator) -> Color:
    """Linear RGB of worn cloth: mostly greys, blues and muted colours, seldom vivid ones."""
    value = float(np.exp(rng.uniform(np.log(0.012), np.log(0.75))))
    saturation = float(rng.beta(1.2, 2.5))
    hue = rng.uniform(0, 1) if rng.uniform() < 0.6 else rng.normal(0.61, 0.04)
    channels = np.clip(np.abs((hue * 6 + np.array([0.0, 4.0, 2.0])) % 6 - 3) - 1, 0, 1)
    r, g, b = value * (1 - saturation * (1 - channels))
    return (float(r), float(g), float(b))


def arm_path(forearm: Array, elbow: float, angle: float, azimuth: float, length: float) -> Array:
    """(N, 3) world points of the arm's centre line from the wrist on, 3 cm apart.

    The same line as the sleeve's mesh follows: straight to the elbow, then bent by `angle` in the
    direction `azimuth` about the forearm's bone, and straight on.
    """
    steps = np.arange(0.0, length, 0.03)[:, None]
    aside = np.array([np.cos(azimuth), 0.0, np.sin(azimuth)])
    beyond = np.maximum(steps - elbow, 0.0)
    local = np.minimum(steps, elbow) * [0.0, 1.0, 0.0] + beyond * (
        np.sin(angle) * aside + np.cos(angle) * np.array([0.0, 1.0, 0.0])
    )
    return local @ forearm[:3, :3].T + forearm[:3, 3]


def _clearance(centres: Array, path: Array) -> float:
    return float(np.linalg.norm(path[:, None] - centres, axis=-1).min())


def length_out_of_view(camera: Camera, path: Array, radius: float = 0.08) -> float:
    """Metres of arm after which none of it is in the picture."""
    matrix = np.array(camera.world_to_camera)
    points = path @ matrix[:3, :3].T + matrix[:3, 3]
    depth = np.maximum(points[:, 2], 1e-3)
    focal = camera.K[0][0]
    pixels = focal * points[:, :2] / depth[:, None] + [camera.width / 2, camera.height / 2]
    pad = focal * radius / depth
    inside = (
        (points[:, 2] > 0)
        & (pixels[:, 0] > -pad)
        & (pixels[:, 0] < camera.width + pad)
        & (pixels[:, 1] > -pad)
        & (pixels[:, 1] < camera.height + pad)
    )
    return float((np.flatnonzero(inside)[-1] + 1) * 0.03) if inside.any() else 0.0
