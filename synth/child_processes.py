"""What processes inherit that are started to compute."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Mapping, Set
from contextlib import contextmanager
from typing import Final

#: Thread pools of numerical libraries stay off in workers: they would compete with the renderer,
#: and sums in another order would change last bits, and so the bytes.
SINGLE_THREADED: Final = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1"
)


@contextmanager
def interrupts_held_back() -> Iterator[None]:
    """Keep Ctrl-C from processes that start inside, which inherit the mask, until they ignore the
    signal themselves: it is this one's to answer."""
    with signals_held_back({signal.SIGINT}):
        yield


@contextmanager
def signals_held_back(signals: Set[signal.Signals]) -> Iterator[None]:
    """Let signals wait until what is inside is done."""
    old = signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, old)


@contextmanager
def environment(values: Mapping[str, str]) -> Iterator[None]:
    """Variables that processes inherit which are started inside."""
    old = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in old.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
