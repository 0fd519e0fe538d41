from __future__ import annotations

import numpy as np
import pytest

from synth.shards.label_json import decode_label, encode_label


def test_bytes_by_hand() -> None:
    label = {
        "sequence": 12,
        "camera": {"world_to_camera": [[1.0, 0.123456789123]], "K": [[300.123456, 0, 128.0]]},
        "hands": [
            {
                "landmarks_image": np.array([[1.23456789, -0.00001, 3.0]], np.float64),
                "landmarks_camera": np.array([[0.123456789, 0.0, 1e-9]]),
                "palm_box": {"center": (1.00005, 2.0), "rotation": 0.12345678},
                "visibility": np.array([0, 2]),
                "gesture": None,
                "side": "left",
            }
        ],
    }
    assert encode_label(label) == (
        b'{"camera":{"K":[[300.1235,0,128.0]],"world_to_camera":[[1.0,0.12345679]]},'
        b'"hands":[{"gesture":null,"landmarks_camera":[[0.123457,0.0,0.0]],'
        b'"landmarks_image":[[1.2346,0.0,3.0]],"palm_box":{"center":[1.0001,2.0],'
        b'"rotation":0.123457},"side":"left","visibility":[0,2]}],"sequence":12}'
    )


def test_the_order_of_keys_does_not_matter() -> None:
    assert encode_label({"a": 1, "b": 2}) == encode_label({"b": 2, "a": 1})


def test_single_and_double_precision_may_differ_but_each_is_stable() -> None:
    value = np.float32(0.1)
    assert encode_label({"x": value}) == b'{"x":0.1}'
    assert decode_label(encode_label({"x": [value, True, "é"]})) == {"x": [0.1, True, "é"]}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), np.float64("-inf")])
def test_what_json_cannot_hold_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="box is"):
        encode_label({"hands": [{"box": [0.0, value]}]})


def test_unknown_types_are_refused() -> None:
    with pytest.raises(TypeError, match="box is a set"):
        encode_label({"box": {1.0, 2.0}})
