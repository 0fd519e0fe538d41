"""Cameras that see people: drawn until a hand is in the picture and nothing is too near."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.body.model import SIDES
from synth.landmarks import LANDMARKS
from synth.manifest import Manifest
from synth.sampling.camera import Subject, camera_at, camera_centre, sample_camera, with_lens
from synth.sampling.people import viewpoint
from synth.sampling.people.act import Act
from synth.sampling.people.actor import Actor, Setting
from synth.sampling.people.person import PosedArm
from synth.sampling.posed_hand import moved_points
from synth.scene import Camera

Array = NDArray[np.float64]

#: Cameras that are tried.
_CAMERAS: Final = 12
_CAMERAS_OFF_HANDS: Final = 48
_SEEN_LANDMARKS: Final = 13
#: Metres between a camera and hands, and everything else of people.
_TO_HAND: Final = 0.1
_TO_BODY: Final = 0.1
_TO_OWN_HEAD: Final = 0.03
#: Metres before a camera's plane from which on a point can be seen.
_NEAREST: Final = 0.05
#: Metres about a table, and above it, in which no camera stands.
_BY_TABLE: Final = 0.2
_OVER_TABLE: Final = 0.06
#: Metres that clothes stand off the skin at most, an arm's radius with its sleeve, and the distance
#: from a hand's middle within which an arm is its own.
_CLOTHES: Final = 0.025
_ARM_RADIUS: Final = 0.06
_OWN_ARM: Final = 0.14
#: Share of pictures without hands that show a face, and logarithms of metres from what they show.
_FACE_SHARE: Final = 0.5
_OFF_HANDS: Final = (np.log(0.35), np.log(2.0))
#: Skin of hands whose landmarks are out of the picture by this share of its sides is out of it too.
_BORDER: Final = 0.1
_NO_ARMS: Final = np.zeros((0, 2, 3))
#: Places on the way from a hand to a camera that must not lie in a body: metres, for the body whose
#: hand it is, and shares of the way, for others.
_FROM_HAND: Final = np.arange(0.06, 0.7, 0.04)
_ON_THE_WAY: Final = np.linspace(0.25, 1.0, 10)
#: Where hands that are out of sight would else be: metres before and above the breastbone.
_BEFORE_CHEST: Final = (0.3, -0.25)


def sample_people_cameras(
    rng: np.random.Generator,
    manifest: Manifest,
    setting: Setting,
    actors: Sequence[Actor],
    acts: Sequence[Act],
    hidden: bool,
) -> list[Camera]:
    """The cameras of one frame.

    Args:
        hidden: whether hands are out of sight; then they need not be in the picture.
    """
    sitter = _sitter(actors[0], acts[0].arms, hidden)
    hands, solid = _points(actors, acts)
    chosen = []
    for _ in range(manifest.cameras):
        best, most = None, -np.inf
        for _ in range(_CAMERAS):
            view = _viewpoint(rng, setting, sitter, manifest)
            camera = viewpoint.camera_of(view, manifest.image)
            worth = _worth(camera, hands, solid, setting, hidden)
            if worth >= 1.0 and hidden:
                worth -= _seen_share(camera, hands, actors)
            elif worth >= 1.0 and not _sees_a_hand(camera, hands, actors):
                worth = 0.9
            if _under_table(camera, actors[0]):
                worth = min(worth, 0.5)
            if best is None or worth > most:
                best, most = camera, worth
            if worth >= 1.0:
                break
        assert best is not None
        chosen.append(with_lens(rng, manifest.camera, best, Subject(sitter.hands, _NO_ARMS)))
    return chosen


def sample_cameras_off_hands(
    rng: np.random.Generator, manifest: Manifest, actors: Sequence[Actor], acts: Sequence[Act]
) -> list[Camera]:
    """Cameras that see anything of a person but its hands: faces more than the rest."""
    hands, solid = _points(actors, acts)
    skin, head = solid[0], actors[0].figure.trunk.on_head
    chosen = []
    for _ in range(manifest.cameras):
        best, least = None, np.inf
        for _ in range(_CAMERAS_OFF_HANDS):
            aims = skin[head] if rng.uniform() < _FACE_SHARE else skin
            target = aims[int(rng.integers(len(aims)))]
            away = rng.normal(size=3) * (1.0, 1.0, 0.4) + (0.0, -0.8, 0.0)
            position = target + away / np.linalg.norm(away) * np.exp(rng.uniform(*_OFF_HANDS))
            fov = np.radians(rng.uniform(30.0, 75.0))
            focal = float(manifest.image.height / 2 / np.tan(fov / 2))
            camera = camera_at(manifest.image, focal, position, target, float(rng.normal(0, 0.15)))
            gap = min(float(np.linalg.norm(p - position, axis=1).min()) for p in solid)
            seen = float(_inside(camera, hands, _BORDER).sum()) + 100.0 * (gap < _TO_BODY)
            if best is None or seen < least:
                best, least = camera, seen
            if seen == 0:
                break
        assert best is not None
        chosen.append(best)
    return chosen


def sample_cameras_near_hands(
    rng: np.random.Generator, manifest: Manifest, actors: Sequence[Actor], acts: Sequence[Act]
) -> list[Camera]:
    """Cameras as for a lone hand, around all hands, with no body in between."""
    _, solid = _points(actors, acts)
    touching = [
        moved_points(actor.body_to_world, arm.landmarks)
        for actor, done in zip(actors, acts, strict=True)
        for arm in done.arms
        if arm.side in (done.touched or SIDES)
    ]
    subject = Subject(np.concatenate(touching), _NO_ARMS, np.concatenate(solid))
    limbs = np.concatenate(
        [
            moved_points(actor.body_to_world, arm.limb)
            for actor, done in zip(actors, acts, strict=True)
            for arm in done.arms
        ]
    )
    chosen = []
    for _ in range(manifest.cameras):
        best, most = None, -np.inf
        for _ in range(_CAMERAS):
            camera = sample_camera(rng, manifest.camera, manifest.image, subject)
            middles = np.stack([own.mean(0) for own in touching])
            worth = float(_open_ways(camera, middles, actors).min()) - _CLOTHES
            worth = min(worth, _room_beside(camera, middles, limbs))
            if best is None or worth > most:
                best, most = camera, worth
            if worth > 0.0:
                break
        assert best is not None
        chosen.append(best)
    return chosen


def _under_table(camera: Camera, actor: Actor) -> bool:
    """Whether a camera stands in, under or hardly above the person's table."""
    table = actor.table
    if table is None:
        return False
    place = moved_points(np.linalg.inv(actor.body_to_world), camera_centre(camera)[None])[0]
    over = (place[:2] > table.low - _BY_TABLE) & (place[:2] < table.high + _BY_TABLE)
    return bool(over.all() and place[2] < table.height + _OVER_TABLE)


def _sees_a_hand(camera: Camera, hands: Array, actors: Sequence[Actor]) -> bool:
    """Whether there is a hand in the picture that no body hides."""
    each = hands.reshape(-1, len(LANDMARKS), 3)
    inside = _inside(camera, hands).reshape(len(each), -1).sum(1) >= _SEEN_LANDMARKS
    return bool((_open_ways(camera, each[inside].mean(1), actors) > 0.0).any())


def _seen_share(camera: Camera, hands: Array, actors: Sequence[Actor]) -> float:
    """Share of the landmarks (N, 3) that are in the picture with no body before them."""
    inside = _inside(camera, hands)
    return float((_open_ways(camera, hands[inside], actors) > 0.0).sum() / len(hands))


def _open_ways(camera: Camera, places: Array, actors: Sequence[Actor]) -> Array:
    """(N,) metres by which the ways from places (N, 3) to the camera are clear of bodies."""
    if not len(places):
        return np.zeros(0)
    ways = camera_centre(camera) - places
    lengths = np.linalg.norm(ways, axis=1)[:, None]
    shares = np.minimum(_FROM_HAND / lengths, 1.0)
    shares = np.concatenate([shares, np.tile(_ON_THE_WAY, (len(places), 1))], axis=1)
    points = (places[:, None] + shares[..., None] * ways[:, None]).reshape(-1, 3)
    clear = [
        actor.figure.trunk.distance(moved_points(np.linalg.inv(actor.body_to_world), points))
        for actor in actors
    ]
    return np.min(clear, axis=0).reshape(len(places), -1).min(1)


def _room_beside(camera: Camera, places: Array, limbs: Array) -> float:
    """Metres by which the ways from places (N, 3) to the camera pass arms (L, 3) by; those next to
    a place are its own hand's."""
    centre = camera_centre(camera)
    room = np.inf
    for place in places:
        way = (centre - place) / np.linalg.norm(centre - place)
        to_limb = limbs - place
        along = to_limb @ way
        before = (along > 0.0) & (np.linalg.norm(to_limb, axis=1) > _OWN_ARM)
        aside = np.linalg.norm(to_limb - along[:, None] * way, axis=1)[before]
        room = min(room, float(aside.min(initial=np.inf)) - _ARM_RADIUS)
    return room


def _points(actors: Sequence[Actor], acts: Sequence[Act]) -> tuple[Array, list[Array]]:
    """(N, 3) landmarks of all hands, and all that cameras keep clear of, in the world."""
    hands, solid = [], []
    for actor, done in zip(actors, acts, strict=True):
        world = actor.body_to_world
        solid.append(moved_points(world, actor.figure.trunk.points))
        for arm in done.arms:
            hands.append(moved_points(world, arm.landmarks))
            solid.append(moved_points(world, arm.points))
    return np.concatenate(hands), solid


def _viewpoint(
    rng: np.random.Generator, setting: Setting, sitter: viewpoint.Sitter, manifest: Manifest
) -> viewpoint.Viewpoint:
    if setting == "webcam":
        return viewpoint.webcam(rng, sitter)
    if setting == "phone":
        aside = rng.normal(0.0, 0.2) * sitter.left + rng.uniform(-0.2, 0.3) * sitter.up
        place = sitter.eyes + rng.uniform(0.4, 0.75) * sitter.front + aside
        return viewpoint.phone(rng, sitter, np.asarray(place, float))
    if setting == "room":
        return viewpoint.room(rng, sitter, manifest.image)
    if setting == "desk":
        return viewpoint.desk(rng, sitter)
    return viewpoint.egocentric(rng, sitter)


def _sitter(actor: Actor, arms: Sequence[PosedArm], hidden: bool) -> viewpoint.Sitter:
    figure, world = actor.figure, actor.body_to_world
    hands = np.concatenate([arm.landmarks for arm in arms])
    if hidden:
        before, above = _BEFORE_CHEST
        hands = figure.joint("spine01")[None] + [0.0, -before, above]

    def at(point: Array) -> Array:
        return moved_points(world, point[None])[0]

    return viewpoint.Sitter(
        eyes=at(figure.eyes),
        chest=at(figure.joint("spine01")),
        hips=at(figure.joint("root")),
        front=-world[:3, 1],
        left=world[:3, 0],
        up=world[:3, 2],
        gaze=world[:3, :3] @ figure.gaze,
        hands=moved_points(world, hands),
    )


def _worth(
    camera: Camera, hands: Array, solid: Sequence[Array], setting: Setting, hidden: bool
) -> float:
    """1 and more for a camera that will do: clear of everything, with a hand in its picture."""
    centre = camera_centre(camera)
    gap = min(float(np.linalg.norm(points - centre, axis=1).min()) for points in solid)
    # A camera on the head is near to it.
    room = gap / (_TO_OWN_HEAD if setting == "egocentric" else _TO_BODY)
    to_hand = float(np.linalg.norm(hands - centre, axis=1).min()) / _TO_HAND
    inside = 1.0
    if not hidden:
        within = _inside(camera, hands)
        inside = float(within.reshape(-1, len(LANDMARKS)).sum(1).max()) / _SEEN_LANDMARKS
    return min(room, to_hand, inside, 1.0)


def _inside(camera: Camera, points: Array, border: float = 0.0) -> NDArray[np.bool_]:
    """(N,) which world points (N, 3) are in the picture, or no further from it than `border` of its
    sides."""
    matrix = np.array(camera.world_to_camera)
    seen = points @ matrix[:3, :3].T + matrix[:3, 3]
    pixels = seen @ np.array(camera.K).T
    pixels = pixels[:, :2] / np.maximum(pixels[:, 2:], 1e-6)
    size = np.array([camera.width, camera.height])
    within = (pixels >= -border * size) & (pixels < (1.0 + border) * size)
    return np.asarray(within.all(1) & (seen[:, 2] > _NEAREST))
