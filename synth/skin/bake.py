"""Writes the skin's image maps once, into the user's cache folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from synth.asset_cache import cache_folder, ensure_painted
from synth.hand.model import HandModel, load_hand_model
from synth.hand.recipe import RECIPE_VERSION
from synth.skin.anatomy import anatomy
from synth.skin.color import SKINS, color_image
from synth.skin.drawings import HENNA_VARIANTS, TATTOO_VARIANTS, henna, tattoo
from synth.skin.features import Features, features, mottling
from synth.skin.marks import DIRT_VARIANTS, PLASTER_VARIANTS, dirt, drops, plasters
from synth.skin.nails import nails
from synth.skin.position_maps import Texels, rasterise
from synth.skin.relief import detail, relief, roughness, skin_texture

#: Raise it whenever a map changes: caches of older versions are then rebuilt.
SKIN_VERSION = 2
RESOLUTION = 2048
#: The same for the maps of marks, which are kept beside the skin's.
MARKS_VERSION = 1
#: Hands with other lines, veins, spots and hair; every skin exists in each.
VARIANTS = 3
#: Heights run from −RANGE to +RANGE metres over the 16 bits of their maps; 0.5 is level.
RELIEF_RANGE = 0.002
DETAIL_RANGE = 0.0005


@dataclass(frozen=True)
class SkinMaps:
    """Paths of the maps. V runs upwards: the image's first row is at V = 1.

    All share the hand's UV layout, so maps of two skins of a variant may be mixed.
    """

    folder: Path

    def color(self, skin: str, variant: int) -> Path:
        """8-bit sRGB, without veins and spots."""
        return self.folder / f"color_{skin}_{variant}.png"

    def masks(self, variant: int) -> Path:
        """8-bit RGBA, linear, alpha is data: blood, veins, nail plates, freckles and moles."""
        return self.folder / f"masks_{variant}.png"

    def relief(self, variant: int) -> Path:
        """16-bit grey, linear: (value − 0.5) · 2 · RELIEF_RANGE metres; the coarse forms."""
        return self.folder / f"relief_{variant}.png"

    def detail(self, variant: int) -> Path:
        """16-bit grey, linear: (value − 0.5) · 2 · DETAIL_RANGE metres; the fine ones."""
        return self.folder / f"detail_{variant}.png"

    def roughness(self, variant: int) -> Path:
        """8-bit grey, linear."""
        return self.folder / f"roughness_{variant}.png"

    def all(self) -> list[Path]:
        shared = (self.masks, self.relief, self.detail, self.roughness)
        return [
            path
            for variant in range(VARIANTS)
            for path in (
                *(self.color(skin, variant) for skin in SKINS),
                *(one(variant) for one in shared),
            )
        ]


@dataclass(frozen=True)
class MarkMaps:
    """Paths of the maps of `synth.scene.Marks`, 8 bits, linear, on the layout of SkinMaps."""

    folder: Path

    def tattoo(self, variant: int) -> Path:
        """Grey: ink."""
        return self.folder / f"tattoo_{variant % TATTOO_VARIANTS}.png"

    def henna(self, variant: int) -> Path:
        """Grey: stain."""
        return self.folder / f"henna_{variant % HENNA_VARIANTS}.png"

    def plaster(self, variant: int) -> Path:
        """RGB: cover, height in units of `synth.skin.marks.PLASTER_HEIGHT`, shade."""
        return self.folder / f"plaster_{variant % PLASTER_VARIANTS}.png"

    def dirt(self, variant: int) -> Path:
        """Grey: dirt outside the creases."""
        return self.folder / f"dirt_{variant % DIRT_VARIANTS}.png"

    def drops(self) -> Path:
        """Grey: height in units of `synth.skin.marks.DROP_HEIGHT`."""
        return self.folder / "drops.png"

    def all(self) -> list[Path]:
        kinds = (
            (self.tattoo, TATTOO_VARIANTS),
            (self.henna, HENNA_VARIANTS),
            (self.plaster, PLASTER_VARIANTS),
            (self.dirt, DIRT_VARIANTS),
        )
        return [one(i) for one, count in kinds for i in range(count)] + [self.drops()]


def skin_folder() -> Path:
    return cache_folder() / f"skin-v{RECIPE_VERSION}.{SKIN_VERSION}"


def ensure_skin_maps(say: Callable[[str], None] | None = None) -> SkinMaps:
    """The skin's maps, painted first if the cache has none of this version.

    Args:
        say: called with a line of progress; by default it goes to stderr.

    Raises:
        UserError: the cache folder cannot be written.
    """
    maps = SkinMaps(skin_folder())
    ensure_painted(
        maps.folder,
        "skin maps",
        60,
        lambda folder, say: write_skin_maps(load_hand_model(), folder, RESOLUTION, say),
        say,
    )
    return maps


def ensure_mark_maps(say: Callable[[str], None] | None = None) -> MarkMaps:
    """The maps of marks, painted first (some ten seconds) if the cache has none of this version.

    Args:
        say: called with a line of progress; by default it goes to stderr.

    Raises:
        UserError: the cache folder cannot be written.
    """
    maps = MarkMaps(cache_folder() / f"marks-v{RECIPE_VERSION}.{MARKS_VERSION}")
    ensure_painted(
        maps.folder,
        "maps of marks on the skin",
        10,
        lambda folder, _: write_mark_maps(load_hand_model(), folder, RESOLUTION),
        say,
    )
    return maps


def write_skin_maps(
    model: HandModel, folder: Path, resolution: int, say: Callable[[str], None]
) -> SkinMaps:
    """Paint every map into an existing folder."""
    maps = SkinMaps(folder)
    texels = rasterise(model, resolution)
    for variant, found, texture in all_features(model, texels):
        say(f"skin maps: hand {variant + 1} of {VARIANTS}")
        for skin in SKINS:
            image = _bits(color_image(found, skin), 8)
            _write(maps.color(skin, variant), texels.image(image))
        _write(maps.masks(variant), texels.image(_bits(masks(found), 8)))
        height = 0.5 + relief(found) / (2 * RELIEF_RANGE)
        _write(maps.relief(variant), texels.image(_bits(height, 16)))
        height = 0.5 + detail(texture, found) / (2 * DETAIL_RANGE)
        _write(maps.detail(variant), texels.image(_bits(height, 16)))
        _write(maps.roughness(variant), texels.image(_bits(roughness(found), 8)))
    return maps


def write_mark_maps(model: HandModel, folder: Path, resolution: int) -> MarkMaps:
    """Paint every map of marks into an existing folder."""
    maps = MarkMaps(folder)
    texels = rasterise(model, resolution)
    parts, plates = anatomy(model, texels), nails(model, texels)

    def keep(path: Path, values: NDArray[np.float32]) -> None:
        _write(path, texels.image(_bits(values, 8)))

    for variant in range(TATTOO_VARIANTS):
        keep(maps.tattoo(variant), tattoo(model, texels, parts, variant))
    for variant in range(HENNA_VARIANTS):
        keep(maps.henna(variant), henna(model, texels, parts, variant))
    for variant in range(PLASTER_VARIANTS):
        strips = plasters(model, texels, parts, variant)
        keep(maps.plaster(variant), np.stack([strips.cover, strips.height, strips.shade], 1))
    for variant in range(DIRT_VARIANTS):
        keep(maps.dirt(variant), dirt(texels, parts, plates, variant))
    keep(maps.drops(), drops(texels))
    return maps


def all_features(
    model: HandModel, texels: Texels
) -> Iterator[tuple[int, Features, NDArray[np.float32]]]:
    """Yields (variant, its Features, the skin's texture), sharing what no variant changes."""
    parts = anatomy(model, texels)
    plates = nails(model, texels)
    mottled = mottling(texels)
    texture = skin_texture(texels, parts)
    for variant in range(VARIANTS):
        yield variant, features(model, texels, parts, plates, mottled, variant), texture


def masks(found: Features) -> NDArray[np.float32]:
    """(N, 4), 0 … 1: blood, veins, nail plates, freckles and moles."""
    spots = found.spots * (1 - found.nails.plate)
    return np.stack([found.blood, found.cords.veins, found.nails.plate, spots], 1)


def _bits(values: NDArray[np.float32], bits: int) -> NDArray[np.generic]:
    top = 2**bits - 1
    return (values * top + 0.5).clip(0, top).astype(np.uint8 if bits == 8 else np.uint16)


def _write(path: Path, image: NDArray[np.generic]) -> None:
    if image.ndim == 3:
        image = image[..., [2, 1, 0, 3][: image.shape[2]]]
    if not cv2.imwrite(str(path), image, [cv2.IMWRITE_PNG_COMPRESSION, 1]):
        raise OSError(f"{path.name} was not written")
