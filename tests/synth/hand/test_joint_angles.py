"""Joint angles against geometry measured on the landmarks that come out of forward kinematics."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from synth.hand.joint_angles import (
    ANGLE_NAMES,
    HandAngles,
    WristAngles,
    angle_index,
    angles_to_rotations,
    forearm_to_wrist,
    quaternion_of,
    rotations_to_angles,
    wrist_to_forearm,
)
from synth.hand.model import (
    PHENOTYPES,
    HandShape,
    forward_kinematics,
    landmarks_of,
    load_hand_model,
    rotation_matrix,
)
from synth.landmarks import BLENDSHAPES, BONES, LANDMARKS, LONG_FINGERS


def random_shapes(count: int) -> list[HandShape]:
    rng = np.random.default_rng(5)
    model = load_hand_model()
    return [
        model.shape(
            {name: rng.uniform(0.2, 1.0) for name in PHENOTYPES},
            {name: rng.normal(0, 0.4) for name in BLENDSHAPES},
        )
        for _ in range(count)
    ]


SHAPES = random_shapes(10)


def landmark_points(shape: HandShape, angles: HandAngles) -> dict[str, np.ndarray]:
    bones = forward_kinematics(shape, angles_to_rotations(shape, angles))
    return dict(zip(LANDMARKS, landmarks_of(bones), strict=True))


def unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.linalg.norm(vector)


def angle_between(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.arccos(np.clip(unit(a) @ unit(b), -1, 1)))


def with_angles(**values: float) -> HandAngles:
    vector = np.zeros(len(ANGLE_NAMES))
    for name, value in values.items():
        vector[angle_index(name.replace("__", "."))] = value
    return HandAngles.from_vector(vector)


@pytest.mark.parametrize("number", range(10))
def test_hinges_measured_between_landmarks_have_the_angle_asked_for(number: int) -> None:
    shape = SHAPES[number]
    rng = np.random.default_rng(number)
    for finger in LONG_FINGERS:
        mcp, pip, dip = rng.uniform(0.05, 1.3, 3)
        at = landmark_points(
            shape,
            with_angles(
                **{f"{finger}__mcp_flexion": mcp, f"{finger}__pip": pip, f"{finger}__dip": dip}
            ),
        )
        base = shape.joints[f"{finger}_cmc"]
        chain = [base, *(at[f"{finger}_{joint}"] for joint in ("mcp", "pip", "dip", "tip"))]
        bones = np.diff(chain, axis=0)
        measured = [angle_between(bones[i], bones[i + 1]) for i in range(3)]
        np.testing.assert_allclose(measured, [mcp, pip, dip], atol=1e-6)
        # To the palm's side: the tip of a finger bent by less than 180° in all is before the palm.
        assert at[f"{finger}_tip"][2] > base[2] + 0.01


def test_zero_is_a_straight_hand_for_every_shape() -> None:
    for shape in SHAPES:
        at = landmark_points(shape, HandAngles())
        for finger in LONG_FINGERS:
            base = shape.joints[f"{finger}_cmc"]
            direction = unit(at[f"{finger}_mcp"] - base)
            for joint in ("pip", "dip", "tip"):
                assert angle_between(at[f"{finger}_{joint}"] - base, direction) < 1e-6
        thumb = unit(at["thumb_mcp"] - at["thumb_cmc"])
        index = unit(at["index_mcp"] - shape.joints["index_cmc"])
        assert thumb[2] == pytest.approx(0, abs=1e-9)
        assert angle_between(thumb[:2], index[:2]) == pytest.approx(np.radians(30), abs=1e-6)


def test_abduction_is_towards_the_thumb_also_in_a_bent_finger() -> None:
    for shape in SHAPES[:3]:
        for finger in LONG_FINGERS:
            for flexion in (0.0, 0.8, 1.5):
                straight, aside = (
                    landmark_points(
                        shape,
                        with_angles(
                            **{
                                f"{finger}__mcp_flexion": flexion,
                                f"{finger}__mcp_abduction": abduction,
                            }
                        ),
                    )
                    for abduction in (0.0, 0.2)
                )
                a, b = (at[f"{finger}_pip"] - at[f"{finger}_mcp"] for at in (straight, aside))
                assert angle_between(a, b) == pytest.approx(0.2, abs=1e-6)
                assert b[0] > a[0]


def test_thumb_metacarpal_measured_from_the_palm() -> None:
    for shape in SHAPES[:5]:
        for flexion, abduction in ((-0.3, 0.0), (0.2, 0.7), (0.0, 1.0)):
            at = landmark_points(
                shape,
                with_angles(thumb__cmc_flexion=flexion, thumb__palmar_abduction=abduction),
            )
            along = unit(at["thumb_mcp"] - at["thumb_cmc"])
            index = at["index_mcp"] - shape.joints["index_cmc"]
            assert np.arcsin(along[2]) == pytest.approx(abduction, abs=1e-6)
            in_palm = np.arctan2(along[0], along[1]) - np.arctan2(index[0], index[1])
            assert in_palm == pytest.approx(np.radians(30) - flexion, abs=1e-6)


def test_thumb_flexion_and_opposition_go_to_the_fingers() -> None:
    for shape in SHAPES[:5]:
        straight = landmark_points(shape, with_angles(thumb__palmar_abduction=0.6))
        bent = landmark_points(
            shape, with_angles(thumb__palmar_abduction=0.6, thumb__mcp_flexion=0.7, thumb__ip=0.7)
        )
        opposed = landmark_points(
            shape,
            with_angles(
                thumb__palmar_abduction=0.6,
                thumb__mcp_flexion=0.7,
                thumb__ip=0.7,
                thumb__opposition=0.7,
            ),
        )
        assert bent["thumb_tip"][0] < straight["thumb_tip"][0] - 0.01
        # Opposition turns the bent thumb's tip down to the palm.
        assert opposed["thumb_tip"][2] < bent["thumb_tip"][2] - 0.005


def test_angles_survive_the_way_to_rotations_and_back() -> None:
    rng = np.random.default_rng(0)
    for shape in SHAPES:
        vector = rng.uniform(-0.25, 1.2, len(ANGLE_NAMES))
        angles = HandAngles.from_vector(vector)
        rotations = angles_to_rotations(shape, angles)
        np.testing.assert_allclose(np.linalg.norm(rotations, axis=1), 1.0)
        forearm = wrist_to_forearm(shape, angles.wrist)
        wrist = forearm_to_wrist(shape, forearm, angles.wrist.pronation)
        back = rotations_to_angles(shape, rotations, wrist)
        np.testing.assert_allclose(back.to_vector(), vector, atol=1e-9)


def test_rest_pose_is_no_rotation() -> None:
    # But for the sideways carrying angle of each hinge, which zero takes out.
    shape = SHAPES[0]
    identity = np.tile([1.0, 0, 0, 0], (len(BONES), 1))
    angles = rotations_to_angles(shape, identity)
    again = rotation_matrix(angles_to_rotations(shape, angles))
    turned = np.arccos(np.clip((np.trace(again, axis1=1, axis2=2) - 1) / 2, -1, 1))
    assert turned.max() < np.radians(6)


def test_wrist_bends_to_the_palm_and_to_the_thumb() -> None:
    shape = SHAPES[0]

    def elbow(wrist: WristAngles) -> np.ndarray:
        turn = rotation_matrix(wrist_to_forearm(shape, wrist))
        return (shape.arm_rest[1][:3, :3] @ turn)[:, 1]

    np.testing.assert_allclose(elbow(WristAngles()), [0, -1, 0], atol=1e-9)
    # A hand bent by 90° to its palm has the elbow straight before the palm.
    np.testing.assert_allclose(elbow(WristAngles(flexion=np.pi / 2)), [0, 0, 1], atol=1e-9)
    aside = elbow(WristAngles(deviation=0.3))
    np.testing.assert_allclose(aside, [np.sin(0.3), -np.cos(0.3), 0], atol=1e-9)


def test_quaternions_agree_with_scipy() -> None:
    rotations = Rotation.random(200, random_state=3)
    ours = quaternion_of(rotations.as_matrix())
    theirs = np.roll(rotations.as_quat(), 1, axis=1)
    theirs *= np.sign(theirs[:, :1])
    np.testing.assert_allclose(ours, theirs, atol=1e-12)
