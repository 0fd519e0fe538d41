import numpy as np
import pytest

from synth.photo import things

DRAWN = [value for name, value in vars(things).items() if name.startswith("draw_")]


def stage(height=60, width=80):
    return things.Stage(
        np.full((height, width, 3), 100, np.uint8), np.zeros((height, width, 2), np.float32)
    )


def test_a_fill_covers_its_pixels_and_no_others():
    ground = stage()
    things.fill(ground, (10, 20, 5, 4), np.array([1.0, 0.5, 0.0]), shine=2.0)
    changed = np.any(ground.color != 100, axis=2)
    assert np.argwhere(changed).min(axis=0).tolist() == [20, 10]
    assert np.argwhere(changed).max(axis=0).tolist() == [23, 14]
    assert changed.sum() == 20
    np.testing.assert_array_equal(ground.color[21, 12], [255, 127, 0])
    np.testing.assert_array_equal(ground.light[21, 12], [2.0, 1.0])


def test_later_strokes_stand_higher_and_put_out_the_shine_below():
    ground = stage()
    things.fill(ground, (0, 0, 40, 40), np.ones(3), shine=5.0)
    things.blob(ground, (20, 20), (6, 6), 0, np.zeros(3))
    assert ground.light[5, 5].tolist() == [5.0, 1.0]
    assert ground.light[20, 20].tolist() == [0.0, 2.0]


@pytest.mark.parametrize("box", [(5.0, 5.0, 50.0, 40.0), (-10.0, 10.0, 60.0, 60.0), (9, 9, 0.5, 1)])
def test_things_can_be_drawn_anywhere_and_draw_something(box):
    for draw in DRAWN:
        for seed in range(5):
            ground = stage()
            extra = (12,) if draw is things.draw_leaves else ()
            draw(ground, np.random.default_rng(seed), box, *extra)
            if box[2] > 10:
                assert np.any(ground.color != 100), draw.__name__


def test_clip_box():
    assert things.clip_box((-5, 2, 20, 20), (0, 0, 10, 10)) == (0, 2, 10, 8)
    assert things.clip_box((50, 50, 5, 5), (0, 0, 10, 10))[2:] == (0.0, 0.0)
