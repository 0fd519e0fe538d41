"""What the documents say, against the code: keys, names, defaults, bounds, commands and links."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_args

import numpy as np
import pytest
import yaml
from pydantic import BaseModel, ValidationError
from typer.main import get_command

from annotate.cli import app as annotate_app
from annotate.formats.texts import TextFormatName
from synth.cli import app as synth_app
from synth.dataset import new_dataset
from synth.hand.model import PHENOTYPES
from synth.hand.recipe import LOCAL_CHANGES
from synth.labels import label_of_view
from synth.landmarks import BLENDSHAPES, BONES, LANDMARKS
from synth.manifest import Manifest, load_manifest, parse_manifest
from synth.sampling.sequence import plan_scene
from synth.shards.writer import ShardRecord
from tracker.cli import app as tracker_app

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
#: Label keys whose value is a mapping of names that the text lists.
NAMES = {
    "hands[].bones": BONES,
    "hands[].blendshapes": BLENDSHAPES,
    "hands[].phenotype": (*PHENOTYPES, *LOCAL_CHANGES),
}


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def section(text: str, heading: str) -> str:
    """What stands below a heading, up to the next of the same or a higher level."""
    level = heading.split(" ")[0]
    following = text.partition(f"\n{heading}\n")[2]
    assert following, f"there is no heading {heading}"
    return re.split(rf"^#{{1,{len(level)}}} ", following, flags=re.MULTILINE)[0]


def rows(text: str) -> list[list[str]]:
    """Cells of all table rows that start with something in backticks."""
    lines = [line for line in text.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@lru_cache(maxsize=1)
def manifest_rows() -> dict[str, list[str]]:
    """Default and bounds of each key, by dotted key."""
    found: dict[str, list[str]] = {}
    prefix = ""
    for line in text_of("docs/manifest.md").splitlines():
        if line.startswith(("## ", "### ")):
            named = re.fullmatch(r"#+ `([\w.]+)`", line)
            prefix = f"{named[1]}." if named else ""
        for key, *cells in rows(line):
            found[prefix + key.strip("`")] = cells[:2]
    return found


def manifest_keys(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, key in model.model_fields.items():
        yield prefix + name, key.default
        if isinstance(key.default, BaseModel):
            yield from manifest_keys(type(key.default), f"{prefix}{name}.")


def test_manifest_has_every_key_and_no_other() -> None:
    assert set(manifest_rows()) == {key for key, _ in manifest_keys(Manifest)}


def test_manifest_defaults() -> None:
    for key, default in manifest_keys(Manifest):
        if not isinstance(default, BaseModel):
            said = yaml.safe_load(manifest_rows()[key][0])
            assert said == (list(default) if isinstance(default, tuple) else default), key


def is_refused(key: str, value: Any) -> bool:
    """Whether that key's own value is what the manifest is refused for."""
    data = value
    for part in reversed(key.split(".")):
        data = {part: data}
    try:
        Manifest.model_validate(data, context={"folder": ROOT})
    except ValidationError as error:
        return any(".".join(map(str, e["loc"])).startswith(key) for e in error.errors())
    return False


def test_manifest_bounds() -> None:
    checked = 0
    for key, default in manifest_keys(Manifest):
        bounds = re.fullmatch(r"(-?[\d.]+) …(?: (-?[\d.]+))?", manifest_rows()[key][1])
        if bounds is None:
            continue
        sample = default[0] if isinstance(default, tuple) else default
        for text, outwards in zip(bounds.groups(), (-1, 1), strict=True):
            if text is None:
                assert not is_refused(key, type(sample)(10**9)), key
                continue
            step = 1 if isinstance(sample, int) else 1e-4
            for value, refused in (
                (type(sample)(text), False),
                (type(sample)(text) + outwards * step, True),
            ):
                given = (value, value) if isinstance(default, tuple) else value
                assert is_refused(key, given) == refused, (key, given)
                checked += 1
    assert checked > 90
    numeric = {
        key
        for key, default in manifest_keys(Manifest)
        for first in [default[0] if isinstance(default, tuple) else default]
        if isinstance(first, int | float) and not isinstance(first, bool)
    }
    assert {key for key in numeric if "…" not in manifest_rows()[key][1]} == set()


@pytest.mark.parametrize("name", ["README.md", "docs/manifest.md"])
def test_example_manifests(name: str, tmp_path: Path) -> None:
    for folder in ("hdris", "photos"):
        (tmp_path / folder).mkdir()
    blocks = re.findall(r"```yaml\n(.*?)```", text_of(name), re.DOTALL)
    assert blocks
    for block in blocks:
        parse_manifest(yaml.safe_load(block), tmp_path, name)


@lru_cache(maxsize=1)
def real_label() -> dict[str, Any]:
    """A label as the renderer makes it, with at least one lamp, of a hand made up of noise."""
    manifest = load_manifest(ROOT / "manifests/quickstart.yaml")
    light = manifest.light.model_copy(update={"lamps": (1, 1)})
    scene = plan_scene(manifest.model_copy(update={"light": light}), 0)
    points = np.random.default_rng(0).normal(0, 0.05, (21, 3))
    hand = SimpleNamespace(landmarks_world=points, vertices=points)
    label = label_of_view(scene, scene.frames[0], 0, [hand], lambda *_: [2] * 21)
    return json.loads(json.dumps(label))


def label_keys(value: Any, prefix: str = "") -> Iterator[str]:
    if isinstance(value, dict) and prefix not in NAMES:
        for name, item in value.items():
            key = f"{prefix}.{name}".lstrip(".")
            yield key
            yield from label_keys(item, key)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        yield from label_keys(value[0], f"{prefix}[]")


def test_format_describes_every_label_key_and_no_other() -> None:
    described = section(text_of("docs/format.md"), "## The label").split("\n### ")[0]
    said = {row[0].strip("`") for row in rows(described)}
    keys = set(label_keys(real_label()))
    # A section whose keys are described needs no row of its own.
    parents = {key.rpartition(".")[0].removesuffix("[]") for key in keys}
    assert said <= keys
    assert keys - parents <= said


def test_format_lists_the_names_in_labels() -> None:
    text = text_of("docs/format.md")
    places = {
        "hands[].bones": section(text, "### Bones"),
        "hands[].blendshapes": section(text, "### Blendshapes"),
        "hands[].phenotype": section(text, "## The label"),
    }
    hand = real_label()["hands"][0]
    for key, names in NAMES.items():
        assert set(hand[key.rpartition(".")[2]]) == set(names)
        missing = [name for name in names if f"`{name}`" not in places[key]]
        assert missing == [], key


def test_format_numbers_the_landmarks() -> None:
    table = section(text_of("docs/format.md"), "### Landmarks")
    found = re.findall(r"^\| (\d+) \| `(\w+)` \|", table, re.MULTILINE)
    assert [(int(index), name) for index, name in found] == list(enumerate(LANDMARKS))


def test_format_describes_dataset_json() -> None:
    described = {
        row[0].strip("`"): row[1]
        for row in rows(section(text_of("docs/format.md"), "### dataset.json"))
    }
    content = json.loads(new_dataset(load_manifest(ROOT / "manifests/quickstart.yaml")).to_json())
    assert set(described) == set(content)
    for key, names in (
        ("counts", content["counts"]["train"]),
        ("inputs", content["inputs"]),
        ("shards", ShardRecord.__dataclass_fields__),
        ("made", content["made"]),
    ):
        assert [name for name in names if f"`{name}`" not in described[key]] == [], key


def test_annotation_names_the_formats_and_keys() -> None:
    text = text_of("docs/annotation.md")
    named = [row[0].strip("`") for row in rows(section(text, "## Formats"))]
    assert named == [*get_args(TextFormatName), "shards"]
    table = re.findall(r'^  \["\w+", "([^"]+)"', text_of("annotate/page/keys.js"), re.MULTILINE)
    known = {key for keys in table for key in keys.split()}
    keys = re.findall(r"^\| ([A-Z][^|]*) \|", section(text, "## The page"), re.MULTILINE)
    assert len(keys) > 6
    for key in (key.strip() for cell in keys for key in cell.split(",")):
        assert key in known, key


def test_third_party_names_every_dependency() -> None:
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    extras = project["optional-dependencies"]
    used = [packages for extra, packages in extras.items() if extra != "dev"]
    wanted = [*project["dependencies"], *chain.from_iterable(used)]
    packages = {re.match(r"[\w-]+", line)[0] for line in wanted}  # type: ignore[index]
    table = section(text_of("docs/third-party.md"), "## Python packages")
    assert {row[0].strip("`") for row in rows(table)} == packages


def shown_commands() -> list[tuple[str, list[str]]]:
    blocks = [
        (document.name, block)
        for document in DOCUMENTS
        for language, block in re.findall(
            r"^```(\w*)\n(.*?)^```$", document.read_text(), re.DOTALL | re.MULTILINE
        )
        if not language
    ]
    return [
        (name, shlex.split(line, comments=True))
        for name, block in blocks
        for line in block.splitlines()
        if line.startswith(("hand-annotate ", "hand-synth ", "hand-tracker ", "make "))
    ]


def test_shown_commands_exist() -> None:
    targets = re.findall(r"^([\w-]+):", text_of("Makefile"), re.MULTILINE)
    apps = {"hand-annotate": annotate_app, "hand-synth": synth_app, "hand-tracker": tracker_app}
    commands = {program: get_command(app) for program, app in apps.items()}
    shown = shown_commands()
    in_readme = {tuple(words[:2]) for name, words in shown if name == "README.md"}
    assert in_readme >= {
        *(("make", "demo"), ("make", "test")),
        *((program, name) for program, root in commands.items() for name in root.commands),  # type: ignore[attr-defined]
    }
    for name, words in shown:
        if words[0] == "make":
            assert words[1] in targets, (name, words)
            continue
        # Parses the words and runs nothing; an unknown option or a bad value is an error.
        command, rest = commands[words[0]], words[1:]
        while hasattr(command, "commands"):
            command, rest = command.commands[rest[0]], rest[1:]
        command.make_context(words[1], rest)


def test_links_lead_somewhere() -> None:
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if target.startswith("https://"):
                continue
            file, _, anchor = target.partition("#")
            path = (document.parent / file).resolve() if file else document
            assert path.exists(), f"{document.name}: {target}"
            if anchor:
                assert anchor in anchors(path), f"{document.name}: {target}"


def anchors(document: Path) -> set[str]:
    """Anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
