"""Hair as strands: grown at rest from a few guides, carried by head and trunk, filled in between.

A strand here stands for a lock of some ten real hairs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from synth.body.combing import Combing, combing_of
from synth.body.head_regions import average_skin, hair_line
from synth.body.measures import limbs_of
from synth.body.model import BodyModel, BodyShape
from synth.body.rigid import Carried, fitted
from synth.scene import Hair
from synth.skin.noise import smoothstep

Array = NDArray[np.float64]

_GUIDES: Final = 420
_STRANDS: Final = {"afro": 6000, "short": 6000, "bun": 3600, "ponytail": 4000}
_BUN_STRANDS: Final = 900
_MOST_STRANDS: Final = 5000
#: Quads of scalp below which no hair is seen.
_LEAST_SCALP: Final = 20
#: Points of a strand.
_POINTS: Final = {"short": 6, "afro": 8}
_MOST_POINTS: Final = 12
#: Metres that a strand keeps off the skin under it.
_CLEAR: Final = 0.0035
#: The same below the neck, where there is cloth on the skin.
_OVER_CLOTH: Final = 0.024


@dataclass(frozen=True, eq=False)
class Strands:
    """Hair of one person at rest, in the body frame.

    Attributes:
        guides: (G, K, 3); off (G, K) metres that each point keeps off the skin.
        near: (S, 3) guides that a strand is made from, with shares (S, 3).
        roots: (S, 3) where strands begin.
        fray: (S, K, 3) what sets it apart from its guides.
        radius: (K,) metres, from root to tip.
        skin: (O,) vertices of the body that hair lies on.
        head, trunk: what carries it; to_trunk (G, K) the trunk's share.
    """

    guides: Array
    off: Array
    near: NDArray[np.intp]
    shares: Array
    roots: Array
    fray: Array
    radius: Array
    skin: NDArray[np.intp]
    head: Carried
    trunk: Carried
    to_trunk: Array


def grown(
    model: BodyModel, shape: BodyShape, hair: Hair, hidden: NDArray[np.bool_] | None = None
) -> Strands | None:
    """A person's hair; None where it is shorter than paint is thick.

    Args:
        hidden: (F,) quads of the body under something worn on the head.
    """
    ground = _ground(model)
    scalp = ground.quads if hidden is None else ground.quads[~hidden[ground.quads]]
    if hair.style in ("bald", "shaved") or len(scalp) < _LEAST_SCALP:
        return None
    is_covered = len(scalp) < len(ground.quads)
    style = hair.style
    if is_covered:
        style = {"afro": "short", "bun": "ponytail"}.get(style, style)  # type: ignore[assignment]
    rng = np.random.Generator(np.random.PCG64(hair.seed))
    skin = shape.vertices[ground.skin]
    tree = cKDTree(skin)
    normals = _normals(model, shape.vertices)[ground.skin]
    full = _STRANDS.get(style, _MOST_STRANDS)
    count = max(full * len(scalp) // len(ground.quads), _GUIDES)
    roots, ups = _roots(rng, model, shape.vertices, scalp, count)
    steps = _POINTS.get(style, _MOST_POINTS)
    combing = combing_of(rng, shape, model, style, hair, is_covered)
    guides = min(_GUIDES, count)
    lower = shape.head("neck02")[2] + 0.03
    grown_guides, off = _grow(
        combing, roots[:guides], ups[:guides], steps, tree, normals, skin, lower
    )
    distance, near = cKDTree(roots[:guides]).query(roots, k=3)
    # Strands join the guide on their own side of a parting.
    shares = 1 / (distance + 0.002) ** 2
    shares[combing.side(roots)[:, None] != combing.side(roots[near])] *= 1e-3
    shares /= shares.sum(1, keepdims=True)
    rest = np.linspace(0, 1, steps)
    fray = combing.fray(rng, count, rest)
    if style == "bun":
        roots, near, shares, fray = _with_bun(rng, combing, roots, near, shares, fray)
    height = grown_guides[..., 2]
    to_trunk = np.asarray(smoothstep(lower + 0.02, lower - 0.09, height), dtype=np.float64)
    thick = combing.thickness * (1.0 - 0.65 * rest**2)
    limbs = limbs_of(model)
    return Strands(
        guides=grown_guides,
        off=off,
        near=near,
        shares=shares,
        roots=roots,
        fray=fray,
        radius=thick,
        skin=ground.skin,
        head=Carried(np.flatnonzero(limbs.head > 0.9), shape.vertices),
        trunk=Carried(ground.trunk, shape.vertices),
        to_trunk=to_trunk,
    )


def hung(strands: Strands, skin: Array, skin_normals: Array) -> Array:
    """(S, K, 3) strands over posed skin (V, 3) with unit normals (V, 3)."""
    head, trunk = fitted(strands.head, skin), fitted(strands.trunk, skin)
    guides = _moved(head, strands.guides)
    share = strands.to_trunk[..., None]
    if share.max() > 0:
        guides = guides + share * (_moved(trunk, strands.guides) - guides)
        ground = skin[strands.skin]
        loose = strands.to_trunk > 0.03
        _, under = cKDTree(ground).query(guides[loose])
        out = skin_normals[strands.skin][under]
        above = np.einsum("ij,ij->i", guides[loose] - ground[under], out)
        lack = np.maximum(strands.off[loose] - above, 0.0)
        guides[loose] += lack[:, None] * out
    roots = _moved(head, strands.roots)
    from_root = guides - guides[:, :1]
    filled = sum(strands.shares[:, k, None, None] * from_root[strands.near[:, k]] for k in range(3))
    return np.asarray(roots[:, None] + filled + strands.fray @ head[:3, :3].T)


@dataclass(frozen=True)
class _Ground:
    """What hair grows and lies on, the same for everybody.

    Attributes:
        skin: (O,) vertices that hair can lie on.
        quads: (Q,) which of the body's are scalp.
        trunk: (T,) vertices that carry long hair.
    """

    skin: NDArray[np.intp]
    quads: NDArray[np.intp]
    trunk: NDArray[np.intp]


@lru_cache(maxsize=2)
def _ground(model: BodyModel) -> _Ground:
    average, limbs = average_skin(model), limbs_of(model)
    scalp = (hair_line(average) < 0) & (limbs.head > 0.5) & ~model.is_eye
    upper = (average[:, 2] > 0.30) & (limbs.arm.max(0) < 0.6) & ~model.is_eye
    # The mouth's and the nose's insides are no ground to lie on.
    inside = (np.abs(average[:, 0]) < 0.03) & (average[:, 1] > -0.135) & (average[:, 1] < -0.075)
    inside &= (average[:, 2] > 0.60) & (average[:, 2] < 0.69)
    chest = (average[:, 2] > 0.40) & (average[:, 2] < 0.52) & (np.abs(average[:, 0]) < 0.13)
    return _Ground(
        np.flatnonzero(upper & ~inside),
        np.flatnonzero(scalp[model.quads].all(1)),
        np.flatnonzero(chest & (limbs.arm.max(0) < 0.1)),
    )


def _normals(model: BodyModel, skin: Array) -> Array:
    points = skin[model.quads]
    area = np.cross(points[:, 2] - points[:, 0], points[:, 3] - points[:, 1])
    normals = np.zeros_like(skin)
    for corner in range(4):
        for axis in range(3):
            normals[:, axis] += np.bincount(
                model.quads[:, corner], area[:, axis], minlength=len(skin)
            )
    return np.asarray(normals / (np.linalg.norm(normals, axis=1, keepdims=True) + 1e-12))


def _roots(
    rng: np.random.Generator, model: BodyModel, skin: Array, scalp: NDArray[np.intp], count: int
) -> tuple[Array, Array]:
    """(count, 3) places on the scalp, evenly spread, and the skin's directions outwards there."""
    quads = model.quads[scalp]
    corners = skin[quads]
    area = np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
    size = np.linalg.norm(area, axis=1)
    quad = rng.choice(len(size), count, p=size / size.sum())
    u, v = rng.uniform(size=(2, count, 1))
    a, b, c, d = (corners[quad, k] for k in range(4))
    places = (1 - u) * (1 - v) * a + u * (1 - v) * b + u * v * c + (1 - u) * v * d
    normals = _normals(model, skin)[quads[quad]].mean(1)
    return places, normals / np.linalg.norm(normals, axis=1, keepdims=True)


def _grow(
    combing: Combing,
    roots: Array,
    ups: Array,
    steps: int,
    tree: cKDTree,
    normals: Array,
    skin: Array,
    shoulders: float,
) -> tuple[Array, Array]:
    """(G, K, 3) strands from their roots on, step by step, along the comb and off the skin."""
    points, off = [roots], [np.zeros(len(roots))]
    length = combing.lengths(roots) / (steps - 1)
    place, direction, out = roots, combing.start(roots, ups), ups
    for step in range(1, steps):
        share = step / (steps - 1)
        direction = combing.turned(place, direction, out, share)
        wanted = place + length[:, None] * direction
        wanted = combing.kept_off_face(wanted)
        clear = _CLEAR + combing.lift(roots, wanted, share)
        _, under = tree.query(wanted)
        out = normals[under]
        above = np.einsum("ij,ij->i", wanted - skin[under], out)
        wanted = wanted + np.maximum(clear - above, 0.0)[:, None] * out
        moved = wanted - place
        direction = moved / (np.linalg.norm(moved, axis=1, keepdims=True) + 1e-9)
        place = place + length[:, None] * direction
        points.append(place)
        on_cloth = _OVER_CLOTH * smoothstep(shoulders, shoulders - 0.06, place[:, 2])
        # Grown close to the skin and then lifted, hair does not slide off the shoulders.
        points[-1] = place + on_cloth[:, None] * out
        off.append(np.minimum(clear, 2 * _CLEAR) + on_cloth)
    return np.stack(points, axis=1), np.stack(off, axis=1)


def _with_bun(
    rng: np.random.Generator,
    combing: Combing,
    roots: Array,
    near: NDArray[np.intp],
    shares: Array,
    fray: Array,
) -> tuple[Array, NDArray[np.intp], Array, Array]:
    """Strands wound around a ball at the tie, as strands that follow no guide."""
    radius = float(rng.uniform(0.024, 0.042))
    count, steps = _BUN_STRANDS, fray.shape[1]
    axis = np.array([0.0, 0.8, 0.6]) + rng.normal(0.0, 0.5, (count, 3))
    axis /= np.linalg.norm(axis, axis=1, keepdims=True)
    start = np.cross(axis, rng.normal(size=(count, 3)))
    start /= np.linalg.norm(start, axis=1, keepdims=True)
    other = np.cross(axis, start)
    turn = np.linspace(0, rng.uniform(2.0, 4.0), steps)[None, :, None]
    arc = np.cos(turn) * start[:, None] + np.sin(turn) * other[:, None]
    size = radius * rng.uniform(0.8, 1.05, (count, 1, 1)) * [1.15, 0.85, 1.0]
    wound = combing.tie + [0.0, 0.5 * radius, 0.0] + size * arc
    return (
        np.concatenate([roots, wound[:, 0]]),
        np.concatenate([near, np.zeros((count, 3), np.intp)]),
        np.concatenate([shares, np.zeros((count, 3))]),
        np.concatenate([fray, wound - wound[:, :1]]),
    )


def _moved(matrix: Array, points: Array) -> Array:
    return np.asarray(points @ matrix[:3, :3].T + matrix[:3, 3])
