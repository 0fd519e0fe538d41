"""Recipe of a training: a YAML file whose every key but the name has a default."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from synth.errors import UserError
from synth.yaml_file import read_yaml
from tracker.models.landmark_architecture import LandmarkArchitecture
from tracker.models.palm import PalmArchitecture
from tracker.training.landmark.task import LandmarkRecipe
from tracker.training.palm.task import PalmRecipe


class Schedule(BaseModel):
    """How long and how fast it learns."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    steps: int = Field(20_000, ge=1)
    batch: int = Field(64, ge=1)
    """Of all processes together."""
    learning_rate: float = Field(8e-3, gt=0)
    """Peak: linear warm-up to it, then constant, then linearly down to 0."""
    warmup_steps: int = Field(200, ge=1)
    decay_share: float = Field(0.3, ge=0, le=1)
    """Share of the steps, the last ones, in which the rate falls."""
    weight_decay: float = Field(0.02, ge=0)
    ema_decay: float = Field(0.999, ge=0, lt=1)
    clip_norm: float = Field(5.0, gt=0)
    validate_every: int = Field(1000, ge=1)
    save_every: int = Field(250, ge=1)
    precision: Literal["bfloat16", "float32"] = "bfloat16"

    @property
    def decay_from(self) -> int:
        """Step from which the rate falls."""
        return self.steps - round(self.decay_share * self.steps)


class Recipe(BaseModel):
    """All that decides the weights but the data. Exactly one of `palm` and `landmark` is there."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=100)
    seed: int = Field(0, ge=0, lt=2**63)
    schedule: Schedule = Schedule()
    palm: PalmRecipe | None = None
    landmark: LandmarkRecipe | None = None

    @property
    def architecture(self) -> PalmArchitecture | LandmarkArchitecture:
        """Of the one that is trained."""
        stage = self.palm or self.landmark
        assert stage is not None
        return stage.architecture


def load_recipe(path: Path, kind: Literal["palm", "landmark"]) -> Recipe:
    """Read and check a recipe of one kind.

    Raises:
        UserError: in one line, what is wrong and where.
    """
    content = read_yaml(path)
    if not isinstance(content, dict):
        raise UserError(f"{path}: a recipe is a mapping with `name` and `{kind}`")
    other = "landmark" if kind == "palm" else "palm"
    if other in content and kind not in content:
        raise UserError(f"{path}: is a recipe for `hand-tracker train {other}`")
    if content.get(kind) is None:
        content[kind] = {}
    try:
        recipe = Recipe.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise UserError(f"{path}: {place}: {first['msg']}") from None
    if recipe.palm is not None and recipe.landmark is not None:
        raise UserError(f"{path}: is a recipe for palms or for landmarks, not for both")
    return recipe
