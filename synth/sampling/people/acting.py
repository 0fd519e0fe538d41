"""What a person does in a frame: the activities before each camera, and a draw of them."""

from __future__ import annotations

from typing import Final

import numpy as np

from synth.body.model import SIDES
from synth.manifest import Manifest
from synth.sampling.people import activity as do
from synth.sampling.people.act import Act
from synth.sampling.people.activity import Activity, choose
from synth.sampling.people.actor import Actor, Setting
from synth.sampling.people.person import PosedArm
from synth.sampling.people.reaching import reach, sample_fingers
from synth.sampling.people.together import act_together
from synth.scene import Contacts

#: What arms do before each camera: (activity, weight).
ACTIVITIES: Final[dict[Setting, tuple[tuple[Activity, float], ...]]] = {
    "webcam": (
        (do.RAISED, 4),
        (do.BACK_SHOWN, 1),
        (do.REACHING, 1.5),
        (do.POINTING, 1),
        (do.TALKING, 2),
        (do.WAVING, 0.5),
        (do.IN_LAP, 1.5),
        (do.ON_TABLE, 1),
    ),
    "phone": (
        (do.RAISED, 3),
        (do.BACK_SHOWN, 0.5),
        (do.REACHING, 1),
        (do.TALKING, 1.5),
        (do.WAVING, 0.5),
        (do.HANGING, 0.7),
    ),
    "room": (
        (do.RAISED, 1.5),
        (do.REACHING, 0.5),
        (do.POINTING, 1),
        (do.TALKING, 2),
        (do.WAVING, 1.5),
        (do.HANGING, 2),
    ),
    "desk": ((do.ON_TABLE, 2), (do.OVER_TABLE, 2)),
    "egocentric": (
        (do.BEFORE_EYES, 5),
        (do.REACHING, 1.5),
        (do.TALKING, 1),
        (do.ON_TABLE, 0.7),
        (do.OVER_TABLE, 1),
        (do.HANGING, 0.5),
    ),
}
HIDDEN: Final = ((do.BEHIND, 1.0),)


def act(
    rng: np.random.Generator, manifest: Manifest, actor: Actor, setting: Setting, hidden: bool
) -> Act:
    """What an actor does in one frame.

    Args:
        hidden: whether hands are to be kept out of sight.
    """
    if actor.joined and not hidden:
        together = act_together(rng, manifest, actor.figure)
        if together is not None:
            return together
    return _act_apart(rng, manifest, actor, setting, hidden)


def _act_apart(
    rng: np.random.Generator, manifest: Manifest, actor: Actor, setting: Setting, hidden: bool
) -> Act:
    arms: list[PosedArm] = []
    gestures: list[str | None] = []
    contacts = Contacts()
    for side in SIDES:
        activity = choose(rng, HIDDEN if hidden else ACTIVITIES[setting])
        if not hidden and setting != "desk" and rng.uniform() < manifest.people.face_share:
            activity = do.AT_FACE
        angles, gesture, report = sample_fingers(rng, manifest, actor, side, activity)
        others = arms[0].points if arms else np.zeros((0, 3))
        arms.append(reach(rng, activity, actor, side, angles, others))
        gestures.append(gesture)
        contacts += report
    return Act((arms[0], arms[1]), (gestures[0], gestures[1]), contacts)
