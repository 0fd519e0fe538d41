"""Proposals of a detector: kept where there is no hand, as the tracker would look at them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from synth.errors import UserError
from tests.made_shards import write_shards
from tests.tracker.training.landmark.test_cache import photos_of
from tests.tracker.training.made_hands import hand_sample
from tracker.palms import NO_PALMS, Palms
from tracker.roi import roi_from_palm
from tracker.training.landmark.cache import crops_of_dataset, crops_of_photos
from tracker.training.landmark.crops import SIDE
from tracker.training.landmark.proposals import Proposer, load_proposer, proposed_places

#: The seven points of an upright palm 20 pixels long whose wrist is at the origin.
PALM = np.array([[0, 0], [-8, -19], [0, -20], [6, -18], [10, -15], [-8, -5], [-12, -10]], float)


def palms_at(*wrists: tuple[float, float]) -> Palms:
    points = PALM + np.array(wrists)[:, None]
    boxes = np.column_stack([points.mean(axis=1), np.full(len(wrists), 20.0)])
    return Palms(np.full(len(wrists), 0.4), boxes, points)


IMAGE = np.zeros((200, 300, 3), np.uint8)
NO_HANDS = np.zeros((0, 4))


def test_a_proposal_is_the_region_of_its_palm() -> None:
    found = palms_at((60, 100))
    assert proposed_places(lambda _: found, IMAGE, NO_HANDS, 3) == [
        roi_from_palm(found.keypoints[0])
    ]
    assert proposed_places(lambda _: NO_PALMS, IMAGE, NO_HANDS, 3) == []


def test_what_holds_some_of_a_hand_is_left_out() -> None:
    found = palms_at((60, 100), (220, 100))
    first, second = (roi_from_palm(points) for points in found.keypoints)
    box = np.array([[first.center[0] - 10, first.center[1] - 10, *(np.add(first.center, 10))]])
    assert proposed_places(lambda _: found, IMAGE, box, 3) == [second]
    # A region inside of a large hand is no place without a hand, nor is one that holds a small one.
    whole = np.array([[0.0, 0.0, 300.0, 200.0]])
    assert proposed_places(lambda _: found, IMAGE, whole, 3) == []
    # A hand that only its edge touches does not count: the tracker's regions do not fit either.
    left = second.center[0] - second.size / 2
    edge = np.array([[left - 90.0, 50.0, left + 3.0, 150.0]])
    assert second in proposed_places(lambda _: found, IMAGE, edge, 3)


def test_the_surest_few_of_a_picture() -> None:
    found = palms_at(*((40.0 * i, 150.0) for i in range(6)))
    places = proposed_places(lambda _: found, IMAGE, NO_HANDS, 3)
    assert places == [roi_from_palm(points) for points in found.keypoints[:3]]


def test_crops_of_datasets_and_photographs(tmp_path: Path) -> None:
    found = palms_at((20, 60))
    proposer = Proposer((lambda _: found,), "one")
    empty = replace(hand_sample("a", np.random.default_rng(0)), mask=None)
    empty.label["hands"] = []
    folder = write_shards(tmp_path / "hands", {"train": [empty]})
    cache = tmp_path / "cache"
    without = crops_of_dataset(folder, "train", cache)
    crops = crops_of_dataset(folder, "train", cache, proposer)
    assert len(crops) == len(without) + 1
    assert crops.labels["presence"].tolist() == [0] * len(crops)
    # The region of the crop is that of the palm: its middle and its turn, where it stands.
    x, y, size, turn = crops.labels["rois"][-1, 0]
    assert (x, y, turn) == (0.5, 0.5, 0)
    assert size == pytest.approx(1 / 1.5)
    both = Proposer((lambda _: found, lambda _: found), "both searches")
    assert len(crops_of_dataset(folder, "train", cache, both)) == len(without) + 2
    # Another detector's are not taken for them.
    other = crops_of_dataset(folder, "train", cache, Proposer((lambda _: NO_PALMS,), "two"))
    assert len(other) == len(without)
    photos = photos_of(tmp_path / "photos")
    plain = crops_of_photos(photos, cache)
    with_proposals = crops_of_photos(
        photos, cache, Proposer((lambda _: palms_at((240, 160)),), "a")
    )
    assert len(with_proposals) == len(plain) + 1
    assert with_proposals.images.shape[1:] == (SIDE, SIDE, 3)


def test_the_key_tells_models_and_scores_apart(tmp_path: Path) -> None:
    packaged = Path("tracker/weights/palm.onnx")
    low, high = load_proposer(packaged, 0.3), load_proposer(packaged, 0.5)
    assert low.key != high.key
    assert load_proposer(packaged, 0.3).key == low.key
    with pytest.raises(UserError, match=r"no\.onnx|no\.json"):
        load_proposer(tmp_path / "no.onnx", 0.3)
