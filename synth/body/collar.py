"""A collar that stands along the neck and is turned down over the garment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.body.patch import Patch

Array = NDArray[np.float64]

#: Rings above the neckline: metres up along the neck and outwards from it.
_RINGS: Final = ((0.0, 0.0005), (0.018, -0.003), (0.033, 0.000), (0.034, 0.006), (0.010, 0.020),
                 (-0.012, 0.032))  # fmt: skip
#: Metres from the collar's edge within which a rim counts as neckline.
_NEAR: Final = 0.006
#: Metres that the collar is open in front.
_GAP: Final = 0.012


@dataclass(frozen=True, eq=False)
class Collar:
    """A strip on a run of a patch's rim.

    Attributes:
        run: (L,) vertices along the neckline, from one front end to the other.
        uv: (C, 2) metres, of its quads' corners.
    """

    run: NDArray[np.intp]
    uv: Array

    @property
    def count(self) -> int:
        return len(_RINGS) * len(self.run)


def collar_along(patch: Patch, rest: Array, above: Array) -> Collar | None:
    """The collar of a neckline; None where there is no neckline to speak of.

    Args:
        above: (N,) metres of the patch's vertices above the neckline.
    """
    after = {int(a): int(b) for a, b in patch.rim}
    wanted = {v for v in after if abs(above[v]) < _NEAR}
    if len(wanted) < 8:
        return None
    # Begin in front: where an open front ends the neckline, or at its middle.
    starts = [v for v in wanted if v not in {after[u] for u in wanted}]
    first = starts[0] if starts else min(wanted, key=lambda v: rest[v, 1] + abs(rest[v, 0]))
    run = [first]
    while (following := after.get(run[-1])) in wanted and following != first:
        assert following is not None
        run.append(following)
    kept = [v for v in run if rest[v, 1] > rest[run, 1].min() + _GAP or abs(rest[v, 0]) > _GAP]
    if len(kept) < 8:
        return None
    steps = np.linalg.norm(np.diff(rest[kept], axis=0), axis=1)
    u = np.concatenate([[0.0], np.cumsum(steps)])
    v = 0.012 * np.arange(len(_RINGS))
    grid = np.stack(np.meshgrid(u, v), axis=-1).reshape(-1, 2)
    return Collar(np.array(kept), grid[strip(len(kept))])


def strip(length: int) -> NDArray[np.intp]:
    """Corners of the quads between the rings of a collar of `length` vertices each."""
    ring = np.arange(len(_RINGS) - 1)[:, None] * length
    here = np.arange(length - 1)
    quads = [ring + here + 1, ring + here, ring + length + here, ring + length + here + 1]
    return np.stack(quads, axis=-1).reshape(-1)


def stood(collar: Collar, cloth: Array) -> Array:
    """(count, 3) the collar's vertices on laid cloth (N, 3)."""
    line = cloth[collar.run]
    middle = line.mean(0)
    about = line - middle
    up = np.cross(about, np.roll(about, -1, axis=0)).sum(0)
    up /= np.linalg.norm(up) + 1e-12
    # The neckline runs so that the garment lies on its left: turn `up` away from the trunk.
    if up @ (middle - cloth.mean(0)) < 0:
        up = -up
    out = about - np.outer(about @ up, up)
    out /= np.linalg.norm(out, axis=1, keepdims=True) + 1e-12
    return np.concatenate([line + high * up + wide * out for high, wide in _RINGS])
