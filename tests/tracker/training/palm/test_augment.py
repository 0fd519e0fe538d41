"""Batches: labels must say what the pixels show. Bright squares stand for palms."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.tracker.training.palm.tiny_data import write_dataset, write_photos
from tracker.training import disturbance
from tracker.training.batches import take_rows, with_mirror_images
from tracker.training.palm.augment import (
    PalmAugmentation,
    augment,
    mirrored,
)
from tracker.training.palm.batch import Pictures, pictures_of
from tracker.training.palm.cache import pictures_of_dataset, pictures_of_photos

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
