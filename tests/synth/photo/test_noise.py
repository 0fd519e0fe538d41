import numpy as np
import pytest

from synth.photo.noise import READ_DEVIATION, SHOT_VARIANCE, add_noise, grain


def generator(seed=0):
    return np.random.Generator(np.random.PCG64(seed))


def test_variance_is_a_straight_line_of_the_signal():
    # Photon transfer: the slope is the shot noise, the offset the read noise.
    signals = np.array([0.0, 0.1, 0.3, 0.6, 1.0])
    strength = 0.5
    variances = []
    for seed, signal in enumerate(signals):
        flat = np.full((512, 512, 3), signal, np.float32)
        noisy = add_noise(flat, strength, generator(seed))[8:-8, 8:-8]
        assert noisy.mean() == pytest.approx(signal, abs=0.003)
        variances.append(noisy.astype(np.float64).var())
    slope, offset = np.polyfit(signals, variances, 1)
    assert slope == pytest.approx(SHOT_VARIANCE * strength, rel=0.03)
    assert variances[0] == pytest.approx((READ_DEVIATION * strength) ** 2, rel=0.03)
    assert offset == pytest.approx(variances[0], abs=0.02 * variances[-1])


def test_grain_has_variance_one_in_every_channel_and_at_every_phase():
    noise = grain(400, 401, generator())[8:-8, 8:-8]
    np.testing.assert_allclose(noise.var(axis=(0, 1)), 1.0, atol=0.04)
    for row in (0, 1):
        for column in (0, 1):
            assert noise[row::2, column::2].var() == pytest.approx(1.0, abs=0.05)


def test_chroma_is_coarser_than_luma_and_neither_is_white():
    noise = grain(512, 512, generator(1)).astype(np.float64)
    luma, chroma = noise.mean(axis=2), noise[..., 0] - noise[..., 2]

    def correlation(plane, lag):
        return np.mean(plane[:, lag:] * plane[:, :-lag]) / np.mean(plane**2)

    assert 0.2 < correlation(luma, 1) < 0.8
    assert correlation(chroma, 3) > 0.2
    assert correlation(chroma, 3) > 3 * abs(correlation(luma - noise[..., 0], 40))
    # Colour channels mostly agree: the noise of one is 65 % that of another.
    assert np.corrcoef(noise[..., 0].ravel(), noise[..., 1].ravel())[0, 1] == pytest.approx(
        0.65, abs=0.03
    )


def test_no_strength_is_no_noise_and_a_seed_is_one_noise():
    flat = np.full((20, 21, 3), 0.3, np.float32)
    np.testing.assert_array_equal(add_noise(flat, 0.0, generator()), flat)
    first, again = add_noise(flat, 0.4, generator(7)), add_noise(flat, 0.4, generator(7))
    np.testing.assert_array_equal(first, again)
    assert np.any(first != add_noise(flat, 0.4, generator(8)))
