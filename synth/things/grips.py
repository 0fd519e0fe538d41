"""How a thing can be held."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.scene import Thing
from synth.things.hold import Grip, Style, pressed_direction
from synth.things.kinds import KINDS, thing_mesh

__all__ = ["Grip", "Style", "grips"]

Array = NDArray[np.float64]

#: A surface further than this (metres) from where the kind has it belongs to something else.
_SEARCH: Final = 0.006


def grips(thing: Thing) -> tuple[Grip, ...]:
    """All ways to hold a thing, in its frame, the usual ones first; none for what is not held.

    The radius is measured on the mesh.
    """
    kind = KINDS[thing.kind]
    if kind.grips is None:
        return ()
    mesh = thing_mesh(thing)
    corners = mesh.vertices[np.concatenate([mesh.quads[:, [0, 1, 2]], mesh.quads[:, [0, 2, 3]]])]
    return tuple(replace(grip, radius=_measured(grip, corners)) for grip in kind.grips(thing.size))


def _measured(grip: Grip, corners: Array) -> float:
    """Distance from the origin to the surface that is nearest to the nominal radius."""
    found = _distances(grip.origin, pressed_direction(grip), corners)
    found = found[np.abs(found - grip.radius) < _SEARCH]
    if not len(found):
        return grip.radius
    return float(found[np.argmin(np.abs(found - grip.radius))])


def _distances(origin: Array, direction: Array, corners: Array) -> Array:
    """Distances at which a ray meets triangles (T, 3, 3) (Möller and Trumbore 1997)."""
    first, second = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    across = np.cross(direction, second)
    determinant = np.einsum("ij,ij->i", first, across)
    inverse = 1.0 / np.where(np.abs(determinant) < 1e-18, np.inf, determinant)
    offset = origin - corners[:, 0]
    u = np.einsum("ij,ij->i", offset, across) * inverse
    normal = np.cross(offset, first)
    v = normal @ direction * inverse
    distance = np.einsum("ij,ij->i", second, normal) * inverse
    hit = (u >= -1e-9) & (v >= -1e-9) & (u + v <= 1 + 1e-9) & (distance > 0) & (inverse != 0)
    return np.asarray(distance[hit])
