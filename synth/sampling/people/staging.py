"""Scenes with people: one or two, with both hands each, before cameras as users have them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.landmarks import BONES
from synth.rotations import rotation_about
from synth.sampling.draws import Draws
from synth.sampling.lone_hand import sample_shutters
from synth.sampling.people.act import Act
from synth.sampling.people.acting import act
from synth.sampling.people.actor import SETTINGS, Actor, Setting, hand_looks, sample_actor
from synth.sampling.people.cameras import (
    sample_cameras_near_hands,
    sample_cameras_off_hands,
    sample_people_cameras,
)
from synth.sampling.people.person import PosedArm
from synth.sampling.people.props import sample_on_table
from synth.sampling.people.together import act_with_another
from synth.sampling.posed_hand import hand_to_world, matrix4, moved_points
from synth.sampling.staged import Staged, StagedFrame, StagedView
from synth.scene import BodyPose, Camera, Contacts, HandPose, Kind, Moment, Thing

Array = NDArray[np.float64]

#: Seconds between frames: enough for hands to be anywhere else.
_STEP: Final = 1.0
#: Radians a second that a moving forearm turns about its elbow (standard deviation).
_SWING: Final = 3.0


def stage_people(draws: Draws) -> Staged:
    """One or two people before a webcam, a phone, across a room, at a desk or as they see
    themselves."""
    people = draws.manifest.people
    weights = np.array([getattr(people, setting) for setting in SETTINGS])
    setting = SETTINGS[int(draws.rng("setting").choice(len(SETTINGS), p=weights / weights.sum()))]
    count = 1
    if setting in ("webcam", "phone", "room"):
        count += int(draws.rng("second").uniform() < people.second_share)
    hidden = bool(draws.rng("hidden").uniform() < people.hidden_share)
    actors: list[Actor] = []
    for number in range(count):
        joined = bool(draws.rng(f"joined {number}").uniform() < people.pair_share)
        things = sum(len(actor.holdings) for actor in actors)
        actors.append(sample_actor(draws, number, setting, joined, things))
    return _stage(draws, "people", setting, actors, hidden)


def stage_pair(draws: Draws) -> Staged:
    """Hands in contact from near, of one person or of two."""
    people = draws.manifest.people
    if draws.rng("two people").uniform() < people.two_people_share:
        actors = [replace(sample_actor(draws, n, "room", False, 0), table=None) for n in range(2)]
        return _stage(draws, "pair", "room", [replace(a, holdings={}) for a in actors], False)
    # Cameras are all around: a table would be in the way of half of them.
    actor = replace(sample_actor(draws, 0, "webcam", True, 0), table=None)
    return _stage(draws, "pair", "webcam", [actor], False)


def stage_without_hands(draws: Draws) -> Staged:
    """A person, with cameras that see its face, its feet and all else but no hand."""
    setting = SETTINGS[int(draws.rng("setting").integers(len(SETTINGS)))]
    actor = replace(sample_actor(draws, 0, setting, False, 0), holdings={})
    return _stage(draws, "empty", setting, [actor], True)


@dataclass(frozen=True)
class _Played:
    """One frame: the actors where they are, what they do, and who looks on."""

    actors: Sequence[Actor]
    acts: Sequence[Act]
    shutter: float
    swings: Sequence[Array]
    cameras: Sequence[Camera]


def _stage(
    draws: Draws, kind: Kind, setting: Setting, actors: Sequence[Actor], hidden: bool
) -> Staged:
    shutters = sample_shutters(
        draws.manifest, draws.rng("shutter"), draws.manifest.frames_per_sequence
    )
    played = [
        _play(draws, number, kind, setting, actors, hidden, shutter)
        for number, shutter in enumerate(shutters)
    ]
    props = _props(draws, setting, actors[0], [frame.acts[0] for frame in played])
    held = [holding.thing for actor in actors for holding in actor.holdings.values()]
    places = [matrix for _, matrix in props]
    return Staged(
        kind=kind,
        hands=tuple(look for actor in actors for look in hand_looks(draws, actor)),
        bodies=tuple(actor.look for actor in actors),
        things=(*held, *(thing for thing, _ in props)),
        frames=tuple(_frame(number, frame, places) for number, frame in enumerate(played)),
        contacts=sum((done.contacts for frame in played for done in frame.acts), Contacts()),
    )


def _play(
    draws: Draws,
    number: int,
    kind: Kind,
    setting: Setting,
    actors: Sequence[Actor],
    hidden: bool,
    shutter: float,
) -> _Played:
    manifest = draws.manifest
    together = None
    if kind == "pair" and len(actors) == 2:
        together = act_with_another(draws.rng(f"arms {number}"), manifest, (actors[0], actors[1]))
    acts: Sequence[Act]
    if together is not None:
        actors, acts = together
    else:
        acts = [
            act(draws.rng(f"arms {number} {index}"), manifest, actor, setting, hidden)
            for index, actor in enumerate(actors)
        ]
    rng = draws.rng(f"camera {number}")
    if kind == "pair":
        cameras = sample_cameras_near_hands(rng, manifest, actors, acts)
    elif kind == "empty":
        cameras = sample_cameras_off_hands(rng, manifest, actors, acts)
    else:
        cameras = sample_people_cameras(rng, manifest, setting, actors, acts, hidden)
    swings = _sample_swings(draws.rng(f"swing {number}"), shutter, 2 * len(actors))
    for index, arm_touched in enumerate(a.side in done.touched for done in acts for a in done.arms):
        if arm_touched:  # each alone would swing into the other
            swings[index] = np.eye(3)
    return _Played(actors, acts, shutter, swings, cameras)


def _props(
    draws: Draws, setting: Setting, actor: Actor, acts: Sequence[Act]
) -> list[tuple[Thing, Array]]:
    """The first person's table and what stands on it, with (4, 4) thing_to_world."""
    if actor.table is None:
        return []
    hands = np.concatenate([arm.points for done in acts for arm in done.arms])
    low = setting in ("webcam", "phone")
    placed = sample_on_table(draws.rng("on table"), actor.table, hands, draws.split, low)
    return [
        (thing, actor.body_to_world @ matrix)
        for thing, matrix in [(actor.table.thing, actor.table.to_body), *placed]
    ]


def _frame(number: int, played: _Played, props: Sequence[Array]) -> StagedFrame:
    actors, acts, shutter = played.actors, played.acts, played.shutter
    back = [swing.T for swing in played.swings]
    return StagedFrame(
        time=_STEP * number,
        gestures=tuple(gesture for done in acts for gesture in done.gestures),
        moment=_moment(actors, acts, props, None),
        shutter=shutter,
        shutter_open=_moment(actors, acts, props, back) if shutter else None,
        shutter_close=_moment(actors, acts, props, played.swings) if shutter else None,
        views=tuple(StagedView(camera) for camera in played.cameras),
    )


def _moment(
    actors: Sequence[Actor],
    acts: Sequence[Act],
    props: Sequence[Array],
    swings: Sequence[Array] | None,
) -> Moment:
    """Everything's place in the world; each forearm turned about its elbow by its swing (3, 3)."""
    hands: list[HandPose] = []
    things = []
    for actor, done in zip(actors, acts, strict=True):
        worlds = {}
        for arm in done.arms:
            matrix = actor.body_to_world @ arm.held.wrist_to_body
            if swings is not None:
                elbow = moved_points(actor.body_to_world, arm.held.arm.elbow[None])[0]
                matrix = _turned(matrix, swings[len(hands)], elbow)
            worlds[arm.side] = matrix
            hands.append(_hand_pose(arm, matrix))
        for side, holding in actor.holdings.items():
            hand = hand_to_world(worlds[side], side)
            things.append(matrix4(hand @ holding.grasp.thing_to_wrist))
    things += [matrix4(matrix) for matrix in props]
    bodies = tuple(
        BodyPose(
            bones={name: tuple(q.tolist()) for name, q in actor.figure.stance.items()},
            body_to_world=matrix4(actor.body_to_world),
        )
        for actor in actors
    )
    return Moment(hands=tuple(hands), bodies=bodies, things=tuple(things))


def _hand_pose(arm: PosedArm, wrist_to_world: Array) -> HandPose:
    return HandPose(
        bones={name: tuple(q) for name, q in zip(BONES, arm.rotations.tolist(), strict=True)},
        forearm=tuple(arm.held.forearm.tolist()),
        forearm_twist=arm.held.wrist.pronation,
        wrist_to_world=matrix4(wrist_to_world),
    )


def _turned(matrix: Array, rotation: Array, about: Array) -> Array:
    turn = np.eye(4)
    turn[:3, :3] = rotation
    turn[:3, 3] = about - rotation @ about
    return turn @ matrix


def _sample_swings(rng: np.random.Generator, shutter: float, count: int) -> list[Array]:
    """(3, 3) turn of each forearm about its elbow in half of the shutter's time."""
    turns = []
    for _ in range(count):
        turn = rng.normal(0.0, _SWING * max(shutter, 1e-9) / 2, 3)
        angle = float(np.linalg.norm(turn))
        turns.append(rotation_about(turn / angle, angle))
    return turns
