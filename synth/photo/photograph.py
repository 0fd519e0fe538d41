"""The photograph of a view: the rendered hand before its background, through the camera."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synth.photo.backdrop import make_backdrop
from synth.photo.develop import composite, develop
from synth.photo.matte import smooth_edges
from synth.photo.metering import light_on_subject
from synth.photo.panorama import hdri_backdrop
from synth.scene import HandLook, Scene, View

#: Mean luminance that each skin reflects, palm and back together: the mean of its colour maps.
SKIN_ALBEDO = {
    "very_light": 0.42,
    "light": 0.37,
    "intermediate": 0.33,
    "tan": 0.28,
    "dark": 0.19,
}


#: The same of what else is rendered: cloth, things and people's other skin together.
_OTHER_ALBEDO = 0.25
#: Pixels of hands from which the light is told.
_ENOUGH = 12


def take_photograph(
    rendered: NDArray[np.float32],
    mask: NDArray[np.uint8] | None,
    scene: Scene,
    view: View,
    blurred: bool = False,
) -> bytes:
    """JPEG of one view.

    Args:
        rendered: (H, W, 4) scene-linear premultiplied RGBA of hands, people and things on a
            transparent ground.
        mask: (H, W) as in a sample; None where all that is rendered counts as the first hand.
        blurred: whether edges may be soft, from depth of field or motion.

    Raises:
        UserError: the HDRI or the background's photograph cannot be read.
    """
    if blurred:
        rendered = smooth_edges(rendered)
    white = _white(rendered, mask, scene)
    if view.background.kind == "hdri":
        backdrop = hdri_backdrop(scene.light, view.camera)
    else:
        # A photograph's own light is not the hand's: it is made as bright as that.
        backdrop = make_backdrop(view.background, view.camera.width, view.camera.height)
        backdrop = backdrop * np.float32(white or 1.0)
    return develop(composite(rendered, backdrop), view.sensor, white)


def _white(
    rendered: NDArray[np.float32], mask: NDArray[np.uint8] | None, scene: Scene
) -> float | None:
    """Luminance of a white thing in the light that falls on the hands, or on whatever is there."""
    if mask is None and scene.hands:
        return light_on_subject(rendered, _albedo(scene.hands[0]))
    lights, pixels = [], []
    for number, look in enumerate(scene.hands, start=1) if mask is not None else ():
        own = rendered[mask == number]
        light = light_on_subject(own[None], _albedo(look)) if len(own) else None
        if light is not None:
            lights.append(light)
            pixels.append(len(own))
    if sum(pixels) >= _ENOUGH:
        return float(np.average(lights, weights=pixels))
    return light_on_subject(rendered, _OTHER_ALBEDO)


def _albedo(look: HandLook) -> float:
    if look.glove is not None:
        return max(float(np.mean(look.glove.color)), 0.05)
    return SKIN_ALBEDO[look.skin.name] * look.skin.brightness
