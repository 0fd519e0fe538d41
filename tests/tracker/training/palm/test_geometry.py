"""Placements: points and pixels must move together."""

from __future__ import annotations

import math

import pytest
import torch

from tracker.training.palm.geometry import (
    Placements,
    PlacementSettings,
    draw_placements,
    sample,
    shown_share,
)

SIDE = 96


def spot(points: torch.Tensor, side: int = 224) -> torch.Tensor:
    """(N, 1, side, side) pictures, each with a soft spot at a point (N, 2)."""
    along = (torch.arange(side) + 0.5) / side
    x, y = along.view(1, 1, -1), along.view(1, -1, 1)
    squared = (x - points[:, 0, None, None]) ** 2 + (y - points[:, 1, None, None]) ** 2
    return torch.exp(-squared / (2 * 0.03**2))[:, None]


def middle(planes: torch.Tensor) -> torch.Tensor:
    """(N, 2) centre of brightness in fractions of the side."""
    along = (torch.arange(planes.shape[-1]) + 0.5) / planes.shape[-1]
    weights = planes[:, 0] / planes[:, 0].sum(dim=(1, 2), keepdim=True)
    return torch.stack([(weights.sum(1) * along).sum(1), (weights.sum(2) * along).sum(1)], dim=1)


def drawn(count: int, seed: int, **settings: object) -> tuple[torch.Tensor, Placements]:
    generator = torch.Generator().manual_seed(seed)
    focus = torch.rand(count, 2, generator=generator) * 0.4 + 0.3
    placements = draw_placements(
        focus,
        torch.full((count,), 0.3),
        torch.zeros(count, dtype=torch.bool),
        PlacementSettings.model_validate(settings),
        generator,
    )
    return focus, placements


def test_a_spot_in_the_picture_comes_to_lie_where_its_point_does() -> None:
    focus, placements = drawn(64, 0, any_rotation_share=0.5)
    content = torch.tensor([0.0, 0.0, 1.0, 1.0]).expand(64, 4)
    laid, _ = sample(spot(focus), content, placements, SIDE)
    expected = placements.points(focus[:, None])[:, 0]
    # Spots that the border cuts have their middle elsewhere.
    whole = ((expected > 0.25) & (expected < 0.75)).all(dim=1)
    assert whole.sum() > 20
    assert (middle(laid) - expected)[whole].abs().max() < 0.25 / SIDE


def test_placements_are_similarities_in_the_range_that_is_asked_for() -> None:
    _, placements = drawn(500, 1, zoom=(0.5, 1.5))
    gram = placements.linear.transpose(1, 2) @ placements.linear
    square = placements.zoom.square()
    assert gram[:, 0, 0] == pytest.approx(square, rel=1e-4)
    assert gram[:, 1, 1] == pytest.approx(square, rel=1e-4)
    assert gram[:, 0, 1].abs().max() < 1e-5
    assert 0.5 <= placements.zoom.min() < 0.55
    assert 1.4 < placements.zoom.max() <= 1.5
    # Half of them are mirrored.
    assert 0.4 < (torch.linalg.det(placements.linear) < 0).float().mean() < 0.6


def test_the_focus_stays_in_view() -> None:
    focus, placements = drawn(500, 2)
    place = placements.points(focus[:, None])
    assert place.min() >= 0
    assert place.max() <= 1


def test_pictures_with_upright_boxes_turn_little_or_by_quarters() -> None:
    generator = torch.Generator().manual_seed(3)
    placements = draw_placements(
        torch.full((300, 2), 0.5),
        torch.full((300,), 0.3),
        torch.ones(300, dtype=torch.bool),
        PlacementSettings(rotation_degrees=30, any_rotation_share=0.5),
        generator,
    )
    angle = torch.atan2(-placements.linear[:, 0, 1], placements.linear[:, 1, 1])
    off = (angle + math.pi / 4) % (math.pi / 2) - math.pi / 4
    assert off.abs().max() <= math.radians(15) + 1e-5
    assert (angle.abs() > 1.0).float().mean() > 0.2


def half_turn(count: int = 1) -> Placements:
    """Turned by a quarter and made half as large: (x, y) → (1 − y / 2, x / 2)."""
    linear = torch.tensor([[0.0, -0.5], [0.5, 0.0]]).expand(count, 2, 2)
    offset = torch.tensor([[1.0, 0.0]]).expand(count, 2)
    return Placements(linear, offset, torch.full((count,), 0.5))


def test_points_squares_and_boxes_by_hand() -> None:
    placements = half_turn()
    assert placements.points(torch.tensor([[[0.2, 0.6]]])).flatten().tolist() == pytest.approx(
        [0.7, 0.1]
    )
    squares = placements.squares(torch.tensor([[[0.2, 0.6, 0.3]]]))
    assert squares.flatten().tolist() == pytest.approx([0.7, 0.1, 0.15])
    boxes = placements.boxes(torch.tensor([[[0.2, 0.4, 0.6, 1.0]]]))
    assert boxes.flatten().tolist() == pytest.approx([0.5, 0.1, 0.8, 0.3])


def test_what_is_not_known_stays_unknown() -> None:
    placements = half_turn()
    assert torch.isnan(placements.points(torch.full((1, 2, 2), torch.nan))).all()
    assert torch.isnan(placements.boxes(torch.full((1, 2, 4), torch.nan))).all()


def test_inside_is_the_picture_without_its_bars() -> None:
    content = torch.tensor([[0.0, 0.25, 1.0, 0.75]])  # becomes x 0.625 … 0.875, y 0 … 0.5
    _, inside = sample(torch.ones(1, 1, 224, 224), content, half_turn(), SIDE)
    rows, columns = torch.nonzero(inside[0, 0] > 0.5, as_tuple=True)
    corners = [columns.min() / SIDE, (columns.max() + 1) / SIDE, rows.min() / SIDE]
    assert [float(c) for c in corners] == pytest.approx([0.625, 0.875, 0.0], abs=1.1 / SIDE)
    assert float((rows.max() + 1) / SIDE) == pytest.approx(0.5, abs=1.1 / SIDE)
    assert float(inside.mean()) == pytest.approx(0.125, abs=0.01)


def test_shown_share_by_hand() -> None:
    shown = torch.zeros(1, 1, 100, 100)
    shown[..., :50] = 1  # the left half
    squares = torch.tensor(
        [
            [0.1, 0.1, 0.4, 0.4],
            [0.4, 0.2, 0.9, 0.7],
            [0.6, 0.0, 0.9, 1.0],
            [-0.25, 0.0, 0.25, 0.5],
            [torch.nan, torch.nan, torch.nan, torch.nan],
        ]
    )[None]
    share = shown_share(squares, shown)[0].tolist()
    assert share == pytest.approx([1.0, 0.2, 0.0, 0.6, 0.0])
