"""Small versions of the maps, checked against colorimetry, anatomy and the mesh itself."""

from __future__ import annotations

import hashlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from scipy.ndimage import label

from synth.hand.model import HandModel, load_hand_model
from synth.landmarks import FINGERS
from synth.skin import bake
from synth.skin.color import (
    SKINS,
    back_of_hand,
    color_image,
    ita_degrees,
    palm_of_hand,
    shader_tints,
    srgb_to_lab,
)
from synth.skin.features import Features
from synth.skin.position_maps import Texels, rasterise
from synth.skin.relief import relief

SIZE = 256
#: Chardon's classes by typology angle; ours called dark begins at his brown.
CLASSES = {
    "very_light": (55, 90),
    "light": (41, 55),
    "intermediate": (28, 41),
    "tan": (10, 28),
    "dark": (-60, 10),
}


@pytest.fixture(scope="module")
def model() -> HandModel:
    return load_hand_model()


@pytest.fixture(scope="module")
def texels(model: HandModel) -> Texels:
    return rasterise(model, SIZE)


@pytest.fixture(scope="module")
def found(model: HandModel, texels: Texels) -> Features:
    return next(bake.all_features(model, texels))[1]


@pytest.fixture(scope="module")
def close(model: HandModel) -> tuple[Texels, Features]:
    """Fine enough (0.8 mm a texel) to show creases."""
    texels = rasterise(model, 2 * SIZE)
    return texels, next(bake.all_features(model, texels))[1]


@pytest.fixture(scope="module")
def lab(found: Features) -> dict[str, np.ndarray]:
    return {skin: srgb_to_lab(color_image(found, skin)) for skin in SKINS}


def mean(values: np.ndarray, weight: np.ndarray) -> np.ndarray:
    return (values.T * weight).sum(-1) / weight.sum()


@pytest.mark.parametrize("skin", SKINS)
def test_typology_angle_of_the_back_is_its_classes(skin, lab, found):
    low, high = CLASSES[skin]
    assert low < ita_degrees(mean(lab[skin], back_of_hand(found))) < high


def test_palm_is_paler_than_the_back_and_the_more_so_on_darker_skin(lab, found):
    difference = [
        mean(lab[skin], palm_of_hand(found))[0] - mean(lab[skin], back_of_hand(found))[0]
        for skin in SKINS
    ]
    assert difference[0] > 0
    assert np.all(np.diff(difference) > 1)


@pytest.mark.parametrize("skin", SKINS)
def test_palm_is_redder_than_the_back(skin, lab, found):
    assert mean(lab[skin], palm_of_hand(found))[1] > mean(lab[skin], back_of_hand(found))[1] + 1


def test_five_nails_on_the_backs_of_the_distal_segments(model, texels, found):
    plate = found.nails.plate > 0.5
    blobs, count = label(texels.image(plate) & _on_skin(texels))
    sizes = np.bincount(blobs.ravel())[1:]
    assert (sizes > 0.3 * sizes.max()).sum() == 5
    assert sizes[sizes <= 0.3 * sizes.max()].sum() < 0.03 * sizes.sum()
    assert count < 10
    for i, part in enumerate(found.parts.fingers):
        own = plate[part.rows] & (found.parts.finger[part.rows, i] > 0.5)
        assert part.share[own].min() > len(part.joints) - 0.75
        assert np.abs(part.angle[own]).mean() < 0.9
        toward = texels.normal[part.rows[own]] @ model.nail_axes[i, :, 2]
        assert toward.min() > 0


def test_nail_area_is_that_of_a_real_nail(model, found, texels):
    # One texel's area on the skin, from the areas of its own triangle: nails of adults are
    # 0.6 to 2.6 cm² in all five, each 30 to 250 mm².
    density = _texel_area(model)
    for i, finger in enumerate(FINGERS):
        near = np.linalg.norm(texels.position - model.nail_center[i], axis=1) < 0.02
        area = found.nails.plate[near & (found.parts.finger[:, i] > 0.5)].sum() * density
        assert 30e-6 < area < 250e-6, finger


def _texel_area(model: HandModel) -> float:
    corners, uv = model.average[model.faces], model.face_uv
    area = np.linalg.norm(
        np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1]), axis=1
    )
    flat = np.abs(np.cross(uv[:, 2] - uv[:, 0], uv[:, 3] - uv[:, 1]))
    return float(np.median(area / flat)) / SIZE**2


def _on_skin(texels: Texels) -> np.ndarray:
    side = texels.resolution
    mask = np.zeros(side * side, bool)
    mask[texels.index] = True
    return mask.reshape(side, side)


def test_no_seam_where_an_edge_of_the_mesh_appears_twice(model, close):
    """Both UV sides of a cut edge show the same colour and height.

    They are read up to a texel away from the edge, where the palm's skin gives way to the
    back's: the bound is a few times what neighbouring texels on the islands differ by.
    """
    texels, found = close
    sides: dict[tuple[int, int], list[np.ndarray]] = {}
    for face, uv in zip(model.faces, model.face_uv, strict=True):
        for k in range(4):
            a, b = int(face[k]), int(face[(k + 1) % 4])
            sides.setdefault((min(a, b), max(a, b)), []).append((uv[k] + uv[(k + 1) % 4]) / 2)
    cut = np.array([s for s in sides.values() if len(s) == 2 and np.abs(s[0] - s[1]).max() > 0.01])
    assert len(cut) > 50
    image = texels.image(
        np.concatenate([srgb_to_lab(color_image(found, "dark")), 1e5 * relief(found)[:, None]], 1)
    ).astype(np.float32)
    pixel = (np.stack([cut[..., 0], 1 - cut[..., 1]], -1) * texels.resolution - 0.5).astype("f4")
    values = cv2.remap(image, pixel[..., 0], pixel[..., 1], cv2.INTER_LINEAR)
    across = np.abs(values[:, 0] - values[:, 1])
    inside = _on_skin(texels)
    inside = inside[:, :-1] & inside[:, 1:]
    typical = np.abs(np.diff(image, axis=1))[inside].mean(0)
    assert np.all(across.mean(0) < 3.5 * typical), (across.mean(0), typical)
    # Edges that do not belong together differ much more.
    wrong = np.abs(values[:, 0] - np.roll(values[:, 1], len(values) // 3, axis=0))
    assert np.all(across.mean(0) < 0.5 * wrong.mean(0)), (across.mean(0), wrong.mean(0))


@pytest.mark.parametrize("skin", SKINS)
def test_creases_are_valleys_darker_than_the_palm_around_them(skin, close):
    found = close[1]
    lab = srgb_to_lab(color_image(found, skin))
    palm = palm_of_hand(found)
    inside, outside = palm * (found.creases.main > 0.5), palm * (found.creases.main < 0.02)
    assert inside.sum() > 100
    height = relief(found)
    assert mean(height, inside) < mean(height, outside) - 0.0001
    assert mean(lab, inside)[0] < mean(lab, outside)[0] - 3


def test_knuckles_have_more_blood_than_the_fingers_between(found):
    for part in found.parts.fingers[1:]:
        back = np.abs(part.angle) < 0.7
        at = part.rows[back & (np.abs(part.past[:, 1]) < 0.004)]
        between = part.rows[back & (np.abs(part.share - 0.6) < 0.1)]
        assert found.blood[at].mean() > found.blood[between].mean() + 0.05


def test_veins_and_tendons_are_not_on_the_palm(found):
    palm = palm_of_hand(found) > 0.9
    assert found.cords.veins[palm].max() < 0.05
    assert found.cords.tendons[palm].max() < 0.05
    assert found.cords.veins[back_of_hand(found) > 0.9].max() > 0.5


def test_shader_tints_darken_and_blood_reddens():
    for skin in SKINS:
        tints = shader_tints(skin)
        assert tints["blood"][0] > tints["blood"][1]
        assert tints["veins"][2] > tints["veins"][0] - 0.2
        assert all(0 < factor < 1.05 for tint in tints.values() for factor in tint)


def test_files_are_the_same_every_time_and_say_their_scale(model, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(bake, "VARIANTS", 2)
    sums = []
    for run in ("a", "b"):
        folder = tmp_path / run
        folder.mkdir()
        maps = bake.write_skin_maps(model, folder, 128, lambda line: None)
        sums.append([hashlib.sha256(path.read_bytes()).hexdigest() for path in maps.all()])
    assert sums[0] == sums[1]
    assert len(set(sums[0])) == len(sums[0])
    height = cv2.imread(str(maps.relief(0)), cv2.IMREAD_UNCHANGED)
    assert height.dtype == np.uint16
    assert height.shape == (128, 128)
    metres = (height / 65535.0 - 0.5) * 2 * bake.RELIEF_RANGE
    assert metres.min() > -0.9 * bake.RELIEF_RANGE
    assert metres.max() < 0.9 * bake.RELIEF_RANGE
    assert cv2.imread(str(maps.masks(0)), cv2.IMREAD_UNCHANGED).shape == (128, 128, 4)


def test_maps_are_kept_once(model, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(bake, "load_hand_model", lambda: model)
    monkeypatch.setattr(bake, "RESOLUTION", 64)
    monkeypatch.setattr(bake, "VARIANTS", 1)
    lines: list[str] = []
    maps = bake.ensure_skin_maps(lines.append)
    assert all(path.exists() for path in maps.all())
    assert "painting" in lines[0]
    lines.clear()
    assert bake.ensure_skin_maps(lines.append) == maps
    assert not lines
    assert [path.name for path in maps.folder.parent.iterdir()] == [maps.folder.name]
