"""One rendered picture in linear light, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import bpy
import numpy as np
import OpenEXR
from numpy.typing import NDArray

from blender_scenes.stage import Stage
from synth.scene import RenderSettings


@dataclass(frozen=True)
class Picture:
    """Linear premultiplied RGBA (H, W, 4), and what else was asked for."""

    rgba: NDArray[np.float32]
    mask: NDArray[np.uint8] | None
    depth: NDArray[np.float32] | None


def render_picture(stage: Stage, settings: RenderSettings) -> Picture:
    """Have Cycles draw what the stage's camera sees now, and read it back."""
    path = Path(stage.folder.name) / "frame.exr"
    stage.scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)
    with OpenEXR.File(str(path), separate_channels=True) as file:
        channels = {
            name.split(".", 1)[-1]: np.asarray(channel.pixels)
            for name, channel in file.channels().items()
        }
    rgba = np.stack([channels[f"Combined.{c}"] for c in "RGBA"], axis=-1).astype(np.float32)
    mask = depth = None
    if stage.scene.view_layers[0].use_pass_object_index:
        mask = np.rint(channels[_pass(channels, "IndexOB")]).astype(np.uint8)
    if settings.depth:
        far = channels[_pass(channels, "Depth")].astype(np.float32)
        depth = np.where(far > 1e6, np.float32(np.inf), far)
    return Picture(rgba, mask, depth)


def _pass(channels: dict[str, NDArray[np.float32]], word: str) -> str:
    return next(name for name in channels if word in name)
