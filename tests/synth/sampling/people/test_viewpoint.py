"""Where cameras stand, told by distances and angles to a person made by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from synth.manifest import Image
from synth.sampling.people import viewpoint
from synth.sampling.people.viewpoint import Sitter, Viewpoint, camera_of
from tests.synth.sampling.posed import centre_of, inside

#: Eyes 1.2 m up, facing −Y, the hands before the chest.
SITTER = Sitter(
    eyes=np.array([0.0, -0.08, 1.2]),
    chest=np.array([0.0, -0.05, 0.9]),
    hips=np.array([0.0, 0.0, 0.5]),
    front=np.array([0.0, -1.0, 0.0]),
    left=np.array([1.0, 0.0, 0.0]),
    up=np.array([0.0, 0.0, 1.0]),
    gaze=np.array([0.0, -0.94, -0.34]),
    hands=np.array(
        [[-0.15, -0.4, 0.85], [0.15, -0.4, 0.85], [-0.15, -0.5, 0.9], [0.15, -0.5, 0.9]]
    ),
)
IMAGE = Image(width=320, height=240)


def views(draw: Callable[[np.random.Generator], Viewpoint], count: int = 150) -> list[Viewpoint]:
    return [draw(np.random.default_rng(seed)) for seed in range(count)]


def test_webcams_stand_before_the_face() -> None:
    drawn = views(lambda rng: viewpoint.webcam(rng, SITTER))
    way = np.array([view.position - SITTER.eyes for view in drawn])
    assert (way @ SITTER.front > 0.4).all()
    assert (way @ SITTER.front < 1.25).all()
    assert np.abs(way @ SITTER.up).mean() < 0.25
    faces = [inside(camera_of(view, IMAGE), SITTER.eyes[None])[0] for view in drawn]
    assert np.mean(faces) > 0.7
    hands = [inside(camera_of(view, IMAGE), SITTER.hands).any() for view in drawn]
    assert np.mean(hands) > 0.4


def test_a_phone_is_where_it_is_held() -> None:
    holding = np.array([0.2, -0.6, 1.25])
    for view in views(lambda rng: viewpoint.phone(rng, SITTER, holding), 30):
        np.testing.assert_allclose(view.position, holding)
        np.testing.assert_allclose(centre_of(camera_of(view, IMAGE)), holding, atol=1e-9)
        assert np.linalg.norm(view.target - SITTER.eyes) < 0.45


def test_hands_are_small_across_a_room() -> None:
    shares = []
    for view in views(lambda rng: viewpoint.room(rng, SITTER, IMAGE)):
        camera = camera_of(view, IMAGE)
        distance = np.linalg.norm(view.position - (SITTER.eyes + SITTER.hips) / 2)
        assert distance > 0.85
        shares.append(0.18 * camera.K[0][0] / distance / 240)
    assert 0.02 < min(shares) < 0.05
    assert 0.1 < max(shares) < 0.16
    ahead = [
        (v.position - SITTER.hips) @ SITTER.front > 0
        for v in views(lambda rng: viewpoint.room(rng, SITTER, IMAGE))
    ]
    assert np.mean(ahead) > 0.9


def test_a_camera_over_a_desk_looks_down_on_the_hands() -> None:
    middle = SITTER.hands.mean(0)
    turned, seen = [], []
    for view in views(lambda rng: viewpoint.desk(rng, SITTER)):
        way = view.position - middle
        assert 0.34 < np.linalg.norm(way) < 0.91
        camera = camera_of(view, IMAGE)
        seen.append(inside(camera, middle[None])[0])
        forward = np.array(camera.world_to_camera)[2, :3]
        turned.append(np.degrees(np.arccos(-forward[2])))
    assert np.mean(seen) > 0.9
    assert np.median(turned) < 30
    assert max(turned) < 95


def test_people_see_their_own_hands() -> None:
    seen = []
    for view in views(lambda rng: viewpoint.egocentric(rng, SITTER)):
        assert np.linalg.norm(view.position - SITTER.eyes) < 0.2
        assert (view.position - SITTER.eyes) @ SITTER.front > 0.03
        seen.append(inside(camera_of(view, IMAGE), SITTER.hands).any())
    assert np.mean(seen) > 0.7


@pytest.mark.parametrize("degrees", [30.0, 90.0])
def test_a_camera_has_the_viewpoints_lens_place_and_aim(degrees: float) -> None:
    view = Viewpoint(
        np.array([1.0, -2.0, 1.5]), np.array([0.2, 0.1, 0.9]), float(np.radians(degrees)), 0.0
    )
    camera = camera_of(view, IMAGE)
    np.testing.assert_allclose(centre_of(camera), view.position, atol=1e-9)
    (focal, _, cx), (_, _, cy), _ = camera.K
    assert 2 * np.degrees(np.arctan(120 / focal)) == pytest.approx(degrees)
    rows = np.array(camera.world_to_camera)
    x, y, z = rows[:3, :3] @ view.target + rows[:3, 3]
    assert (focal * x / z + cx, focal * y / z + cy) == pytest.approx((160, 120))
    assert z == pytest.approx(np.linalg.norm(view.target - view.position))
    assert rows[0, 2] == pytest.approx(0.0, abs=1e-9)  # level
    assert rows[1, 2] < 0  # upright
