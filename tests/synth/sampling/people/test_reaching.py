"""Arms at tables, in laps, at faces, holding things."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.spatial import cKDTree

from synth.sampling.draws import Draws
from synth.sampling.people import activity as do
from synth.sampling.people.actor import Actor, sample_actor
from synth.sampling.people.person import PosedArm
from synth.sampling.people.reaching import reach, sample_fingers
from synth.scene import Contacts, Side
from synth.things.kinds import thing_mesh
from tests.synth.sampling.people.actors import PLAIN, acted, actor, manifest, skins
from tests.synth.sampling.posed import at

NOBODY = np.zeros((0, 3))


def reached(one: Actor, activity: do.Activity, side: Side, seed: int) -> PosedArm:
    rng = np.random.default_rng(seed)
    angles, _, _ = sample_fingers(rng, PLAIN, one, side, activity)
    return reach(rng, activity, one, side, angles, NOBODY)


def test_hands_lie_on_the_table_or_above_it() -> None:
    one = actor(2, "desk")
    table = one.table
    assert table is not None
    gaps = []
    for seed in range(10):
        for arm in acted(one, "desk", seed).arms:
            points = arm.landmarks
            over = ((points[:, :2] > table.low) & (points[:, :2] < table.high)).all(1)
            if over.all():
                gaps.append(points[:, 2].min() - table.height)
    assert len(gaps) >= 8
    # Landmarks have a centimetre of flesh below them.
    assert min(gaps) > 0.004
    assert np.mean(np.array(gaps) < 0.03) > 0.2


def test_hands_in_the_lap_are_on_the_thighs_not_in_them() -> None:
    one = replace(actor(4, "webcam"), table=None)
    hip, knee = (one.figure.joint(f"{bone}.L") for bone in ("upperleg01", "lowerleg01"))
    assert hip[1] - knee[1] > 0.2, "whoever this is should sit"
    for seed in range(4):
        arm = reached(one, do.IN_LAP, "left", seed)
        gap = one.figure.trunk.distance(arm.landmarks).min()
        assert 0.0 < gap < 0.12
        assert arm.held.depth < 0.02


def test_hands_at_the_face_touch_it_nearly() -> None:
    one = actor(1, "webcam")
    head = one.figure.trunk.points[one.figure.trunk.on_head]
    gaps = []
    for seed in range(5):
        done = acted(one, "webcam", seed, face_share=1.0)
        for skin in skins(one, done):
            gaps.append(cKDTree(head).query(skin)[0].min())
        assert max(arm.held.depth for arm in done.arms) < 0.02
    assert np.mean(np.array(gaps) < 0.04) > 0.6


def test_hands_that_hang_are_beside_the_hips() -> None:
    for sequence in (0, 1, 4):
        one = actor(sequence, "room")
        for side in ("left", "right"):
            arm = reached(one, do.HANGING, side, sequence)  # type: ignore[arg-type]
            assert arm.held.depth < 0.02
            out = arm.landmarks[:, 0] * (1.0 if side == "left" else -1.0)
            assert out.min() > 0.08
            assert arm.landmarks[:, 2].max() < one.figure.shoulder("left")[2] - 0.3


def test_fingers_show_a_gesture_hang_or_stay_on_their_thing() -> None:
    rng = np.random.default_rng(0)
    one = actor(1, "webcam")
    _, name, contacts = sample_fingers(rng, PLAIN, one, "left", do.RAISED)
    assert name is not None
    assert contacts.poses == 1
    assert sample_fingers(rng, PLAIN, one, "left", do.HANGING)[1] == "relaxed"
    holder = sample_actor(Draws(manifest(held_share=1.0), 1), 0, "desk", False, 0)
    angles, name, contacts = sample_fingers(rng, PLAIN, holder, "left", do.HANGING)
    grasp = holder.holdings["left"].grasp
    assert (angles, name) == (grasp.angles, None)
    assert contacts == Contacts(
        poses=1, corrected=1, redrawn=grasp.redraws, worst_depth=grasp.depth
    )


def test_held_things_stay_out_of_the_table() -> None:
    """Its vertices, where the hand takes them; a few centimetres may hang over the edge."""
    holder = sample_actor(Draws(manifest(held_share=1.0), 1), 0, "desk", False, 0)
    table, holding = holder.table, holder.holdings["right"]
    assert table is not None
    deepest = []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        arm = reach(rng, do.OVER_TABLE, holder, "right", holding.grasp.angles, NOBODY)
        thing = at(
            arm.held.wrist_to_body @ holding.grasp.thing_to_wrist,
            thing_mesh(holding.thing).vertices,
        )
        over = ((thing[:, :2] > table.low) & (thing[:, :2] < table.high)).all(1)
        if over.any():
            deepest.append(table.height - thing[over, 2].min())
    assert len(deepest) >= 3
    assert max(deepest) < 0.002
