"""Metrics of validation against numpy."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
import torch

from tracker.models.landmark import LandmarkOutput
from tracker.training.landmark.losses import LandmarkTarget
from tracker.training.landmark.validation import _auc, validation_metrics


def test_metrics_against_numpy() -> None:
    rng = np.random.default_rng(0)
    truth = rng.uniform(0.2, 0.8, (40, 21, 3))
    truth[5:9] = np.nan
    truth[9, 3, 2] = np.nan  # of a photograph: depth is not asked for
    truth[10, [4, 20]] = np.nan  # fingertips that nobody placed
    truth[11, 0] = np.nan  # no region: takes no part
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
        tensor(guess),
        tensor(presence),
        tensor(handedness),
        tensor(np.zeros(40)),
        tensor(world),
    )
    box = torch.full((len(truth), 2, 3), torch.nan)
    target = LandmarkTarget(tensor(truth), tensor(present), tensor(right), tensor(true_world), box)

    def part(rows: slice) -> tuple[LandmarkOutput, LandmarkTarget]:
        o, t = output, target
        return (
            LandmarkOutput(
                o.landmarks[rows],
                o.presence[rows],
                o.handedness[rows],
                o.facing[rows],
                o.world[rows],
            ),
            LandmarkTarget(*(getattr(t, field.name)[rows] for field in fields(t))),
        )

    found = validation_metrics([part(slice(0, 13)), part(slice(13, 40))])
    rows = [n for n in range(40) if n not in (5, 6, 7, 8, 11)]
    errors, palms, boxes = [], [], []
    for n in rows:
        off = [np.hypot(*(guess[n, i] - truth[n, i])[:2]) for i in range(21)]
        errors.append(np.nanmean(off))
        palms.append(np.hypot(*(truth[n, 9] - truth[n, 0])[:2]))
        points = truth[n, ~np.isnan(truth[n, :, 0]), :2]
        boxes.append(np.ptp(points, axis=0).max())
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
    space = np.nanmean(np.linalg.norm(world - true_world, axis=2))
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
