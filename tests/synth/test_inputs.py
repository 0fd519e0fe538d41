"""What a manifest draws on is looked at before anything is made."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from synth.errors import UserError
from synth.generation.work import check_inputs
from synth.manifest import Manifest


def test_gestures_of_the_library_are_accepted(make_manifest: Callable[..., Manifest]) -> None:
    check_inputs(make_manifest(motion={"gestures": ["fist", "thumbs_up"]}))


def test_a_misspelt_gesture_is_refused_with_the_nearest_name(
    make_manifest: Callable[..., Manifest],
) -> None:
    manifest = make_manifest(motion={"gestures": ["fist", "thumb_up"]})
    with pytest.raises(UserError) as caught:
        check_inputs(manifest)
    expected = "motion.gestures: there is no gesture 'thumb_up', did you mean thumbs_up?"
    assert str(caught.value) == expected


def test_a_gesture_like_none_is_refused_with_all_names(
    make_manifest: Callable[..., Manifest],
) -> None:
    with pytest.raises(UserError, match=r"^motion\.gestures: .*'qqq'; there are .*fist.*victory"):
        check_inputs(make_manifest(motion={"gestures": ["qqq"]}))
