"""Hands that open before a thing which is then pushed against the palm: wrap, sphere and hook.

Angles are degrees here, lengths metres or palms (from the wrist to the middle MCP).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.grasp.approach import (
    Start,
    palm_length,
    place_frame,
    put_degrees,
    put_thumb,
    with_wrist,
)
from synth.grasp.closing import ReadyHand
from synth.hand.limits import into_limits
from synth.hand.posing import posed_bones
from synth.landmarks import BONES, LONG_FINGERS
from synth.rotations import rotation_about
from synth.things.hold import Grip

Array = NDArray[np.float64]

#: Thumbs (CMC flexion, palmar abduction, opposition, MCP flexion, IP) from open to closed. The
#: first oppose the fingers, the last lie along the thing.
_OPPOSED: Final = (
    ((-18, 56, 30, -4, -6), (14, 44, 58, 50, 62)),
    ((-18, 46, 18, -4, -6), (14, 30, 50, 50, 62)),
)
_ALONGSIDE: Final = (
    ((-18, 34, 6, -4, -8), (14, 16, 34, 45, 50)),
    ((-16, 20, 0, -4, -10), (14, 8, 16, 34, 34)),
)
#: Abduction of index to little finger in a hand spread wide, degrees.
_FAN = np.array([13.0, 1.0, -8.0, -14.0])


def before_palm(rng: np.random.Generator, hand: ReadyHand, grip: Grip) -> Start:
    """Wrap and sphere: an open hand, the thing before its palm."""
    palm = palm_length(hand)
    ball = grip.style == "sphere"
    # How large the thing is for this hand: 0 a thin handle, 1 about as much as it can span.
    large = float(np.clip(grip.radius / (0.45 * palm), 0.0, 1.0))
    vector = np.zeros(29)
    spread = rng.uniform(0.3, 1.0) * (0.2 + 0.8 * large if ball else 0.35)
    loose = _loose_fingers(rng)
    for i, finger in enumerate(LONG_FINGERS):
        put_degrees(
            vector,
            finger,
            mcp_flexion=rng.uniform(2, 12) - 8 * large,
            pip=rng.uniform(12, 24),
            dip=rng.uniform(6, 12),
            mcp_abduction=float(_FAN[i] * spread + rng.normal(0, 1.0)),
        )
        if finger in loose:
            put_degrees(vector, finger, mcp_flexion=rng.uniform(-8, 22), pip=rng.uniform(6, 36))
    cup = rng.uniform(0.2, 0.8) * (1 - 0.5 * large)
    put_degrees(vector, "ring", cmc_flexion=10 * cup)
    put_degrees(vector, "little", cmc_flexion=21 * cup)
    thumbs = list(_OPPOSED if ball or large > 0.35 else (*_OPPOSED, *_ALONGSIDE))
    vector = put_thumb(vector, thumbs[0][0])

    # A handle crosses the palm from the index' base to the heel of the hand.
    tilt = np.radians(rng.uniform(8, 38) * (1 - 0.75 * large))
    axis = np.array([np.cos(tilt), np.sin(tilt), np.sin(np.radians(rng.normal(0, 4)))])
    if ball:
        turn = rng.uniform(-np.pi, np.pi)
        axis = np.array([np.cos(turn), np.sin(turn), 0.0])
    elif rng.random() < 0.06:
        axis = -axis
    roll = rng.normal(0, 0.12)
    out = rotation_about(axis / np.linalg.norm(axis), roll) @ np.array([0.0, 0.0, -1.0])
    # What is thick lies before the thumb, which stands out of the palm at half its length.
    y = max(rng.uniform(0.86, 1.0) * palm, 0.66 * palm + grip.radius + rng.uniform(0, 0.01))
    origin = np.array([rng.normal(-0.06, 0.05) * palm, y, grip.radius + 0.9 * palm])
    if ball:
        origin[0] = rng.normal(0.02, 0.06) * palm
        origin[1] = max(rng.uniform(0.95, 1.1) * palm, 0.7 * palm + grip.radius)
    free = max(0.0, 0.5 * (grip.length - 0.75 * palm))
    along = rng.uniform(-free, free) if not ball else 0.0
    lifted = rng.random() < (0.5 if ball else 0.2)
    return Start(
        vector=with_wrist(rng, vector),
        to_wrist=place_frame(grip, origin, axis, out, along),
        push=np.array([0.0, 0.0, -1.0]),
        lift=rng.uniform(0.0, 0.25 * palm) * large if lifted else 0.0,
        closing=tuple(finger for finger in LONG_FINGERS if finger not in loose),
        thumbs=tuple(thumbs),
        least=(3, True),
    )


def _loose_fingers(rng: np.random.Generator) -> tuple[str, ...]:
    """Fingers that take no part: mostly none, sometimes the little one, or the index points."""
    draw = rng.random()
    if draw < 0.12:
        return ("little",)
    if draw < 0.16:
        return ("ring", "little")
    return ("index",) if draw < 0.22 else ()


def in_fingers(rng: np.random.Generator, hand: ReadyHand, grip: Grip) -> Start:
    """Hook: a bar before the fingers' proximal phalanges, which the rest of them closes about."""
    vector = np.zeros(29)
    bend = rng.uniform(0, 22)
    for finger in LONG_FINGERS:
        put_degrees(vector, finger, mcp_flexion=bend + rng.normal(0, 2), pip=22, dip=14)
    put_degrees(vector, "ring", cmc_flexion=rng.uniform(0, 8))
    put_degrees(vector, "little", cmc_flexion=rng.uniform(0, 16))
    vector = put_thumb(
        vector, (rng.uniform(-12, 8), rng.uniform(8, 36), rng.uniform(0, 20), 8, rng.uniform(4, 30))
    )
    vector = into_limits(vector)
    bones = posed_bones(hand.posing, vector[None])[0]
    # Along the fingers' proximal phalanges, near their ends.
    share = rng.uniform(0.6, 0.95)
    at = {}
    for finger in ("index", "little"):
        bone = BONES.index(f"{finger}_proximal")
        length = hand.surface.shape.bone_length[bone]
        at[finger] = bones[bone, :3, 3] + share * length * bones[bone, :3, 1]
    middle = bones[BONES.index("middle_proximal")]
    axis = at["index"] - at["little"]
    push = -middle[:3, 2]
    free = max(0.0, 0.5 * (grip.length - 0.7 * palm_length(hand)))
    origin = 0.5 * (at["index"] + at["little"]) - push * (grip.radius + 0.04)
    return Start(
        vector=with_wrist(rng, vector),
        to_wrist=place_frame(grip, origin, axis, push, rng.uniform(-free, free)),
        push=push,
        closing=LONG_FINGERS,
        least=(2, False),
    )
