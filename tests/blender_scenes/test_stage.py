"""Objects are built when they are first needed, and hidden when they are not."""

from __future__ import annotations

import bpy

from blender_scenes.body import body_parts
from blender_scenes.stage import Stage, bodies_on, current_stage, hands_on, things_on
from blender_scenes.thing import place_thing
from synth.sample import CLOTH_IN_MASK, THING_IN_MASK

IDENTITY = tuple(tuple(float(i == j) for j in range(4)) for i in range(4))


def test_there_is_one_stage_in_a_process(stage: Stage) -> None:
    assert current_stage() is stage
    assert stage.scene == bpy.context.scene
    assert len(stage.hands) >= 1


def test_hands_are_built_once_and_numbered_in_the_mask(stage: Stage) -> None:
    two = hands_on(stage, 2)
    assert [d.hand.mesh.pass_index for d in two] == [1, 2]
    assert {d.sleeve.mesh.pass_index for d in two} == {CLOTH_IN_MASK}
    assert two[0].hand.armature != two[1].hand.armature
    # Each has a skin of its own: another person's does not change it.
    assert two[0].hand.mesh.data != two[1].hand.mesh.data
    slots = [d.hand.mesh.material_slots[0].material for d in two]
    assert slots[0] != slots[1]
    objects = len(bpy.data.objects)
    again = hands_on(stage, 2)
    assert [a is b for a, b in zip(again, two, strict=True)] == [True, True]
    assert len(bpy.data.objects) == objects


def test_what_is_not_needed_is_hidden(stage: Stage) -> None:
    hands_on(stage, 2)
    (first,) = hands_on(stage, 1)
    assert not first.hand.mesh.hide_render
    assert stage.hands[1].hand.mesh.hide_render
    assert stage.hands[1].sleeve.mesh.hide_render
    for dressed in stage.hands:
        for extra in (*dressed.ornaments.objects, *dressed.glove.hems):
            assert extra.hide_render
    assert hands_on(stage, 0) == []
    assert all(dressed.hand.mesh.hide_render for dressed in stage.hands)
    hands_on(stage, 1)


def test_things_are_hidden_until_they_are_placed(stage: Stage) -> None:
    things = things_on(stage, 3)
    assert len(things) == 3
    assert all(thing.object.hide_render for thing in stage.things)
    assert {thing.object.pass_index for thing in things} == {THING_IN_MASK}
    place_thing(things[0], IDENTITY)
    assert not things[0].object.hide_render
    assert [a is b for a, b in zip(things_on(stage, 1), things, strict=False)] == [True]
    assert all(thing.object.hide_render for thing in stage.things)


def test_people_are_hidden_with_all_that_they_wear(stage: Stage) -> None:
    (body,) = bodies_on(stage, 1)
    assert body.is_shown
    assert body.skin.pass_index == CLOTH_IN_MASK
    assert bodies_on(stage, 0) == []
    assert not body.is_shown
    assert all(part.hide_render for part in body_parts(body))
    assert body.hair.hide_render
