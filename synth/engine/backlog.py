"""The sequences of a job that wait to be made, and those that failed."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from itertools import islice
from typing import Final

from synth.engine.job import EngineSettings, Retried, SetAside
from synth.errors import UserError

KEPT: Final = "everything finished is kept"


class Backlog:
    """What is to be made, taken from an iterable as it is needed, a few ahead."""

    def __init__(self, sequences: Iterable[int], settings: EngineSettings) -> None:
        self._rest = iter(sequences)
        self._settings = settings
        # Those that are begun again come first.
        self._upcoming: deque[int] = deque()
        self._failures: Counter[int] = Counter()
        self._set_aside_in_a_row = 0
        self._look_ahead()

    def __len__(self) -> int:
        """How many wait, as far as is looked ahead: as many as there are workers."""
        return len(self._upcoming)

    def take(self) -> int:
        """The next one."""
        sequence = self._upcoming.popleft()
        self._look_ahead()
        return sequence

    def put_back(self, sequence: int) -> None:
        """One that was not made for a reason that lies elsewhere."""
        self._upcoming.appendleft(sequence)

    def finished(self, sequence: int) -> None:
        """One that was made."""
        self._set_aside_in_a_row = 0
        self._failures.pop(sequence, None)

    def failed(self, sequence: int, reason: str, log: object) -> Retried | SetAside:
        """One that failed: it is begun again, or set aside if it failed too often.

        Args:
            log: where there is more to read, for the message.

        Raises:
            UserError: if one after the other fails.
        """
        self._failures[sequence] += 1
        tries = self._failures[sequence]
        if tries <= self._settings.retries:
            self._upcoming.appendleft(sequence)
            return Retried(sequence, reason)
        del self._failures[sequence]
        self._set_aside_in_a_row += 1
        if self._set_aside_in_a_row >= self._settings.most_set_aside:
            raise UserError(
                f"{self._set_aside_in_a_row} sequences in a row failed, the last was {sequence},"
                f" tried {tries} times ({reason}): {KEPT}, see {log}"
            )
        return SetAside(sequence, reason)

    def _look_ahead(self) -> None:
        missing = self._settings.workers - len(self._upcoming)
        self._upcoming.extend(islice(self._rest, max(0, missing)))
