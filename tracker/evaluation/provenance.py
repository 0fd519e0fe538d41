"""Where a figure comes from: the images, the machine, the command."""

from __future__ import annotations

import platform
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from synth.dataset import Dataset
from synth.hardware import available_cores, processor_name
from synth.storage.files import sha256_of
from tracker.photos import INDEX


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


def dataset_source(dataset: Dataset, split: str) -> Source:
    """Of a generated dataset."""
    return Source(dataset.name, split, dataset.manifest_sha256, dataset.complete)


def photos_source(folder: Path, part: str) -> Source:
    """Of photographs, by the bytes of their index."""
    return Source(folder.name, part, sha256_of(folder / INDEX))


def this_machine() -> Machine:
    """Processor, cores that this process may use, system and Python."""
    return Machine(
        processor_name(), available_cores(), platform.platform(), platform.python_version()
    )


def this_command() -> str:
    """The command line, with the program's name alone in place of its path."""
    return shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]])
