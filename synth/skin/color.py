"""Colour of five skins in CIELAB (D65, 2°), put together from where pigment and blood are.

The individual typology angle ITA = atan((L* − 50) / b*) classes skins (Chardon, Cretois and
Hourseau, Int. J. Cosmet. Sci. 13, 1991): very light > 55° > light > 41° > intermediate > 28° >
tan > 10° > brown > −30° > dark; `dark` below is brown, near its dark border. The backs' colours are
round values inside a class, chosen by the project and not taken from a survey; the palms' are
chosen by eye on photographs: palms hold little melanin whatever the person's tone, so they differ
much less than the backs.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from synth.skin.blood import MEAN_BLOOD
from synth.skin.features import Features
from synth.skin.noise import Field, smoothstep

Lab = tuple[float, float, float]

SKINS = ("very_light", "light", "intermediate", "tan", "dark")


@dataclass(frozen=True)
class SkinTone:
    """CIELAB colours, and differences (ΔL*, Δa*, Δb*) at full strength of what causes them.

    Attributes:
        back, palm, nail: mean colours.
        blood: of one unit of `blood`.
        pigment: of one deviation of the pigment's mottling.
        knuckle: over the back of a joint.
        fold: in the valleys between knuckle folds.
        crease: in a flexion crease of the palm side.
        rim: the skin around a nail.
        hair: colour of a hair (not a difference).
    """

    back: Lab
    palm: Lab
    nail: Lab
    blood: Lab
    pigment: Lab
    knuckle: Lab
    fold: Lab
    crease: Lab
    rim: Lab
    hair: Lab


TONES = {
    "very_light": SkinTone(
        (70.5, 8.5, 13.0), (72.0, 12.5, 12.0), (71.0, 14.5, 11.0), (-12.0, 16.0, 1.0),
        (-0.8, 0.3, 0.6), (-1.5, 2.0, 0.8), (-7.0, 4.0, 1.5), (-9.0, 7.0, 2.5),
        (-3.0, 4.0, 1.0), (46.0, 7.0, 18.0),
    ),
    "light": SkinTone(
        (66.0, 10.0, 15.8), (69.5, 13.0, 14.0), (69.0, 14.5, 12.0), (-12.0, 15.0, 1.0),
        (-1.0, 0.4, 0.6), (-2.5, 2.0, 1.2), (-8.0, 4.0, 2.0), (-10.5, 6.5, 3.0),
        (-4.0, 4.0, 1.5), (34.0, 6.0, 12.0),
    ),
    "intermediate": SkinTone(
        (61.0, 11.0, 17.6), (67.5, 13.2, 16.0), (66.5, 13.5, 13.5), (-11.5, 13.5, 1.0),
        (-1.2, 0.4, 0.5), (-4.5, 1.8, 1.2), (-9.0, 3.5, 1.5), (-12.5, 6.0, 3.0),
        (-5.0, 3.0, 1.0), (25.0, 4.0, 7.0),
    ),
    "tan": SkinTone(
        (54.8, 12.0, 18.8), (64.5, 13.8, 17.0), (61.0, 13.5, 14.5), (-11.0, 12.0, 0.5),
        (-1.5, 0.3, 0.3), (-6.5, 1.0, 0.2), (-9.5, 1.5, -0.5), (-15.0, 4.5, 2.0),
        (-7.0, 1.5, -0.5), (18.0, 2.0, 4.0),
    ),
    "dark": SkinTone(
        (41.5, 11.5, 15.8), (58.5, 14.0, 17.5), (51.0, 12.0, 14.5), (-8.5, 8.0, 0.0),
        (-1.7, 0.0, -0.3), (-6.5, -0.8, -2.2), (-7.0, -1.2, -2.5), (-19.0, 1.0, 0.5),
        (-7.5, -0.5, -2.0), (12.0, 1.0, 2.0),
    ),
}  # fmt: skip

#: Changes that a shader makes over the maps, at full strength of their mask.
_VEIN: Lab = (-5.0, -4.0, -5.5)
_SPOT_LIGHT: Lab = (-14.0, 3.5, 6.0)
_SPOT_DARK: Lab = (-11.0, -1.5, -4.0)


def color_image(found: Features, name: str) -> Field:
    """(N, 3) sRGB, 0 … 1, without veins and spots, which the shader adds."""
    tone = TONES[name]
    lab = _lab(found, tone)
    # The means are the tone's colours, whatever the details add to them.
    bare, palm = 1 - found.nails.plate, found.parts.glabrous
    for color, weight, skin in (
        (tone.back, back_of_hand(found), bare * (1 - palm)),
        (tone.palm, palm_of_hand(found), bare * palm),
    ):
        shift = np.asarray(color) - weight @ lab / weight.sum()
        lab += skin[:, None] * shift.astype(np.float32)
    return lab_to_srgb(lab)


def back_of_hand(found: Features) -> Field:
    """(N,) weight of the plain skin on the back of the hand."""
    parts = found.parts
    plain = (1 - parts.forearm) * np.clip(1 - parts.finger.sum(1), 0, 1)
    return plain * smoothstep(-0.3, -0.7, parts.palmar)


def palm_of_hand(found: Features) -> Field:
    """(N,) weight of the palm's skin."""
    parts = found.parts
    return (
        parts.glabrous * np.clip(1 - parts.finger.sum(1), 0, 1) * smoothstep(0.3, 0.7, parts.palmar)
    )


def _lab(found: Features, tone: SkinTone) -> Field:
    parts, nails, mottling = found.parts, found.nails, found.mottling
    palm = parts.glabrous

    def of(color: Lab) -> NDArray[np.float32]:
        return np.asarray(color, dtype=np.float32)

    lab = of(tone.back) + palm[:, None] * (of(tone.palm) - of(tone.back))
    # The inner forearm sees less sun than its back.
    inner = parts.forearm * smoothstep(-0.4, 0.7, parts.palmar)
    lab += inner[:, None] * (0.35 * (of(tone.palm) - of(tone.back)) + of((1.5, -0.6, 0.3)))
    lab -= (parts.forearm * (1 - palm))[:, None] * of((0.8, -0.2, -0.8))
    contrast = tone.palm[0] - tone.back[0]
    lab += (found.blood - MEAN_BLOOD)[:, None] * of(tone.blood)
    pigment = mottling.pigment + 0.7 * mottling.patches
    lab += (pigment * (1 - 0.75 * palm))[:, None] * of(tone.pigment)
    lab[:, 0] += mottling.speckle * (1.1 - 0.2 * palm)
    lab[:, 2] += 0.5 * palm * mottling.patches
    lab += found.knuckles.patch[:, None] * of(tone.knuckle)
    lab += np.clip(found.knuckles.folds, 0, 1)[:, None] * of(tone.fold)
    # A dark narrow core in a wide, faint shade; the small lines are fainter.
    narrow = np.clip(found.creases.main, 0, 1)
    crease = 0.50 * narrow + 0.22 * np.power(narrow, np.float32(0.38))
    crease = np.maximum(crease, 0.60 * found.creases.fine)
    lab += crease[:, None] * of(tone.crease)
    # Pigment thickens beside the palm's border on darker skins.
    border = 4 * palm * (1 - palm) * (1 - parts.forearm)
    lab[:, 0] -= 0.10 * contrast * border
    lab += nails.rim[:, None] * of(tone.rim)
    lab += (0.22 * found.hair * (1 - palm))[:, None] * (of(tone.hair) - lab)
    _nails(lab, found, tone)
    return lab


def _nails(lab: Field, found: Features, tone: SkinTone) -> None:
    nails = found.nails
    plate = np.asarray(tone.nail, dtype=np.float32)
    color = np.broadcast_to(plate, lab.shape).copy()
    color[:, 0] += 0.5 * nails.ridges + 0.8 * found.mottling.pigment
    color[:, 1] += 0.9 * found.mottling.patches
    lunula = plate + np.array([4.5, -5.5, -1.5], np.float32)
    color += (0.65 * nails.lunula)[:, None] * (lunula - color)
    edge = np.array([0.55 * tone.nail[0] + 37.0, 1.5, 9.0], np.float32)
    color += (0.7 * nails.edge)[:, None] * (edge - color)
    lab += nails.plate[:, None] * (color - lab)
    lab += nails.fold[:, None] * np.array([-6.0, 1.5, 1.0], np.float32)


def ita_degrees(lab: NDArray[np.floating]) -> float:
    """Individual typology angle of a CIELAB colour."""
    return float(np.degrees(np.arctan2(lab[0] - 50, lab[2])))


def lab_to_srgb(lab: Field) -> Field:
    """(N, 3) gamma-coded sRGB in 0 … 1 from CIELAB."""
    return cv2.cvtColor(lab.astype(np.float32)[None], cv2.COLOR_Lab2RGB)[0].clip(0, 1)


def srgb_to_lab(rgb: Field) -> Field:
    """(N, 3) CIELAB from gamma-coded sRGB in 0 … 1."""
    return cv2.cvtColor(rgb.astype(np.float32)[None], cv2.COLOR_RGB2Lab)[0]


def shader_tints(name: str) -> dict[str, tuple[float, float, float]]:
    """Factors on linear RGB for one more unit of `blood`, and full `veins` and `spots`."""
    tone = TONES[name]
    middle = 0.5 * (np.asarray(tone.back) + np.asarray(tone.palm))
    darkness = SKINS.index(name) / (len(SKINS) - 1)
    spot = (1 - darkness) * np.asarray(_SPOT_LIGHT) + darkness * np.asarray(_SPOT_DARK)
    vein = np.asarray(_VEIN) * (1 - 0.55 * darkness)
    changes = {
        "blood": (middle, np.asarray(tone.blood)),
        "veins": (np.asarray(tone.back), vein),
        "spots": (np.asarray(tone.back), spot),
    }
    out = {}
    for key, (color, change) in changes.items():
        both = lab_to_srgb(np.array([color, color + change], np.float32)).astype(np.float64)
        linear = np.where(both <= 0.04045, both / 12.92, ((both + 0.055) / 1.055) ** 2.4)
        red, green, blue = (float(f) for f in linear[1] / linear[0])
        out[key] = (red, green, blue)
    return out
