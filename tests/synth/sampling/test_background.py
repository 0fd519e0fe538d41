import numpy as np
import pytest

from synth.errors import UserError
from synth.manifest import Backgrounds
from synth.sampling.background import sample_background
from synth.seeding import component_rng


def draw(count, settings, photos=("a.jpg", "b.jpg")):
    return [
        sample_background(component_rng(1, index, "background"), settings, photos)
        for index in range(count)
    ]


def test_kinds_come_in_the_manifests_shares(tmp_path):
    settings = Backgrounds(hdri=0.5, photo=0.2, procedural=0.3, photos=str(tmp_path))
    kinds = [background.kind for background in draw(1500, settings)]
    for kind, share in (("hdri", 0.5), ("photo", 0.2), ("procedural", 0.3)):
        assert kinds.count(kind) / 1500 == pytest.approx(share, abs=0.04)


def test_photos_are_cropped_inside_themselves(tmp_path):
    settings = Backgrounds(hdri=0, photo=1, procedural=0, photos=str(tmp_path))
    drawn = draw(300, settings)
    for background in drawn:
        x, y, width, height = background.crop
        assert min(x, y) >= 0
        assert max(x + width, y + height) <= 1
        assert width >= 0.4
        assert 0 <= background.blur <= 6
        assert 0.6 <= background.brightness <= 1.4
    assert {background.photo for background in drawn} == {"a.jpg", "b.jpg"}
    assert {background.mirror for background in drawn} == {True, False}


def test_procedural_pictures_differ_in_their_seed():
    seeds = {background.seed for background in draw(100, Backgrounds(hdri=0, procedural=1))}
    assert len(seeds) == 100


def test_photos_without_a_photo_are_the_users_error(tmp_path):
    settings = Backgrounds(hdri=0, photo=1, procedural=0, photos=str(tmp_path))
    with pytest.raises(UserError, match="no photograph"):
        sample_background(np.random.default_rng(0), settings, ())
