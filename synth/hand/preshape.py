"""How a hand comes to a thing: open postures by the style of the grip, and where the thing is then.

Power grips (wrap, sphere, hook) put the thing before the open palm, to be pushed against it.
Precision grips (pinch, flat, lateral, tripod) bring the fingers' pads together first, as a gesture
of the library does, and put the thing between them.

Angles are degrees here, palms (multiples of the length from wrist to middle MCP) and metres
elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.gestures.library import find_gesture, sample_gesture
from synth.hand.closing import TestedHand
from synth.hand.joint_angles import PART_SLICES, HandAngles, angle_index
from synth.hand.joint_axes import JointAxes, joint_axes, step_in_limits
from synth.hand.limits import into_limits, sample_wrist
from synth.hand.posing import posed_bones
from synth.hand.touch import meet, place_on_skin
from synth.landmarks import BONES, FINGERS, LONG_FINGERS
from synth.rotations import rotation_about
from synth.things.hold import Grip
from synth.things.mesh import Mesh

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
_THUMB = ("cmc_flexion", "palmar_abduction", "opposition", "mcp_flexion", "ip")
#: Abduction of index to little finger in a hand spread wide, degrees.
_FAN = np.array([13.0, 1.0, -8.0, -14.0])
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
#: Metres of flesh from the middle between the thumb's and the index' MCP joints to the skin.
_WEB_FLESH = 0.016


@dataclass(frozen=True)
class Start:
    """A hand about to close.

    Attributes:
        vector: (29,) radians, the posture.
        to_wrist: (4, 4) the thing's frame in the wrist frame.
        push: (3,) unit direction in which the thing is pushed against the hand, or None.
        lift: metres that it is drawn back after that.
        closing: fingers that close on the thing by flexion, from open.
        thumbs: (start, end) angles in degrees, alternatives of how the thumb closes from open.
        pressing: places of the skin that press on the thing already.
        least: how many fingers must touch, and whether the thumb must be one of them.
    """

    vector: Array
    to_wrist: Array
    push: Array | None = None
    lift: float = 0.0
    closing: tuple[str, ...] = ()
    thumbs: tuple[tuple[tuple[float, ...], tuple[float, ...]], ...] = ()
    pressing: tuple[str, ...] = ()
    least: tuple[int, bool] = (2, True)


def start_of(rng: np.random.Generator, hand: TestedHand, mesh: Mesh, grip: Grip) -> Start:
    """Draw a way to take hold of a thing at one of its grips."""
    if grip.style in ("wrap", "sphere"):
        return _before_palm(rng, hand, grip)
    if grip.style == "hook":
        return _in_fingers(rng, hand, grip)
    if grip.style == "tripod":
        return _as_a_pen(rng, hand, grip)
    return _between_pads(rng, hand, mesh, grip)


def _palm_length(hand: TestedHand) -> float:
    return float(hand.surface.shape.joints["middle_mcp"][1])


def _frame(grip: Grip, origin: Array, axis: Array, out: Array, along: float) -> Array:
    """(4, 4) that brings the grip's origin, axis and `out` to places in the wrist frame.

    Args:
        along: metres from the grip's origin along its axis to what comes to `origin`.
    """
    own = np.stack([grip.axis, grip.out, np.cross(grip.axis, grip.out)], axis=1)
    axis = axis / np.linalg.norm(axis)
    out = out - axis * (axis @ out)
    out = out / np.linalg.norm(out)
    turn = np.stack([axis, out, np.cross(axis, out)], axis=1) @ own.T
    matrix = np.eye(4)
    matrix[:3, :3] = turn
    matrix[:3, 3] = origin - turn @ (grip.origin + along * grip.axis)
    return matrix


def _put(vector: Array, part: str, **degrees: float) -> None:
    for name, value in degrees.items():
        vector[angle_index(f"{part}.{name}")] = np.radians(value)


def put_thumb(vector: Array, degrees: tuple[float, ...] | Array) -> Array:
    """(29,) with the thumb's five big angles replaced."""
    changed = vector.copy()
    _put(changed, "thumb", **dict(zip(_THUMB, map(float, degrees), strict=True)))
    return into_limits(changed)


def _with_wrist(rng: np.random.Generator, vector: Array) -> Array:
    wrist = sample_wrist(rng)
    vector[PART_SLICES["wrist"]] = wrist.flexion, wrist.deviation, wrist.pronation
    return into_limits(vector)


def _before_palm(rng: np.random.Generator, hand: TestedHand, grip: Grip) -> Start:
    palm = _palm_length(hand)
    ball = grip.style == "sphere"
    # How large the thing is for this hand: 0 a thin handle, 1 about as much as it can span.
    large = float(np.clip(grip.radius / (0.45 * palm), 0.0, 1.0))
    vector = np.zeros(29)
    spread = rng.uniform(0.3, 1.0) * (0.2 + 0.8 * large if ball else 0.35)
    loose = _loose_fingers(rng)
    for i, finger in enumerate(LONG_FINGERS):
        _put(
            vector,
            finger,
            mcp_flexion=rng.uniform(2, 12) - 8 * large,
            pip=rng.uniform(12, 24),
            dip=rng.uniform(6, 12),
            mcp_abduction=float(_FAN[i] * spread + rng.normal(0, 1.0)),
        )
        if finger in loose:
            _put(vector, finger, mcp_flexion=rng.uniform(-8, 22), pip=rng.uniform(6, 36))
    cup = rng.uniform(0.2, 0.8) * (1 - 0.5 * large)
    _put(vector, "ring", cmc_flexion=10 * cup)
    _put(vector, "little", cmc_flexion=21 * cup)
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
        vector=_with_wrist(rng, vector),
        to_wrist=_frame(grip, origin, axis, out, along),
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


def _in_fingers(rng: np.random.Generator, hand: TestedHand, grip: Grip) -> Start:
    vector = np.zeros(29)
    bend = rng.uniform(0, 22)
    for finger in LONG_FINGERS:
        _put(vector, finger, mcp_flexion=bend + rng.normal(0, 2), pip=22, dip=14)
    _put(vector, "ring", cmc_flexion=rng.uniform(0, 8))
    _put(vector, "little", cmc_flexion=rng.uniform(0, 16))
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
    free = max(0.0, 0.5 * (grip.length - 0.7 * _palm_length(hand)))
    origin = 0.5 * (at["index"] + at["little"]) - push * (grip.radius + 0.04)
    return Start(
        vector=_with_wrist(rng, vector),
        to_wrist=_frame(grip, origin, axis, push, rng.uniform(-free, free)),
        push=push,
        closing=LONG_FINGERS,
        least=(2, False),
    )


def _between_pads(
    rng: np.random.Generator, hand: TestedHand, mesh: Mesh, grip: Grip
) -> Start:
    """Pinch, flat and lateral: the thing's faces between the thumb's pad and the fingers."""
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
            _put(
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
                _put(vector, finger, mcp_flexion=70 * own, pip=8 + 82 * own, dip=4 + 46 * own)
    vector = _with_wrist(rng, into_limits(vector))
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
    edge = float(((mesh.vertices - grip.origin) @ grip.out).max())
    over = max(0.0, edge - (float((web - middle) @ out) - _WEB_FLESH))
    to_wrist = _frame(grip, middle - over * out, axis, out, along)
    reach = mesh.vertices @ to_wrist[:3, :3].T + to_wrist[:3, 3] - middle
    if grip.style == "flat" or (grip.style == "pinch" and np.ptp(reach @ axis) > _WIDE):
        # No finger is on the thumb's side of a sheet.
        plane = np.stack([press, out, axis / np.linalg.norm(axis)])
        low, high = (reach @ plane.T).min(0), (reach @ plane.T).max(0)
        low[0], high[0] = -0.0005 - (0.0 if grip.style == "flat" else grip.radius), np.inf
        vector = _kept_out(hand, vector, plane, low + plane @ middle, high + plane @ middle)
    return Start(vector=vector, to_wrist=to_wrist, pressing=pressing, least=(2, True))


def _kept_out(hand: TestedHand, vector: Array, axes: Array, low: Array, high: Array) -> Array:
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


def _as_a_pen(rng: np.random.Generator, hand: TestedHand, grip: Grip) -> Start:
    vector = _with_wrist(rng, sample_gesture(rng, "pen_grip").to_vector())
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
        to_wrist=_frame(grip, middle, axis, out, rng.uniform(-free, free)),
        pressing=holders,
        least=(2, True),
    )


def _web(hand: TestedHand, vector: Array) -> Array:
    """(3,) the fold between thumb and index, from which things stick out."""
    bones = posed_bones(hand.posing, vector[None])[0]
    thumb, index = BONES.index("thumb_proximal"), BONES.index("index_proximal")
    return 0.5 * (bones[thumb, :3, 3] + bones[index, :3, 3])


def _places(
    hand: TestedHand, vector: Array, names: tuple[str, ...]
) -> list[tuple[Array, Array]]:
    """(3,) place and (3,) direction out of the skin there, of PLACES of a posed hand."""
    bones = posed_bones(hand.posing, vector[None])[0]
    found = []
    for name in names:
        bone, local, out = place_on_skin(hand.surface, name)
        turn = bones[bone, :3, :3]
        found.append((turn @ local + bones[bone, :3, 3], turn @ out))
    return found


def _reach(hand: TestedHand, vector: Array, names: tuple[str, ...], targets: Array) -> Array:
    """(29,) angles with which places are at (n, 3) targets, as nearly as the joints can."""
    own = {name.split("_")[0] for name in names}
    ease = np.zeros(29)
    for finger in own & set(FINGERS):
        ease[PART_SLICES[finger]] = 1.0
    skin = [place_on_skin(hand.surface, name) for name in names]
    for _ in range(8):
        bones = posed_bones(hand.posing, vector[None])[0]
        axes: JointAxes = joint_axes(HandAngles.from_vector(vector), bones)
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
