"""What is known of a kind of thing: its sizes, its mesh, its materials and how it is held."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from synth.things.hold import Array, Grip, Style
from synth.things.looks import Material
from synth.things.mesh import Mesh

Role = Literal["held", "occluder", "clutter", "furniture"]
Sizes = Mapping[str, float]
Up = Literal["y", "z"]


@dataclass(frozen=True)
class Kind:
    """A kind of thing.

    The frame of what can be held: +Y along the long axis, origin where the (first) grip is.
    Of what stands about: +Z up, origin in the middle of what it stands on; of a table, of its top.

    Attributes:
        roles: what it may be in a scene.
        sizes: metres, least and most of each.
        build: the mesh; the generator is seeded by the thing and makes its irregularities.
        materials: of its first and of its second surface, one of each is drawn.
        grips: how it is held, with radii that `synth.things.grips` measures again on the mesh.
        up: which of its axes points up when it stands or lies on something.
    """

    roles: tuple[Role, ...]
    sizes: Mapping[str, tuple[float, float]]
    build: Callable[[Sizes, np.random.Generator], Mesh]
    materials: tuple[tuple[Material, ...], tuple[Material, ...]]
    grips: Callable[[Sizes], tuple[Grip, ...]] | None = None
    up: Up = "z"


def grip(
    style: Style,
    radius: float,
    length: float,
    origin: Sequence[float] | Array = (0.0, 0.0, 0.0),
    axis: Sequence[float] | Array = (0.0, 1.0, 0.0),
    out: Sequence[float] | Array = (0.0, 0.0, -1.0),
) -> Grip:
    """A grip from plain numbers; `axis` and `out` of any length, at right angles."""
    along, away = np.asarray(axis, dtype=float), np.asarray(out, dtype=float)
    return Grip(
        style=style,
        origin=np.asarray(origin, dtype=float),
        axis=along / np.linalg.norm(along),
        out=away / np.linalg.norm(away),
        radius=radius,
        length=length,
    )


def about(
    style: Style, radius: float, length: float, outs: Sequence[Sequence[float]] | None = None
) -> tuple[Grip, ...]:
    """Grips about +Y at the origin, the palm on each of some sides (all four by default)."""
    sides = outs or ((0, 0, -1), (1, 0, 0), (0, 0, 1), (-1, 0, 0))
    return tuple(grip(style, radius, length, out=out) for out in sides)
