"""One person of a scene: who it is, how it is posed, and what each arm does in each frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.body.bones import sided
from synth.body.clearance import Trunk, trunk_of
from synth.body.model import SIDES, BodyShape, load_body_model
from synth.body.pose import moved_bones
from synth.hand.contact import HandSurface, hand_surface
from synth.hand.joint_angles import HandAngles, angles_to_rotations
from synth.hand.model import (
    HandShape,
    forward_kinematics,
    landmarks_of,
    load_hand_model,
)
from synth.sampling.identity import Person
from synth.sampling.people.arms import HeldArm, Wrists, mirrored, sample_wrists
from synth.scene import Side

Array = NDArray[np.float64]

#: The eyes, relative to the head's bone: shares of its length along it and before it.
_EYES: Final = (0.3, 0.62)


@dataclass(frozen=True)
class Figure:
    """A person's body in its stance; everything in the body frame.

    Attributes:
        moved: of `synth.body.pose.moved_bones`; stance (4,) quaternions by bone.
        wrists: ways to turn the right and the left hand.
    """

    person: Person
    hand: HandShape
    surface: HandSurface
    shape: BodyShape
    stance: dict[str, Array]
    moved: dict[str, Array]
    trunk: Trunk
    wrists: tuple[Wrists, Wrists]

    @property
    def arm_length(self) -> float:
        """Metres from shoulder to wrist, stretched."""
        shoulder, elbow = (self.shape.head(b) for b in ("upperarm01.R", "lowerarm01.R"))
        wrist = self.shape.wrist("right")
        return float(np.linalg.norm(elbow - shoulder) + np.linalg.norm(wrist - elbow))

    def joint(self, bone: str) -> Array:
        """(3,) where a bone begins; of the shoulder as the trunk alone has it."""
        carrier = "spine01" if bone.startswith("upperarm") else bone
        matrix = self.moved[carrier]
        return np.asarray(matrix[:3, :3] @ self.shape.head(bone) + matrix[:3, 3])

    def shoulder(self, side: Side) -> Array:
        return self.joint(sided("upperarm01", side))

    @property
    def eyes(self) -> Array:
        """(3,) between the eyes."""
        return self.on_head(self.shape.vertices[load_body_model().is_eye].mean(0))

    @property
    def gaze(self) -> Array:
        """(3,) where the face points."""
        return np.asarray(self.moved["head"][:3, :3] @ [0.0, -1.0, 0.0])

    def on_head(self, point: Array) -> Array:
        matrix = self.moved["head"]
        return np.asarray(matrix[:3, :3] @ point + matrix[:3, 3])


@dataclass(frozen=True)
class PosedArm:
    """A hand with its arm in one frame.

    Attributes:
        rotations: (24, 4) of the bones.
        held: the arm.
        landmarks: (21, 3) body frame.
        points: (N, 3) of forearm and hand, body frame.
    """

    side: Side
    angles: HandAngles
    rotations: Array
    held: HeldArm
    landmarks: Array
    points: Array

    @property
    def limb(self) -> Array:
        """(N, 3) points along upper arm and forearm, body frame."""
        arm, share = self.held.arm, np.linspace(0.0, 1.0, 6)[:, None]
        upper = arm.shoulder + share * (arm.elbow - arm.shoulder)
        return np.concatenate([upper, arm.elbow + share * (arm.wrist - arm.elbow)])


def stand(
    rng: np.random.Generator, person: Person, face: dict[str, float], stance: dict[str, Array]
) -> Figure:
    """A person's figure, before its arms do anything."""
    model, body = load_hand_model(), load_body_model()
    hand = model.shape(person.phenotype, person.blendshapes)
    shape = body.shape(model, person.phenotype, face)
    moved = moved_bones(shape, stance)
    right, left = (sample_wrists(rng, hand) for _ in SIDES)
    return Figure(
        person=person,
        hand=hand,
        surface=hand_surface(model, hand),
        shape=shape,
        stance=stance,
        moved=moved,
        trunk=trunk_of(body, shape, moved),
        wrists=(right, left),
    )


def own_landmarks(figure: Figure, angles: HandAngles, side: Side) -> tuple[Array, Array]:
    """(24, 4) rotations, and (21, 3) landmarks in the wrist frame that `wrist_to_body` takes."""
    rotations = angles_to_rotations(figure.hand, angles)
    landmarks = landmarks_of(forward_kinematics(figure.hand, rotations))
    return rotations, mirrored(landmarks, side)


def posed_arm_of(
    side: Side, angles: HandAngles, rotations: Array, held: HeldArm, own: Array
) -> PosedArm:
    points = held.points(own)
    return PosedArm(
        side,
        angles,
        rotations,
        held,
        points[len(points) - len(own) :],
        points,
    )
