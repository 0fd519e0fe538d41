"""The README.md of a dataset for Hugging Face: what it is, and where its splits are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from synth.dataset import Dataset

#: What a number of images is called there, by the number that it is below.
_SIZES: Final = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
    (100_000_000, "10M<n<100M"),
)
_LARGER: Final = "100M<n<1B"

_ABOUT: Final = """\
Images of hands with labels: 21 landmarks in 2D and 3D with their visibility, boxes, and what is
known of hand and camera. A row is an image with any number of hands, also none.

## Splits

| split | images |
| --- | --- |
{splits}

## Columns

`image` is the picture. `mask`, where there is one, is an 8-bit picture: 0 background, 1 … skin of
each hand by its `number` + 1, 254 things, 255 cloth and people. `depth`, where there is one, has
metres by row and column, infinite where nothing is.

`camera.K` is in pixels; `camera.world_to_camera` is a rigid 4×4 matrix. `hands` has for each hand
its `number` in the scene, `identity`, `side` (the person's own), `landmarks_image` (x, y in pixels
from the corner of the first pixel, z relative to the wrist in pixels), `landmarks_camera` (metres;
x to the right, y down, z forward), `landmarks_world` (metres, z up), `visibility` (0 outside the
image, 1 hidden, 2 visible), `box` (x, y, width, height), `palm_box`, `bones` (quaternions w, x, y,
z), `blendshapes`, `phenotype`, `skin`, `gesture`, `worn`, `holds`. Lengths are metres, angles
radians. The landmarks are the wrist, then four of each finger from the thumb to the little finger,
from its base to its tip.

## Reading

```python
from datasets import load_dataset

dataset = load_dataset("path/of/this/folder", split="{first}")
```

## Made with

Manifest {checksum} (SHA-256); {versions}.
"""


def dataset_card(dataset: Dataset, images: Mapping[str, int]) -> str:
    """Markdown with a YAML head as Hugging Face's hub wants it.

    It names no licence: that is the publisher's to choose.

    Args:
        images: number by split, as the files are named.
    """
    import yaml

    total = sum(images.values())
    head: dict[str, Any] = {
        "pretty_name": dataset.name,
        "task_categories": ["keypoint-detection"],
        "tags": ["hands"],
        "size_categories": [next((name for most, name in _SIZES if total < most), _LARGER)],
        "configs": [
            {
                "config_name": "default",
                "data_files": [
                    {"split": split, "path": f"data/{split}-*.parquet"} for split in images
                ],
            }
        ],
    }
    about = _ABOUT.format(
        splits="\n".join(f"| {split} | {count} |" for split, count in images.items()),
        first=next(iter(images)),
        checksum=dataset.manifest_sha256,
        versions=", ".join(f"{name} {number}" for name, number in dataset.versions.items()),
    )
    yaml_head = yaml.safe_dump(head, sort_keys=False, allow_unicode=True)
    return f"---\n{yaml_head}---\n\n# {dataset.name}\n\n{about}"
