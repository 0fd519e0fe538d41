"""Arms that reach: places, lengths and hinges by arithmetic of their own."""

from __future__ import annotations

import numpy as np
import pytest

from synth.body.bones import sided
from synth.body.model import SIDES
from synth.body.pose import forearm_of, moved_bones, shoulder_of
from synth.body.reach import Arm, elbow_flexion, hold_arm, wrist_to_body
from synth.hand.arm import forearm_frame
from synth.rotations import coordinate_rotation, quaternion_of
from synth.scene import Side
from tests.synth.body.grown import BENT, HAND, Array, Grown, grown, hand_pose, mirror_of

FLIP = np.array([-1.0, 1.0, 1.0])


def lengths(person: Grown) -> tuple[float, float]:
    """Metres of the right upper arm and forearm."""
    shape = person.shape
    shoulder, elbow = (shape.head(f"{bone}.R") for bone in ("upperarm01", "lowerarm01"))
    return (
        float(np.linalg.norm(elbow - shoulder)),
        float(np.linalg.norm(shape.wrist("right") - elbow)),
    )


def places(seed: int, count: int = 60) -> Array:
    """(N, 3) from the right shoulder, in lengths of the arm: in front, aside, overhead, below."""
    rng = np.random.default_rng(seed)
    drawn = rng.normal(size=(20 * count, 3))
    drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
    # Not through the chest, nor far behind the back.
    fitting = drawn[(drawn[:, 0] < 0.5) & (drawn[:, 1] < 0.4)][:count]
    return np.asarray(fitting * rng.uniform(0.35, 0.97, (count, 1)))


def arms(seed: int, rotations: dict[str, Array]) -> list[tuple[Array, Arm, Array]]:
    """Wanted wrists, right arms, and the shoulders that go with their elbows."""
    person = grown(seed)
    moved = moved_bones(person.shape, rotations)
    trunk = moved["spine01"]
    shoulder = trunk[:3, :3] @ person.shape.head("upperarm01.R") + trunk[:3, 3]
    found = []
    for number, place in enumerate(places(seed)):
        wrist = shoulder + sum(lengths(person)) * place
        swivel = [0.0, 0.5, 1.2][number % 3]
        arm = hold_arm(person.shape, person.hand, moved, "right", wrist, swivel)
        found.append((wrist, arm, shoulder_of(person.shape, moved, "right", arm.elbow)))
    return found


@pytest.mark.parametrize("rotations", [{}, BENT], ids=["upright", "bent"])
@pytest.mark.parametrize("seed", [0, 1])
def test_the_wrist_is_where_it_was_asked(seed: int, rotations: dict[str, Array]) -> None:
    upper, lower = lengths(grown(seed))
    exact = 0
    for wanted, arm, shoulder in arms(seed, rotations):
        off = np.linalg.norm(arm.wrist - wanted)
        if 0.4 * (upper + lower) < np.linalg.norm(wanted - shoulder) < 0.98 * (upper + lower):
            assert off < 0.003
            exact += 1
        # Both are as long as at rest, the upper arm from where the shoulder has moved to.
        assert np.linalg.norm(arm.elbow - shoulder) == pytest.approx(upper, rel=0.02)
        assert np.linalg.norm(arm.wrist - arm.elbow) == pytest.approx(lower, rel=1e-6)
    assert exact > 45


@pytest.mark.parametrize("seed", [0, 1])
def test_what_is_out_of_reach_is_reached_for(seed: int) -> None:
    person = grown(seed)
    moved = moved_bones(person.shape, {})
    shoulder0 = person.shape.head("upperarm01.R")
    upper, lower = lengths(person)
    for place in places(seed, 20):
        direction = place / np.linalg.norm(place)
        wanted = shoulder0 + 1.5 * (upper + lower) * direction
        arm = hold_arm(person.shape, person.hand, moved, "right", wanted, 0.3)
        assert np.degrees(elbow_flexion(arm)) < 8
        # On the way from the shoulder, at the arm's length.
        way = (wanted - arm.shoulder) / np.linalg.norm(wanted - arm.shoulder)
        along = (arm.wrist - arm.shoulder) @ way
        np.testing.assert_allclose(arm.wrist, arm.shoulder + along * way, atol=0.003)
        assert along == pytest.approx(upper + lower, rel=0.01)
        near = hold_arm(
            person.shape, person.hand, moved, "right", shoulder0 + 0.05 * direction, 0.3
        )
        # Elbows bend to 148°, which leaves this much between shoulder and wrist.
        least = np.sqrt(upper**2 + lower**2 + 2 * upper * lower * np.cos(np.radians(148)))
        assert np.linalg.norm(near.wrist - near.shoulder) == pytest.approx(least, rel=0.02)


def test_left_is_the_mirror_of_right() -> None:
    person = grown(2)
    moved = moved_bones(person.shape, {})
    shoulder = person.shape.head("upperarm01.R")
    for place in places(2, 15):
        wrist = shoulder + sum(lengths(person)) * place
        right = hold_arm(person.shape, person.hand, moved, "right", wrist, 0.6)
        left = hold_arm(person.shape, person.hand, moved, "left", wrist * FLIP, 0.6)
        for name in ("shoulder", "elbow", "wrist"):
            np.testing.assert_allclose(getattr(left, name) * FLIP, getattr(right, name), atol=1e-6)
        assert left.twist == pytest.approx(right.twist, abs=1e-6)
        bend = quaternion_of(coordinate_rotation(0, 0.4))
        theirs, ours = (
            wrist_to_body(arm, person.hand, side, bend, 0.5)
            for arm, side in ((left, "left"), (right, "right"))
        )
        mirror = mirror_of("left")
        np.testing.assert_allclose(mirror @ theirs @ mirror, ours, atol=1e-6)
        assert np.linalg.det(theirs[:3, :3]) == pytest.approx(1.0)


def test_the_elbow_is_a_hinge_that_bends_to_the_front_only() -> None:
    """The forearm turns away from the upper arm about the axis about which it is bent at rest."""
    person = grown(0)
    shape = person.shape
    shoulder0, elbow0, wrist0 = (
        shape.head("upperarm01.R"),
        shape.head("lowerarm01.R"),
        shape.wrist("right"),
    )
    rest_hinge = np.cross(elbow0 - shoulder0, wrist0 - elbow0)
    rest_hinge /= np.linalg.norm(rest_hinge)
    for _, arm, _ in arms(0, {}):
        turned = arm.forearm @ np.linalg.inv(shape.hand_to_body @ person.hand.arm_rest[2])
        hinge = turned[:3, :3] @ rest_hinge
        plane = np.cross(arm.elbow - arm.shoulder, arm.wrist - arm.elbow)
        assert hinge @ plane / np.linalg.norm(plane) == pytest.approx(1.0, abs=1e-6)
        # The forearm's skin goes where its bones do.
        np.testing.assert_allclose(turned[:3, :3] @ elbow0 + turned[:3, 3], arm.elbow, atol=1e-9)
        np.testing.assert_allclose(turned[:3, :3] @ wrist0 + turned[:3, 3], arm.wrist, atol=1e-9)


def test_raising_the_elbow_leaves_the_hand_where_it_is() -> None:
    person = grown(1)
    moved = moved_bones(person.shape, {})
    wrist = person.shape.head("upperarm01.R") + [-0.05, -0.3, -0.05]
    low, middle, high = (
        hold_arm(person.shape, person.hand, moved, "right", wrist, np.radians(swivel))
        for swivel in (0, 45, 90)
    )
    np.testing.assert_allclose(high.wrist, low.wrist, atol=0.003)
    assert low.elbow[2] < middle.elbow[2] - 0.02 < high.elbow[2] - 0.04
    assert high.elbow[0] < low.elbow[0] - 0.05  # to the right, away from the body


def test_straight_and_bent_elbows() -> None:
    still = np.eye(4)
    along = np.array([1.0, 0.0, 0.0])
    for flexion in (0.0, 0.7, np.pi / 2, 2.5):
        wrist = along + [np.cos(flexion), np.sin(flexion), 0.0]
        arm = Arm(still, np.zeros(3), along, wrist, 0.0)
        assert elbow_flexion(arm) == pytest.approx(flexion, abs=1e-6)


def test_turning_the_upper_arm_inwards_is_a_positive_twist() -> None:
    """Arms that hang with the forearms to the front: hands before the belly turn upper arms
    inwards, hands held out to the sides turn them outwards."""
    person = grown(0)
    moved = moved_bones(person.shape, {})
    upper, lower = lengths(person)
    elbow_below = person.shape.head("upperarm01.R") - [0.0, 0.0, upper]

    def held(direction: tuple[float, float, float]) -> Arm:
        wrist = elbow_below + lower * np.array(direction)
        return hold_arm(person.shape, person.hand, moved, "right", wrist, 0.0)

    across, ahead, aside = (
        held(d) for d in ((0.7, -0.7, 0.0), (0.0, -1.0, 0.0), (-0.7, -0.7, 0.0))
    )
    assert across.twist > ahead.twist + 0.4 > aside.twist + 0.8
    assert abs(ahead.twist) < np.radians(50)


@pytest.mark.parametrize("side", SIDES)
def test_the_hand_is_at_the_end_of_the_forearm(side: Side) -> None:
    """Posed as the renderer does it, hand and forearm are those of the arm."""
    person = grown(1)
    moved = moved_bones(person.shape, {})
    mirror = mirror_of(side)
    wrist = person.shape.head(sided("upperarm01", side)) + mirror[:3, :3] @ [-0.05, -0.3, -0.05]
    arm = hold_arm(person.shape, person.hand, moved, side, wrist, 0.3)
    for flexion, pronation in ((0.0, 0.0), (0.6, -0.7), (-0.8, 0.9)):
        bend = quaternion_of(coordinate_rotation(0, flexion))
        matrix = wrist_to_body(arm, person.hand, side, bend, pronation)
        pose = hand_pose(matrix, pronation).model_copy(update={"forearm": tuple(bend.tolist())})
        forearm = forearm_of(HAND, person.hand, pose, side, person.shape, np.eye(4))
        np.testing.assert_allclose(forearm.elbow, arm.elbow, atol=1e-6)
        distal = matrix @ mirror @ forearm_frame(person.hand, bend, pronation)
        # The person's own hand is some millimetres longer or shorter than the body's.
        assert np.linalg.norm(distal[:3, 3] - arm.wrist) < 0.012
        np.testing.assert_allclose(matrix[:3, 3], distal[:3, 3], atol=1e-9)
