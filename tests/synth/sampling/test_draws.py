from __future__ import annotations

from collections.abc import Callable

import numpy as np

from synth.manifest import Manifest
from synth.sampling.draws import Draws
from synth.splits import identities_of, split_of


def test_generators_go_by_name_sequence_and_seed(make_manifest: Callable[..., Manifest]) -> None:
    manifest, other = make_manifest(), make_manifest(seed=6)

    def first(draws: Draws, component: str) -> float:
        return float(draws.rng(component).random())

    one = first(Draws(manifest, 2), "light")
    assert first(Draws(manifest, 2), "light") == one
    others = [
        first(Draws(manifest, 2), "camera"),
        first(Draws(manifest, 3), "light"),
        first(Draws(other, 2), "light"),
    ]
    assert len({one, *others}) == 4


def test_people_beside_the_first_are_of_the_same_split(
    make_manifest: Callable[..., Manifest],
) -> None:
    manifest = make_manifest(
        identity={"count": 12}, splits={"train": 0.5, "val": 0.25, "test": 0.25}
    )
    for sequence in range(8):
        draws = Draws(manifest, sequence)
        assert draws.split == split_of(manifest, sequence)
        own = identities_of(manifest, draws.split)
        numbers = [draws.identity(number) for number in range(len(own))]
        # All of the split's, each once, and then from the start again.
        assert sorted(numbers) == list(own)
        assert draws.identity(len(own)) == numbers[0]


def test_a_person_is_the_same_wherever_it_appears(make_manifest: Callable[..., Manifest]) -> None:
    manifest = make_manifest(identity={"count": 3})
    by_identity: dict[int, list[dict[str, float]]] = {}
    for sequence in range(8):
        for number in range(2):
            draws = Draws(manifest, sequence)
            person = draws.person(number)
            by_identity.setdefault(draws.identity(number), []).append(person.blendshapes)
    assert len(by_identity) == 3
    for looks in by_identity.values():
        assert all(look == looks[0] for look in looks)
    assert len({str(looks[0]) for looks in by_identity.values()}) == 3


def test_a_split_of_one_person_has_it_twice(make_manifest: Callable[..., Manifest]) -> None:
    draws = Draws(make_manifest(identity={"count": 3}), 0)
    assert draws.identity(1) == draws.identity(0)
    assert isinstance(draws.rng("x"), np.random.Generator)
