"""A frame's hands and things, still or moving while the shutter is open."""

from __future__ import annotations

from collections.abc import Sequence

import bpy

from blender_scenes.hand import ARM_BONES, Hand, set_pose
from blender_scenes.thing import ThingObject, place_thing
from synth.landmarks import BONES
from synth.scene import Frame, Moment

#: Frame numbers of the keyed poses; the shutter opens at the first and closes at the last.
_OPEN, _MIDDLE, _CLOSE = 0, 1, 2
_PLACE = ("location", "rotation_quaternion", "scale")


def key_motion(
    scene: bpy.types.Scene, hands: Sequence[Hand], things: Sequence[ThingObject], frame: Frame
) -> None:
    """Pose the hands and place the things; with a shutter time, key the moments at its opening and
    closing too.

    The label is that of the shutter's middle, which is where the scene stays. Bodies do not move
    within a shutter's time.
    """
    clear_motion(scene, hands, things)
    scene.frame_set(_MIDDLE)
    if not frame.shutter or frame.shutter_open is None or frame.shutter_close is None:
        _place(hands, things, frame.moment)
        bpy.context.view_layer.update()
        return
    for number, moment in (
        (_OPEN, frame.shutter_open),
        (_MIDDLE, frame.moment),
        (_CLOSE, frame.shutter_close),
    ):
        _place(hands, things, moment)
        _key(hands, things, number)
    for thing in _animated(hands, things):
        for curve in thing.animation_data.action.fcurves:
            for point in curve.keyframe_points:
                point.interpolation = "LINEAR"
    scene.render.use_motion_blur = True
    scene.render.motion_blur_position = "CENTER"
    scene.render.motion_blur_shutter = float(_CLOSE - _OPEN)
    scene.frame_set(_MIDDLE)


def _place(hands: Sequence[Hand], things: Sequence[ThingObject], moment: Moment) -> None:
    for hand, pose in zip(hands, moment.hands, strict=True):
        set_pose(hand, pose)
    for thing, matrix in zip(things, moment.things, strict=True):
        place_thing(thing, matrix)


def _key(hands: Sequence[Hand], things: Sequence[ThingObject], number: int) -> None:
    for hand in hands:
        for name in (*BONES, *ARM_BONES):
            hand.armature.pose.bones[name].keyframe_insert("rotation_quaternion", frame=number)
    for moving in (*(hand.armature for hand in hands), *(thing.object for thing in things)):
        for channel in _PLACE:
            moving.keyframe_insert(channel, frame=number)


def clear_motion(
    scene: bpy.types.Scene, hands: Sequence[Hand], things: Sequence[ThingObject]
) -> None:
    """Forget the keys of the frame before."""
    scene.render.use_motion_blur = False
    for moving in _animated(hands, things):
        action = moving.animation_data.action
        moving.animation_data_clear()
        if action is not None:
            bpy.data.actions.remove(action)


def _animated(hands: Sequence[Hand], things: Sequence[ThingObject]) -> list[bpy.types.Object]:
    objects = [*(hand.armature for hand in hands), *(thing.object for thing in things)]
    return [thing for thing in objects if thing.animation_data is not None]
