"""What a run is doing or how it ended: what its file says, and what can be seen of its process."""

from __future__ import annotations

import json
import platform
from pathlib import Path
from typing import Final, Literal

import psutil
from pydantic import BaseModel, ValidationError

from synth.errors import UserError
from synth.generation.work import LOGS_FOLDER

FILE_NAME: Final = "status.json"

#: How a run ended: all was made that could be; a signal; an error.
End = Literal["finished", "stopped", "failed"]
#: What a run is to who looks: as it ended; without an end, what can be seen of its process.
State = Literal["finished", "stopped", "failed", "ended", "running", "killed", "elsewhere"]


class WorkerStatus(BaseModel):
    """A worker. Times are seconds since 1970."""

    device: str = ""
    sequence: int | None = None
    since: float = 0.0
    done: int = 0
    memory: int = 0


class Status(BaseModel):
    """A run.

    Attributes:
        dataset: its place.
        host, pid, pid_started: of the process that runs it.
        started, updated: seconds since 1970; the speed is that of the time before `updated`, which
            is the end of a run that has ended.
        ended: whether it could say that it ended; a killed one could not.
        end: how it ended; None for one that did not, or that an older version wrote.
        reason: of a failed one, its line.
        planned: sequences of the dataset, as far as this run was to make them.
        there: of them, those that earlier runs had made.
        made, images: of this run.
        images_a_second: of late.
        retries: how often a sequence was begun again.
        set_aside: why, by sequence.
        workers: by number.
    """

    dataset: str
    host: str
    pid: int
    pid_started: float
    started: float
    updated: float
    ended: bool = False
    end: End | None = None
    reason: str = ""
    planned: int
    there: int
    made: int = 0
    images: int = 0
    images_a_second: float | None = None
    retries: int = 0
    set_aside: dict[int, str] = {}
    workers: dict[int, WorkerStatus] = {}


def read_status(folder: Path) -> Status | None:
    """The newest run of a working folder; None if there was none.

    Raises:
        UserError: if its file is damaged or cannot be read.
    """
    path = folder / LOGS_FOLDER / FILE_NAME
    try:
        return Status.model_validate(json.loads(path.read_bytes()))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror or error}") from None
    except (ValidationError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise UserError(f"{path}: is damaged ({reason:.100}): remove it") from None


def state_of(status: Status) -> State:
    """What the run is; "elsewhere" where that cannot be seen from this machine."""
    if status.ended:
        return status.end or "ended"
    if status.host != platform.node():
        return "elsewhere"
    try:
        started = psutil.Process(status.pid).create_time()
    except psutil.Error:
        return "killed"
    return "running" if abs(started - status.pid_started) < 1.0 else "killed"


def recounted(status: Status, on_disk: int, images_per_sequence: int) -> Status:
    """The status of a killed run with what it left rather than what it last wrote.

    Args:
        on_disk: sequences that are in the dataset.
    """
    made = on_disk - status.there
    if made == status.made:
        return status
    images = max(0, status.images + (made - status.made) * images_per_sequence)
    return status.model_copy(update={"made": made, "images": images})
