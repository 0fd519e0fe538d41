"""Where gloves are, by landmarks and by the mesh's own lengths."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from synth.hand.model import HandModel, load_hand_model
from synth.landmarks import FINGERS
from synth.scene import Glove
from synth.worn.glove_shape import glove_fields, glove_uv, hem_thickness, hem_width
from tests.synth.worn.skins import person

KINDS = ("latex", "wool", "leather", "work", "fingerless")


@pytest.fixture(scope="module")
def model() -> HandModel:
    return load_hand_model()


def glove(kind: str, **changes: Any) -> Glove:
    values: dict[str, Any] = {
        "kind": kind,
        "color": (0.1, 0.1, 0.1),
        "color2": (0.2, 0.2, 0.2),
        "thickness": 0.002,
        "cuff": 0.05,
        "roughness": 0.5,
        "pattern_scale": 0.004,
        "wrinkles": 0.5,
        "seed": 5,
    }
    return Glove(**{**values, **changes})


@pytest.mark.parametrize("kind", KINDS)
def test_a_glove_ends_at_its_cuff(model: HandModel, kind: str) -> None:
    shape = person(model, 3)
    fields = glove_fields(model, shape, glove(kind))
    wrist, middle = shape.joints["wrist"], shape.joints["forearm_middle"]
    up_the_arm = (shape.vertices - wrist) @ (middle - wrist) / np.linalg.norm(middle - wrist)
    bare = up_the_arm > 0.05
    assert bare.sum() > 50
    assert np.all(fields.inside[bare] < 0)
    assert np.all(fields.lift[bare] == 0)
    palm = np.linalg.norm(shape.vertices - 0.6 * shape.joints["middle_mcp"], axis=1) < 0.03
    assert np.all(fields.lift[palm] > 0.0012)
    assert np.all(fields.lift < 0.0021 * 2.2)


def near_joint(model: HandModel, joint: str, radius: float = 0.012) -> np.ndarray:
    shape = person(model, 3)
    return np.linalg.norm(shape.vertices - shape.joints[joint], axis=1) < radius


@pytest.mark.parametrize("finger", FINGERS)
def test_only_fingerless_gloves_leave_fingertips_bare(model: HandModel, finger: str) -> None:
    tip = near_joint(model, f"{finger}_end", 0.008)
    assert tip.any()
    shape = person(model, 3)
    for kind in KINDS:
        fields = glove_fields(model, shape, glove(kind))
        assert np.all((fields.inside[tip] < 0) == (kind == "fingerless"))
        assert np.all(fields.inside[near_joint(model, f"{finger}_mcp")] > 0)


def test_lift_is_the_thickness(model: HandModel) -> None:
    shape = person(model, 3)
    thin, thick = (glove_fields(model, shape, glove("wool", thickness=t)) for t in (0.001, 0.003))
    np.testing.assert_allclose(3 * thin.lift, thick.lift)
    even = glove_fields(model, shape, glove("latex", thickness=0.0003))
    on_hand = even.inside > 0.06
    assert np.allclose(even.lift[on_hand], 0.0003, rtol=1e-6)


def test_palm_and_back_are_told_apart(model: HandModel) -> None:
    palmar = glove_fields(model, model.shape(), glove("leather")).palmar
    for number in range(5):
        nail = np.linalg.norm(model.average - model.nail_center[number], axis=1) < 0.004
        pad_at = model.nail_center[number] - 0.012 * model.nail_axes[number, :, 2]
        pad = np.linalg.norm(model.average - pad_at, axis=1) < 0.006
        assert nail.any()
        assert pad.any()
        assert palmar[nail].mean() < -0.3
        assert palmar[pad].mean() > 0.2


def test_fingertips_of_work_gloves_are_dipped_all_around(model: HandModel) -> None:
    shape = model.shape()
    fields = {kind: glove_fields(model, shape, glove(kind)).palmar for kind in ("work", "wool")}
    for finger in FINGERS:
        tip = np.linalg.norm(shape.vertices - shape.joints[f"{finger}_end"], axis=1) < 0.006
        assert fields["work"][tip].min() > fields["wool"][tip].min() + 0.3


def test_uv_is_in_metres_and_whole(model: HandModel) -> None:
    uv = glove_uv(model)
    vertices = model.shape().vertices
    edges = np.linalg.norm(
        vertices[model.faces] - vertices[np.roll(model.faces, -1, axis=1)], axis=2
    )
    flat = np.linalg.norm(uv - np.roll(uv, -1, axis=1), axis=2)
    assert 0.75 < np.median(flat / edges) < 1.25
    # A face across the cut of an unrolled limb would be a whole girth (5 cm) too long.
    assert (flat - edges).max() < 0.01


@pytest.mark.parametrize("kind", KINDS)
def test_hems_lie_over_the_glove_and_on_the_arm(model: HandModel, kind: str) -> None:
    worn = glove(kind, cuff=0.03)
    fields = glove_fields(model, model.shape(), worn)
    assert 0.001 < hem_width(worn, "forearm_distal") <= 0.03
    at_the_edge = (fields.inside > 0) & (fields.inside < 0.02)
    assert hem_thickness(worn, "forearm_distal") > fields.lift[at_the_edge].max()
