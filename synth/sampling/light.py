"""Sampler of a sequence's light: an HDRI turned, scaled and tinted, and lamps around the hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from synth.errors import UserError
from synth.manifest import MAX_LAMPS, Lights
from synth.scene import Camera, Color, Lamp, Light, Vector3

#: Change of the natural logarithm of R, G, B towards warm light, along the Planckian locus near
#: 5000 K: the slopes of linear Rec. 709 R/G and B/G against ln(temperature) there, normed. A step
#: of 1 divides the colour temperature by about 2.2.
WARM: Final = np.array([0.60, 0.0, -1.0])
#: And towards magenta, across the locus: fluorescent lamps and leaves lie on its green side.
MAGENTA: Final = np.array([0.5, -0.5, 0.5])

#: Lamps aim at a point within this distance of the origin, where the hand is; metres.
_AIM_RADIUS: Final = 0.12


@dataclass(frozen=True)
class _LampKind:
    """A way in which people light hands: where from, how large, how strong, how warm.

    `size` and `power` are the parts of the manifest's ranges (0 low end, 1 high end) that the lamp
    draws from, `elevation` is in degrees above the horizon, `warmth` multiplies WARM.
    """

    share: float
    elevation: tuple[float, float]
    size: tuple[float, float]
    power: tuple[float, float]
    warmth: tuple[float, float]


_LAMP_KINDS: Final = (
    _LampKind(0.35, (10, 70), (0.3, 1.0), (0.3, 1.0), (-0.2, 0.4)),  # key, window, softbox
    _LampKind(0.20, (-20, 50), (0.0, 0.5), (0.4, 1.0), (-0.2, 0.5)),  # rim or back light
    _LampKind(0.25, (35, 90), (0.0, 0.4), (0.2, 0.9), (0.2, 0.9)),  # desk lamp, ceiling spot
    _LampKind(0.20, (-30, 30), (0.4, 0.9), (0.0, 0.5), (-0.6, 0.0)),  # glow of a screen
)


def sample_light(rng: np.random.Generator, settings: Lights, hdris: Sequence[str]) -> Light:
    """Light of one sequence.

    Args:
        rng: the generator of this component.
        settings: ranges, from the manifest.
        hdris: names to choose from, those of this sequence's split; see `synth.hdris.find_hdris`.

    Raises:
        UserError: there is no HDRI to choose from.
    """
    if not hdris:
        raise UserError("light.hdris: this split has no HDRI; name more HDRIs or fewer splits")
    hdri = hdris[int(rng.integers(len(hdris)))]
    rotation = math.radians(float(rng.uniform(*settings.rotation_degrees)))
    tilt = math.radians(float(rng.uniform(*settings.tilt_degrees)))
    strength = log_uniform(rng, *settings.strength)
    tint = tint_color(*rng.normal(0.0, settings.tint_sigma, 2) * (1.0, 0.3))
    count = int(rng.integers(settings.lamps[0], settings.lamps[1] + 1))
    lamps = tuple(_sample_lamp(rng, settings) for _ in range(count))
    return Light(hdri=hdri, rotation=rotation, tilt=tilt, strength=strength, tint=tint, lamps=lamps)


def tint_color(warm: float, magenta: float) -> Color:
    """Linear RGB of luminance 1 (ITU-R BT.709), `warm` and `magenta` away from white."""
    color = np.exp(warm * WARM + magenta * MAGENTA)
    color /= float(color @ (0.2126, 0.7152, 0.0722))
    return (float(color[0]), float(color[1]), float(color[2]))


def log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    """Value between `low` and `high`, each doubling as likely as the next; plain if low is 0."""
    if low <= 0:
        return float(rng.uniform(low, high))
    return float(np.clip(math.exp(rng.uniform(math.log(low), math.log(high))), low, high))


def _sample_lamp(rng: np.random.Generator, settings: Lights) -> Lamp:
    kind = _LAMP_KINDS[int(rng.choice(len(_LAMP_KINDS), p=[kind.share for kind in _LAMP_KINDS]))]
    azimuth = float(rng.uniform(0, 2 * math.pi))
    elevation = math.radians(float(rng.uniform(*kind.elevation)))
    distance = log_uniform(rng, *settings.lamp_distance)
    position = (
        distance * math.cos(elevation) * math.cos(azimuth),
        distance * math.cos(elevation) * math.sin(azimuth),
        distance * math.sin(elevation),
    )
    aim = rng.normal(0, _AIM_RADIUS / 2, 3)
    aim *= min(1.0, _AIM_RADIUS / max(float(np.linalg.norm(aim)), 1e-9))
    target: Vector3 = (float(aim[0]), float(aim[1]), float(aim[2]))
    return Lamp(
        position=position,
        target=target,
        size=log_uniform(rng, *_part(settings.lamp_size, kind.size)),
        power=log_uniform(rng, *_part(settings.lamp_power, kind.power)),
        color=tint_color(float(rng.uniform(*kind.warmth)), float(rng.normal(0, 0.04))),
    )


def _part(ends: tuple[float, float], part: tuple[float, float]) -> tuple[float, float]:
    """Part of a range: (0, 1) is all of it; even steps are even ratios unless it starts at 0."""
    low, high = ends
    if low <= 0:
        return low + part[0] * (high - low), low + part[1] * (high - low)
    return low * (high / low) ** part[0], low * (high / low) ** part[1]


#: A window or a lamp behind the subject: metres away, metres of its side, watts.
_BEHIND_DISTANCE: Final = (0.9, 2.5)
_BEHIND_SIZE: Final = (0.3, 1.6)
_BEHIND_POWER: Final = (60.0, 400.0)
#: What is left of the other light then.
_BEHIND_REST: Final = (0.15, 0.6)


def lit_from_behind(rng: np.random.Generator, light: Light, camera: Camera) -> Light:
    """The light with a strong lamp opposite a camera, out of its picture or not, and less else."""
    matrix = np.array(camera.world_to_camera)
    centre = -matrix[:3, :3].T @ matrix[:3, 3]
    away = -centre / np.linalg.norm(centre) + rng.normal(0.0, 0.25, 3)
    x, y, z = away / np.linalg.norm(away) * rng.uniform(*_BEHIND_DISTANCE)
    lamp = Lamp(
        position=(float(x), float(y), float(z)),
        target=(0.0, 0.0, 0.0),
        size=log_uniform(rng, *_BEHIND_SIZE),
        power=log_uniform(rng, *_BEHIND_POWER),
        color=tint_color(float(rng.uniform(-0.2, 0.3)), 0.0),
    )
    rest = float(rng.uniform(*_BEHIND_REST))
    return light.model_copy(
        update={"strength": light.strength * rest, "lamps": (*light.lamps[: MAX_LAMPS - 1], lamp)}
    )
