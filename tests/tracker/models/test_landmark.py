"""Landmark model: its three sizes, its bins, and that it can learn."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tests.tracker.training.made_hands import no_boxes
from tracker.models.blocks import parameter_count
from tracker.models.landmark import LandmarkModel
from tracker.models.landmark_architecture import LandmarkArchitecture
from tracker.models.landmark_heads import DEPTH_REACH, MARGIN, bin_centers
from tracker.training.landmark.losses import LandmarkLossWeights, LandmarkTarget, landmark_loss
from tracker.training.recipe import load_recipe

MANIFESTS = Path(__file__).parents[3] / "manifests" / "recipes"


def test_sizes() -> None:
    counts = []
    for name, low, high in (("light", 0.9, 1.4), ("full", 1.9, 2.4), ("heavy", 3.9, 5.0)):
        recipe = load_recipe(MANIFESTS / f"landmark-{name}.yaml", "landmark")
        assert recipe.name == f"landmark-{name}"
        assert recipe.landmark is not None
        counts.append(parameter_count(LandmarkModel(recipe.landmark.architecture)))
        assert low <= counts[-1] / 1e6 <= high, name
    assert counts[0] < counts[1] < counts[2]


def test_bins_cover_the_crop_and_its_margin_evenly() -> None:
    centers = bin_centers(50)
    assert centers.shape == (3, 50)
    torch.testing.assert_close(centers[0], centers[1])
    for axis, low, high in ((0, -MARGIN, 1 + MARGIN), (2, -DEPTH_REACH, DEPTH_REACH)):
        step = (high - low) / 50
        torch.testing.assert_close(centers[axis].diff(), torch.full((49,), step))
        assert float(centers[axis, 0]) == pytest.approx(low + step / 2)
        assert float(centers[axis, -1]) == pytest.approx(high - step / 2, abs=1e-6)


def test_the_coordinate_is_the_mean_of_its_bins() -> None:
    torch.manual_seed(0)
    model = LandmarkModel(
        LandmarkArchitecture(input_side=32, bins=20, hidden=8, head="bins")
    ).eval()
    output = model(torch.rand(2, 3, 32, 32))
    assert output.bins is not None
    chance = output.bins.exp() / output.bins.exp().sum(dim=-1, keepdim=True)
    expected = (chance * bin_centers(20)).sum(dim=-1)
    torch.testing.assert_close(output.landmarks, expected)


def test_the_coordinate_is_the_mean_of_what_the_cells_say() -> None:
    torch.manual_seed(0)
    architecture = LandmarkArchitecture(input_side=32, hidden=8)
    output = LandmarkModel(architecture).eval()(torch.rand(2, 3, 32, 32))
    cells = output.cells
    assert cells is not None
    assert cells.shape == (2, 21, 3, 4, 4)
    score, dx, dy = cells[1, 5].double()
    chance = score.exp() / score.exp().sum()
    rows, columns = torch.meshgrid(torch.arange(4) + 0.5, torch.arange(4) + 0.5, indexing="ij")
    x, y = ((chance * (columns + dx)).sum() / 4, (chance * (rows + dy)).sum() / 4)
    torch.testing.assert_close(
        output.landmarks[1, 5, :2].double(), torch.stack([x, y]), atol=1e-5, rtol=1e-5
    )


def test_the_shape_in_space_does_not_bend_the_one_in_the_image() -> None:
    torch.manual_seed(0)
    model = LandmarkModel(LandmarkArchitecture(input_side=32, bins=20, hidden=8)).eval()
    model(torch.rand(2, 3, 32, 32)).world.square().sum().backward()
    assert all(parameter.grad is None for parameter in model.head.parameters())
    assert model.world.weight.grad is not None


@pytest.mark.parametrize("head", ["cells", "bins", "regression", "heatmap"])
def test_it_learns_a_few_crops_by_heart(head: str) -> None:
    torch.manual_seed(0)
    architecture = LandmarkArchitecture.model_validate(
        {"input_side": 32, "stem": 8, "widths": (12, 16, 24, 32), "depths": (0, 1, 1, 0),
         "bins": 40,
         "hidden": 32, "head": head}
    )  # fmt: skip
    model = LandmarkModel(architecture).train()
    images = torch.rand(8, 3, 32, 32)
    landmarks = torch.rand(8, 21, 3) * 0.6 + 0.2
    landmarks[..., 2] -= 0.5
    world = torch.randn(8, 21, 3) * 0.05
    target = LandmarkTarget(
        landmarks,
        (torch.arange(8) < 6).float(),
        (torch.arange(8) % 2).float(),
        world - world.mean(dim=1, keepdim=True),
        no_boxes(8),
    )
    weights = LandmarkLossWeights(sigma=0.02)
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    history = []
    for _ in range(120):
        terms = landmark_loss(model(images), target, weights)
        loss = torch.stack(list(terms.values())).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        history.append({name: float(term.detach()) for name, term in terms.items()})
    first, last = history[0], history[-1]
    for name in ("points", "depth", "presence", "handedness", "world"):
        assert last[name] < first[name] / 3, name
    if head == "bins":
        # The entropy of the target itself is the least that is possible.
        assert last["bins"] < first["bins"] - 0.5
