"""A lone hand on its arm, in one place, alone or with a thing that it holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

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
)
from synth.landmarks import TIPS, WRIST
from synth.manifest import Manifest
from synth.sampling.camera import Subject, sample_camera
from synth.sampling.draws import Draws
from synth.sampling.identity import Person, sample_side
from synth.sampling.motion import Posture, sample_motion
from synth.sampling.placement import sample_placement
from synth.sampling.posed_hand import (
    drifted,
    hand_pose,
    hand_to_world,
    matrix4,
    moved_points,
    subject_of,
)
from synth.sampling.sleeve import Arm, arm_fits, sample_sleeve
from synth.sampling.staged import Staged, StagedFrame, StagedView
from synth.sampling.worn import sample_worn
from synth.scene import Camera, Contacts, HandLook, Kind, Matrix4, Moment, Side, Thing
from synth.things.kinds import thing_mesh

Array = NDArray[np.float64]

#: Cameras are drawn again, so often at most, if no bend of the elbow suits all of them.
_CAMERA_DRAWS = 5
#: Landmarks that the upper arm should not hide from the cameras.
_TARGETS = (WRIST, *TIPS)


class Track(Protocol):
    """What a hand does in a sequence; `synth.sampling.motion.Motion` is one."""

    def posture(self, frame: int, offset: float = 0.0) -> Posture: ...


@dataclass(frozen=True)
class Solo:
    """A lone hand before cameras are placed.

    Attributes:
        times, gestures: by frame.
        up: direction in the wrist frame that points up in the world, or None.
        thing, thing_to_wrist: what it holds, and where (in the right hand's wrist frame).
    """

    person: Person
    shape: HandShape
    side: Side
    track: Track
    times: tuple[float, ...]
    gestures: tuple[str | None, ...]
    up: Array | None
    contacts: Contacts
    thing: Thing | None = None
    thing_to_wrist: Array | None = None


def stage_lone_hand(draws: Draws) -> Staged:
    """One person's hand in motion, and cameras around it."""
    manifest = draws.manifest
    person = draws.person()
    side = sample_side(draws.rng("side"), manifest.identity)
    model = load_hand_model()
    shape = model.shape(person.phenotype, person.blendshapes)
    motion = sample_motion(
        draws.rng("motion"), manifest.motion, model, shape, manifest.frames_per_sequence
    )
    return stage_solo(
        draws,
        "hand",
        Solo(
            person=person,
            shape=shape,
            side=side,
            track=motion,
            times=tuple(float(frame.time) for frame in motion.frames),
            gestures=tuple(frame.gesture for frame in motion.frames),
            up=None if motion.up is None else np.array(UP_DIRECTIONS[motion.up]),
            contacts=motion.contacts,
        ),
    )


def stage_solo(draws: Draws, kind: Kind, solo: Solo) -> Staged:
    """Place a lone hand in the world, and cameras and the sleeve so that the arm's end is never
    seen."""
    manifest, model, shape, side = draws.manifest, load_hand_model(), solo.shape, solo.side
    placement = sample_placement(draws.rng("placement"), solo.up, side)
    postures = [solo.track.posture(i) for i in range(len(solo.times))]
    worlds = [drifted(posture, placement, side) for posture in postures]
    subjects = [
        replace(subject_of(model, shape, posture, world, side), solid=_thing_points(solo, world))
        for posture, world in zip(postures, worlds, strict=True)
    ]
    arm = _arm(model, shape, postures, worlds, side)
    for attempt in range(_CAMERA_DRAWS):
        cameras = sample_cameras(manifest, draws.rng(f"camera {attempt}"), subjects)
        sleeve = sample_sleeve(draws.rng("sleeve"), manifest.identity, cameras, arm)
        if arm_fits(sleeve, cameras, arm):
            break
    glove, ornaments, marks = sample_worn(
        draws.rng("worn"), manifest.worn, solo.person, side, sleeve.start
    )
    look = HandLook(
        side=side,
        identity=f"{draws.identity():06d}",
        phenotype=solo.person.phenotype,
        blendshapes=solo.person.blendshapes,
        skin=solo.person.skin,
        sleeve=sleeve,
        glove=glove,
        ornaments=ornaments,
        marks=marks,
        holds=None if solo.thing is None else 0,
    )

    def moment(frame: int, offset: float = 0.0) -> Moment:
        posture = solo.track.posture(frame, offset) if offset else postures[frame]
        world = drifted(posture, placement, side)
        things: tuple[Matrix4, ...] = ()
        if solo.thing_to_wrist is not None:
            things = (matrix4(hand_to_world(world, side) @ solo.thing_to_wrist),)
        return Moment(hands=(hand_pose(posture, world),), things=things)

    shutters = sample_shutters(manifest, draws.rng("shutter"), len(postures))
    return Staged(
        kind=kind,
        hands=(look,),
        bodies=(),
        things=() if solo.thing is None else (solo.thing,),
        frames=tuple(
            StagedFrame(
                time=solo.times[i],
                gestures=(solo.gestures[i],),
                moment=moment(i),
                shutter=shutter,
                shutter_open=moment(i, -shutter / 2) if shutter else None,
                shutter_close=moment(i, shutter / 2) if shutter else None,
                views=tuple(StagedView(camera) for camera in cameras[i]),
            )
            for i, shutter in enumerate(shutters)
        ),
        contacts=solo.contacts,
    )


def _thing_points(solo: Solo, world: Array) -> Array:
    if solo.thing is None or solo.thing_to_wrist is None:
        return np.zeros((0, 3))
    matrix = hand_to_world(world, solo.side) @ solo.thing_to_wrist
    return moved_points(matrix, thing_mesh(solo.thing).vertices)


def sample_cameras(
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
        np.concatenate([subject.solid for subject in subjects]),
        np.concatenate([subject.palms for subject in subjects]),
    )
    row = [
        sample_camera(rng, manifest.camera, manifest.image, everywhere)
        for _ in range(manifest.cameras)
    ]
    return [row for _ in subjects]


def sample_shutters(manifest: Manifest, rng: np.random.Generator, frames: int) -> list[float]:
    """Seconds of exposure by frame; 0 for those without motion blur."""
    blurred = rng.uniform(size=frames) < manifest.camera.motion_blur_share
    seconds = rng.uniform(*manifest.camera.shutter_seconds, size=frames)
    return [float(s) if b else 0.0 for s, b in zip(seconds, blurred, strict=True)]


def _arm(
    model: HandModel,
    shape: HandShape,
    postures: Sequence[Posture],
    worlds: Sequence[Array],
    side: Side,
) -> Arm:
    forearms, targets = [], []
    for posture, world in zip(postures, worlds, strict=True):
        matrix = hand_to_world(world, side)
        forearms.append(matrix @ forearm_frame(shape, posture.forearm, posture.forearm_twist))
        landmarks = landmarks_of(forward_kinematics(shape, posture.rotations))
        targets.append(moved_points(matrix, landmarks[list(_TARGETS)]))
    skin = forearm_skin(model, shape)
    radius = float(np.hypot(skin[:, 0], skin[:, 2]).max())
    return Arm(np.stack(forearms), elbow_distance(shape), radius, np.stack(targets))
