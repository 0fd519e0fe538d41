"""The tracker: finds hands in images and follows them through videos."""

from __future__ import annotations

import math
import numbers
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from synth.errors import UserError
from tracker.duplicates import MAX_SHARED_NEW_HAND, first_of_each, unclaimed
from tracker.estimates import HandEstimate, mean_estimate
from tracker.image_input import checked_image
from tracker.live import LiveFrames, LiveResult
from tracker.model_file import packaged_model
from tracker.palms import Palms
from tracker.results import Handedness, HandResult
from tracker.roi import Roi, roi_from_palm
from tracker.search import LastSearch
from tracker.sessions import Device, UsedDevice
from tracker.stages import LandmarkStage, Stages, load_stages
from tracker.tracks import Track, begun, followed, named, remembered

Image = NDArray[np.uint8]
RunningMode = Literal["image", "video", "live"]
ModelName = Literal["light", "full", "heavy"]

#: Palms looked at beyond the number of hands wanted, in case one turns out to be none.
SPARE_PALMS: Final = 2
#: Presence from which a new hand is looked at again. A palm says only roughly how large its hand
#: is and which way it points; the landmarks of one look say where to look next.
#: Of a fist that was half missed the first look often says that it is none.
WORTH_A_LOOK: Final = 0.05
#: Least presence of a hand that was found in a tile. Tiles are many, and show as large as hands
#: what in the whole image is too small to be one.
SMALL_HAND_PRESENCE: Final = 0.97
_OTHER: Final[dict[Handedness, Handedness]] = {"left": "right", "right": "left"}
_METHODS: Final[dict[RunningMode, str]] = {
    "image": "detect(image)",
    "video": "track(image, timestamp)",
    "live": "track_async(image, timestamp) and latest()",
}


@dataclass(frozen=True)
class _Past:
    """What one frame leaves to the next: hands followed, hands lost, the last search, a free id."""

    tracks: Sequence[Track] = ()
    lost: Sequence[Track] = ()
    search: LastSearch = field(default_factory=LastSearch)
    next_id: int = 0


class HandTracker:
    """Finds the hands in images (RGB, uint8, H×W×3), one by one or from frame to frame.

    Mode `image`: `detect` looks at each image by itself. Mode `video`: `track` follows hands from
    frame to frame, which is faster and steadier. Mode `live`: the same in a thread of its own;
    `track_async` returns at once and frames that come too fast are dropped.

    May be used in a `with` statement, which closes it.
    """

    def __init__(
        self,
        *,
        num_hands: int = 2,
        running_mode: RunningMode = "image",
        min_detection_confidence: float = 0.5,
        min_presence_confidence: float = 0.5,
        min_tracking_confidence: float = 0.5,
        small_hands: bool = True,
        mirrored: bool = False,
        smoothing: bool = True,
        device: Device = "auto",
        threads: int | None = None,
        model: ModelName = "full",
        palm_model: str | Path | None = None,
        landmark_model: str | Path | None = None,
        on_result: Callable[[LiveResult], object] | None = None,
        stages: Stages | None = None,
    ) -> None:
        """Load the models.

        Args:
            num_hands: the most hands to report.
            running_mode: `image`, `video` or `live`.
            min_detection_confidence: score from which the detector's palm is looked at, 0 … 1.
            min_presence_confidence: presence from which a newly found hand is reported.
            min_tracking_confidence: presence below which a hand that is followed is lost.
            small_hands: while fewer hands are found than asked for, look for small ones in tiles of
                the image, too: hands across a room. An image then takes three to four times as
                long; in a video one tile is looked at after the other, ten a second at most.
            mirrored: the images are mirror images (selfie views): the names of left and right are
                swapped so that they are the person's. Landmarks stay those of the image.
            smoothing: One-Euro smoothing of landmarks in `video` and `live`.
            device: `auto` takes CUDA where it works and the CPU otherwise; `cuda`, `cpu`.
            threads: of each model on the CPU; None is two, or one on a single core.
            model: which of the packaged landmark models.
            palm_model, landmark_model: .onnx files to use in place of the packaged ones.
            on_result: in mode `live`, called in the tracker's thread with each result.
            stages: what finds palms and landmarks in place of any model file; device, threads,
                model, palm_model, landmark_model and min_detection_confidence have no effect then.

        Raises:
            UserError: if an argument or a model file is not sound.
        """
        self._mode = _one_of("running_mode", running_mode, RunningMode)
        if not isinstance(num_hands, int) or num_hands < 1:
            raise UserError(f"num_hands is {num_hands!r}; it must be a whole number, at least 1")
        if on_result is not None and running_mode != "live":
            raise UserError(f"on_result needs running_mode='live'; it is {running_mode!r}")
        _check_confidence("min_detection_confidence", min_detection_confidence)
        self._num_hands = num_hands
        self._min_presence = _check_confidence("min_presence_confidence", min_presence_confidence)
        self._min_tracking = _check_confidence("min_tracking_confidence", min_tracking_confidence)
        self._small_hands = small_hands
        self._mirrored = mirrored
        self._smoothing = smoothing
        self._on_result = on_result
        if stages is None:
            _one_of("model", model, ModelName)
            stages = load_stages(
                Path(palm_model) if palm_model else packaged_model("palm"),
                Path(landmark_model) if landmark_model else packaged_model(f"landmark_{model}"),
                min_detection_confidence,
                device,
                threads,
            )
        self._stages = stages
        self._lock = threading.Lock()
        self._live: LiveFrames | None = None
        self._past = _Past()
        self._timestamp = -math.inf

    @property
    def device(self) -> UsedDevice | None:
        """What the models run on; None if they are no model files."""
        stage = self._stages.find_landmarks
        return stage.model.device if isinstance(stage, LandmarkStage) else None

    def detect(self, image: Any) -> list[HandResult]:
        """The hands of one image, surest palm first, then those found in tiles.

        Raises:
            UserError: if the mode is not `image` or the image is none.
        """
        self._require("image")
        picture = checked_image(image)
        hands = self._new_hands(picture, [])
        if len(hands) < self._num_hands:
            hands += self._new_small_hands(picture, hands)
        return [
            self._result(begun(index, hand, 0.0), smoothed=False)
            for index, hand in enumerate(hands)
        ]

    def track(self, image: Any, timestamp: float) -> list[HandResult]:
        """The hands of the next frame of a video, in the order of their ids.

        Args:
            image: the frame.
            timestamp: seconds, later than that of the frame before.

        Raises:
            UserError: if the mode is not `video`, the image is none or time does not grow.
        """
        self._require("video")
        picture = checked_image(image)
        self._advance(timestamp)
        return self._next_frame(picture, timestamp)

    def track_async(self, image: Any, timestamp: float) -> None:
        """Leave a frame to the tracker's thread; `on_result` and `latest` give what it finds.

        If a frame still waits there, the new one takes its place. The image is copied.

        Args and errors: as for `track`, in mode `live`. Also raises what went wrong in the thread.
        """
        self._require("live")
        picture = checked_image(image)
        self._advance(timestamp)
        if self._live is None:
            self._live = LiveFrames(self._next_frame, self._on_result)
        self._live.submit(picture, timestamp)

    def latest(self) -> LiveResult | None:
        """In mode `live` the newest result; None before the first."""
        self._require("live")
        return self._live.latest() if self._live else None

    def reset(self) -> None:
        """Forget all hands, and the time: for another video."""
        self._end_live(drop=True)
        with self._lock:
            self._past = _Past()
        self._timestamp = -math.inf

    def close(self) -> None:
        """In mode `live` finish the frames that were left and end the thread."""
        self._end_live(drop=False)

    def __enter__(self) -> HandTracker:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    # The loop.

    def _next_frame(self, image: Image, timestamp: float) -> list[HandResult]:
        with self._lock:
            past, wanted = self._past, self._num_hands
            tracks = self._followed(past.tracks, image, timestamp)
            lost = remembered([*past.tracks, *past.lost], tracks, timestamp)
            search = past.search.one_frame_later()
            if search.is_due(timestamp, len(tracks), wanted, len(tracks) < len(past.tracks)):
                search = search.done(timestamp)
                known = [track.estimate for track in tracks]
                found = self._new_hands(image, known)
                if not found and search.tile_is_due(timestamp):
                    found = self._new_small_hands(image, known, search.tiles)
                    search = search.tile_done(timestamp)
                tracks += named(found, lost, past.next_id, timestamp)
                lost = remembered(lost, tracks, timestamp)
            tracks.sort(key=lambda track: track.id)
            next_id = max([past.next_id, *(track.id + 1 for track in tracks)])
            self._past = _Past(tracks, lost, search, next_id)
        return [self._result(track, self._smoothing) for track in tracks]

    def _followed(self, earlier: Sequence[Track], image: Image, timestamp: float) -> list[Track]:
        """The hands of the last frame that are still there, one track each."""
        height, width = image.shape[:2]
        regions = [(track, track.next_roi()) for track in earlier]
        regions = [(track, roi) for track, roi in regions if roi.meets(width, height)]
        estimates = self._stages.find_landmarks(image, [roi for _, roi in regions])
        tracks = [
            followed(track, estimate, timestamp)
            for (track, _), estimate in zip(regions, estimates, strict=True)
            if estimate.presence >= self._min_tracking
        ]
        # Where two tracks have come to lie on one hand, the one stays whose side the hand has, and
        # of two such the older.
        tracks.sort(key=lambda track: (track.in_doubt(), track.id))
        return [tracks[i] for i in first_of_each([track.estimate for track in tracks])]

    def _new_hands(self, image: Image, known: list[HandEstimate]) -> list[HandEstimate]:
        """Hands of the image beside those that are known, surest palm first."""
        return self._hands_at(image, self._stages.find_palms(image), known, self._min_presence)

    def _new_small_hands(
        self, image: Image, known: list[HandEstimate], tile: int | None = None
    ) -> list[HandEstimate]:
        """The same of hands that are too small for a search in the whole image: in one tile, or in
        all of them."""
        find_small_palms = self._stages.find_small_palms
        if not self._small_hands or find_small_palms is None:
            return []
        least = max(self._min_presence, SMALL_HAND_PRESENCE)
        return self._hands_at(image, find_small_palms(image, tile), known, least)

    def _hands_at(
        self, image: Image, palms: Palms, known: list[HandEstimate], min_presence: float
    ) -> list[HandEstimate]:
        """The hands that these palms belong to, as many as are still wanted, but for those that are
        known."""
        wanted = self._num_hands - len(known)
        palms = unclaimed(palms, known)[: wanted + SPARE_PALMS]
        rough = self._look(image, [roi_from_palm(keypoints) for keypoints in palms.keypoints])
        rois = [hand.next_roi() for hand in rough if hand.presence >= WORTH_A_LOOK]
        estimates = self._look(image, rois)
        if self._mode == "image":
            # In a video the next frame is a third look. Here it is the next region's, and the mean
            # with what is seen in the mirror.
            rois = [hand.next_roi() for hand in estimates]
            estimates = self._look(image, rois)
            reflected = self._look(image, rois, in_mirror=True)
            estimates = list(map(mean_estimate, estimates, reflected))
        present = [hand for hand in estimates if hand.presence >= min_presence]
        hands = [*known, *present]
        kept = first_of_each(hands, MAX_SHARED_NEW_HAND)
        return [hands[i] for i in kept if i >= len(known)][:wanted]

    def _look(
        self, image: Image, rois: Sequence[Roi], in_mirror: bool = False
    ) -> list[HandEstimate]:
        """What is in those regions that show some of the image."""
        height, width = image.shape[:2]
        shown = [roi for roi in rois if roi.meets(width, height)]
        return self._stages.find_landmarks(image, shown, in_mirror)

    def _result(self, track: Track, smoothed: bool) -> HandResult:
        hand, side = track.estimate, track.handedness.handedness
        points, world = hand.landmarks, hand.landmarks_world
        if smoothed:
            points, world = track.landmarks.value, track.landmarks_world.value
        return HandResult(
            id=track.id,
            handedness=_OTHER[side] if self._mirrored else side,
            handedness_score=track.handedness.score,
            presence=hand.presence,
            # Copies: what a caller does to them must not reach the next frame.
            landmarks=points.copy(),
            landmarks_world=world.copy(),
            roi=hand.roi,
        )

    # Checks and the state between frames.

    def _require(self, mode: RunningMode) -> None:
        if self._mode != mode:
            raise UserError(
                f"running_mode is {self._mode!r}, which has {_METHODS[self._mode]};"
                f" for {_METHODS[mode]} make a tracker with running_mode={mode!r}"
            )

    def _advance(self, timestamp: float) -> None:
        if not isinstance(timestamp, numbers.Real) or not math.isfinite(timestamp):
            raise UserError(f"the timestamp is {timestamp!r}; it must be a number of seconds")
        if timestamp <= self._timestamp:
            raise UserError(
                f"the timestamp {timestamp} is not later than the one before, {self._timestamp};"
                " call reset() to begin another video"
            )
        self._timestamp = timestamp

    def _end_live(self, drop: bool) -> None:
        live, self._live = self._live, None
        if live is not None:
            if drop:
                live.drop()
            live.close()


def _one_of(name: str, value: Any, choice: Any) -> Any:
    if value not in get_args(choice):
        raise UserError(f"{name} is {value!r}; it can be {', '.join(get_args(choice))}")
    return value


def _check_confidence(name: str, value: float) -> float:
    if not isinstance(value, numbers.Real) or not 0 <= value <= 1:
        raise UserError(f"{name} is {value!r}; it must be a number from 0 to 1")
    return float(value)
