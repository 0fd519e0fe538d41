"""What a scene shows, before it is lit and photographed."""

from __future__ import annotations

from dataclasses import dataclass

from synth.scene import BodyLook, Camera, Contacts, HandLook, Kind, Moment, Thing


@dataclass(frozen=True)
class StagedView:
    """A camera, and which of the scene's things it does not see."""

    camera: Camera
    absent: tuple[int, ...] = ()


@dataclass(frozen=True)
class StagedFrame:
    """One moment and its cameras; the fields are those of `synth.scene.Frame`."""

    time: float
    gestures: tuple[str | None, ...]
    moment: Moment
    shutter: float
    shutter_open: Moment | None
    shutter_close: Moment | None
    views: tuple[StagedView, ...]


@dataclass(frozen=True)
class Staged:
    """Hands, people and things, and how they are in each frame."""

    kind: Kind
    hands: tuple[HandLook, ...]
    bodies: tuple[BodyLook, ...]
    things: tuple[Thing, ...]
    frames: tuple[StagedFrame, ...]
    contacts: Contacts
