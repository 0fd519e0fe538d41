import numpy as np
import pytest

from synth.photo.tone import (
    MID_GREY,
    SATURATION,
    SRGB_TO_LINEAR,
    apply_contrast,
    compress,
    display_table,
    srgb_decode,
    srgb_encode,
)

TONES = ("standard", "film", "phone")


def test_srgb_has_the_values_of_the_standard():
    # Worked from IEC 61966-2-1: the straight part, the joint, mid-grey and white.
    assert srgb_encode(np.array(0.001)) == pytest.approx(0.01292)
    assert srgb_encode(np.array(0.0031308)) == pytest.approx(0.04045, abs=1e-5)
    assert srgb_encode(np.array(0.18)) == pytest.approx(1.055 * 0.18 ** (1 / 2.4) - 0.055)
    assert srgb_encode(np.array(1.0)) == pytest.approx(1.0)
    assert SRGB_TO_LINEAR[10] == pytest.approx(10 / 255 / 12.92)
    assert SRGB_TO_LINEAR[188] == pytest.approx(0.5, abs=0.005)  # the well-known half


def test_srgb_decodes_what_it_encodes():
    linear = np.linspace(0, 1, 1001)
    np.testing.assert_allclose(srgb_decode(srgb_encode(linear)), linear, atol=1e-6)


@pytest.mark.parametrize("tone", TONES)
def test_every_curve_rises_from_black_over_mid_grey_to_white(tone):
    linear = np.linspace(0, SATURATION, 4001)
    curve = compress(linear, tone)
    assert curve[0] == pytest.approx(0)
    assert compress(np.array(MID_GREY), tone) == pytest.approx(MID_GREY)
    assert curve[-1] == pytest.approx(1)
    assert np.all(np.diff(curve) > 0)
    assert np.max(np.abs(np.diff(curve, 2))) < 1e-4  # no kinks


def test_standard_is_straight_below_its_shoulder_and_film_has_a_toe():
    low = np.array([0.01, 0.05, 0.3, 0.5])
    np.testing.assert_allclose(compress(low, "standard"), low)
    film = compress(np.array([0.01, 0.36, 1.0]), "film")
    assert film[0] < 0.006
    assert film[1] > 0.25
    assert film[2] < compress(np.array(1.0), "standard")


def test_contrast_turns_about_mid_grey_and_keeps_the_ends():
    mid = float(srgb_encode(np.array(MID_GREY)))
    values = np.array([0.0, mid - 0.001, mid, mid + 0.001, 1.0])
    turned = apply_contrast(values, 1.3)
    np.testing.assert_allclose(turned[[0, 2, 4]], values[[0, 2, 4]], atol=1e-6)
    assert (turned[3] - turned[1]) / 0.002 == pytest.approx(1.3, rel=0.01)
    # Worked by hand: half of mid-grey with contrast 2 is a quarter of it.
    assert apply_contrast(np.array([mid / 2]), 2.0)[0] == pytest.approx(mid / 4)


def test_the_table_is_fine_enough_for_eight_bits():
    table = display_table("standard", 1.0, 8192)
    assert np.max(np.diff(table)[64:]) < 0.25 / 255
    index = round(np.sqrt(MID_GREY / SATURATION) * 8191)
    assert table[index] == pytest.approx(srgb_encode(np.array(MID_GREY)), abs=1e-3)
