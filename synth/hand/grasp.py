"""A hand closes on a thing until it touches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.hand.closing import (
    PRESSED,
    Placed,
    Stop,
    Sweep,
    TestedHand,
    run_sweeps,
    tested_hand,
)
from synth.hand.contact import PARTS, HandSurface
from synth.hand.joint_angles import PART_SLICES, HandAngles, angle_index, wrist_to_forearm
from synth.hand.joint_axes import joint_axes
from synth.hand.limits import check
from synth.hand.model import skin_vertices
from synth.hand.posing import posed_bones
from synth.hand.preshape import Start, put_thumb, start_of
from synth.hand.settling import DEEPEST, NEARLY, TOUCHING, Settled, settle
from synth.hand.solid_contact import gaps_to, shortest_ways, solid_of_quads, solid_of_triangles
from synth.hand.touch import place_on_skin
from synth.landmarks import BONES, FINGERS
from synth.things.hold import Grip
from synth.things.mesh import Mesh

Array = NDArray[np.float64]
Ints = NDArray[np.intp]

#: How often another grasp is drawn when one fails, unless said otherwise.
REDRAWS: Final = 8
#: Metres that a thing's own points may stand in the skin: between two points of the skin an edge
#: presses in deeper than the points say.
_EDGE_DEPTH = 0.003
_SEAT_STEPS = 16
_SEGMENTS = {"proximal": 0, "intermediate": 1, "distal": 2, "tip": 2}


@dataclass(frozen=True)
class Grasp:
    """A hand holding a thing.

    Attributes:
        angles: of the hand, inside the ranges of motion.
        thing_to_wrist: (4, 4) rigid, the thing's frame in the wrist frame of a right hand.
        touching: fingers whose skin is within a millimetre of the thing.
        depth: metres that skin stands in the thing where it is deepest, 0 without.
        gaps: finger → metres from its skin to the thing, negative inside.
        redraws: grasps that were thrown away before this one.
    """

    angles: HandAngles
    thing_to_wrist: Array
    touching: tuple[str, ...]
    depth: float
    gaps: dict[str, float]
    redraws: int


def close_on(
    surface: HandSurface,
    mesh: Mesh,
    grip: Grip,
    rng: np.random.Generator,
    redraws: int = REDRAWS,
    thrown: int = 0,
) -> Grasp | None:
    """Take hold of a thing at a grip.

    Args:
        surface: of the hand that closes (a right one).
        mesh: the thing, closed, metres.
        grip: how and where, in the mesh's frame.
        redraws: how often another try is made.
        thrown: grasps thrown away before, for the report.

    Returns:
        None where no try gave a grasp in which enough fingers touch and nothing stands in
        anything.
    """
    hand = tested_hand(surface)
    solid = solid_of_quads(mesh.vertices, mesh.quads)
    for count in range(redraws + 1):
        start = start_of(rng, hand, mesh, grip)
        thing = Placed(solid, start.to_wrist)
        if start.push is not None:
            thing = _seated(hand, thing, start)
            vector = _closed(rng, hand, thing, start)
        else:
            vector = _pressed(hand, thing, start)
        settled = settle(hand, thing, vector, _meant(start))
        thing = Placed(solid, settled.to_wrist)
        if _holds(settled, start) and _untouched_inside(hand, thing, settled.vector, mesh):
            return _grasp(settled, thrown + count)
    return None


def _grasp(settled: Settled, redraws: int) -> Grasp:
    gaps = dict(zip(FINGERS, settled.gaps.tolist(), strict=False))
    return Grasp(
        angles=HandAngles.from_vector(settled.vector),
        thing_to_wrist=settled.to_wrist,
        touching=tuple(finger for finger in FINGERS if gaps[finger] <= TOUCHING),
        depth=max(0.0, -float(settled.gaps.min())),
        gaps=gaps,
        redraws=redraws,
    )


def _meant(start: Start) -> set[str]:
    """Fingers that are to touch, if they come near."""
    thumb = {"thumb"} if start.thumbs else set()
    return {*start.closing, *(place.split("_")[0] for place in start.pressing)} | thumb


def _holds(settled: Settled, start: Start) -> bool:
    touching = settled.gaps[: len(FINGERS)] <= TOUCHING
    count, thumb = start.least
    return bool(
        settled.clear()
        and touching.sum() >= count
        and (touching[0] or not thumb)
        and not check(HandAngles.from_vector(settled.vector))
    )


def _points_of(hand: TestedHand, finger: str, first: int) -> Ints:
    """Palmar points of a finger from its first-th segment on."""
    bones = [
        i
        for i, bone in enumerate(BONES)
        if bone.startswith(finger) and _SEGMENTS.get(bone.split("_")[1], -1) >= first
    ]
    own = (hand.points.part == PARTS.index(finger)) & np.isin(hand.points.bone, bones)
    return np.flatnonzero(own & hand.points.palmar)


def _seated(hand: TestedHand, thing: Placed, start: Start) -> Placed:
    """The thing pushed on until it touches the open hand, and drawn back by the lift."""
    assert start.push is not None
    bones = posed_bones(hand.posing, start.vector[None])[0]
    skin = hand.points.at(bones, np.flatnonzero(hand.points.palmar))
    moved = thing.to_wrist.copy()
    for _ in range(_SEAT_STEPS):
        placed = Placed(thing.solid, moved)
        way = placed.ways(skin)
        if way.min() > 0.006:
            step = float(way.min())
        else:
            gaps = placed.gaps(skin[way < 0.012])
            # The thing comes along `push`; its surface's normal says how straight.
            closing = gaps.normal @ start.push
            room = gaps.gap - PRESSED
            steps = np.where(
                room < 0,
                np.where(closing > 0.1, room / np.maximum(closing, 0.2), np.inf),
                room / np.maximum(closing, 0.4),
            )
            step = float(min(steps.min(), 0.006))
        moved = moved.copy()
        moved[:3, 3] += step * start.push
        if abs(step) < 0.0002:
            break
    moved[:3, 3] -= start.lift * start.push
    return Placed(thing.solid, moved)


def _closed(rng: np.random.Generator, hand: TestedHand, thing: Placed, start: Start) -> Array:
    """Fingers closed from open on the seated thing, then the thumb on it and on them."""
    vector = _fingers_closed(rng, hand, thing, start)
    if not start.thumbs:
        return vector
    bones = posed_bones(hand.posing, vector[None])[0]
    corners = skin_vertices(hand.surface.model, hand.surface.shape, bones)[hand.surface.triangles]
    others = np.isin(hand.surface.triangle_part, [1, 2, 3])
    fingers = Placed(solid_of_triangles(corners[others]), np.eye(4))
    points = _points_of(hand, "thumb", 0)
    sweeps = []
    for opened, closed in start.thumbs:
        ends = [put_thumb(vector, np.array(e) + rng.normal(0, 2.5, 5)) for e in (opened, closed)]
        sweeps.append(Sweep(ends[0], ends[1] - ends[0], points, 0.0, 1.0))
    stops = run_sweeps(hand, [thing, fingers], sweeps)
    stops = _further(hand, [thing, fingers], ["thumb"] * len(stops), stops)
    scores = [_thumb_score(hand, thing, stop, points) + rng.normal(0, 0.15) for stop in stops]
    return stops[int(np.argmax(scores))].vector


def _thumb_score(hand: TestedHand, thing: Placed, stop: Stop, points: Ints) -> float:
    """Larger where the thumb's end lies on the thing, and is not in it."""
    gaps = thing.gaps(hand.points.at(posed_bones(hand.posing, stop.vector[None])[0], points)).gap
    distal = np.isin(hand.points.bone[points], [BONES.index("thumb_distal"), BONES.index("thumb_tip")])
    score = -100.0 * max(0.0, float(gaps[distal].min()))
    return score - 1000.0 * max(0.0, -float(gaps.min()) - DEEPEST)


def _fingers_closed(
    rng: np.random.Generator, hand: TestedHand, thing: Placed, start: Start
) -> Array:
    # How a hand shares its closing between knuckles and fingers differs from grasp to grasp.
    share = rng.uniform(0.7, 1.4)
    first = 0 if start.least[1] else 1
    sweeps = []
    for finger in start.closing:
        direction = np.zeros(29)
        curl = share * rng.uniform(0.92, 1.08)
        direction[angle_index(f"{finger}.mcp_flexion")] = 1.0 if first == 0 else 0.0
        direction[angle_index(f"{finger}.pip")] = curl
        direction[angle_index(f"{finger}.dip")] = 0.62 * curl
        sweeps.append(Sweep(start.vector, direction, _points_of(hand, finger, first), -0.3, 2.6))
    stops = run_sweeps(hand, [thing], sweeps)
    stops = _further(hand, [thing], start.closing, stops)
    vector = start.vector.copy()
    for finger, stop in zip(start.closing, stops, strict=True):
        vector[PART_SLICES[finger]] = stop.vector[PART_SLICES[finger]]
    return vector


def _further(
    hand: TestedHand, solids: Sequence[Placed], fingers: Sequence[str], stops: Sequence[Stop]
) -> list[Stop]:
    """Where only the near part of a finger touches, the rest of it closes on."""
    result = list(stops)
    for segment in (1, 2):
        sweeps, own = [], []
        for i, finger in enumerate(fingers):
            reached = max((_SEGMENTS.get(BONES[b].split("_")[1], 0) for b in result[i].bones), default=-1)
            joints = ("ip",) if finger == "thumb" else ("pip", "dip") if segment == 1 else ("dip",)
            if reached < 0 or reached >= segment or (finger == "thumb" and segment == 1):
                continue
            direction = np.zeros(29)
            for joint, weight in zip(joints, (1.0, 0.62), strict=False):
                direction[angle_index(f"{finger}.{joint}")] = weight
            most = 2.0 if segment == 1 else 0.6
            points = _points_of(hand, finger, segment)
            sweeps.append(Sweep(result[i].vector, direction, points, 0.0, most))
            own.append(i)
        if sweeps:
            for i, stop in zip(own, run_sweeps(hand, solids, sweeps), strict=True):
                result[i] = Stop(stop.vector, stop.bones or result[i].bones, stop.gap)
    return result


def _pressed(hand: TestedHand, thing: Placed, start: Start) -> Array:
    """Fingers that are about at the thing's faces brought to touch them, each along its pad."""
    bones = posed_bones(hand.posing, start.vector[None])[0]
    axes = joint_axes(HandAngles.from_vector(start.vector), bones)
    sweeps = []
    fingers = [place.split("_")[0] for place in start.pressing]
    for place, finger in zip(start.pressing, fingers, strict=True):
        bone, local, out = place_on_skin(hand.surface, place)
        point = bones[bone, :3, :3] @ local + bones[bone, :3, 3]
        direction = np.zeros(29)
        own = PART_SLICES[finger]
        direction[own] = (axes.velocity(point, bone) @ (bones[bone, :3, :3] @ out))[own]
        if finger != "thumb":
            direction[angle_index(f"{finger}.cmc_flexion")] = 0.0
            direction[angle_index(f"{finger}.mcp_abduction")] = 0.0
        direction /= np.abs(direction).max() + 1e-12
        sweeps.append(Sweep(start.vector, direction, _points_of(hand, finger, 0), -0.6, 1.0))
    vector = start.vector.copy()
    for finger, stop in zip(fingers, run_sweeps(hand, [thing], sweeps), strict=True):
        if stop.gap < NEARLY:
            vector[PART_SLICES[finger]] = stop.vector[PART_SLICES[finger]]
    return vector


def _untouched_inside(hand: TestedHand, thing: Placed, vector: Array, mesh: Mesh) -> bool:
    """Whether no part of the thing is inside the hand or the forearm: thin things have few
    points of skin in them even where they cut through it."""
    shape = hand.surface.shape
    bones = posed_bones(hand.posing, vector[None])[0]
    angles = HandAngles.from_vector(vector)
    skin = skin_vertices(
        hand.surface.model, shape, bones, wrist_to_forearm(shape, angles.wrist)
    )
    faces = hand.surface.model.faces
    triangles = np.concatenate([faces[:, [0, 1, 2]], faces[:, [0, 2, 3]]])
    points = np.concatenate([thing.solid.corners.mean(1), mesh.vertices])
    points = points @ thing.to_wrist[:3, :3].T + thing.to_wrist[:3, 3]
    low, high = skin.min(0), skin.max(0)
    points = points[((points > low) & (points < high)).all(1)]
    inside = solid_of_triangles(skin[triangles])
    points = points[shortest_ways(inside, points) < 2 * _EDGE_DEPTH]
    return not len(points) or bool(gaps_to(inside, points).gap.min() > -_EDGE_DEPTH)

