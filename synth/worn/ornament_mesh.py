"""Rings, watches and bracelets as meshes that fit a person's finger or wrist.

A mesh is in the frame of its bone at rest. What a bracelet is made of shows in the keys of its
size: `bead`, `link`, `loose` (a bangle), `case_width` (a fitness band), or none of them (a strap).
Part 0 is the surface, part 1 the front, part 2 the strap.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull

from synth.hand.model import HandModel, HandShape
from synth.scene import Ornament
from synth.things.mesh import Mesh, joined, loft, moved, of_part
from synth.things.shapes import ellipsoid
from synth.worn.section import skin_radius, stiff

Array = NDArray[np.float64]

_AROUND = 64
_ANGLES = np.linspace(0, 2 * np.pi, _AROUND, endpoint=False)
#: Metres by which skin swells over what is stiff: gold presses, and cloth a little.
_PRESSED, _CLOTH_PRESSED = 0.00025, 0.0001
#: Metres that a watch's case sinks in.
_SUNK = 0.0008
#: Metres that the inner side of a glove's hem lies under the skin, so that no gap shows.
_HEM_DEPTH = 0.0015


def ornament_mesh(model: HandModel, shape: HandShape, ornament: Ornament) -> Mesh:
    """The ornament on this person, right hand, metres, in the frame of `ornament.bone`."""
    size = ornament.size
    half = 0.5 * size.get("width", 0.004)

    def widest(reach: float) -> Array:
        levels = ornament.along + reach * np.linspace(-1.0, 1.0, 5)
        return skin_radius(model, shape, ornament.bone, levels, _ANGLES).max(0)

    skin = widest(half)
    if ornament.kind == "ring":
        return _ring(skin, ornament)
    if ornament.kind == "watch" or "case_width" in size:
        return _watch(skin, widest(0.5 * size["case_width"]), ornament)
    if "bead" in size:
        return _beads(skin, ornament)
    if "link" in size:
        return _chain(skin, ornament)
    if "loose" in size:
        return _bangle(skin, ornament)
    return band(stiff(skin, 4, _CLOTH_PRESSED), ornament.along, 2 * half, size["thickness"])


def rim_mesh(
    model: HandModel,
    shape: HandShape,
    bone: str,
    along: float,
    width: float,
    thickness: float,
) -> Mesh:
    """The hem of a glove: a band of cloth about a limb, in the frame of its bone.

    Args:
        along: metres from the bone's head of the glove's edge; the glove lies before it.
        width: metres that the hem reaches back over the glove.
        thickness: metres that it stands off the skin.
    """
    levels = along - width * np.array([1.0, 0.5, 0.0])
    skin = skin_radius(model, shape, bone, levels, _ANGLES)
    radius = np.stack([stiff(row, 6, _HEM_DEPTH) for row in skin])
    return band(radius, along - 0.5 * width, width, thickness + _HEM_DEPTH)


def band(
    radius: Array, along: float, width: float, thickness: float, part: int = 0, crown: float = 0.35
) -> Mesh:
    """A closed band with rounded edges.

    Args:
        radius: (A,) metres of the inner side at equal angles, or (3, A) at the lower edge, the
            middle and the upper edge.
        along: metres of its middle along +Y.
        crown: how far the outside bulges, in thicknesses.
    """
    turn = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    # A superellipse: flat sides, rounded edges.
    across = np.sign(np.cos(turn)) * np.abs(np.cos(turn)) ** 0.45
    out = np.sign(np.sin(turn)) * np.abs(np.sin(turn)) ** (0.6 + 0.4 * crown)
    y = along + 0.5 * width * across
    rows = np.broadcast_to(np.atleast_2d(radius), (3, radius.shape[-1]))
    inner = np.stack([np.interp(across, [-1, 0, 1], column) for column in rows.T])
    reach = inner + thickness * (0.5 + 0.5 * out)
    angles = np.linspace(0, 2 * np.pi, len(inner), endpoint=False)[:, None]
    sections = np.stack(
        [reach * np.sin(angles), np.broadcast_to(y, reach.shape), reach * np.cos(angles)], -1
    )
    return of_part(loft(sections, looped=True), part)


def _ring(skin: Array, ornament: Ornament) -> Mesh:
    size = ornament.size
    curve = stiff(skin, 4, _PRESSED)
    metal = band(curve, ornament.along, size["width"], size["thickness"])
    if "stone" not in size:
        return metal
    stone = size["stone"]
    top = float(np.interp(ornament.azimuth, _ANGLES, curve, period=2 * np.pi)) + size["thickness"]
    gem = _disc(stone, stone, stone, 0.75 * stone, (0.75, 1.0, 0.62), part=1)
    seat = _disc(1.12 * stone, 1.12 * stone, 1.12 * stone, 0.4 * stone, (0.7, 1.0, 1.0), part=0)
    front = (
        _facing(mesh, ornament, top + lift) for mesh, lift in ((gem, 0), (seat, -0.25 * stone))
    )
    return joined(metal, *front)


def _watch(skin: Array, skin_under_case: Array, ornament: Ornament) -> Mesh:
    size = ornament.size
    width, length, height = (size[f"case_{name}"] for name in ("width", "length", "height"))
    corner = size["corner"]
    curve = stiff(skin, 4, _CLOTH_PRESSED)
    # The case lies flat on the wrist: as low as the skin under it lets it.
    relative = _ANGLES - ornament.azimuth
    aside, up = curve * np.sin(relative), curve * np.cos(relative)
    below = skin_under_case * np.cos(relative)
    under = (np.abs(aside) < 0.5 * length) & (up > 0)
    bottom = float(below[under].max()) - _SUNK
    # The strap leaves the case's ends and lies on the skin: their hull.
    lugs = np.array([[side * 0.47 * length, bottom + 0.35 * height] for side in (-1, 1)])
    path = _hull_radius(np.concatenate([np.stack([aside, up], 1), lugs]), relative)
    strap = band(path, ornament.along, size["width"], size["thickness"], part=2, crown=0.1)
    case = _disc(0.5 * width, 0.5 * length, corner, height, (0.93, 1.0, 0.97, 0.9))
    glass = _disc(0.45 * width, 0.45 * length, 0.9 * corner, 0.0006, (1.0, 1.0), part=1)
    parts = [_facing(case, ornament, bottom), _facing(glass, ornament, bottom + height)]
    if corner > 0.45 * min(width, length):
        parts += [
            _facing(mark, ornament, bottom + height + 0.0005)
            for mark in _dial(0.43 * width, ornament.seed)
        ]
    return joined(strap, *parts)


def _dial(radius: float, seed: int) -> list[Mesh]:
    """Hour marks and the two hands of a watch, in the plane of y along the arm and x across."""
    marks = [(2 * np.pi * hour / 12, 0.78, 0.95, 0.035) for hour in range(12)]
    marks += [(0.7 + seed % 62 / 10, -0.1, 0.5, 0.05), (seed % 59 / 9.4, -0.12, 0.75, 0.04)]
    bars = []
    for turn, start, end, half in marks:
        bar = _disc(half * radius, 0.5 * (end - start) * radius, 0.0, 0.0004, (1.0, 1.0))
        c, s = np.cos(turn), np.sin(turn)
        spin = np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])
        bars.append(moved(moved(bar, (0, 0.5 * (start + end) * radius, 0)), turn=spin))
    return bars


def _beads(skin: Array, ornament: Ornament) -> Mesh:
    bead = ornament.size["bead"]
    path = _closed_path(stiff(skin, 3, _CLOTH_PRESSED) + bead, ornament, tilt=0.08)
    centres = _spaced(path, max(int(_perimeter(path) / (2.02 * bead)), 8))
    ball = ellipsoid((bead, bead, bead), step=0.9 * bead)
    return joined(
        *(
            of_part(moved(ball, centre.tolist()), int(number % 7 == 0))
            for number, centre in enumerate(centres)
        )
    )


def _chain(skin: Array, ornament: Ornament) -> Mesh:
    link, wire = ornament.size["link"], ornament.size["thickness"]
    # Links lean on one of their long sides.
    path = _closed_path(stiff(skin, 3, _CLOTH_PRESSED) + wire + 0.17 * link, ornament, tilt=0.12)
    count = 2 * (max(int(_perimeter(path) / (0.72 * link)), 10) // 2)
    centres = _spaced(path, count)
    along = np.roll(centres, -1, 0) - np.roll(centres, 1, 0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    out = centres - centres.mean(0)
    out -= (out * along).sum(1, keepdims=True) * along
    out /= np.linalg.norm(out, axis=1, keepdims=True)
    turn, small = (np.linspace(0, 2 * np.pi, n, endpoint=False) for n in (12, 6))
    oval = np.stack([0.5 * link * np.cos(turn), 0.32 * link * np.sin(turn)], 1)
    links = []
    for number in range(count):
        y, z = along[number], out[number]
        x = np.cross(y, z)
        lean = np.pi / 4 if number % 2 else -np.pi / 4  # links hang crosswise
        x = np.cos(lean) * x + np.sin(lean) * z
        z = np.cross(x, y)
        middle = centres[number] + oval[:, :1] * y + oval[:, 1:] * x
        outward = middle - centres[number]
        outward /= np.linalg.norm(outward, axis=1, keepdims=True)
        rings = middle[:, None] + wire * (
            np.cos(small)[None, :, None] * outward[:, None] + np.sin(small)[None, :, None] * z
        )
        links.append(loft(rings, looped=True))
    return joined(*links)


def _bangle(skin: Array, ornament: Ornament) -> Mesh:
    """A stiff circle that is too wide and rests on one side of the wrist."""
    size = ornament.size
    points = skin[:, None] * np.stack([np.sin(_ANGLES), np.cos(_ANGLES)], 1)
    middle = 0.5 * (points.max(0) + points.min(0))
    radius = float(np.linalg.norm(points - middle, axis=1).max()) + size["loose"]
    rests = -np.array([np.sin(ornament.azimuth), np.cos(ornament.azimuth)])
    # Slide it until it touches the skin on the side away from where it hangs.
    for slide in np.linspace(size["loose"], 0.02, 20):
        if np.linalg.norm(points - middle - slide * rests, axis=1).max() > radius:
            break
        shift = middle + slide * rests
    hoop = band(np.full(_AROUND, radius), 0.0, size["width"], size["thickness"], crown=1.0)
    lean = 0.18 * np.sin(ornament.seed)
    tilt = np.array(
        [[1, 0, 0], [0, np.cos(lean), np.sin(lean)], [0, -np.sin(lean), np.cos(lean)]], float
    )
    return moved(moved(hoop, turn=tilt), (shift[0], ornament.along, shift[1]))


def _disc(
    half_x: float,
    half_y: float,
    corner: float,
    height: float,
    widths: tuple[float, ...],
    part: int = 0,
) -> Mesh:
    """A plate of rounded outline that rises along +Z from 0, its outline scaled by `widths`."""
    corner = min(corner, half_x, half_y)
    turn = np.linspace(0, 2 * np.pi, 33)[:-1] + np.pi / 32
    out = np.stack([np.cos(turn), np.sin(turn)], 1)
    outline = np.sign(out) * [half_x - corner, half_y - corner] + corner * out
    rings = [
        np.concatenate([share * outline, np.full((len(outline), 1), z)], 1)
        for share, z in zip(widths, np.linspace(0, height, len(widths)), strict=True)
    ]
    return of_part(loft(np.stack(rings)), part)


def _facing(mesh: Mesh, ornament: Ornament, distance: float) -> Mesh:
    """A mesh that looks along +Z (with +Y along the arm), on the ornament's front."""
    a = ornament.azimuth
    out = np.array([np.sin(a), 0.0, np.cos(a)])
    along = np.array([0.0, 1.0, 0.0])
    # x about the limb, y along it: the watch's length (y) goes around the wrist.
    turn = np.stack([along, np.cross(out, along), out], axis=1)
    return moved(mesh, (distance * out + [0, ornament.along, 0]).tolist(), turn)


def _closed_path(radius: Array, ornament: Ornament, tilt: float) -> Array:
    """(A, 3) points about the bone, the ring of them leaning by `tilt` radians at most."""
    lean = tilt * np.sin(ornament.seed)
    y = ornament.along + radius * np.sin(_ANGLES - ornament.azimuth) * np.tan(lean)
    return np.stack([radius * np.sin(_ANGLES), y, radius * np.cos(_ANGLES)], 1)


def _perimeter(path: Array) -> float:
    return float(np.linalg.norm(path - np.roll(path, -1, 0), axis=1).sum())


def _spaced(path: Array, count: int) -> Array:
    """(count, 3) points at equal lengths along a closed path."""
    closed = np.concatenate([path, path[:1]])
    length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(closed, axis=0), axis=1))])
    at = np.arange(count) * length[-1] / count
    return np.stack([np.interp(at, length, closed[:, k]) for k in range(3)], 1)


def _hull_radius(points: Array, relative: Array) -> Array:
    """(A,) distance of the convex hull of points (N, 2) in the directions `relative` from +y."""
    equations = ConvexHull(points).equations  # normal · p + offset = 0 on the hull
    ray = np.stack([np.sin(relative), np.cos(relative)], 1)
    with np.errstate(divide="ignore"):
        reach = -equations[:, 2] / (ray @ equations[:, :2].T)
    return np.asarray(np.where(reach > 0, reach, np.inf).min(1))
