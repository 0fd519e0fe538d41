from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from synth.errors import UserError
from synth.sample import Sample
from tests.made_shards import write_shards
from tests.tracker.evaluation.made_dataset import SIDE, hand_label, sample
from tests.tracker.fake_models import ScriptedHand
from tracker.evaluation.moving import (
    CANVAS,
    leave_and_return,
    read_clips,
    stay,
    video_from_dataset,
    video_from_images,
    wander,
    write_video,
)
from tracker.evaluation.truth import true_image

SMALL = (128, 96)
HAND = ScriptedHand((80, 110), 30)


def dotted() -> Sample:
    """A dark picture with a bright dot whose middle is the hand's middle MCP."""
    made = sample("00000000_000_0", hand_label(HAND))
    picture = np.full((SIDE, SIDE, 3), 20, np.uint8)
    x, y = HAND.landmarks[9, :2]  # whole numbers: the dot is of the four pixels round it
    picture[int(y) - 1 : int(y) + 1, int(x) - 1 : int(x) + 1] = 255
    ok, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 100])
    assert ok
    return Sample(made.key, data.tobytes(), made.label)


def test_landmarks_move_with_the_pixels() -> None:
    for frame in list(video_from_images([true_image(dotted())], 90))[::9]:
        grey = frame.image.mean(axis=2)
        weight = np.where(grey > 90, grey, 0.0)
        rows, columns = np.indices(grey.shape) + 0.5
        middle = [(weight * columns).sum() / weight.sum(), (weight * rows).sum() / weight.sum()]
        assert frame.landmarks[9, :2] == pytest.approx(middle, abs=0.35)
        assert frame.image.shape == (CANVAS[1], CANVAS[0], 3)


def test_depth_grows_with_the_zoom() -> None:
    label = hand_label(HAND)
    label["landmarks_image"] = [[x, y, 10.0] for x, y, _ in label["landmarks_image"]]
    (frame,) = video_from_images([true_image(sample("00000000_000_0", label))], 1, stay)
    assert frame.landmarks[:, 2] == pytest.approx(10 * 0.9 * CANVAS[1] / SIDE)


def test_paths() -> None:
    still = true_image(sample("00000000_000_0", hand_label(HAND)))
    assert all(frame.in_view for frame in video_from_images([still], 300, wander, canvas=SMALL))
    views = [
        frame.in_view for frame in video_from_images([still], 360, leave_and_return, canvas=SMALL)
    ]
    gone = [i for i, view in enumerate(views) if not view]
    # Out and in again, twice in twelve seconds.
    assert views[0]
    assert len(gone) > 40
    assert sum(a != b for a, b in pairwise(views)) == 4


def test_moments_are_played_back_and_forth() -> None:
    hands = [ScriptedHand((80 + i, 110), 30) for i in range(3)]
    moments = [true_image(sample(f"00000000_00{i}_0", hand_label(h))) for i, h in enumerate(hands)]
    wrists = [f.landmarks[0, 0] for f in video_from_images(moments, 9, stay, hold=2)]
    assert np.argsort(np.unique(wrists)).tolist() == [0, 1, 2]
    order = [int(np.searchsorted(np.unique(wrists), wrist)) for wrist in wrists]
    assert order == [0, 0, 1, 1, 2, 2, 1, 1, 0]


def test_clips_of_a_dataset(tmp_path: Path) -> None:
    def moments(number: int, *hands: ScriptedHand) -> list[Sample]:
        return [sample(f"{number:08d}_00{i}_0", hand_label(h)) for i, h in enumerate(hands)]

    jumping = moments(0, ScriptedHand((80, 110), 30), ScriptedHand((110, 120), 30))
    hidden = sample("00000001_000_0", hand_label(HAND, visibility=[1] * 21))
    steady = moments(2, *[ScriptedHand((80 + i, 110), 30) for i in range(3)])
    beside = hand_label(ScriptedHand((30, 110), 20), visibility=[1] * 21)
    with_hidden = sample("00000003_000_0", hand_label(HAND), beside)
    folder = write_shards(tmp_path / "d", {"test": [*jumping, hidden, *steady, with_hidden]})
    clips = read_clips(folder, "test", 5)
    assert [[image.key for image in clip] for clip in clips] == [
        ["00000000_000_0"],
        ["00000002_000_0", "00000002_001_0", "00000002_002_0"],
    ]
    assert len(list(video_from_dataset(folder, "test", 3))) == 3
    only_hidden = write_shards(tmp_path / "h", {"test": [hidden]})
    with pytest.raises(UserError, match="no sequence in test shows a whole hand"):
        video_from_dataset(only_hidden, "test", 3)


def test_video_file(tmp_path: Path) -> None:
    still = true_image(sample("00000000_000_0", hand_label(HAND)))
    path = tmp_path / "v.avi"
    assert write_video(path, video_from_images([still], 5)) == 5
    capture = cv2.VideoCapture(str(path))
    assert capture.get(cv2.CAP_PROP_FRAME_COUNT) == 5
