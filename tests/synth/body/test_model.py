"""Bodies against Anny itself, and that people's own hands fit onto them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.spatial import cKDTree

from synth.body.bones import BODY_BONES
from synth.body.pose import moved_bones
from synth.body.recipe import FACE_CHANGES
from synth.rotations import rotation_matrix
from tests.synth.body.grown import BENT, HAND, MODEL, Array, grown

#: Coordinates that anny 0.6.2 gives for two people, at rest and bent, at vertices spread over the
#: body; `test_reference_is_what_anny_gives` writes what to put there if it ever has to change.
REFERENCE = Path(__file__).parents[2] / "data" / "anny_body.json"


def mixed(people: dict[str, Any]) -> Any:
    return MODEL.shape(HAND, people["phenotype"], people["face"])


def bent_skin(shape: Any, vertices: list[int]) -> Array:
    """(N, 3) vertices that no arm carries, blended here; relative to the first one."""
    moved = moved_bones(shape, BENT)
    blended = np.tensordot(MODEL.weights[vertices], np.stack([moved[b] for b in BODY_BONES]), 1)
    points = np.column_stack([shape.vertices[vertices], np.ones(len(vertices))])
    posed = np.einsum("vij,vj->vi", blended, points)[:, :3]
    return np.asarray(posed - posed[0])


@pytest.mark.parametrize("number", range(2))
def test_shapes_and_bones_are_annys(number: int) -> None:
    reference = json.loads(REFERENCE.read_text())
    person = reference["people"][number]
    shape = mixed(person)
    # Half precision of the face's changes: 0.05 mm.
    np.testing.assert_allclose(
        shape.vertices[reference["vertices"]], person["coordinates"], atol=5e-5
    )
    for bone, (head, tail) in person["bones"].items():
        np.testing.assert_allclose(shape.head(bone), head, atol=1e-6)
        np.testing.assert_allclose(shape.tails[BODY_BONES.index(bone)], tail, atol=1e-6)


@pytest.mark.parametrize("number", range(2))
def test_a_bent_body_is_annys(number: int) -> None:
    reference = json.loads(REFERENCE.read_text())
    person = reference["people"][number]
    posed = bent_skin(mixed(person), reference["vertices"])
    np.testing.assert_allclose(posed, person["bent"], atol=1e-4)


@pytest.mark.parametrize("seed", range(4))
def test_the_hand_is_that_of_the_same_phenotype(seed: int) -> None:
    person = grown(seed)
    assert any(person.face.values())
    own = person.shape.vertices[MODEL.hand_vertices[0]]
    frame = person.shape.hand_to_body
    np.testing.assert_allclose(
        (own - frame[:3, 3]) @ frame[:3, :3], person.plain_hand.vertices, atol=1e-6
    )
    np.testing.assert_allclose(frame[:3, :3] @ frame[:3, :3].T, np.eye(3), atol=1e-9)
    left = person.shape.vertices[MODEL.hand_vertices[1]]
    np.testing.assert_allclose(left, own * [-1.0, 1.0, 1.0], atol=1e-6)
    np.testing.assert_allclose(person.shape.wrist("left") * [-1, 1, 1], frame[:3, 3])


def test_bones_are_symmetric_and_inside() -> None:
    shape = grown(1).shape
    for bone in BODY_BONES:
        if bone.endswith(".R"):
            np.testing.assert_allclose(
                shape.head(bone) * [-1, 1, 1], shape.head(f"{bone[:-1]}L"), atol=1e-6
            )
    # Left is +X, the head above the hips, the feet below, the toes to the front.
    assert shape.head("upperarm01.L")[0] > 0.1
    assert shape.head("head")[2] > 0.4 > -0.5 > shape.head("foot.L")[2]
    toes = shape.vertices[shape.vertices[:, 2] < shape.vertices[:, 2].min() + 0.03]
    assert toes[:, 1].min() < shape.head("foot.L")[1] - 0.08


def test_phenotypes_and_faces_change_what_they_name() -> None:
    plain = MODEL.shape(HAND, {}, {})
    tall = MODEL.shape(HAND, {"height": 0.9}, {})
    heavy = MODEL.shape(HAND, {"weight": 0.9}, {})
    assert np.ptp(tall.vertices[:, 2]) > np.ptp(plain.vertices[:, 2]) + 0.05
    waist = np.abs(plain.vertices[:, 2] - 0.1) < 0.03
    trunk = waist & (
        MODEL.weights[:, [BODY_BONES.index(f"spine0{i}") for i in (4, 5)]].sum(1) > 0.5
    )
    assert np.ptp(heavy.vertices[trunk, 1]) > np.ptp(plain.vertices[trunk, 1]) + 0.005
    nosy = MODEL.shape(HAND, {}, {"nose-scale-depth-incr": 1.0})
    moved = np.linalg.norm(nosy.vertices - plain.vertices, axis=1)
    where = plain.vertices[moved > 0.5 * moved.max()]
    assert moved.max() > 0.003
    assert np.abs(where[:, 0]).max() < 0.03
    # Nothing of the head is further to the front than where it is.
    head = plain.vertices[plain.vertices[:, 2] > plain.head("head")[2]]
    assert where[:, 1].max() < head[:, 1].min() + 0.06
    # The other way is the other way.
    flat = MODEL.shape(HAND, {}, {"nose-scale-depth-incr": -1.0})
    tip = moved.argmax()
    assert nosy.vertices[tip, 1] < plain.vertices[tip, 1] < flat.vertices[tip, 1]


def test_unknown_names_are_refused() -> None:
    with pytest.raises(KeyError, match="beauty"):
        MODEL.shape(HAND, {"beauty": 1.0}, {})
    with pytest.raises(KeyError, match="beauty"):
        MODEL.shape(HAND, {}, {"beauty": 1.0})
    assert len(set(FACE_CHANGES)) == len(FACE_CHANGES)


def reference_of(anny: Any) -> dict[str, Any]:
    """What Anny gives for the reference's people."""
    import torch

    distance, index = cKDTree(anny.template_vertices.double().numpy()).query(MODEL.template)
    assert distance.max() < 1e-6
    arms = [i for i, bone in enumerate(BODY_BONES) if "arm" in bone or "clavicle" in bone]
    arms += [i for i, bone in enumerate(BODY_BONES) if bone.startswith("shoulder")]
    fixed = np.flatnonzero((MODEL.weights[:, arms].sum(1) == 0) & ~MODEL.is_eye)
    vertices = fixed[:: len(fixed) // 40].tolist()
    rigid = {}
    for bone, turn in BENT.items():
        matrix = np.eye(4)
        matrix[:3, :3] = rotation_matrix(turn)
        rigid[bone] = torch.tensor(matrix, dtype=anny.template_vertices.dtype)[None]
    people = []
    for phenotype, face in PEOPLE:
        kwargs = {"phenotype_kwargs": phenotype, "local_changes_kwargs": face}
        still = anny(**kwargs)
        # Turns about bones' heads in the axes of the body.
        bent = anny(**kwargs, pose_parameters=rigid, pose_parameterization="local-ref")
        posed = bent["vertices"][0].double().numpy()[index][vertices]
        people.append(
            {
                "phenotype": phenotype,
                "face": face,
                "coordinates": still["rest_vertices"][0].double().numpy()[index][vertices].tolist(),
                "bones": {
                    bone: [
                        still[f"rest_bone_{end}s"][0, anny.bone_labels.index(bone)].tolist()
                        for end in ("head", "tail")
                    ]
                    for bone in ("root", "spine02", "head", "upperarm01.R", "lowerleg01.L")
                },
                "bent": (posed - posed[0]).tolist(),
            }
        )
    return {"vertices": vertices, "people": people}


PEOPLE: tuple[tuple[dict[str, float], dict[str, float]], ...] = (
    (
        {"gender": 0.2, "age": 0.6, "muscle": 0.7, "weight": 0.3, "height": 0.8},
        {"nose-hump-incr": 0.8, "chin-height-incr": -0.5, "torso-vshape-incr": 0.6},
    ),
    (
        {"gender": 0.9, "age": 0.3, "muscle": 0.2, "weight": 0.8, "proportions": 0.9},
        {"head-fat-incr": 0.7, "stomach-tone-incr": -0.9, "forehead-scale-vert-incr": 0.4},
    ),
)


@pytest.mark.slow
def test_reference_is_what_anny_gives() -> None:
    """Anny takes more than a minute to load; run with `pytest -m slow`."""
    from synth.hand.recipe import anny_model

    with anny_model() as anny:
        found = json.loads(json.dumps(reference_of(anny)))
    stored = json.loads(REFERENCE.read_text())
    assert found["vertices"] == stored["vertices"], json.dumps(found)
    for mine, theirs in zip(found["people"], stored["people"], strict=True):
        for key in ("coordinates", "bent"):
            np.testing.assert_allclose(mine[key], theirs[key], atol=2e-6, err_msg=json.dumps(found))
        for bone, ends in mine["bones"].items():
            np.testing.assert_allclose(ends, theirs["bones"][bone], atol=2e-6)
