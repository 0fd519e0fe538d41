"""Which of the datasets that are trained on hold images back to validate on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from synth.dataset import read_dataset
from synth.errors import UserError


def with_validation(data: Sequence[str | Path]) -> list[str | Path]:
    """Datasets with a val split, each once; one that is named several times to weigh more in the
    training is not looked at several times.

    Raises:
        UserError: if one is no dataset, or none has a val split.
    """
    each = dict.fromkeys(data)
    held = [where for where in each if read_dataset(where).counts()["val"]["samples"]]
    if not held:
        raise UserError(
            f"{', '.join(str(where) for where in each)}: no dataset has a val split to validate on:"
            " name one more with --data"
        )
    return held
