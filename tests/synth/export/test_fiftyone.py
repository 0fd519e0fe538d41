"""What FiftyOne makes of an export; it has an environment of its own (`make test-fiftyone`)."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

from synth.export.coco import write_coco
from synth.export.selection import read_split, select
from tests.synth.export.made_hands import HEIGHT, WIDTH, write_dataset

ROOT = Path(__file__).parents[3]
PYTHON = ROOT / ".venv-fiftyone" / "bin" / "python"
SCRIPT = Path(__file__).with_name("fiftyone_reading.py")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PYTHON.exists(), reason="FiftyOne is not there: make test-fiftyone"),
]


def test_fiftyone_reads_every_split(tmp_path: Path) -> None:
    selection = select(write_dataset(tmp_path / "drawn"))
    output = tmp_path / "out"
    output.mkdir()
    write_coco(selection, output)
    size = np.array([WIDTH, HEIGHT])
    hands = 0
    for split in selection.portions:
        annotations = output / "annotations" / f"hand_keypoints_{split}.json"
        run = subprocess.run(
            [PYTHON, SCRIPT, output / "images" / split, annotations],
            env={**os.environ, "FIFTYONE_DATABASE_DIR": str(tmp_path / "database")},
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert run.returncode == 0, run.stderr[-2000:]
        found = json.loads(run.stdout.splitlines()[-1])
        expected = {f"{sample.key}.jpg": sample for sample in read_split(selection, split)}
        assert found.keys() == expected.keys()
        for name, sample in expected.items():
            image, labels = found[name], sample.label["hands"]
            assert image["size"] == [WIDTH, HEIGHT]
            assert image["labels"] == ["hand"] * len(labels)
            boxes = np.reshape(image["boxes"], (-1, 2, 2)) * size
            for box, points, label in zip(boxes, image["points"], labels, strict=True):
                np.testing.assert_allclose(box.ravel(), label["box"], atol=1e-6)
                inside = np.array(label["visibility"]) > 0
                places = np.array(label["landmarks_image"])[:, :2]
                np.testing.assert_allclose(
                    (np.array(points, float) * size)[inside], places[inside], atol=1e-6
                )
                hands += 1
            if sample.mask is not None:
                # Pieces of bare forearm outside the box are not in the segmentation.
                seen = [int((sample.mask == hand["number"] + 1).sum()) for hand in labels]
                assert len(image["pixels"]) == sum(count > 0 for count in seen)
                for pixels, count in zip(image["pixels"], filter(None, seen), strict=True):
                    assert 0 < pixels <= count
    assert hands == 8
