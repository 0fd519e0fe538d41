from __future__ import annotations

from tracker.search import SEARCH_FRAMES, SEARCH_SECONDS, LastSearch


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
