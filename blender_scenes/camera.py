"""A camera of the scene description, as Blender's camera."""

from __future__ import annotations

import bpy
import numpy as np
from mathutils import Matrix

from synth.errors import UserError
from synth.scene import Camera

#: OpenCV's camera looks along +Z with +Y down; Blender's along −Z with +Y up.
_OPENCV_TO_BLENDER = np.diag([1.0, -1.0, -1.0, 1.0])


def build_camera(scene: bpy.types.Scene) -> bpy.types.Object:
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    camera.data.sensor_fit = "HORIZONTAL"
    scene.collection.objects.link(camera)
    scene.camera = camera
    return camera


def set_camera(scene: bpy.types.Scene, camera: bpy.types.Object, wanted: Camera) -> None:
    """Intrinsics, pose, resolution and lens of `camera`.

    Raises:
        UserError: K has skew or non-square pixels, which no lens here makes.
    """
    (fx, skew, cx), (_, fy, cy), _ = wanted.K
    if abs(fx - fy) > 1e-6 * fx or skew:
        raise UserError(f"camera.K {wanted.K} has skew or non-square pixels: use fx = fy, skew 0")
    data = camera.data
    data.sensor_width = wanted.sensor_width * 1000.0
    data.lens = fx * data.sensor_width / wanted.width
    data.shift_x = (wanted.width / 2 - cx) / wanted.width
    data.shift_y = (cy - wanted.height / 2) / wanted.width
    data.clip_start, data.clip_end = wanted.clip_start, 100.0
    data.dof.use_dof = wanted.f_stop is not None
    if wanted.f_stop is not None:
        data.dof.aperture_fstop = wanted.f_stop
        data.dof.focus_distance = wanted.focus_distance
    camera_to_world = np.linalg.inv(np.array(wanted.world_to_camera)) @ _OPENCV_TO_BLENDER
    camera.matrix_world = Matrix(camera_to_world.tolist())
    scene.render.resolution_x, scene.render.resolution_y = wanted.width, wanted.height
