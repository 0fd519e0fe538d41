"""What each blendshape does to the hand, measured with a tape."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import ConvexHull

from synth.hand.model import HandShape, load_hand_model
from synth.landmarks import BLENDSHAPES, BONES, FINGERS, LONG_FINGERS

MODEL = load_hand_model()
NEUTRAL = MODEL.shape()
PHALANGES = [bone for bone in BONES if not bone.endswith(("metacarpal", "tip"))]
JOINTS = [n for n in BLENDSHAPES if n.endswith(("mcp_girth", "pip_girth", "dip_girth", "ip_girth"))]


def girth(shape: HandShape, finger: str, at: float, bone: str) -> float:
    """Tape around a finger, metres: hull of the skin's cut across a bone at a share of it."""
    i = BONES.index(bone)
    frame = shape.bone_rest[i]
    local = (shape.vertices - frame[:3, 3]) @ frame[:3, :3]
    columns = [k for k, name in enumerate(BONES) if name.startswith(finger)]
    own = MODEL.weights[:, columns].sum(1) > 0.5
    height = local[:, 1] - at * NEUTRAL.bone_length[i]
    cut = []
    for k in range(4):
        a, b = MODEL.faces[:, k], MODEL.faces[:, (k + 1) % 4]
        crossing = own[a] & own[b] & (height[a] * height[b] < 0)
        a, b = a[crossing], b[crossing]
        t = (height[a] / (height[a] - height[b]))[:, None]
        cut.append(local[a] + t * (local[b] - local[a]))
    points = np.concatenate(cut)[:, [0, 2]]
    points = points[np.linalg.norm(points, axis=1) < 0.02]
    return float(ConvexHull(points).area)


def displacement(name: str) -> np.ndarray:
    """(V, 3) at weight 1 of the average hand."""
    return np.asarray(MODEL.blendshapes[BLENDSHAPES.index(name)])


def test_there_are_36_and_none_is_idle_or_another_one() -> None:
    assert len(BLENDSHAPES) == len(set(BLENDSHAPES)) == 36
    assert MODEL.blendshapes.shape == (36, len(MODEL.average), 3)
    length = np.linalg.norm(MODEL.blendshapes, axis=-1).max(1)
    assert length.min() > 0.0005
    assert length.max() < 0.012
    flat = MODEL.blendshapes.reshape(36, -1)
    flat = flat / np.linalg.norm(flat, axis=1, keepdims=True)
    likeness = np.abs(flat @ flat.T) - np.eye(36)
    assert likeness.max() < 0.9


@pytest.mark.parametrize("bone", PHALANGES)
def test_phalanx_girths_thicken_their_phalanx(bone: str) -> None:
    finger = bone.split("_")[0]
    middle = 0.5 if not bone.endswith("distal") else 0.6
    before = girth(NEUTRAL, finger, middle, bone)
    thicker = girth(MODEL.shape({}, {f"{bone}_girth": 1.0}), finger, middle, bone)
    thinner = girth(MODEL.shape({}, {f"{bone}_girth": -1.0}), finger, middle, bone)
    assert 1.05 < thicker / before < 1.17
    assert thinner - before == pytest.approx(before - thicker, rel=0.05)


@pytest.mark.parametrize("name", JOINTS)
def test_joint_girths_thicken_their_joint(name: str) -> None:
    finger, joint, _ = name.split("_")
    moved = np.linalg.norm(displacement(name), axis=1)
    place = NEUTRAL.joints[f"{finger}_{joint}"]
    foremost = np.argsort(-moved)[:10]
    assert np.linalg.norm(MODEL.average[foremost] - place, axis=1).max() < 0.022
    # Away from the joint's axis, and not beyond its surroundings.
    outward = MODEL.average - place
    assert np.all((displacement(name) * outward).sum(1)[foremost] > 0)
    assert moved[np.linalg.norm(outward, axis=1) > 0.035].max() < 1e-4


@pytest.mark.parametrize("finger", FINGERS)
def test_girths_of_one_finger_leave_the_others(finger: str) -> None:
    for name in BLENDSHAPES:
        if name.startswith(finger) and "mcp" not in name and "proximal" not in name:
            for other in FINGERS:
                if other == finger:
                    continue
                columns = [
                    i
                    for i, bone in enumerate(BONES)
                    if bone.startswith(other) and bone.endswith(("intermediate", "distal"))
                ]
                own = MODEL.weights[:, columns].sum(1) > 0.9
                assert np.linalg.norm(displacement(name)[own], axis=1).max() < 1e-5


def change_of_distance(name: str, a: str, b: str) -> float:
    """Relative, at weight 1."""
    shape = MODEL.shape({}, {name: 1.0})
    before = np.linalg.norm(NEUTRAL.joints[a] - NEUTRAL.joints[b])
    return float(np.linalg.norm(shape.joints[a] - shape.joints[b]) / before - 1)


def test_palm_length_and_width() -> None:
    assert change_of_distance("palm_length", "wrist", "middle_mcp") == pytest.approx(0.09, abs=0.02)
    assert change_of_distance("palm_width", "index_mcp", "little_mcp") == pytest.approx(
        0.10, abs=0.02
    )
    # Fingers are carried, not stretched.
    for name in ("palm_length", "palm_width", "palm_thickness"):
        for finger in LONG_FINGERS:
            assert abs(change_of_distance(name, f"{finger}_pip", f"{finger}_dip")) < 0.01


def test_thickness_of_palm_and_wrist() -> None:
    def extent(name: str, low: float, high: float, axis: int) -> float:
        before, after = (s.vertices for s in (NEUTRAL, MODEL.shape({}, {name: 1.0})))
        band = (before[:, 1] > low) & (before[:, 1] < high)
        band &= (
            MODEL.weights[:, [i for i, b in enumerate(BONES) if b.startswith("thumb")]].sum(1)
            < 0.05
        )
        return float(np.ptp(after[band, axis]) / np.ptp(before[band, axis]))

    assert extent("palm_thickness", 0.04, 0.06, 2) == pytest.approx(1.12, abs=0.05)
    assert extent("palm_thickness", 0.04, 0.06, 0) == pytest.approx(1.0, abs=0.02)
    assert extent("wrist_width", -0.01, 0.005, 0) > 1.05
    assert extent("wrist_width", -0.01, 0.005, 2) == pytest.approx(1.0, abs=0.02)
    assert extent("wrist_thickness", -0.01, 0.005, 2) > 1.05
    assert extent("wrist_thickness", -0.01, 0.005, 0) == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize(("name", "side"), [("thenar", 1.0), ("hypothenar", -1.0)])
def test_balls_of_the_palm(name: str, side: float) -> None:
    moved = displacement(name)
    foremost = np.argmax(np.linalg.norm(moved, axis=1))
    place = MODEL.average[foremost]
    assert side * place[0] > 0.01  # on the thumb's, or the little finger's side
    assert place[2] > 0.0  # of the palm
    assert 0.0 < place[1] < NEUTRAL.joints["middle_mcp"][1]
    assert moved[foremost, 2] > 0.002


def test_webbing_comes_forward_between_the_fingers() -> None:
    moved = displacement("finger_webbing")
    length = np.linalg.norm(moved, axis=1)
    strong = length > 0.5 * length.max()
    assert np.all(moved[strong, 1] > 0)
    knuckles = [NEUTRAL.joints[f"{finger}_mcp"] for finger in LONG_FINGERS]
    tips = [NEUTRAL.joints[f"{finger}_dip"] for finger in LONG_FINGERS]
    y = MODEL.average[strong, 1]
    assert y.min() > min(k[1] for k in knuckles)
    assert y.max() < min(t[1] for t in tips)


def test_fields_are_smooth() -> None:
    """No edge of the mesh is stretched by more than a third at weight 1."""
    pairs = np.concatenate([MODEL.faces[:, [k, (k + 1) % 4]] for k in range(4)])
    before = np.linalg.norm(MODEL.average[pairs[:, 0]] - MODEL.average[pairs[:, 1]], axis=1)
    for name in BLENDSHAPES:
        moved = MODEL.average + displacement(name)
        after = np.linalg.norm(moved[pairs[:, 0]] - moved[pairs[:, 1]], axis=1)
        stretched = np.abs(after - before)[before > 0.0005] / before[before > 0.0005]
        assert stretched.max() < 0.67, name
        assert np.quantile(stretched, 0.999) < 0.34, name
