"""What all parts of the scene description share: frozen plain data, and its values' shapes."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Vector3 = tuple[float, float, float]
Quaternion = tuple[float, float, float, float]  # w, x, y, z
Matrix4 = tuple[tuple[float, float, float, float], ...]  # 4 rows
Color = tuple[float, float, float]  # linear RGB

Side = Literal["left", "right"]
Split = Literal["train", "val", "test"]


class Plain(BaseModel):
    """Frozen, and refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")
