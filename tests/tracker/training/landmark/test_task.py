"""Batches of the landmark model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.tracker.training.landmark.test_cache import photos_of
from tests.tracker.training.made_hands import write_hands
from tracker.models.landmark_architecture import LandmarkArchitecture
from tracker.training.batches import take_rows
from tracker.training.draws import step_generator
from tracker.training.landmark.augment import LandmarkAugmentation, LandmarkBatch
from tracker.training.landmark.task import LandmarkRecipe, LandmarkTask
from tracker.training.landmark.wide import wide_batch

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
