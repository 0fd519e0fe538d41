"""Made-up surroundings: rooms, desks, gardens, streets and lights, as a lens out of focus sees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from synth.photo import textures, things
from synth.photo.defocus import defocus
from synth.photo.textures import Picture, pink_noise
from synth.photo.tone import SRGB_TO_LINEAR

#: Longer side of what is drawn; larger pictures are enlarged from it.
_LARGEST_SIDE: Final = 512
#: Radius of the blur in pixels of what is drawn: what will be out of focus is drawn small.
_DRAWN_BLUR: Final = 1.3
#: The drawing is larger than the picture by this factor, so that it can be turned.
_MARGIN: Final = 1.25


def procedural_picture(rng: np.random.Generator, width: int, height: int) -> NDArray[np.float32]:
    """A picture (height, width, 3), linear RGB of mean 0.2; less at night."""
    draw = _SCENES[int(rng.choice(len(_SCENES), p=_SCENE_SHARES))]
    # Mostly well out of focus, now and then nearly sharp.
    radius = max(width, height) / 256 * rng.uniform(0.8, 2.7) ** 2
    shrink = min(1.0, _LARGEST_SIDE / max(width, height), _DRAWN_BLUR / radius)
    small_width, small_height = max(24, round(width * shrink)), max(24, round(height * shrink))
    drawn_height, drawn_width = round(small_height * _MARGIN), round(small_width * _MARGIN)
    linear = _look_at(rng, draw(rng, drawn_height, drawn_width), small_width, small_height)
    linear = defocus(linear, radius * small_width / width)
    if linear.shape[:2] != (height, width):
        linear = cv2.GaussianBlur(linear, (3, 3), 0.6, borderType=cv2.BORDER_REFLECT)
        linear = cv2.resize(linear, (width, height), interpolation=cv2.INTER_CUBIC)
    mean = max(float(linear.mean()), 1e-4)
    return cv2.max(linear, 0.0) * np.float32(min(4.0, 0.2 / mean))


def _look_at(rng: np.random.Generator, linear: Picture, width: int, height: int) -> Picture:
    """The drawing as a camera sees it that stands a little askew."""
    drawn_height, drawn_width = linear.shape[:2]
    degrees = rng.normal(0, 4) if rng.random() < 0.8 else rng.normal(0, 20)
    scale = rng.uniform(1.0, 1.6)
    center = (drawn_width / 2, drawn_height / 2)
    turn = np.vstack([cv2.getRotationMatrix2D(center, degrees, scale), [0, 0, 1]])
    tilt = np.eye(3)
    tilt[2, :2] = rng.normal(0, 0.12, 2) / (drawn_width, drawn_height)
    tilt[:2, 2] = 0
    to_middle = np.array([[1, 0, -center[0]], [0, 1, -center[1]], [0, 0, 1.0]])
    to_picture = np.array([[1, 0, width / 2], [0, 1, height / 2], [0, 0, 1.0]])
    matrix = to_picture @ tilt @ to_middle @ turn
    return cv2.warpPerspective(
        linear, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )


def _new_stage(surface: Picture) -> things.Stage:
    color = cv2.convertScaleAbs(np.clip(surface, 0, 1), alpha=255.0)
    return things.Stage(color, np.zeros((*color.shape[:2], 2), np.float32))


def _paste(stage: things.Stage, top: int, surface: Picture) -> None:
    """Lays a surface over all rows from `top` on."""
    stage.color[top:] = cv2.convertScaleAbs(np.clip(surface, 0, 1), alpha=255.0)
    stage.light[top:] = stage.next_light(0.0)


def _lit(rng: np.random.Generator, stage: things.Stage, contrast: float = 0.5) -> Picture:
    """Linear light of a stage under a lamp or window somewhere beside it."""
    height, width = stage.color.shape[:2]
    linear = cv2.LUT(stage.color, SRGB_TO_LINEAR)
    angle = rng.uniform(0, 2 * np.pi)
    toward_y, toward_x = np.float32(np.sin(angle)), np.float32(np.cos(angle))
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    stops = np.float32(rng.uniform(0, contrast)) * (toward_y * y + toward_x * x)
    soft = pink_noise(rng, max(8, height // 4), max(8, width // 4), coarsest=2, slope=1.6)
    soft = cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR)
    stops += np.float32(0.35 * contrast) * soft
    stops += np.float32(rng.uniform(0.01, 0.06)) * pink_noise(rng, height, width, 1, 24, 0.2)
    if stage.strokes:
        stops -= _shadows(rng, stage, angle)
    light = cv2.exp(stops)
    shine = np.ascontiguousarray(stage.light[..., 0])
    if shine.any():
        # Lamps and windows shine on what is beside them.
        glow = cv2.resize(shine, (32, 32), interpolation=cv2.INTER_AREA)
        glow = cv2.GaussianBlur(glow, (0, 0), rng.uniform(1.5, 5))
        light += np.float32(0.15) * cv2.resize(glow, (width, height))
        light = np.where(shine > 0, shine, light)
    warm = np.exp(rng.normal(0.02, 0.1) * np.array([0.6, 0.0, -1.0]))
    linear = cv2.transform(linear, np.diag(warm).astype(np.float32))
    linear *= light[..., None]
    return linear


def _shadows(rng: np.random.Generator, stage: things.Stage, angle: float) -> Picture:
    """Stops of shade, (H, W): things shade what is behind them, on the side away from the light,
    and are darker themselves towards that side."""
    height, width = stage.color.shape[:2]
    relief = np.ascontiguousarray(stage.light[..., 1])
    # A stroke more or ten: what stands before is not that much nearer.
    relief = cv2.sqrt(relief * np.float32(1 / stage.strokes))
    shade = np.zeros_like(relief)
    for reach in (0.015, 0.06):
        soft = max(0.8, reach * width)
        shift = np.array([[1, 0, -soft * np.cos(angle)], [0, 1, -soft * np.sin(angle)]], np.float32)
        moved = cv2.warpAffine(relief, shift, (width, height), borderMode=cv2.BORDER_REPLICATE)
        shade += cv2.blur(moved, (2 * round(soft) + 1,) * 2) - relief
    return np.clip(shade, -0.35, 1.2) * np.float32(rng.uniform(0.6, 1.8))


def _box(
    rng: np.random.Generator,
    height: int,
    width: int,
    size: tuple[float, float],
    aspect: tuple[float, float] = (0.6, 1.7),
    floor: float | None = None,
) -> things.Box:
    """A box somewhere in the picture, or standing on `floor`; sizes in parts of the width."""
    wide = rng.uniform(*size) * width
    high = wide * rng.uniform(*aspect)
    top = rng.uniform(-0.1, 0.9) * height if floor is None else floor - high
    return rng.uniform(-0.15, 0.95) * width, top, wide, high


def _room(rng: np.random.Generator, height: int, width: int) -> Picture:
    surface = _pick(rng, (textures.plaster, 0.75), (textures.tiles, 0.12), (textures.wood, 0.13))
    stage = _new_stage(surface(rng, height, width))
    floor = height * rng.uniform(0.6, 1.05)
    if floor < height:
        ground = _pick(rng, (textures.wood, 0.5), (textures.tiles, 0.2), (textures.cloth, 0.3))
        _paste(stage, int(floor), ground(rng, height - int(floor), width))
        things.fill(stage, (0, floor - 0.02 * height, width, 0.02 * height), textures.paint(rng))
    on_wall = (
        (things.draw_window, 0.22, (0.25, 0.7), (0.7, 1.5)),
        (things.draw_frame, 0.26, (0.08, 0.35), (0.6, 1.5)),
        (things.draw_shelf, 0.26, (0.3, 0.8), (0.6, 1.4)),
        (things.draw_curtain, 0.12, (0.15, 0.4), (1.5, 4.0)),
        (things.draw_screen, 0.14, (0.25, 0.6), (0.5, 0.65)),
    )
    on_floor = (
        (things.draw_seat, 0.25, (0.35, 0.9), (0.4, 0.8)),
        (things.draw_plant, 0.2, (0.2, 0.5), (0.9, 1.8)),
        (things.draw_person, 0.2, (0.3, 0.75), (1.1, 1.6)),
        (things.draw_lamp, 0.12, (0.15, 0.4), (1.0, 2.5)),
        (things.draw_shelf, 0.23, (0.2, 0.6), (0.7, 1.8)),
    )
    for kinds, most in ((on_wall, 5), (on_floor, 4)):
        for _ in range(int(rng.integers(1, most))):
            index = int(rng.choice(len(kinds), p=[kind[1] for kind in kinds]))
            draw, _, size, aspect = kinds[index]
            stands = floor + rng.uniform(0.0, 0.25) * height if kinds is on_floor else None
            draw(stage, rng, _box(rng, height, width, size, aspect, stands))
    return _lit(rng, stage, 0.7)


def _desk(rng: np.random.Generator, height: int, width: int) -> Picture:
    """A table from above or nearly so, with things lying on it."""
    surface = _pick(
        rng, (textures.wood, 0.45), (textures.plaster, 0.25), (textures.cloth, 0.2),
        (textures.tiles, 0.1),
    )  # fmt: skip
    stage = _new_stage(surface(rng, height, width))
    for _ in range(int(rng.integers(0, 4))):
        sheet = _box(rng, height, width, (0.2, 0.6))
        things.fill(stage, sheet, textures.paint(rng, (0.7, 0.98), (0, 0.15)))
        rows = int(rng.integers(0, 14))
        ink = textures.paint(rng, (0.2, 0.6), (0, 0.3))
        for row in range(rows):
            at = sheet[1] + (0.1 + 0.8 * row / rows) * sheet[3]
            line = (sheet[0] + 0.1 * sheet[2], at, rng.uniform(0.3, 0.8) * sheet[2], sheet[3] / 40)
            things.fill(stage, line, ink)
    if rng.random() < 0.4:
        _draw_keyboard(stage, rng, _box(rng, height, width, (0.5, 1.0), (0.3, 0.4)))
    for _ in range(int(rng.integers(1, 7))):
        things.draw_clutter(stage, rng, _box(rng, height, width, (0.05, 0.22), (0.8, 2.0)))
    if rng.random() < 0.35:
        ends = rng.uniform(-0.1, 1.1, (2, 2)) * (width, height)
        start, end = (float(ends[0, 0]), float(ends[0, 1])), (float(ends[1, 0]), float(ends[1, 1]))
        things.limb(stage, start, end, rng.uniform(0.08, 0.2) * width, textures.skin_tone(rng))
    return _lit(rng, stage, 0.6)


def _draw_keyboard(stage: things.Stage, rng: np.random.Generator, box: things.Box) -> None:
    x, y, width, height = box
    body = textures.paint(rng, (0.1, 0.85), (0, 0.1))
    things.fill(stage, box, body)
    key = np.clip(body + rng.choice((-0.15, 0.2)), 0.05, 1)
    for row in range(5):
        for column in range(14):
            at = (x + (column + 0.15) * width / 14, y + (row + 0.15) * height / 5)
            things.fill(stage, (*at, 0.75 * width / 14, 0.75 * height / 5), key)


def _garden(rng: np.random.Generator, height: int, width: int) -> Picture:
    """Leaves before leaves, with the sky through the gaps."""
    noise = pink_noise(rng, height, width, coarsest=3, slope=0.7)
    part = (1 / (1 + np.exp(-4 * (noise - rng.uniform(-0.8, 1.2)))))[..., None]
    hue = rng.uniform(0.17, 0.28)
    dark = textures.paint(rng, (0.08, 0.3), (0.2, 0.5), hue, 0.01)
    bright = textures.paint(rng, (0.4, 0.7), (0.2, 0.5), hue, 0.01)
    stage = _new_stage(dark + (bright - dark) * part)
    sky = pink_noise(rng, height, width, coarsest=5, slope=0.5)
    sky -= np.linspace(rng.uniform(0.3, 1.5), rng.uniform(1.5, 4.0), height, dtype=np.float32)[
        :, None
    ]
    stage.color[sky > 0] = things.levels(textures.paint(rng, (0.85, 1.0), (0, 0.2), 0.58))
    stage.light[sky > 0, 0] = rng.uniform(1.5, 5.0)
    for _ in range(int(rng.integers(1, 5))):
        box = _box(rng, height, width, (0.3, 0.9))
        things.draw_leaves(stage, rng, box, int(rng.integers(30, 90)), rng.uniform(0.03, 0.1))
    if rng.random() < 0.5:
        at, wide = rng.uniform(0, 1) * width, rng.uniform(0.02, 0.12) * width
        bark = textures.paint(rng, (0.12, 0.4), (0.2, 0.5), 0.07)
        lean = (at + rng.normal(0, 0.15) * width, 1.1 * height)
        things.limb(stage, (at, -0.1 * height), lean, wide, bark)
    return _lit(rng, stage, 1.0)


def _street(rng: np.random.Generator, height: int, width: int) -> Picture:
    """Sky, houses or trees, and a road, grass or water."""
    horizon = height * rng.uniform(0.35, 0.75)
    top = textures.paint(rng, (0.5, 0.9), (0.1, 0.6), 0.59 if rng.random() < 0.7 else 0.08)
    low = textures.paint(rng, (0.8, 1.0), (0.0, 0.25), 0.1)
    ramp = np.clip(np.arange(height, dtype=np.float32) / horizon, 0, 1)[:, None, None]
    clouds = pink_noise(rng, height, width, slope=1.1, stretch=2)[..., None]
    sky = top + (low - top) * ramp + rng.uniform(0, 0.08) * clouds
    stage = _new_stage(sky)
    stage.light[: int(horizon), :, 0] = rng.uniform(0.8, 2.5)
    hazy = rng.uniform(0.0, 0.5)
    for _ in range(int(rng.integers(2, 8))):
        box = _box(rng, height, width, (0.12, 0.5), (0.5, 2.0), horizon + 0.03 * height)
        if rng.random() < 0.6:
            things.draw_facade(stage, rng, box)
        else:
            things.draw_leaves(stage, rng, box, 24, rng.uniform(0.12, 0.3))
    rows = height - int(horizon)
    ground = textures.colour_noise(rng, rows, width) * 0.35
    hue, dull = (0.25, (0.3, 0.7)) if rng.random() < 0.4 else (0.1, (0.0, 0.2))
    ground += 0.65 * textures.paint(rng, (0.2, 0.65), dull, hue)
    _paste(stage, int(horizon), ground)
    for _ in range(int(rng.integers(0, 5))):
        stands = horizon + rng.uniform(0.03, 0.5) * (height - horizon)
        if rng.random() < 0.6:
            _draw_car(stage, rng, _box(rng, height, width, (0.08, 0.3), (0.4, 0.5), stands))
        else:
            box = _box(rng, height, width, (0.06, 0.2), (1.8, 2.5), stands + 0.1 * height)
            things.draw_person(stage, rng, box)
    linear = _lit(rng, stage, 0.5)
    haze = np.float32(hazy) * np.exp(-np.abs(np.arange(height) - horizon) / (0.25 * height))
    return linear + haze.astype(np.float32)[:, None, None] * (linear.mean() - linear)


def _draw_car(stage: things.Stage, rng: np.random.Generator, box: things.Box) -> None:
    x, y, width, height = box
    paint = textures.paint(rng, (0.05, 0.95), (0, 0.9))
    roof = (0.32 * width, 0.45 * height)
    things.blob(stage, (x + 0.5 * width, y + 0.5 * height), roof, 0, paint * 0.9)
    glass = (0.26 * width, 0.33 * height)
    things.blob(stage, (x + 0.5 * width, y + 0.48 * height), glass, 0, np.full(3, 0.18))
    things.fill(stage, (x, y + 0.45 * height, width, 0.4 * height), paint)
    for part in (0.2, 0.8):
        wheel = (x + part * width, y + 0.85 * height)
        things.blob(stage, wheel, (0.17 * height,) * 2, 0, np.full(3, 0.07))


def _night(rng: np.random.Generator, height: int, width: int) -> Picture:
    """Lights of a town or of a tree, as discs over darkness."""
    ground = textures.colour_noise(rng, height, width)
    linear = np.square(np.clip(ground, 0, 1)) * np.float32(rng.uniform(0.01, 0.08))
    tints = [textures.paint(rng, (1.0, 1.0), (0.1, 0.8)) for _ in range(int(rng.integers(1, 5)))]
    radius = width * rng.uniform(0.012, 0.07)
    middle, spread = rng.uniform(0.2, 0.8) * height, rng.uniform(0.1, 0.4) * height
    for _ in range(int(rng.integers(12, 60))):
        size = radius * rng.uniform(0.7, 1.2)
        x, y = rng.uniform(0, width), rng.normal(middle, spread)
        left, top = max(0, int(x - size) - 2), max(0, int(y - size) - 2)
        right, bottom = min(width, int(x + size) + 3), min(height, int(y + size) + 3)
        if right <= left or bottom <= top:
            continue
        disc = np.zeros((bottom - top, right - left), np.uint8)
        center = (round((x - left) * 16), round((y - top) * 16))
        cv2.circle(disc, center, round(size * 16), 255, cv2.FILLED, cv2.LINE_AA, 4)
        tint = tints[int(rng.integers(len(tints)))] * np.float32(np.exp(rng.normal(-1.2, 0.8)))
        linear[top:bottom, left:right] += disc[..., None] * (tint * np.float32(1 / 255))
    return linear


def _wall(rng: np.random.Generator, height: int, width: int) -> Picture:
    """One surface and the play of light on it."""
    surface = _pick(
        rng, (textures.plaster, 0.35), (textures.wood, 0.15), (textures.tiles, 0.2),
        (textures.cloth, 0.2), (textures.colour_noise, 0.1),
    )  # fmt: skip
    stage = _new_stage(surface(rng, height, width))
    linear = _lit(rng, stage, 1.0)
    if rng.random() < 0.4:
        # Light through a window, or the edge of a shadow.
        shadow = np.zeros((height, width), np.float32)
        corners = rng.uniform(-0.3, 1.3, (4, 2)) * (width, height)
        cv2.fillConvexPoly(shadow, cv2.convexHull(corners.astype(np.int32)), 1.0)
        shadow = cv2.GaussianBlur(shadow, (0, 0), width * rng.uniform(0.005, 0.06))
        linear *= (1 + rng.uniform(-0.7, 1.8) * shadow)[..., None]
    return linear


def _abstract(rng: np.random.Generator, height: int, width: int) -> Picture:
    """Colours with a natural spectrum, and a few blurred shapes."""
    stage = _new_stage(textures.colour_noise(rng, height, width))
    for _ in range(int(rng.integers(0, 12))):
        box = _box(rng, height, width, (0.05, 0.5), (0.3, 3.0))
        color = textures.skin_tone(rng) if rng.random() < 0.3 else textures.paint(rng)
        if rng.random() < 0.5:
            things.fill(stage, box, color)
        else:
            center, axes = (box[0], box[1]), (box[2] / 2, box[3] / 2)
            things.blob(stage, center, axes, rng.uniform(0, 180), color)
    return _lit(rng, stage, 0.8)


Surface = Callable[[np.random.Generator, int, int], Picture]


def _pick(rng: np.random.Generator, *choices: tuple[Surface, float]) -> Surface:
    shares = np.array([share for _, share in choices])
    return choices[int(rng.choice(len(choices), p=shares / shares.sum()))][0]


_SCENES: Final[tuple[Surface, ...]] = (_room, _desk, _garden, _street, _night, _wall, _abstract)
_SCENE_SHARES: Final = (0.38, 0.16, 0.1, 0.12, 0.05, 0.12, 0.07)
