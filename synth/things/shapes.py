"""Closed shapes that things are put together from. Metres; long axes along +Y."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from synth.things.mesh import Mesh, boxed_uv, flat_shaded, loft
from synth.things.outlines import STEP, divided, filleted, meridian, rounded_rectangle, superellipse

Array = NDArray[np.float64]


def around_count(radius: float, step: float = STEP) -> int:
    """How many points a ring of this radius (metres) has: a multiple of 4, at least 12."""
    return int(np.clip(4 * np.ceil(2 * np.pi * radius / step / 4), 12, 64))


def revolved(
    profile: Array, step: float = STEP, caps: tuple[int, int] = (0, 0), part: int = 0
) -> Mesh:
    """A solid of revolution about +Y.

    Args:
        profile: (P, 2) radius and height in metres, from the middle of the bottom outwards and up:
            material is on its left. Radii stay above 0; the ends are filled.
        step: metres between points.
        caps, part: surfaces of the two ends and of the rest.
    """
    profile = divided(np.asarray(profile, dtype=float), step)
    count = around_count(float(profile[:, 0].max()), step)
    angles = 2 * np.pi * np.arange(count) / count
    ring = np.stack([np.sin(angles), np.zeros(count), np.cos(angles)], axis=-1)
    rings = profile[:, :1, None] * ring + profile[:, 1:, None] * np.array([0.0, 1.0, 0.0])
    return loft(rings, caps=caps, part=part)


def ellipsoid(radii: Sequence[float], step: float = STEP, power: float = 2.0) -> Mesh:
    """Half axes in metres; a `power` above 2 makes it boxier (superellipsoid)."""
    rows = int(np.clip(np.ceil(np.pi * max(radii) / step), 8, 40))
    count = around_count(max(radii), step)
    ring = superellipse(count, power)
    height, flat = meridian(rows, power)
    rings = np.stack(
        [
            radii[0] * flat[:, None] * ring[:, 1],
            radii[1] * height[:, None] * np.ones(count),
            radii[2] * flat[:, None] * ring[:, 0],
        ],
        axis=-1,
    )
    return loft(rings)


def tube(
    path: Array,
    radius: float | Array,
    count: int | None = None,
    flatness: float | Array = 1.0,
    looped: bool = False,
    side: Sequence[float] = (0.0, 0.0, 1.0),
    caps: tuple[int, int] = (0, 0),
    part: int = 0,
    power: float = 2.0,
) -> Mesh:
    """A round or oval rod along a path.

    Args:
        path: (P, 3) metres; of a looped one, the last point is not the first.
        radius: metres, of all points or of each, across `side`.
        count: points of a ring, a multiple of 4.
        flatness: half axis towards `side` as a share of the radius.
        side: (3,) direction that is nowhere along the path; the oval's second axis is nearest it.
        power: of the ring's superellipse: above 2, a rounded rectangle.
    """
    path = np.asarray(path, dtype=float)
    if looped:
        along = np.roll(path, -1, axis=0) - np.roll(path, 1, axis=0)
    else:
        along = np.gradient(path, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    second = (
        np.asarray(side, dtype=float) - along * (along @ np.asarray(side, dtype=float))[:, None]
    )
    second /= np.linalg.norm(second, axis=1, keepdims=True)
    first = np.cross(second, along)
    wide = np.broadcast_to(np.asarray(radius, dtype=float), (len(path),))
    high = wide * np.broadcast_to(np.asarray(flatness, dtype=float), (len(path),))
    count = around_count(float(wide.max())) if count is None else count
    cos, sin = superellipse(count, power).T
    # `first`, `second`, `along` are right-handed: counter-clockwise about the path.
    rings = (
        path[:, None]
        + (wide[:, None] * cos)[..., None] * first[:, None]
        + (high[:, None] * sin)[..., None] * second[:, None]
    )
    return loft(rings, looped=looped, caps=caps, part=part)


def straight(low: float, high: float, count: int) -> Array:
    """(N, 3) points on +Y."""
    return np.asarray(np.linspace(low, high, count)[:, None] * np.array([[0.0, 1.0, 0.0]]))


def rod(length: float, radius: float, edge: float = 0.0, step: float = STEP, part: int = 0) -> Mesh:
    """A cylinder about +Y, centred, with rounded edges (metres)."""
    edge = max(edge, 0.02 * radius)
    half = length / 2
    tip = radius * 0.999 - edge
    profile = filleted(
        [(max(tip, 0.02 * radius), -half), (radius, -half), (radius, half), (tip, half)], edge
    )
    profile[:, 0] = np.maximum(profile[:, 0], 0.02 * radius)
    return revolved(profile, step, part=part)


def slab(
    outline: Array,
    side: int,
    thickness: float,
    edge: float,
    step: float = STEP,
    caps: tuple[int, int] = (0, 0),
    inset: float = 0.0,
) -> Mesh:
    """An outline in the plane X, Y made thick along Z, its edges rounded.

    Args:
        outline: (N, 2) metres, counter-clockwise; `side` as for `loft`.
        thickness, edge: metres.
        caps: surfaces of the back (−Z) and the front.
        inset: metres from the edge at which the front's surface begins (a screen in its frame).
    """
    edge = min(edge, 0.499 * thickness)
    tangent = np.roll(outline, -1, axis=0) - np.roll(outline, 1, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    outward = np.stack([tangent[:, 1], -tangent[:, 0]], -1)
    turn = np.linspace(0, np.pi / 2, 4)
    half = thickness / 2
    rise = divided(np.array([[-half + edge], [half - edge]]), step)[1:-1, 0]
    inward = np.concatenate(
        [edge * (1 - np.sin(turn)), np.zeros(len(rise)), edge * (1 - np.cos(turn))]
    )
    height = np.concatenate(
        [-half + edge * (1 - np.cos(turn)), rise, half - edge * (1 - np.sin(turn))]
    )
    if inset > 0:
        inward = np.append(inward, edge + inset)
        height = np.append(height, half)
    flat = outline[None] - inward[:, None, None] * outward
    rings = np.concatenate([flat, np.broadcast_to(height[:, None, None], (*flat.shape[:2], 1))], -1)
    return loft(rings, side, caps=caps)


def panel(
    width: float, height: float, thick: float, corner: float, edge: float, frame: float, step: float
) -> Mesh:
    """A slab whose front, `frame` metres inside its edge, is the second surface."""
    outline, side = rounded_rectangle(width, height, corner, step)
    return boxed_uv(slab(outline, side, thick, edge, step, (0, 1), frame))


def box(
    size: Sequence[float], edge: float = 0.0, step: float = STEP, caps: tuple[int, int] = (0, 0)
) -> Mesh:
    """Width, height, depth (metres) centred, with edges rounded by `edge`; UV by side.

    Args:
        caps: surfaces of the back (−Z) and the front (+Z).
    """
    edge = max(edge, 0.0005 * max(size))
    outline, side = rounded_rectangle(size[0], size[1], edge, step)
    mesh = boxed_uv(slab(outline, side, size[2], min(edge, 0.4 * size[2]), step, caps))
    return mesh if edge > 0.004 * max(size) else flat_shaded(mesh)


_CORNERS = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)])


_SIDES = np.array(
    [[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]], np.int32
)


def plain_box(
    size: Sequence[float], centre: Sequence[float] = (0.0, 0.0, 0.0), part: int = 0
) -> Mesh:
    """A box of six faces, for what is small or far away; UV by side."""
    return boxed_uv(
        Mesh(
            vertices=_CORNERS * np.asarray(size, dtype=float) + np.asarray(centre, dtype=float),
            quads=_SIDES.copy(),
            uv=np.zeros((6, 4, 2)),
            part=np.full(6, part, np.int8),
            smooth=np.zeros(6, bool),
        )
    )


def bent(points: Array, rng: np.random.Generator, amplitude: float, wavelength: float) -> Array:
    """(N, 3) points shifted by a soft random field: `amplitude` and `wavelength` in metres."""
    direction = rng.normal(size=(6, 3))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    phase = rng.uniform(0, 2 * np.pi, 6)
    shift = rng.normal(size=(6, 3))
    shift /= np.linalg.norm(shift, axis=1, keepdims=True)
    waves = np.sin(2 * np.pi * points @ direction.T / wavelength + phase)
    return np.asarray(points + amplitude * waves @ shift / np.sqrt(6.0))
