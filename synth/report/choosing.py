"""Which few of a stream are kept: some at random, and the most extreme."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass
class Reservoir(Generic[Item]):
    """So many of a stream of any length, each with the same chance.

    Vitter, Random sampling with a reservoir, ACM Trans. Math. Softw. 11, 1985 (algorithm R).

    Attributes:
        size: how many are kept.
        random: makes the choice; the same seed keeps the same ones.
        seen: how many there were.
    """

    size: int
    random: random.Random
    seen: int = 0
    items: list[Item] = field(default_factory=list)

    def offer(self, make: Callable[[], Item]) -> None:
        """One more of the stream; it is only made if it is kept."""
        self.seen += 1
        if len(self.items) < self.size:
            self.items.append(make())
            return
        place = self.random.randrange(self.seen)
        if place < self.size:
            self.items[place] = make()


@dataclass
class Extremes(Generic[Item]):
    """The items of the smallest measures, one of a family at most.

    Images of one sequence are alike: without families, a list of the darkest would be one scene.
    """

    size: int
    kept: dict[int, tuple[float, Item]] = field(default_factory=dict)

    def offer(self, measure: float, family: int, make: Callable[[], Item]) -> None:
        """One more; it is only made if it is kept, for now."""
        if family in self.kept:
            if measure < self.kept[family][0]:
                self.kept[family] = (measure, make())
            return
        if len(self.kept) >= self.size:
            last = max(self.kept, key=lambda name: self.kept[name][0])
            if measure >= self.kept[last][0]:
                return
            del self.kept[last]
        self.kept[family] = (measure, make())

    def in_order(self) -> list[Item]:
        """The smallest measure first."""
        return [item for _, item in sorted(self.kept.values(), key=lambda pair: pair[0])]
