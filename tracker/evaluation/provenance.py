"""Where a figure comes from: the images, the machine, the command."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from synth.errors import UserError


@dataclass(frozen=True)
class Source:
    """Which images a figure was computed on.

    Attributes:
        name: of the dataset or the folder of photographs.
        part: split or set.
        checksum: SHA-256 of the dataset's manifest or of the index of the photographs.
        complete: whether all of the dataset was there.
    """

    name: str
    part: str
    checksum: str
    complete: bool = True

    def __str__(self) -> str:
        unfinished = "" if self.complete else ", not yet complete"
        return f"{self.name}, {self.part} (sha256 {self.checksum[:16]}{unfinished})"


@dataclass(frozen=True)
class Machine:
    """What ran it."""

    processor: str
    cores: int
    system: str
    python: str

    def __str__(self) -> str:
        return f"{self.processor}, {self.cores} cores, {self.system}, Python {self.python}"


def dataset_source(folder: Path, split: str) -> Source:
    """Of a generated dataset.

    Raises:
        UserError: if the folder holds no dataset.json, or a damaged one.
    """
    path = folder / "dataset.json"
    try:
        content = json.loads(path.read_bytes())
        return Source(content["name"], split, content["manifest_sha256"], content["complete"])
    except FileNotFoundError:
        raise UserError(f"{folder}: is no dataset, there is no {path.name} in it") from None
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path}: is damaged ({type(error).__name__} {error})") from None


def planned_images(folder: Path, split: str) -> int:
    """Images that dataset.json counts in a split; 0 where it says nothing of it."""
    try:
        counts = json.loads((folder / "dataset.json").read_bytes())["counts"]
        return int(counts[split]["samples"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def photos_source(index: Path, part: str) -> Source:
    """Of photographs, by the bytes of their index."""
    return Source(index.parent.name, part, hashlib.sha256(index.read_bytes()).hexdigest())


def this_machine() -> Machine:
    """Processor, cores that this process may use, system and Python."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return Machine(_processor(), cores or 1, platform.platform(), platform.python_version())


def this_command() -> str:
    """The command line, with the program's name alone in place of its path."""
    return shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]])


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
