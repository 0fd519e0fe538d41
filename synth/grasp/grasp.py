"""A hand closes on a thing until it touches."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.grasp.approach import Start
from synth.grasp.closing import Placed, ReadyHand, ready_hand
from synth.grasp.hand_closing import closed_from
from synth.grasp.power_grips import before_palm, in_fingers
from synth.grasp.precision_grips import as_a_pen, between_pads
from synth.grasp.settling import TOUCHING, Settled, settle
from synth.grasp.solid_contact import (
    PRESSED,
    Solid,
    gaps_to,
    shortest_ways,
    solid_of_quads,
    solid_of_triangles,
)
from synth.hand.contact import HandSurface
from synth.hand.joint_angles import HandAngles, angles_to_rotations, wrist_to_forearm
from synth.hand.limits import check
from synth.hand.model import forward_kinematics, skin_vertices
from synth.landmarks import FINGERS
from synth.things.hold import Grip
from synth.things.mesh import Mesh

Array = NDArray[np.float64]

#: How often another grasp is drawn when one fails, unless said otherwise.
REDRAWS: Final = 8
#: Metres that a thing's own points may stand in the skin: between two points of the skin an edge
#: presses in deeper than the points say.
_EDGE_DEPTH = 0.002


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
) -> Grasp | None:
    """Take hold of a thing at a grip.

    Args:
        surface: of the hand that closes (a right one).
        mesh: the thing, closed, metres.
        grip: how and where, in the mesh's frame.
        redraws: how often another try is made.

    Returns:
        None where no try gave a grasp in which enough fingers touch and nothing stands in
        anything.
    """
    solid = solid_of_quads(mesh.vertices, mesh.quads)
    return take_hold(ready_hand(surface), solid, grip, rng, redraws)


def take_hold(
    hand: ReadyHand, solid: Solid, grip: Grip, rng: np.random.Generator, redraws: int
) -> Grasp | None:
    """`close_on` with hand and thing prepared, for several grasps of the same."""
    solid = replace(solid, pressed=min(PRESSED, 0.5 * grip.radius))
    for count in range(redraws + 1):
        start = _start(rng, hand, solid, grip)
        thing, vector = closed_from(rng, hand, Placed(solid, start.to_wrist), start)
        settled = settle(hand, thing, vector, _meant(start))
        if not _holds(settled, start):
            continue
        grasp = _grasp(settled, count)
        if stays_outside(hand.surface, solid, grasp.thing_to_wrist, grasp.angles):
            return grasp
    return None


def stays_outside(
    surface: HandSurface, solid: Solid, thing_to_wrist: Array, angles: HandAngles
) -> bool:
    """Whether no part of a thing is inside the hand or the forearm.

    A thin thing has few points of skin in it even where it cuts through, so here its own points
    are tested; and the forearm is where the wrist's angles put it.
    """
    shape, model = surface.shape, surface.model
    bones = forward_kinematics(shape, angles_to_rotations(shape, angles))
    skin = skin_vertices(model, shape, bones, wrist_to_forearm(shape, angles.wrist))
    points = np.concatenate([solid.corners.mean(1), solid.corners[:, 0]])
    points = points @ thing_to_wrist[:3, :3].T + thing_to_wrist[:3, 3]
    points = points[((points > skin.min(0)) & (points < skin.max(0))).all(1)]
    triangles = np.concatenate([model.faces[:, [0, 1, 2]], model.faces[:, [0, 2, 3]]])
    inside = solid_of_triangles(skin[triangles])
    points = points[shortest_ways(inside, points) < 0.006]
    return not len(points) or bool(gaps_to(inside, points).gap.min() > -_EDGE_DEPTH)


def _start(rng: np.random.Generator, hand: ReadyHand, solid: Solid, grip: Grip) -> Start:
    """Draw a way to take hold of a thing at a grip."""
    if grip.style in ("wrap", "sphere"):
        return before_palm(rng, hand, grip)
    if grip.style == "hook":
        return in_fingers(rng, hand, grip)
    if grip.style == "tripod":
        return as_a_pen(rng, hand, grip)
    return between_pads(rng, hand, solid.corners[:, 0], grip)


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
