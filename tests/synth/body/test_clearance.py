"""Distances to bodies, against a ball's formula and against every triangle."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from synth.body.bones import BODY_BONES
from synth.body.clearance import Trunk, trunk_of
from synth.body.pose import moved_bones
from tests.synth.body.grown import BENT, MODEL, Array, grown
from tests.synth.things.rays import triangles_of

#: Quads that arms have less than a fifth of a say in.
_ARMS = [
    i for i, bone in enumerate(BODY_BONES) if bone.startswith(("upperarm", "lowerarm", "shoulder"))
]
ARMLESS = MODEL.quads[
    (MODEL.weights[:, _ARMS].sum(1) < 0.2)[MODEL.quads].all(1) & ~MODEL.is_eye[MODEL.quads[:, 0]]
]


def ball(radius: float, on_head: bool = False, count: int = 6000) -> Trunk:
    """Spread evenly by the golden angle."""
    steps = np.arange(count) + 0.5
    height, angle = 1 - 2 * steps / count, np.pi * (1 + np.sqrt(5)) * steps
    flat = np.sqrt(1 - height**2)
    normals = np.stack([flat * np.cos(angle), flat * np.sin(angle), height], axis=1)
    points = radius * normals
    return Trunk(points, normals, np.full(count, on_head), cKDTree(points))


def test_the_distance_to_a_ball() -> None:
    drawn = np.random.default_rng(0).normal(size=(300, 3))
    drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
    away = np.linspace(-0.12, 0.9, 300)
    points = (0.2 + away)[:, None] * drawn
    found = ball(0.2).distance(points)
    # A little less than it is for what is far off, where the middle of a quad stands for it.
    assert (found < away + 0.003).all()
    assert (found > away - 0.022).all()
    near = np.abs(away) < 0.03
    np.testing.assert_allclose(found[near], away[near], atol=0.002)


def test_cloth_is_nearer_by_its_thickness_but_not_on_the_head() -> None:
    points = np.array([[0.0, 0.0, 0.25], [0.0, 0.3, 0.0]])
    bare = ball(0.2).distance(points)
    np.testing.assert_allclose(ball(0.2).distance(points, 0.015), bare - 0.015)
    np.testing.assert_allclose(ball(0.2, on_head=True).distance(points, 0.015), bare)


def to_triangle(point: Array, corners: Array) -> Array:
    """(T,) metres from a point (3,) to triangles (T, 3, 3): the plane where the foot is inside,
    otherwise the nearest edge."""
    a, b, c = corners.transpose(1, 0, 2)
    normal = np.cross(b - a, c - a)
    area2 = (normal**2).sum(1) + 1e-30
    foot = ((point - a) * normal).sum(1) / area2
    parts = [
        (np.cross(q - p, point - p) * normal).sum(1) / area2 for p, q in ((a, b), (b, c), (c, a))
    ]
    inside = (np.stack(parts) >= 0).all(0)
    plane = np.abs(foot) * np.sqrt(area2)
    edges = []
    for p, q in ((a, b), (b, c), (c, a)):
        along = ((point - p) * (q - p)).sum(1) / (((q - p) ** 2).sum(1) + 1e-30)
        nearest = p + np.clip(along, 0.0, 1.0)[:, None] * (q - p)
        edges.append(np.linalg.norm(point - nearest, axis=1))
    return np.asarray(np.where(inside, plane, np.min(edges, axis=0)))


def test_the_distance_to_a_bent_body() -> None:
    shape = grown(3).shape
    moved = moved_bones(shape, BENT)
    matrices = np.stack([moved[bone] for bone in BODY_BONES])
    blended = np.tensordot(MODEL.weights, matrices, 1)[:, :3]
    skin = np.einsum("vij,vj->vi", blended[..., :3], shape.vertices) + blended[..., 3]
    rng = np.random.default_rng(3)
    around = rng.uniform(skin.min(0) - 0.2, skin.max(0) + 0.2, (60, 3))
    quads = skin[ARMLESS[rng.integers(len(ARMLESS), size=40)]]
    normals = np.cross(quads[:, 2] - quads[:, 0], quads[:, 3] - quads[:, 1])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    above, below = (quads.mean(1) + height * normals for height in (0.012, -0.006))
    points = np.concatenate([around, above, below])
    corners = skin[triangles_of(ARMLESS)]
    true = np.array([to_triangle(point, corners).min() for point in points])
    found = trunk_of(MODEL, shape, moved).distance(points)
    assert (np.abs(found) < true + 0.006).all()
    assert (np.abs(found) > true - 0.025).all()
    assert np.mean(found[60:100] > 0) > 0.9
    assert np.mean(found[100:] < 0) > 0.9


def test_arms_are_left_out_and_heads_are_bare() -> None:
    shape = grown(1).shape
    trunk = trunk_of(MODEL, shape, moved_bones(shape, {}))
    hand = shape.vertices[MODEL.hand_vertices[0]].mean(0)
    assert trunk.distance(hand[None])[0] > 0.1
    assert trunk.points[trunk.on_head, 2].min() > shape.head("neck01")[2] - 0.05
    assert not trunk.on_head[trunk.points[:, 2] < shape.head("neck01")[2] - 0.05].any()
    top = trunk.points[:, 2].argmax()
    assert trunk.on_head[top]
    assert trunk.normals[top, 2] > 0.7
    # Bones are in the flesh.
    for bone in ("spine03", "head", "upperleg01.L", "lowerleg01.R"):
        assert trunk.distance(shape.head(bone)[None])[0] < 0
