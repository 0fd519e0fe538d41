"""Scenes without a hand: people whose hands are out of the picture, things, or nothing at all."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.rotations import quaternion_about, rotation_matrix
from synth.sampling.camera import camera_at
from synth.sampling.draws import Draws
from synth.sampling.people.staging import stage_without_hands
from synth.sampling.posed_hand import matrix4
from synth.sampling.staged import Staged, StagedFrame, StagedView
from synth.sampling.things import sample_thing
from synth.scene import Contacts, Moment

Array = NDArray[np.float64]

#: Shares of empty scenes with a person, with things alone; the rest shows nothing but what is
#: behind hands in other scenes.
_PEOPLE: Final = 0.6
_THINGS: Final = 0.3
#: Metres from the middle within which things lie, and metres from which cameras see them.
_SPREAD: Final = 0.25
_DISTANCE: Final = (0.35, 1.6)
_MOST_THINGS: Final = 5
_FOV: Final = (30.0, 75.0)


def stage_empty(draws: Draws) -> Staged:
    """A scene in which no hand is to be found."""
    choice = draws.rng("empty").uniform()
    if choice < _PEOPLE:
        return stage_without_hands(draws)
    return _stage_things(draws, choice < _PEOPLE + _THINGS)


def _stage_things(draws: Draws, any_things: bool) -> Staged:
    manifest = draws.manifest
    rng = draws.rng("empty things")
    count = int(rng.integers(1, _MOST_THINGS, endpoint=True)) if any_things else 0
    roles = ("occluder", "clutter", "furniture")
    things = tuple(
        sample_thing(rng, roles[int(rng.integers(len(roles)))], split=draws.split)  # type: ignore[arg-type]
        for _ in range(count)
    )
    frames = []
    for number in range(manifest.frames_per_sequence):
        places = tuple(matrix4(_anywhere(rng)) for _ in things)
        views = []
        for _ in range(manifest.cameras):
            away = rng.normal(size=3) * (1.0, 1.0, 0.5)
            position = away / np.linalg.norm(away) * rng.uniform(*_DISTANCE)
            focal = manifest.image.height / 2 / np.tan(np.radians(rng.uniform(*_FOV)) / 2)
            target = rng.normal(0.0, 0.05, 3)
            roll = float(rng.normal(0.0, 0.3))
            views.append(
                StagedView(camera_at(manifest.image, float(focal), position, target, roll))
            )
        frames.append(
            StagedFrame(
                time=float(number),
                gestures=(),
                moment=Moment(hands=(), things=places),
                shutter=0.0,
                shutter_open=None,
                shutter_close=None,
                views=tuple(views),
            )
        )
    return Staged("empty", (), (), things, tuple(frames), Contacts())


def _anywhere(rng: np.random.Generator) -> Array:
    axis = rng.normal(size=3)
    matrix = np.eye(4)
    turn = quaternion_about(axis / np.linalg.norm(axis), rng.uniform(0, 2 * np.pi))
    matrix[:3, :3] = rotation_matrix(turn)
    matrix[:3, 3] = rng.uniform(-_SPREAD, _SPREAD, 3)
    return matrix
