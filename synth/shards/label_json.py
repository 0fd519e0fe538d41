"""A label as JSON bytes: keys sorted, numbers rounded, the same bytes for the same label."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np

#: Decimals of the numbers below a key: 1e-4 of a pixel, 1e-6 of a metre or a radian. The nearest
#: key on the way up counts. A matrix has more, because it multiplies metres.
DECIMALS = {
    "landmarks_image": 4,
    "box": 4,
    "center": 4,
    "size": 4,
    "K": 4,
    "world_to_camera": 8,
}
DEFAULT_DECIMALS = 6


def encode_label(label: dict[str, Any]) -> bytes:
    """Compact UTF-8 JSON with sorted keys.

    Raises:
        ValueError: for a number that is not finite, which JSON cannot hold.
        TypeError: for a value that is no JSON, NumPy array or NumPy scalar.
    """
    rounded = _rounded(label, DEFAULT_DECIMALS, "label")
    return json.dumps(
        rounded, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def decode_label(data: bytes) -> dict[str, Any]:
    """The inverse of `encode_label`, up to the rounding."""
    return json.loads(data)


def _rounded(value: Any, decimals: int, key: str) -> Any:
    if isinstance(value, dict):
        return {
            str(name): _rounded(item, DECIMALS.get(name, decimals), str(name))
            for name, item in value.items()
        }
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [_rounded(item, decimals, key) for item in value]
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{key} is {value}, which a label cannot hold")
        return round(value, decimals) + 0.0  # + 0.0 turns −0.0 into 0.0
    if value is None or isinstance(value, bool | int | str):
        return value
    raise TypeError(f"{key} is a {type(value).__name__}, which a label cannot hold")
