"""Closes a hand on a thing from its start: seats the thing, then fingers, then the thumb."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from synth.grasp.approach import Start, put_thumb
from synth.grasp.closing import Placed, ReadyHand, Stop, Sweep, run_sweeps
from synth.grasp.settling import DEEPEST, NEARLY
from synth.grasp.solid_contact import solid_of_triangles
from synth.hand.contact import PARTS
from synth.hand.joint_angles import PART_SLICES, HandAngles, angle_index
from synth.hand.joint_axes import joint_axes
from synth.hand.limits import into_limits
from synth.hand.model import skin_vertices
from synth.hand.posing import posed_bones
from synth.hand.touch import place_on_skin
from synth.landmarks import BONES

Array = NDArray[np.float64]
Ints = NDArray[np.intp]

_SEAT_STEPS = 16
#: Radians of a finger's leading joint.
_OPENING = 0.15
_SEGMENTS = {"proximal": 0, "intermediate": 1, "distal": 2, "tip": 2}


def closed_from(
    rng: np.random.Generator, hand: ReadyHand, thing: Placed, start: Start
) -> tuple[Placed, Array]:
    """Where the thing is in the closed hand, and the (29,) angles that close it."""
    if start.push is None:
        return thing, _pressed(hand, thing, start)
    seated = _seated(hand, thing, start)
    return seated, _closed(rng, hand, seated, start)


def _seated(hand: ReadyHand, thing: Placed, start: Start) -> Placed:
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
            room = gaps.gap + thing.solid.pressed
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


def _closed(rng: np.random.Generator, hand: ReadyHand, thing: Placed, start: Start) -> Array:
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


def _thumb_score(hand: ReadyHand, thing: Placed, stop: Stop, points: Ints) -> float:
    """Larger where the thumb's end lies on the thing, and is not in it."""
    gaps = thing.gaps(hand.points.at(posed_bones(hand.posing, stop.vector[None])[0], points)).gap
    distal = np.isin(
        hand.points.bone[points], [BONES.index("thumb_distal"), BONES.index("thumb_tip")]
    )
    score = -100.0 * max(0.0, float(gaps[distal].min()))
    return score - 1000.0 * max(0.0, -float(gaps.min()) - DEEPEST)


def _fingers_closed(
    rng: np.random.Generator, hand: ReadyHand, thing: Placed, start: Start
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
    hand: ReadyHand, solids: Sequence[Placed], fingers: Sequence[str], stops: Sequence[Stop]
) -> list[Stop]:
    """Where only the near part of a finger touches, the rest of it closes on."""
    result = list(stops)
    for segment in (1, 2):
        sweeps, own = [], []
        for i, finger in enumerate(fingers):
            reached = max(
                (_SEGMENTS.get(BONES[b].split("_")[1], 0) for b in result[i].bones), default=-1
            )
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


def _pressed(hand: ReadyHand, thing: Placed, start: Start) -> Array:
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
        # Opened first: a pad that reaches through a sheet would seem to be before it.
        opened = into_limits(start.vector - _OPENING * direction)
        sweeps.append(Sweep(opened, direction, _points_of(hand, finger, 0), -0.5, 1.2))
    vector = start.vector.copy()
    for finger, stop in zip(fingers, run_sweeps(hand, [thing], sweeps), strict=True):
        if stop.gap < NEARLY:
            vector[PART_SLICES[finger]] = stop.vector[PART_SLICES[finger]]
    return vector


def _points_of(hand: ReadyHand, finger: str, first: int) -> Ints:
    """Palmar points of a finger from its first-th segment on."""
    bones = [
        i
        for i, bone in enumerate(BONES)
        if bone.startswith(finger) and _SEGMENTS.get(bone.split("_")[1], -1) >= first
    ]
    own = (hand.points.part == PARTS.index(finger)) & np.isin(hand.points.bone, bones)
    return np.flatnonzero(own & hand.points.palmar)
