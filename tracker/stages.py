"""The two stages that look at pixels: where palms are, and where the landmarks of a hand are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from tracker.estimates import HandEstimate, estimate_in_image
from tracker.letterbox import letterbox
from tracker.model_file import Model, load_model
from tracker.nms import weighted_nms
from tracker.palms import NO_PALMS, Palms, joined, palms_above, palms_in_image
from tracker.roi import Roi, crop
from tracker.sessions import Device
from tracker.tiles import Tile, tiles_of

Image = NDArray[np.uint8]

#: An image with fewer pixels on a side shows no hand.
MIN_IMAGE_SIDE: Final = 8


class FindPalms(Protocol):
    """Palms of an image (H, W, 3), in its pixels, best first, one a hand."""

    def __call__(self, image: Image) -> Palms: ...


class FindSmallPalms(Protocol):
    """Palms that are too small for the search in the whole image (H, W, 3), in its pixels, best
    first: those of all of its tiles, or of one of them, `which` counted round."""

    def __call__(self, image: Image, which: int | None = None) -> Palms: ...


class FindLandmarks(Protocol):
    """What is in each of the regions of an image (H, W, 3), in their order; the answer is about
    the image itself even where the regions are looked at in a mirror."""

    def __call__(
        self, image: Image, rois: Sequence[Roi], in_mirror: bool = False
    ) -> list[HandEstimate]: ...


@dataclass(frozen=True)
class Stages:
    """What the loop connects.

    Attributes:
        find_palms: in the image as a whole.
        find_landmarks: in regions of it.
        find_small_palms: those that are too small for `find_palms`; None to leave them.
    """

    find_palms: FindPalms
    find_landmarks: FindLandmarks
    find_small_palms: FindSmallPalms | None = None


@dataclass(frozen=True)
class PalmStage:
    """The palm detector: letterbox, model, threshold, non-maximum suppression."""

    model: Model
    min_score: float

    def __call__(self, image: Image) -> Palms:
        (found,) = self.of_each([image])
        return weighted_nms(found)

    def of_each(self, images: Sequence[Image]) -> list[Palms]:
        """What the detector finds in each of some images, in its pixels, with all that overlap."""
        if not images or any(min(image.shape[:2]) < MIN_IMAGE_SIDE for image in images):
            return [NO_PALMS for _ in images]
        boxed = [letterbox(image, self.model.sidecar.input_side) for image in images]
        scores, boxes, keypoints = self.model.run(np.stack([one.picture for one in boxed]))
        return [
            palms_in_image(palms_above(scores[i], boxes[i], keypoints[i], self.min_score), one)
            for i, one in enumerate(boxed)
        ]


@dataclass(frozen=True)
class SmallPalmStage:
    """The palm detector once more, on tiles of the image, for palms too small in the whole."""

    stage: PalmStage

    def __call__(self, image: Image, which: int | None = None) -> Palms:
        height, width = image.shape[:2]
        tiles = tiles_of(width, height)
        if tiles and which is not None:
            tiles = [tiles[which % len(tiles)]]
        found = self.stage.of_each([np.ascontiguousarray(tile.cut(image)) for tile in tiles])
        return weighted_nms(joined(list(map(Tile.in_image, tiles, found))))


@dataclass(frozen=True)
class LandmarkStage:
    """The landmark model: crops, one run of the model for all of them, back into the image."""

    model: Model

    def __call__(
        self, image: Image, rois: Sequence[Roi], in_mirror: bool = False
    ) -> list[HandEstimate]:
        if not rois:
            return []
        side = self.model.sidecar.input_side
        crops = np.stack([crop(image, roi, side) for roi in rois])
        if in_mirror:
            crops = np.ascontiguousarray(crops[:, :, ::-1])
        landmarks, presence, right, world = self.model.run(crops)
        if in_mirror:
            landmarks = landmarks * (-1, 1, 1) + (1, 0, 0)
            right, world = 1 - right, world * (-1, 1, 1)
        return [
            estimate_in_image(roi, landmarks[i], presence[i], right[i], world[i])
            for i, roi in enumerate(rois)
        ]


def load_stages(
    palm_model: Path,
    landmark_model: Path,
    min_detection_confidence: float,
    device: Device = "auto",
    threads: int | None = None,
) -> Stages:
    """Both stages with their models.

    Args:
        palm_model, landmark_model: .onnx files with their sidecars.
        min_detection_confidence: score from which a palm counts, 0 … 1.
        device, threads: as load_model takes them.

    Raises:
        UserError: if a model cannot be used.
    """
    palms = PalmStage(load_model(palm_model, "palm", device, threads), min_detection_confidence)
    landmarks = LandmarkStage(load_model(landmark_model, "landmark", device, threads))
    return Stages(palms, landmarks, SmallPalmStage(palms))
