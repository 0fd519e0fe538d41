"""How a thing is held, in its own frame; `synth.things.grips` tells it of a thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Style = Literal["wrap", "sphere", "tripod", "pinch", "flat", "lateral", "hook"]


@dataclass(frozen=True)
class Grip:
    """One way to hold a thing, in the thing's frame.

    Round grips close about the axis: wrap (fist about a cylinder), sphere (fingertips about a
    ball), tripod (as a pen), hook (fingers only, as a bag's handle). Flat grips press two faces:
    pinch (thumb tip against index tip), flat (thumb on one face, fingers on the other), lateral
    (thumb against the side of the index). Their `out` lies in the plane of the faces and leaves
    the thing across an edge, which the palm is behind; the fingers press along axis × out.

    Attributes:
        style: of the grip.
        origin: (3,) metres, the middle of the gripped place, inside the thing.
        axis: (3,) unit, along the gripped part. Its usual end at the thumb's side of the hand
            (a hammer's head, a cup's rim); of a tripod, from the tip to the end of the pen.
        out: (3,) unit, across the axis, towards the palm.
        radius: metres from the origin to the surface: along `out` in a round grip, along
            ± axis × out in a flat one.
        length: metres of the axis that are free for the hand, half of them on either side.
    """

    style: Style
    origin: Array
    axis: Array
    out: Array
    radius: float
    length: float


#: Styles whose radius lies along `out`; of the others, along axis × out.
ROUND_STYLES: frozenset[Style] = frozenset({"wrap", "sphere", "tripod", "hook"})


def pressed_direction(grip: Grip) -> Array:
    """(3,) unit direction along which the surface is `radius` from the origin."""
    return grip.out if grip.style in ROUND_STYLES else np.cross(grip.axis, grip.out)
