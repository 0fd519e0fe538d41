"""What a recipe may choose of the landmark model."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, PositiveInt


class LandmarkArchitecture(BaseModel):
    """Size of the network: channels of the stem (stride 2) and of its stages of strides 4, 8, 16
    and 32, and residual blocks in each stage."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    input_side: int = Field(128, ge=32, le=512, multiple_of=32)
    stem: int = Field(16, ge=1)
    widths: tuple[PositiveInt, PositiveInt, PositiveInt, PositiveInt] = (24, 64, 128, 256)
    depths: tuple[NonNegativeInt, NonNegativeInt, NonNegativeInt, NonNegativeInt] = (1, 1, 1, 1)
    bins: int = Field(160, ge=2)
    hidden: int = Field(128, ge=1)
    head: Literal["cells", "bins", "regression", "heatmap"] = "cells"
