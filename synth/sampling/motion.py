"""The motion of one sequence: key poses, what lies between them, and the moments that are seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.gestures.library import Gesture, Up, find_gesture, gesture_library, sample_gesture
from synth.hand.contact import HandSurface, hand_surface
from synth.hand.joint_angles import (
    PART_SLICES,
    HandAngles,
    WristAngles,
    angles_to_rotations,
    wrist_to_forearm,
)
from synth.hand.limits import into_limits, sample_angles, sample_wrist
from synth.hand.model import HandModel, HandShape
from synth.hand.separation import ContactReport, resolve
from synth.hand.touch import meet
from synth.manifest import Motion as MotionSettings
from synth.sampling.drift import Drift, sample_drift
from synth.sampling.interpolation import (
    Timeline,
    moment_between,
    sample_timeline,
    sample_times,
)
from synth.scene import Contacts

Array = NDArray[np.float64]

#: Radians by which every finger's angles may differ from a gesture's that is still named.
NAMED_WITHIN: Final = np.radians(6.0)
#: Metres between places that a gesture makes touch, above which it is drawn again.
_LARGEST_GAP = 0.002
#: Seconds for which a key pose is held.
_HOLD = (0.05, 0.35)
#: Probability that a frame falls on a held key pose where its part of the sequence has one.
_HELD_SHARE = 0.6
#: How far the wrist follows each key pose from where it is in the whole sequence.
_WRIST_FOLLOWS = 0.4


@dataclass(frozen=True)
class Posture:
    """A hand at one moment.

    Attributes:
        rotations: (24, 4) quaternions of the bones in the order of BONES.
        forearm: (4,) `HandPose.forearm`.
        forearm_twist: radians, pronation.
        drift: (4, 4) movement of the whole hand in the wrist frame:
            `wrist_to_world = placement · drift`.
    """

    rotations: Array
    forearm: Array
    forearm_twist: float
    drift: Array


@dataclass(frozen=True)
class MotionFrame:
    """One moment that is seen.

    Attributes:
        time: seconds since the start.
        gesture: its name where the pose is (nearly) one.
        angles: the posture.
        correction: (29,) radians by which contact changed the interpolated angles.
    """

    time: float
    gesture: str | None
    angles: HandAngles
    correction: Array


@dataclass(frozen=True)
class Motion:
    """The motion of one sequence.

    Attributes:
        shape: whose hand it is.
        frames: in the order of time.
        up: what points upwards in the world where a gesture asks for it.
        contacts: what was corrected and redrawn.
    """

    shape: HandShape
    timeline: Timeline
    drift: Drift
    frames: tuple[MotionFrame, ...]
    up: Up | None
    contacts: Contacts

    def posture(self, frame: int, offset: float = 0.0) -> Posture:
        """The hand at a frame, or `offset` seconds after it (negative: before) for its shutter.

        Close to a frame the motion is the interpolated one with that frame's correction.
        """
        own = self.frames[frame]
        angles = own.angles
        if offset:
            vector = self.timeline.angles_at(own.time + offset) + own.correction
            angles = HandAngles.from_vector(into_limits(vector))
        return Posture(
            rotations=angles_to_rotations(self.shape, angles),
            forearm=wrist_to_forearm(self.shape, angles.wrist),
            forearm_twist=angles.wrist.pronation,
            drift=self.drift.at(own.time + offset),
        )


@dataclass(frozen=True)
class KeyPose:
    """A drawn key pose.

    Attributes:
        gesture: None for a posture drawn in the limits.
        report: of its contacts.
    """

    angles: HandAngles
    gesture: Gesture | None
    report: ContactReport


def sample_motion(
    rng: np.random.Generator,
    settings: MotionSettings,
    model: HandModel,
    shape: HandShape,
    frames: int,
) -> Motion:
    """Draw the motion of a sequence for one person's hand.

    Raises:
        UserError: the settings name a gesture that does not exist.
    """
    surface = hand_surface(model, shape)
    count = int(rng.integers(settings.key_poses[0], settings.key_poses[1], endpoint=True))
    wrist = sample_wrist(rng)
    poses: list[KeyPose] = []
    up: Up | None = None
    redrawn = 0
    for _ in range(count):
        pose, thrown = sample_key_pose(rng, settings, surface, wrist, up)
        poses.append(pose)
        redrawn += thrown
        up = up or (pose.gesture.up if pose.gesture else None)
    keys = np.stack([pose.angles.to_vector() for pose in poses])
    timeline = sample_timeline(rng, keys, settings.transition_seconds, _HOLD)
    drift = sample_drift(rng)
    seen, reports, thrown = _sample_frames(rng, settings, surface, timeline, poses, frames)
    everything = [*(pose.report for pose in poses), *reports]
    contacts = Contacts(
        poses=len(everything),
        corrected=sum(report.corrected for report in everything),
        redrawn=redrawn + thrown,
        unresolved=sum(not report.resolved for report in everything),
        worst_depth=float(max((report.depth for report in reports), default=0.0)),
    )
    return Motion(shape, timeline, drift, tuple(seen), up, contacts)


def sample_key_pose(
    rng: np.random.Generator,
    settings: MotionSettings,
    surface: HandSurface,
    wrist: WristAngles,
    up: Up | None = None,
) -> tuple[KeyPose, int]:
    """A key pose without penetration, and how many draws were thrown away for it.

    When all redraws are used up it is the one with the least penetration.
    """
    best: KeyPose | None = None
    for attempt in range(settings.max_redraws + 1):
        gesture = _choose_gesture(rng, settings, up)
        angles = sample_gesture(rng, gesture.name) if gesture else sample_angles(rng)
        own = angles.wrist if gesture and gesture.wrist else _near(wrist, sample_wrist(rng))
        met, gap = meet(surface, replace(angles, wrist=own), gesture.touches if gesture else ())
        resolved, report = resolve(surface, met)
        pose = KeyPose(resolved, gesture, report)
        if report.resolved and gap <= _LARGEST_GAP:
            return pose, attempt
        if best is None or report.depth < best.report.depth:
            # A gesture whose parts do not meet is a posture without a name.
            best = pose if gap <= _LARGEST_GAP else replace(pose, gesture=None)
    assert best is not None
    return best, settings.max_redraws


def _choose_gesture(
    rng: np.random.Generator, settings: MotionSettings, up: Up | None
) -> Gesture | None:
    """A gesture that goes with the sequence's upward direction; None for a pose drawn in limits."""
    wanted = rng.random() < settings.gesture_share
    names: Sequence[str] = settings.gestures or sorted(gesture_library())
    fitting = [find_gesture(name) for name in names]
    fitting = [gesture for gesture in fitting if up in (None, gesture.up) or gesture.up is None]
    choice = rng.random()
    if not wanted or not fitting:
        return None
    return fitting[int(choice * len(fitting))]


def _near(wrist: WristAngles, other: WristAngles) -> WristAngles:
    def mix(a: float, b: float) -> float:
        return (1 - _WRIST_FOLLOWS) * a + _WRIST_FOLLOWS * b

    return WristAngles(
        mix(wrist.flexion, other.flexion),
        mix(wrist.deviation, other.deviation),
        mix(wrist.pronation, other.pronation),
    )


def _sample_frames(
    rng: np.random.Generator,
    settings: MotionSettings,
    surface: HandSurface,
    timeline: Timeline,
    poses: Sequence[KeyPose],
    frames: int,
) -> tuple[list[MotionFrame], list[ContactReport], int]:
    """Moments without penetration, their reports, and how many moments were thrown away."""
    edges = np.linspace(0.0, timeline.duration, frames + 1)
    seen, reports, redrawn = [], [], 0
    for i, time in enumerate(sample_times(rng, timeline, frames, _HELD_SHARE).tolist()):
        best: tuple[float, HandAngles, ContactReport] | None = None
        for attempt in range(settings.max_redraws + 1):
            if attempt:
                time = moment_between(rng, timeline, edges[i], edges[i + 1], _HELD_SHARE)
                redrawn += 1
            angles, report = resolve(surface, HandAngles.from_vector(timeline.angles_at(time)))
            if best is None or report.depth < best[2].depth:
                best = (time, angles, report)
            if report.resolved:
                break
        assert best is not None
        time, angles, report = best
        correction = angles.to_vector() - timeline.angles_at(time)
        seen.append(MotionFrame(time, _name_of(angles, poses), angles, correction))
        reports.append(report)
    return seen, reports, redrawn


def _name_of(angles: HandAngles, poses: Sequence[KeyPose]) -> str | None:
    """Name of the key gesture from which no finger's angle is further than NAMED_WITHIN."""
    vector = angles.to_vector()
    fingers = np.ones(len(vector), bool)
    fingers[PART_SLICES["wrist"]] = False
    for pose in poses:
        if pose.gesture is None:
            continue
        compared = fingers.copy()
        if pose.gesture.wrist:
            start = PART_SLICES["wrist"].start
            compared[start : start + 2] = True
        if np.abs(vector - pose.angles.to_vector())[compared].max() <= NAMED_WITHIN:
            return pose.gesture.name
    return None
