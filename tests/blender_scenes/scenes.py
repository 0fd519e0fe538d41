"""Scene descriptions for these tests: planned ones, cut down, and ones made by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from synth.gestures.library import find_gesture
from synth.hand.joint_angles import HandAngles, angles_to_rotations, wrist_to_forearm
from synth.hand.model import load_hand_model
from synth.landmarks import BONES
from synth.manifest import Manifest, parse_manifest
from synth.sampling.sequence import plan_scene
from synth.scene import Camera, Frame, HandLook, HandPose, Moment, Scene, Side, Sleeve


def tiny_manifest(**keys: Any) -> Manifest:
    """Single-frame sequences of small, plain pictures; keywords replace keys."""
    plain = {
        "name": "tiny",
        "seed": 3,
        "sequences": 40,
        "frames_per_sequence": 1,
        "cameras": 3,
        "image": {"width": 32, "height": 32, "samples": 1, "denoise": False},
    }
    return parse_manifest({**plain, **keys}, Path(), "tiny.yaml")


def planned_scene(side: Side, manifest: Manifest, start: int = 0) -> Scene:
    """The manifest's first sequence from `start` on with a hand of that side."""
    for sequence in range(start, manifest.sequences):
        scene = plan_scene(manifest, sequence)
        if scene.hands[0].side == side:
            return scene
    raise AssertionError(f"no {side} hand in {manifest.sequences} sequences")


def with_cameras(scene: Scene, cameras: list[Camera]) -> Scene:
    """The same moment seen by other cameras."""
    frame = scene.frames[0]
    views = tuple(frame.views[0].model_copy(update={"camera": camera}) for camera in cameras)
    return scene.model_copy(update={"frames": (frame.model_copy(update={"views": views}),)})


def posed_like(angles: HandAngles, look: HandLook, forearm_twist: float = 0.0) -> HandPose:
    """The person's hand in a posture, its wrist frame at the world's."""
    shape = load_hand_model().shape(look.phenotype, look.blendshapes)
    rotations = angles_to_rotations(shape, angles)
    return HandPose(
        bones=dict(zip(BONES, (tuple(q) for q in rotations.tolist()), strict=True)),
        forearm=tuple(wrist_to_forearm(shape, angles.wrist).tolist()),
        forearm_twist=forearm_twist,
        wrist_to_world=tuple(tuple(row) for row in np.eye(4).tolist()),
    )


def hand_made_scene(
    side: Side,
    angles: HandAngles | str,
    cameras: list[Camera],
    *,
    forearm_twist: float = 0.0,
    sleeve: dict[str, float] | None = None,
) -> Scene:
    """The average hand in a posture (or the middle of a gesture), its wrist frame at the world's.

    The sleeve begins 20 cm up the arm, unless `sleeve` changes it.
    """
    if isinstance(angles, str):
        angles = find_gesture(angles).angles
    planned = planned_scene(side, tiny_manifest())
    cloth = Sleeve(
        start=0.2,
        elbow_angle=0.0,
        elbow_azimuth=0.0,
        length=0.3,
        looseness=0.004,
        flare=0.3,
        thickness=0.002,
        color=(0.5, 0.5, 0.5),
        color2=(0.2, 0.2, 0.2),
        pattern="plain",
        pattern_scale=0.02,
        roughness=0.8,
        wrinkles=0.0,
        seed=1,
    )
    look = planned.hands[0].model_copy(
        update={
            "phenotype": {},
            "blendshapes": {},
            "sleeve": cloth.model_copy(update=sleeve or {}),
        }
    )
    frame = planned.frames[0].model_copy(
        update={
            "moment": Moment(hands=(posed_like(angles, look, forearm_twist),)),
            "shutter": 0.0,
            "shutter_open": None,
            "shutter_close": None,
        }
    )
    scene = planned.model_copy(update={"hands": (look,), "frames": (frame,)})
    return with_cameras(scene, cameras)


def camera_at(
    position: tuple[float, float, float],
    target: tuple[float, float, float],
    *,
    size: tuple[int, int] = (64, 64),
    focal: float = 90.0,
    centre: tuple[float, float] | None = None,
) -> Camera:
    """A camera that looks at `target` with the world's +Y (a hand's fingers) upwards."""
    forward = np.subtract(target, position)
    forward = forward / np.linalg.norm(forward)
    right = np.cross(forward, [0.0, 1.0, 0.0])
    right /= np.linalg.norm(right)
    matrix = np.eye(4)
    matrix[:3, :3] = [right, np.cross(forward, right), forward]
    matrix[:3, 3] = -matrix[:3, :3] @ np.array(position)
    cx, cy = centre or (size[0] / 2, size[1] / 2)
    return Camera(
        K=((focal, 0.0, cx), (0.0, focal, cy), (0.0, 0.0, 1.0)),
        world_to_camera=tuple(tuple(row) for row in matrix.tolist()),
        width=size[0],
        height=size[1],
    )


def still(frame: Frame) -> Frame:
    """The frame without its shutter."""
    return frame.model_copy(update={"shutter": 0.0, "shutter_open": None, "shutter_close": None})
