import cv2
import numpy as np
import pytest

from synth.drawing import FINGER_COLORS, WRIST_COLOR, caption_of, contact_sheet, draw_hands
from synth.sample import Sample

SIZE = 120
GROUND = 128


def make_label(visibility):
    """A flat hand: wrist low in the middle, fingers as five columns above it."""
    points = [[60.0, 110.0, 0.0]]
    points += [
        [20.0 + 20 * finger, 85.0 - 20 * joint, -1.0] for finger in range(5) for joint in range(4)
    ]
    hand = {
        "side": "left",
        "landmarks_image": points,
        "landmarks_camera": None,
        "landmarks_world": None,
        "visibility": visibility,
        "box": [20, 25, 80, 85],
        "palm_box": None,
        "bones": None,
        "blendshapes": None,
        "phenotype": None,
        "skin": "tan",
        "gesture": "open_palm",
    }
    return {"image": {"width": SIZE, "height": SIZE}, "hands": [hand]}


def blank():
    return np.full((SIZE, SIZE, 3), GROUND, np.uint8)


def pixel(picture, x, y, scale):
    """Colour at image coordinates (x, y) of the unscaled image."""
    return picture[int(y * scale), int(x * scale)].astype(int)


def test_visible_is_filled_and_hidden_is_hollow():
    visibility = [2] * 21
    visibility[8] = 1  # index tip, at (40, 25)
    drawn = draw_hands(blank(), make_label(visibility), scale=4)
    assert drawn.shape == (4 * SIZE, 4 * SIZE, 3)
    np.testing.assert_array_equal(pixel(drawn, 60, 25, 4), FINGER_COLORS[2])
    np.testing.assert_array_equal(pixel(drawn, 60, 110, 4), WRIST_COLOR)
    np.testing.assert_array_equal(pixel(drawn, 40, 25, 4), [GROUND] * 3)
    around = drawn[25 * 4 - 12 : 25 * 4 + 12, 40 * 4 - 12 : 40 * 4 + 12].reshape(-1, 3)
    assert np.any(np.all(np.abs(around.astype(int) - FINGER_COLORS[1]) < 60, axis=1))


def coloured(column, color):
    return np.all(np.abs(column.astype(int) - color) < 50, axis=-1)


def test_lines_are_solid_between_visible_and_dashed_next_to_hidden():
    visibility = [2] * 21
    visibility[8] = 1
    drawn = draw_hands(blank(), make_label(visibility), scale=4)
    # Between the little finger's PIP (y 65) and DIP (y 45), and the index's DIP (45) and tip (25).
    solid = coloured(drawn[48 * 4 : 62 * 4, 100 * 4 - 1], FINGER_COLORS[4])
    dashed = coloured(drawn[28 * 4 : 42 * 4, 40 * 4 - 1], FINGER_COLORS[1])
    assert solid.all()
    assert 0.2 < dashed.mean() < 0.8


def test_a_landmark_is_drawn_where_the_image_convention_says():
    # (10, 6) is the corner between four pixels: the dot must be symmetric about it.
    label = make_label([2] * 21)
    label["hands"][0]["landmarks_image"] = [[10.0, 6.0, 0.0]] * 21
    for scale in (1, 3):
        drawn = draw_hands(np.zeros((20, 20, 3), np.uint8), label, scale=scale).sum(axis=2)
        rows, columns = np.nonzero(drawn)
        weights = drawn[rows, columns]
        # Of pixel centres, which lie half a pixel in.
        assert np.average(columns + 0.5, weights=weights) == pytest.approx(10 * scale, abs=0.1)
        assert np.average(rows + 0.5, weights=weights) == pytest.approx(6 * scale, abs=0.1)


def test_outside_is_a_tick_on_the_border_and_far_outside_is_quick():
    label = make_label([2] * 20 + [0])
    label["hands"][0]["landmarks_image"][20] = [1e7, 45.0, 0.0]
    drawn = draw_hands(blank(), label, scale=3)
    np.testing.assert_array_equal(drawn[45 * 3, -3], FINGER_COLORS[4])


def test_the_image_is_kept_and_a_label_without_hands_draws_nothing():
    image = blank()
    draw_hands(image, make_label([2] * 21))
    assert np.all(image == GROUND)
    np.testing.assert_array_equal(draw_hands(image, {"hands": []}), image)


def make_sample(key, width=SIZE, height=SIZE):
    picture = np.full((height, width, 3), (200, 100, 50), np.uint8)  # BGR
    done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 100])
    assert done
    return Sample(key=key, jpeg=data.tobytes(), label=make_label([2] * 21))


def test_contact_sheet_has_a_cell_and_a_caption_for_every_sample():
    samples = [make_sample(f"0000000{index}_000_0") for index in range(3)]
    samples.append(make_sample("00000003_000_0", width=60))
    sheet = contact_sheet(samples, columns=3, cell=100, skeleton=False)
    assert sheet.shape == (2 * 122 + 4, 3 * 104 + 4, 3)
    for left, top in ((4, 4), (108, 4), (212, 4)):
        np.testing.assert_allclose(sheet[top + 50, left + 50], (50, 100, 200), atol=4)
        caption = sheet[top + 100 : top + 118, left : left + 100]
        assert caption.max() > 150
    # Twice as high as wide: fitted, with ground beside it; the two cells after it are empty.
    np.testing.assert_allclose(sheet[126 + 50, 4 + 50], (50, 100, 200), atol=4)
    assert sheet[126 + 50, 4 + 5].max() < 60
    assert sheet[126:, 108:].max() < 60


def test_skeletons_are_drawn_on_the_sheet_when_asked_for():
    sample = make_sample("00000000_000_0")
    plain = contact_sheet([sample], 1, cell=240, skeleton=False)
    drawn = contact_sheet([sample], 1, cell=240)
    np.testing.assert_array_equal(drawn[4 + 220, 4 + 120], WRIST_COLOR)
    np.testing.assert_allclose(plain[4 + 220, 4 + 120], (50, 100, 200), atol=4)


def test_caption_names_key_side_gesture_and_skin():
    sample = make_sample("00000012_003_1")
    assert caption_of(sample) == "00000012_003_1 left open_palm tan"
    sample.label["hands"][0]["gesture"] = None
    assert caption_of(sample) == "00000012_003_1 left tan"


def test_an_empty_sheet_is_refused():
    with pytest.raises(ValueError, match="needs a sample"):
        contact_sheet([], 3)
