"""Batches: labels must say what the pixels show. Bright squares stand for palms."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.made_shards import write_shards
from tests.tracker.training.palm.tiny_data import (
    crowd_sample,
    empty_sample,
    write_dataset,
    write_photos,
)
from tracker.training import disturbance
from tracker.training.batches import take_rows, with_mirror_images
from tracker.training.palm import augment as augment_module
from tracker.training.palm.augment import (
    NOTHING_SHARE,
    PalmAugmentation,
    augment,
    mirrored,
)
from tracker.training.palm.batch import Pictures, pictures_of
from tracker.training.palm.cache import pictures_of_dataset, pictures_of_photos
from tracker.training.palm.truth import PalmTruth

CPU = torch.device("cpu")
#: Nothing but placement.
PLAIN = {
    "background_share": 0,
    "alone_share": 0,
    "empty_share": 0,
    "paste_share": 0,
    "occluder_share": 0,
    "amplitude_share": 0,
    "bars_share": 0,
}


@pytest.fixture(autouse=True)
def _no_camera(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disturbance, "photometric", lambda images, generator: images)


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Pictures:
    folder = tmp_path_factory.mktemp("rendered")
    sets = pictures_of_dataset(write_dataset(folder / "data"), "train", folder / "cache")
    return pictures_of(take_rows(sets, np.arange(6), CPU))[torch.arange(24) % 6]


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Pictures:
    folder = tmp_path_factory.mktemp("photos")
    sets = [pictures_of_photos(write_photos(folder / "some"), folder / "cache")]
    return pictures_of(take_rows(sets, np.arange(3), CPU))


@pytest.fixture(scope="module")
def crowds(tmp_path_factory: pytest.TempPathFactory) -> Pictures:
    """Four hands of which two are to be found, one may be and one is hidden; and pictures without
    any."""
    folder = tmp_path_factory.mktemp("crowds")
    samples = [*map(crowd_sample, range(6)), *map(empty_sample, range(6, 9))]
    data = write_shards(folder / "data", {"train": samples})
    (pictures,) = pictures_of_dataset(data, "train", folder / "cache")
    return pictures_of(take_rows([pictures], np.arange(9), CPU))[torch.arange(36) % 9]


def joined(one: Pictures, other: Pictures) -> Pictures:
    return Pictures(**{n: torch.cat([t, getattr(other, n)]) for n, t in vars(one).items()})


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def settings(**keys: object) -> PalmAugmentation:
    return PalmAugmentation.model_validate({**PLAIN, **keys})


def red_at(images: torch.Tensor, palms: torch.Tensor) -> torch.Tensor:
    """Red of the pixels at the palms' centres; 160 / 255 is that of the square."""
    place = (palms[:, :2] * images.shape[-1]).long().clamp(0, images.shape[-1] - 1)
    return images[torch.arange(len(images)), 0, place[:, 1], place[:, 0]]


def test_palms_lie_on_the_squares(rendered: Pictures) -> None:
    batch = augment(rendered, 96, settings(), generator())
    wanted = batch.truth.wanted[:, 0]
    assert wanted.sum() > 12
    palms = batch.truth.palms[:, 0]
    assert red_at(batch.images, palms)[wanted].numpy() == pytest.approx(160 / 255, abs=0.02)
    # The keypoints lie on the square's diagonal, the wrist at one end; all near the palm.
    off = (batch.truth.keypoints[:, 0] - palms[:, None, :2]).norm(dim=2) / palms[:, 2:]
    assert off[wanted].max() < 0.75
    assert off[wanted][:, 0].numpy() == pytest.approx(np.sqrt(0.5), abs=0.02)


def test_same_generator_same_batch(rendered: Pictures) -> None:
    first = augment(rendered, 96, PalmAugmentation(), generator(5))
    again = augment(rendered, 96, PalmAugmentation(), generator(5))
    other = augment(rendered, 96, PalmAugmentation(), generator(6))
    assert torch.equal(first.images, again.images)
    assert torch.equal(first.truth.palms, again.truth.palms)
    assert not torch.equal(first.images, other.images)


def test_pictures_stay_in_range_and_finite(rendered: Pictures, photos: Pictures) -> None:
    both = joined(rendered, photos)
    for seed in range(3):
        batch = augment(both, 96, PalmAugmentation(paste_share=0.5), generator(seed))
        assert batch.images.shape == (27, 3, 96, 96)
        assert float(batch.images.min()) >= 0
        assert float(batch.images.max()) <= 1
        for tensor in vars(batch.truth).values():
            assert torch.isfinite(tensor.float()).all()
        assert not (batch.truth.wanted & batch.truth.ignored).any()


def test_a_new_background_leaves_the_palm(rendered: Pictures) -> None:
    batch = augment(rendered, 96, settings(background_share=1), generator())
    wanted = batch.truth.wanted[:, 0]
    red = red_at(batch.images, batch.truth.palms[:, 0])
    assert red[wanted].numpy() == pytest.approx(160 / 255, abs=0.02)


def test_empty_pictures_have_neither_palm_nor_label(rendered: Pictures, photos: Pictures) -> None:
    both = joined(rendered, photos)
    batch = augment(both, 96, settings(empty_share=1), generator())
    truth = batch.truth
    assert not (truth.wanted | truth.ignored).any()
    assert not (truth.boxed | truth.asked).any()


def test_pasted_hands_are_labelled_and_hide_what_is_behind(rendered: Pictures) -> None:
    batch = augment(rendered, 96, settings(paste_share=1), generator(1))
    truth = batch.truth
    count = rendered.palms.shape[1]
    assert truth.palms.shape[1] == 2 * count
    pasted = truth.wanted[:, count]
    assert pasted.sum() > 12
    red = red_at(batch.images, truth.palms[:, count])
    assert red[pasted].numpy() == pytest.approx(160 / 255, abs=0.03)
    # A first palm whose centre and most of whose square the second covers is not asked for.
    first, second = truth.palms[:, 0], truth.palms[:, count]
    near = (first[:, :2] - second[:, :2]).abs().amax(dim=1) < 0.1 * second[:, 2]
    covered = near & (second[:, 2] > 1.5 * first[:, 2]) & pasted
    assert not (truth.wanted[:, 0] & covered).any()


def test_a_photograph_gives_boxes_and_can_take_a_rendered_hand(
    rendered: Pictures, photos: Pictures
) -> None:
    both = joined(rendered, photos)
    plain = augment(both, 96, settings(), generator(2)).truth
    assert plain.boxed[-3:, 0].all()
    assert not plain.wanted[-3:].any()
    assert not plain.boxed[:-3].any()
    pasted = augment(both, 96, settings(paste_share=1), generator(2)).truth
    assert pasted.wanted[-3:].any()


def test_photographs_alone_give_no_hand_to_paste(photos: Pictures) -> None:
    batch = augment(photos, 96, settings(paste_share=1, background_share=1), generator())
    assert not batch.truth.wanted.any()


def test_bars_are_black_and_hide_palms(rendered: Pictures) -> None:
    batch = augment(rendered, 96, settings(bars_share=1), generator(4))
    dark = batch.images.amax(dim=1) == 0
    barred = dark[:, 0].all(dim=1) & dark[:, -1].all(dim=1)
    barred |= dark[:, :, 0].all(dim=1) & dark[:, :, -1].all(dim=1)
    assert barred.float().mean() > 0.9
    truth = batch.truth
    red = red_at(batch.images, truth.palms[:, 0])
    hidden = red == 0
    assert not (truth.wanted[:, 0] & hidden).any()


def test_mirror_images_have_mirrored_truth(rendered: Pictures) -> None:
    batch = augment(rendered, 96, settings(), generator())
    count = len(batch.images)
    images, truth = with_mirror_images(
        batch.images, batch.truth, mirrored(batch.truth), 2 * count - 1
    )
    assert len(images) == len(truth.palms) == 2 * count - 1
    torch.testing.assert_close(images[count], batch.images[0].flip(2))
    row = int(torch.nonzero(batch.truth.wanted.any(dim=1))[0])
    palm = int(torch.nonzero(batch.truth.wanted[row])[0])
    x, y, side = batch.truth.palms[row, palm]
    torch.testing.assert_close(
        mirrored(batch.truth).palms[row, palm], torch.stack([1 - x, y, side])
    )
    again = mirrored(mirrored(batch.truth))
    for name in vars(batch.truth):
        torch.testing.assert_close(getattr(again, name), getattr(batch.truth, name))


def redness(images: torch.Tensor) -> torch.Tensor:
    """(N, H, W) how much of a pixel is a hand of a crowd."""
    return (images[:, 0] - images[:, 1:].amax(dim=1)).clamp(0, 1)


def squares_of(truth: PalmTruth, side: int, grown: float) -> torch.Tensor:
    """(N, P, side, side) bool: within each palm's square, enlarged `grown` times."""
    middles = (torch.arange(side) + 0.5) / side
    x, y, half = truth.palms[..., 0], truth.palms[..., 1], truth.palms[..., 2] / 2 * grown
    in_x = (middles - x[..., None]).abs() <= half[..., None]
    in_y = (middles - y[..., None]).abs() <= half[..., None]
    return in_x[:, :, None, :] & in_y[:, :, :, None]


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"alone_share": 1},
        {"background_share": 1},
        {"paste_share": 1},
        {"empty_share": 0.5, "paste_share": 0.5},
        {"alone_share": 1, "background_share": 1, "paste_share": 1, "bars_share": 1},
    ],
)
def test_what_is_labelled_is_there_and_no_other_hand_is(
    crowds: Pictures, monkeypatch: pytest.MonkeyPatch, keys: dict[str, float]
) -> None:
    # Made-up textures without red in them.
    monkeypatch.setattr(
        augment_module,
        "random_textures",
        lambda count, side, generator: torch.full((count, 3, side, side), 0.4),
    )
    side, hands = 96, 0
    for seed in range(3):
        batch = augment(crowds, side, settings(**keys), generator(seed))
        truth, red = batch.truth, redness(batch.images)
        # Of every palm asked for, most of the square is a hand (a turned square fills half of the
        # upright one or more).
        squares = squares_of(truth, side, 1.0)
        shown = (squares & (red > 0.3)[:, None]).sum(dim=(2, 3)) / squares.sum(dim=(2, 3))
        assert bool((shown[truth.wanted] > 0.25).all())
        hands += int(truth.wanted.sum())
        # Red beyond all labelled palms is what the border or another picture left of one.
        labelled = (truth.wanted | truth.ignored)[..., None, None]
        stray = (red > 0.6) & ~(squares_of(truth, side, 1.5) & labelled).any(dim=1)
        spots = stray.flatten(1).float().mean(dim=1)
        palms = truth.palms[..., 2].amax(dim=1)
        assert bool((spots <= NOTHING_SHARE * palms**2 + 2 / side**2).all())
    assert hands > 40


def test_hidden_hands_are_ignored_or_not_there(crowds: Pictures) -> None:
    truth = augment(crowds, 96, settings(), generator()).truth
    people = torch.arange(36) % 9 < 6
    assert not truth.wanted[:, 2:].any()
    assert truth.ignored[people, 2].sum() > 12
    assert not truth.ignored[:, 3].any()
    assert not (truth.wanted | truth.ignored)[~people].any()


def test_any_hand_of_a_picture_is_kept_in_view(crowds: Pictures) -> None:
    enlarged = {"placement": {"zoom": (3.0, 3.0), "anywhere_share": 1}}
    truth = augment(crowds, 96, settings(**enlarged), generator()).truth
    people = torch.arange(36) % 9 < 6
    outside = (truth.palms[people, :3, :2] - 0.5).abs().amax(dim=2) > 0.5
    assert not outside.all(dim=1).any()
    # Not always the first one.
    assert (outside.sum(dim=0) >= 4).all()


def test_hands_without_a_mask_are_no_background(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        augment_module,
        "random_textures",
        lambda count, side, generator: torch.full((count, 3, side, side), 0.4),
    )
    samples = [replace(crowd_sample(number), mask=None) for number in range(6)]
    data = write_shards(tmp_path / "data", {"train": [*samples, empty_sample(6)]})
    (pictures,) = pictures_of_dataset(data, "train", tmp_path / "cache")
    rows = pictures_of(take_rows([pictures], np.arange(7), CPU))
    images = augment(rows, 96, settings(empty_share=1), generator()).images
    assert float(redness(images).max()) < 0.1
