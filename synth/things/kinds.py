"""All kinds of things, and the mesh of one."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np

from synth.scene import Thing
from synth.things.cloth import CLOTH
from synth.things.computers import COMPUTERS
from synth.things.cutlery import CUTLERY
from synth.things.decoys import DECOYS
from synth.things.dishes import DISHES
from synth.things.fruit import FRUIT
from synth.things.furniture import FURNITURE
from synth.things.greenery import GREENERY
from synth.things.handheld import HANDHELD
from synth.things.handles import HANDLES
from synth.things.kind import Kind, Role, Sizes
from synth.things.meals import MEALS
from synth.things.mesh import Mesh
from synth.things.tools import TOOLS
from synth.things.writing import WRITING

KINDS: Final[dict[str, Kind]] = {
    **DISHES,
    **CUTLERY,
    **WRITING,
    **HANDHELD,
    **COMPUTERS,
    **TOOLS,
    **HANDLES,
    **FRUIT,
    **MEALS,
    **CLOTH,
    **GREENERY,
    **FURNITURE,
    **DECOYS,
}


def kinds_of(role: Role) -> tuple[str, ...]:
    """Names of the kinds that may have a role."""
    return tuple(name for name, kind in KINDS.items() if role in kind.roles)


def thing_mesh(thing: Thing) -> Mesh:
    """The mesh of a thing: of its kind, size and seed alone; its arrays are read-only.

    Raises:
        KeyError: there is no such kind, or one of its sizes is missing.
    """
    return sized_mesh(thing.kind, thing.size, thing.seed)


def sized_mesh(kind: str, size: Sizes, seed: int) -> Mesh:
    """The mesh of a thing whose surfaces are not known yet."""
    return _mesh(kind, tuple(sorted(size.items())), seed)


@lru_cache(maxsize=64)
def _mesh(kind: str, size: tuple[tuple[str, float], ...], seed: int) -> Mesh:
    mesh = KINDS[kind].build(dict(size), np.random.default_rng(seed))
    for array in (mesh.vertices, mesh.quads, mesh.uv, mesh.part, mesh.smooth):
        array.flags.writeable = False
    return mesh
