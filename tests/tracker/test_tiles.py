from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.palms import NO_PALMS, Palms, joined
from tracker.tiles import LARGEST_PALM, OVERLAP, SMALLEST, ZOOM, Tile, tiles_of

SIZES = st.tuples(st.integers(1, 3000), st.integers(1, 3000))


def test_an_ordinary_image_has_six() -> None:
    tiles = tiles_of(640, 480)
    side = 285
    assert tiles == [
        Tile(x, y, side) for y in (0, 480 - side) for x in (0, round((640 - side) / 2), 640 - side)
    ]
    assert tiles_of(480, 640) == sorted(
        (Tile(tile.y, tile.x, side) for tile in tiles), key=lambda tile: (tile.y, tile.x)
    )


def test_none_where_there_is_nothing_more_to_see() -> None:
    least = int(SMALLEST * ZOOM)
    assert tiles_of(least - 3, 100) == []
    assert len(tiles_of(least, 100)) > 1


@given(SIZES)
def test_every_small_palm_is_whole_in_one(size: tuple[int, int]) -> None:
    """Any square of OVERLAP of a tile lies in one tile, and no tile leaves the image."""
    width, height = size
    tiles = tiles_of(width, height)
    for tile in tiles:
        assert tile.x >= 0
        assert tile.y >= 0
        assert tile.x + tile.side <= max(width, tile.side)
        assert tile.y + tile.side <= max(height, tile.side)
    if not tiles:
        return
    square = OVERLAP * tiles[0].side - 1  # starts are rounded to pixels
    rng = np.random.default_rng(0)
    for x, y in rng.uniform((0, 0), (max(width - square, 0), max(height - square, 0)), (50, 2)):
        assert any(
            tile.x <= x
            and tile.y <= y
            and x + square <= tile.x + tile.side
            and y + square <= tile.y + tile.side
            for tile in tiles
        )


def test_cut_and_back() -> None:
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (300, 400, 3), np.uint8)
    tile = Tile(120, 50, 180)
    cut = tile.cut(image)
    np.testing.assert_array_equal(cut[7, 9], image[57, 129])
    palms = Palms(
        np.array([0.9, 0.8]),
        np.array([[9.0, 7.0, 20.0], [90.0, 90.0, LARGEST_PALM * 180 + 1]]),
        rng.uniform(0, 180, (2, 7, 2)),
    )
    found = tile.in_image(palms)
    assert found.scores.tolist() == [0.9]  # the other one is too large for the tile
    assert found.boxes.tolist() == [[129, 57, 20]]
    np.testing.assert_allclose(found.keypoints, palms.keypoints[:1] + (120, 50))


@pytest.mark.parametrize("counts", [(), (0,), (2, 0, 3)])
def test_findings_are_joined_in_their_order(counts: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    parts = [Palms(rng.random(n), rng.random((n, 3)), rng.random((n, 7, 2))) for n in counts]
    whole = joined(parts)
    assert len(whole) == sum(counts)
    assert whole.scores.tolist() == [score for part in parts for score in part.scores]
    assert whole.keypoints.shape == (len(whole), *NO_PALMS.keypoints.shape[1:])
