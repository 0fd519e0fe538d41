"""People's skin for these tests, and points strewn over it."""

from __future__ import annotations

import numpy as np

from synth.hand.model import HandModel, HandShape
from synth.manifest import Identity
from synth.sampling.identity import sample_person
from synth.worn.section import bone_frame, limb_weight


def person(model: HandModel, seed: int) -> HandShape:
    drawn = sample_person(np.random.default_rng(seed), Identity())
    return model.shape(drawn.phenotype, drawn.blendshapes)


def strewn(model: HandModel, shape: HandShape, bone: str, seed: int = 0) -> np.ndarray:
    """(N, 3) random points of the limb's skin in the bone's frame."""
    rng = np.random.default_rng(seed)
    own = (limb_weight(model, bone) > 0.5)[model.faces].all(1)
    faces = model.faces[own]
    triangles = shape.vertices[np.concatenate([faces[:, [0, 1, 2]], faces[:, [0, 2, 3]]])]
    share = rng.dirichlet(np.ones(3), (400, len(triangles)))
    frame = bone_frame(shape, bone)
    points = np.einsum("kti,tij->ktj", share, triangles).reshape(-1, 3)
    return (points - frame[:3, 3]) @ frame[:3, :3]
