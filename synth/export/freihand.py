"""JSON files as FreiHAND (Zimmermann et al., ICCV 2019) has them.

For the splits train, val and test the sets `training`, `validation` and `evaluation`:

- `{set}/rgb/00000000.jpg` …: 224×224 pixels, one right hand each.
- `{set}/mask/00000000.jpg` …, where the dataset has masks: 255 the skin of the hand and of the bare
  forearm that is seen, else 0; up to what JPEG makes of it, so take 128 as the border.
- `{set}_xyz.json`: (N, 21, 3) metres in the camera's frame.
- `{set}_K.json`: (N, 3, 3) pixels; u, v = (K · xyz)₁,₂ ÷ (K · xyz)₃ with the origin at the corner
  of the first pixel.
- `{set}_scale.json`: (N) metres, length of the proximal phalanx of the middle finger, which is the
  distance of landmarks 9 and 10.
- `{set}_source.json`, which is ours: key of the image, number and side of the hand, the square that
  was cut out (x, y, side in pixels of the image), whether it is mirrored, and our 21 visibilities.

An image of FreiHAND shows one right hand. So each hand has an entry of its own: the square around
it is cut out and scaled, and that of a left hand is mirrored, x of its landmarks negated and its K
adjusted, which makes picture and landmarks those of a right hand. Other hands may be in the
picture; of a person's two hands, the one that is meant looks like a right hand, the other like a
left one.

FreiHAND's files do not say what is seen and what is not. So hands are left out that have a landmark
outside the image, are hidden for the most part, are too small, or have no 3D (`_reason`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from synth.errors import UserError
from synth.export.freihand_crop import Array, Crop, crop_around, extent_of
from synth.export.json_arrays import json_array
from synth.export.selection import Exported, Selection, read_split
from synth.landmarks import MIDDLE_MCP
from synth.sample import Sample
from synth.scene import Split

LOSSES: Final = (
    "FreiHAND: lost are images without a hand, hands that are partly outside, mostly hidden or"
    " small, the surroundings of the others and their size in pixels; bones, blendshapes and all"
    " else but landmarks, camera and masks. Left hands are mirrored. There are no MANO parameters,"
    " no vertices, and one version of each image in place of FreiHAND's four."
)

#: FreiHAND's names of the sets; it has none for val.
SETS: Final[dict[Split, str]] = {
    "train": "training",
    "val": "validation",
    "test": "evaluation",
}

#: Fewer visible landmarks, a third, do not show what the hand does.
_LEAST_VISIBLE: Final = 7
#: Pixels of the hand's longer side. A smaller one is scaled up more than 4.7 times and is a blur.
_LEAST_EXTENT: Final = 32.0
#: JPEG again, so little is to be lost by it.
_QUALITY: Final = 95
#: Digits of metres and of pixels.
_DECIMALS: Final = 6


def write_freihand(
    selection: Selection, folder: Path, tick: Callable[[], object] = lambda: None
) -> Exported:
    """Write pictures of single hands and their landmarks and cameras.

    Args:
        folder: an empty one.
        tick: called after each image of the dataset.

    Raises:
        UserError: if a shard cannot be read, or there is no hand to write.
        OSError: if something cannot be written.
    """
    counts: dict[Split, int] = {}
    left_out: Counter[str] = Counter()
    for split in selection.portions:
        counts[split] = _write_set(selection, split, folder, left_out, tick)
    hands = sum(counts.values())
    if not hands:
        reasons = ", ".join(f"{count} {reason}" for reason, count in left_out.items())
        raise UserError(
            f"{selection.place}: there is no hand to export as FreiHAND has them"
            f" ({reasons or 'no hand at all'}): take another format"
        )
    return Exported(counts, hands, left_out)


def _write_set(
    selection: Selection,
    split: Split,
    folder: Path,
    left_out: Counter[str],
    tick: Callable[[], object],
) -> int:
    name, index = SETS[split], 0
    (folder / name / "rgb").mkdir(parents=True)
    with ExitStack() as files:
        add = {
            kind: files.enter_context(json_array(folder / f"{name}_{kind}.json"))
            for kind in ("xyz", "K", "scale", "source")
        }
        for sample in read_split(selection, split):
            for hand in sample.label["hands"]:
                if (reason := _reason(hand)) is not None:
                    left_out[reason] += 1
                    continue
                crop = _crop(sample, hand)
                for kind, value in _entry(sample, hand, crop).items():
                    add[kind](value)
                _write_jpeg(folder / name / "rgb" / f"{index:08d}.jpg", crop.cut(sample.image()))
                if sample.mask is not None:
                    skin = np.where(sample.mask == hand["number"] + 1, np.uint8(255), np.uint8(0))
                    (folder / name / "mask").mkdir(exist_ok=True)
                    _write_jpeg(
                        folder / name / "mask" / f"{index:08d}.jpg", crop.cut(skin, smooth=False)
                    )
                index += 1
            tick()
    return index


def _reason(hand: dict[str, Any]) -> str | None:
    """Why a hand is left out, None if it is not."""
    if hand["landmarks_camera"] is None or hand["side"] is None:
        return "without 3D"
    visibility = hand["visibility"]
    if not all(visibility):
        return "partly outside"
    if sum(state == 2 for state in visibility) < _LEAST_VISIBLE:
        return "mostly hidden"
    extent = extent_of(np.array(hand["landmarks_image"])[:, :2], hand["box"])
    return "too small" if (extent[1] - extent[0]).max() < _LEAST_EXTENT else None


def _crop(sample: Sample, hand: dict[str, Any]) -> Crop:
    size = sample.label["image"]
    extent = extent_of(np.array(hand["landmarks_image"])[:, :2], hand["box"])
    return crop_around(extent, size["width"], size["height"], hand["side"] == "left")


def _entry(sample: Sample, hand: dict[str, Any], crop: Crop) -> dict[str, Any]:
    xyz = crop.points(np.array(hand["landmarks_camera"], np.float64))
    K = crop.camera(np.array(sample.label["camera"]["K"], np.float64))
    return {
        "xyz": _numbers(xyz),
        "K": _numbers(K),
        "scale": _numbers(np.linalg.norm(xyz[MIDDLE_MCP + 1] - xyz[MIDDLE_MCP])),
        "source": {
            "key": sample.key,
            "number": hand["number"],
            "side": hand["side"],
            "square": [crop.left, crop.top, crop.side],
            "mirrored": crop.mirrored,
            "visibility": hand["visibility"],
        },
    }


def _numbers(values: Array | np.floating[Any]) -> Any:
    return (np.round(values, _DECIMALS) + 0.0).tolist()  # + 0.0 turns −0.0 into 0.0


def _write_jpeg(path: Path, image: NDArray[np.uint8]) -> None:
    pixels = cv2.cvtColor(image, cv2.COLOR_RGB2BGR) if image.ndim == 3 else image
    ok, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not ok:
        raise ValueError(f"{path.name} cannot be encoded as JPEG")
    path.write_bytes(data.tobytes())
