from __future__ import annotations

import numpy as np
import pytest

from synth.sampling.people.props import Table, sample_on_table, sample_table
from synth.things.kinds import thing_mesh
from tests.synth.sampling.people.figures import Array, figure
from tests.synth.sampling.posed import at

SEEDS = range(6)


def table(seed: int) -> Table:
    return sample_table(np.random.default_rng(seed), figure(seed % 3, seated=True), "train")


@pytest.mark.parametrize("seed", SEEDS)
def test_a_table_is_before_the_belly_and_above_the_thighs(seed: int) -> None:
    one, found = figure(seed % 3, seated=True), table(seed)
    vertices = at(found.to_body, thing_mesh(found.thing).vertices)
    assert vertices[:, 2].max() == pytest.approx(found.height, abs=1e-6)
    np.testing.assert_allclose(vertices.min(0)[:2], found.low, atol=0.01)
    np.testing.assert_allclose(vertices.max(0)[:2], found.high, atol=0.01)
    # As high as elbows are, give or take a forearm's thickness, or as thick thighs need it.
    below = (one.shoulder("right")[2] - found.height) / one.arm_length
    assert 0.2 < below < 0.57
    # No skin is in its top.
    thickness = found.thing.size["thickness"]
    skin = one.trunk.points
    over = ((skin[:, :2] > found.low) & (skin[:, :2] < found.high)).all(1)
    assert not (over & (np.abs(skin[:, 2] - found.height + thickness / 2) < thickness / 2)).any()
    assert -0.75 < found.high[1] < 0.0


@pytest.mark.parametrize("low", [True, False])
def test_things_stand_on_the_table_apart_from_each_other_and_from_hands(low: bool) -> None:
    counts, tall, turns = [], [], []
    for seed in range(12):
        place = table(seed % 6)
        hands = np.array([*place.low, place.height]) + np.random.default_rng(seed).uniform(
            0, 1, (30, 3)
        ) * [*(place.high - place.low) * [1.0, 0.3], 0.1]
        rng = np.random.default_rng(seed)
        placed = sample_on_table(rng, place, hands, "train", low)
        counts.append(len(placed))
        boxes: list[tuple[Array, Array]] = []
        for thing, matrix in placed:
            vertices = at(matrix, thing_mesh(thing).vertices)
            box = vertices.min(0), vertices.max(0)
            tall.append(box[1][2] - box[0][2])
            turns.append(np.arctan2(matrix[1, 0], matrix[0, 0]))
            assert thing.role == "clutter"
            assert box[0][2] == pytest.approx(place.height, abs=1e-6)
            assert (box[0][:2] > place.low - 1e-6).all()
            assert (box[1][:2] < place.high + 1e-6).all()
            gap = np.maximum(np.maximum(box[0] - hands, hands - box[1]), 0).max(1)
            assert gap.min() > 0.0499
            for other in boxes:
                assert (box[0] >= other[1] - 1e-6).any() or (box[1] <= other[0] + 1e-6).any()
            boxes.append(box)
    assert max(counts) >= 2
    assert min(counts) == 0
    assert max(tall) < 0.13 or not low
    assert 0.1 < np.std(turns) < 1.0
