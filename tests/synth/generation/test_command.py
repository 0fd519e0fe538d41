"""What `hand-synth generate` says."""

from __future__ import annotations

import pytest

from synth.generation.command import several


@pytest.mark.parametrize(("count", "text"), [(0, "0 images"), (1, "1 image"), (2, "2 images")])
def test_one_thing_has_no_s(count: int, text: str) -> None:
    assert several(count, "image") == text
