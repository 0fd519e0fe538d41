"""The label of one image, as the JSON-ready dictionary that goes into a shard (docs/format.md)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from synth.hdris import hdri_label
from synth.landmarks import BLENDSHAPES, BONES, MIDDLE_MCP, WRIST
from synth.scene import Camera, Frame, HandLook, Scene

Array = NDArray[np.float64]

#: Landmarks that the palm box encloses: wrist, thumb CMC and MCP, and the four knuckles.
PALM_LANDMARKS = (0, 1, 2, 5, 9, 13, 17)


def project(points_world: Array, camera: Camera) -> tuple[Array, Array]:
    """Pinhole projection.

    Args:
        points_world: (N, 3) metres.

    Returns:
        (N, 2) pixels (origin at the top-left corner of the top-left pixel) and (N, 3) points in
        the camera's frame, metres. Points behind the camera have no meaningful pixel.
    """
    world_to_camera = np.array(camera.world_to_camera)
    points_camera = points_world @ world_to_camera[:3, :3].T + world_to_camera[:3, 3]
    pixels = points_camera @ np.array(camera.K).T
    return pixels[:, :2] / pixels[:, 2:], points_camera


def landmarks_with_depth(points_world: Array, camera: Camera) -> tuple[Array, Array]:
    """(21, 3) x, y in pixels and z = (Z − Z_wrist) · f / Z_wrist, negative towards the camera; and
    (21, 3) in the camera's frame."""
    pixels, points_camera = project(points_world, camera)
    depth = points_camera[:, 2]
    z = (depth - depth[WRIST]) * camera.K[0][0] / depth[WRIST]
    return np.column_stack([pixels, z]), points_camera


def hand_box(vertices_world: Array, camera: Camera) -> list[float] | None:
    """x, y, width, height of the hand's skin, cut to the image; None where nothing is inside."""
    pixels, points_camera = project(vertices_world, camera)
    pixels = pixels[points_camera[:, 2] > camera.clip_start]
    if not len(pixels):
        return None
    low = np.clip(pixels.min(0), 0, [camera.width, camera.height])
    high = np.clip(pixels.max(0), 0, [camera.width, camera.height])
    if np.any(high - low <= 0):
        return None
    return [*low.tolist(), *(high - low).tolist()]


def palm_box(landmarks_image: Array) -> dict[str, Any]:
    """Square around the palm's landmarks, turned so that wrist → middle MCP points up.

    `rotation` is in radians, clockwise in the image, 0 when the hand points up; `size` is the
    longer side of the landmarks' rectangle in the turned axes.
    """
    along = landmarks_image[MIDDLE_MCP, :2] - landmarks_image[WRIST, :2]
    rotation = float(np.arctan2(along[0], -along[1]))
    turn = np.array([[np.cos(rotation), np.sin(rotation)], [-np.sin(rotation), np.cos(rotation)]])
    upright = landmarks_image[list(PALM_LANDMARKS), :2] @ turn.T
    low, high = upright.min(0), upright.max(0)
    center = turn.T @ ((low + high) / 2)
    return {"center": center.tolist(), "size": float((high - low).max()), "rotation": rotation}


class TrueHand(Protocol):
    """What is known of one posed hand.

    Attributes:
        landmarks_world: (21, 3) read back from the posed rig.
        vertices: (V, 3) skin of the hand without the forearm, in the world.
    """

    @property
    def landmarks_world(self) -> Array: ...
    @property
    def vertices(self) -> Array: ...


def label_of_view(
    scene: Scene,
    frame: Frame,
    camera_index: int,
    hands: Sequence[TrueHand],
    visibility_of: Callable[[int, Array], list[int]],
) -> dict[str, Any]:
    """Label of what one camera sees of one frame.

    Hands of which no skin is inside the picture are left out.

    Args:
        hands: in the scene's order.
        visibility_of: from the number of a hand and its (21, 3) landmarks_image to 21 states 0, 1,
            2.
    """
    camera = frame.views[camera_index].camera
    light = scene.light
    return {
        "sequence": scene.sequence,
        "frame": frame.frame,
        "camera_index": camera_index,
        "split": scene.split,
        "kind": scene.kind,
        "image": {"width": camera.width, "height": camera.height},
        "camera": {
            "K": [list(row) for row in camera.K],
            "world_to_camera": [list(row) for row in camera.world_to_camera],
        },
        "light": {
            "hdri": hdri_label(light.hdri),
            "rotation": light.rotation,
            "tilt": light.tilt,
            "strength": light.strength,
            "tint": list(light.tint),
            "lamps": [lamp.model_dump(mode="json") for lamp in light.lamps],
        },
        "hands": [
            _label_of_hand(scene, frame, number, camera, hand, box, visibility_of)
            for number, hand in enumerate(hands)
            if (box := hand_box(hand.vertices, camera)) is not None
        ],
    }


def _label_of_hand(
    scene: Scene,
    frame: Frame,
    number: int,
    camera: Camera,
    hand: TrueHand,
    box: list[float],
    visibility_of: Callable[[int, Array], list[int]],
) -> dict[str, Any]:
    landmarks_image, landmarks_camera = landmarks_with_depth(hand.landmarks_world, camera)
    look, pose = scene.hands[number], frame.moment.hands[number]
    return {
        "number": number,
        "identity": look.identity,
        "side": look.side,
        "landmarks_image": landmarks_image.tolist(),
        "landmarks_camera": landmarks_camera.tolist(),
        "landmarks_world": hand.landmarks_world.tolist(),
        "visibility": visibility_of(number, landmarks_image),
        "box": box,
        "palm_box": palm_box(landmarks_image),
        "bones": {name: list(pose.bones[name]) for name in BONES},
        "blendshapes": {name: look.blendshapes.get(name, 0.0) for name in BLENDSHAPES},
        "phenotype": dict(look.phenotype),
        "skin": look.skin.name,
        "gesture": frame.gestures[number],
        "worn": worn_names(look),
        "holds": None if look.holds is None else scene.things[look.holds].kind,
    }


def worn_names(look: HandLook) -> list[str]:
    """What a hand wears and what is done to its skin, in a fixed order."""
    names = [] if look.glove is None else [f"{look.glove.kind}_glove"]
    names += [ornament.kind for ornament in look.ornaments]
    marks = look.marks
    for name in ("polish", "tattoo", "henna", "plaster", "dirt", "wetness"):
        if getattr(marks, name) > 0:
            names.append(name)
    return list(dict.fromkeys(names))
