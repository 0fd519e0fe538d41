"""The soft edges of a blurred render, without the grain that few samples leave in them."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

#: Standard deviation of the smoothing, pixels: it averages about 4πσ² = 28 of them.
_SIGMA: Final = 1.5
#: Variance of the coverage in a pixel's surroundings above which it is on an edge; that of a
#: dozen samples at half coverage is 0.02.
_EDGE_VARIANCE: Final = 0.01


def smooth_edges(rendered: NDArray[np.float32]) -> NDArray[np.float32]:
    """The render with colours and alpha smoothed together where coverage varies.

    Cycles' denoiser leaves alpha alone and keeps what looks like an edge in the colours, so the
    edge of a hand out of focus or in motion, of a dozen samples a pixel, is sand. Colours are
    premultiplied, so smoothing both by the same weights leaves no seam; the inside, where alpha is
    1 all around, stays as it is.

    Args:
        rendered: (H, W, 4) scene-linear premultiplied RGBA.
    """
    alpha = rendered[..., 3]
    mean = cv2.GaussianBlur(alpha, (0, 0), _SIGMA)
    variance = cv2.GaussianBlur(alpha * alpha, (0, 0), _SIGMA) - mean * mean
    on_edge = np.clip(variance / np.float32(_EDGE_VARIANCE), 0.0, 1.0)
    on_edge = cv2.GaussianBlur(on_edge, (0, 0), _SIGMA)[..., None]
    smooth = cv2.GaussianBlur(rendered, (0, 0), _SIGMA)
    return (rendered + on_edge * (smooth - rendered)).astype(np.float32)
