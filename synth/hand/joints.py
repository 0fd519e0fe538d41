"""Where the joints are inside the mesh: a regressor from vertices to joint centres.

PIP, DIP and the thumb's MCP and IP lie, along the finger, where the template's rig has them (at
the modelled creases); across it, at the centroid of the flesh's cross-section. The template's
knuckles are 15 mm too far out, at the webs: MCPs, and the joints of the carpus, are placed by the
proportions of real bones instead. The regressor is fitted on the average hand and then holds for
every shape, because it averages a ring of vertices around the joint.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from synth.landmarks import BONES, FINGERS, LONG_FINGERS

Array = NDArray[np.float64]

#: Depth of a metacarpal head or base between the back (0) and the palm (1) of the hand. The
#: bones run nearer to the back, the flexor tendons and the palm's pads lie below them.
_KNUCKLE_DEPTH = 0.45
_RING_VERTICES = 36
#: Proximal ÷ intermediate phalanx length (Buryanov and Kotiuk, Proportions of Hand Segments,
#: Int. J. Morphol. 28(3), 2010, table 1).
_PROXIMAL_RATIO = {
    "index": 39.78 / 22.38,
    "middle": 44.63 / 26.33,
    "ring": 41.37 / 25.65,
    "little": 32.74 / 18.11,
}
#: Thumb: metacarpal ÷ proximal phalanx (same table).
_THUMB_METACARPAL_RATIO = 46.22 / 31.57
#: Bases of the four metacarpals as a share of the way wrist → knuckle, and how far they keep the
#: knuckle's sideways position (the carpus is narrower than the row of knuckles).
_BASE_SHARE = 0.28
_BASE_SPREAD = 0.55
#: The thumb's CMC, at the trapezium: a share of wrist → index knuckle, then metres towards the
#: thumb's side and metres to the palm's side.
_TRAPEZIUM = (0.20, 0.015, 0.008)


def joint_names() -> list[str]:
    """Names of the regressor's rows: the wrist, the head of each bone, the skin's end of each
    finger, and the two ends of the forearm."""
    heads = [
        f"{bone.split('_')[0]}_{_HEAD_NAME[bone.split('_')[0] == 'thumb'][bone.split('_')[1]]}"
        for bone in BONES
        if not bone.endswith("tip")
    ]
    return ["wrist", *heads, *(f"{f}_end" for f in FINGERS), "forearm_middle", "elbow"]


_HEAD_NAME = {
    True: {"metacarpal": "cmc", "proximal": "mcp", "distal": "ip"},
    False: {"metacarpal": "cmc", "proximal": "mcp", "intermediate": "pip", "distal": "dip"},
}


#: TIP lies this far inside the skin's end, along the distal phalanx (about 5 mm).
TIP_DEPTH = 0.005


def bone_ends(bone: str, joints: Mapping[str, Array]) -> tuple[Array, Array]:
    """Head and tail of one of the 24 bones from joint centres by name; a tip bone goes from the
    landmark TIP to the skin's end."""
    finger, segment = bone.split("_")
    heads = _HEAD_NAME[finger == "thumb"]
    end = joints[f"{finger}_end"]
    last = joints[f"{finger}_{'ip' if finger == 'thumb' else 'dip'}"]
    tip = end - TIP_DEPTH * _unit(end - last)
    if segment == "tip":
        return tip, end
    segments = list(heads)
    after = segments.index(segment) + 1
    tail = tip if after == len(segments) else joints[f"{finger}_{heads[segments[after]]}"]
    return joints[f"{finger}_{heads[segment]}"], tail


def joint_regressor(
    vertices: NDArray[np.float64],
    faces: NDArray[np.int32],
    weights: NDArray[np.float64],
    heads: dict[str, NDArray[np.float64]],
    tails: dict[str, NDArray[np.float64]],
) -> tuple[NDArray[np.float64], list[str]]:
    """(J, V) regressor and the names of its rows.

    Args:
        vertices: (V, 3) average hand, metres.
        faces: (F, 4).
        weights: (V, B) skin weights, columns as `synth.hand.recipe.SKINNED_BONES`.
        heads, tails: bone ends of the template's rig by our bone names.
    """
    import trimesh

    names = joint_names()
    triangles = np.concatenate([faces[:, [0, 1, 2]], faces[:, [0, 2, 3]]])
    mesh = trimesh.Trimesh(vertices, triangles, process=False)
    bone_column = {bone: i for i, bone in enumerate(BONES)}
    across = heads["index_proximal"] - heads["little_proximal"]
    along = tails["middle_metacarpal"] - heads["middle_metacarpal"]
    palm_normal = np.cross(across, along)
    palm_normal /= np.linalg.norm(palm_normal)

    everywhere = np.ones(len(vertices), bool)
    regressor = np.zeros((len(names), len(vertices)))

    def put(name: str, target: Array, own: NDArray[np.bool_]) -> Array:
        regressor[names.index(name)] = _least_norm_row(vertices, target, own)
        return target

    def belongs(*bones: str) -> NDArray[np.bool_]:
        return weights[:, [bone_column[b] for b in bones]].sum(1) > 0.5

    wrist = heads["wrist"]
    radial = across / np.linalg.norm(across)
    knuckles = {}
    for finger in LONG_FINGERS:
        proximal, middle, distal = (
            f"{finger}_{segment}" for segment in ("proximal", "intermediate", "distal")
        )
        pip = put(
            f"{finger}_pip",
            _section_centre(mesh, heads[middle], _unit(tails[middle] - heads[proximal])),
            belongs(proximal, middle),
        )
        dip = put(
            f"{finger}_dip",
            _section_centre(mesh, heads[distal], _unit(tails[distal] - heads[middle])),
            belongs(middle, distal),
        )
        length = _PROXIMAL_RATIO[finger] * np.linalg.norm(dip - pip)
        knuckle = pip + length * _unit(heads[proximal] - pip)
        knuckles[finger] = put(
            f"{finger}_mcp", _between_back_and_palm(mesh, knuckle, palm_normal), everywhere
        )
    for finger, knuckle in knuckles.items():
        sideways = radial * ((knuckle - wrist) @ radial)
        base = wrist + _BASE_SHARE * (knuckle - wrist - sideways) + _BASE_SPREAD * sideways
        put(f"{finger}_cmc", _between_back_and_palm(mesh, base, palm_normal), everywhere)

    ip = put(
        "thumb_ip",
        _section_centre(
            mesh, heads["thumb_distal"], _unit(tails["thumb_distal"] - heads["thumb_proximal"])
        ),
        belongs("thumb_proximal", "thumb_distal"),
    )
    share, outwards, palmwards = _TRAPEZIUM
    cmc = wrist + share * (knuckles["index"] - wrist) + outwards * radial + palmwards * palm_normal
    put("thumb_cmc", cmc, everywhere)
    # A cut through the thumb's MCP also meets the palm: the centre comes from the free side. The
    # template's joint is moved along the thumb until metacarpal and phalanx have their ratio.
    guess = heads["thumb_proximal"]
    shares = np.linspace(-0.5, 0.5, 101)[:, None]
    candidates = guess + shares * (ip - guess)
    ratio = np.linalg.norm(candidates - cmc, axis=1) / np.linalg.norm(candidates - ip, axis=1)
    guess = candidates[np.argmin(np.abs(ratio - _THUMB_METACARPAL_RATIO))]
    put("thumb_mcp", _local_centre(mesh, guess, _unit(ip - guess)), everywhere)

    for finger in FINGERS:
        last = f"{finger}_distal"
        base = regressor[names.index("thumb_ip" if finger == "thumb" else f"{finger}_dip")]
        regressor[names.index(f"{finger}_end")] = _end_row(
            mesh, vertices, tails[last] - base @ vertices, weights[:, bone_column[last]] > 0.9
        )

    arm_axis = heads["wrist"] - heads["forearm_distal"]
    arm_axis /= np.linalg.norm(arm_axis)
    for name, point in (
        ("wrist", heads["wrist"]),
        ("forearm_middle", heads["forearm_distal"]),
        ("elbow", heads["forearm_distal"] * 0.25 + heads["forearm_proximal"] * 0.75),
    ):
        target = _section_centre(mesh, point, arm_axis)
        regressor[names.index(name)] = _least_norm_row(
            vertices, target, np.ones(len(vertices), bool)
        )
    return regressor, names


def _unit(vector: Array) -> Array:
    return vector / np.linalg.norm(vector)


def _end_row(mesh: object, vertices: Array, along: Array, own: NDArray[np.bool_]) -> Array:
    """Regressor row of the skin's end: the middle of the fingertip, slid out to the skin."""
    direction = _unit(along)
    reach = np.where(own, vertices @ direction, -np.inf)
    foremost = np.argsort(-reach)[:6]
    row = _least_norm_row(vertices, _end_centre(mesh, vertices, reach, direction), own)
    middle = row @ vertices @ direction
    shift = (reach[foremost[0]] - middle) / max(
        vertices[foremost].mean(0) @ direction - middle, 1e-4
    )
    row = (1 - shift) * row
    row[foremost] += shift / len(foremost)
    return row


def _local_centre(mesh: object, point: Array, normal: Array, radius: float = 0.02) -> Array:
    """Middle of the flesh around `point`, across `normal`, from rays to the skin.

    Rays that leave the limb sideways into the palm are longer than `radius` and are cut there.
    """
    side = _unit(np.cross(normal, [0.0, 0.0, 1.0] if abs(normal[2]) < 0.9 else [1.0, 0.0, 0.0]))
    up = np.cross(normal, side)
    angles = np.linspace(0, 2 * np.pi, 32, endpoint=False)
    directions = np.cos(angles)[:, None] * side + np.sin(angles)[:, None] * up
    centre = point
    for _ in range(8):
        locations, rays, _ = mesh.ray.intersects_location(  # type: ignore[attr-defined]
            np.tile(centre, (len(angles), 1)), directions, multiple_hits=False
        )
        distance = np.full(len(angles), radius)
        distance[rays] = np.minimum(np.linalg.norm(locations - centre, axis=1), radius)
        centre = centre + 0.5 * (directions * distance[:, None]).mean(0)
    return centre


def _section_centre(
    mesh: object, point: NDArray[np.float64], normal: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Centroid (of the area) of the cross-section loop around `point`."""
    section = mesh.section(plane_origin=point, plane_normal=normal)  # type: ignore[attr-defined]
    loops = [np.asarray(loop) for loop in section.discrete]
    loop = min(loops, key=lambda ring: np.linalg.norm(ring.mean(0) - point))
    side = np.cross(normal, [0.0, 0.0, 1.0] if abs(normal[2]) < 0.9 else [1.0, 0.0, 0.0])
    side /= np.linalg.norm(side)
    up = np.cross(normal, side)
    x, y = (loop - point) @ side, (loop - point) @ up
    cross = x * np.roll(y, -1) - np.roll(x, -1) * y
    area = cross.sum() / 2
    cx = ((x + np.roll(x, -1)) * cross).sum() / (6 * area)
    cy = ((y + np.roll(y, -1)) * cross).sum() / (6 * area)
    return point + cx * side + cy * up


def _between_back_and_palm(
    mesh: object, point: NDArray[np.float64], palm_normal: NDArray[np.float64]
) -> NDArray[np.float64]:
    """`point` moved along the palm's normal to the anatomical depth of the bone."""
    origins = np.stack([point - palm_normal * 0.1, point + palm_normal * 0.1])
    hits = []
    for origin, direction in zip(origins, (palm_normal, -palm_normal), strict=True):
        locations, _, _ = mesh.ray.intersects_location(  # type: ignore[attr-defined]
            origin[None], direction[None], multiple_hits=False
        )
        hits.append(locations[0])
    return hits[0] + _KNUCKLE_DEPTH * (hits[1] - hits[0])


def _end_centre(
    mesh: object,
    vertices: NDArray[np.float64],
    reach: NDArray[np.float64],
    direction: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Centre of the fingertip's cross-section 5 mm before the skin's end."""
    foremost = vertices[np.argmax(reach)]
    return _section_centre(mesh, foremost - 0.005 * direction, direction)


def _least_norm_row(
    vertices: NDArray[np.float64], target: NDArray[np.float64], own: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Weights w (sum 1, Σ w·v = target) nearest to equal weights on the closest vertices."""
    distance = np.where(own, np.linalg.norm(vertices - target, axis=1), np.inf)
    ring = np.argsort(distance)[:_RING_VERTICES]
    constraints = np.concatenate([vertices[ring].T, np.ones((1, len(ring)))])
    wanted = np.append(target, 1.0)
    equal = np.full(len(ring), 1.0 / len(ring))
    row = np.zeros(len(vertices))
    row[ring] = equal + np.linalg.pinv(constraints) @ (wanted - constraints @ equal)
    return row
