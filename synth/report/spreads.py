"""How poses, viewpoints, sizes, brightness and visibility are spread over a dataset."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from synth.hand.joint_angles import ANGLE_NAMES
from synth.hand.limits import RANGE_OF_MOTION
from synth.landmarks import LANDMARKS
from synth.report.figures import Bars, Histogram, Parts, Sphere
from synth.report.measures import Measures
from synth.report.viewpoint import BINS, bin_of, camera_direction
from synth.validation.labelled_hands import array_of
from synth.validation.pose import PosedHand
from synth.validation.posed_bones import angles_of
from synth.validation.skeleton import shape_of

Array = NDArray[np.float64]

#: Degrees beyond a joint's limits that its histogram shows, so that what is outside would be seen.
_BEYOND: Final = 5.0
_ANGLE_BINS: Final = 30
#: The angles of the wrist are not in a label.
_ANGLES: Final = tuple(name for name in ANGLE_NAMES if not name.startswith("wrist."))


@dataclass
class Counts:
    """Counts in bins of the same width; what lies beyond the ends is counted in the last ones."""

    low: float
    high: float
    bins: int
    counts: NDArray[np.int64] = field(init=False)
    total: float = 0.0

    def __post_init__(self) -> None:
        self.counts = np.zeros(self.bins, np.int64)

    def add(self, values: Array) -> None:
        place = np.floor((values - self.low) * self.bins / (self.high - self.low))
        np.add.at(self.counts, np.clip(place, 0, self.bins - 1).astype(np.int64), 1)
        self.total += float(values.sum())

    def histogram(
        self, title: str, unit: str = "", limits: tuple[float, float] | None = None
    ) -> Histogram:
        count = int(self.counts.sum())
        mean = self.total / count if count else None
        return Histogram(
            title, self.low, self.high, tuple(self.counts.tolist()), unit, limits, mean
        )


def _limits(name: str) -> tuple[float, float]:
    low, high = np.degrees(RANGE_OF_MOTION[name])
    return float(low), float(high)


def _of_angle(name: str) -> Counts:
    low, high = _limits(name)
    return Counts(low - _BEYOND, high + _BEYOND, _ANGLE_BINS)


@dataclass
class Spreads:
    """Counts everything that is counted, while images pass by."""

    angles: dict[str, Counts] = field(
        default_factory=lambda: {name: _of_angle(name) for name in _ANGLES}
    )
    gestures: Counter[str] = field(default_factory=Counter)
    palm: NDArray[np.int64] = field(default_factory=lambda: np.zeros(BINS, np.int64))
    back: NDArray[np.int64] = field(default_factory=lambda: np.zeros(BINS, np.int64))
    sizes: Counts = field(default_factory=lambda: Counts(0.0, 1.2, 36))
    brightness: Counts = field(default_factory=lambda: Counts(0.0, 256.0, 32))
    visible: Counts = field(default_factory=lambda: Counts(0.0, 22.0, 22))
    states: NDArray[np.int64] = field(
        default_factory=lambda: np.zeros((len(LANDMARKS), 3), np.int64)
    )

    def add_image(self, label: Mapping[str, Any], measures: Measures) -> None:
        """One image."""
        self.brightness.add(np.array([measures.brightness.mean]))
        camera = label.get("camera")
        for each in measures.hands:
            hand = each.hand
            self.sizes.add(np.array([each.scale]))
            self.visible.add(np.array([float(each.visible)]))
            if hand.get("gesture"):
                self.gestures[hand["gesture"]] += 1
            for landmark, state in enumerate(hand["visibility"]):
                if state is not None:
                    self.states[landmark, state] += 1
            if camera:
                self._add_viewpoint(hand, camera)

    def _add_viewpoint(self, hand: Mapping[str, Any], camera: Mapping[str, Any]) -> None:
        world = array_of(hand.get("landmarks_world"), (len(LANDMARKS), 3))
        view = array_of(camera.get("world_to_camera"), (4, 4))
        if np.isnan(world).any() or np.isnan(view).any():
            return
        direction = camera_direction(world, view, hand["side"])
        if direction is not None:
            at_palm, index = bin_of(direction)
            (self.palm if at_palm else self.back)[index] += 1

    def add_poses(self, hands: Sequence[PosedHand]) -> None:
        """Poses, each once; the hand asset must be there."""
        if not hands:
            return
        shapes = [shape_of(each.hand["phenotype"], each.hand["blendshapes"]) for each in hands]
        rest = np.stack([shape.rest_relative for shape in shapes])
        angles = np.degrees(angles_of(rest, np.stack([each.rotations for each in hands])))
        for name, counts in self.angles.items():
            counts.add(angles[:, ANGLE_NAMES.index(name)])

    def angle_histograms(self) -> tuple[Histogram, ...]:
        """One a joint's angle, in degrees; none if no pose was added. Joints that do not move are
        left out."""
        return tuple(
            counts.histogram(name, "°", _limits(name))
            for name, counts in self.angles.items()
            if counts.counts.any() and _limits(name)[0] < _limits(name)[1]
        )

    def gesture_bars(self) -> Bars | None:
        """All gestures by their counts; None if no hand makes one."""
        if not self.gestures:
            return None
        names, counts = zip(*self.gestures.most_common(), strict=True)
        return Bars("Hands by gesture", names, counts)

    def sphere(self) -> Sphere | None:
        """None if no viewpoint is known."""
        if not (self.palm.any() or self.back.any()):
            return None
        return Sphere(tuple(self.palm.tolist()), tuple(self.back.tolist()))

    def histograms(self) -> tuple[Histogram, ...]:
        """Size, brightness and number of visible landmarks."""
        return (
            self.sizes.histogram("Longer side of the hand ÷ shorter side of the image"),
            self.brightness.histogram("Mean grey value of the image, of 255"),
            self.visible.histogram("Visible landmarks of a hand"),
        )

    def visibility_parts(self) -> Parts | None:
        """Of each landmark the shares that are visible, hidden and outside; None without a hand."""
        if not self.states.any():
            return None
        shares = self.states[:, ::-1] / np.maximum(1, self.states.sum(1, keepdims=True))
        return Parts(
            "Landmarks",
            tuple(name.replace("_", " ") for name in LANDMARKS),
            ("visible", "hidden", "outside"),
            tuple(tuple(row) for row in shares.tolist()),
        )
