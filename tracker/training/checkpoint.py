"""State of a run in its folder: enough to go on as if nothing had happened."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import torch

from synth.errors import UserError

FILE_NAME = "checkpoint.pt"
#: The last state before the learning rate began to fall, from which a longer run can go on.
BEFORE_DECAY = "before-decay.pt"


def save_checkpoint(run: Path, state: dict[str, Any], name: str = FILE_NAME) -> None:
    """Write beside the old one and rename: a kill leaves one or the other, whole."""
    temporary = run / (name + ".tmp")
    torch.save(state, temporary)
    os.replace(temporary, run / name)


def has_checkpoint(run: Path) -> bool:
    """Whether the run has begun."""
    return (run / FILE_NAME).exists()


def load_checkpoint(run: Path, device: torch.device | str = "cpu") -> dict[str, Any] | None:
    """The state, or None if there is none yet.

    Raises:
        UserError: if it cannot be read.
    """
    path = run / FILE_NAME
    if not has_checkpoint(run):
        return None
    try:
        return torch.load(path, map_location=device, weights_only=True)
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}") from None
    except Exception:  # A damaged pickle fails in any way: its bytes are orders to a machine.
        raise UserError(f"{path}: is damaged; remove it to begin again") from None
