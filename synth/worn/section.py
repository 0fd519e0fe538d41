"""Cross sections of a person's skin at rest, in the frame of a bone.

Directions about a bone's +Y are angles from its +Z (the palm's side) to its +X, as in
`synth.scene.Ornament.azimuth`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synth.hand.model import HandModel, HandShape
from synth.hand.recipe import SKINNED_BONES

Array = NDArray[np.float64]

#: Share of the skin weight that a limb's bones must have in all corners of its faces.
_OWN_SHARE = 0.5


def bone_frame(shape: HandShape, bone: str) -> Array:
    """(4, 4) rest matrix of a bone of SKINNED_BONES in the wrist frame."""
    return np.concatenate([shape.bone_rest, shape.arm_rest])[SKINNED_BONES.index(bone)]


def limb_weight(model: HandModel, bone: str) -> Array:
    """(V,) share of the skin weight that the bone's limb has: its finger, or wrist and forearm."""
    limb = bone.split("_")[0]
    names = [
        name.startswith(limb) and not name.endswith("metacarpal")
        if limb not in ("wrist", "forearm")
        else name.split("_")[0] in ("wrist", "forearm")
        for name in SKINNED_BONES
    ]
    return model.weights[:, names].sum(1)


def skin_radius(
    model: HandModel, shape: HandShape, bone: str, along: Array, angles: Array
) -> Array:
    """(R, A) metres from the bone's axis to its limb's skin.

    Args:
        along: (R,) metres from the bone's head along its +Y.
        angles: (A,) radians, see above.

    Raises:
        ValueError: no skin lies around the axis there.
    """
    frame = bone_frame(shape, bone)
    points = (shape.vertices - frame[:3, 3]) @ frame[:3, :3]
    own = limb_weight(model, bone) > _OWN_SHARE
    if bone.startswith(("wrist", "forearm")):
        own |= points[:, 1] > -0.01  # the carpus takes over before the forearm's head
        own &= limb_weight(model, "thumb_proximal") < _OWN_SHARE
    faces = model.faces[own[model.faces].all(1)]
    triangles = points[np.concatenate([faces[:, [0, 1, 2]], faces[:, [0, 2, 3]]])]
    return np.stack([_ring(triangles, float(y), angles) for y in along])


def _ring(triangles: Array, y: float, angles: Array) -> Array:
    """(A,) distances at which rays in the plane at height y leave the triangles (T, 3, 3)."""
    above = triangles[:, :, 1] > y
    crossing = triangles[above.any(1) & ~above.all(1)]
    above = crossing[:, :, 1] > y
    # The corner that is alone on its side first: both edges from it cross the plane.
    alone = np.where(above.sum(1) == 1, above.argmax(1), (~above).argmax(1))
    rows = np.arange(len(crossing))
    tip, left, right = (crossing[rows, (alone + k) % 3] for k in range(3))

    def cut(end: Array) -> Array:
        share = (y - tip[:, 1]) / (end[:, 1] - tip[:, 1])
        return (tip + share[:, None] * (end - tip))[:, [2, 0]]  # (z, x): angles start at +Z

    start, step = cut(left), cut(right) - cut(left)
    ray = np.stack([np.cos(angles), np.sin(angles)], 1)
    # start + t · step = r · ray, for every pair of segment and ray.
    scale = step[:, None, 0] * ray[None, :, 1] - step[:, None, 1] * ray[None, :, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        t = (start[:, None, 1] * ray[None, :, 0] - start[:, None, 0] * ray[None, :, 1]) / scale
        r = (start[:, None, 1] * step[:, None, 0] - start[:, None, 0] * step[:, None, 1]) / scale
    hit = (t >= -1e-9) & (t <= 1 + 1e-9) & (r > 0)
    reach = np.where(hit, r, -np.inf).max(0, initial=-np.inf)
    seen = np.isfinite(reach)
    if not seen.any():
        raise ValueError(f"no skin about the bone {y:.3f} m from its head")
    return np.interp(angles, angles[seen], reach[seen], period=2 * np.pi)


def stiff(radius: Array, orders: int, cut: float) -> Array:
    """(A,) a smooth closed curve around a section (A,) at equal angles.

    Args:
        orders: of the Fourier series that it keeps: 0 a circle, 2 an ellipse, more for what gives.
        cut: metres that the skin may stand out of it where it presses most.
    """
    spectrum = np.fft.rfft(radius)
    spectrum[orders + 1 :] = 0
    curve = np.fft.irfft(spectrum, len(radius))
    return np.asarray(curve + (radius - curve).max() - cut)
