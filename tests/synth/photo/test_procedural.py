import numpy as np
import pytest

from synth.photo.procedural import procedural_picture


def picture(seed, width=64, height=64):
    return procedural_picture(np.random.Generator(np.random.PCG64(seed)), width, height)


@pytest.mark.parametrize(("width", "height"), [(96, 64), (40, 160), (700, 300), (33, 32)])
def test_pictures_have_the_shape_asked_for(width, height):
    for seed in range(6):
        made = picture(seed, width, height)
        assert made.shape == (height, width, 3)
        assert made.dtype == np.float32


def test_many_seeds_give_many_sane_pictures():
    made = np.array([picture(seed) for seed in range(150)])
    assert np.all(np.isfinite(made))
    assert made.min() >= 0
    means = made.mean(axis=(1, 2, 3))
    assert np.median(means) == pytest.approx(0.2, rel=0.02)
    assert np.all(means < 0.21)
    # Not all the same: neither in colour nor in detail nor in what lies where.
    colours = made.mean(axis=(1, 2))
    assert np.all(colours.std(axis=0) > 0.02)
    contrast = np.log10(made.std(axis=(1, 2, 3)))
    assert np.ptp(contrast) > 0.7
    flat = (made - made.mean(axis=(1, 2), keepdims=True)).reshape(150, -1)
    flat /= np.linalg.norm(flat, axis=1, keepdims=True)
    likeness = np.abs(flat @ flat.T)[np.triu_indices(150, 1)]
    assert np.mean(likeness > 0.9) < 0.01


def test_a_seed_is_one_picture():
    np.testing.assert_array_equal(picture(5), picture(5))
    assert np.any(picture(5) != picture(6))
