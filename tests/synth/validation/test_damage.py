"""Whatever happens to a file or a label, it is found, and nothing breaks."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from synth.shards.label_json import encode_label
from synth.validation.boxes import box_faults
from synth.validation.constancy import constancy_faults
from synth.validation.dataset_check import check_dataset
from synth.validation.geometry import camera_faults, geometry_faults
from synth.validation.label_schema import read_label
from synth.validation.labelled_hands import hands_of, views_of
from synth.validation.pixels import image_faults
from synth.validation.pose import pose_faults, posed_hands
from synth.validation.surfaces import surface_faults
from tests.synth.validation.made import make_label, make_members, write_made

SHARD = "train-000001.tar"
ONE_BY_ONE = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_made(tmp_path_factory.mktemp("damaged") / "dataset")


@pytest.fixture(scope="module")
def whole(damaged: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return (damaged / SHARD).read_bytes()


@ONE_BY_ONE
@given(place=st.integers(0, 2**20), flip=st.integers(1, 255))
def test_no_byte_can_change(damaged: Path, whole: bytes, place: int, flip: int) -> None:
    content = bytearray(whole)
    content[place % len(content)] ^= flip
    (damaged / SHARD).write_bytes(content)
    counts = check_dataset(damaged).faults.counts
    # Of the right size and wrong, or no longer a tar that can be read to its end.
    assert counts.get("checksum") == 1


@ONE_BY_ONE
@given(length=st.integers(0, 2**20))
def test_no_shard_can_end_early(damaged: Path, whole: bytes, length: int) -> None:
    (damaged / SHARD).write_bytes(whole[: length % len(whole)])
    counts = check_dataset(damaged).faults.counts
    assert counts.get("size") == 1
    assert counts.get("archive") == 1


LABEL: Any = json.loads(encode_label(make_label(1, 0, 0)))
MEMBERS = make_members(make_label(1, 0, 0))


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items: Any = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    below = [place for key, item in items for place in paths(item, (*path, key))]
    return [*([path] if path else []), *below]


PATHS = paths(LABEL)
JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)


@settings(max_examples=80, deadline=None)
@given(path=st.sampled_from(PATHS), junk=JUNK)
@example(path=("sequence",), junk=[1])
@example(path=("frame",), junk={})
def test_no_label_breaks_a_check(path: tuple[Any, ...], junk: Any) -> None:
    label = json.loads(json.dumps(LABEL))
    target = label
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = junk
    # Both as it is read, and as it stands: checks must bear labels of older versions.
    for each in (read_label(json.dumps(label).encode())[0], label):
        labels = [("a", LABEL), ("b", each)]
        hands = hands_of(labels)
        list(camera_faults("s", views_of(labels)))
        list(geometry_faults("s", hands))
        list(box_faults("s", hands))
        list(pose_faults("s", posed_hands(labels), True))
        list(constancy_faults("s", labels))
        list(image_faults("s", "b", MEMBERS["jpg"], each))
        list(surface_faults("s", "b", MEMBERS, each))


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from(["landmarks_image", "landmarks_camera"]),
    landmark=st.integers(0, 20),
    axis=st.integers(0, 2),
    change=st.floats(0.003, 0.5) | st.floats(-0.5, -0.003),
)
def test_no_number_of_a_landmark_can_change(
    name: str, landmark: int, axis: int, change: float
) -> None:
    label = json.loads(json.dumps(LABEL))
    label["hands"][0][name][landmark][axis] += change
    assert list(geometry_faults("s", hands_of([("a", label)])))


def test_a_copy_is_whole(damaged: Path, whole: bytes, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(damaged, tmp_path / "copy"))
    (copy / SHARD).write_bytes(whole)
    assert check_dataset(copy).faults.counts == {}
