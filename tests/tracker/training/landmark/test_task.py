"""Batches, what counts as a hand, and the metrics of validation against numpy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.tracker.training.landmark.test_cache import photos_of
from tests.tracker.training.made_hands import write_hands
from tracker.models.landmark import LandmarkArchitecture, LandmarkOutput
from tracker.training.batches import take_rows, with_mirror_images
from tracker.training.draws import step_generator
from tracker.training.landmark.losses import LandmarkTarget
from tracker.training.landmark.task import (
    LandmarkAugmentation,
    LandmarkBatch,
    LandmarkRecipe,
    LandmarkTask,
    _auc,
    mirrored,
    validation_metrics,
    wide_batch,
    with_presence_of,
    without_hand,
)

CPU = torch.device("cpu")
TINY = LandmarkArchitecture(
    input_side=32, stem=4, widths=(4, 6, 8, 8), depths=(0, 0, 0, 0), bins=16, hidden=8
)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_hands(tmp_path_factory.mktemp("data") / "hands")


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return photos_of(tmp_path_factory.mktemp("photos") / "few")


def task_of(dataset: Path, photos: tuple[Path, ...] = (), **recipe: object) -> LandmarkTask:
    made = LandmarkRecipe(architecture=TINY, **recipe)
    return LandmarkTask(made, [dataset], photos, dataset.parent / "cache")


def batch_of(task: LandmarkTask, step: int = 0, count: int = 8) -> LandmarkBatch:
    return task.draw_batch(np.arange(count), step_generator(3, step, 0, CPU), CPU)


def test_a_batch_hangs_on_its_generator_alone(dataset: Path) -> None:
    task = task_of(dataset)
    torch.manual_seed(1)
    np.random.seed(1)
    one = batch_of(task)
    torch.manual_seed(2)
    np.random.seed(2)
    other = batch_of(task)
    assert torch.equal(one.images, other.images)
    assert torch.equal(
        torch.nan_to_num(one.target.landmarks, 9), torch.nan_to_num(other.target.landmarks, 9)
    )
    assert not torch.equal(one.images, batch_of(task, step=1).images)


def test_batches_are_sound(dataset: Path, photos: Path) -> None:
    task = task_of(dataset, (photos,), photo_share=0.4)
    for step in range(6):
        batch = batch_of(task, step)
        assert batch.images.shape == (8, 3, 32, 32)
        assert batch.images.min() >= 0
        assert batch.images.max() <= 1
        assert batch.images.is_contiguous(memory_format=torch.channels_last)
        presence, target = batch.target.presence, batch.target
        assert ((presence == 0) | (presence == 1) | torch.isnan(presence)).all()
        # What is no hand for sure has nothing else to learn from.
        gone = presence != 1
        assert torch.isnan(target.landmarks[gone]).all()
        assert torch.isnan(target.right[gone]).all()
        assert torch.isnan(target.world[gone]).all()


def test_photographs_alone_and_none(dataset: Path, photos: Path) -> None:
    everything = batch_of(task_of(dataset, (photos,), photo_share=1.0))
    assert len(everything.images) == 8
    # Photographs have neither depth nor world points.
    assert torch.isnan(everything.target.landmarks[..., 2]).all()
    assert torch.isnan(everything.target.world).all()
    nothing = batch_of(task_of(dataset, (photos,), photo_share=0.0))
    assert not torch.isnan(nothing.target.world).all()


def test_without_augmentation_a_batch_is_the_crops(dataset: Path) -> None:
    """Geometry alone: red dots are where the landmarks say."""
    still = LandmarkAugmentation(
        rotation_degrees=0, scale=0, shift=0, wild_share=0, background_share=0, empty_share=0,
        occluder_share=0, amplitude_share=0,
    )  # fmt: skip
    architecture = TINY.model_copy(update={"input_side": 128})
    recipe = LandmarkRecipe(architecture=architecture, augmentation=still)
    task = LandmarkTask(recipe, [dataset], [], dataset.parent / "cache")
    hands = np.flatnonzero(task.rendered[0].labels["presence"] == 1)[:8]
    batch = task.draw_batch(hands, step_generator(0, 0, 0, CPU), CPU)
    contrast = []
    for image, points in zip(batch.images, batch.target.landmarks, strict=True):
        columns, rows = (points[:, :2] * 128).long().clamp(0, 127).unbind(1)
        background = image.flatten(1).median(dim=1).values
        contrast.append(float((image[:, rows, columns].mean(dim=1) - background).abs().max()))
    assert np.median(contrast) > 0.25


def test_a_photographed_hand_is_not_judged_where_a_region_strays(
    dataset: Path, photos: Path
) -> None:
    wild = LandmarkAugmentation(wild_share=1.0, empty_share=0.0)
    target = batch_of(task_of(dataset, (photos,), photo_share=1.0, augmentation=wild)).target
    assert not (target.presence == 1).any()
    calm = LandmarkAugmentation(wild_share=0.0, empty_share=0.0)
    target = batch_of(
        task_of(dataset, (photos,), photo_share=1.0, augmentation=calm), count=24
    ).target
    assert (target.presence == 1).any()
    assert not torch.isnan(target.presence).any()


def test_a_wide_batch_is_what_the_cache_holds(dataset: Path) -> None:
    task = task_of(dataset)
    sets = [task.rendered[0], task.held_out[0]]
    first = len(sets[0])
    wide = wide_batch(take_rows(sets, np.array([first + 2, 5, 1]), CPU))
    assert wide.images.shape[0] == 3
    expected = [sets[0].images[1], sets[0].images[5], sets[1].images[2]]
    for found, picture in zip(wide.images, expected, strict=True):
        np.testing.assert_array_equal((found.permute(1, 2, 0) * 255).round().numpy(), picture)
    np.testing.assert_array_equal(
        wide.landmarks[2].numpy(), sets[1].labels["landmarks"][2].astype(np.float32)
    )
    assert ((wide.foreground == 0) | (wide.foreground == 1)).all()
    assert (wide.inside >= wide.foreground).all()


def test_validation_is_the_same_twice_and_has_a_score(dataset: Path) -> None:
    task = task_of(dataset)
    model = task.build_model().eval()
    one, other = task.validate(model, CPU), task.validate(model, CPU)
    assert {k: v for k, v in one.items() if v == v} == {k: v for k, v in other.items() if v == v}
    assert one["score"] == pytest.approx(-one["box_mean"])


def target_with_inside(counts: list[int], presence: float = 1.0) -> LandmarkTarget:
    """Hands of which so many landmarks are in the region."""
    landmarks = torch.full((len(counts), 21, 3), 1.5)
    for row, count in enumerate(counts):
        landmarks[row, :count] = 0.5
    ones = torch.ones(len(counts))
    return LandmarkTarget(landmarks, ones * presence, ones, torch.ones(len(counts), 21, 3))


def test_presence_by_what_is_in_the_region() -> None:
    # 60 % of 21 is 12.6 and 25 % is 5.25.
    found = with_presence_of(target_with_inside([21, 13, 12, 6, 5, 0]))
    presence = found.presence.tolist()
    assert presence[:2] == [1, 1]
    assert np.isnan(presence[2:4]).all()
    assert presence[4:] == [0, 0]
    assert not torch.isnan(found.landmarks[:2]).any()
    for part in (found.landmarks, found.right, found.world):
        assert torch.isnan(part[2:]).all()
    assert found.right[:2].tolist() == [1, 1]


def test_presence_of_what_is_not_all_labelled_stays() -> None:
    for presence in (0.0, 1.0):
        target = target_with_inside([0, 21], presence)
        target.landmarks[:, 20] = torch.nan
        found = with_presence_of(target)
        assert found.presence.tolist() == [presence] * 2
        assert torch.equal(torch.isnan(found.landmarks), torch.isnan(target.landmarks))


def test_without_hand() -> None:
    target = target_with_inside([21, 21, 21])
    found = without_hand(target, torch.tensor([False, True, False]))
    assert found.presence.tolist() == [1, 0, 1]
    assert torch.isnan(found.landmarks[1]).all()
    assert torch.isnan(found.right).tolist() == [False, True, False]
    assert torch.equal(found.world[[0, 2]], target.world[[0, 2]])
    assert not torch.isnan(target.landmarks).any()


def test_metrics_against_numpy() -> None:
    rng = np.random.default_rng(0)
    truth = rng.uniform(0.2, 0.8, (40, 21, 3))
    truth[5:9] = np.nan
    truth[9, 3, 2] = np.nan  # not all known: takes no part
    guess = np.nan_to_num(truth, nan=0.5) + rng.normal(0, 0.02, truth.shape)
    world, true_world = rng.normal(0, 0.05, (2, 40, 21, 3))
    true_world[5:9] = np.nan
    presence, handedness = rng.normal(size=(2, 40))
    present = (rng.random(40) < 0.7).astype(float)
    present[:3] = np.nan
    right = rng.integers(0, 2, 40).astype(float)
    right[5:9] = np.nan

    def tensor(values: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(values).float()

    output = LandmarkOutput(
        None,
        tensor(guess),
        tensor(presence),
        tensor(handedness),
        tensor(np.zeros(40)),
        tensor(world),
    )
    target = LandmarkTarget(tensor(truth), tensor(present), tensor(right), tensor(true_world))

    def part(rows: slice) -> tuple[LandmarkOutput, LandmarkTarget]:
        o, t = output, target
        return (
            LandmarkOutput(
                None,
                o.landmarks[rows],
                o.presence[rows],
                o.handedness[rows],
                o.facing[rows],
                o.world[rows],
            ),
            LandmarkTarget(t.landmarks[rows], t.presence[rows], t.right[rows], t.world[rows]),
        )

    found = validation_metrics([part(slice(0, 13)), part(slice(13, 40))])
    rows = [n for n in range(40) if not np.isnan(truth[n]).any()]
    errors, palms, boxes = [], [], []
    for n in rows:
        off = [np.hypot(*(guess[n, i] - truth[n, i])[:2]) for i in range(21)]
        errors.append(np.mean(off))
        palms.append(np.hypot(*(truth[n, 9] - truth[n, 0])[:2]))
        boxes.append(np.ptp(truth[n, :, :2], axis=0).max())
    ratio = np.array(errors) / np.array(palms)
    # PyTorch's median is the lower of two in the middle.
    assert found["palm_median"] == pytest.approx(100 * np.sort(ratio)[(len(ratio) - 1) // 2], 1e-4)
    assert found["palm_mean"] == pytest.approx(100 * ratio.mean(), 1e-4)
    assert found["box_mean"] == pytest.approx(100 * np.mean(np.array(errors) / boxes), 1e-4)
    assert found["score"] == pytest.approx(-found["box_mean"])
    known = [n for n in range(40) if not np.isnan(right[n])]
    assert found["handedness"] == pytest.approx(
        100 * np.mean([(handedness[n] > 0) == (right[n] > 0.5) for n in known]), 1e-4
    )
    space = np.linalg.norm(world[rows] - true_world[rows], axis=2).mean()
    assert found["world_mm"] == pytest.approx(1000 * space, 1e-4)
    wins = [
        float(presence[i] > presence[j])
        for i in range(40) for j in range(40) if present[i] == 1 and present[j] == 0
    ]  # fmt: skip
    assert found["presence_auc"] == pytest.approx(np.mean(wins), 1e-4)


def test_area_under_the_curve() -> None:
    scores = torch.tensor([3.0, 1.0, 2.0, 2.0, 0.0, 5.0])
    truth = torch.tensor([1.0, 1.0, 0.0, 1.0, 0.0, torch.nan])
    # Pairs: 3>2, 3>0, 1<2, 1>0, 2=2, 2>0.
    assert _auc(scores, truth) == pytest.approx((1 + 1 + 0 + 1 + 0.5 + 1) / 6)
    assert np.isnan(_auc(scores, torch.ones(6)))


def test_mirror_images_turn_left_into_right() -> None:
    images = torch.rand(3, 3, 16, 16)
    landmarks = torch.rand(3, 21, 3)
    landmarks[2] = torch.nan
    target = LandmarkTarget(
        landmarks,
        torch.tensor([1.0, 1.0, 0.0]),
        torch.tensor([1.0, 0.0, torch.nan]),
        torch.rand(3, 21, 3),
    )
    batch = LandmarkBatch(*with_mirror_images(images, target, mirrored(target), 5))
    assert len(batch.images) == 5
    torch.testing.assert_close(batch.images[3], images[0].flip(2))
    torch.testing.assert_close(
        batch.target.right[:5], torch.tensor([1, 0, torch.nan, 0, 1]), equal_nan=True
    )
    torch.testing.assert_close(batch.target.landmarks[3, :, 0], 1 - landmarks[0, :, 0])
    torch.testing.assert_close(batch.target.landmarks[3, :, 1:], landmarks[0, :, 1:])
    # Twice in a mirror is as before.
    again = mirrored(mirrored(target))
    for name in vars(target):
        torch.testing.assert_close(getattr(again, name), getattr(target, name), equal_nan=True)
