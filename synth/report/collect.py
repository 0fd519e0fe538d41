"""One reading of a dataset, from which everything on the page is taken."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from synth.dataset import read_dataset
from synth.errors import UserError
from synth.report.contact_sheets import Sheets
from synth.report.figures import Figures
from synth.report.measures import measure
from synth.report.spreads import Spreads
from synth.report.worst import WorstCases
from synth.shards.archive import unpack
from synth.shards.members import JPEG, LABEL
from synth.storage.place import Place, local_copy, place_at
from synth.validation.pose import posed_hands
from synth.validation.skeleton import has_hand_asset

#: Sequences whose poses are looked at together.
_SEQUENCES: Final = 32

_NO_ASSET: Final = (
    "Joint angles are not shown: the hand is not in the cache yet, `hand-synth preview` builds it."
)

Labels = list[tuple[str, dict[str, Any]]]


def collect(
    where: str | Path, pictures: int, watch: Callable[[int], object] = lambda samples: None
) -> Figures:
    """Read all of a dataset once. Memory does not grow with the number of images.

    Args:
        where: path or URL of the dataset's folder.
        pictures: about how many the contact sheets have in all.
        watch: is given 1 for each image.

    Raises:
        UserError: if it is no dataset, has no image, is damaged, or a store cannot be reached.
    """
    place, dataset = place_at(where), read_dataset(where)
    if not any(record.samples for record in dataset.shards):
        what = "the part" if dataset.part else "the dataset"
        raise UserError(f"{place}: there is no image to report on: {what} is empty")
    # The same pictures every time: a report can be compared with an older one.
    sheets, spreads, worst = Sheets(random.Random(0)), Spreads(), WorstCases()
    with_angles = has_hand_asset()
    images = hands = empty = 0
    labels: Labels = []
    for record in dataset.shards:
        for key, jpeg, label in _samples(place, record.name):
            try:
                measures = measure(key, jpeg, label)
                sheets.add(key, jpeg, label, measures)
                worst.add(key, jpeg, label, measures)
            except UserError as error:
                raise UserError(f"{place / record.name}: {error}") from None
            spreads.add_image(label, measures)
            images, hands = images + 1, hands + len(label["hands"])
            empty += not label["hands"]
            labels.append((key, label))
            if with_angles and _sequences(labels) > _SEQUENCES:
                last = labels.pop()
                spreads.add_poses(posed_hands(labels))
                labels = [last]
            elif not with_angles:
                labels.clear()
            watch(1)
    spreads.add_poses(posed_hands(labels))
    return Figures(
        dataset=dataset,
        images=images,
        hands=hands,
        empty=empty,
        sheets=sheets.finished(pictures),
        angles=spreads.angle_histograms(),
        gestures=spreads.gesture_bars(),
        viewpoints=spreads.sphere(),
        histograms=spreads.histograms() if images else (),
        visibility=spreads.visibility_parts(),
        worst=worst.finished(),
        notes=() if with_angles else (_NO_ASSET,),
    )


def _sequences(labels: Labels) -> int:
    """How many sequences labels in their order reach over."""
    return int(labels[-1][1]["sequence"]) - int(labels[0][1]["sequence"])


def _samples(place: Place, name: str) -> Iterator[tuple[str, bytes, dict[str, Any]]]:
    """Key, JPEG and label of a shard's samples, without its masks and depths."""
    try:
        with local_copy(place, name) as shard:
            for key, group in groupby(unpack(shard), key=lambda m: m[0].partition(".")[0]):
                members = {name.partition(".")[2]: data for name, data in group}
                label = json.loads(members[LABEL])
                if not isinstance(label.get("hands"), list):
                    raise ValueError(f"the label of {key} has no hands")
                yield key, members[JPEG], label
    except FileNotFoundError:
        raise UserError(f"{place}: there is no shard {name}") from None
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise UserError(
            f"{place / name}: cannot be read: {error}; `hand-synth validate` says more"
        ) from None
