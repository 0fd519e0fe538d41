"""What comes out of the renderer for one camera and one frame, before it goes into a shard."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from synth.errors import UserError

#: Values of cloth (sleeves, and people but for their hands) and of things in a sample's mask.
CLOTH_IN_MASK: Final = 255
THING_IN_MASK: Final = 254


@dataclass(frozen=True)
class Sample:
    """One image with its label.

    Attributes:
        key: `{sequence:08d}_{frame:03d}_{camera_index}`, the name inside a shard.
        jpeg: the encoded image.
        label: JSON-ready dictionary with exactly the keys of docs/format.md.
        mask: (H, W) uint8, 0 nothing, 1 first hand, 2 second hand, …, 254 things, 255 cloth and
            people; None if not asked for.
        depth: (H, W) float32 metres along the optical axis, inf where nothing is; or None.
    """

    key: str
    jpeg: bytes
    label: dict[str, Any]
    mask: NDArray[np.uint8] | None = None
    depth: NDArray[np.float32] | None = None

    def image(self) -> NDArray[np.uint8]:
        """(H, W, 3) RGB.

        Raises:
            UserError: if it cannot be decoded.
        """
        bgr = cv2.imdecode(np.frombuffer(self.jpeg, np.uint8), cv2.IMREAD_COLOR)
        if bgr is None:
            raise UserError(f"sample {self.key}: the image is damaged; render its shard again")
        return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8)


@dataclass
class Timings:
    """Seconds spent in each stage while one sequence was made."""

    seconds: dict[str, float] = field(default_factory=dict)

    def add(self, stage: str, seconds: float) -> None:
        self.seconds[stage] = self.seconds.get(stage, 0.0) + seconds
