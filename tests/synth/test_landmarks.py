"""Names and order of landmarks, bones and blendshapes."""

from __future__ import annotations

from synth.landmarks import (
    BLENDSHAPES,
    BONE_HEAD_LANDMARK,
    BONE_PARENTS,
    BONES,
    LANDMARKS,
    MIDDLE_MCP,
    SKELETON_EDGES,
    TIPS,
    WRIST,
)


def test_the_21_landmarks_are_in_the_order_of_mediapipe() -> None:
    # The names of mediapipe.solutions.hands.HandLandmark, whose pinky is the little finger.
    theirs = """WRIST THUMB_CMC THUMB_MCP THUMB_IP THUMB_TIP
        INDEX_FINGER_MCP INDEX_FINGER_PIP INDEX_FINGER_DIP INDEX_FINGER_TIP
        MIDDLE_FINGER_MCP MIDDLE_FINGER_PIP MIDDLE_FINGER_DIP MIDDLE_FINGER_TIP
        RING_FINGER_MCP RING_FINGER_PIP RING_FINGER_DIP RING_FINGER_TIP
        PINKY_MCP PINKY_PIP PINKY_DIP PINKY_TIP"""
    ours = theirs.lower().replace("_finger", "").replace("pinky", "little").split()
    assert list(LANDMARKS) == ours
    assert (WRIST, MIDDLE_MCP, TIPS) == (0, 9, (4, 8, 12, 16, 20))


def test_the_skeleton_is_a_tree_of_five_chains_from_the_wrist() -> None:
    assert len(SKELETON_EDGES) == 20
    assert sorted(end for _, end in SKELETON_EDGES) == list(range(1, 21))
    assert [end for start, end in SKELETON_EDGES if start == 0] == [1, 5, 9, 13, 17]
    assert all(end == start + 1 for start, end in SKELETON_EDGES if start)


def test_the_24_bones_are_5_metacarpals_14_phalanges_and_5_tips() -> None:
    assert len(BONES) == len(set(BONES)) == 24
    endings = [bone.split("_")[1] for bone in BONES]
    counts = {ending: endings.count(ending) for ending in endings}
    assert counts == {"metacarpal": 5, "proximal": 5, "intermediate": 4, "distal": 5, "tip": 5}
    assert BONES[:4] == ("thumb_metacarpal", "thumb_proximal", "thumb_distal", "thumb_tip")
    assert all(parent < index for index, parent in enumerate(BONE_PARENTS))
    for bone, parent in zip(BONES, BONE_PARENTS, strict=True):
        assert (parent == -1) == bone.endswith("metacarpal")
        assert parent == -1 or BONES[parent].split("_")[0] == bone.split("_")[0]


def test_bones_begin_at_their_landmarks() -> None:
    heads = dict(zip(BONES, BONE_HEAD_LANDMARK, strict=True))
    assert heads["thumb_metacarpal"] == 1
    assert heads["index_metacarpal"] == -1
    assert [heads[f"little_{part}"] for part in ("proximal", "intermediate", "distal", "tip")] == [
        *range(17, 21)
    ]
    assert sorted(landmark for landmark in heads.values() if landmark >= 0) == [*range(1, 21)]


def test_the_36_blendshapes_are_14_phalanges_14_joints_and_8_of_the_palm() -> None:
    assert len(BLENDSHAPES) == len(set(BLENDSHAPES)) == 36
    at_joints = ("mcp_girth", "pip_girth", "dip_girth", "_ip_girth")
    joints = [name for name in BLENDSHAPES if name.endswith(at_joints)]
    phalanges = [name for name in BLENDSHAPES if name.endswith("girth") and name not in joints]
    assert (len(phalanges), len(joints)) == (14, 14)
    assert set(BLENDSHAPES) - {*joints, *phalanges} == {
        *("palm_thickness", "palm_width", "palm_length", "thenar", "hypothenar"),
        *("finger_webbing", "wrist_width", "wrist_thickness"),
    }
