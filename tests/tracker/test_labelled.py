import numpy as np
import pytest

from tracker.labelled import UNKNOWN, has_region, landmarks_of, visibility_of
from tracker.roi import STABLE_LANDMARKS


def test_null_is_not_known():
    points = [[1.5, 2.0, None]] * 20 + [[None, None, None]]
    hand = {"landmarks_image": points, "visibility": [2] * 19 + [0, None]}
    landmarks = landmarks_of(hand)
    np.testing.assert_array_equal(landmarks[:20, :2], [[1.5, 2.0]] * 20)
    assert np.isnan(landmarks[:, 2]).all()
    assert np.isnan(landmarks[20]).all()
    assert visibility_of(hand).tolist() == [2] * 19 + [0, UNKNOWN]


@pytest.mark.parametrize(("missing", "expected"), [(4, True), (20, True), (0, False), (18, False)])
def test_a_region_needs_the_landmarks_that_it_is_made_of(missing, expected):
    landmarks = np.ones((21, 3))
    landmarks[:, 2] = np.nan
    assert has_region(landmarks)
    landmarks[missing] = np.nan
    assert has_region(landmarks) is expected
    assert (missing in STABLE_LANDMARKS) is not expected
