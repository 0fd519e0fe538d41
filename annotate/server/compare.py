"""Another pass over the same photographs, read while somebody may still be at work on it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from annotate.labels import Label
from annotate.store.store import read_labels


@dataclass(frozen=True)
class Comparison:
    """The other pass.

    Attributes:
        name: of its file.
        labels: what it says, by path, with the number of the revision.
    """

    name: str
    labels: dict[str, tuple[int, Label]]


def compare_with(file: Path) -> Comparison:
    """Read another pass.

    Raises:
        UserError: if there is no such file, or it is no store or of a newer format.
    """
    return Comparison(file.name, read_labels(file))
