"""The 36 blendshapes as displacements of the average hand's vertices.

Each is a smooth field written down here, not sculpted, so that it can be read, changed and
transferred to another mesh. Weight +1 is the largest departure that looks like a person's hand;
−1 is its mirror image.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from synth.landmarks import BLENDSHAPES, BONES, FINGERS, LONG_FINGERS

_PHALANX_GROWTH = 0.16  # relative girth at weight 1
_JOINT_GROWTH = 0.15
_BULGE = 0.0045  # metres, thenar and hypothenar
_WEB_ADVANCE = 0.004  # metres
_PALM_GROWTH = {"palm_thickness": 0.15, "palm_width": 0.10, "palm_length": 0.09}
_WRIST_GROWTH = 0.13

Array = NDArray[np.float64]


def blendshape_deltas(
    vertices: Array, faces: NDArray[np.int32], weights: Array, joints: Array, names: list[str]
) -> Array:
    """(36, V, 3) displacements in metres, rows as `synth.landmarks.BLENDSHAPES`.

    Args:
        vertices: (V, 3) average hand in the wrist frame.
        faces: (F, 4).
        weights: (V, B) skin weights; the first 24 columns are `BONES`.
        joints: (J, 3) joint centres in the wrist frame, rows as `names`.
    """
    at = {name: joints[row] for row, name in enumerate(names)}
    fields = {
        **_phalanx_girths(vertices, weights, at),
        **_joint_girths(vertices, weights, at),
        **_palm(vertices, weights, at),
    }
    deltas = np.stack([fields[name] for name in BLENDSHAPES])
    return _smooth(deltas, faces, len(vertices))


def _chain(finger: str, at: dict[str, Array]) -> list[Array]:
    joints = ("mcp", "ip", "end") if finger == "thumb" else ("mcp", "pip", "dip", "end")
    return [at[f"{finger}_{joint}"] for joint in joints]


def _radial(vertices: Array, a: Array, b: Array) -> tuple[Array, Array]:
    """Offset of each vertex from the line a–b, and its position along it (0 at a, 1 at b)."""
    axis = b - a
    t = (vertices - a) @ axis / (axis @ axis)
    return vertices - a - t[:, None] * axis, t


def _membership(weights: Array, finger: str) -> Array:
    """How much a vertex belongs to the finger's phalanges (without the metacarpal)."""
    columns = [
        i
        for i, bone in enumerate(BONES)
        if bone.startswith(finger) and not bone.endswith("metacarpal")
    ]
    return weights[:, columns].sum(1)


def _phalanx_girths(vertices: Array, weights: Array, at: dict[str, Array]) -> dict[str, Array]:
    out = {}
    for finger in FINGERS:
        chain = _chain(finger, at)
        segments = (
            ("proximal", "distal")
            if finger == "thumb"
            else (
                "proximal",
                "intermediate",
                "distal",
            )
        )
        own = _membership(weights, finger)
        for segment, a, b in zip(segments, chain[:-1], chain[1:], strict=True):
            radial, t = _radial(vertices, a, b)
            if segment == "distal":  # the whole fingertip, rounded off at the end by the mesh
                bump = _ramp(t, -0.15, 0.35)
            else:
                bump = _ramp(t, -0.15, 0.3) * _ramp(-t, -1.15, -0.7)
            out[f"{finger}_{segment}_girth"] = _PHALANX_GROWTH * (own * bump)[:, None] * radial
    return out


def _joint_girths(vertices: Array, weights: Array, at: dict[str, Array]) -> dict[str, Array]:
    out = {}
    for finger in FINGERS:
        chain = _chain(finger, at)
        kinds = ("mcp", "ip") if finger == "thumb" else ("mcp", "pip", "dip")
        for order, kind in enumerate(kinds):
            a, b = chain[order], chain[order + 1]
            radial, t = _radial(vertices, a, b)
            along = t * np.linalg.norm(b - a)
            # Inside the palm only the knuckle's own surroundings swell, not its neighbours.
            near = np.exp(-((np.linalg.norm(radial, axis=1) / 0.016) ** 4))
            bump = np.exp(-((along / 0.0075) ** 2))
            own = near if kind == "mcp" else _membership(weights, finger)
            out[f"{finger}_{kind}_girth"] = _JOINT_GROWTH * (own * bump)[:, None] * radial
    return out


def _palm(vertices: Array, weights: Array, at: dict[str, Array]) -> dict[str, Array]:
    reach = at["middle_mcp"][1]
    fingers = {finger: _membership(weights, finger) for finger in FINGERS}
    palm_share = np.clip(1.0 - sum(fingers.values()), 0.0, 1.0)

    def carried(field: object) -> Array:
        """The field on the palm; each finger is moved as a whole by its knuckle's displacement."""
        moved = palm_share[:, None] * field(vertices)  # type: ignore[operator]
        for finger, own in fingers.items():
            moved += own[:, None] * field(at[f"{finger}_mcp"][None])  # type: ignore[operator]
        return moved

    def grows(p: Array) -> Array:
        return _ramp(p[:, 1] / reach, -0.1, 0.5)[:, None]

    out = {
        "palm_thickness": carried(
            lambda p: _PALM_GROWTH["palm_thickness"] * grows(p) * p * [0, 0, 1]
        ),
        "palm_width": carried(lambda p: _PALM_GROWTH["palm_width"] * grows(p) * p * [1, 0, 0]),
        "palm_length": carried(
            lambda p: _PALM_GROWTH["palm_length"] * np.clip(p, [0, 0, 0], None) * [0, 1, 0]
        ),
    }

    def bulge(center: Array, radius: float, direction: Array) -> Array:
        amount = np.exp(-(np.linalg.norm(vertices - center, axis=1) ** 2) / (2 * radius**2))
        return _BULGE * amount[:, None] * direction / np.linalg.norm(direction)

    thumb_ball = (at["thumb_cmc"] + at["thumb_mcp"]) / 2 + [0.0, 0.0, 0.012]
    heel = 0.55 * at["little_mcp"] + [-0.006, 0.0, 0.012]
    out["thenar"] = bulge(thumb_ball, 0.014, np.array([0.25, 0.0, 1.0]))
    out["hypothenar"] = bulge(heel, 0.014, np.array([-0.4, 0.0, 1.0]))

    webs = np.zeros_like(vertices)
    for a, b in pairwise(LONG_FINGERS):
        mcp = (at[f"{a}_mcp"] + at[f"{b}_mcp"]) / 2
        pip = (at[f"{a}_pip"] + at[f"{b}_pip"]) / 2
        web = mcp + 0.45 * (pip - mcp)
        near = np.exp(-(np.linalg.norm(vertices - web, axis=1) ** 2) / (2 * 0.006**2))
        webs += _WEB_ADVANCE * near[:, None] * (pip - mcp) / np.linalg.norm(pip - mcp)
    out["finger_webbing"] = webs

    ring = np.exp(-((vertices[:, 1] / 0.022) ** 2))[:, None] * palm_share[:, None]
    out["wrist_width"] = _WRIST_GROWTH * ring * vertices * [1, 0, 0]
    out["wrist_thickness"] = _WRIST_GROWTH * ring * vertices * [0, 0, 1]
    return out


def _ramp(t: Array, low: float, high: float) -> Array:
    """0 below `low`, 1 above `high`, smooth between (cubic)."""
    s = np.clip((t - low) / (high - low), 0.0, 1.0)
    return s * s * (3.0 - 2.0 * s)


def _smooth(deltas: Array, faces: NDArray[np.int32], count: int) -> Array:
    """One pass of averaging with the neighbours, so that no field leaves an edge on the skin."""
    total = np.zeros_like(deltas)
    degree = np.zeros(count)
    for i in range(4):
        a, b = faces[:, i], faces[:, (i + 1) % 4]
        for source, target in ((a, b), (b, a)):
            for k in range(len(deltas)):
                np.add.at(total[k], target, deltas[k, source])
            np.add.at(degree, target, 1.0)
    return 0.5 * deltas + 0.5 * total / np.maximum(degree, 1.0)[:, None]
