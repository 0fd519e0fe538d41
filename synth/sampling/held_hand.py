"""A lone hand that holds a thing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from synth.errors import UserError
from synth.grasp.grasp import Grasp
from synth.hand.joint_angles import (
    HandAngles,
    WristAngles,
    angles_to_rotations,
    wrist_to_forearm,
)
from synth.hand.limits import sample_wrist
from synth.hand.model import HandShape, load_hand_model
from synth.sampling.draws import Draws
from synth.sampling.drift import Drift, sample_drift
from synth.sampling.held import sample_grasp, wrist_is_free
from synth.sampling.identity import sample_side
from synth.sampling.lone_hand import Solo, stage_solo
from synth.sampling.motion import Posture
from synth.sampling.staged import Staged
from synth.sampling.things import sample_thing
from synth.scene import Contacts, Thing
from synth.things.kinds import kinds_of

#: Seconds between frames.
_STEP: Final = 0.4
#: Bends of the wrist that are drawn until the thing is clear of the forearm.
_WRISTS: Final = 6
#: Things that are drawn until a hand of this size can hold one.
_THINGS: Final = 8


@dataclass(frozen=True)
class HeldTrack:
    """A closed hand that sways, and bends and turns at the wrist from frame to frame."""

    shape: HandShape
    angles: HandAngles
    wrists: tuple[WristAngles, ...]
    drift: Drift

    def posture(self, frame: int, offset: float = 0.0) -> Posture:
        wrist = self.wrists[frame]
        return Posture(
            rotations=angles_to_rotations(self.shape, replace(self.angles, wrist=wrist)),
            forearm=wrist_to_forearm(self.shape, wrist),
            forearm_twist=wrist.pronation,
            drift=self.drift.at(_STEP * frame + offset),
        )


def stage_held(draws: Draws) -> Staged:
    """One hand, closed on a thing until it touches.

    Raises:
        UserError: none of the manifest's things can be held.
    """
    manifest = draws.manifest
    person = draws.person()
    model = load_hand_model()
    shape = model.shape(person.phenotype, person.blendshapes)
    thing, grasp = held_thing(draws, "grasp", shape)
    rng = draws.rng("held motion")
    frames = range(manifest.frames_per_sequence)
    track = HeldTrack(
        shape,
        grasp.angles,
        tuple(_sample_free_wrist(rng, shape, thing, grasp) for _ in frames),
        sample_drift(rng),
    )
    return stage_solo(
        draws,
        "held",
        Solo(
            person=person,
            shape=shape,
            side=sample_side(draws.rng("side"), manifest.identity),
            track=track,
            times=tuple(_STEP * frame for frame in frames),
            gestures=(None,) * len(frames),
            up=None,
            contacts=Contacts(
                poses=1,
                corrected=1,
                redrawn=grasp.redraws,
                worst_depth=grasp.depth,
            ),
            thing=thing,
            thing_to_wrist=grasp.thing_to_wrist,
        ),
    )


def _sample_free_wrist(
    rng: np.random.Generator, shape: HandShape, thing: Thing, grasp: Grasp
) -> WristAngles:
    """A bend of the wrist with which the thing does not stand in the forearm: the grasp's own, if
    none of those drawn will do."""
    for _ in range(_WRISTS):
        wrist = sample_wrist(rng)
        if wrist_is_free(load_hand_model(), shape, thing, grasp, wrist):
            return wrist
    return grasp.angles.wrist


def held_thing(draws: Draws, component: str, shape: HandShape) -> tuple[Thing, Grasp]:
    """A thing that a hand of this shape can hold, and how.

    Raises:
        UserError: none of the manifest's things can be held.
    """
    rng = draws.rng(component)
    manifest = draws.manifest
    kinds = manifest.things.kinds
    unknown = sorted(set(kinds or ()) - set(kinds_of("held")))
    if unknown:
        raise UserError(f"things.kinds: no hand can hold {', '.join(unknown)}")
    for _ in range(_THINGS):
        try:
            thing = sample_thing(rng, "held", kinds, draws.split)
        except ValueError as error:
            raise UserError(f"things.kinds: {error}") from None
        grasp = sample_grasp(rng, load_hand_model(), shape, thing, manifest.motion.max_redraws)
        if grasp is not None:
            return thing, grasp
    raise UserError(f"things.kinds: no hand can hold any of {_THINGS} drawn things; name others")
