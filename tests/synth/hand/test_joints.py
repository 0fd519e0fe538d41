"""Joints are inside the flesh and in its middle, for twenty people; tips end before the skin.

Distances to the skin are measured along rays (Möller and Trumbore), not with the cross-sections
that the joints were fitted to.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest

from synth.hand.joints import TIP_DEPTH, bone_ends
from synth.hand.model import HandShape, landmarks_of, load_hand_model
from synth.landmarks import BONES, FINGERS, LANDMARKS, LONG_FINGERS, TIPS
from synth.manifest import Identity
from synth.sampling.identity import sample_person
from synth.seeding import component_rng

MODEL = load_hand_model()
TRIANGLES = np.concatenate([MODEL.faces[:, [0, 1, 2]], MODEL.faces[:, [0, 2, 3]]])
PEOPLE = range(20)
#: Largest distance from the middle as a share of the local width, and where tips may lie (metres).
CENTRED = 0.25
TIP_RANGE = (0.003, 0.008)
#: Where the thumb's MCP joins the palm, rays run into it; they are no width of the thumb.
_OPEN = 1.5
TO_THE_BACK = np.array([0.013, 0.021, -1.0])
_ANGLES = np.linspace(0, np.pi, 16, endpoint=False)


def shape_of(number: int) -> HandShape:
    person = sample_person(component_rng(0, number, "identity"), Identity())
    return MODEL.shape(person.phenotype, person.blendshapes)


SHAPES = [shape_of(number) for number in PEOPLE]


def crossings(corners: np.ndarray, origin: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """Sorted distances at which a ray meets (T, 3, 3) triangles."""
    a, ab, ac = corners[:, 0], corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    across = np.cross(direction, ac)
    determinant = (ab * across).sum(1)
    with np.errstate(divide="ignore", invalid="ignore"):
        u = ((origin - a) * across).sum(1) / determinant
        other = np.cross(origin - a, ab)
        v = other @ direction / determinant
        t = (ac * other).sum(1) / determinant
    return np.sort(t[(u >= 0) & (v >= 0) & (u + v <= 1) & (t > 0)])


@dataclass(frozen=True)
class Flesh:
    """What rays from a joint find: (N,) widths across it and the joint's distance from their
    middles as a share of the width."""

    width: np.ndarray
    offset: np.ndarray


def flesh_around(shape: HandShape, joint: np.ndarray, directions: np.ndarray) -> Flesh:
    corners = shape.vertices[TRIANGLES]
    width, offset = [], []
    for direction in directions:
        forth = crossings(corners, joint, direction)[0]
        back = crossings(corners, joint, -direction)[0]
        width.append(forth + back)
        offset.append(abs(forth - back) / 2 / (forth + back))
    return Flesh(np.array(width), np.array(offset))


def unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.linalg.norm(vector)


def around(axis: np.ndarray) -> np.ndarray:
    """(16, 3) directions across an axis, half a turn."""
    side = unit(np.cross(axis, [0.3, 0.2, 1.0]))
    return np.cos(_ANGLES)[:, None] * side + np.sin(_ANGLES)[:, None] * np.cross(axis, side)


def joint_axis(points: np.ndarray, landmark: int) -> np.ndarray:
    """Mean direction of the bones before and after a joint of a finger."""
    return unit(
        unit(points[landmark + 1] - points[landmark])
        + unit(points[landmark] - points[landmark - 1])
    )


def worst_offset(shape: HandShape, points: np.ndarray, landmark: int) -> float:
    """Largest share of the width by which a joint is off the middle, over all directions."""
    name = LANDMARKS[landmark]
    if name in ("wrist", "thumb_cmc") or (name.endswith("mcp") and name != "thumb_mcp"):
        flesh = flesh_around(shape, points[landmark], np.array([[0.0, 0.0, 1.0]]))
    else:
        flesh = flesh_around(shape, points[landmark], around(joint_axis(points, landmark)))
        if name == "thumb_mcp":
            is_thumb = flesh.width < _OPEN * flesh.width.min()
            assert is_thumb.mean() > 0.4
            flesh = Flesh(flesh.width[is_thumb], flesh.offset[is_thumb])
    return float(flesh.offset.max())


@cache
def offsets_of(number: int) -> dict[str, float]:
    """Of all joints, by landmark."""
    shape = SHAPES[number]
    points = landmarks_of(shape.bone_rest)
    joints = [i for i in range(len(LANDMARKS)) if i not in TIPS]
    return {LANDMARKS[i]: worst_offset(shape, points, i) for i in joints}


@cache
def depths_of(number: int) -> dict[str, float]:
    """Metres from each TIP along the distal phalanx to the skin."""
    shape = SHAPES[number]
    points = landmarks_of(shape.bone_rest)
    depths = {}
    for finger, tip in zip(FINGERS, TIPS, strict=True):
        along = unit(points[tip] - points[tip - 1])
        depths[finger] = float(crossings(shape.vertices[TRIANGLES], points[tip], along)[0])
    return depths


@pytest.mark.parametrize("number", PEOPLE)
def test_landmarks_are_inside(number: int) -> None:
    shape = SHAPES[number]
    corners = shape.vertices[TRIANGLES]
    for landmark, point in enumerate(landmarks_of(shape.bone_rest)):
        # The mesh is open at the elbow: rays to the back of the hand do not leave there.
        assert len(crossings(corners, point, TO_THE_BACK)) % 2 == 1, LANDMARKS[landmark]


@pytest.mark.parametrize("number", PEOPLE)
def test_joints_are_centred(number: int) -> None:
    for name, offset in offsets_of(number).items():
        assert offset < CENTRED, name


@pytest.mark.parametrize("number", PEOPLE)
def test_tips_end_before_the_skin(number: int) -> None:
    shape = SHAPES[number]
    points = landmarks_of(shape.bone_rest)
    for finger, tip in zip(FINGERS, TIPS, strict=True):
        assert TIP_RANGE[0] < depths_of(number)[finger] < TIP_RANGE[1], finger
        # Neither does skin beside the axis reach further.
        along = unit(points[tip] - points[tip - 1])
        own = MODEL.weights[:, BONES.index(f"{finger}_distal")] > 0.5
        assert ((shape.vertices[own] - points[tip]) @ along).max() < TIP_RANGE[1], finger


def test_report(capsys: pytest.CaptureFixture[str]) -> None:
    """The margins, for whoever changes the regressor; and these people do differ."""
    worst = {name: max(offsets_of(number)[name] for number in PEOPLE) for name in offsets_of(0)}
    depths = [depth for number in PEOPLE for depth in depths_of(number).values()]
    with capsys.disabled():
        listed = ", ".join(f"{name} {100 * offset:.1f}" for name, offset in worst.items())
        print(f"\noff the middle, worst of {len(SHAPES)} people, % of the width: {listed}")
        print(f"TIP before the skin: {1000 * min(depths):.2f} to {1000 * max(depths):.2f} mm")
    lengths = [np.linalg.norm(landmarks_of(shape.bone_rest)[9]) for shape in SHAPES]
    assert np.ptp(lengths) > 0.02


def test_the_check_can_fail() -> None:
    """Joints that keep the average hand's places are not good enough for other people."""
    average = landmarks_of(MODEL.shape().bone_rest)
    failed = 0
    for shape in SHAPES[:6]:
        corners = shape.vertices[TRIANGLES]
        for landmark in (6, 7, 10, 11, 14, 15, 18, 19):
            inside = len(crossings(corners, average[landmark], TO_THE_BACK)) % 2
            if not inside or worst_offset(shape, average, landmark) > CENTRED:
                failed += 1
    assert failed > 12


@pytest.mark.parametrize("number", [0, 7])
def test_regressor_moves_with_the_mesh(number: int) -> None:
    """Rows sum to one, so that joints move, turn and grow with the skin."""
    np.testing.assert_allclose(MODEL.joint_regressor.sum(1), 1.0, atol=1e-9)
    skin = SHAPES[number].vertices
    turn = np.array([[0.0, -1.0, 0.0], [0.6, 0.0, 0.8], [-0.8, 0.0, 0.6]])
    moved = 1.3 * skin @ turn.T + [0.1, -0.2, 0.3]
    expected = 1.3 * MODEL.joint_regressor @ skin @ turn.T + [0.1, -0.2, 0.3]
    np.testing.assert_allclose(MODEL.joint_regressor @ moved, expected, atol=1e-9)


def test_bones_have_the_proportions_of_real_ones() -> None:
    """Buryanov and Kotiuk 2010, table 1: proximal ÷ intermediate phalanx, within an eighth for the
    average hand; and phalanges shorten towards the tip."""
    length = dict(zip(BONES, MODEL.shape().bone_length, strict=True))
    published = {"index": 1.777, "middle": 1.695, "ring": 1.613, "little": 1.808}
    for finger in LONG_FINGERS:
        chain = [length[f"{finger}_{part}"] for part in ("metacarpal", "proximal", "intermediate")]
        assert chain[0] > chain[1] > chain[2]
        assert chain[1] / chain[2] == pytest.approx(published[finger], rel=0.125)
    assert length["middle_proximal"] > length["index_proximal"] > length["little_proximal"]


def test_tip_bone_is_the_last_part_of_the_finger() -> None:
    joints = {
        "index_dip": np.array([0.0, 0.10, 0.0]),
        "index_end": np.array([0.0, 0.10, 0.025]),
        "index_pip": np.array([0.0, 0.08, 0.0]),
    }
    head, tail = bone_ends("index_tip", joints)
    np.testing.assert_allclose(tail, joints["index_end"])
    np.testing.assert_allclose(head, [0.0, 0.10, 0.025 - TIP_DEPTH])
    np.testing.assert_allclose(bone_ends("index_distal", joints)[1], head)
    np.testing.assert_allclose(bone_ends("index_intermediate", joints)[1], joints["index_dip"])
