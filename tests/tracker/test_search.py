from __future__ import annotations

from tracker.search import SEARCH_FRAMES, SEARCH_SECONDS, TILE_SECONDS, LastSearch


def test_when_the_detector_runs() -> None:
    never = LastSearch()
    assert never.is_due(0.0, 0, 1, False)
    assert not never.is_due(0.0, 1, 1, True)
    just_now = LastSearch(10.0, 1)
    assert just_now.is_due(10.01, 0, 2, False)
    assert just_now.is_due(10.01, 1, 2, True)
    assert not just_now.is_due(10.01, 1, 2, False)
    assert not just_now.is_due(10.0 + 2 * SEARCH_SECONDS, 1, 2, False)  # a slow video
    assert LastSearch(10.0, SEARCH_FRAMES).is_due(10.0 + 2 * SEARCH_SECONDS, 1, 2, False)
    assert not LastSearch(10.0, 99).is_due(10.0 + SEARCH_SECONDS / 2, 1, 2, False)


def test_frames_are_counted() -> None:
    assert LastSearch(3.0).one_frame_later().one_frame_later() == LastSearch(3.0, 2)


def test_tiles_follow_one_another() -> None:
    search = LastSearch().one_frame_later().done(5.0)
    assert (search.timestamp, search.frames) == (5.0, 0)
    assert search.tile_is_due(5.0)
    search = search.tile_done(5.0)
    assert not search.tile_is_due(5.0 + TILE_SECONDS / 2)
    assert search.tile_is_due(5.0 + 1.01 * TILE_SECONDS)
    later = search.one_frame_later().done(6.0).tile_done(6.0)
    assert (search.tiles, later.tiles) == (1, 2)
    # The search of the whole image keeps what is known of the tiles.
    assert later.timestamp == 6.0
