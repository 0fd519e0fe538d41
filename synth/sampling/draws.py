"""What every sampler of a sequence starts from: the manifest, the number, generators by name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from synth.manifest import Manifest
from synth.sampling.identity import Person, sample_person
from synth.scene import Split
from synth.seeding import component_rng
from synth.splits import identities_of, identity_of, split_of


@dataclass(frozen=True)
class Draws:
    """The random draws of one sequence."""

    manifest: Manifest
    sequence: int

    def rng(self, component: str) -> np.random.Generator:
        """The generator of one component; see `synth.seeding`."""
        return component_rng(self.manifest.seed, self.sequence, component)

    @cached_property
    def split(self) -> Split:
        return split_of(self.manifest, self.sequence)

    def identity(self, number: int = 0) -> int:
        """Identity of the sequence's first person, or of the next ones in its split."""
        own = identities_of(self.manifest, self.split)
        first = identity_of(self.manifest, self.sequence)
        return own[(first - own.start + number) % len(own)]

    def person(self, number: int = 0) -> Person:
        """The same person wherever the identity appears."""
        rng = component_rng(self.manifest.seed, self.identity(number), "identity")
        return sample_person(rng, self.manifest.identity)
