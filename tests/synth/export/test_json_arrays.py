from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synth.export.json_arrays import join_arrays, json_array

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@settings(deadline=None, max_examples=40)
@given(st.lists(values), st.lists(values), st.dictionaries(st.text("abc"), values))
def test_what_goes_in_comes_out(one: list[Any], two: list[Any], head: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        arrays = {"one": one, "two": two}
        for key, elements in arrays.items():
            with json_array(folder / key) as add:
                for element in elements:
                    add(element)
            assert json.loads((folder / key).read_bytes()) == elements
        join_arrays(folder / "all", head, {key: folder / key for key in arrays})
        assert json.loads((folder / "all").read_bytes()) == {**head, **arrays}
        assert [path.name for path in folder.iterdir()] == ["all"]


def test_an_element_a_line(tmp_path: Path) -> None:
    with json_array(tmp_path / "a") as add:
        add({"a": "ä"})
        add(2)
    assert (tmp_path / "a").read_bytes() == b'[\n{"a":"\\u00e4"},\n2\n]\n'


def test_json_knows_no_nan(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Out of range"), json_array(tmp_path / "a") as add:
        add(float("nan"))
