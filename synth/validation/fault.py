"""What is wrong with a dataset, as values that can be counted without keeping them all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong.

    Attributes:
        check: short name of the kind of fault; faults are counted by it.
        shard: name of the shard, or of another file; empty where it is the dataset's.
        key: of the sample; empty where it is the shard's.
        what: in words, with the values.
    """

    check: str
    shard: str
    key: str
    what: str


@dataclass
class Tally:
    """Faults counted by check, of which only the first few are kept.

    Attributes:
        limit: how many of each check are kept.
        counts: number of faults by check.
        first: the first faults by check, in the order in which they were found.
    """

    limit: int
    counts: dict[str, int] = field(default_factory=dict)
    first: dict[str, list[Fault]] = field(default_factory=dict)

    def add(self, faults: Iterable[Fault]) -> None:
        """Count faults one by one."""
        for fault in faults:
            self.counts[fault.check] = self.counts.get(fault.check, 0) + 1
            kept = self.first.setdefault(fault.check, [])
            if len(kept) < self.limit:
                kept.append(fault)

    def merge(self, other: Tally) -> None:
        """Count what another tally has counted; its faults come after the ones that are here."""
        for check, count in other.counts.items():
            self.counts[check] = self.counts.get(check, 0) + count
            kept = self.first.setdefault(check, [])
            kept.extend(other.first[check][: max(0, self.limit - len(kept))])

    @property
    def total(self) -> int:
        return sum(self.counts.values())
