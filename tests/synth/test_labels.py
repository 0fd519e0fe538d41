"""The label of one image, worked by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

from synth.labels import (
    hand_box,
    label_of_view,
    landmarks_with_depth,
    palm_box,
    project,
    worn_names,
)
from synth.landmarks import BLENDSHAPES, BONES
from synth.scene import Camera, Frame, Glove, Kind, Marks, Ornament, Scene, Surface

IDENTITY = tuple(tuple(row) for row in np.eye(4).tolist())
K = ((100.0, 0.0, 64.0), (0.0, 100.0, 48.0), (0.0, 0.0, 1.0))


def camera(world_to_camera: Any = IDENTITY) -> Camera:
    return Camera(K=K, world_to_camera=world_to_camera, width=128, height=96)


def test_a_point_is_projected_through_the_pinhole() -> None:
    # Turned by 90° about z and moved: camera x = −y + 0.1, y = x, z = z + 0.2.
    moved = (
        (0.0, -1.0, 0.0, 0.1),
        (1.0, 0.0, 0.0, 0.0),
        (0.0, 0.0, 1.0, 0.2),
        (0.0, 0.0, 0.0, 1.0),
    )
    pixels, points = project(np.array([[0.05, 0.02, 0.3]]), camera(moved))
    np.testing.assert_allclose(points, [[0.08, 0.05, 0.5]])
    # 64 + 100 · 0.08 / 0.5 and 48 + 100 · 0.05 / 0.5
    np.testing.assert_allclose(pixels, [[80.0, 58.0]])


def test_z_is_depth_from_the_wrist_in_pixels_at_the_wrist() -> None:
    world = np.zeros((21, 3))
    world[:, 2] = 0.5
    world[8] = [0.1, -0.05, 0.4]
    world[12, 2] = 0.55
    image, in_camera = landmarks_with_depth(world, camera())
    np.testing.assert_allclose(image[0], [64, 48, 0])
    # Nearer by 0.1 m: −0.1 · 100 / 0.5; x = 64 + 100 · 0.1 / 0.4, y = 48 − 100 · 0.05 / 0.4.
    np.testing.assert_allclose(image[8], [89, 35.5, -20])
    np.testing.assert_allclose(image[12], [64, 48, 10])
    np.testing.assert_allclose(in_camera, world)


def test_the_box_is_cut_to_the_image() -> None:
    # At 1 m a pixel is 1 cm: x from 64 − 20 to 64 + 70 → 128, y from 48 − 60 → 0 to 48 + 10.
    skin = np.array([[-0.2, 0.0, 1.0], [0.7, 0.1, 1.0], [0.0, -0.6, 1.0]])
    assert hand_box(skin, camera()) == pytest.approx([44, 0, 84, 58])
    behind = np.array([[0.0, 0.0, -1.0], [0.1, 0.1, -1.0]])
    assert hand_box(np.concatenate([skin, behind]), camera()) == pytest.approx([44, 0, 84, 58])


def test_there_is_no_box_where_nothing_is_in_the_image() -> None:
    assert hand_box(np.array([[-2.0, 0.0, 1.0], [-1.0, 0.1, 1.0]]), camera()) is None
    assert hand_box(np.array([[0.0, 0.0, -1.0], [0.1, 0.1, -1.0]]), camera()) is None


def upright_palm() -> np.ndarray:
    """Palm landmarks of a hand that points up; the fingers do not count."""
    points = np.full((21, 3), 1000.0)
    points[0, :2] = (50, 90)
    points[1, :2], points[2, :2] = (62, 80), (70, 70)
    points[5, :2], points[9, :2] = (64, 42), (50, 40)
    points[13, :2], points[17, :2] = (42, 42), (34, 48)
    return points


def test_the_palm_box_of_an_upright_hand() -> None:
    # x 34 … 70, y 40 … 90: centre (52, 65), the longer side is 50.
    box = palm_box(upright_palm())
    assert box["center"] == pytest.approx([52, 65])
    assert box["size"] == pytest.approx(50)
    assert box["rotation"] == pytest.approx(0)


@pytest.mark.parametrize("degrees", [90, -90, 30, 179, -135])
def test_the_palm_box_turns_with_the_hand(degrees: float) -> None:
    # Clockwise as seen, where y runs down: (x, y) → (c·x − s·y, s·x + c·y).
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turn = np.array([[c, -s], [s, c]])
    points = upright_palm()
    points[:, :2] = points[:, :2] @ turn.T
    box = palm_box(points)
    assert box["rotation"] == pytest.approx(np.radians(degrees))
    assert box["size"] == pytest.approx(50)
    assert box["center"] == pytest.approx((turn @ [52, 65]).tolist())
    if degrees == 90:  # what pointed up points right
        along = points[9, :2] - points[0, :2]
        assert along == pytest.approx([50, 0])


def label(scene: Scene, frame: Frame, index: int = 0) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    at = np.linalg.inv(np.array(frame.views[index].camera.world_to_camera))
    landmarks = rng.normal(0, 0.05, (21, 3)) + (at @ [0, 0, 0.5, 1])[:3]
    return label_of_view(
        scene, frame, index, [SeenHand(landmarks, landmarks)], lambda number, points: [2] * 21
    )


class SeenHand(NamedTuple):
    landmarks_world: np.ndarray
    vertices: np.ndarray


def test_a_label_has_exactly_the_keys_of_the_format(planned_scenes: list[Scene]) -> None:
    scene = planned_scenes[0]
    made = label(scene, scene.frames[0], 1)
    assert set(made) == {
        *("sequence", "frame", "camera_index", "split", "kind"),
        *("image", "camera", "light", "hands"),
    }
    assert made["camera_index"] == 1
    assert set(made["image"]) == {"width", "height"}
    assert set(made["camera"]) == {"K", "world_to_camera"}
    assert "hdri" in made["light"]
    assert "/" not in made["light"]["hdri"]
    (hand,) = made["hands"]
    assert set(hand) == {
        *("side", "landmarks_image", "landmarks_camera", "landmarks_world", "visibility", "box"),
        *("palm_box", "bones", "blendshapes", "phenotype", "skin", "gesture"),
        *("number", "identity", "worn", "holds"),
    }
    assert set(hand["palm_box"]) == {"center", "size", "rotation"}
    assert tuple(hand["bones"]) == BONES
    assert tuple(hand["blendshapes"]) == BLENDSHAPES
    assert [np.shape(hand[f"landmarks_{frame}"]) for frame in ("image", "camera", "world")] == [
        (21, 3)
    ] * 3
    assert np.shape(made["camera"]["K"]) == (3, 3)
    assert np.shape(made["camera"]["world_to_camera"]) == (4, 4)
    assert (hand["side"], hand["skin"]) == (scene.hands[0].side, scene.hands[0].skin.name)


def test_labels_go_through_json_unchanged(planned_scenes: list[Scene]) -> None:
    for scene in planned_scenes[:3]:
        made = label(scene, scene.frames[0])
        assert json.loads(json.dumps(made, allow_nan=False)) == made


def test_what_is_unknown_is_null(planned_scenes: list[Scene]) -> None:
    scene = planned_scenes[0]
    frame = scene.frames[0].model_copy(update={"gestures": (None,)})
    (hand,) = label(scene, frame)["hands"]
    assert hand["gesture"] is None
    assert hand["holds"] is None


def test_a_hand_outside_the_picture_is_left_out(planned_scenes: list[Scene]) -> None:
    scene = planned_scenes[0]
    frame = scene.frames[0]
    outside = np.tile([[100.0, 0.0, 0.0]], (21, 1))
    camera_ = frame.views[0].camera
    matrix = np.linalg.inv(np.array(camera_.world_to_camera))
    world = outside @ matrix[:3, :3].T + matrix[:3, 3] + matrix[:3, 2]
    made = label_of_view(scene, frame, 0, [SeenHand(world, world)], lambda number, points: [0] * 21)
    assert made["hands"] == []


SURFACE = Surface(
    color=(0.5, 0.5, 0.5),
    color2=(0.1, 0.1, 0.1),
    pattern="plain",
    pattern_scale=0.01,
    roughness=0.5,
)


def ornament(kind: str) -> Ornament:
    return Ornament(
        kind=kind,  # type: ignore[arg-type]
        bone="ring_proximal",
        along=0.01,
        azimuth=0.0,
        size={"width": 0.005},
        surface=SURFACE,
        front=SURFACE,
        seed=1,
    )


def test_what_a_hand_wears_has_names(planned_scenes: list[Scene]) -> None:
    plain = planned_scenes[0].hands[0]
    bare = plain.model_copy(update={"glove": None, "ornaments": (), "marks": Marks()})
    assert worn_names(bare) == []
    glove = Glove(
        kind="wool",
        color=(0.1, 0.1, 0.1),
        color2=(0.2, 0.2, 0.2),
        thickness=0.002,
        cuff=0.05,
        roughness=0.9,
        pattern_scale=0.003,
        wrinkles=0.5,
        seed=1,
    )
    rings = (ornament("ring"), ornament("watch"), ornament("ring"))
    marks = Marks(wetness=0.3, polish=1.0, tattoo=0.0)
    everything = bare.model_copy(update={"glove": glove, "ornaments": rings, "marks": marks})
    # Each once, in an order that does not depend on the draw.
    assert worn_names(everything) == ["wool_glove", "ring", "watch", "polish", "wetness"]
    assert worn_names(bare.model_copy(update={"marks": Marks(henna=0.1)})) == ["henna"]


def hands_in_a_row(scene: Scene, frame: Frame, places: list[float]) -> list[SeenHand]:
    """Clouds of points half a metre before the first camera, so far to its right."""
    at = np.linalg.inv(np.array(frame.views[0].camera.world_to_camera))
    rng = np.random.default_rng(0)
    found = []
    for place in places:
        own = rng.normal(0, 0.01, (21, 3)) + [place, 0.0, 0.5]
        world = own @ at[:3, :3].T + at[:3, 3]
        found.append(SeenHand(world, world))
    return found


def test_each_hand_has_a_label_of_its_own(scenes_of: Callable[[Kind], list[Scene]]) -> None:
    scene = next(scene for scene in scenes_of("people") if len(scene.hands) == 4)
    frame = scene.frames[0].model_copy(update={"gestures": ("fist", None, "ok", "point")})
    asked: list[int] = []

    def visibility(number: int, points: np.ndarray) -> list[int]:
        asked.append(number)
        return [number % 3] * 21

    # The second one is out of the picture.
    hands = hands_in_a_row(scene, frame, [0.0, 50.0, 0.05, -0.05])
    made = label_of_view(scene, frame, 0, hands, visibility)
    assert made["kind"] == "people"
    assert [hand["number"] for hand in made["hands"]] == asked == [0, 2, 3]
    for hand in made["hands"]:
        number = hand["number"]
        look = scene.hands[number]
        assert hand["visibility"] == [number % 3] * 21
        assert hand["gesture"] == frame.gestures[number]
        assert (hand["identity"], hand["side"]) == (look.identity, look.side)
        assert hand["worn"] == worn_names(look)
        np.testing.assert_allclose(hand["landmarks_world"], hands[number].landmarks_world)
        bones = frame.moment.hands[number].bones
        assert hand["bones"]["index_proximal"] == list(bones["index_proximal"])


def test_what_a_hand_holds_has_its_kind(scenes_of: Callable[[Kind], list[Scene]]) -> None:
    scene = scenes_of("held")[0]
    frame = scene.frames[0]
    (hand,) = label_of_view(
        scene, frame, 0, hands_in_a_row(scene, frame, [0.0]), lambda number, points: [2] * 21
    )["hands"]
    assert hand["holds"] == scene.things[0].kind
    assert hand["gesture"] is None


def test_an_empty_picture_has_no_hands(scenes_of: Callable[[Kind], list[Scene]]) -> None:
    for scene in scenes_of("empty"):
        if not scene.hands:
            made = label_of_view(scene, scene.frames[0], 0, [], lambda number, points: [])
            assert made["hands"] == []
            assert made["kind"] == "empty"
