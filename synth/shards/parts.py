"""Finished sequences that wait for their shard to be full.

A part is a tar archive of one sequence. Its name holds its SHA-256, so that one rename puts both
in place and a part that a crash left damaged is known by its name.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from synth.sample import Sample
from synth.shards.archive import END, pack, unpack
from synth.shards.members import encode_members
from synth.shards.plan import sequence_of_key
from synth.storage.files import remove_temporaries, sha256_of, write_atomically

#: Folder of the parts inside a dataset's folder.
PARTS_FOLDER = ".parts"

_NAME = re.compile(r"(\d{8})-([0-9a-f]{64})\.tar")


def encode_part(samples: Iterable[Sample]) -> bytes:
    """A part's content."""
    return b"".join(pack(member for sample in samples for member in encode_members(sample))) + END


def write_part(folder: Path, sequence: int, content: bytes) -> Path:
    """Put a part in place.

    Raises:
        OSError: if it cannot be written; nothing is left behind.
    """
    path = folder / f"{sequence:08d}-{hashlib.sha256(content).hexdigest()}.tar"
    write_atomically(path, [content])
    return path


def find_parts(folder: Path) -> tuple[dict[int, Path], list[int]]:
    """Whole parts by sequence, and the sequences whose part was broken.

    Broken parts and unfinished files are removed.
    """
    remove_temporaries(folder)
    whole: dict[int, Path] = {}
    broken: list[int] = []
    for path, sequence, sha256 in named_parts(folder):
        if sequence in whole or sha256_of(path) != sha256:
            broken.append(sequence)
            path.unlink()
        else:
            whole[sequence] = path
    return whole, broken


def named_parts(folder: Path) -> list[tuple[Path, int, str]]:
    """Path, sequence and SHA-256 of parts, as their names have them; none is read."""
    matches = [(path, _NAME.fullmatch(path.name)) for path in sorted(folder.iterdir())]
    return [(path, int(match[1]), match[2]) for path, match in matches if match is not None]


def split_into_parts(shard: Path, folder: Path) -> dict[int, Path]:
    """Take a shard apart again: its sequences as parts. The shard stays as it is."""
    by_sequence = groupby(unpack(shard), key=lambda member: sequence_of_key(member[0]))
    return {
        sequence: write_part(folder, sequence, b"".join(pack(members)) + END)
        for sequence, members in by_sequence
    }
