"""A frame's pose, still or moving while the shutter is open."""

from __future__ import annotations

import bpy

from blender_scenes.hand import ARM_BONES, Hand, set_pose
from synth.landmarks import BONES
from synth.scene import Frame, HandPose

#: Frame numbers of the keyed poses; the shutter opens at the first and closes at the last.
_OPEN, _MIDDLE, _CLOSE = 0, 1, 2


def key_motion(scene: bpy.types.Scene, hand: Hand, frame: Frame) -> None:
    """Pose the hand; with a shutter time, key the poses at its opening and closing too.

    The label is that of the shutter's middle, which is where the scene stays.
    """
    clear_motion(scene, hand)
    scene.frame_set(_MIDDLE)
    if not frame.shutter or frame.pose_shutter_open is None or frame.pose_shutter_close is None:
        set_pose(hand, frame.pose)
        bpy.context.view_layer.update()
        return
    for number, pose in (
        (_OPEN, frame.pose_shutter_open),
        (_MIDDLE, frame.pose),
        (_CLOSE, frame.pose_shutter_close),
    ):
        _key(hand, pose, number)
    for curve in hand.armature.animation_data.action.fcurves:
        for point in curve.keyframe_points:
            point.interpolation = "LINEAR"
    scene.render.use_motion_blur = True
    scene.render.motion_blur_position = "CENTER"
    scene.render.motion_blur_shutter = float(_CLOSE - _OPEN)
    scene.frame_set(_MIDDLE)


def _key(hand: Hand, pose: HandPose, number: int) -> None:
    set_pose(hand, pose)
    for name in (*BONES, *ARM_BONES):
        hand.armature.pose.bones[name].keyframe_insert("rotation_quaternion", frame=number)
    for channel in ("location", "rotation_quaternion", "scale"):
        hand.armature.keyframe_insert(channel, frame=number)


def clear_motion(scene: bpy.types.Scene, hand: Hand) -> None:
    """Forget the keys of the frame before."""
    scene.render.use_motion_blur = False
    if hand.armature.animation_data is not None:
        action = hand.armature.animation_data.action
        hand.armature.animation_data_clear()
        if action is not None:
            bpy.data.actions.remove(action)
