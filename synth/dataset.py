"""dataset.json: what a folder of shards is, and whether it may be continued.

Everything in it but `made` depends on the manifest, the limit and the versions alone, so two runs
of the same manifest differ in `made` only: that is where times, machine and device are.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from synth import inputs
from synth.errors import UserError
from synth.manifest import SPLITS, Manifest
from synth.scene import Contacts
from synth.shards.files import write_atomically
from synth.shards.writer import ShardRecord

FILE_NAME = "dataset.json"

#: Of dataset.json and the shards; raised when either changes so that readers must change.
FORMAT_VERSION = 1

#: Packages whose version may change the bytes of an image or a label.
PACKAGES = ("handsynth", "anny", "bpy", "numpy", "opencv-python", "pillow", "scipy")


@dataclass(frozen=True)
class Made:
    """When, where and with what a dataset was made, over all runs that went into it."""

    started: str | None = None  # ISO 8601, UTC
    finished: str | None = None  # of the last run
    seconds: float = 0.0  # of all runs
    runs: int = 0
    devices: tuple[str, ...] = ()
    hardware: dict[str, Any] = field(default_factory=dict)
    contacts: Contacts = field(default_factory=Contacts)


@dataclass(frozen=True)
class Dataset:
    """The content of dataset.json."""

    name: str
    manifest: dict[str, Any]
    manifest_sha256: str
    inputs: dict[str, str]
    versions: dict[str, str]
    shards: tuple[ShardRecord, ...] = ()
    made: Made = Made()

    @property
    def complete(self) -> bool:
        """Whether all sequences of the manifest are there."""
        return sum(shard.sequences for shard in self.shards) == self.manifest["sequences"]

    def to_json(self) -> bytes:
        """Indented JSON with the counts of each split added."""
        content = {
            "format": FORMAT_VERSION,
            "name": self.name,
            "complete": self.complete,
            "counts": self.counts(),
            "manifest": self.manifest,
            "manifest_sha256": self.manifest_sha256,
            "inputs": self.inputs,
            "versions": self.versions,
            "shards": [asdict(shard) for shard in self.shards],
            "made": {**asdict(self.made), "contacts": self.made.contacts.model_dump()},
        }
        return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()

    def counts(self) -> dict[str, dict[str, int]]:
        """Shards, sequences and samples of each split."""
        return {
            split: {
                "shards": len(shards),
                "sequences": sum(shard.sequences for shard in shards),
                "samples": sum(shard.samples for shard in shards),
            }
            for split in SPLITS
            for shards in [[shard for shard in self.shards if shard.split == split]]
        }


def new_dataset(manifest: Manifest) -> Dataset:
    """A dataset without shards, for this machine's versions.

    Raises:
        UserError: if the files that the manifest draws on cannot be listed.
    """
    return Dataset(
        name=manifest.name,
        manifest=manifest.model_dump(mode="json"),
        manifest_sha256=manifest.checksum(),
        inputs=inputs.fingerprint(manifest),
        versions=package_versions(),
    )


def package_versions() -> dict[str, str]:
    """Versions of Python and of `PACKAGES`, those that are installed."""
    versions = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    return versions


def write_dataset(folder: Path, dataset: Dataset) -> None:
    """Write dataset.json, whole or not at all."""
    write_atomically(folder / FILE_NAME, [dataset.to_json()])


def read_dataset(folder: Path) -> Dataset:
    """Read dataset.json.

    Raises:
        UserError: one line, if it is missing, unreadable or of another format.
    """
    path = folder / FILE_NAME
    try:
        content = json.loads(path.read_bytes())
        if content["format"] != FORMAT_VERSION:
            raise UserError(
                f"{path}: has format {content['format']}, this version reads {FORMAT_VERSION}"
            )
        made = {
            **content["made"],
            "devices": tuple(content["made"]["devices"]),
            "contacts": Contacts(**content["made"]["contacts"]),
        }
        return Dataset(
            **{
                key.name: content[key.name]
                for key in fields(Dataset)
                if key.name not in ("shards", "made")
            },
            shards=tuple(ShardRecord(**shard) for shard in content["shards"]),
            made=Made(**made),
        )
    except FileNotFoundError:
        raise UserError(f"{folder}: is no dataset, there is no {FILE_NAME} in it") from None
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError) as error:
        reason = f"{type(error).__name__} {error}"
        raise UserError(f"{path}: is damaged ({reason}): remove the folder or its copy") from None


def refuse_other(folder: Path, there: Dataset, wanted: Dataset) -> None:
    """Refuse to go on with a dataset that was begun differently.

    Raises:
        UserError: one line naming what differs.
    """
    pairs: Sequence[tuple[str, dict[str, Any], dict[str, Any]]] = (
        ("manifest", there.manifest, wanted.manifest),
        ("files the manifest draws on", there.inputs, wanted.inputs),
        ("versions", there.versions, wanted.versions),
    )
    for what, old, new in pairs:
        differences = _differences(old, new)
        if differences:
            raise UserError(
                f"{folder}: holds a dataset begun with other {what}: {_listed(differences)};"
                f" choose another folder or remove this one"
            )


def _listed(differences: list[str], most: int = 3) -> str:
    more = f" and {len(differences) - most} more" if len(differences) > most else ""
    return ", ".join(differences[:most]) + more


def _differences(old: Any, new: Any, key: str = "") -> list[str]:
    if isinstance(old, dict) and isinstance(new, dict):
        return [
            line
            for name in dict.fromkeys([*old, *new])
            for line in _differences(old.get(name), new.get(name), f"{key}.{name}".lstrip("."))
        ]
    if old == new:
        return []
    return [f"{key} {json.dumps(old)} there, {json.dumps(new)} now"]
