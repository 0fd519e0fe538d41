"""A whole dataset: its shards in as many processes as asked for, then what they have in common."""

from __future__ import annotations

import json
import multiprocessing
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from synth.child_processes import SINGLE_THREADED, environment, interrupts_held_back
from synth.dataset import FILE_NAME, Dataset, read_dataset
from synth.errors import UserError
from synth.storage.place import Place, names_in, place_at, read_bytes
from synth.validation.backgrounds import background_faults, background_photographs
from synth.validation.fault import Fault, Tally
from synth.validation.inventory import DATASET, inventory_faults, is_complete
from synth.validation.order import layout_of
from synth.validation.shard_check import Checked, Job, check_shard
from synth.validation.skeleton import has_hand_asset
from synth.validation.splits import Pools, origin_faults, sequence_faults, split_faults

#: Beside the shards of photographs: which file each sample was made from.
_ORIGINS: Final = "photographs.json"


@dataclass(frozen=True)
class Verdict:
    """What came of a dataset.

    Attributes:
        name: of the dataset.
        faults: of the dataset, then of its shards in their order.
        complete: whether all sequences of the manifest are there; None if it does not say how many.
        notes: what was not checked, and why; and that the dataset is not complete.
        shards, samples, bytes: how much was read.
        seconds: of the clock.
        core_seconds: that cores were busy, of all processes.
        workers: processes.
    """

    name: str
    faults: Tally
    complete: bool | None
    notes: tuple[str, ...]
    shards: int
    samples: int
    bytes: int
    seconds: float
    core_seconds: float
    workers: int


def check_dataset(
    where: str | Path,
    workers: int = 1,
    limit: int = 5,
    watch: Callable[[Checked], object] = lambda checked: None,
) -> Verdict:
    """Read all of a dataset and check it.

    Memory does not grow with the number of images: of faults the first few are kept.

    Args:
        where: path or URL of the dataset's folder.
        workers: processes; with one, everything is done in this one.
        limit: faults of each check that are kept.
        watch: is given each shard's result, in their order.

    Raises:
        UserError: if it is no dataset, or a store cannot be reached.
    """
    started = time.perf_counter()
    place = place_at(where)
    dataset = read_dataset(where)
    said = json.loads(read_bytes(place, FILE_NAME))
    tally, pools = Tally(limit), dict[str, Pools]()
    with_shapes = has_hand_asset()
    notes = [] if with_shapes else [_NO_ASSET]
    if is_complete(dataset) is False:
        notes.append(_incomplete(dataset))
    tally.add(inventory_faults(dataset, said, names_in(place)))
    tally.add(sequence_faults(dataset))
    layout = layout_of(dataset.manifest)
    jobs = [Job(place.url, record, layout, limit, with_shapes) for record in dataset.shards]
    workers = max(1, min(workers, len(jobs)))
    samples = size = 0
    core_seconds = 0.0
    for job, checked in zip(jobs, all_checked(jobs, workers), strict=True):
        tally.merge(checked.faults)
        pools.setdefault(job.record.split, Pools()).update(checked.pools)
        samples, size = samples + checked.samples, size + checked.bytes
        core_seconds += checked.seconds
        watch(checked)
    tally.add(split_faults(pools))
    if "kind" in dataset.manifest:
        tally.add(_origin_faults(place, dataset))
    backgrounds = background_photographs(dataset)
    if backgrounds is None:
        notes.append(_NO_BACKGROUNDS)
    else:
        tally.add(background_faults(backgrounds))
    return Verdict(
        name=dataset.name,
        faults=tally,
        complete=is_complete(dataset),
        notes=tuple(notes),
        shards=len(jobs),
        samples=samples,
        bytes=size,
        seconds=time.perf_counter() - started,
        core_seconds=core_seconds,
        workers=workers,
    )


_NO_ASSET: Final = (
    "joint angles and the bones' way to the landmarks were not checked: the hand is not in the"
    " cache yet; `hand-synth preview` builds it"
)
_NO_BACKGROUNDS: Final = (
    "whether splits share copies of a background photograph was not checked: the folder that the"
    " manifest names is not here as it was"
)


def _incomplete(dataset: Dataset) -> str:
    there = sum(record.sequences for record in dataset.shards)
    part = f", it is part {dataset.part}" if dataset.part else ""
    return (
        f"not complete: {there} of the manifest's {dataset.manifest['sequences']} sequences are"
        f" there{part}"
    )


def all_checked(jobs: Sequence[Job], workers: int) -> Generator[Checked, None, None]:
    """Check shards; what came of them is given in their order.

    Closing the iterator, or an exception in its consumer (Ctrl-C too), ends all processes at once.

    Raises:
        UserError: if a process dies, or a store cannot be reached.
    """
    if workers == 1:
        yield from map(check_shard, jobs)
        return
    context = multiprocessing.get_context("spawn")
    others = set(multiprocessing.active_children())
    with (
        environment(SINGLE_THREADED),
        ProcessPoolExecutor(workers, context, initializer=_prepare_worker) as pool,
    ):
        try:
            # Not pool.map, which cancels what is left on its own: two would do so at once.
            with interrupts_held_back():
                waiting = deque(pool.submit(check_shard, job) for job in jobs)
            while waiting:
                yield waiting.popleft().result()
        except BrokenProcessPool:
            raise UserError(
                "a process that checked a shard died, perhaps for want of memory: give less"
                " --workers"
            ) from None
        except BaseException:
            # Leaving the block waits for the shards that are being read, which may be large.
            for process in set(multiprocessing.active_children()) - others:
                process.kill()
            raise


def _prepare_worker() -> None:
    import cv2

    cv2.setNumThreads(1)


def _origin_faults(place: Place, dataset: Dataset) -> Iterator[Fault]:
    try:
        content = json.loads(read_bytes(place, _ORIGINS))
        origins = {str(key): str(origin["path"]) for key, origin in content.items()}
    except FileNotFoundError:
        yield Fault(DATASET, _ORIGINS, "", "is not there")
        return
    except (ValueError, TypeError, KeyError, AttributeError):
        yield Fault(DATASET, _ORIGINS, "", "is damaged")
        return
    yield from origin_faults(_ORIGINS, origins, dataset)
