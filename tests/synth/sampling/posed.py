"""A scene's hands and people where its poses put them, and what cameras see of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from synth.body.model import load_body_model
from synth.body.pose import forearm_of, posed_skin
from synth.hand.model import forward_kinematics, landmarks_of, load_hand_model, skin_vertices
from synth.landmarks import BONES
from synth.scene import Camera, HandLook, HandPose, Moment, Scene, View
from tests.synth.things import rays

Array = NDArray[np.float64]


class PosedHand(NamedTuple):
    """(21, 3) landmarks and (V, 3) skin without the forearm's, in the world."""

    landmarks: Array
    skin: Array


def posed_hand(look: HandLook, pose: HandPose) -> PosedHand:
    model = load_hand_model()
    shape = model.shape(look.phenotype, look.blendshapes)
    bones = forward_kinematics(shape, np.array([pose.bones[name] for name in BONES]))
    skin = skin_vertices(model, shape, bones, np.array(pose.forearm))
    on_hand = model.weights[:, -2:].sum(1) < 0.5
    mirror = np.diag([-1.0 if look.side == "left" else 1.0, 1.0, 1.0, 1.0])
    matrix = np.array(pose.wrist_to_world) @ mirror
    return PosedHand(at(matrix, landmarks_of(bones)), at(matrix, skin[on_hand]))


def hands_of(scene: Scene, moment: Moment) -> list[PosedHand]:
    return [posed_hand(*hand) for hand in zip(scene.hands, moment.hands, strict=True)]


def bodies_of(scene: Scene, moment: Moment) -> list[Array]:
    """(V, 3) skin of each person in the world, with the hands'."""
    hand_model, model = load_hand_model(), load_body_model()
    skins = []
    for look, pose in zip(scene.bodies, moment.bodies, strict=True):
        shape = model.shape(hand_model, look.phenotype, look.face)
        matrix = np.array(pose.body_to_world)
        right, left = (
            forearm_of(
                hand_model,
                hand_model.shape(scene.hands[number].phenotype, scene.hands[number].blendshapes),
                moment.hands[number],
                scene.hands[number].side,
                shape,
                matrix,
            )
            for number in look.hands
        )
        rotations = {name: np.array(q) for name, q in pose.bones.items()}
        skins.append(at(matrix, posed_skin(model, shape, rotations, (right, left))))
    return skins


def at(matrix: Array, points: Array) -> Array:
    return np.asarray(points @ matrix[:3, :3].T + matrix[:3, 3])


def views_of(scene: Scene) -> Iterator[tuple[Moment, View]]:
    for frame in scene.frames:
        for view in frame.views:
            yield frame.moment, view


def centre_of(camera: Camera) -> Array:
    rows = np.array(camera.world_to_camera)
    return np.asarray(-rows[:3, :3].T @ rows[:3, 3])


def inside(camera: Camera, points: Array) -> NDArray[np.bool_]:
    """(N,) which world points (N, 3) are in the picture."""
    seen = at(np.array(camera.world_to_camera), points)
    (focal, _, cx), (_, _, cy), _ = camera.K
    depth = np.where(seen[:, 2] > 1e-3, seen[:, 2], np.nan)
    x, y = focal * seen[:, 0] / depth + cx, focal * seen[:, 1] / depth + cy
    return np.asarray((x >= 0) & (x < camera.width) & (y >= 0) & (y < camera.height))


def behind_trunk(camera: Camera, points: Array, skin: Array) -> NDArray[np.bool_]:
    """(N,) which points have a body's head, trunk or legs between them and the camera."""
    model = load_body_model()
    arms = np.unique(model.hand_vertices)
    quads = model.quads[~np.isin(model.quads, arms).any(1)]
    centre = centre_of(camera)
    hits = []
    for point in points:
        way = point - centre
        distance = float(np.linalg.norm(way))
        found = rays.distances(centre, way / distance, skin, quads)
        hits.append(bool((found < distance).any()))
    return np.array(hits)
