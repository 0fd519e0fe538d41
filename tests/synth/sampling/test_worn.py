"""What hands wear: shares, and that nothing lies under anything else."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import pytest
from pydantic import ValidationError

from synth.hand.model import load_hand_model
from synth.landmarks import BONES
from synth.manifest import Gloves, Identity, Worn
from synth.sampling.identity import Person, sample_person
from synth.sampling.worn import sample_worn
from synth.scene import Glove, Marks, Ornament, Side

ALWAYS = Worn(**{name: 1.0 for name in Worn.model_fields if name.endswith("share")})
WITHOUT_GLOVES = ALWAYS.model_copy(update={"glove_share": 0.0})
MARKS = ("polish", "tattoo", "henna", "plaster", "dirt", "wetness")

Drawn = tuple[Glove | None, tuple[Ornament, ...], Marks]


def people(count: int) -> Iterator[tuple[int, Person]]:
    for seed in range(count):
        yield seed, _person(seed)


@lru_cache(maxsize=200)
def _person(seed: int) -> Person:
    return sample_person(np.random.default_rng(1000 + seed), Identity())


def drawn(
    settings: Worn, count: int, side: Side = "left", sleeve_start: float | None = None
) -> list[Drawn]:
    return [
        sample_worn(np.random.default_rng(seed), settings, person, side, sleeve_start)
        for seed, person in people(count)
    ]


def test_the_same_generator_draws_the_same() -> None:
    assert drawn(ALWAYS, 5) == drawn(ALWAYS, 5)
    assert len({str(worn) for worn in drawn(ALWAYS, 5)}) == 5


def test_a_plain_manifest_puts_nothing_on() -> None:
    for glove, ornaments, marks in drawn(Worn(), 20):
        assert glove is None
        assert ornaments == ()
        assert not any(getattr(marks, name) for name in MARKS)


def test_shares_of_one_put_everything_on() -> None:
    for glove, ornaments, marks in drawn(WITHOUT_GLOVES, 40):
        assert glove is None
        kinds = [ornament.kind for ornament in ornaments]
        assert 1 <= kinds.count("ring") <= 4
        assert kinds.count("watch") == 1
        assert kinds.count("bracelet") <= 3
        assert all(0 < getattr(marks, name) <= 1 for name in MARKS)
    assert all(glove is not None for glove, _, _ in drawn(ALWAYS, 20))


@pytest.mark.parametrize("name", ["ring", "watch", "polish", "dirt"])
def test_shares_are_kept(name: str) -> None:
    settings = Worn(**{f"{name}_share": 0.3})
    count = 0
    for seed, person in people(200):
        side: Side = "left" if seed % 2 else "right"
        _, ornaments, marks = sample_worn(np.random.default_rng(seed), settings, person, side)
        count += bool(getattr(marks, name, 0.0)) or any(o.kind == name for o in ornaments)
    # 200 draws of 0.3: a standard deviation of 6.5.
    assert 38 < count < 82


def test_kinds_of_gloves_follow_their_weights() -> None:
    gloves = Gloves(latex=0.0, wool=0.0, leather=3.0, work=1.0, fingerless=0.0)
    kinds = [
        glove.kind
        for glove, _, _ in drawn(Worn(glove_share=1.0, gloves=gloves), 120)
        if glove is not None
    ]
    assert set(kinds) == {"leather", "work"}
    assert 75 < kinds.count("leather") < 105
    with pytest.raises(ValidationError, match="at least one kind of glove"):
        Gloves(**dict.fromkeys(Gloves.model_fields, 0.0))


@pytest.mark.parametrize("start", [None, 0.0, 0.03, 0.06, 0.2])
def test_nothing_on_the_wrist_is_covered_or_overlaps(start: float | None) -> None:
    for settings in (ALWAYS, WITHOUT_GLOVES):
        for glove, ornaments, _ in drawn(settings, 40, sleeve_start=start):
            free = 0.0 if glove is None else glove.cuff
            on_wrist = [o for o in ornaments if o.bone == "forearm_distal"]
            for ornament in on_wrist:
                size = ornament.size
                half = 0.5 * max(size.get("width", 0.0), size.get("case_width", 0.0))
                half = max(half, size.get("bead", 0.0))
                assert ornament.along - half >= free
                free = ornament.along + half
            if start is not None:
                assert not on_wrist or free <= start
                assert glove is None or glove.cuff <= max(start, 0.014)


def test_rings_sit_on_bare_fingers_between_web_and_joint() -> None:
    model = load_hand_model()
    for glove, ornaments, marks in drawn(ALWAYS, 40):
        assert not [o for o in ornaments if o.kind == "ring"]
        assert glove is not None
        if glove.kind != "fingerless":
            assert marks == Marks()
    for (_, person), (_, ornaments, _) in zip(people(60), drawn(WITHOUT_GLOVES, 60), strict=True):
        rings = [o for o in ornaments if o.kind == "ring"]
        assert len({ring.bone.split("_")[0] for ring in rings}) == len(rings)
        shape = model.shape(person.phenotype, person.blendshapes)
        for ring in rings:
            length = shape.bone_length[BONES.index(ring.bone)]
            half = 0.5 * ring.size["width"]
            assert ring.along + half < 0.97 * length
            assert ring.along - half > (0.42 if ring.bone.endswith("proximal") else 0.1) * length


def test_women_polish_more_and_few_polish_some_nails_only() -> None:
    settings = Worn(polish_share=0.4)
    by_gender: dict[bool, list[float]] = {False: [], True: []}
    nails = []
    for (_, person), (_, _, marks) in zip(people(150), drawn(settings, 150), strict=True):
        by_gender[person.phenotype["gender"] > 0.5].append(marks.polish)
        nails.append(len(marks.polish_fingers))
    assert np.mean(by_gender[True]) > np.mean(by_gender[False]) + 0.1
    assert 0.8 < np.mean(np.array(nails) == 5) < 0.97
    assert min(nails) >= 1
