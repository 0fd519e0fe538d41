"""Marks on small maps: where on the hand they are, and the files they are kept in."""

from __future__ import annotations

import hashlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from synth.hand.model import HandModel, load_hand_model
from synth.landmarks import FINGERS
from synth.skin import bake
from synth.skin.anatomy import Anatomy, anatomy
from synth.skin.drawings import HENNA_VARIANTS, TATTOO_VARIANTS, henna, tattoo
from synth.skin.marks import (
    DIRT_VARIANTS,
    PLASTER_HEIGHT,
    PLASTER_VARIANTS,
    dirt,
    drops,
    plasters,
)
from synth.skin.nails import Nails, nails
from synth.skin.noise import Field
from synth.skin.position_maps import Texels, rasterise


@pytest.fixture(scope="module")
def model() -> HandModel:
    return load_hand_model()


@pytest.fixture(scope="module")
def texels(model: HandModel) -> Texels:
    return rasterise(model, 512)


@pytest.fixture(scope="module")
def parts(model: HandModel, texels: Texels) -> Anatomy:
    return anatomy(model, texels)


@pytest.fixture(scope="module")
def plates(model: HandModel, texels: Texels) -> Nails:
    return nails(model, texels)


@pytest.fixture(scope="module")
def tattoos(model: HandModel, texels: Texels, parts: Anatomy) -> list[Field]:
    return [tattoo(model, texels, parts, variant) for variant in range(TATTOO_VARIANTS)]


@pytest.fixture(scope="module")
def hennas(model: HandModel, texels: Texels, parts: Anatomy) -> list[Field]:
    return [henna(model, texels, parts, variant) for variant in range(HENNA_VARIANTS)]


def test_tattoos_leave_palms_alone_and_differ(parts: Anatomy, tattoos: list[Field]) -> None:
    palm = (parts.glabrous > 0.9) & (parts.finger.sum(1) < 0.02)
    back = (parts.palmar < -0.3) & (parts.finger.sum(1) < 0.02) & (parts.forearm < 0.01)
    for ink in tattoos:
        assert ink.min() >= 0
        assert ink.max() <= 1
        assert ink[palm].max() < 0.05
        assert 0.005 < (ink[back] > 0.4).mean() < 0.5
        assert ink.max() > 0.8
    for a in range(TATTOO_VARIANTS):
        for b in range(a):
            assert np.corrcoef(tattoos[a], tattoos[b])[0, 1] < 0.5


def test_letters_stand_on_the_backs_of_fingers(parts: Anatomy, tattoos: list[Field]) -> None:
    ink = tattoos[2]
    for part in parts.fingers[1:]:
        written = part.rows[(ink[part.rows] > 0.4) & (part.own > 0.9) & (part.share > 0.1)]
        assert len(written) > 10
        chosen = np.isin(part.rows, written)
        assert np.abs(part.angle[chosen]).max() < 1.2
        assert 0.4 < part.share[chosen].mean() < 1.0


def test_henna_dyes_fingertips_and_draws_on_palm_and_back(
    parts: Anatomy, hennas: list[Field]
) -> None:
    palm = (parts.glabrous > 0.9) & (parts.finger.sum(1) < 0.02)
    back = (parts.palmar < -0.3) & (parts.finger.sum(1) < 0.02) & (parts.forearm < 0.01)
    for stain in hennas:
        for part in parts.fingers:
            tip = part.rows[(part.share > len(part.joints) - 0.12) & (part.own > 0.9)]
            middle = part.rows[(np.abs(part.share - 0.8) < 0.05) & (part.own > 0.9)]
            assert stain[tip].mean() > 0.4
            assert stain[tip].mean() > stain[middle].mean() + 0.2
        for side in (palm, back):
            assert 0.01 < (stain[side] > 0.25).mean() < 0.5


def test_plasters_stick_where_they_are_said_to(
    model: HandModel, texels: Texels, parts: Anatomy
) -> None:
    expected = {0: {"index"}, 1: {"thumb", "middle"}, 2: {"index", "ring"}, 3: {"little"}, 4: set()}
    for variant in range(PLASTER_VARIANTS):
        strips = plasters(model, texels, parts, variant)
        on = {
            finger
            for number, finger in enumerate(FINGERS)
            if strips.cover[parts.finger[:, number] > 0.95].max(initial=0) > 0.9
        }
        assert on == expected[variant]
        assert np.all(strips.height[strips.cover == 0] == 0)
        # A strip stands off by parts of a millimetre, its pad more than its ends.
        stuck = strips.height[strips.cover > 0.99] * PLASTER_HEIGHT
        assert 0.0002 < np.percentile(stuck, 5) < 0.0005
        assert 0.0006 < stuck.max() < 0.0012
        if variant >= 3:
            back = (parts.palmar < -0.3) & (parts.finger.sum(1) < 0.02) & (parts.forearm < 0.01)
            assert strips.cover[back].mean() > 0.04


def test_a_strip_goes_all_around_its_finger_and_is_as_wide_as_real_ones(
    model: HandModel, texels: Texels, parts: Anatomy
) -> None:
    strips = plasters(model, texels, parts, 0)
    index = parts.fingers[1]
    covered = (strips.cover[index.rows] > 0.5) & (index.own > 0.9)
    turns, _ = np.histogram(index.angle[covered], 12, (-np.pi, np.pi))
    assert turns.min() > 0
    along = index.past[covered, 1]
    assert 0.016 < np.ptp(along) < 0.022  # 19 mm, sold as such, and a little askew


def test_dirt_gathers_under_nails_and_leaves_clean_skin(
    texels: Texels, parts: Anatomy, plates: Nails
) -> None:
    for variant in range(DIRT_VARIANTS):
        grime = dirt(texels, parts, plates, variant)
        assert grime[plates.edge > 0.6].mean() > 0.5
        assert 0.05 < grime.mean() < 0.35
        assert (grime < 0.1).mean() > 0.3


def test_drops_are_beads(texels: Texels) -> None:
    height = drops(texels)
    assert height.min() == 0
    assert 0.8 < height.max() <= 1
    assert 0.02 < (height > 0.05).mean() < 0.3


def test_files_are_the_same_every_time(model: HandModel, tmp_path: Path) -> None:
    sums = []
    for run in ("a", "b"):
        folder = tmp_path / run
        folder.mkdir()
        maps = bake.write_mark_maps(model, folder, 128)
        sums.append([hashlib.sha256(path.read_bytes()).hexdigest() for path in maps.all()])
    assert sums[0] == sums[1]
    assert len(set(sums[0])) == len(sums[0]) == 6 + 3 + 5 + 3 + 1
    assert sorted(path.name for path in maps.folder.iterdir()) == sorted(
        path.name for path in maps.all()
    )
    assert cv2.imread(str(maps.plaster(0)), cv2.IMREAD_UNCHANGED).shape == (128, 128, 3)
    assert cv2.imread(str(maps.tattoo(0)), cv2.IMREAD_UNCHANGED).shape == (128, 128)


def test_maps_of_marks_are_kept_beside_the_skins(
    model: HandModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(bake, "load_hand_model", lambda: model)
    monkeypatch.setattr(bake, "RESOLUTION", 64)
    lines: list[str] = []
    maps = bake.ensure_mark_maps(lines.append)
    assert all(path.exists() for path in maps.all())
    assert maps.folder.parent == bake.skin_folder().parent
    assert "painting" in lines[0]
    lines.clear()
    assert bake.ensure_mark_maps(lines.append) == maps
    assert not lines
