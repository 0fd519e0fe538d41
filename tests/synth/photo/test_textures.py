import numpy as np
import pytest

from synth.photo import textures


def generator(seed):
    return np.random.Generator(np.random.PCG64(seed))


def spectral_slope(slope):
    """Exponent of the power over frequency, 3 to 24 cycles a picture, averaged over seeds."""
    power = np.zeros((256, 129))
    for seed in range(12):
        noise = textures.pink_noise(generator(seed), 256, 256, slope=slope)
        assert noise.shape == (256, 256)
        assert 0.3 < noise.std() < 2.0
        power += np.abs(np.fft.rfft2(noise)) ** 2
    rows, columns = np.abs(np.fft.fftfreq(256, 1 / 256))[:, None], np.arange(129)[None]
    radius = np.hypot(rows, columns)
    used = (radius >= 3) & (radius < 24)
    return np.polyfit(np.log(radius[used]), np.log(power[used]), 1)[0]


def test_pink_noise_has_the_spectrum_of_natural_pictures_or_a_smoother_one():
    # An octave's power is spread over an area that grows as f²: f⁻² where octaves are equal.
    assert spectral_slope(0.0) == pytest.approx(-2.0, abs=0.5)
    assert spectral_slope(1.0) == pytest.approx(-4.0, abs=1.0)


@pytest.mark.parametrize(
    "surface",
    [textures.plaster, textures.wood, textures.tiles, textures.cloth, textures.colour_noise],
)
@pytest.mark.parametrize("shape", [(40, 60), (1, 30), (50, 2)])
def test_surfaces_have_the_shape_asked_for_and_differ_by_seed(surface, shape):
    first = surface(generator(1), *shape)
    assert first.shape == (*shape, 3)
    assert np.all(np.isfinite(first))
    np.testing.assert_array_equal(first, surface(generator(1), *shape))
    assert np.any(first != surface(generator(2), *shape))


def test_skin_is_redder_than_blue_at_every_tone():
    tones = np.array([textures.skin_tone(generator(seed)) for seed in range(100)])
    assert np.all(tones[:, 0] > tones[:, 2])
    assert np.ptp(tones[:, 1]) > 0.4
