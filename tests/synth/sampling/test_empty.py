from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest

from synth.manifest import Manifest
from synth.sampling import empty
from synth.sampling.draws import Draws
from synth.sampling.empty import stage_empty
from synth.sampling.things import HELD_OUT_KINDS
from synth.scene import Contacts
from synth.things.kinds import kinds_of
from tests.synth.sampling.posed import centre_of


def test_most_show_people_some_things_and_some_nothing(
    make_manifest: Callable[..., Manifest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(empty, "stage_without_hands", lambda draws: "person")
    monkeypatch.setattr(empty, "_stage_things", lambda draws, any_things: any_things)
    manifest = make_manifest(sequences=600)
    drawn = Counter(stage_empty(Draws(manifest, n)) for n in range(600))  # type: ignore[type-var]
    shares = [drawn[key] / 600 for key in ("person", True, False)]  # type: ignore[index]
    assert shares == pytest.approx([0.6, 0.3, 0.1], abs=0.07)


def test_things_lie_about_the_middle_before_cameras(make_manifest: Callable[..., Manifest]) -> None:
    manifest = make_manifest(sequences=40, splits={"train": 1.0, "val": 0.0, "test": 0.0})
    counts, kinds = [], set()
    for sequence in range(12):
        staged = empty._stage_things(Draws(manifest, sequence), True)
        assert (staged.kind, staged.hands, staged.bodies) == ("empty", (), ())
        assert staged.contacts == Contacts()
        counts.append(len(staged.things))
        kinds |= {thing.kind for thing in staged.things}
        assert all(thing.role != "held" for thing in staged.things)
        assert len(staged.frames) == 2
        for frame in staged.frames:
            assert (frame.gestures, frame.moment.hands) == ((), ())
            assert len(frame.moment.things) == len(staged.things)
            for place in frame.moment.things:
                assert np.abs(np.array(place)[:3, 3]).max() <= 0.25
                assert np.linalg.det(np.array(place)[:3, :3]) == pytest.approx(1.0)
            for view in frame.views:
                assert 0.34 < np.linalg.norm(centre_of(view.camera)) < 1.61
        # They are somewhere else in the next frame.
        assert staged.frames[0].moment != staged.frames[1].moment
    assert min(counts) >= 1
    assert max(counts) == 5
    assert not kinds & HELD_OUT_KINDS
    assert kinds <= {k for role in ("occluder", "clutter", "furniture") for k in kinds_of(role)}


def test_nothing_at_all(make_manifest: Callable[..., Manifest]) -> None:
    staged = empty._stage_things(Draws(make_manifest(), 0), False)
    assert staged.things == ()
    assert all(frame.moment.things == () for frame in staged.frames)
    assert all(len(frame.views) == 2 for frame in staged.frames)
