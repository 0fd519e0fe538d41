import numpy as np
import pytest

from synth.manifest import Sensors
from synth.sampling.sensor import in_back_light, in_low_light, sample_sensor
from synth.seeding import component_rng


def draw(count, **settings):
    return [
        sample_sensor(component_rng(2, index, "sensor"), Sensors(**settings))
        for index in range(count)
    ]


def test_every_value_lies_in_the_manifests_ranges():
    settings = Sensors()
    for sensor in draw(500):
        for value, (low, high) in (
            (sensor.exposure, settings.exposure_stops),
            (sensor.contrast, settings.contrast),
            (sensor.saturation, settings.saturation),
            (sensor.vignette, settings.vignette),
            (sensor.noise_iso, settings.noise_iso),
            (sensor.sharpen, settings.sharpen),
            (sensor.blur, settings.blur_pixels),
            (sensor.jpeg_quality, settings.jpeg_quality),
        ):
            assert low <= value <= high


def test_noise_is_mostly_mild_and_sometimes_strong():
    noise = np.array([sensor.noise_iso for sensor in draw(1000, noise_iso=(0.0, 1.0))])
    assert np.median(noise) < 0.25
    assert 0.005 < np.mean(noise > 0.6) < 0.15


def test_white_balance_errs_more_along_warm_and_cold_than_along_green():
    gains = np.log([s.white_balance for s in draw(1000, white_balance_sigma=0.1)])
    assert np.all(gains[:, 1] == 0)
    warm, green = (gains[:, 0] - gains[:, 2]) / 2, (gains[:, 0] + gains[:, 2]) / 2
    assert warm.std() == pytest.approx(0.1, rel=0.1)
    assert green.std() < 0.5 * warm.std()
    assert draw(1, white_balance_sigma=0.0)[0].white_balance == (1.0, 1.0, 1.0)


def test_grades_go_together_and_seeds_differ():
    sensors = draw(500)
    noise = [sensor.noise_iso for sensor in sensors]
    quality = [sensor.jpeg_quality for sensor in sensors]
    assert np.corrcoef(noise, quality)[0, 1] < -0.2
    assert len({sensor.seed for sensor in sensors}) == 500
    assert {sensor.tone for sensor in sensors} == {"standard", "film", "phone"}


def changed(change, count=200):
    pairs = []
    for index, sensor in enumerate(draw(count)):
        pairs.append((sensor, change(component_rng(2, index, "low"), sensor)))
    return pairs


def test_too_little_light_makes_pictures_noisy_dark_soft_warm_and_dull():
    pairs = changed(in_low_light)
    assert all(low.noise_iso >= 0.7 for _, low in pairs)
    assert all(low.noise_iso <= 1.0 for _, low in pairs)
    assert all(low.exposure < 0 for _, low in pairs)
    assert all(low.blur > plain.blur for plain, low in pairs)
    assert all(low.saturation < plain.saturation for plain, low in pairs)
    warmer = [
        np.log(low.white_balance[0] / low.white_balance[2])
        - np.log(plain.white_balance[0] / plain.white_balance[2])
        for plain, low in pairs
    ]
    # A lamp is never colder than daylight.
    assert min(warmer) >= -1e-9
    assert max(warmer) > 0.15
    for plain, low in pairs:
        assert (low.seed, low.tone, low.jpeg_quality) == (
            *(plain.seed, plain.tone, plain.jpeg_quality),
        )


def test_against_the_light_subjects_come_out_darker_and_nothing_else_changes():
    pairs = changed(in_back_light)
    stops = np.array([back.exposure - plain.exposure for plain, back in pairs])
    assert (stops < 0).all()
    assert stops.min() > -3
    assert np.ptp(stops) > 1
    for plain, back in pairs:
        assert back == plain.model_copy(update={"exposure": back.exposure})
