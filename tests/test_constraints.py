"""constraints.txt pins all that the project asks for, to build it too, at versions it allows."""

from __future__ import annotations

import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]


def test_every_requirement_has_a_pin_that_it_allows() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = [
        *project["build-system"]["requires"],
        *project["project"]["dependencies"],
        *(text for extra in project["project"]["optional-dependencies"].values() for text in extra),
    ]
    pins = {}
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        if not line.startswith("#"):
            name, version = line.split("==")
            pins[canonicalize_name(name)] = version
    # The pins are of Linux with Python 3.11, where all of it can be installed.
    here = {"sys_platform": "linux", "python_version": "3.11"}
    requirements = [Requirement(text) for text in asked]
    wanted = [r for r in requirements if r.marker is None or r.marker.evaluate(here)]
    assert len(wanted) > 30
    for requirement in wanted:
        name = canonicalize_name(requirement.name)
        assert name in pins, f"{requirement} has no pin"
        assert pins[name] in requirement.specifier, f"{requirement}: {pins[name]} is pinned"
