import numpy as np
import pytest

from synth.photo.metering import exposure_gain, light_on_subject


@pytest.mark.parametrize("level", [1e-5, 0.18, 1.0, 3e4])
def test_a_grey_card_comes_out_mid_grey_in_any_light(level):
    card = np.full((64, 96, 3), level, np.float32)
    assert exposure_gain(card) * level == pytest.approx(0.18, rel=1e-4)


def test_gain_is_inverse_to_the_light():
    picture = np.random.default_rng(0).gamma(0.5, 1.0, (64, 64, 3)).astype(np.float32)
    assert exposure_gain(picture) == pytest.approx(64 * exposure_gain(64 * picture), rel=1e-4)


def test_luminance_counts_and_not_the_mean_of_the_channels():
    green, blue = np.zeros((2, 64, 64, 3), np.float32)
    green[..., 1], blue[..., 2] = 1.0, 1.0
    assert exposure_gain(blue) / exposure_gain(green) == pytest.approx(0.7152 / 0.0722, rel=1e-3)


def test_a_sun_in_view_does_not_darken_the_picture():
    picture = np.full((256, 256, 3), 0.2, np.float32)
    without = exposure_gain(picture)
    picture[10:18, 10:18] = 1e5
    assert exposure_gain(picture) == pytest.approx(without, rel=0.05)


def test_a_lit_hand_before_darkness_is_not_burnt_out():
    picture = np.full((256, 256, 3), 0.001, np.float32)
    picture[90:166, 90:166] = 0.3  # 9 % of the picture
    assert exposure_gain(picture) * 0.3 <= 1.0 + 1e-3


def test_the_middle_weighs_more_than_the_rim():
    middle = np.full((64, 64, 3), 0.1, np.float32)
    rim = middle.copy()
    middle[24:40, 24:40] = 0.3
    rim[0:16, 0:16] = 0.3
    assert exposure_gain(middle) < exposure_gain(rim)


def test_black_is_left_alone():
    assert exposure_gain(np.zeros((32, 32, 3), np.float32)) == 1.0


def test_light_on_subject_is_that_on_a_white_thing():
    # A hand that reflects 40 % of the light and shows 0.2 stands in light of 0.5.
    hand = np.zeros((10, 10, 4), np.float32)
    hand[2:7, 2:7] = (0.2, 0.2, 0.2, 1.0)
    hand[7, 2:7] = (0.1, 0.1, 0.1, 0.5)
    assert light_on_subject(hand, 0.4) == pytest.approx(0.5, rel=1e-4)
    assert light_on_subject(np.zeros((10, 10, 4), np.float32), 0.4) is None


def test_a_known_subject_keeps_its_skin_dark_or_light():
    light = 3.0  # luminance of a white thing
    levels = []
    for albedo in (0.1, 0.4):
        picture = np.full((64, 64, 3), albedo * light, np.float32)
        levels.append(albedo * light * exposure_gain(picture, white=light))
        alone = albedo * light * exposure_gain(picture)
        assert alone == pytest.approx(0.18, rel=1e-3)  # without a subject both would be mid-grey
    # 2 stops apart in truth; 65 % of them are kept.
    assert np.log2(levels[1] / levels[0]) == pytest.approx(2 * 0.65, rel=1e-3)
