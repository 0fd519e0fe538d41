"""What a camera makes of a scene: camera, light, background and sensor."""

from __future__ import annotations

from typing import Literal

from synth.scene.plain import Color, Matrix4, Plain, Vector3


class Camera(Plain):
    K: tuple[Vector3, Vector3, Vector3]  # pixels
    world_to_camera: Matrix4
    width: int
    height: int
    clip_start: float = 0.005
    f_stop: float | None = None  # None: everything is sharp
    focus_distance: float = 0.5  # metres along the optical axis
    sensor_width: float = 0.0065  # metres; with f_stop it gives the aperture


class Lamp(Plain):
    position: Vector3
    target: Vector3
    size: float  # metres, side of a square area lamp
    power: float  # watts
    color: Color


class Light(Plain):
    hdri: str  # path or name of one that comes with bpy
    rotation: float  # radians about Z
    tilt: float  # radians about X, after the rotation
    strength: float
    tint: Color
    lamps: tuple[Lamp, ...] = ()


class Background(Plain):
    """What is behind the hand: the HDRI itself, or a picture composited in linear light."""

    kind: Literal["hdri", "photo", "procedural"]
    photo: str | None = None
    crop: tuple[float, float, float, float] | None = None  # x, y, width, height in 0 … 1
    mirror: bool = False
    blur: float = 0.0  # pixels
    brightness: float = 1.0
    seed: int = 0  # of a procedural picture


class Sensor(Plain):
    """From linear light to an 8-bit JPEG, as a camera does."""

    exposure: float  # stops, on top of the automatic exposure
    white_balance: Color
    contrast: float
    saturation: float
    tone: Literal["standard", "film", "phone"]
    vignette: float
    noise_iso: float  # 0 none, 1 strong
    sharpen: float
    blur: float  # pixels, softness of the lens
    jpeg_quality: int
    chroma_subsampling: bool
    seed: int


class View(Plain):
    camera: Camera
    background: Background
    sensor: Sensor
    render_seed: int
    absent: tuple[int, ...] = ()  # which of the scene's things are not there for this camera
