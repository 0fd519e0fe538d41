"""Random generators by name, so that adding a sampler changes no other one's draws."""

from __future__ import annotations

import hashlib

import numpy as np


def component_rng(dataset_seed: int, sequence: int, component: str) -> np.random.Generator:
    """Generator for one component of one sequence, the same on every machine.

    The three values are hashed (SHA-256) into the seed of a PCG64, so no two components and no
    two sequences share a stream, and none depends on how many draws another one made.
    """
    text = f"{dataset_seed}/{sequence}/{component}".encode()
    words = np.frombuffer(hashlib.sha256(text).digest(), dtype="<u4")
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(words.tolist())))
