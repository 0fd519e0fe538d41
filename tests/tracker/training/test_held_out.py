from __future__ import annotations

from pathlib import Path

import pytest

from synth.errors import UserError
from tests.made_shards import write_shards
from tests.tracker.evaluation.made_dataset import sample
from tracker.training.held_out import with_validation


def test_datasets_with_a_val_split_are_looked_at_once(tmp_path: Path) -> None:
    both = write_shards(tmp_path / "both", {"train": [sample("0_0_0")], "val": [sample("1_0_0")]})
    only = write_shards(tmp_path / "only", {"train": [sample("0_0_0")]})
    other = write_shards(tmp_path / "other", {"val": [sample("0_0_0")]})
    assert with_validation([only, both, both, other, only]) == [both, other]


def test_a_training_without_any_is_refused(tmp_path: Path) -> None:
    only = write_shards(tmp_path / "only", {"train": [sample("0_0_0")]})
    with pytest.raises(UserError, match=r"only: no dataset has a val split.*--data"):
        with_validation([only, only])
    with pytest.raises(UserError, match="is no dataset"):
        with_validation([tmp_path / "nothing"])
