"""Parquet as Hugging Face's `datasets` reads it: `data/{split}-00000-of-00009.parquet`, README.md.

One file a shard, a row an image. The columns are those of a label (`parquet_schema`); `image` and
`mask` are pictures to `datasets`. What it calls `validation` is our val. README.md is the dataset's
card, in which it looks for the splits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import cv2
import numpy as np

from synth.errors import UserError
from synth.export.dataset_card import dataset_card
from synth.export.parquet_schema import parquet_schema, refuse_unknown
from synth.export.selection import Exported, Selection, read_portion
from synth.sample import Sample
from synth.scene import Split

if TYPE_CHECKING:
    import pyarrow as pa

LOSSES: Final = (
    "Parquet: nothing of images, labels, masks and depth is lost. Of dataset.json only name,"
    " counts, checksum and versions are kept, in README.md."
)

#: The splits as `datasets` names them.
SPLIT_NAMES: Final[dict[Split, str]] = {"train": "train", "val": "validation", "test": "test"}

#: Rows that are in memory at once: readers fetch a group whole to show one of its pictures.
_ROWS: Final = 100


def write_parquet(
    selection: Selection, folder: Path, tick: Callable[[], object] = lambda: None
) -> Exported:
    """Write a Parquet file for each shard, and the dataset's card.

    Args:
        folder: an empty one.
        tick: called after each image.

    Raises:
        UserError: if a shard cannot be read, a label has a key that has no column, or pyarrow
            cannot be imported.
        OSError: if something cannot be written.
    """
    try:
        import pyarrow as pa
        from pyarrow import parquet as pq
    except ImportError as error:  # also one that does not go with the NumPy that is here
        raise UserError(
            f"Parquet needs the package pyarrow: {error}: pip install 'handsynth[parquet]'"
        ) from None
    schema = parquet_schema()
    hands = 0
    (folder / "data").mkdir()
    for split, portions in selection.portions.items():
        for index, portion in enumerate(portions):
            name = f"{SPLIT_NAMES[split]}-{index:05d}-of-{len(portions):05d}.parquet"
            with pq.ParquetWriter(folder / "data" / name, schema, compression="zstd") as writer:
                for group in _groups(read_portion(selection.place, portion)):
                    rows = [_row(sample, schema) for sample in group]
                    try:
                        batch = pa.RecordBatch.from_pylist(rows, schema)
                    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
                        raise UserError(
                            f"{selection.place / portion.shard}: a label is none of"
                            f" docs/format.md: {error}: make the shard again"
                        ) from None
                    writer.write_batch(batch)
                    hands += sum(len(row["hands"]) for row in rows)
                    for _ in rows:
                        tick()
    counts = {
        split: sum(portion.samples for portion in portions)
        for split, portions in selection.portions.items()
    }
    card = dataset_card(selection.dataset, {SPLIT_NAMES[split]: n for split, n in counts.items()})
    (folder / "README.md").write_text(card, encoding="utf-8")
    return Exported(counts, hands, {})


def _groups(samples: Iterable[Sample]) -> Iterator[list[Sample]]:
    left = iter(samples)
    while group := list(islice(left, _ROWS)):
        yield group


def _row(sample: Sample, schema: pa.Schema) -> dict[str, Any]:
    row = {name: value for name, value in sample.label.items() if name != "image"}
    row |= sample.label["image"]
    refuse_unknown(row, schema, f"sample {sample.key}: label")
    row |= {
        "key": sample.key,
        "image": {"bytes": sample.jpeg, "path": f"{sample.key}.jpg"},
    }
    if sample.mask is not None:
        ok, png = cv2.imencode(".png", np.ascontiguousarray(sample.mask))
        if not ok:
            raise ValueError(f"sample {sample.key}: the mask cannot be encoded as PNG")
        row["mask"] = {"bytes": png.tobytes(), "path": f"{sample.key}.mask.png"}
    if sample.depth is not None:
        row["depth"] = list(sample.depth)
    return row
