"""What is spent on a dataset of a million sequences beside making them."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from synth.engine.job import EngineSettings, Event, Finished, Job
from synth.generation import closing
from synth.generation.make import make
from synth.generation.work import prepare
from synth.manifest import Manifest
from synth.scene import Contacts
from synth.shards.plan import ShardPlan
from synth.shards.writer import ShardRecord
from synth.storage.place import place_at
from tests.synth.generation.test_make import SETTINGS

_SHARD = 200
CONTACTS = Contacts()


def made_at_once(job: Job, _settings: EngineSettings) -> Generator[Event, None, None]:
    """Says of every sequence that it is there."""
    for sequence in job.sequences:
        yield Finished(sequence, _Part(), 4, {"render": 1.0}, CONTACTS)


class _Part(type(Path())):  # type: ignore[misc]
    """A part that nobody wrote."""

    def unlink(self, missing_ok: bool = False) -> None:
        pass


def not_assembled(
    _folder: Path, plan: ShardPlan, _parts: object, images_per_sequence: int
) -> ShardRecord:
    count = len(plan.sequences)
    samples = count * images_per_sequence
    return ShardRecord(plan.name, plan.split, "ab" * 32, 1, plan.sequences.start, count, samples)


def spent(manifest: Manifest, folder: Path) -> tuple[float, int]:
    """Seconds and most bytes, where they are traced, of a run in which making takes no time."""
    folder.mkdir()
    started = time.perf_counter()
    work = prepare(manifest, place_at(folder), folder, None, pytest.fail)
    outcome = make(work, SETTINGS, lambda _event: None, made_at_once)
    seconds = time.perf_counter() - started
    peak = tracemalloc.get_traced_memory()[1]
    assert outcome.sequences == manifest.sequences
    return seconds, peak


@pytest.fixture
def at_scale(
    make_manifest: Callable[..., Manifest], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[int], tuple[float, int]]:
    monkeypatch.setattr(closing, "assemble_shard", not_assembled)

    def run(sequences: int) -> tuple[float, int]:
        manifest = make_manifest(sequences=sequences, output={"sequences_per_shard": _SHARD})
        return spent(manifest, tmp_path / str(sequences))

    return run


def test_memory_grows_by_the_shards_alone(at_scale: Callable[[int], tuple[float, int]]) -> None:
    tracemalloc.start()
    _, small = at_scale(20_000)
    tracemalloc.reset_peak()
    _, large = at_scale(40_000)
    tracemalloc.stop()
    # Of 100 more shards, written as JSON meanwhile; of each of 20,000 more sequences less than an
    # entry in a dict.
    assert (large - small) / 20_000 < 60


@pytest.mark.slow
def test_a_million_sequences_cost_next_to_nothing(
    at_scale: Callable[[int], tuple[float, int]],
) -> None:
    seconds, _ = at_scale(1_000_000)
    print(f"{seconds:.0f} µs a sequence")
    # One image a sequence, on the fastest GPU, takes some 50 ms; 2 % of that is a millisecond.
    assert seconds / 1_000_000 < 0.001
