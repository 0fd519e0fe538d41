"""The body as numbers: from (phenotype, face) to a rest shape.

Everything is in the body frame of `synth.scene.body`: origin between the hips, +X to the person's
left, −Y to the front, +Z up, metres. The rest pose has the arms lowered by 45° and bent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from synth.body.bones import BODY_BONES
from synth.body.recipe import FACE_CHANGES, ensure_body_asset
from synth.hand.model import HandModel, phenotype_coefficients
from synth.hand.recipe import LOCAL_CHANGES
from synth.hand.wrist_frame import FRAME_JOINTS, wrist_frame
from synth.scene import Side

Array = NDArray[np.float64]

#: A body is symmetric: its left is its right mirrored at x = 0.
MIRROR: Final = np.diag([-1.0, 1.0, 1.0, 1.0])
SIDES: Final[tuple[Side, Side]] = ("right", "left")


@dataclass(frozen=True)
class BodyShape:
    """One person's body at rest.

    Attributes:
        vertices: (V, 3) skin and eyeballs.
        heads, tails: (B, 3) of the bones, in the order of BODY_BONES.
        hand_to_body: (4, 4) where the right hand's wrist frame is at rest; the left one's is
            MIRROR times that.
    """

    vertices: Array
    heads: Array
    tails: Array
    hand_to_body: Array

    def head(self, bone: str) -> Array:
        """(3,) where a bone begins."""
        return np.asarray(self.heads[BODY_BONES.index(bone)])

    def wrist(self, side: Side) -> Array:
        """(3,) the wrist at rest."""
        mirror = MIRROR if side == "left" else np.eye(4)
        return np.asarray((mirror @ self.hand_to_body)[:3, 3])


@dataclass(frozen=True, eq=False)  # compared and hashed as what it is, one asset
class BodyModel:
    """The asset built by `synth.body.recipe`.

    Attributes:
        template: (V, 3).
        phenotype_basis, phenotype_projection, phenotype_mask: see `phenotype_coefficients`.
        face_basis: (C, 2, V, 3) of FACE_CHANGES, upwards and downwards.
        bone_heads: (2, B, 3) heads and tails of the template; bone_basis and face_bone_basis move
            them as the others move the skin.
        quads: (F, 4); quad_uv (F, 4, 2) in MakeHuman's layout.
        quad_in_hand: (2, F) of the right and of the left hand's mesh.
        hand_vertices: (2, H) which vertices those of the hand's mesh are, right and left.
        is_eye: (V,) eyeballs.
        weights: (V, B).
    """

    template: NDArray[np.float32]
    phenotype_basis: NDArray[np.float32]
    phenotype_projection: Array
    phenotype_mask: NDArray[np.uint8]
    face_basis: NDArray[np.float16]
    bone_heads: Array
    bone_basis: Array
    face_bone_basis: Array
    quads: NDArray[np.int32]
    quad_uv: Array
    quad_in_hand: NDArray[np.bool_]
    hand_vertices: NDArray[np.int32]
    is_eye: NDArray[np.bool_]
    weights: NDArray[np.float32]

    def shape(
        self, hand: HandModel, phenotype: Mapping[str, float], face: Mapping[str, float]
    ) -> BodyShape:
        """Rest shape of a person.

        Args:
            hand: knows where the wrist is in the mesh.
            phenotype: of the person's hands; what only hands have (LOCAL_CHANGES) is passed over.
            face: any of FACE_CHANGES, −1 … 1.

        Raises:
            KeyError: a name that is neither.
        """
        own = {name: value for name, value in phenotype.items() if name not in LOCAL_CHANGES}
        mask = self.phenotype_mask.astype(np.float64)
        coefficients = phenotype_coefficients(own, mask, self.phenotype_projection)
        used = np.flatnonzero(np.abs(coefficients) > 1e-9)
        vertices = self.template + np.tensordot(
            coefficients[used].astype(np.float32), self.phenotype_basis[used], 1
        )
        bones = self.bone_heads + np.tensordot(coefficients[used], self.bone_basis[used], 1)
        for name, amount in face.items():
            if name not in FACE_CHANGES:
                raise KeyError(name)
            row, sign = FACE_CHANGES.index(name), int(amount < 0)
            vertices = vertices + np.float32(abs(amount)) * self.face_basis[row, sign]
            bones = bones + abs(amount) * self.face_bone_basis[row, sign]
        # Broad shoulders carry the arms with them, as they are: last of all, then.
        skin = vertices[self.hand_vertices[0]].astype(np.float64)
        rows = [hand.joint_names.index(name) for name in FRAME_JOINTS]
        frame = wrist_frame(*(hand.joint_regressor[rows] @ skin))
        return BodyShape(vertices.astype(np.float64), bones[0], bones[1], frame)


@lru_cache(maxsize=1)
def load_body_model(path: Path | None = None) -> BodyModel:
    """The body asset; built on first use (a minute or two)."""
    with np.load(path or ensure_body_asset()) as archive:
        arrays: dict[str, Any] = {key: archive[key] for key in archive.files}
    return BodyModel(**arrays)
