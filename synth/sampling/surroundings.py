"""What is in the way of cameras and what lies about, put into a staged scene."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.body.model import SIDES, load_body_model
from synth.body.pose import forearm_of, posed_skin
from synth.hand.model import forward_kinematics, landmarks_of, load_hand_model, skin_vertices
from synth.landmarks import BONES
from synth.sampling.draws import Draws
from synth.sampling.posed_hand import hand_to_world, moved_points
from synth.sampling.staged import Staged, StagedFrame, StagedView
from synth.sampling.things import place_clutter, place_occluders
from synth.scene import HandLook, HandPose, Matrix4, Moment, Thing
from synth.things.kinds import thing_mesh

Array = NDArray[np.float64]

#: Largest share of the hands that what is in the way hides, drawn for each view.
_HIDDEN: Final = (0.15, 0.75)
#: Metres that clutter keeps from hands and people.
_CLEAR: Final = 0.06
#: Every which vertex of a hand's skin stands for it, and of a body's.
_SPARSE: Final = 12
_SPARSE_BODY: Final = 3


def with_surroundings(draws: Draws, staged: Staged) -> Staged:
    """Clutter that all cameras see, and occluders, each before one camera."""
    settings = draws.manifest.things
    hands = [hand_points(staged.hands, frame.moment.hands) for frame in staged.frames]
    rng = draws.rng("clutter")
    if rng.uniform() < settings.clutter_share:
        count = int(rng.integers(*settings.clutter, endpoint=True))
        cameras = [view.camera for frame in staged.frames for view in frame.views]
        people = [people_points(staged, frame.moment) for frame in staged.frames]
        around = np.concatenate([*hands, *people, np.zeros((1, 3))])
        things, places = place_clutter(
            rng, count, around, _CLEAR, cameras, draws.split, _boxes(staged)
        )
        staged = _with_things(staged, things, places)
    rng = draws.rng("occluders")
    for number, frame in enumerate(staged.frames):
        for index, view in enumerate(frame.views):
            wanted = rng.uniform() < settings.occluder_share
            count = int(rng.integers(*settings.occluders, endpoint=True))
            hidden = float(rng.uniform(*_HIDDEN))
            if wanted and len(hands[number]):
                things, places = place_occluders(
                    rng, count, view.camera, hands[number], hidden, draws.split
                )
                staged = _with_things(staged, things, places, (number, index))
    return staged


def hand_points(looks: Sequence[HandLook], poses: Sequence[HandPose]) -> Array:
    """(N, 3) points of posed hands' skin and landmarks in the world."""
    model = load_hand_model()
    points = [np.zeros((0, 3))]
    for look, pose in zip(looks, poses, strict=True):
        shape = model.shape(look.phenotype, look.blendshapes)
        bones = forward_kinematics(shape, np.array([pose.bones[name] for name in BONES]))
        on_hand = model.weights[:, -2:].sum(1) < 0.5
        skin = skin_vertices(model, shape, bones, np.array(pose.forearm))[on_hand][::_SPARSE]
        matrix = hand_to_world(np.array(pose.wrist_to_world), look.side)
        points.append(moved_points(matrix, np.concatenate([landmarks_of(bones), skin])))
    return np.concatenate(points)


def people_points(staged: Staged, moment: Moment) -> Array:
    """(N, 3) points of the skin of people and their arms, in the world."""
    hand_model, model = load_hand_model(), load_body_model()
    points = [np.zeros((0, 3))]
    for look, pose in zip(staged.bodies, moment.bodies, strict=True):
        shape = model.shape(hand_model, look.phenotype, look.face)
        matrix = np.array(pose.body_to_world)
        right, left = (
            forearm_of(
                hand_model,
                hand_model.shape(staged.hands[number].phenotype, staged.hands[number].blendshapes),
                moment.hands[number],
                side,
                shape,
                matrix,
            )
            for side, number in zip(SIDES, look.hands, strict=True)
        )
        stance = {name: np.array(turn) for name, turn in pose.bones.items()}
        skin = posed_skin(model, shape, stance, (right, left))
        points.append(moved_points(matrix, skin[::_SPARSE_BODY]))
    return np.concatenate(points)


def _boxes(staged: Staged) -> list[tuple[Array, Array]]:
    """(3,) lowest and (3,) highest corner of everything that is there, in each frame."""
    boxes = []
    for frame in staged.frames:
        for thing, place in zip(staged.things, frame.moment.things, strict=True):
            vertices = moved_points(np.array(place), thing_mesh(thing).vertices)
            boxes.append((vertices.min(0), vertices.max(0)))
    return boxes


def _with_things(
    staged: Staged,
    things: Sequence[Thing],
    places: Sequence[Matrix4],
    only: tuple[int, int] | None = None,
) -> Staged:
    """The scene with further things that do not move.

    Args:
        only: frame and camera that see them; None: all do.
    """
    if not things:
        return staged
    first = len(staged.things)
    added = tuple(range(first, first + len(things)))

    def view(number: int, index: int, old: StagedView) -> StagedView:
        if only in (None, (number, index)):
            return old
        return replace(old, absent=old.absent + added)

    def moment(old: Moment | None) -> Moment | None:
        return old and old.model_copy(update={"things": old.things + tuple(places)})

    def frame(number: int, old: StagedFrame) -> StagedFrame:
        now = moment(old.moment)
        assert now is not None
        return replace(
            old,
            moment=now,
            shutter_open=moment(old.shutter_open),
            shutter_close=moment(old.shutter_close),
            views=tuple(view(number, i, v) for i, v in enumerate(old.views)),
        )

    return replace(
        staged,
        things=staged.things + tuple(things),
        frames=tuple(frame(number, old) for number, old in enumerate(staged.frames)),
    )
