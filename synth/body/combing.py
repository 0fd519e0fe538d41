"""Hair styles as rules of growth: how long, where to, how curly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.body.measures import limbs_of
from synth.body.model import BodyModel, BodyShape
from synth.scene import Hair
from synth.skin.noise import smoothstep

Array = NDArray[np.float64]

_DOWN: Final = np.array([0.0, 0.0, -1.0])
#: Metres of hair, shortest and longest within a style.
_LENGTH: Final = {
    "short": (0.020, 0.075),
    "medium": (0.13, 0.27),
    "long": (0.34, 0.58),
    "bun": (0.22, 0.22),
    "ponytail": (0.30, 0.50),
    "afro": (0.025, 0.095),
}


@dataclass(frozen=True)
class Combing:
    """How one person's hair grows; places are in the body frame at rest.

    Attributes:
        style: of `synth.scene.Hair`.
        middle: (3,) of the skull; top: height of its crown, eyes: height of the eyes,
            back: y behind it; face: half width of what hair leaves free.
        length, volume: metres.
        parting: x of the parting; comb: (3,) where short hair on top is combed to.
        tie: (3,) where bun and ponytail are tied.
        sides: how much shorter the sides are than the top.
        fringe: metres of a fringe, 0 for none.
        wave, wave_length: metres; thickness: metres, radius of a strand at its root.
        backwards: 1 where long hair falls behind the shoulders.
        is_covered: whether the head is under something.
    """

    style: str
    middle: Array
    top: float
    eyes: float
    back: float
    front: float
    face: float
    length: float
    volume: float
    parting: float
    comb: Array
    tie: Array
    sides: float
    fringe: float
    wave: float
    wave_length: float
    thickness: float
    backwards: float
    is_covered: bool

    def side(self, places: Array) -> NDArray[np.bool_]:
        """Of the parting, on top of the head."""
        high = places[..., 2] > self.middle[2] + 0.03
        return np.asarray((places[..., 0] > self.parting) & high)

    def lengths(self, roots: Array) -> Array:
        """(N,) metres of strands from roots (N, 3)."""
        height = smoothstep(self.eyes - 0.02, self.top - 0.03, roots[:, 2])
        if self.style == "short":
            return np.asarray(self.length * (self.sides + (1 - self.sides) * height))
        if self.style == "afro":
            return np.asarray(self.length * (0.65 + 0.35 * height))
        if self.style in ("bun", "ponytail"):
            reach = np.linalg.norm(roots - self.tie, axis=1) * 1.25
            return np.asarray(reach + (self.length if self.style == "ponytail" else 0.01))
        # All ends hang about level; a fringe ends above the eyes.
        level = np.full(len(roots), self.length)
        level -= 0.5 * np.clip(self.top - roots[:, 2], 0, 0.3)
        is_fringe = self._is_fringe(roots)
        return np.asarray(np.where(is_fringe, self.fringe, np.maximum(level, 0.06)))

    def start(self, roots: Array, ups: Array) -> Array:
        """(N, 3) direction of growth at the root."""
        steep = {"afro": 1.0, "short": 0.55, "medium": 0.45, "long": 0.35}.get(self.style, 0.2)
        if self.is_covered:
            steep = 0.1
        flow = _flattened(self._flow(roots, ups), ups)
        return _unit(steep * ups + (1 - steep) * flow)

    def turned(self, places: Array, direction: Array, out: Array, share: float) -> Array:
        """(N, 3) direction of the next piece."""
        if self.style == "afro":
            return direction
        flow = _flattened(self._flow(places, out), out)
        if self.style in ("bun", "ponytail"):
            to_tie = self.tie - places
            distance = np.linalg.norm(to_tie, axis=1, keepdims=True)
            tied = distance < 0.03
            falling = _unit(0.75 * direction + 0.35 * _DOWN + [0.0, 0.08, 0.0])
            return np.where(tied | (direction[:, 2:] < -0.85), falling, _unit(direction + 2 * flow))
        if self.style == "short":
            return _unit(direction + 0.9 * flow + 0.12 * _DOWN)
        gravity = 0.3 + 2.2 * min(2 * share, 1.0)
        return _unit(direction + (0.8 - 0.6 * share) * flow + gravity * _DOWN)

    def lift(self, roots: Array, places: Array, share: float) -> Array:
        """(N,) metres that strands keep off the skin beyond the least."""
        if self.style == "afro":
            return np.zeros(len(places))
        if self.is_covered:
            return np.where(places[:, 2] > self.eyes + 0.02, 0.0, 0.3 * self.volume)
        body = {"short": 0.45, "medium": 0.7, "long": 0.5}.get(self.style, 0.25)
        high = smoothstep(self.eyes - 0.12, self.top, places[:, 2])
        arc = np.sin(np.pi * min(share * 1.2, 1.0) * 0.75)
        del roots
        return np.asarray(body * self.volume * arc * (0.35 + 0.65 * high))

    def kept_off_face(self, places: Array) -> Array:
        """Places (N, 3) moved beside the face where they would hang before it."""
        if self.style in ("short", "afro"):
            return places
        x, y, z = places.T
        low = smoothstep(self.eyes + 0.052, self.eyes + 0.01, z)
        low = low * smoothstep(self.eyes - 0.30, self.eyes - 0.12, z)
        before = smoothstep(self.middle[1] + 0.005, self.middle[1] - 0.045, y)
        if self.fringe:
            low = low * smoothstep(self.eyes + 0.022, self.eyes + 0.012, z)
        least = self.face * low * before
        aside = np.where(x < self.parting, -1.0, 1.0) * np.maximum(np.abs(x), least)
        back = self.backwards * smoothstep(self.eyes - 0.06, self.eyes - 0.20, z)
        behind = np.maximum(y, (self.middle[1] + 0.02) * back + y * (1 - back))
        # Or the hair of the head's front half falls before the shoulders.
        ahead = smoothstep(self.eyes - 0.10, self.eyes - 0.20, z) * (1 - self.backwards)
        ahead = ahead * smoothstep(self.middle[1] + 0.03, self.middle[1] - 0.01, y)
        before_shoulder = np.minimum(behind, self.middle[1] - 0.035)
        along = behind + 0.35 * ahead * (before_shoulder - behind)
        x = np.where(least > 0, aside, x)
        # It does not slide off the shoulders.
        low = smoothstep(self.eyes - 0.08, self.eyes - 0.16, z)
        most = self.face + (0.02 if self.backwards else 0.035)
        gathered = np.clip(x, -most, most)
        return np.stack([x + low * (gathered - x), along, z], axis=1)

    def fray(self, rng: np.random.Generator, count: int, share: Array) -> Array:
        """(count, K, 3) metres: waves and stray hairs."""
        phase = rng.uniform(0, 2 * np.pi, (count, 1, 1)) + np.array([0.0, 1.7, 3.1])
        if self.wave > 0.004 and self.style != "afro":  # waves of neighbours go together
            phase = 0.25 * phase
        turns = 2 * np.pi * self.length / self.wave_length * share[None, :, None]
        pull = np.minimum(share * 6, 1.0)[None, :, None]
        waves = self.wave * np.sin(turns + phase) * pull
        spread = {"short": 0.0035, "afro": 0.010}.get(self.style, 0.0045)
        if self.style in ("bun", "ponytail"):
            spread = 0.0025 + 0.006 * (self.style == "ponytail")
        stray = rng.normal(0.0, spread, (count, 1, 3)) * share[None, :, None]
        wild = (rng.uniform(size=(count, 1, 1)) < 0.05) * 2.0 + 1.0
        return np.asarray(waves + stray * wild)

    def _is_fringe(self, roots: Array) -> NDArray[np.bool_]:
        ahead = (roots[:, 1] < self.front + 0.055) & (np.abs(roots[:, 0]) < self.face * 0.85)
        return np.asarray(ahead & (self.fringe > 0) & (roots[:, 2] > self.eyes + 0.04))

    def _flow(self, places: Array, ups: Array) -> Array:
        """(N, 3) where hair is combed to."""
        if self.style == "afro":
            return ups
        if self.style in ("bun", "ponytail"):
            return self.tie - places
        height = smoothstep(self.eyes + 0.01, self.top - 0.025, places[:, 2])[:, None]
        falling = np.broadcast_to(_DOWN + [0.0, 0.35, 0.0], places.shape)
        if self.style == "short":
            return height * self.comb + (1 - height) * falling
        aside = np.where(places[:, :1] > self.parting, 1.0, -1.0) * np.array([1.0, 0.0, 0.0])
        aside = aside + [0.0, 0.35, 0.0]
        flow = height * aside + (1 - height) * falling
        ahead = np.array([0.25 * np.sign(self.parting + 1e-6), -1.0, -0.6])
        return np.where(self._is_fringe(places)[:, None], ahead, flow)


def combing_of(
    rng: np.random.Generator,
    shape: BodyShape,
    model: BodyModel,
    style: str,
    hair: Hair,
    is_covered: bool,
) -> Combing:
    """A person's style on its own head; what the description leaves open comes from the seed."""
    skull = shape.vertices[(limbs_of(model).head > 0.5) & ~model.is_eye]
    eyes = shape.vertices[model.is_eye].mean(0)
    top = float(skull[:, 2].max())
    upper = skull[skull[:, 2] > eyes[2]]
    front, back = float(upper[:, 1].min()), float(upper[:, 1].max())
    middle = np.array([0.0, (front + back) / 2, eyes[2] + 0.02])
    low, high = _LENGTH[style]
    combs = ([0.3, -1.0, -0.1], [-1.0, -0.35, 0.0], [1.0, -0.35, 0.0], [0.15, 1.0, 0.0])
    comb = np.array(combs[int(rng.choice(4, p=[0.35, 0.22, 0.22, 0.21]))])
    side = float(rng.choice([-1.0, 1.0]))
    curly = rng.uniform() < 0.3
    wave = rng.uniform(0.003, 0.009) if curly else rng.uniform(0.0003, 0.0025)
    if style == "short":
        wave *= 0.5
    height = rng.uniform(0.0, 0.065) if style == "ponytail" else rng.uniform(0.0, 0.10)
    tie = np.array([0.0, back + 0.004, middle[2] + height - 0.02])
    if height > 0.07:
        tie[1] -= (height - 0.07) * 1.2
    return Combing(
        style=style,
        middle=middle,
        top=top,
        eyes=float(eyes[2]),
        back=back,
        front=front,
        face=float(np.abs(upper[:, 0]).max()) * 0.86,
        length=low + hair.length * (high - low),
        volume=hair.volume,
        parting=0.0 if rng.uniform() < 0.4 else side * float(rng.uniform(0.015, 0.04)),
        comb=comb,
        tie=tie,
        sides=float(rng.uniform(0.2, 0.8)),
        fringe=float(rng.uniform(0.05, 0.075)) if rng.uniform() < 0.3 else 0.0,
        wave=0.006 if style == "afro" else float(wave),
        wave_length=0.02 if style == "afro" else float(rng.uniform(0.03, 0.08)),
        thickness=0.0009 if style == "afro" else 0.00065,
        backwards=float(rng.uniform() < 0.5),
        is_covered=is_covered,
    )


def _flattened(vectors: Array, normals: Array) -> Array:
    """Unit vectors along the skin."""
    return _unit(vectors - normals * np.einsum("ij,ij->i", vectors, normals)[:, None])


def _unit(vectors: Array) -> Array:
    return np.asarray(vectors / (np.linalg.norm(vectors, axis=-1, keepdims=True) + 1e-9))
