from __future__ import annotations

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate.sequences import MOST_GAP, number_of, sequence_of, sequences


def test_frames_follow_each_other_by_number_and_not_by_letter() -> None:
    paths = ["v/f10.jpg", "v/f9.jpg", "v/f11.jpg", "v/f2.jpg"]
    assert sequences(paths) == [["v/f2.jpg", "v/f9.jpg", "v/f10.jpg", "v/f11.jpg"]]
    assert sequence_of(paths, "v/f9.jpg") == ["v/f2.jpg", "v/f9.jpg", "v/f10.jpg", "v/f11.jpg"]


@pytest.mark.parametrize(
    "other",
    [
        "w/f2.jpg",  # another folder
        "v/g2.jpg",  # another name
        "v/f2b.jpg",
        "v/f2.png",  # another ending
        "v/f2.JPG",
        "f2.jpg",
        "v/x/f2.jpg",
        "v/f.jpg",  # no number
        f"v/f{2 + MOST_GAP}.jpg",  # too far
    ],
)
def test_others_are_alone(other: str) -> None:
    paths = ["v/f1.jpg", other]
    assert sorted(sequences(paths)) == sorted([["v/f1.jpg"], [other]])
    assert sequence_of(paths, "v/f1.jpg") == ["v/f1.jpg"]
    assert sequence_of(paths, other) == [other]


def test_a_gap_parts_a_sequence_where_it_is() -> None:
    paths = [f"f{n}.jpg" for n in (0, MOST_GAP, 2 * MOST_GAP + 1)]
    assert sequences(paths) == [paths[:2], paths[2:]]


def test_the_last_number_of_the_name_counts() -> None:
    assert number_of("set2/clip_3_cam07.v1.jpg") == 1
    assert number_of("set2/IMG_0042 (copy).jpg") == 42
    assert number_of("set2/hand.mp4") is None
    assert number_of("12/hand.jpg") is None
    assert number_of("7") == 7
    assert sequences(["a1_5.jpg", "a2_5.jpg"]) == [["a1_5.jpg"], ["a2_5.jpg"]]
    assert sequences(["1528664299.56_pic00001.jpg", "1528664299.56_pic00003.jpg"]) == [
        ["1528664299.56_pic00001.jpg", "1528664299.56_pic00003.jpg"]
    ]


def test_all_are_in_natural_order() -> None:
    paths = ["b1.jpg", "a.jpg", "c/2.jpg", "a10.jpg", "a9.jpg", "c/1.jpg"]
    assert sequences(paths) == [
        ["a9.jpg", "a10.jpg"],
        ["a.jpg"],
        ["b1.jpg"],
        ["c/1.jpg", "c/2.jpg"],
    ]


def test_a_photograph_that_is_not_there() -> None:
    for path in ("f3.jpg", "f.jpg", "g1.jpg"):
        with pytest.raises(ValueError, match="not among"):
            sequence_of(["f1.jpg", "f2.jpg"], path)


names = st.tuples(
    st.sampled_from(["", "v/", "v/w/", "9/"]),
    st.sampled_from(["", "f", "f1_", "0"]),
    st.integers(0, 60).map(str) | st.integers(0, 60).map("{:04d}".format) | st.just(""),
    st.sampled_from(["", "b"]),
    st.sampled_from([".jpg", ".png", ""]),
).map("".join)


@settings(deadline=None)
@given(st.lists(names.filter(lambda n: n and not n.endswith("/")), unique=True))
def test_each_is_in_one_sequence_whichever_way_it_is_asked_for(paths: list[str]) -> None:
    found = sequences(paths)
    assert sorted(path for run in found for path in run) == sorted(paths)
    for run in found:
        for path in run:
            assert sequence_of(paths, path) == run


def test_twenty_thousand_are_quick() -> None:
    paths = [f"clip{c}/frame_{n:06d}.jpg" for c in range(20) for n in range(1000)]
    random.Random(0).shuffle(paths)
    start = time.perf_counter()
    assert len(sequences(paths)) == 20
    assert len(sequence_of(paths, "clip3/frame_000500.jpg")) == 1000
    assert time.perf_counter() - start < 2  # a tenth of that on an idle machine
