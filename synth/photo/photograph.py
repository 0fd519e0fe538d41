"""The photograph of a view: the rendered hand before its background, through the camera."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synth.photo.backdrop import make_backdrop
from synth.photo.develop import composite, develop
from synth.photo.matte import smooth_edges
from synth.photo.metering import light_on_subject
from synth.photo.panorama import hdri_backdrop
from synth.scene import Scene, View

#: Mean luminance that each skin reflects, palm and back together: the mean of its colour maps.
SKIN_ALBEDO = {
    "very_light": 0.42,
    "light": 0.37,
    "intermediate": 0.33,
    "tan": 0.28,
    "dark": 0.19,
}


def take_photograph(
    rendered: NDArray[np.float32], scene: Scene, view: View, blurred: bool = False
) -> bytes:
    """JPEG of one view.

    Args:
        rendered: (H, W, 4) scene-linear premultiplied RGBA of the hand on a transparent ground.
        blurred: whether edges may be soft, from depth of field or motion.

    Raises:
        UserError: the HDRI or the background's photograph cannot be read.
    """
    if blurred:
        rendered = smooth_edges(rendered)
    skin = scene.hand.skin
    white = light_on_subject(rendered, SKIN_ALBEDO[skin.name] * skin.brightness)
    if view.background.kind == "hdri":
        backdrop = hdri_backdrop(scene.light, view.camera)
    else:
        # A photograph's own light is not the hand's: it is made as bright as that.
        backdrop = make_backdrop(view.background, view.camera.width, view.camera.height)
        backdrop = backdrop * np.float32(white or 1.0)
    return develop(composite(rendered, backdrop), view.sensor, white)
