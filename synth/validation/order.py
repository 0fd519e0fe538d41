"""Whether a shard holds the samples that it should, in their order, each with its members."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from synth.shards.members import DEPTH, JPEG, LABEL, MASK
from synth.shards.plan import sample_key
from synth.shards.writer import ShardRecord
from synth.validation.fault import Fault

KEYS: Final = "keys"
MEMBERS: Final = "members"

_KEY: Final = re.compile(r"(\d{8})_(\d{3})_(\d)")


@dataclass(frozen=True)
class Layout:
    """What a manifest says of every sequence; None where it says nothing, as of photographs.

    Attributes:
        frames, cameras: of a sequence.
        members: endings of a sample's members, in order.
    """

    frames: int | None
    cameras: int | None
    members: tuple[str, ...] | None


def layout_of(manifest: Mapping[str, Any]) -> Layout:
    """The layout of a manifest as dataset.json has it, rendered or of photographs."""
    image = manifest.get("image")
    if "kind" in manifest:
        return Layout(None, None, (JPEG, LABEL))
    extra = [
        name
        for name, wanted in ((MASK, "mask"), (DEPTH, "depth"))
        if isinstance(image, dict) and image.get(wanted)
    ]
    members = (JPEG, LABEL, *extra) if isinstance(image, dict) else None
    frames, cameras = manifest.get("frames_per_sequence"), manifest.get("cameras")
    if not isinstance(frames, int) or not isinstance(cameras, int):
        return Layout(None, None, members)
    return Layout(frames, cameras, members)


def sample_numbers(key: str) -> tuple[int, int, int] | None:
    """Sequence, frame and camera of a key; None if it is no key."""
    match = _KEY.fullmatch(key)
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


@dataclass
class Order:
    """Compares a shard's keys, one after the other, with those that it should hold.

    Where the manifest does not say how many images a sequence has, every sequence must have at
    least one, its frames must count from 0, and the shard must hold as many as dataset.json says.
    """

    record: ShardRecord
    layout: Layout
    samples: int = 0
    _expected: Iterator[tuple[int, int, int]] = field(init=False)
    _next: tuple[int, int, int] | None = field(init=False)
    _last: tuple[int, int, int] | None = None

    def __post_init__(self) -> None:
        self._expected = self._all()
        self._next = next(self._expected, None)

    def take(self, key: str) -> Iterator[Fault]:
        """What is wrong with the key that comes next."""
        self.samples += 1
        found = sample_numbers(key)
        if found is None:
            yield self._fault(key, "is no key of a sample")
        elif self.layout.frames is None:
            yield from self._take_loosely(key, found)
        else:
            yield from self._missing_before(found)
            if found == self._next:
                self._next = next(self._expected, None)
            else:
                yield self._fault(key, "should not be here, or stands here again")

    def end(self) -> Iterator[Fault]:
        """What is missing after the last key."""
        if self.layout.frames is not None:
            yield from self._missing_before(None)
            return
        last = -1 if self._last is None else self._last[0]
        for sequence in range(max(last + 1, self._range.start), self._range.stop):
            yield self._fault("", f"sequence {sequence} is missing")
        if self.samples != self.record.samples:
            yield self._fault("", f"holds {self.samples} samples instead of {self.record.samples}")

    @property
    def _range(self) -> range:
        first = self.record.first_sequence
        return range(first, first + self.record.sequences)

    def _all(self) -> Iterator[tuple[int, int, int]]:
        for sequence in self._range:
            for frame in range(self.layout.frames or 0):
                for camera in range(self.layout.cameras or 0):
                    yield sequence, frame, camera

    def _missing_before(self, found: tuple[int, int, int] | None) -> Iterator[Fault]:
        # Both run upwards, so what is passed over is missing.
        while self._next is not None and (found is None or self._next < found):
            if found is not None and found[0] not in self._range:
                return
            yield self._fault(sample_key(*self._next), "is missing")
            self._next = next(self._expected, None)

    def _take_loosely(self, key: str, found: tuple[int, int, int]) -> Iterator[Fault]:
        sequence, frame, _ = found
        if sequence not in self._range:
            yield self._fault(key, f"is of a sequence outside {_shown(self._range)}")
            return
        last, self._last = self._last, found
        if last is not None and found <= last:
            yield self._fault(key, "should not be here, or stands here again")
            return
        passed = range(self._range.start if last is None else last[0] + 1, sequence)
        for missing in passed:
            yield self._fault("", f"sequence {missing} is missing")
        before = last[1] if last is not None and last[0] == sequence else -1
        if frame > before + 1:
            yield self._fault(key, f"frame {before + 1} is missing before it")

    def _fault(self, key: str, what: str) -> Fault:
        return Fault(KEYS, self.record.name, key, what)


def member_faults(
    shard: str, key: str, names: Sequence[str], wanted: Sequence[str] | None
) -> Iterator[Fault]:
    """What is wrong with a sample's members.

    Args:
        names: endings of the members, in their order.
        wanted: those that the manifest asks for; None: image and label, and any of the others.
    """
    if wanted is None:
        wanted = [JPEG, LABEL, *(name for name in (MASK, DEPTH) if name in names)]
    if list(names) == list(wanted):
        return
    missing = [name for name in wanted if name not in names]
    unknown = [name for name in names if name not in wanted]
    if missing:
        what = f"has no {', '.join(missing)}"
    elif unknown:
        what = f"has {', '.join(unknown)} that should not be here"
    else:
        what = f"has its members as {', '.join(names)}"
    yield Fault(MEMBERS, shard, key, what)


def _shown(numbers: range) -> str:
    return f"{numbers.start} to {numbers.stop - 1}"
