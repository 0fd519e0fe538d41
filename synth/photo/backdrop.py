"""The picture behind the hand, in linear light: from a photograph, or made up."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from synth.errors import UserError
from synth.photo.defocus import defocus
from synth.photo.procedural import procedural_picture
from synth.photo.tone import SRGB_TO_LINEAR
from synth.scene import Background


def make_backdrop(background: Background, width: int, height: int) -> NDArray[np.float32]:
    """The backdrop of a view.

    Args:
        background: of kind photo or procedural. A photograph's crop is narrowed to the picture's
            shape about its middle, so nothing is stretched; `blur` is the radius of the disc that
            a point becomes, in pixels of the result.
        width, height: of the result, pixels.

    Returns:
        (height, width, 3) float32 linear RGB, 0 … 1 times `brightness` for a photograph, of mean
        0.2 times `brightness` for a procedural one (lights in it go far above 1).

    Raises:
        UserError: the photograph cannot be read.
    """
    if background.kind == "photo":
        linear = cv2.LUT(_read_photo(background, width, height), SRGB_TO_LINEAR)
        if background.mirror:
            linear = np.ascontiguousarray(linear[:, ::-1])
    elif background.kind == "procedural":
        rng = np.random.Generator(np.random.PCG64(background.seed))
        linear = procedural_picture(rng, width, height)
    else:
        raise ValueError("the HDRI as a backdrop is synth.photo.panorama.hdri_backdrop's")
    return defocus(linear, background.blur) * np.float32(background.brightness)


def _read_photo(background: Background, width: int, height: int) -> NDArray[np.uint8]:
    """Display values (height, width, 3) of the crop."""
    path = background.photo
    if path is None:
        raise ValueError("a background of kind photo needs a photo")
    x, y, part_x, part_y = background.crop or (0.0, 0.0, 1.0, 1.0)
    try:
        with Image.open(path) as image:
            # JPEGs are decoded at a fraction of their size where that is enough.
            image.draft("RGB", (round(2 * width / part_x), round(2 * height / part_y)))
            picture = ImageOps.exif_transpose(image).convert("RGB")
    except FileNotFoundError:
        raise UserError(f"photo {path}: there is no such file; was it moved or deleted?") from None
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError, SyntaxError) as error:
        raise UserError(
            f"photo {path} cannot be read ({error}); replace it or take it out of the folder"
        ) from None
    full_width, full_height = picture.size
    crop_width, crop_height = part_x * full_width, part_y * full_height
    center = (x * full_width + crop_width / 2, y * full_height + crop_height / 2)
    crop_width = min(crop_width, crop_height * width / height)
    crop_height = min(crop_height, crop_width * height / width)
    box = (
        max(0.0, center[0] - crop_width / 2),
        max(0.0, center[1] - crop_height / 2),
        min(float(full_width), center[0] + crop_width / 2),
        min(float(full_height), center[1] + crop_height / 2),
    )
    return np.asarray(picture.resize((width, height), Image.Resampling.BILINEAR, box=box))
