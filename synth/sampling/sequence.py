"""From (manifest, sequence number) to the scene description of that sequence.

Every component draws from a generator of its own name (synth.seeding), so adding one, or drawing
more in one, changes none of the others.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from synth.gestures.library import UP_DIRECTIONS
from synth.hand.arm import elbow_distance, forearm_frame, forearm_skin
from synth.hand.model import (
    HandModel,
    HandShape,
    forward_kinematics,
    landmarks_of,
    load_hand_model,
    skin_vertices,
)
from synth.landmarks import BONES, TIPS, WRIST
from synth.manifest import Manifest
from synth.sampling.background import sample_background
from synth.sampling.camera import Subject, sample_camera
from synth.sampling.identity import sample_person, sample_side
from synth.sampling.light import sample_light
from synth.sampling.motion import Motion, Posture, sample_motion
from synth.sampling.placement import sample_placement
from synth.sampling.sensor import sample_sensor
from synth.sampling.sleeve import Arm, arm_fits, sample_sleeve
from synth.scene import (
    Camera,
    Frame,
    HandLook,
    HandPose,
    RenderSettings,
    Scene,
    Side,
    View,
)
from synth.seeding import component_rng
from synth.splits import hdris_of, identity_of, photos_of, split_of

Array = NDArray[np.float64]

#: Cameras are drawn again, so often at most, if no bend of the elbow suits all of them.
_CAMERA_DRAWS = 5
#: Landmarks that the upper arm should not hide from the cameras.
_TARGETS = (WRIST, *TIPS)

_MIRROR = np.diag([-1.0, 1.0, 1.0, 1.0])


def plan_scene(manifest: Manifest, sequence: int) -> Scene:
    """Everything the renderer needs for one sequence; the same on every machine.

    Raises:
        ValueError: the manifest has no such sequence.
        UserError: the HDRIs or photographs do not suffice.
    """

    def rng(component: str) -> np.random.Generator:
        return component_rng(manifest.seed, sequence, component)

    split = split_of(manifest, sequence)
    number = identity_of(manifest, sequence)
    person = sample_person(component_rng(manifest.seed, number, "identity"), manifest.identity)
    side = sample_side(rng("side"), manifest.identity)
    model = load_hand_model()
    shape = model.shape(person.phenotype, person.blendshapes)
    motion = sample_motion(
        rng("motion"), manifest.motion, model, shape, manifest.frames_per_sequence
    )
    up = None if motion.up is None else np.array(UP_DIRECTIONS[motion.up])
    placement = sample_placement(rng("placement"), up, side)

    postures = [motion.posture(i) for i in range(len(motion.frames))]
    subjects = [_subject(model, shape, posture, placement, side) for posture in postures]
    arm = _arm(model, shape, postures, placement, side)
    for attempt in range(_CAMERA_DRAWS):
        cameras = _sample_cameras(manifest, rng(f"camera {attempt}"), subjects)
        sleeve = sample_sleeve(rng("sleeve"), manifest.identity, cameras, arm)
        if arm_fits(sleeve, cameras, arm):
            break
    light = sample_light(rng("light"), manifest.light, hdris_of(manifest, split))
    photos = photos_of(manifest, split)
    shutters = _sample_shutters(manifest, rng("shutter"), len(postures))
    backgrounds, sensors, seeds = rng("background"), rng("sensor"), rng("render")
    frames = []
    for index, (posture, row, shutter) in enumerate(zip(postures, cameras, shutters, strict=True)):
        frames.append(
            Frame(
                frame=index,
                time=float(motion.frames[index].time),
                gesture=motion.frames[index].gesture,
                pose=_pose(posture, placement, side),
                shutter=shutter,
                pose_shutter_open=_moved(motion, index, -shutter / 2, placement, side),
                pose_shutter_close=_moved(motion, index, shutter / 2, placement, side),
                views=tuple(
                    View(
                        camera=camera,
                        background=sample_background(backgrounds, manifest.background, photos),
                        sensor=sample_sensor(sensors, manifest.sensor),
                        render_seed=int(seeds.integers(2**31)),
                    )
                    for camera in row
                ),
            )
        )
    image = manifest.image
    return Scene(
        sequence=sequence,
        split=split,
        hand=HandLook(
            side=side,
            identity=f"{number:06d}",
            phenotype=person.phenotype,
            blendshapes=person.blendshapes,
            skin=person.skin,
            sleeve=sleeve,
        ),
        light=light,
        render=RenderSettings(
            samples=image.samples,
            denoise=image.denoise,
            subdivision=image.subdivision,
            mask=image.mask,
            depth=image.depth,
        ),
        frames=tuple(frames),
        contacts=motion.contacts,
    )


def _sample_cameras(
    manifest: Manifest, rng: np.random.Generator, subjects: Sequence[Subject]
) -> list[list[Camera]]:
    """Cameras by frame: placed anew for each, or once for all the places the hand comes to."""
    if manifest.camera.redraw == "frame":
        return [
            [
                sample_camera(rng, manifest.camera, manifest.image, subject)
                for _ in range(manifest.cameras)
            ]
            for subject in subjects
        ]
    everywhere = Subject(
        np.concatenate([subject.points for subject in subjects]),
        np.concatenate([subject.arms for subject in subjects]),
    )
    row = [
        sample_camera(rng, manifest.camera, manifest.image, everywhere)
        for _ in range(manifest.cameras)
    ]
    return [row for _ in subjects]


def _sample_shutters(manifest: Manifest, rng: np.random.Generator, frames: int) -> list[float]:
    """Seconds of exposure by frame; 0 for those without motion blur."""
    blurred = rng.uniform(size=frames) < manifest.camera.motion_blur_share
    seconds = rng.uniform(*manifest.camera.shutter_seconds, size=frames)
    return [float(s) if b else 0.0 for s, b in zip(seconds, blurred, strict=True)]


def _world(posture: Posture, placement: Array, side: Side) -> Array:
    """(4, 4) rigid wrist_to_world; the sway is mirrored with a left hand."""
    drift = _MIRROR @ posture.drift @ _MIRROR if side == "left" else posture.drift
    return placement @ drift


def hand_to_world(wrist_to_world: Array, side: Side) -> Array:
    """(4, 4) from the right hand's wrist frame to the world, with the mirror of a left hand."""
    return wrist_to_world @ _MIRROR if side == "left" else wrist_to_world


def _subject(
    model: HandModel, shape: HandShape, posture: Posture, placement: Array, side: Side
) -> Subject:
    matrix = hand_to_world(_world(posture, placement, side), side)
    bones = forward_kinematics(shape, posture.rotations)
    skin = skin_vertices(model, shape, bones, posture.forearm)[model.weights[:, -2:].sum(1) < 0.5]
    forearm = matrix @ forearm_frame(shape, posture.forearm, posture.forearm_twist)
    elbow = forearm[:3, 3] + elbow_distance(shape) * forearm[:3, 1]
    return Subject(_moved_points(matrix, skin), np.stack([forearm[:3, 3], elbow])[None])


def _arm(
    model: HandModel, shape: HandShape, postures: Sequence[Posture], placement: Array, side: Side
) -> Arm:
    forearms, targets = [], []
    for posture in postures:
        matrix = hand_to_world(_world(posture, placement, side), side)
        forearms.append(matrix @ forearm_frame(shape, posture.forearm, posture.forearm_twist))
        landmarks = landmarks_of(forward_kinematics(shape, posture.rotations))
        targets.append(_moved_points(matrix, landmarks[list(_TARGETS)]))
    skin = forearm_skin(model, shape)
    radius = float(np.hypot(skin[:, 0], skin[:, 2]).max())
    return Arm(np.stack(forearms), elbow_distance(shape), radius, np.stack(targets))


def _moved_points(matrix: Array, points: Array) -> Array:
    """(N, 3) points (N, 3) taken by a (4, 4) matrix."""
    return np.asarray(points @ matrix[:3, :3].T + matrix[:3, 3])


def _pose(posture: Posture, placement: Array, side: Side) -> HandPose:
    world = _world(posture, placement, side)
    return HandPose(
        bones={
            name: tuple(quaternion)
            for name, quaternion in zip(BONES, posture.rotations.tolist(), strict=True)
        },
        forearm=tuple(posture.forearm.tolist()),
        forearm_twist=float(posture.forearm_twist),
        wrist_to_world=tuple(tuple(row) for row in world.tolist()),
    )


def _moved(
    motion: Motion, frame: int, offset: float, placement: Array, side: Side
) -> HandPose | None:
    if not offset:
        return None
    return _pose(motion.posture(frame, offset), placement, side)
