"""Tattoos and henna: where on the hand which motifs go, one function per variant.

Positions are millimetres of `synth.skin.ink.Canvases`, those of the average hand.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from synth.hand.model import HandModel
from synth.skin.anatomy import Anatomy
from synth.skin.ink import Canvases, circle, laid_on, new_canvases
from synth.skin.motifs import (
    band,
    blade,
    flower,
    letter,
    mandala,
    petal,
    rose,
    script,
    star,
    tribal,
    turned,
    vine,
)
from synth.skin.noise import Field, fractal, within
from synth.skin.position_maps import Texels

#: Ink spreads in the skin: standard deviation in millimetres of a fresh line's edge.
_INK_SPREAD = 0.14
_STAIN_SPREAD = 0.16
_PER_MM = 8.0


def tattoo(model: HandModel, texels: Texels, parts: Anatomy, variant: int) -> Field:
    """(N,) 0 … 1: how much ink lies in the skin."""
    page = new_canvases(model, parts)
    rng = np.random.Generator(np.random.PCG64(9000 + variant))
    _TATTOOS[variant % len(_TATTOOS)](page, rng)
    ink = laid_on(_soft(page, _INK_SPREAD), texels, parts)
    # Ink is uneven: it fades where the skin was worked less, and over the joints.

    def patches(at: Field) -> Field:
        return fractal(at, 0.004, 9100 + variant, 2)

    uneven = 0.88 + 0.12 * np.tanh(within(ink > 0, texels.position, patches))
    return (ink * uneven).astype(np.float32)


def henna(model: HandModel, texels: Texels, parts: Anatomy, variant: int) -> Field:
    """(N,) 0 … 1: how dark the stain is; the palm's thick skin takes it best."""
    page = new_canvases(model, parts)
    rng = np.random.Generator(np.random.PCG64(9200 + variant))
    _HENNAS[variant % len(_HENNAS)](page, rng)
    stain = laid_on(_soft(page, _STAIN_SPREAD), texels, parts)

    def patches(at: Field) -> Field:
        return fractal(at, 0.006, 9300 + variant, 3)

    uneven = 0.85 + 0.12 * np.tanh(within(stain > 0, texels.position, patches))
    return (stain * uneven * (0.75 + 0.25 * parts.glabrous)).astype(np.float32)


def _soft(page: Canvases, spread: float) -> Canvases:
    for one in (page.back, page.palm, page.arm, *page.fingers):
        cv2.GaussianBlur(one.pixels, (0, 0), spread * _PER_MM, dst=one.pixels)
    return page


def _roses(page: Canvases, rng: np.random.Generator) -> None:
    rose(page.back, (-6, 56), 17, rng)
    vine(page.back, [(-4, 34), (2, 20), (-3, 6), (2, -12)], rng, 7.0, 0.6)
    vine(page.arm, [(0, 2), (6, -25), (-6, -60), (4, -95), (-4, -130)], rng, 11.0, 0.8)
    rose(page.arm, (0, -75), 20, rng)


def _tribal_back(page: Canvases, rng: np.random.Generator) -> None:
    tribal(page.back, (-34, 18), (26, 84), rng)
    tribal(page.arm, (-45, -150), (45, -15), rng)
    tribal(page.arm, (-35, -110), (35, -20), rng)


def _letters(page: Canvases, rng: np.random.Generator) -> None:
    words = ("AMOH", "TIXY", "VHTA")
    for finger, name in zip(range(1, 5), str(rng.choice(words)), strict=True):
        reach = page.lengths[finger]
        letter(page.fingers[finger], (0, 0.72 * reach[0]), 8.5, name, 1.4)
    star(page.back, (14, 36), 9)
    page.back.line([(-30, 60), (-16, 60)], 0.8)
    page.back.line([(-23, 68), (-23, 50)], 0.8)
    script(page.arm, (4, -22), (-2, -130), 9, rng)
    script(page.arm, (16, -30), (12, -120), 9, rng)


def _sleeve(page: Canvases, rng: np.random.Generator) -> None:
    page.arm.fill([(-200, -262), (200, -262), (200, 4), (-200, 4)], 90)
    for y in np.arange(-240, 0, 30):
        for x in np.arange(-88, 88, 44) + 15 * ((y // 30) % 2):
            choice = rng.uniform()
            spot = (x + rng.normal(0, 3), y + rng.normal(0, 3))
            page.arm.dot(spot, 17, 0)
            if choice < 0.35:
                rose(page.arm, spot, 15, rng)
            elif choice < 0.7:
                mandala(page.arm, spot, 16, rng, 0.6)
            else:
                star(page.arm, spot, 14)
    mandala(page.back, (-5, 48), 27, rng, 0.6)
    for finger in range(1, 5):
        reach = page.lengths[finger]
        for share in (0.62, 0.92):
            band(page.fingers[finger], share * reach[0], 14, "zigzag", 4.0)
        mandala(page.fingers[finger], (0, reach[0] + 0.45 * reach[1]), 5.5, rng, 0.4)


def _small_ones(page: Canvases, rng: np.random.Generator) -> None:
    for finger in range(5):
        reach = page.lengths[finger]
        last = page.fingers[finger]
        middle = (0.0, 0.68 * float(reach[0]))
        kind = rng.integers(6)
        if kind == 0:
            for dy in (-3.5, 0, 3.5):
                last.dot((0, middle[1] + dy), 0.9)
        elif kind == 1:
            last.line([(0, middle[1] - 5), (0, middle[1] + 5)], 0.7)
            last.line([(-3, middle[1] + 2), (3, middle[1] + 2)], 0.7)
        elif kind == 2:
            last.fill(4.0 * circle(24) + middle)
            last.fill(3.6 * circle(24) + [1.8, middle[1] + 1], 0)
        elif kind == 3:
            for side in (-1, 1):
                heart = turned(petal(7.5, 6.0), side * 0.55, (0, middle[1] - 3.5))
                last.fill(heart)
        elif kind == 4:
            band(last, middle[1], 30, "solid", 2.0)
            band(last, middle[1] + 3.2, 30, "solid", 0.7)
        else:
            last.line(
                [(-3.5, middle[1] - 3), (0, middle[1] + 4), (3.5, middle[1] - 3)], 0.6, 255, True
            )
    star(page.back, (20, 42), 5)
    flower(page.back, (-12, 62), 9, 0.5)
    band(page.arm, -34, 120, "solid", 6)
    band(page.arm, -46, 120, "solid", 2.5)


def _swallow(page: Canvases, rng: np.random.Generator) -> None:
    """A bird across the back of the hand, and a pierced heart's worth of dots around it."""
    for side, lean in ((1, 0.35), (-1, -0.2)):
        wing = [(0, 58), (side * 13, 66 + 10 * lean), (side * 30, 58 + 22 * lean)]
        blade(page.back, np.array(wing) + [-4, 0], 11)
        for number in range(4):
            feather = [(side * (6 + 5 * number), 60), (side * (9 + 5 * number), 50 - number)]
            blade(page.back, np.array([feather[0], np.mean(feather, 0), feather[1]]) + [-4, 0], 3)
    blade(page.back, [(-4, 76), (-3, 60), (-5, 40)], 12)
    for side in (-1, 1):
        blade(page.back, [(-5, 46), (-5 + side * 5, 34), (-5 + side * 10, 22)], 4)
    for spot in rng.uniform((-30, 14), (24, 84), (26, 2)):
        page.back.dot(spot, 0.7, 200)
    mandala(page.arm, (0, -70), 34, rng, 0.8)
    band(page.arm, -115, 120, "diamonds", 9)


def _henna_fingers(
    page: Canvases, rng: np.random.Generator, tips: float, fingers: tuple[int, ...]
) -> None:
    """Dyed fingertips from `tips` of the last segment on, and bands below."""
    for finger in range(5):
        reach = page.lengths[finger]
        total, last = float(reach.sum()), page.fingers[finger]
        start = total - (1.0 - tips) * float(reach[-1])
        last.fill([(-40, start), (40, start), (40, total + 8), (-40, total + 8)])
        band(last, start - 3.0, 34, "dots", 2.2)
        if finger not in fingers:
            continue
        for number, joint in enumerate(np.cumsum(reach)[:-1]):
            band(last, joint - 2.5, 34, str(rng.choice(["zigzag", "diamonds", "dots"])), 4.5)
            if number:
                flower(last, (0, joint - 0.5 * reach[number]), 5.0, 0.5)
        vine(last, [(0, 0.55 * reach[0]), (1, 0.75 * reach[0]), (0, reach[0] - 4)], rng, 4.0, 0.5)


def _cuff(page: Canvases, rng: np.random.Generator) -> None:
    for at, kind, height in (
        (-22.0, "zigzag", 5.0),
        (-30.0, "dots", 4.0),
        (-44.0, "diamonds", 8.0),
        (-52.0, "dots", 3.5),
    ):
        band(page.arm, at, 120, kind, height)
    for x in np.arange(-110, 110, 13.0):
        shape = turned(petal(12, 9), np.pi, (x, -53))
        page.arm.line(shape, 0.6, 255, True)
        page.arm.dot((x, -60), 1.6)


def _bridal(page: Canvases, rng: np.random.Generator) -> None:
    mandala(page.back, (-5, 55), 22, rng, 0.7)
    mandala(page.palm, (-5, 50), 25, rng, 0.8)
    for side in (-1, 1):
        course = [(side * 16, 34), (side * 22 - 4, 20), (side * 12, 4), (side * 16, -10)]
        vine(page.back, course, rng, 6.0, 0.6)
        vine(page.palm, course, rng, 6.0, 0.6)
    _henna_fingers(page, rng, 0.35, (0, 1, 2, 3, 4))
    _cuff(page, rng)


def _diagonal(page: Canvases, rng: np.random.Generator) -> None:
    course = [(25, 92), (12, 66), (2, 44), (-12, 20), (-14, -4), (-6, -30)]
    vine(page.back, course, rng, 9.0, 0.8)
    vine(page.back, np.array(course) + [7, 2], rng, 6.0, 0.6)
    flower(page.back, (8, 58), 10, 0.6)
    vine(page.palm, [(24, 88), (8, 66), (-8, 42), (-10, 14)], rng, 8.0, 0.7)
    vine(page.arm, [(-8, 2), (-4, -26), (4, -56), (0, -90)], rng, 11.0, 0.9)
    _henna_fingers(page, rng, 0.75, (1,))


def _plain_discs(page: Canvases, rng: np.random.Generator) -> None:
    page.palm.fill(14 * circle() + [-4, 52])
    page.palm.line(17.5 * circle(64) + [-4, 52], 1.0, 255, True)
    for spot in 21.5 * circle(18) + [-4, 52]:
        page.palm.dot(spot, 1.5)
    page.back.fill(10 * circle() + [-5, 56])
    for spot in 14.5 * circle(12) + [-5, 56]:
        page.back.dot(spot, 1.5)
    _henna_fingers(page, rng, -0.05, ())


_TATTOOS: tuple[Callable[[Canvases, np.random.Generator], None], ...] = (
    _roses,
    _tribal_back,
    _letters,
    _sleeve,
    _small_ones,
    _swallow,
)
_HENNAS: tuple[Callable[[Canvases, np.random.Generator], None], ...] = (
    _bridal,
    _diagonal,
    _plain_discs,
)
TATTOO_VARIANTS = len(_TATTOOS)
HENNA_VARIANTS = len(_HENNAS)
