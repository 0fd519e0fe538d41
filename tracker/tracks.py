"""Hands over time: what is known of a hand that is followed, and of those just lost."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tracker.estimates import HandEstimate
from tracker.handedness import HandednessEvidence, contradicts, first_evidence, more_evidence
from tracker.one_euro import OneEuro, begin, smooth
from tracker.roi import LANDMARKS_SCALE, Roi, roi_from_landmarks

#: Seconds for which a lost hand is remembered, so that it gets its id back.
MEMORY: Final = 1.0
#: It is taken for the same hand if its centre has moved by less than this, ÷ the region's side …
MAX_MOVE: Final = 0.75
#: … and its region has grown or shrunk by less than this factor.
MAX_GROWTH: Final = 2.0
#: Metres that count as a hand's size when world landmarks are smoothed: about the longer side of
#: what STABLE_LANDMARKS span on an adult's hand.
WORLD_SIZE: Final = 0.12


@dataclass(frozen=True)
class Track:
    """A hand after one frame.

    Attributes:
        id: number of the hand.
        estimate: what the model said, as it said it.
        handedness: from all frames.
        landmarks: smoothed, in pixels.
        landmarks_world: smoothed, in metres.
        timestamp: seconds, of the last frame in which the hand was seen.
    """

    id: int
    estimate: HandEstimate
    handedness: HandednessEvidence
    landmarks: OneEuro
    landmarks_world: OneEuro
    timestamp: float

    def next_roi(self) -> Roi:
        """Where to look in the next frame. Not smoothed: a region that lags loses the hand."""
        return self.estimate.next_roi()

    def in_doubt(self) -> bool:
        """Whether the last frame took the hand for the other one."""
        return contradicts(self.handedness, self.estimate.right)


def begun(number: int, estimate: HandEstimate, timestamp: float) -> Track:
    """A hand that has not been seen before, with the id `number`."""
    return Track(
        number,
        estimate,
        first_evidence(estimate.right, timestamp),
        begin(estimate.landmarks, timestamp),
        begin(estimate.landmarks_world, timestamp),
        timestamp,
    )


def followed(track: Track, estimate: HandEstimate, timestamp: float) -> Track:
    """The hand one frame later."""
    size = estimate.roi.size / LANDMARKS_SCALE
    return Track(
        track.id,
        estimate,
        more_evidence(track.handedness, estimate.right, timestamp),
        smooth(track.landmarks, estimate.landmarks, timestamp, size),
        smooth(track.landmarks_world, estimate.landmarks_world, timestamp, WORLD_SIZE),
        timestamp,
    )


def regained(track: Track, estimate: HandEstimate, timestamp: float) -> Track:
    """A lost hand that was found again: the old id and handedness, but smoothing starts anew."""
    return Track(
        track.id,
        estimate,
        more_evidence(track.handedness, estimate.right, timestamp),
        begin(estimate.landmarks, timestamp),
        begin(estimate.landmarks_world, timestamp),
        timestamp,
    )


def remembered(earlier: Sequence[Track], present: Sequence[Track], timestamp: float) -> list[Track]:
    """Of the earlier hands those that are not present but may still come back."""
    ids = {track.id for track in present}
    return [
        track for track in earlier if track.id not in ids and timestamp - track.timestamp <= MEMORY
    ]


def named(
    found: Sequence[HandEstimate], lost: Sequence[Track], next_id: int, timestamp: float
) -> list[Track]:
    """Tracks of newly found hands: each has the id of a lost one, or `next_id` and so on."""
    tracks: list[Track] = []
    for hand in found:
        match = lost_hand_at(hand, remembered(lost, tracks, timestamp))
        if match is None:
            tracks.append(begun(next_id, hand, timestamp))
            next_id += 1
        else:
            tracks.append(regained(match, hand, timestamp))
    return tracks


def lost_hand_at(estimate: HandEstimate, lost: Sequence[Track]) -> Track | None:
    """The lost hand that an estimate is of: the nearest of those alike in place, size and side."""
    found = roi_from_landmarks(estimate.landmarks)
    candidates = [
        (_move(found, track.next_roi()), track)
        for track in lost
        if not contradicts(track.handedness, estimate.right)
    ]
    move, track = min(candidates, key=lambda pair: pair[0], default=(math.inf, None))
    return track if move <= MAX_MOVE else None


def _move(found: Roi, lost: Roi) -> float:
    """Distance ÷ size between two regions; infinite if their sizes differ too much."""
    if not 1 / MAX_GROWTH <= found.size / lost.size <= MAX_GROWTH:
        return math.inf
    return math.dist(found.center, lost.center) / max(found.size, lost.size)
