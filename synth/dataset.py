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
from typing import Any, Final, NamedTuple

from pydantic import TypeAdapter, ValidationError

from synth import inputs
from synth.errors import UserError
from synth.manifest import SPLITS, Manifest
from synth.scene import Contacts
from synth.shards.plan import Part
from synth.shards.writer import ShardRecord
from synth.storage.place import Place, place_at, read_bytes, write_bytes

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
    part: str | None = None
    """k/n of a run that made every n-th shard; None of a whole dataset."""
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
            "part": self.part,
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


def new_dataset(manifest: Manifest, part: Part | None = None) -> Dataset:
    """A dataset, or a part of one, without shards, for this machine's versions.

    Raises:
        UserError: if the files that the manifest draws on cannot be listed.
    """
    return Dataset(
        name=manifest.name,
        manifest=manifest.model_dump(mode="json"),
        manifest_sha256=manifest.checksum(),
        inputs=inputs.fingerprint(manifest),
        versions=package_versions(),
        part=None if part is None else str(part),
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


def write_dataset(where: str | Path | Place, dataset: Dataset) -> None:
    """Write dataset.json, whole or not at all.

    Raises:
        UserError: if it cannot be written to a store.
        OSError: if it cannot be written here.
    """
    place = where if isinstance(where, Place) else place_at(where)
    write_bytes(place, FILE_NAME, dataset.to_json())


def read_dataset(where: str | Path | Place) -> Dataset:
    """Read dataset.json of a folder that is named by a path or a URL.

    Raises:
        UserError: one line, if it is missing, unreadable or of another format.
    """
    place = where if isinstance(where, Place) else place_at(where)
    path = place / FILE_NAME
    try:
        content = json.loads(read_bytes(place, FILE_NAME))
    except (FileNotFoundError, NotADirectoryError):
        raise UserError(f"{place}: is no dataset, there is no {FILE_NAME} in it") from None
    except json.JSONDecodeError as error:
        raise _damaged(path, f"line {error.lineno} of it is no JSON") from None
    except ValueError:
        raise _damaged(path, "it is no text") from None
    if not isinstance(content, dict) or "format" not in content:
        raise _damaged(path, "it does not say its format")
    if content["format"] != FORMAT_VERSION:
        raise UserError(
            f"{path}: has format {content['format']}, this version reads {FORMAT_VERSION}"
        )
    # A file without its shards is damaged and not empty; only `part` came later than the format.
    for key in fields(Dataset):
        if key.name not in content and key.name != "part":
            raise _damaged(path, f"it lacks {key.name}")
    try:
        return _READER.validate_python(content)
    except ValidationError as error:
        raise _damaged(path, _in_words(error)) from None


_READER: Final = TypeAdapter(Dataset)


def _in_words(error: ValidationError) -> str:
    """The first error: where, and what is wrong there."""
    first = error.errors(include_url=False)[0]
    keys = [f"[{key}]" if isinstance(key, int) else f".{key}" for key in first["loc"]]
    if first["type"] == "missing":
        return f"{''.join(keys[:-1]).lstrip('.')} lacks {first['loc'][-1]}"
    message = first["msg"].removeprefix("Input ")
    return f"{''.join(keys).lstrip('.')}: {message[0].lower()}{message[1:]}"


def _damaged(path: str, reason: str) -> UserError:
    return UserError(
        f"{path}: is damaged: {reason}; the shards may be whole: put a copy of this file back, or"
        " choose another folder"
    )


class Difference(NamedTuple):
    """In what two datasets differ that should not.

    Attributes:
        what: with its article, as "another manifest".
        values: key, value in the one and in the other, the values as JSON.
    """

    what: str
    values: list[tuple[str, str, str]]

    def listed(self, form: str, most: int = 3) -> str:
        """The first few values in words, `form` having three places for each."""
        more = f" and {len(self.values) - most} more" if len(self.values) > most else ""
        return ", ".join(form.format(*each) for each in self.values[:most]) + more


def find_difference(one: Dataset, other: Dataset) -> Difference | None:
    """What keeps two datasets from being one, their shares of the work included."""
    pairs: Sequence[tuple[str, dict[str, Any], dict[str, Any]]] = (
        ("another manifest", one.manifest, other.manifest),
        ("other files the manifest draws on", one.inputs, other.inputs),
        ("other versions", one.versions, other.versions),
        ("another share of the work", {"part": one.part}, {"part": other.part}),
    )
    for what, first, second in pairs:
        values = _differences(first, second)
        if values:
            return Difference(what, values)
    return None


def refuse_other(where: object, there: Dataset, wanted: Dataset) -> None:
    """Refuse to go on with a dataset that was begun differently.

    Raises:
        UserError: one line naming what differs.
    """
    difference = find_difference(there, wanted)
    if difference is not None:
        raise UserError(
            f"{where}: holds a dataset begun with {difference.what}:"
            f" {difference.listed('{} {} there, {} now')}; choose another folder"
        )


def _differences(one: Any, other: Any, key: str = "") -> list[tuple[str, str, str]]:
    if isinstance(one, dict) and isinstance(other, dict):
        return [
            each
            for name in dict.fromkeys([*one, *other])
            for each in _differences(one.get(name), other.get(name), f"{key}.{name}".lstrip("."))
        ]
    return [] if one == other else [(key, json.dumps(one), json.dumps(other))]
