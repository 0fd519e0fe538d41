"""Writes the body's image maps once, into the user's cache folder, beside the hands'."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from synth.asset_cache import cache_folder, ensure_painted
from synth.body import paint
from synth.body.eye import eye_image
from synth.body.model import load_body_model
from synth.body.recipe import RECIPE_VERSION
from synth.skin.bake import SkinMaps, ensure_skin_maps
from synth.skin.color import SKINS

#: Raise it whenever a map changes: caches of older versions are then rebuilt.
PAINT_VERSION: Final = 2
RESOLUTION: Final = 2048
#: Heights run from −RANGE to +RANGE metres over the 8 bits of the map; 0.5 is level.
RELIEF_RANGE: Final = 0.0004


@dataclass(frozen=True)
class BodyMaps:
    """Paths of the maps, on MakeHuman's layout; V runs upwards."""

    folder: Path

    def color(self, skin: str) -> Path:
        """8-bit sRGB."""
        return self.folder / f"color_{skin}.png"

    def face(self) -> Path:
        """8-bit RGBA, linear, alpha is data: blood, lips, beard, spots."""
        return self.folder / "face.png"

    def hair(self) -> Path:
        """8-bit RGBA, linear, alpha is data: brows, lashes, scalp, upper lids."""
        return self.folder / "hair.png"

    def relief(self) -> Path:
        """8-bit grey, linear: (value − 0.5) · 2 · RELIEF_RANGE metres."""
        return self.folder / "relief.png"

    def eye(self) -> Path:
        """8-bit RGB, linear, on the eyeball's own layout: iris, its shade, whiteness."""
        return self.folder / "eye.png"


def ensure_body_maps(say: Callable[[str], None] | None = None) -> BodyMaps:
    """The body's maps, painted first if the cache has none of this version.

    Args:
        say: called with a line of progress; by default it goes to stderr.

    Raises:
        UserError: the cache folder cannot be written, or Anny is not installed.
    """
    skin = ensure_skin_maps(say)
    version = f"{RECIPE_VERSION}.{PAINT_VERSION}-{skin.folder.name}"
    maps = BodyMaps(cache_folder() / f"body-skin-v{version}")
    ensure_painted(
        maps.folder,
        "maps of the body's skin",
        60,
        lambda folder, _: write_body_maps(folder, skin, RESOLUTION),
        say,
    )
    return maps


def write_body_maps(folder: Path, skin: SkinMaps, resolution: int) -> BodyMaps:
    """Paint every map into an existing folder."""
    maps = BodyMaps(folder)
    painted = paint.canvas(load_body_model(), resolution)
    image = painted.texels.image
    for name in SKINS:
        _write(maps.color(name), image(paint.color_image(painted, skin, name)))
    _write(maps.face(), image(paint.face_masks(painted)))
    _write(maps.hair(), image(paint.hair_masks(painted)))
    _write(maps.relief(), image(0.5 + paint.relief(painted) / (2 * RELIEF_RANGE)))
    _write(maps.eye(), eye_image(256))
    return maps


def _write(path: Path, values: NDArray[np.generic]) -> None:
    image = (values.astype(np.float32) * 255 + 0.5).clip(0, 255).astype(np.uint8)
    if image.ndim == 3:
        image = image[..., [2, 1, 0, 3][: image.shape[2]]]
    if not cv2.imwrite(str(path), image, [cv2.IMWRITE_PNG_COMPRESSION, 3]):
        raise OSError(f"{path.name} was not written")
