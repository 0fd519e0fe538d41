"""The 21 landmarks, the 24 bones and the 36 blendshapes: names and order, nothing else.

The landmark order is that of MediaPipe, FreiHAND and OpenPose. Bone names follow OpenXR.
"""

from __future__ import annotations

from typing import Final

FINGERS: Final = ("thumb", "index", "middle", "ring", "little")
LONG_FINGERS: Final = FINGERS[1:]

LANDMARKS: Final = (
    "wrist",
    "thumb_cmc",
    "thumb_mcp",
    "thumb_ip",
    "thumb_tip",
    *(f"{finger}_{joint}" for finger in LONG_FINGERS for joint in ("mcp", "pip", "dip", "tip")),
)
WRIST: Final = 0
MIDDLE_MCP: Final = 9
TIPS: Final = (4, 8, 12, 16, 20)

#: Pairs of landmarks joined by a line when a skeleton is drawn.
SKELETON_EDGES: Final = tuple(
    (0 if joint == 0 else 4 * finger + joint, 4 * finger + joint + 1)
    for finger in range(5)
    for joint in range(4)
)

THUMB_SEGMENTS: Final = ("metacarpal", "proximal", "distal", "tip")
FINGER_SEGMENTS: Final = ("metacarpal", "proximal", "intermediate", "distal", "tip")

#: 5 metacarpals, 14 phalanges and 5 fingertip end bones; parents come before children.
BONES: Final = tuple(
    f"{finger}_{segment}"
    for finger in FINGERS
    for segment in (THUMB_SEGMENTS if finger == "thumb" else FINGER_SEGMENTS)
)
#: Index of each bone's parent in BONES; -1 is the wrist, the root they all hang from.
BONE_PARENTS: Final = tuple(
    -1 if bone.endswith("metacarpal") else index - 1 for index, bone in enumerate(BONES)
)
#: Landmark at the head of each bone (its centre of rotation); -1 where the head is no landmark
#: (the metacarpals of the four fingers, whose bases lie in the carpus).
BONE_HEAD_LANDMARK: Final = tuple(
    -1
    if bone.endswith("metacarpal") and not bone.startswith("thumb")
    else LANDMARKS.index(
        {
            ("thumb", "metacarpal"): "thumb_cmc",
            ("thumb", "proximal"): "thumb_mcp",
            ("thumb", "distal"): "thumb_ip",
        }.get(
            (bone.split("_")[0], bone.split("_")[1]),
            bone.replace("proximal", "mcp").replace("intermediate", "pip").replace("distal", "dip"),
        )
    )
    for bone in BONES
)

_JOINT_GIRTHS = (
    *(f"{finger}_mcp_girth" for finger in FINGERS),
    *(f"{finger}_pip_girth" for finger in LONG_FINGERS),
    *(f"{finger}_dip_girth" for finger in LONG_FINGERS),
    "thumb_ip_girth",
)
_PHALANX_GIRTHS = tuple(
    f"{bone}_girth" for bone in BONES if not bone.endswith(("metacarpal", "tip"))
)
#: 14 phalanx girths, 14 joint girths, 8 of the palm; each a signed weight with 0 the neutral hand.
BLENDSHAPES: Final = (
    *_PHALANX_GIRTHS,
    *_JOINT_GIRTHS,
    "palm_thickness",
    "palm_width",
    "palm_length",
    "thenar",
    "hypothenar",
    "finger_webbing",
    "wrist_width",
    "wrist_thickness",
)
