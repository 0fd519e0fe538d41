"""Pens, paper, books and cards."""

from __future__ import annotations

from typing import Final

import numpy as np

from synth.things.hold import Grip
from synth.things.kind import Kind, Sizes, about, grip
from synth.things.mesh import Mesh, boxed_uv, joined, loft, moved, of_part, sheet
from synth.things.outlines import filleted, rounded_rectangle
from synth.things.shapes import (
    box,
    revolved,
    rod,
    slab,
    tube,
)

#: Metres from a pen's tip to where three fingers hold it.
_TIP: Final = 0.034


def _pen(size: Sizes, rng: np.random.Generator) -> Mesh:
    """The tip at −Y; tip, clip and button are the second surface."""
    radius, length = size["radius"], size["length"]
    low, high = -_TIP, length - _TIP
    barrel = revolved(
        filleted(
            [
                (0.4 * radius, low + 0.012),
                (0.75 * radius, low + 0.012),
                (radius, low + 0.03),
                (radius, high - 0.008),
                (0.3 * radius, high - 0.004),
            ],
            [0.03, 0.004, 0.002],
        )
    )
    cone = revolved(
        np.array([(0.0004, low), (0.0012, low + 0.003), (0.72 * radius, low + 0.0135)]),
        caps=(1, 1),
        part=1,
    )
    button = rod(0.014, 0.4 * radius, 0.0008)
    clip = box((0.0035, 0.038, 0.0012), 0.0003, 0.01)
    return joined(
        barrel,
        cone,
        of_part(moved(button, (0, high - 0.002, 0)), 1),
        of_part(moved(clip, (0, high - 0.024, radius + 0.0018)), 1),
        of_part(moved(box((0.0035, 0.005, 0.004), 0.0003), (0, high - 0.007, radius)), 1),
    )


def _pencil(size: Sizes, rng: np.random.Generator) -> Mesh:
    """Six-sided; the sharpened wood and the lead are the second surface."""
    radius, length = size["radius"], size["length"]
    low, high = -_TIP, length - _TIP
    angles = 2 * np.pi * np.arange(12) / 12
    six = np.where(np.arange(12) % 2 == 0, 1.0, np.cos(np.pi / 6) * 1.04)
    ring = np.stack([six * np.sin(angles), np.zeros(12), six * np.cos(angles)], -1)

    def through(radii: list[float], heights: list[float], part: int) -> Mesh:
        rings = np.array(radii)[:, None, None] * ring + np.array(heights)[:, None, None] * [0, 1, 0]
        return loft(rings, caps=(part, part), part=part)

    heights = np.linspace(low + 0.017, high, max(8, int(length / 0.007)))
    body = through([radius] * len(heights), heights.tolist(), 0)
    tip = through([0.0004, 0.0011, 0.95 * radius], [low, low + 0.004, low + 0.0175], 1)
    rubber = moved(rod(0.016, 0.98 * radius, 0.001), (0, high + 0.006, 0))
    return joined(body, tip, of_part(rubber, 1))


def _marker(size: Sizes, rng: np.random.Generator) -> Mesh:
    """Capped; cap and end are the second surface."""
    radius, length = size["radius"], size["length"]
    low, high = -_TIP, length - _TIP
    cap = revolved(
        filleted(
            [
                (0.3 * radius, low),
                (0.75 * radius, low),
                (radius + 0.0008, low + 0.03),
                (radius + 0.0008, low + 0.05),
                (0.9 * radius, low + 0.05),
            ],
            [0.002, 0.02, 0.0005],
        ),
        caps=(1, 1),
        part=1,
    )
    body = revolved(
        filleted(
            [
                (0.8 * radius, low + 0.045),
                (radius, low + 0.045),
                (radius, high),
                (0.2 * radius, high),
            ],
            [0.0005, 0.003],
        )
    )
    return joined(body, cap)


def _pen_grips(size: Sizes) -> tuple[Grip, ...]:
    radius = size["radius"]
    fist = (0.0, min(0.05, size["length"] / 2 - _TIP), 0.0)
    return (
        *about("tripod", radius, 0.05),
        *about("tripod", radius, 0.05, ((1, 0, 1), (-1, 0, -1))),
        grip("wrap", radius, size["length"] - 0.03, fist),
        grip("pinch", radius, 0.05, fist),
        grip("lateral", radius, 0.05, fist, out=(1, 0, 0)),
    )


def _pencil_grips(size: Sizes) -> tuple[Grip, ...]:
    # The flat sides are nearer than the edges; the axis of a fist or a pinch meets edges.
    return _pen_grips(size)


def _marker_grips(size: Sizes) -> tuple[Grip, ...]:
    return _pen_grips(size)


def _card(size: Sizes, rng: np.random.Generator) -> Mesh:
    """A bank card: ISO 7810 ID-1, 85.6 by 54 mm; the front is the second surface."""
    outline, side = rounded_rectangle(size["width"], size["length"], 0.0032)
    return boxed_uv(slab(outline, side, 0.0011, 0.0003, caps=(0, 1)))


def _flat_grips(
    width: float, length: float, thick: float, depth: float, along: float
) -> tuple[Grip, ...]:
    """Across each of the four edges of a slab about the origin, `depth` metres inside them."""
    half = thick / 2
    x, y = width / 2 - depth, length / 2 - depth
    return (
        grip("flat", half, along, (0, -y, 0), (1, 0, 0), (0, -1, 0)),
        grip("flat", half, along, (x, 0, 0), (0, 1, 0), (1, 0, 0)),
        grip("flat", half, along, (-x, 0, 0), (0, 1, 0), (-1, 0, 0)),
        grip("flat", half, along, (0, y, 0), (1, 0, 0), (0, 1, 0)),
    )


def _card_grips(size: Sizes) -> tuple[Grip, ...]:
    width, length = size["width"], size["length"]
    deep = 0.012
    low = (0, deep - length / 2, 0)
    aside = (width / 2 - deep, 0, 0)
    return (
        grip("lateral", 0.00055, 0.03, low, (1, 0, 0), (0, -1, 0)),
        grip("lateral", 0.00055, 0.03, aside, (0, 1, 0), (1, 0, 0)),
        grip("pinch", 0.00055, 0.03, low, (1, 0, 0), (0, -1, 0)),
        grip("pinch", 0.00055, 0.03, aside, (0, 1, 0), (1, 0, 0)),
        *_flat_grips(width, length, 0.0011, 0.02, 0.05),
    )


def _paper(size: Sizes, rng: np.random.Generator) -> Mesh:
    """A sheet, gripped 20 mm above its lower edge, that bends away above; back: second surface."""
    width, height = size["width"], size["height"]
    columns = np.linspace(-width / 2, width / 2, max(8, int(width / 0.008)))
    along = np.linspace(-0.02, height - 0.02, max(8, int(height / 0.008)))
    bend, curl = rng.normal(0, 1.6), rng.normal(0, 1.5)
    x, y = np.meshgrid(columns, along)
    free = np.clip(y - 0.02, 0, None)
    # An arc of curvature `bend` per metre, and a channel along the sheet.
    turn = np.clip(bend * 2.2, -3.5, 3.5) * free
    z = free * np.sin(turn / 2) * np.sinc(turn / 2 / np.pi)
    fall = np.where(free > 0, free * np.cos(turn / 2) * np.sinc(turn / 2 / np.pi), 0)
    y = np.where(free > 0, 0.02 + fall, y)
    z = z + curl * np.clip(free * 6, 0, 1) * (x**2 - width**2 / 12)
    return sheet(np.stack([x, y, z], -1), 0.0006, back=1)


def _paper_grips(size: Sizes) -> tuple[Grip, ...]:
    aside = size["width"] / 2 - 0.015
    return (
        grip("pinch", 0.0003, 0.03, (0, 0, 0), (1, 0, 0), (0, -1, 0)),
        grip("pinch", 0.0003, 0.03, (aside, 0, 0), (1, -1, 0), (-1, -1, 0)),
        grip("pinch", 0.0003, 0.03, (-aside, 0, 0), (1, 1, 0), (1, -1, 0)),
        grip("flat", 0.0003, 0.08, (0, 0, 0), (1, 0, 0), (0, -1, 0)),
    )


def _book(size: Sizes, rng: np.random.Generator) -> Mesh:
    """Closed: two boards, a back at −X, and the pages, which are the second surface."""
    width, height, thick = size["width"], size["height"], size["thickness"]
    board = size["board"]
    lip = 2.0 * board - 0.0015
    pages = box((width - lip, height - 2 * lip, thick - 2 * board), 0.0, 0.0085)
    cover = box((width, height, board), 0.0, 0.0085)
    spine = box((board, height, thick), 0.0, 0.0085)
    return joined(
        of_part(moved(pages, (-lip / 2 + board / 2, 0, 0)), 1),
        moved(cover, (0, 0, (thick - board) / 2)),
        moved(cover, (0, 0, (board - thick) / 2)),
        moved(spine, ((board - width) / 2, 0, 0)),
    )


def _book_grips(size: Sizes) -> tuple[Grip, ...]:
    return _flat_grips(size["width"], size["height"], size["thickness"], 0.03, 0.09)


def _notebook(size: Sizes, rng: np.random.Generator) -> Mesh:
    """Soft covers about a few pages, and a wire along the left edge (second surface)."""
    width, height, thick = size["width"], size["height"], size["thickness"]
    body = _book({**size, "board": 0.0008}, rng)
    count = int(height / 0.009)
    wires = []
    turn = 2 * np.pi * np.arange(12) / 12
    radius = thick / 2 + 0.0022
    for y in np.linspace(-0.47 * height, 0.47 * height, count):
        path = np.stack(
            [radius * np.cos(turn) - width / 2, np.full(12, y), radius * np.sin(turn)], -1
        )
        wires.append(tube(path, 0.0005, 4, looped=True, side=(0, 1, 0)))
    return joined(body, *(of_part(wire, 1) for wire in wires))


def _notebook_grips(size: Sizes) -> tuple[Grip, ...]:
    grips = _flat_grips(size["width"], size["height"], size["thickness"], 0.03, 0.09)
    return (*grips[:2], grips[3])


WRITING: Final[dict[str, Kind]] = {
    "pen": Kind(
        ("held", "clutter"),
        {"radius": (0.004, 0.0062), "length": (0.13, 0.152)},
        _pen,
        (("plastic", "dark", "metal"), ("chrome", "dark", "plastic")),
        _pen_grips,
    ),
    "pencil": Kind(
        ("held", "clutter"),
        {"radius": (0.0036, 0.0045), "length": (0.11, 0.19)},
        _pencil,
        (("plastic", "wood"), ("shell",)),
        _pencil_grips,
    ),
    "marker": Kind(
        ("held", "clutter"),
        {"radius": (0.0065, 0.0095), "length": (0.12, 0.15)},
        _marker,
        (("white", "plastic", "label"), ("plastic",)),
        _marker_grips,
    ),
    "card": Kind(
        ("held",),
        {"width": (0.0855, 0.0857), "length": (0.0539, 0.0541)},
        _card,
        (("plastic", "white"), ("label", "picture", "plastic")),
        _card_grips,
    ),
    "paper": Kind(
        ("held", "occluder"),
        {"width": (0.105, 0.212), "height": (0.148, 0.298)},
        _paper,
        (("paper", "cover", "label"), ("paper",)),
        _paper_grips,
    ),
    "book": Kind(
        ("held", "clutter", "occluder"),
        {
            "width": (0.11, 0.165),
            "height": (0.175, 0.235),
            "thickness": (0.012, 0.034),
            "board": (0.0012, 0.003),
        },
        _book,
        (("cover",), ("paper",)),
        _book_grips,
    ),
    "notebook": Kind(
        ("held", "clutter"),
        {"width": (0.09, 0.15), "height": (0.14, 0.21), "thickness": (0.005, 0.012)},
        _notebook,
        (("cover",), ("paper", "metal", "dark")),
        _notebook_grips,
    ),
}
