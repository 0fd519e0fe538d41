"""Penetration against the winding number of the other part's skin, computed another way."""

from __future__ import annotations

import time

import numpy as np
import pytest

from synth.gestures.library import find_gesture
from synth.hand.contact import (
    COMPRESSION,
    PALM,
    PARTS,
    HandSurface,
    contacts,
    deepest,
    hand_surface,
)
from synth.hand.joint_angles import (
    ANGLE_NAMES,
    HandAngles,
    angle_index,
    angles_to_rotations,
)
from synth.hand.limits import check, sample_angles
from synth.hand.model import forward_kinematics, load_hand_model, skin_vertices
from synth.hand.separation import resolve
from synth.landmarks import BONES

MODEL = load_hand_model()
SURFACE = hand_surface(MODEL, MODEL.shape())


def posture(**degrees: float) -> HandAngles:
    vector = np.zeros(len(ANGLE_NAMES))
    for name, value in degrees.items():
        vector[angle_index(name.replace("__", "."))] = np.radians(value)
    return HandAngles.from_vector(vector)


def posed(surface: HandSurface, angles: HandAngles) -> np.ndarray:
    return forward_kinematics(surface.shape, angles_to_rotations(surface.shape, angles))


def winding_number(points: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """Solid angles (van Oosterom and Strackee 1983) of closed (T, 3, 3) triangles over 4π."""
    a, b, c = (triangles[None, :, k] - points[:, None] for k in range(3))
    la, lb, lc = (np.linalg.norm(v, axis=-1) for v in (a, b, c))
    volume = (a * np.cross(b, c)).sum(-1)
    rest = la * lb * lc + (a * b).sum(-1) * lc + (b * c).sum(-1) * la + (c * a).sum(-1) * lb
    return np.arctan2(volume, rest).sum(1) / (2 * np.pi)


def closed(skin: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """(T, 3, 3) triangles with a fan over the hole at a finger's root, and at the arm's end."""
    edges = {tuple(edge) for t in triangles for edge in ((t[0], t[1]), (t[1], t[2]), (t[2], t[0]))}
    rim = np.array([edge for edge in edges if (edge[1], edge[0]) not in edges])
    fans = []
    for hole in (skin[rim[:, 0], 1] < 0.0, skin[rim[:, 0], 1] >= 0.0):
        if hole.any():
            centre = skin[np.unique(rim[hole])].mean(0)
            fans.append([np.stack([skin[b], skin[a], centre]) for a, b in rim[hole]])
    return np.concatenate([skin[triangles], *(np.stack(fan) for fan in fans)])


def distance_to(points: np.ndarray, triangles: np.ndarray, steps: int = 8) -> np.ndarray:
    """Distance to the nearest of a grid of points on each triangle: at most a little too long."""
    u, v = np.meshgrid(np.linspace(0, 1, steps), np.linspace(0, 1, steps))
    u, v = u[u + v <= 1], v[u + v <= 1]
    weights = np.stack([1 - u - v, u, v], axis=1)
    grid = np.einsum("gk,tkd->tgd", weights, triangles).reshape(-1, 3)
    return np.array([np.sqrt(((grid - p) ** 2).sum(1).min()) for p in points])


CROSSED = posture(index__mcp_abduction=-18, middle__mcp_abduction=18, middle__mcp_flexion=6)
THUMB_IN = posture(
    **{f"{f}__mcp_flexion": 36 for f in ("index", "middle")},
    **{f"{f}__pip": 100 for f in ("index", "middle")},
    **{f"{f}__dip": 50 for f in ("index", "middle")},
    thumb__cmc_flexion=14,
    thumb__palmar_abduction=26,
    thumb__opposition=36,
    thumb__mcp_flexion=46,
    thumb__ip=44,
)


@pytest.mark.parametrize("angles", [CROSSED, THUMB_IN], ids=["crossed", "thumb in"])
def test_depth_between_fingers_is_that_of_the_points_inside_by_winding_number(
    angles: HandAngles,
) -> None:
    bones = posed(SURFACE, angles)
    skin = skin_vertices(MODEL, SURFACE.shape, bones)
    found = {(c.finger, c.other): c.depth for c in contacts(SURFACE, bones)}
    queries = skin[SURFACE.points].mean(1)
    compared = 0
    for part in range(PALM):
        triangles = closed(skin, SURFACE.triangles[SURFACE.triangle_part == part])
        for other in range(PALM):
            if other == part:
                continue
            # At its root a finger is joined by its neighbours.
            own = (SURFACE.point_part == other) & ~SURFACE.point_in_web
            inside = winding_number(queries[own], triangles) > 0.5
            depth = 0.0
            if inside.any():
                skin_only = skin[SURFACE.triangles[SURFACE.triangle_part == part]]
                depth = float(distance_to(queries[own][inside], skin_only).max())
            ours = found.get((PARTS[other], PARTS[part]), 0.0)
            assert ours == pytest.approx(depth, abs=5e-4), (PARTS[other], PARTS[part])
            compared += depth > 0.002
    assert compared >= 2


@pytest.mark.parametrize("finger", ["index", "little"])
def test_depth_in_the_palm_is_that_of_the_points_inside_by_winding_number(finger: str) -> None:
    angles = posture(
        **{f"{finger}__mcp_flexion": 85, f"{finger}__pip": 95, f"{finger}__dip": 50},
        thumb__palmar_abduction=30,
    )
    bones = posed(SURFACE, angles)
    skin = skin_vertices(MODEL, SURFACE.shape, bones)
    found = [c for c in contacts(SURFACE, bones) if c.other == "palm"]
    part = PARTS.index(finger)
    rest = closed(skin, SURFACE.triangles[SURFACE.triangle_part != part])
    tips = (SURFACE.point_part == part) & (SURFACE.point_bone == BONES.index(f"{finger}_distal"))
    queries = skin[SURFACE.points[tips]].mean(1)
    inside = winding_number(queries, rest) > 0.5
    palm = skin[SURFACE.triangles[SURFACE.triangle_part == PALM]]
    depth = float(distance_to(queries[inside], palm).max())
    assert [c.finger for c in found] == [finger]
    assert found[0].depth == pytest.approx(depth, abs=5e-4)
    assert depth > 0.002


def test_open_hands_have_no_contact() -> None:
    model = load_hand_model()
    for phenotype in ({}, {"age": 0.33}, {"gender": 1.0, "weight": 0.9}):
        surface = hand_surface(model, model.shape(phenotype))
        for name in ("open_palm", "open_palm_spread", "flat_hand", "victory", "claw"):
            angles = find_gesture(name).angles
            parts = [c for c in contacts(surface, posed(surface, angles)) if c.depth > COMPRESSION]
            if name == "victory":  # its thumb is folded over two fingers
                parts = [c for c in parts if {"index", "middle"} == {c.finger, c.other}]
            assert parts == [], name


def test_contacts_are_sorted_and_limited() -> None:
    bones = posed(SURFACE, CROSSED)
    found = contacts(SURFACE, bones, each=3)
    depths = [c.depth for c in found]
    assert depths == sorted(depths, reverse=True)
    assert deepest(found) == depths[0]
    pairs = [(c.finger, c.other) for c in found]
    assert max(pairs.count(pair) for pair in pairs) == 3
    assert len(contacts(SURFACE, bones, each=1)) == len(set(pairs))
    for contact in found:
        apart = np.linalg.norm(contact.point - contact.surface)
        assert apart == pytest.approx(contact.depth)
        assert np.linalg.norm(contact.normal) == pytest.approx(1)


@pytest.mark.parametrize("angles", [CROSSED, THUMB_IN], ids=["crossed", "thumb in"])
def test_resolving_leaves_no_penetration_by_small_changes(angles: HandAngles) -> None:
    resolved, report = resolve(SURFACE, angles)
    assert report.depth_before > 0.003
    assert report.corrected
    assert report.resolved
    assert report.depth <= COMPRESSION
    assert deepest(contacts(SURFACE, posed(SURFACE, resolved))) == pytest.approx(report.depth)
    assert check(resolved) == []
    change = np.abs(resolved.to_vector() - angles.to_vector())
    assert change.max() == pytest.approx(report.largest_change)
    assert change.max() < np.radians(36)


def test_a_free_hand_is_not_touched() -> None:
    angles = find_gesture("open_palm_spread").angles
    resolved, report = resolve(SURFACE, angles)
    assert resolved is angles
    assert (report.corrected, report.resolved, report.depth) == (False, True, 0.0)


def test_measuring_is_fast() -> None:
    rng = np.random.default_rng(0)
    poses = [posed(SURFACE, sample_angles(rng)) for _ in range(20)]
    start = time.process_time()
    for bones in poses:
        contacts(SURFACE, bones)
    assert (time.process_time() - start) / len(poses) < 0.06  # 0.01 s on an idle core
