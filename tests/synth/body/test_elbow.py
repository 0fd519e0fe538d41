"""The skin that follows the forearm's end."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import cKDTree

from synth.body.elbow import elbow_skin
from tests.synth.body.grown import HAND, MODEL


@pytest.mark.parametrize("number", [0, 1])
def test_the_ring_is_where_the_meshes_meet(number: int) -> None:
    elbow = elbow_skin(MODEL, number)
    np.testing.assert_array_equal(MODEL.hand_vertices[number][elbow.in_hand], elbow.ring)
    # The border of the hand's mesh: edges with a quad on one side only.
    edges = np.concatenate([HAND.faces[:, [k, (k + 1) % 4]] for k in range(4)])
    unique, counts = np.unique(np.sort(edges, axis=1), axis=0, return_counts=True)
    assert set(elbow.in_hand.tolist()) == set(unique[counts == 1].reshape(-1).tolist())


@pytest.mark.parametrize("number", [0, 1])
def test_skin_follows_wholly_at_the_ring_and_not_at_all_7_cm_on(number: int) -> None:
    elbow = elbow_skin(MODEL, number)
    rest = MODEL.template.astype(float)
    distance, nearest = cKDTree(rest[elbow.ring]).query(rest[elbow.near])
    share = elbow.share.sum(1)
    assert (elbow.share >= 0).all()
    assert ((share > 0) & (share <= 1 + 1e-9)).all()
    assert distance.max() < 0.07
    assert (share[distance < 0.005] > 0.95).all()
    assert (share[distance > 0.06] < 0.1).all()
    assert np.corrcoef(distance, share)[0, 1] < -0.95
    # Each goes most with the part of the ring next to it.
    assert np.mean(elbow.share.argmax(1) == nearest) > 0.99
    # None of the forearm's own skin is drawn along, nor any of the other arm's.
    assert not np.isin(elbow.near, MODEL.hand_vertices).any()
    side = np.sign(rest[elbow.near, 0])
    assert (side == (1 if number else -1)).all()
