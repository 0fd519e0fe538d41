"""Grasps of simple things, measured with the formulas of their distances on the posed skin."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest

from synth.grasp.grasp import Grasp, close_on, stays_outside
from synth.grasp.solid_contact import solid_of_quads
from synth.hand.contact import COMPRESSION, contacts, deepest, hand_surface
from synth.hand.joint_angles import HandAngles, angles_to_rotations
from synth.hand.limits import check
from synth.hand.model import forward_kinematics, load_hand_model, skin_vertices
from synth.landmarks import FINGERS, LONG_FINGERS
from synth.things.hold import Grip, Style
from synth.things.mesh import Mesh
from tests.synth.grasp.solids import (
    ball,
    ball_distance,
    box,
    box_distance,
    cylinder,
    cylinder_distance,
)

MODEL = load_hand_model()
SURFACE = hand_surface(MODEL, MODEL.shape())
Case = tuple[Mesh, Grip, Callable[[np.ndarray], np.ndarray]]


def grip(style: Style, radius: float, length: float, origin: float = 0.0, out: str = "z") -> Grip:
    """About +Y; `origin` metres along `out`."""
    away = np.eye(3)["xyz".index(out)]
    return Grip(style, origin * away, np.array([0.0, 1.0, 0.0]), away, radius, length)


def rod(radius: float, length: float, style: Style, free: float) -> Case:
    def distance(points: np.ndarray) -> np.ndarray:
        return cylinder_distance(points, radius, length)

    return cylinder(radius, length), grip(style, radius, free), distance


def plate(x: float, y: float, z: float, style: Style, origin: float) -> Case:
    def distance(points: np.ndarray) -> np.ndarray:
        return box_distance(points, x, y, z)

    return box(x, y, z), grip(style, z / 2, 0.6 * y, origin, "x"), distance


CASES: dict[str, Case] = {
    "can": rod(0.03, 0.13, "wrap", 0.13),
    "handle": rod(0.014, 0.26, "wrap", 0.2),
    "stick": rod(0.006, 0.4, "wrap", 0.3),
    "ball": (ball(0.035), grip("sphere", 0.035, 0.05), lambda p: ball_distance(p, 0.035)),
    "bar": rod(0.006, 0.14, "hook", 0.12),
    "pen": rod(0.0045, 0.14, "tripod", 0.02),
    "twig": rod(0.0025, 0.09, "pinch", 0.06),
    "marble": (ball(0.009), grip("pinch", 0.009, 0.004), lambda p: ball_distance(p, 0.009)),
    "card": plate(0.054, 0.086, 0.0008, "lateral", 0.018),
    "ticket": plate(0.054, 0.086, 0.0008, "pinch", 0.018),
    "phone": plate(0.072, 0.15, 0.008, "flat", 0.015),
    "book": plate(0.13, 0.19, 0.02, "flat", 0.04),
}
SEEDS = (0, 1)


@pytest.fixture(scope="module")
def grasps() -> dict[str, list[Grasp]]:
    made = {}
    for name, (mesh, way, _) in CASES.items():
        found = [close_on(SURFACE, mesh, way, np.random.default_rng(s)) for s in SEEDS]
        assert all(found), name
        made[name] = [grasp for grasp in found if grasp is not None]
    return made


def skin_by_finger(angles: HandAngles) -> dict[str, np.ndarray]:
    """Vertices and face middles of each finger, and all vertices as "hand", wrist frame."""
    bones = forward_kinematics(SURFACE.shape, angles_to_rotations(SURFACE.shape, angles))
    skin = skin_vertices(MODEL, SURFACE.shape, bones)
    places = skin[SURFACE.points].mean(1)
    parts = {finger: places[SURFACE.point_part == i] for i, finger in enumerate(FINGERS)}
    return {**parts, "hand": skin[np.unique(SURFACE.triangles)]}


def in_thing(points: np.ndarray, grasp: Grasp) -> np.ndarray:
    return (points - grasp.thing_to_wrist[:3, 3]) @ grasp.thing_to_wrist[:3, :3]


@pytest.mark.parametrize("name", CASES)
def test_fingers_touch_and_nothing_stands_in_the_thing(
    name: str, grasps: dict[str, list[Grasp]]
) -> None:
    distance = CASES[name][2]
    for grasp in grasps[name]:
        skin = skin_by_finger(grasp.angles)
        gaps = {part: float(distance(in_thing(own, grasp)).min()) for part, own in skin.items()}
        for finger in grasp.touching:
            assert gaps[finger] < 0.001, finger
        assert min(gaps.values()) > -0.002
        for finger in FINGERS:
            if gaps[finger] < 0.01:
                assert grasp.gaps[finger] == pytest.approx(gaps[finger], abs=2e-4)
        assert len(grasp.touching) >= 2
        if name != "bar":
            assert "thumb" in grasp.touching
        assert grasp.depth == pytest.approx(max(0.0, -min(gaps.values())), abs=3e-4)


@pytest.mark.parametrize("name", CASES)
def test_postures_are_possible(name: str, grasps: dict[str, list[Grasp]]) -> None:
    for grasp in grasps[name]:
        assert check(grasp.angles) == []
        rotations = angles_to_rotations(SURFACE.shape, grasp.angles)
        bones = forward_kinematics(SURFACE.shape, rotations)
        assert deepest(contacts(SURFACE, bones)) <= COMPRESSION + 1e-6
        turn = grasp.thing_to_wrist[:3, :3]
        np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-9)
        assert np.linalg.det(turn) == pytest.approx(1.0)


@pytest.mark.parametrize("name", ["card", "ticket", "phone", "book"])
def test_thumb_and_fingers_are_on_different_sides_of_what_is_flat(
    name: str, grasps: dict[str, list[Grasp]]
) -> None:
    x, y, _ = np.ptp(CASES[name][0].vertices, axis=0)
    for grasp in grasps[name]:
        sides = {}
        for finger, own in skin_by_finger(grasp.angles).items():
            place = in_thing(own, grasp)
            before = (np.abs(place[:, 0]) < x / 2) & (np.abs(place[:, 1]) < y / 2)
            # A finger beyond an edge may lean past the plane.
            before &= np.abs(place[:, 2]) < 0.015
            if finger in grasp.touching and before.any():
                signs = np.sign(place[before, 2])
                assert (signs == signs[0]).all(), finger
                sides[finger] = signs[0]
        assert all(sides[finger] == -sides["thumb"] for finger in sides if finger != "thumb")


def test_a_fist_closes_round_a_handle(grasps: dict[str, list[Grasp]]) -> None:
    """All round it: seen along the axis, skin is on every side."""
    for grasp in grasps["handle"]:
        skin = np.concatenate([skin_by_finger(grasp.angles)[f] for f in (*LONG_FINGERS, "hand")])
        place = in_thing(skin, grasp)
        close = place[np.hypot(place[:, 0], place[:, 2]) < 0.03]
        angle = np.arctan2(close[:, 0], close[:, 2])
        gap = np.diff(np.sort(np.append(angle, angle.min() + 2 * np.pi)))
        assert gap.max() < np.radians(60)


def test_the_same_generator_makes_the_same_grasp(grasps: dict[str, list[Grasp]]) -> None:
    for name in ("can", "card"):
        mesh, way, _ = CASES[name]
        again = close_on(SURFACE, mesh, way, np.random.default_rng(SEEDS[0]))
        assert again is not None
        assert again.angles == grasps[name][0].angles
        np.testing.assert_array_equal(again.thing_to_wrist, grasps[name][0].thing_to_wrist)
        other = grasps[name][1]
        assert np.abs(other.angles.to_vector() - again.angles.to_vector()).max() > 0.03


def test_what_cannot_be_held_is_refused() -> None:
    barrel = cylinder(0.2, 0.5)
    assert close_on(SURFACE, barrel, grip("pinch", 0.2, 0.4), np.random.default_rng(0), 1) is None


def test_a_stick_through_the_forearm_is_seen(grasps: dict[str, list[Grasp]]) -> None:
    solid = solid_of_quads(*(getattr(cylinder(0.004, 0.3), k) for k in ("vertices", "quads")))
    across = np.eye(4)
    across[:3, :3] = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
    across[:3, 3] = 0.0, -0.06, 0.005
    open_hand = HandAngles()
    assert not stays_outside(SURFACE, solid, across, open_hand)
    across[2, 3] = 0.12
    assert stays_outside(SURFACE, solid, across, open_hand)


def test_a_grasp_is_fast() -> None:
    mesh, way, _ = CASES["can"]
    start = time.process_time()
    for seed in range(3):
        close_on(SURFACE, mesh, way, np.random.default_rng(seed))
    assert (time.process_time() - start) / 3 < 0.5  # 0.1 s on an idle core
