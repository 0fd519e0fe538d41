"""Contact of two hands against winding numbers, and against a known push."""

from __future__ import annotations

import time

import numpy as np
import pytest

from synth.gestures.library import find_gesture
from synth.hand.joint_angles import HandAngles
from synth.hand.model import load_hand_model
from synth.interaction.contact import (
    hands_contact,
    nearest_skin,
    pair_depth,
    watched_places,
)
from synth.interaction.places import place_of, spot_of
from synth.interaction.posed import PosedHand, pair_skin, posed_hand
from synth.landmarks import BONES
from synth.rotations import coordinate_rotation
from synth.scene import Side

MODEL = load_hand_model()
SKIN = pair_skin(MODEL, MODEL.shape())
OPEN = find_gesture("open_palm").angles
POINT = find_gesture("point").angles


def placed(angles: HandAngles, side: Side, turn: np.ndarray, move: tuple[float, ...]) -> PosedHand:
    place = np.eye(4)
    place[:3, :3], place[:3, 3] = turn, move
    return posed_hand(SKIN, angles, side, place)


def winding_number(points: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """Solid angles (van Oosterom and Strackee 1983) of (T, 3, 3) triangles over 4π."""
    a, b, c = (triangles[None, :, k] - points[:, None] for k in range(3))
    la, lb, lc = (np.linalg.norm(v, axis=-1) for v in (a, b, c))
    volume = (a * np.cross(b, c)).sum(-1)
    rest = la * lb * lc + (a * b).sum(-1) * lc + (b * c).sum(-1) * la + (c * a).sum(-1) * lb
    return np.arctan2(volume, rest).sum(1) / (2 * np.pi)


def distance_to(points: np.ndarray, triangles: np.ndarray, steps: int = 8) -> np.ndarray:
    """Distance to the nearest of a grid of points on each triangle: at most a little too long."""
    u, v = np.meshgrid(np.linspace(0, 1, steps), np.linspace(0, 1, steps))
    u, v = u[u + v <= 1], v[u + v <= 1]
    weights = np.stack([1 - u - v, u, v], axis=1)
    grid = np.einsum("gk,tkd->tgd", weights, triangles).reshape(-1, 3)
    return np.array([np.sqrt(((grid - p) ** 2).sum(1).min()) for p in points])


def near_points(hand: PosedHand, other: PosedHand, count: int) -> np.ndarray:
    """(count, 3) points of a hand's skin without the forearm, about the other hand."""
    points = hand.queries[hand.skin.point_bone <= len(BONES)]
    cloud = other.vertices[other.skin.vertex_bone <= len(BONES)]
    points = points[((points > cloud.min(0)) & (points < cloud.max(0))).all(1)]
    chosen = np.random.default_rng(0).choice(len(points), min(count, len(points)), replace=False)
    return np.asarray(points[chosen])


CROSSING = [
    # A finger through the palm, palms in each other, fingers across fingers, and a second right.
    (POINT, "left", coordinate_rotation(0, -np.pi / 2), (0.01, 0.06, 0.17)),
    (OPEN, "left", np.diag([-1.0, 1.0, -1.0]), (0.0, 0.005, 0.04)),
    (OPEN, "right", coordinate_rotation(2, 2.6), (0.0, 0.27, 0.01)),
]


@pytest.mark.parametrize(("angles", "side", "turn", "move"), CROSSING)
def test_points_are_inside_by_winding_number_and_as_deep_as_the_skin_is_far(
    angles: HandAngles, side: Side, turn: np.ndarray, move: tuple[float, ...]
) -> None:
    first = posed_hand(SKIN, OPEN, "right", np.eye(4))
    second = placed(angles, side, turn, move)
    deepest = pair_depth(hands_contact(first, second))
    inside_any = False
    for hand, other in ((first, second), (second, first)):
        points = near_points(hand, other, 60)
        ours = nearest_skin(other, points).distance
        inside = winding_number(points, other.corners) > 0.5
        beyond = np.abs(ours) > 5e-4  # on which side a point on the skin is, nobody knows
        assert (inside == (ours < 0))[beyond].all()
        assert np.abs(ours)[inside] == pytest.approx(
            distance_to(points[inside], other.corners), abs=6e-4
        )
        assert deepest >= -ours.min() - 1e-9
        inside_any |= bool((inside & beyond).any())
    assert inside_any


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_finger_pushed_into_the_palm_is_as_deep_as_it_was_pushed(side: Side) -> None:
    first = posed_hand(SKIN, OPEN, side, np.eye(4))
    target = spot_of(first, (place_of(SKIN, "palm"),))
    finger = place_of(SKIN, "index_end")
    # The pointing finger looks along −z of the palm, and stands upright on it.
    turn = coordinate_rotation(0, -np.pi / 2)
    tip = spot_of(placed(POINT, "left", turn, (0, 0, 0)), (finger,)).point

    def pressed(along: np.ndarray, push: float) -> PosedHand:
        return placed(POINT, "left", turn, tuple(target.point - tip - push * along))

    def touching(along: np.ndarray) -> float:
        low, high = -0.01, 0.012
        for _ in range(12):
            middle = (low + high) / 2
            deep = pair_depth(hands_contact(first, pressed(along, middle)))
            low, high = (low, middle) if deep > 0 else (middle, high)
        return high

    there = hands_contact(first, pressed(target.normal, touching(target.normal) + 5e-4))[0]
    normal = there.normal if there.inner == 1 else -there.normal
    start = touching(normal)
    for push in (0.001, 0.002, 0.003):
        second = pressed(normal, start + push)
        assert pair_depth(hands_contact(first, second)) == pytest.approx(push, abs=3e-4)
        # What a solver watches are vertices only.
        assert pair_depth(watched_places(first, second, 0.0)) == pytest.approx(push, abs=7e-4)


def test_hands_apart_do_not_touch() -> None:
    first = posed_hand(SKIN, OPEN, "right", np.eye(4))
    second = placed(OPEN, "left", np.eye(3), (0.3, 0, 0))
    assert hands_contact(first, second) == []
    assert watched_places(first, second, 0.01) == []


def test_contact_does_not_depend_on_order_or_mirror() -> None:
    angles, side, turn, move = CROSSING[0]
    first = posed_hand(SKIN, OPEN, "right", np.eye(4))
    second = placed(angles, side, turn, move)
    depth = pair_depth(hands_contact(first, second))
    assert pair_depth(hands_contact(second, first)) == depth
    mirror = np.diag([-1.0, 1.0, 1.0])
    first = posed_hand(SKIN, OPEN, "left", np.eye(4))
    second = placed(angles, "right", mirror @ turn @ mirror, (-move[0], move[1], move[2]))
    assert pair_depth(hands_contact(first, second)) == pytest.approx(depth, abs=1e-9)


def test_contacts_lie_on_the_skin_and_normals_lead_out() -> None:
    first = posed_hand(SKIN, OPEN, "right", np.eye(4))
    second = placed(*CROSSING[1])
    hands = first, second
    found = hands_contact(first, second, each=2)
    assert [c.depth for c in found] == sorted((c.depth for c in found), reverse=True)
    for contact in found:
        other = hands[1 - contact.inner]
        assert np.linalg.norm(contact.point - contact.surface) == pytest.approx(contact.depth)
        assert nearest_skin(other, contact.surface[None]).distance[0] == pytest.approx(0, abs=1e-6)
        outside = contact.surface + 0.001 * contact.normal
        assert nearest_skin(other, outside[None]).distance[0] > 0


def test_what_a_solver_watches_sees_what_comes_near() -> None:
    near = placed(POINT, "left", coordinate_rotation(0, -np.pi / 2), (0.01, 0.06, 0.19))
    seen = watched_places(posed_hand(SKIN, OPEN, "right", np.eye(4)), near, 0.02)
    assert seen
    assert all(-0.02 < contact.depth < 0 for contact in seen)


def test_measuring_is_fast() -> None:
    start = time.process_time()
    for _ in range(10):
        first = posed_hand(SKIN, OPEN, "right", np.eye(4))
        hands_contact(first, placed(*CROSSING[0]))
    assert (time.process_time() - start) / 10 < 0.08  # 0.006 s on an idle core
