"""Sequences' motion: possible, free of penetration, named rightly, repeatable."""

from __future__ import annotations

import numpy as np
import pytest

from synth.errors import UserError
from synth.gestures.library import find_gesture
from synth.hand.contact import COMPRESSION, contacts, deepest, hand_surface
from synth.hand.limits import check
from synth.hand.model import forward_kinematics, load_hand_model
from synth.manifest import Motion as MotionSettings
from synth.sampling.motion import Motion, sample_motion

MODEL = load_hand_model()
SHAPE = MODEL.shape({"age": 0.5, "gender": 0.3})


def draw(seed: int, frames: int = 4, **settings: object) -> Motion:
    rng = np.random.default_rng(seed)
    return sample_motion(rng, MotionSettings(**settings), MODEL, SHAPE, frames)


@pytest.fixture(scope="module")
def motions() -> list[Motion]:
    return [draw(seed) for seed in range(8)]


def test_frames_are_in_order_and_possible(motions: list[Motion]) -> None:
    for motion in motions:
        assert len(motion.frames) == 4
        times = [frame.time for frame in motion.frames]
        assert times == sorted(times)
        assert times[0] >= 0
        assert times[-1] <= motion.timeline.duration
        assert 2 <= len(motion.timeline.keys) <= 4
        for frame in motion.frames:
            assert check(frame.angles) == []


def test_no_frame_has_penetration(motions: list[Motion]) -> None:
    surface = hand_surface(MODEL, SHAPE)
    for motion in motions:
        depths = []
        for i in range(len(motion.frames)):
            bones = forward_kinematics(SHAPE, motion.posture(i).rotations)
            depths.append(deepest(contacts(surface, bones)))
        assert motion.contacts.unresolved == 0
        assert max(depths) == pytest.approx(motion.contacts.worst_depth)
        assert max(depths) <= COMPRESSION


def test_the_same_generator_gives_the_same_motion(motions: list[Motion]) -> None:
    again = draw(3)
    assert [f.angles for f in again.frames] == [f.angles for f in motions[3].frames]
    assert [f.gesture for f in again.frames] == [f.gesture for f in motions[3].frames]
    assert again.contacts == motions[3].contacts


def test_frames_near_a_gesture_are_named_and_others_are_not() -> None:
    named = {None: 0, "open_palm": 0, "fist": 0}
    for seed in range(6):
        motion = draw(seed, frames=6, gesture_share=1.0, gestures=("open_palm", "fist"))
        for frame in motion.frames:
            named[frame.gesture] += 1
            pip = np.degrees(frame.angles.middle.pip)
            if frame.gesture == "open_palm":
                assert pip < 25
            elif frame.gesture == "fist":
                assert pip > 70
    assert min(named.values()) > 0


def test_poses_drawn_inside_the_limits_have_no_name() -> None:
    motion = draw(0, gesture_share=0.0)
    assert {frame.gesture for frame in motion.frames} == {None}


def test_the_shutter_follows_the_motion(motions: list[Motion]) -> None:
    for motion in motions[:4]:
        for i in range(len(motion.frames)):
            open_, middle, close = (motion.posture(i, t) for t in (-1e-4, 0.0, 1e-4))
            for a, b in ((open_, middle), (middle, close)):
                assert np.abs(a.rotations - b.rotations).max() < 0.01
                assert np.abs(a.drift - b.drift).max() < 0.001
    moved = [
        np.abs(m.posture(i, -0.02).rotations - m.posture(i, 0.02).rotations).max()
        for m in motions
        for i in range(4)
    ]
    assert max(moved) > 0.02


def test_gestures_that_need_different_directions_are_not_mixed() -> None:
    both = ("thumbs_up", "thumbs_down")
    for seed in range(8):
        motion = draw(seed, frames=2, gesture_share=1.0, gestures=both, key_poses=(3, 3))
        names = {frame.gesture for frame in motion.frames} - {None}
        assert len(names) <= 1
        assert motion.up in ("thumb", "little")
        for name in names:
            assert find_gesture(str(name)).up == motion.up


def test_the_wrist_stays_near_one_posture_in_a_sequence(motions: list[Motion]) -> None:
    within = [np.ptp([f.angles.wrist.pronation for f in m.frames]) for m in motions]
    between = np.ptp([m.frames[0].angles.wrist.pronation for m in motions])
    assert np.median(within) < between / 2


def test_redraws_that_are_used_up_are_reported() -> None:
    reports = [draw(seed, max_redraws=0).contacts for seed in range(4)]
    assert all(report.redrawn == 0 for report in reports)


def test_an_unknown_gesture_is_the_users_mistake() -> None:
    with pytest.raises(UserError, match="wavee"):
        draw(0, gestures=("wavee",))
