"""Checkpoints: what goes in comes out, a kill leaves the old one, damage is one line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import torch

from synth.errors import UserError
from tracker.training.checkpoint import FILE_NAME, load_checkpoint, save_checkpoint


def test_round_trip(tmp_path: Path) -> None:
    assert load_checkpoint(tmp_path) is None
    state = {"step": 7, "recipe": {"name": "a", "none": None}, "model": {"w": torch.randn(3, 2)}}
    save_checkpoint(tmp_path, state)
    found = load_checkpoint(tmp_path)
    assert found is not None
    assert found["step"] == 7
    assert found["recipe"] == state["recipe"]
    assert torch.equal(found["model"]["w"], state["model"]["w"])
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]


def test_a_stop_while_it_is_written_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_checkpoint(tmp_path, {"step": 1})

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", stopped)
    with pytest.raises(KeyboardInterrupt):
        save_checkpoint(tmp_path, {"step": 2})
    monkeypatch.undo()
    assert load_checkpoint(tmp_path) == {"step": 1}
    save_checkpoint(tmp_path, {"step": 3})
    assert load_checkpoint(tmp_path) == {"step": 3}


@pytest.mark.parametrize("damage", ["empty", "cut", "garbage", "orders", "text", "folder"])
def test_damage_is_said_in_one_line(tmp_path: Path, damage: str) -> None:
    save_checkpoint(tmp_path, {"step": 1, "model": torch.randn(1000)})
    path = tmp_path / FILE_NAME
    data = path.read_bytes()
    if damage == "folder":
        path.unlink()
        path.mkdir()
    else:
        content = {
            "empty": b"", "cut": data[: len(data) // 2], "garbage": os.urandom(500),
            "orders": b"\x80\x02t", "text": b"no checkpoint\n",
        }  # fmt: skip
        path.write_bytes(content[damage])
    with pytest.raises(UserError, match="checkpoint.pt: ") as error:
        load_checkpoint(tmp_path)
    assert "\n" not in str(error.value)
