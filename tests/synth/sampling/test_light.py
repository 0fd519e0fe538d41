import numpy as np
import pytest

from synth.errors import UserError
from synth.manifest import MAX_LAMPS, Image, Lights
from synth.sampling.camera import camera_at
from synth.sampling.light import lit_from_behind, log_uniform, sample_light, tint_color
from synth.seeding import component_rng

HDRIS = ("builtin:a.exr", "builtin:b.exr")


def draw(count, **settings):
    return [
        sample_light(component_rng(5, index, "light"), Lights(**settings), HDRIS)
        for index in range(count)
    ]


def test_every_value_lies_in_the_manifests_ranges():
    settings = Lights(
        lamps=(0, 3),
        strength=(0.5, 4.0),
        rotation_degrees=(90.0, 180.0),
        lamp_distance=(0.4, 2.0),
        lamp_power=(1.0, 16.0),
        lamp_size=(0.1, 0.4),
    )
    lights = draw(300, **settings.model_dump())
    assert {light.hdri for light in lights} == set(HDRIS)
    assert {len(light.lamps) for light in lights} == {0, 1, 2, 3}
    for light in lights:
        assert np.pi / 2 <= light.rotation <= np.pi
        assert abs(light.tilt) <= np.radians(15)
        assert 0.5 <= light.strength <= 4.0
        assert np.dot(light.tint, (0.2126, 0.7152, 0.0722)) == pytest.approx(1.0)
        for lamp in light.lamps:
            assert 0.4 - 1e-9 <= np.linalg.norm(lamp.position) <= 2.0 + 1e-9
            assert np.linalg.norm(lamp.target) <= 0.12 + 1e-9
            assert 1.0 - 1e-9 <= lamp.power <= 16.0 + 1e-9
            assert 0.1 - 1e-9 <= lamp.size <= 0.4 + 1e-9
            assert min(lamp.color) > 0


def test_strength_is_uniform_in_stops():
    stops = np.log2([light.strength for light in draw(1000, strength=(0.25, 4.0))])
    # Uniform on [-2, 2]: mean 0, variance 16/12; three standard errors.
    assert abs(stops.mean()) < 3 * np.sqrt(16 / 12 / 1000)
    assert np.mean(stops < -1) == pytest.approx(0.25, abs=0.045)


def planckian(temperature):
    """Linear Rec. 709 RGB of a black body, normed to green.

    Planck's law, weighed by the CIE 1931 matching functions as fitted by Wyman et al. 2013.
    """
    nanometres = np.arange(380.0, 781.0)

    def lobe(mean, below, above):
        width = np.where(nanometres < mean, below, above)
        return np.exp(-0.5 * ((nanometres - mean) / width) ** 2)

    x = 1.056 * lobe(599.8, 37.9, 31.0) + 0.362 * lobe(442.0, 16.0, 26.7)
    x -= 0.065 * lobe(501.1, 20.4, 26.2)
    y = 0.821 * lobe(568.8, 46.9, 40.5) + 0.286 * lobe(530.9, 16.3, 31.1)
    z = 1.217 * lobe(437.0, 11.8, 36.0) + 0.681 * lobe(459.0, 26.0, 13.8)
    power = nanometres**-5 / np.expm1(1.4388e7 / (nanometres * temperature))
    to_xyz = np.array(
        [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
         [0.0193339, 0.1191920, 0.9503041]]
    )  # fmt: skip
    rgb = np.linalg.solve(to_xyz, [(power * c).sum() for c in (x, y, z)])
    return rgb / rgb[1]


def test_tint_runs_along_the_colours_of_black_bodies():
    change = np.log(planckian(4500) / planckian(5500))  # towards warm
    warm = np.log(tint_color(0.2, 0.0)) - np.log(tint_color(0.2, 0.0)[1])
    assert warm[0] > 0
    np.testing.assert_allclose(warm / warm[2], change / change[2], atol=0.02)
    assert tint_color(0.0, 0.0) == pytest.approx((1.0, 1.0, 1.0), abs=1e-4)


def test_the_same_generator_gives_the_same_light_and_more_lamps_change_nothing_before_them():
    assert draw(5) == draw(5)
    without, with_lamps = draw(1, lamps=(0, 0))[0], draw(1, lamps=(2, 2))[0]
    assert without.lamps == ()
    assert with_lamps.model_copy(update={"lamps": ()}) == without


def test_log_uniform_takes_a_range_of_one_value_and_one_from_zero():
    rng = np.random.default_rng(0)
    assert log_uniform(rng, 3.0, 3.0) == 3.0
    assert all(0 <= log_uniform(rng, 0.0, 2.0) <= 2 for _ in range(20))


def test_a_split_without_hdris_is_the_users_error():
    with pytest.raises(UserError, match="no HDRI"):
        sample_light(np.random.default_rng(0), Lights(), ())


def from_behind(light, seeds):
    """Backlit lights, and the unit way from the middle of the world to each camera."""
    drawn = []
    for seed in range(seeds):
        rng = component_rng(5, seed, "back lamp")
        away = rng.normal(size=3)
        away /= np.linalg.norm(away)
        camera = camera_at(Image(), 300.0, 0.8 * away, np.zeros(3))
        drawn.append((lit_from_behind(rng, light, camera), away))
    return drawn


def test_the_strong_lamp_is_behind_what_the_camera_sees():
    plain = draw(1, lamps=(2, 2))[0]
    cosines = []
    for light, away in from_behind(plain, 80):
        assert light.lamps[:-1] == plain.lamps
        lamp = light.lamps[-1]
        position = np.array(lamp.position)
        distance = np.linalg.norm(position)
        assert 0.9 - 1e-9 <= distance <= 2.5 + 1e-9
        cosines.append(position @ away / distance)
        assert lamp.target == (0.0, 0.0, 0.0)
        assert 60 - 1e-6 <= lamp.power <= 400 + 1e-6
        # Brighter than all else, which is dimmed.
        assert 0.15 <= light.strength / plain.strength <= 0.6
        assert (light.hdri, light.rotation) == (plain.hdri, plain.rotation)
    assert max(cosines) < -0.5
    assert np.median(cosines) < -0.9


def test_there_are_never_more_lamps_than_can_be():
    crowded = draw(1, lamps=(MAX_LAMPS, MAX_LAMPS))[0]
    ((light, _),) = from_behind(crowded, 1)
    assert len(light.lamps) == MAX_LAMPS
    assert light.lamps[:-1] == crowded.lamps[:-1]
    assert light.lamps[-1].power >= 60
