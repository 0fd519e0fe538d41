"""The hand as numbers: from (phenotype, blendshapes) to a rest shape, from rotations to a pose.

Everything is the right hand in the wrist frame of `synth.scene` (+Y to the middle MCP, +X to the
thumb's side, +Z out of the palm, metres); a left hand is its mirror image.

Bone frames: +Y along the bone, +Z to the palm side, +X = Y × Z, so that a positive rotation about
+X flexes. `world(bone) = world(parent) · rest_relative(bone) · rotation(bone)`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synth.hand.joints import bone_ends
from synth.hand.recipe import LOCAL_CHANGES, ensure_asset
from synth.hand.wrist_frame import FRAME_JOINTS, wrist_frame
from synth.landmarks import BLENDSHAPES, BONE_HEAD_LANDMARK, BONE_PARENTS, BONES, LANDMARKS
from synth.rotations import rotation_matrix

Array = NDArray[np.float64]

#: The phenotypes that move the hand, each in 0 … 1, and their anchors in Anny's macro space.
PHENOTYPES = ("gender", "age", "muscle", "weight", "height", "proportions")
_ANCHORS = {
    "race": 3,
    "gender": 2,
    "age": 5,
    "muscle": 3,
    "weight": 3,
    "height": 2,
    "proportions": 2,
    "cupsize": 3,
    "firmness": 3,
}


@dataclass(frozen=True)
class HandShape:
    """One person's hand at rest.

    Attributes:
        vertices: (V, 3) skin.
        joints: name → (3,) joint centre.
        bone_rest: (24, 4, 4) rest matrices of the bones in the wrist frame.
        bone_length: (24,) metres; of a tip bone: from TIP to the skin's end.
        arm_rest: (3, 4, 4) of wrist, forearm_distal, forearm_proximal.
    """

    vertices: Array
    joints: dict[str, Array]
    bone_rest: Array
    bone_length: Array
    arm_rest: Array

    @cached_property
    def rest_relative(self) -> Array:
        """(24, 4, 4) rest matrix of each bone in its parent's frame (the wrist frame at roots)."""
        return np.stack(
            [
                rest if parent < 0 else np.linalg.inv(self.bone_rest[parent]) @ rest
                for rest, parent in zip(self.bone_rest, BONE_PARENTS, strict=True)
            ]
        )


@dataclass(frozen=True)
class HandModel:
    """The asset built by `synth.hand.recipe`."""

    faces: NDArray[np.int32]
    face_uv: Array
    weights: Array
    joint_regressor: Array
    joint_names: tuple[str, ...]
    average: Array
    blendshapes: Array
    nail_center: Array
    nail_axes: Array
    nail_half: Array
    template: Array
    phenotype_basis: Array
    phenotype_projection: Array
    phenotype_mask: Array
    local_basis: Array

    def shape(
        self,
        phenotype: Mapping[str, float] | None = None,
        weights: Mapping[str, float] | None = None,
    ) -> HandShape:
        """Rest shape of a person.

        Args:
            phenotype: any of PHENOTYPES (0 … 1, default 0.5) and of LOCAL_CHANGES (−1 … 1).
            weights: blendshape weights, default 0.

        Raises:
            KeyError: a name that is neither.
        """
        skin, deltas = self._unaligned(phenotype or {})
        amounts = _amounts(weights or {})
        return self._with_bones(skin + np.tensordot(amounts, deltas, 1))

    def shape_keys(
        self, phenotype: Mapping[str, float], weights: Mapping[str, float]
    ) -> tuple[Array, Array]:
        """The same shape taken apart: (V, 3) basis and (36, V, 3) displacements at weight 1.

        basis + Σ weight · displacement are the vertices of `shape(phenotype, weights)`.
        """
        skin, deltas = self._unaligned(phenotype)
        final = skin + np.tensordot(_amounts(weights), deltas, 1)
        frame = self._frame_of(final)
        return (skin - frame[:3, 3]) @ frame[:3, :3], deltas @ frame[:3, :3]

    def _unaligned(self, phenotype: Mapping[str, float]) -> tuple[Array, Array]:
        phenotype = dict(phenotype)
        local = {name: phenotype.pop(name, 0.0) for name in LOCAL_CHANGES}
        coefficients = phenotype_coefficients(
            phenotype, self.phenotype_mask, self.phenotype_projection
        )
        body = self.template + np.tensordot(coefficients, self.phenotype_basis, 1)
        for i, amount in enumerate(local.values()):
            body = body + abs(amount) * self.local_basis[2 * i + (amount < 0)]
        frame = self._frame_of(body)
        skin = (body - frame[:3, 3]) @ frame[:3, :3]
        # The fields are written for the average hand: a child's shrink with its palm.
        palm = (
            self.joint_regressor[self._row("middle_mcp")] - self.joint_regressor[self._row("wrist")]
        )
        scale = np.linalg.norm(palm @ skin) / np.linalg.norm(palm @ self.average)
        return skin, scale * self.blendshapes

    def _frame_of(self, skin: Array) -> Array:
        return wrist_frame(*(self.joint_regressor[self._row(n)] @ skin for n in FRAME_JOINTS))

    def _row(self, joint: str) -> int:
        return self.joint_names.index(joint)

    def _with_bones(self, skin: Array) -> HandShape:
        # Blendshapes may turn the wrist frame by a hair: keep its definition exact.
        frame = self._frame_of(skin)
        skin = (skin - frame[:3, 3]) @ frame[:3, :3]
        joints = dict(zip(self.joint_names, self.joint_regressor @ skin, strict=True))
        rest, length = [], []
        for bone in BONES:
            finger, segment = bone.split("_")
            head, tail = bone_ends(bone, joints)
            rest.append(_bone_matrix(head, tail, _palmar(finger, segment, joints)))
            length.append(np.linalg.norm(tail - head))
        arm = [np.eye(4)]
        for start, end in (("wrist", "forearm_middle"), ("forearm_middle", "elbow")):
            arm.append(_bone_matrix(joints[start], joints[end], np.array([0.0, 0.0, 1.0])))
        return HandShape(skin, joints, np.stack(rest), np.array(length), np.stack(arm))


def _amounts(weights: Mapping[str, float]) -> Array:
    amounts = np.zeros(len(BLENDSHAPES))
    for name, value in weights.items():
        if name not in BLENDSHAPES:
            raise KeyError(name)
        amounts[BLENDSHAPES.index(name)] = value
    return amounts


def _palmar(finger: str, segment: str, joints: Mapping[str, Array]) -> Array:
    """Direction to which the finger flexes, at rest, in the wrist frame."""
    if finger == "thumb":
        # The thumb flexes across the palm, in the plane of its own bent chain.
        cmc, mcp, ip, end = (joints[f"thumb_{j}"] for j in ("cmc", "mcp", "ip", "end"))
        ulnar = joints["little_mcp"] - cmc
        along = end - mcp
        across = np.cross(along, np.array([0.0, 0.0, 1.0]))
        toward = -across if across @ ulnar < 0 else across
        del ip
        return toward / np.linalg.norm(toward) + np.array([0.0, 0.0, 0.55])
    if segment == "metacarpal":
        return np.array([0.0, 0.0, 1.0])
    # The plane of the finger: through MCP, PIP and DIP where it is bent enough to tell, and
    # otherwise the palm's normal; mixing both is steady for every shape.
    mcp, pip, end = (joints[f"{finger}_{j}"] for j in ("mcp", "pip", "end"))
    bend = (mcp + end) / 2 - pip
    along = (end - mcp) / np.linalg.norm(end - mcp)
    bend = bend - along * (bend @ along)
    return np.array([0.0, 0.0, 0.02]) + bend


def _bone_matrix(head: Array, tail: Array, palmar: Array) -> Array:
    y = (tail - head) / np.linalg.norm(tail - head)
    z = palmar - y * (palmar @ y)
    z = z / np.linalg.norm(z)
    matrix = np.eye(4)
    matrix[:3, 0], matrix[:3, 1], matrix[:3, 2], matrix[:3, 3] = np.cross(y, z), y, z, head
    return matrix


def phenotype_coefficients(phenotype: Mapping[str, float], mask: Array, projection: Array) -> Array:
    """Weights of the phenotype basis: products of piecewise-linear interpolations over anchors.

    The scheme is MakeHuman's macro modifiers as Anny has them (tests compare with Anny itself).

    Raises:
        KeyError: an unknown phenotype.
    """
    unknown = set(phenotype) - set(PHENOTYPES)
    if unknown:
        raise KeyError(unknown.pop())
    columns = []
    for name, count in _ANCHORS.items():
        if name == "race":
            columns.append(np.full(count, 1 / 3))
            continue
        anchors = np.linspace(-1 / 3 if name == "age" else 0.0, 1.0, count)
        value = float(np.clip(phenotype.get(name, 0.5), anchors[0], 1.0))
        columns.append(np.array([np.interp(value, anchors, row) for row in np.eye(count)]))
    phens = np.concatenate(columns)
    return np.prod(np.where(mask > 0, phens, 1.0), axis=1) @ projection


def forward_kinematics(shape: HandShape, rotations: Array) -> Array:
    """(24, 4, 4) posed bones in the wrist frame, from (24, 4) quaternions in the order of BONES."""
    local = np.tile(np.eye(4), (len(BONES), 1, 1))
    local[:, :3, :3] = rotation_matrix(rotations)
    relative = shape.rest_relative
    world = np.empty_like(relative)
    for i, parent in enumerate(BONE_PARENTS):
        world[i] = (relative[i] if parent < 0 else world[parent] @ relative[i]) @ local[i]
    return world


def landmarks_of(bones: Array) -> Array:
    """(21, 3) landmarks from posed bones, in the same frame; the wrist is the origin."""
    points = np.zeros((len(LANDMARKS), 3))
    for bone, landmark in enumerate(BONE_HEAD_LANDMARK):
        if landmark >= 0:
            points[landmark] = bones[bone, :3, 3]
    return points


def skin_vertices(
    model: HandModel, shape: HandShape, bones: Array, forearm: Array | None = None
) -> Array:
    """(V, 3) skin of a posed hand in the wrist frame by linear blending.

    Args:
        bones: (24, 4, 4) of `forward_kinematics`.
        forearm: (4,) quaternion of the forearm at the wrist; rest when None.
    """
    arm = shape.arm_rest.copy()
    if forearm is not None:
        turn = np.eye(4)
        turn[:3, :3] = rotation_matrix(forearm)
        moved = arm[1] @ turn
        arm[2] = moved @ np.linalg.inv(shape.arm_rest[1]) @ arm[2]
        arm[1] = moved
    return blended_skin(model, shape, bones, arm)


def blended_skin(model: HandModel, shape: HandShape, bones: Array, arm: Array) -> Array:
    """(V, 3) skin by linear blending of posed bones (24, 4, 4) and arm (3, 4, 4), same frame."""
    posed = np.concatenate([bones, arm])
    rest = np.concatenate([shape.bone_rest, shape.arm_rest])
    transforms = posed @ np.linalg.inv(rest)
    blended = np.tensordot(model.weights, transforms, 1)
    return np.einsum("vij,vj->vi", blended[:, :3, :3], shape.vertices) + blended[:, :3, 3]


@lru_cache(maxsize=1)
def load_hand_model(path: Path | None = None) -> HandModel:
    """The hand asset; built on first use (a minute or two)."""
    with np.load(path or ensure_asset()) as archive:
        arrays: dict[str, Any] = {key: archive[key] for key in archive.files}
    arrays["joint_names"] = tuple(str(n) for n in arrays["joint_names"])
    return HandModel(**arrays)
