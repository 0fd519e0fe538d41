"""Hands whose pads meet first, as in a gesture of the library, with a thing put between them.

Pinch, flat and lateral hold a thing's two faces, tripod a pen. Angles are degrees here.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.gestures.library import find_gesture, sample_gesture
from synth.grasp.approach import Start, place_frame, put_degrees, with_wrist
from synth.grasp.closing import ReadyHand
from synth.hand.joint_angles import PART_SLICES, HandAngles, angle_index
from synth.hand.joint_axes import joint_axes, step_in_limits
from synth.hand.limits import into_limits
from synth.hand.posing import posed_bones
from synth.hand.touch import meet, place_on_skin
from synth.landmarks import BONES, FINGERS, LONG_FINGERS
from synth.rotations import rotation_about
from synth.things.hold import Grip

Array = NDArray[np.float64]

#: Gestures of the library from which precision grips start, and the places of the fingers that
#: hold against the thumb's pad.
_PINCHES: Final = (
    ("pinch", ("index_pad",)),
    ("ok", ("index_pad",)),
    ("pinch_tips", ("index_pad",)),
    ("pinch_three", ("index_pad", "middle_pad")),
)
_FLATS: Final = (("index_pad", "middle_pad"), ("index_front", "middle_front"), ("middle_pad",))
#: Metres along the axis from which on a thin thing is in the way of the other fingers.
_WIDE = 0.06
#: Metres along the axis, to either side of the fingers, in which the edge is looked for.
_GRIPPED = 0.02
#: Metres that the index' knuckles stand out of its side, at most.
_KNUCKLE = 0.012
#: Metres of flesh from the middle between the thumb's and the index' MCP joints to the skin.
_WEB_FLESH = 0.016


def between_pads(rng: np.random.Generator, hand: ReadyHand, thing: Array, grip: Grip) -> Start:
    """Pinch, flat and lateral: the thing's faces between the thumb's pad and the fingers.

    Args:
        thing: (N, 3) points all over its surface, in its frame.
    """
    if grip.style == "pinch":
        name, others = _PINCHES[rng.choice(len(_PINCHES), p=[0.4, 0.15, 0.15, 0.3])]
    elif grip.style == "lateral":
        name, others = "key_pinch", ("index_side",)
    else:
        name, others = "pinch_three", _FLATS[rng.integers(len(_FLATS))]
    vector = sample_gesture(rng, name).to_vector()
    if grip.style == "flat":
        bend, curl = rng.uniform(28, 62), rng.uniform(4, 30)
        for finger in LONG_FINGERS:
            put_degrees(
                vector,
                finger,
                mcp_flexion=bend + rng.normal(0, 4),
                pip=curl + abs(rng.normal(0, 4)),
                dip=0.5 * curl,
            )
    elif grip.style == "pinch" and rng.random() < 0.5:
        # The idle fingers as they please, from stretched to curled.
        rest = rng.uniform(0.0, 1.0)
        for finger in LONG_FINGERS:
            if f"{finger}_pad" not in others:
                own = np.clip(rest + rng.normal(0, 0.12), 0, 1)
                put_degrees(
                    vector, finger, mcp_flexion=70 * own, pip=8 + 82 * own, dip=4 + 46 * own
                )
    vector = with_wrist(rng, into_limits(vector))
    met, _ = meet(hand.surface, HandAngles.from_vector(vector), [("thumb_pad", "+".join(others))])
    vector = met.to_vector()

    places = _places(hand, vector, ("thumb_pad", *others))
    thumb, fingers = places[0], places[1:]
    middle = 0.5 * (thumb[0] + np.mean([p for p, _ in fingers], axis=0))
    press = np.sum([n for _, n in fingers], axis=0) / len(fingers) - thumb[1]
    press /= np.linalg.norm(press)
    web = _web(hand, vector)
    out = web - middle
    turn = rng.normal(0, 0.3 if grip.style == "pinch" else 0.18)
    out = rotation_about(press, turn) @ (out - press * (press @ out))
    axis = np.cross(out, press)
    free = max(0.0, 0.5 * grip.length - 0.012)
    along = float(np.clip(rng.normal(0, 0.4 * free + 1e-9), -free, free))
    targets = [middle + press * grip.radius] + [
        p - press * ((p - middle) @ press + grip.radius) for p, _ in fingers
    ]
    vector = _reach(hand, vector, ("thumb_pad", *others), np.array(targets))
    pressing: tuple[str, ...] = ("thumb_pad", *others)
    if grip.style == "flat":
        pressing = ("thumb_pad", *(f"{finger}_pad" for finger in LONG_FINGERS))
    # The edge stops before the fold between thumb and index.
    out = out / np.linalg.norm(out)
    own = thing - grip.origin
    beside = own[np.abs(own @ grip.axis - along) < _GRIPPED]
    edge = float((beside @ grip.out).max(initial=0.0))
    over = max(0.0, edge - (float((web - middle) @ out) - _WEB_FLESH))
    to_wrist = place_frame(grip, middle - over * out, axis, out, along)
    reach = thing @ to_wrist[:3, :3].T + to_wrist[:3, 3] - middle
    plane = np.stack([press, out, axis / np.linalg.norm(axis)])
    low, high = (reach @ plane.T).min(0), (reach @ plane.T).max(0)
    if grip.style == "lateral":
        # It lies on what stands out most of the index' side.
        index = np.flatnonzero(hand.points.part == FINGERS.index("index"))
        bones = posed_bones(hand.posing, vector[None])[0]
        side = (hand.points.at(bones, index) - middle) @ plane.T
        below = ((side > low) & (side < high))[:, 1:].all(1) & (np.abs(side[:, 0]) < _KNUCKLE)
        raised = float(side[below, 0].max(initial=-grip.radius)) + grip.radius
        to_wrist[:3, 3] += raised * press
    if grip.style == "flat" or (grip.style == "pinch" and np.ptp(reach @ axis) > _WIDE):
        # No finger is on the thumb's side of a sheet.
        low[0], high[0] = -0.0005 - (0.0 if grip.style == "flat" else grip.radius), np.inf
        vector = _kept_out(hand, vector, plane, low + plane @ middle, high + plane @ middle)
    return Start(vector=vector, to_wrist=to_wrist, pressing=pressing, least=(2, True))


def _kept_out(hand: ReadyHand, vector: Array, axes: Array, low: Array, high: Array) -> Array:
    """Long fingers stretched, as far as they have to, until no point of them is in a box.

    Args:
        axes: (3, 3) rows are the box's unit axes.
        low, high: (3,) its ends along them.
    """
    stretched = vector.copy()
    for finger in LONG_FINGERS:
        for joint in ("dip", "pip", "mcp_flexion"):
            index = angle_index(f"{finger}.{joint}")
            stretched[index] = min(vector[index], np.radians(-12.0 if joint[0] == "m" else 4.0))
    # The ends of the fingers give way before their bases.
    amounts = np.linspace(0.0, 1.0, 25)
    tries = np.repeat(vector[None], len(amounts), axis=0)
    for joint, first, last in (("dip", 0.0, 0.5), ("pip", 0.1, 0.8), ("mcp_flexion", 0.2, 1.0)):
        share = np.clip((amounts - first) / (last - first), 0.0, 1.0)
        for finger in LONG_FINGERS:
            index = angle_index(f"{finger}.{joint}")
            tries[:, index] += share * (stretched[index] - vector[index])
    bones = posed_bones(hand.posing, tries)
    result = vector.copy()
    for finger in LONG_FINGERS:
        own = np.flatnonzero(hand.points.part == FINGERS.index(finger))
        for posed, tried in zip(bones, tries, strict=True):
            result[PART_SLICES[finger]] = tried[PART_SLICES[finger]]
            place = hand.points.at(posed, own) @ axes.T
            if not ((place > low) & (place < high)).all(1).any():
                break
    return into_limits(result)


def as_a_pen(rng: np.random.Generator, hand: ReadyHand, grip: Grip) -> Start:
    """Tripod: between the pads of thumb and index and the side of the middle finger."""
    vector = with_wrist(rng, sample_gesture(rng, "pen_grip").to_vector())
    touches = find_gesture("pen_grip").touches
    met, _ = meet(hand.surface, HandAngles.from_vector(vector), touches)
    vector = met.to_vector()
    holders = ("thumb_pad", "index_pad", "middle_distal_side")
    places = _places(hand, vector, holders)
    middle = np.mean([p for p, _ in places], axis=0)
    # Behind the fingers it lies on the side of the index' base, or deeper in the web.
    base, base_out = _places(hand, vector, ("index_base_side",))[0]
    rest = base + base_out * (grip.radius + 0.001)
    rest = rest + rng.uniform(0.0, 0.7) * (_web(hand, vector) - rest)
    axis = rest - middle
    axis /= np.linalg.norm(axis)
    for _ in range(2):
        places = _places(hand, vector, holders)
        inward = [-(n - axis * (axis @ n)) for _, n in places]
        along = [p - middle - axis * (axis @ (p - middle)) for p, _ in places]
        targets = [
            p - a + grip.radius * i / (np.linalg.norm(i) + 1e-9)
            for (p, _), a, i in zip(places, along, inward, strict=True)
        ]
        vector = _reach(hand, vector, holders, np.array(targets))
    roll = rng.uniform(-np.pi, np.pi)
    out = rotation_about(axis, roll) @ np.cross(axis, [0.0, 0.0, 1.0])
    free = max(0.0, 0.5 * grip.length - 0.01)
    return Start(
        vector=vector,
        to_wrist=place_frame(grip, middle, axis, out, rng.uniform(-free, free)),
        pressing=holders,
        least=(2, True),
    )


def _web(hand: ReadyHand, vector: Array) -> Array:
    """(3,) the fold between thumb and index, from which things stick out."""
    bones = posed_bones(hand.posing, vector[None])[0]
    thumb, index = BONES.index("thumb_proximal"), BONES.index("index_proximal")
    return 0.5 * (bones[thumb, :3, 3] + bones[index, :3, 3])


def _places(hand: ReadyHand, vector: Array, names: tuple[str, ...]) -> list[tuple[Array, Array]]:
    """(3,) place and (3,) direction out of the skin there, of PLACES of a posed hand."""
    bones = posed_bones(hand.posing, vector[None])[0]
    found = []
    for name in names:
        bone, local, out = place_on_skin(hand.surface, name)
        turn = bones[bone, :3, :3]
        found.append((turn @ local + bones[bone, :3, 3], turn @ out))
    return found


def _reach(hand: ReadyHand, vector: Array, names: tuple[str, ...], targets: Array) -> Array:
    """(29,) angles with which places are at (n, 3) targets, as nearly as the joints can."""
    own = {name.split("_")[0] for name in names}
    ease = np.zeros(29)
    for finger in own & set(FINGERS):
        ease[PART_SLICES[finger]] = 1.0
    skin = [place_on_skin(hand.surface, name) for name in names]
    for _ in range(8):
        bones = posed_bones(hand.posing, vector[None])[0]
        axes = joint_axes(HandAngles.from_vector(vector), bones)
        rows, wanted = [], []
        for (bone, local, _), target in zip(skin, targets, strict=True):
            point = bones[bone, :3, :3] @ local + bones[bone, :3, 3]
            rows += list(axes.velocity(point, bone).T)
            wanted += (target - point).tolist()
        if np.abs(wanted).max() < 0.0003:
            break
        vector = step_in_limits(
            vector, np.array(rows), np.array(wanted), ease, np.radians(10.0), 0.008
        )
    return vector
