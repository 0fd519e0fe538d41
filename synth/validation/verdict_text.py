"""A verdict as a table for people and as JSON for programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from synth.validation.dataset_check import Verdict

_MEGABYTE = 1e6


def as_table(verdict: Verdict) -> str:
    """Checks that found something with their counts and first cases, then how much was read."""
    lines: list[str] = []
    counts = verdict.faults.counts
    if counts:
        wide = max(len(check) for check in counts)
        lines.append(f"{'check':<{wide}}  {'count':>7}  first")
        for check, count in sorted(counts.items(), key=lambda item: -item[1]):
            for index, fault in enumerate(verdict.faults.first[check]):
                head = f"{check:<{wide}}  {count:>7}" if index == 0 else " " * (wide + 9)
                where = " ".join(part for part in (fault.shard, fault.key) if part)
                lines.append(f"{head}  {where}: {fault.what}" if where else f"{head}  {fault.what}")
            if count > len(verdict.faults.first[check]):
                lines.append(" " * (wide + 11) + "…")
        lines.append("")
    lines += [f"note: {note}" for note in verdict.notes]
    lines.append(_summary(verdict))
    return "\n".join(lines)


def _summary(verdict: Verdict) -> str:
    seconds, core = max(verdict.seconds, 1e-9), max(verdict.core_seconds, 1e-9)
    found = verdict.faults.total
    result = "no fault" if not found else "1 fault" if found == 1 else f"{found} faults"
    return (
        f"{verdict.name}: {result} in {verdict.samples} images of {verdict.shards} shards,"
        f" {verdict.bytes / _MEGABYTE:.1f} MB, {verdict.seconds:.1f} s"
        f" ({verdict.samples / seconds:.0f} images/s, {verdict.bytes / _MEGABYTE / seconds:.1f}"
        f" MB/s; {verdict.samples / core:.0f} images/s,"
        f" {verdict.bytes / _MEGABYTE / core:.1f} MB/s a core; {verdict.workers} processes)"
    )


def as_json(verdict: Verdict) -> dict[str, Any]:
    """Plain data with the same content; `first` has the faults that were kept, by check."""
    return {
        "name": verdict.name,
        "clean": not verdict.faults.total,
        "complete": verdict.complete,
        "faults": verdict.faults.total,
        "counts": dict(verdict.faults.counts),
        "first": {
            check: [asdict(fault) for fault in faults]
            for check, faults in verdict.faults.first.items()
        },
        "notes": list(verdict.notes),
        "shards": verdict.shards,
        "samples": verdict.samples,
        "bytes": verdict.bytes,
        "seconds": round(verdict.seconds, 3),
        "core_seconds": round(verdict.core_seconds, 3),
        "workers": verdict.workers,
    }
