"""The HDRI as a camera sees it behind the hand, in linear light.

Cycles lights the hand with the HDRI; the HDRI itself is looked up here, in three milliseconds.
Rendered, the background would take as many samples a pixel as the skin does.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from synth.errors import UserError
from synth.hdris import resolve_hdri
from synth.photo.defocus import defocus
from synth.rotations import coordinate_rotation
from synth.scene import Camera, Light

#: Discs of a defocused background are no larger than this share of the picture's width.
_LARGEST_DISC = 0.06


def hdri_backdrop(light: Light, camera: Camera) -> NDArray[np.float32]:
    """(H, W, 3) float32 scene-linear radiance of the world behind everything.

    The panorama is equirectangular (see `direction_to_panorama`), tilted about the world's X by
    `light.tilt` and then turned about Z by `light.rotation`.

    Raises:
        UserError: the HDRI cannot be read.
    """
    padded = _padded(str(resolve_hdri(light.hdri)))
    rows, columns = padded.shape[0], padded.shape[1] - 2 * _PAD
    directions = pixel_directions(camera) @ world_to_panorama(light).T
    u, v = direction_to_panorama(directions)
    x = (u * columns).astype(np.float32) + _PAD - 0.5
    y = ((1 - v) * rows).astype(np.float32) - 0.5
    seen = cv2.remap(padded, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    seen = seen * (np.array(light.tint, np.float32) * np.float32(light.strength))
    return defocus(seen, blur_at_infinity(camera))


def pixel_directions(camera: Camera) -> NDArray[np.float64]:
    """(H, W, 3) world directions (not normalised) of the rays through the pixels' centres."""
    (focal, _, cx), (_, _, cy), _ = camera.K
    x, y = np.meshgrid(np.arange(camera.width) + 0.5 - cx, np.arange(camera.height) + 0.5 - cy)
    rays = np.stack([x / focal, y / focal, np.ones_like(x)], axis=-1)
    return rays @ np.array(camera.world_to_camera)[:3, :3]


def world_to_panorama(light: Light) -> NDArray[np.float64]:
    """(3, 3) from world directions to the panorama's own: the inverse of tilt and then rotation."""
    tilt = coordinate_rotation(0, light.tilt)
    turn = coordinate_rotation(2, light.rotation)
    return np.asarray((turn @ tilt).T)


def direction_to_panorama(
    directions: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """u (0 … 1, left to right) and v (0 … 1, down to up) where a direction (…, 3) falls.

    Blender's convention: u = ½ − atan2(y, x) / 2π, v = ½ + atan2(z, √(x² + y²)) / π.
    """
    x, y, z = np.moveaxis(directions, -1, 0)
    return 0.5 - np.arctan2(y, x) / (2 * np.pi), 0.5 + np.arctan2(z, np.hypot(x, y)) / np.pi


def blur_at_infinity(camera: Camera) -> float:
    """Radius in pixels of the disc that a far point becomes; 0 without depth of field.

    Thin lens: c = f / N · f / (s − f) on the sensor for focal length f, f-stop N, focus at s.
    """
    if camera.f_stop is None:
        return 0.0
    pixels_per_metre = camera.width / camera.sensor_width
    focal = camera.K[0][0] / pixels_per_metre
    disc = focal / camera.f_stop * focal / max(camera.focus_distance - focal, 1e-3)
    return float(min(disc * pixels_per_metre, _LARGEST_DISC * camera.width) / 2)


_PAD = 2


@lru_cache(maxsize=4)
def _padded(path: str) -> NDArray[np.float32]:
    """The panorama with columns of its other end on either side, for interpolation."""
    panorama = _read_panorama(path)
    return np.concatenate([panorama[:, -_PAD:], panorama, panorama[:, :_PAD]], axis=1)


@lru_cache(maxsize=4)
def _read_panorama(path: str) -> NDArray[np.float32]:
    """(H, W, 3) float32 linear RGB of an .exr or .hdr file."""
    try:
        if Path(path).suffix.lower() == ".hdr":
            picture = cv2.imread(path, cv2.IMREAD_UNCHANGED)
            if picture is None:
                raise ValueError("OpenCV cannot decode it")
            return np.ascontiguousarray(picture[..., 2::-1], dtype=np.float32)
        import OpenEXR

        with OpenEXR.File(path, separate_channels=True) as file:
            channels = file.channels()
            planes = [np.asarray(channels[c].pixels, dtype=np.float32) for c in "RGB"]
        return np.stack(planes, axis=-1)
    except Exception as error:
        raise UserError(
            f"light.hdris: {path} cannot be read ({error}): replace or remove the file"
        ) from error
