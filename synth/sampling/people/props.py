"""The table that a seated person has before it, and what stands on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.rotations import coordinate_rotation
from synth.sampling.people.person import Figure
from synth.sampling.things import sample_thing
from synth.scene import Split, Thing
from synth.things.kinds import KINDS, kinds_of, thing_mesh

Array = NDArray[np.float64]

#: Height of a desk's top below the shoulder, in lengths of the arm: an elbow's height.
_DESK: Final = 0.56
#: Metres between belly and table, and between thighs and its underside.
_BELLY: Final = (0.01, 0.12)
_THIGHS: Final = 0.03
#: How many things stand on a table, places tried for each, and metres kept from hands.
_ON_TABLE: Final = (0, 4)
_PLACES: Final = 10
_FROM_HANDS: Final = 0.05
#: Radians that things on a table are turned away from the person, a standard deviation.
_TURNED: Final = 0.5
#: Things on a table before a webcam are no taller, metres.
_LOW: Final = 0.13


@dataclass(frozen=True)
class Table:
    """A table before a person.

    Attributes:
        to_body: (4, 4) of the thing; its top is at the frame's z = 0.
        height: metres of the top in the body frame.
        low, high: (2,) corners of the top, x and y in the body frame.
    """

    thing: Thing
    to_body: Array
    height: float
    low: Array
    high: Array


def sample_table(rng: np.random.Generator, figure: Figure, split: Split) -> Table:
    """A table at the height of a seated person's elbows, the belly at its edge."""
    thing = sample_thing(rng, "furniture", ("table",), split)
    skin = figure.trunk.points
    middle = np.abs(skin[:, 0]) < 0.25
    height = float(figure.shoulder("right")[2] - _DESK * figure.arm_length)
    thighs = skin[middle & (skin[:, 2] < height + 0.1) & (skin[:, 1] < -0.25)]
    if len(thighs):
        top = float(thighs[:, 2].max()) + _THIGHS + thing.size["thickness"]
        height = max(height, top)
    near = skin[middle & (np.abs(skin[:, 2] - height) < 0.06)]
    belly = float(near[:, 1].min()) if len(near) else -0.15
    half = np.array([thing.size["width"], thing.size["depth"]]) / 2
    centre = np.array([rng.uniform(-0.2, 0.2), belly - rng.uniform(*_BELLY) - half[1]])
    to_body = np.eye(4)
    to_body[:3, 3] = *centre, height
    return Table(thing, to_body, height, centre - half, centre + half)


def sample_on_table(
    rng: np.random.Generator, table: Table, hands: Array, split: Split, low: bool
) -> list[tuple[Thing, Array]]:
    """Things that stand on a table and their (4, 4) to the body frame.

    Args:
        hands: (N, 3) points of hands and forearms in all frames, which nothing comes near to.
        low: whether nothing tall may stand there, because a camera looks across the table.
    """
    standing = tuple(kind for kind in kinds_of("clutter") if KINDS[kind].up == "z")
    placed: list[tuple[Thing, Array]] = []
    taken: list[tuple[Array, Array]] = []
    for _ in range(int(rng.integers(*_ON_TABLE, endpoint=True))):
        thing = sample_thing(rng, "clutter", standing, split)
        turn = coordinate_rotation(2, rng.normal(0.0, _TURNED))
        vertices = thing_mesh(thing).vertices @ turn.T
        if low and np.ptp(vertices[:, 2]) > _LOW:
            continue
        for _ in range(_PLACES):
            at = np.array([*rng.uniform(table.low, table.high), table.height])
            at[2] -= vertices[:, 2].min()
            box = (vertices + at).min(0), (vertices + at).max(0)
            if _is_free(box, table, hands, taken):
                matrix = np.eye(4)
                matrix[:3, :3], matrix[:3, 3] = turn, at
                placed.append((thing, matrix))
                taken.append(box)
                break
    return placed


def _is_free(
    box: tuple[Array, Array], table: Table, hands: Array, taken: Sequence[tuple[Array, Array]]
) -> bool:
    low, high = box
    if (low[:2] < table.low).any() or (high[:2] > table.high).any():
        return False
    margin = _FROM_HANDS
    if ((hands > low - margin) & (hands < high + margin)).all(1).any():
        return False
    return not any((low < b).all() and (high > a).all() for a, b in taken)
