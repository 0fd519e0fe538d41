"""Recipes: one line for every mistake, and docs/training.md says all keys and defaults."""

from __future__ import annotations

import re
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args

import pytest
import yaml
from pydantic import BaseModel

from synth.errors import UserError
from tracker.training.recipe import Recipe, load_recipe

ROOT = Path(__file__).parents[3]
Kind = Literal["palm", "landmark"]


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "my.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_defaults_of_either_kind(tmp_path: Path) -> None:
    path = written(tmp_path, "name: a\n")
    landmark, palm = load_recipe(path, "landmark"), load_recipe(path, "palm")
    assert landmark.landmark is not None
    assert landmark.palm is None
    assert palm.palm is not None
    assert palm.landmark is None
    assert load_recipe(written(tmp_path, "name: a\nlandmark:\n"), "landmark") == landmark


@pytest.mark.parametrize("path", sorted((ROOT / "manifests" / "recipes").glob("landmark-*.yaml")))
def test_the_recipes_of_the_package(path: Path) -> None:
    recipe = load_recipe(path, "landmark")
    assert recipe.name == path.stem
    # A recipe survives its way through a run's JSON.
    assert Recipe.model_validate(recipe.model_dump(mode="json", exclude_none=True)) == recipe


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("name: a\nlandmark: {loss: {bns: 1}}", "landmark", "landmark.loss.bns: "),
        ("name: a\nschedule: {steps: 0}", "landmark", "schedule.steps: "),
        ("name: a\nschedule: {precision: float16}", "palm", "schedule.precision: "),
        ("name: a\nlandmark: {architecture: {input_side: 100}}", "landmark", "input_side: "),
        ("name: a\nlandmark: {architecture: {widths: [1, 2]}}", "landmark", "widths"),
        ("name: a\nlandmark: {augmentation: {wild_share: 1.5}}", "landmark", "wild_share: "),
        ("name: a\nlandmark: {photo_share: -0.1}", "landmark", "photo_share: "),
        ("name: ''", "landmark", "name: "),
        ("seed: 1", "landmark", "name: "),
        ("name: a\nseed: -1", "landmark", "seed: "),
        ("name: a\nseed: 99999999999999999999", "landmark", "seed: "),
        ("name: a\npalm: {}", "landmark", "is a recipe for `hand-tracker train palm`"),
        ("name: a\nlandmark: {}", "palm", "is a recipe for `hand-tracker train landmark`"),
        ("name: a\nlandmark: {}\npalm: {}", "palm", "not for both"),
        ("- 1", "landmark", "is a mapping"),
        ("", "landmark", "is a mapping"),
        ("a: [", "landmark", "line 1, column 5"),
        (b"\xff\xfe\x00", "landmark", "is not a text file"),
    ],
)
def test_mistakes_are_one_line(tmp_path: Path, text: str, kind: Kind, message: str) -> None:
    with pytest.raises(UserError, match=re.escape(message)) as error:
        load_recipe(written(tmp_path, text), kind)
    assert "\n" not in str(error.value)
    assert "my.yaml" in str(error.value)


def test_no_file(tmp_path: Path) -> None:
    for path in (tmp_path / "none.yaml", tmp_path):
        with pytest.raises(UserError, match="cannot be read"):
            load_recipe(path, "landmark")


def section_of(annotation: Any) -> type[BaseModel] | None:
    """The model of a key that is a section, optional or not."""
    options = get_args(annotation) if isinstance(annotation, types.UnionType) else (annotation,)
    models = [o for o in options if isinstance(o, type) and issubclass(o, BaseModel)]
    return models[0] if models else None


def recipe_keys(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted keys and defaults; of a section None."""
    for name, field in model.model_fields.items():
        section = section_of(field.annotation)
        yield prefix + name, None if section or field.is_required() else field.default
        if section:
            yield from recipe_keys(section, f"{prefix}{name}.")


def documented() -> dict[str, tuple[str, str]]:
    """Default and meaning of each dotted key in the document."""
    text = (ROOT / "docs/training.md").read_text(encoding="utf-8")
    found: dict[str, tuple[str, str]] = {}
    prefix = ""
    for line in text.partition("\n## The recipe\n")[2].splitlines():
        if heading := re.fullmatch(r"### `([\w.]+)`", line):
            prefix = f"{heading[1]}."
        elif line.startswith("| `"):
            key, default, meaning = (cell.strip() for cell in line.strip("|").split("|"))
            found[prefix + key.strip("`")] = (default, meaning)
    return found


def test_the_document_has_every_key_and_no_other() -> None:
    assert set(documented()) == {key for key, _ in recipe_keys(Recipe)}


def test_the_document_has_the_defaults() -> None:
    for key, default in recipe_keys(Recipe):
        said = yaml.safe_load(documented()[key][0])
        assert said == (list(default) if isinstance(default, tuple) else default), key
