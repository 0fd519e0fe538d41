"""Things in a scene: which, how large and how they look; what is in the way and what lies about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.rotations import rotation_about
from synth.sampling.placement import random_rotation
from synth.scene import Camera, Matrix4, Split, Thing
from synth.things.cover import boxed, covered, in_camera, in_picture
from synth.things.kind import Role
from synth.things.kinds import KINDS, kinds_of, sized_mesh, thing_mesh
from synth.things.looks import sample_surface
from synth.things.mesh import Mesh

Array = NDArray[np.float64]

#: Kinds that appear in the test split alone, so that it also asks for what was never seen.
HELD_OUT_KINDS: Final = frozenset(
    {
        "branch",
        "camera",
        "chair",
        "doughnut",
        "foot",
        "lighter",
        "microphone",
        "notebook",
        "paper_cup",
        "toothbrush",
        "wrench",
    }
)
#: An occluder lies so far along the way from the camera to what it hides.
_SHARE_OF_WAY: Final = (0.3, 0.85)
#: Metres that occluders keep from the camera's plane, and from that of the nearest target.
CAMERA_CLEARANCE: Final = 0.06
TARGET_CLEARANCE: Final = 0.03
#: An occluder that hides less than this share of the targets is none.
_LEAST_HIDDEN: Final = 0.01
_ATTEMPTS: Final = 40
#: Metres behind the targets, as multiples of their distance, in which clutter lies.
_BEHIND: Final = (0.75, 3.0)
_FURNITURE_SHARE: Final = 0.25
_UPRIGHT_SHARE: Final = 0.7


def sample_thing(
    rng: np.random.Generator,
    role: Role,
    kinds: Sequence[str] | None = None,
    split: Split = "train",
) -> Thing:
    """A thing of any kind that may have the role, or of one of `kinds`.

    Raises:
        ValueError: no kind is left: all are kept for the test split.
    """
    names = [
        name
        for name in (kinds_of(role) if kinds is None else kinds)
        if split == "test" or name not in HELD_OUT_KINDS
    ]
    if not names:
        raise ValueError(f"all of {kinds} are kept for the test split: none is left for {split}")
    name = names[int(rng.integers(len(names)))]
    kind = KINDS[name]
    size = {key: round(float(rng.uniform(*span)), 5) for key, span in kind.sizes.items()}
    seed = int(rng.integers(1, 2**31))
    extent = _extent(sized_mesh(name, size, seed))
    first, second = (
        sample_surface(rng, materials[int(rng.integers(len(materials)))], extent)
        for materials in kind.materials
    )
    return Thing(kind=name, role=role, size=size, surface=first, surface2=second, seed=seed)


def _extent(mesh: Mesh) -> float:
    """Metres: side of a square as large as the mesh's largest view."""
    sides = np.sort(np.ptp(mesh.vertices, axis=0))
    return float(np.sqrt(sides[1] * sides[2]))


def place_occluders(
    rng: np.random.Generator,
    count: int,
    camera: Camera,
    targets_world: Array,
    hidden: float,
    split: Split = "train",
) -> tuple[list[Thing], list[Matrix4]]:
    """Things between a camera and its targets, each of which hides some of them.

    All together hide at most the share `hidden` of the targets that are in the picture. A place
    that does not serve is drawn again, a limited number of times: there may be fewer things.
    Nothing comes nearer to the camera's plane than CAMERA_CLEARANCE, nor to the plane of the
    nearest target than TARGET_CLEARANCE.

    Args:
        targets_world: (N, 3) metres, points of skin.
        hidden: 0 … 1.

    Returns:
        Things and their thing_to_world, in the same order.
    """
    targets = in_camera(np.asarray(targets_world, dtype=float), camera)
    seen = targets[in_picture(targets, camera)]
    things: list[Thing] = []
    places: list[Matrix4] = []
    if not len(seen):
        return things, places
    nearest = float(targets[:, 2].min()) - TARGET_CLEARANCE
    camera_to_world = np.linalg.inv(np.array(camera.world_to_camera))
    gone = np.zeros(len(seen), bool)
    boxes: list[tuple[Array, Array]] = []
    for _ in range(count):
        for _ in range(_ATTEMPTS):
            thing = sample_thing(rng, "occluder", split=split)
            mesh = thing_mesh(thing)
            pose = _before(rng, mesh, seen, nearest)
            if pose is None:
                continue
            vertices = mesh.vertices @ pose[:3, :3].T + pose[:3, 3]
            low, high = vertices.min(0), vertices.max(0)
            if any((low < other[1]).all() and (high > other[0]).all() for other in boxes):
                continue
            now = covered(seen, mesh, vertices, camera)
            together = (gone | now).mean()
            if now.mean() < _LEAST_HIDDEN or (now & ~gone).sum() == 0 or together > hidden:
                continue
            gone |= now
            boxes.append((low, high))
            things.append(thing)
            places.append(_rows(camera_to_world @ pose))
            break
    return things, places


def _before(rng: np.random.Generator, mesh: Mesh, seen: Array, nearest: float) -> Array | None:
    """(4, 4) thing_to_camera before one of the targets, shifted aside; None: no room there."""
    aim = seen[int(rng.integers(len(seen)))]
    turn = random_rotation(rng)
    share = rng.uniform(*_SHARE_OF_WAY)
    depths = mesh.vertices @ turn[2]
    room = nearest - CAMERA_CLEARANCE
    if np.ptp(depths) > room:
        # Laid across the view, what is long may fit.
        turn = rotation_about(np.array([0.0, 0.0, 1.0]), rng.uniform(0, 2 * np.pi)) @ _across(mesh)
        depths = mesh.vertices @ turn[2]
        if np.ptp(depths) > room:
            return None
    centre = aim * share
    centre[2] = np.clip(centre[2], CAMERA_CLEARANCE - depths.min(), nearest - depths.max())
    if not _SHARE_OF_WAY[0] <= centre[2] / aim[2] <= _SHARE_OF_WAY[1]:
        return None
    centre[:2] = aim[:2] * centre[2] / aim[2]
    # Aside by up to its own half size, so that its edge as often as its middle is in the way.
    aside = rng.uniform(0, 2 * np.pi)
    direction = np.array([np.cos(aside), np.sin(aside)])
    reach = np.abs((mesh.vertices @ turn.T)[:, :2] @ direction).max()
    centre[:2] += direction * reach * np.sqrt(rng.uniform())
    pose = np.eye(4)
    pose[:3, :3], pose[:3, 3] = turn, centre
    return pose


def _across(mesh: Mesh) -> Array:
    """(3, 3) rotation that turns the mesh's thinnest side to the camera."""
    order = np.argsort(-np.ptp(mesh.vertices, axis=0))
    turn = np.eye(3)[order]
    turn[2] *= np.sign(np.linalg.det(turn))
    return turn


def place_clutter(
    rng: np.random.Generator,
    count: int,
    around_world: Array,
    keep_clear_m: float,
    cameras: Sequence[Camera] = (),
    split: Split = "train",
    taken: Sequence[tuple[Array, Array]] = (),
) -> tuple[list[Thing], list[Matrix4]]:
    """Things around hands or people: beside and behind them, hiding none of the points.

    A thing's bounding box and a margin of `keep_clear_m` metres hold none of the points, and no
    camera sees it before one. A place that does not serve is drawn again, a limited number of
    times: there may be fewer things. Without cameras they lie all around.

    Args:
        around_world: (M, 3) metres, skin and clothes; no gaps wider than about `keep_clear_m`.
        taken: corners of upright boxes in the world in which something stands already.

    Returns:
        Things and their thing_to_world, in the same order.
    """
    around = np.asarray(around_world, dtype=float)
    seen_by = [(camera, in_camera(around, camera)) for camera in cameras]
    things: list[Thing] = []
    places: list[Matrix4] = []
    boxes = list(taken)
    for _ in range(count):
        role: Role = "furniture" if rng.uniform() < _FURNITURE_SHARE else "clutter"
        for _ in range(_ATTEMPTS):
            thing = sample_thing(rng, role, split=split)
            mesh = thing_mesh(thing)
            pose = _about(rng, mesh, KINDS[thing.kind].up == "y", around, seen_by)
            vertices = mesh.vertices @ pose[:3, :3].T + pose[:3, 3]
            low, high = vertices.min(0), vertices.max(0)
            if any((low < other[1]).all() and (high > other[0]).all() for other in boxes):
                continue
            own = (around - pose[:3, 3]) @ pose[:3, :3]
            if boxed(own, mesh, keep_clear_m).any():
                continue
            if any(_hides(mesh, vertices, camera, points) for camera, points in seen_by):
                continue
            boxes.append((low, high))
            things.append(thing)
            places.append(_rows(pose))
            break
    return things, places


def _about(
    rng: np.random.Generator,
    mesh: Mesh,
    along_y: bool,
    around: Array,
    seen_by: Sequence[tuple[Camera, Array]],
) -> Array:
    """(4, 4) thing_to_world, upright more often than not, in some camera's view or all around."""
    turn = random_rotation(rng)
    yaw = rotation_about(np.array([0.0, 0.0, 1.0]), rng.uniform(0, 2 * np.pi))
    if rng.uniform() < _UPRIGHT_SHARE:
        stand = rotation_about(np.array([1.0, 0.0, 0.0]), np.pi / 2) if along_y else np.eye(3)
        turn = yaw @ stand
    middle = (around.min(0) + around.max(0)) / 2
    pose = np.eye(4)
    pose[:3, :3] = turn
    if seen_by:
        camera, points = seen_by[int(rng.integers(len(seen_by)))]
        (focal, _, cx), (_, _, cy), _ = camera.K
        depth = float(np.median(points[:, 2])) * rng.uniform(*_BEHIND)
        x, y = rng.uniform(-0.1, 1.1, 2) * [camera.width, camera.height]
        centre = np.array([(x - cx) / focal, (y - cy) / focal, 1.0, 1.0 / max(depth, 1e-3)]) * depth
        at = (np.linalg.inv(np.array(camera.world_to_camera)) @ centre)[:3]
    else:
        direction = rng.normal(size=3)
        direction /= np.linalg.norm(direction)
        size = float(np.linalg.norm(around - middle, axis=1).max())
        at = middle + direction * (size + rng.uniform(0.05, 1.5))
    own_middle = (mesh.vertices.min(0) + mesh.vertices.max(0)) / 2
    pose[:3, 3] = at - turn @ own_middle
    return pose


def _hides(mesh: Mesh, vertices_world: Array, camera: Camera, points_camera: Array) -> bool:
    """Whether a camera sees the thing before any of the points, or is itself nearly in it."""
    vertices = in_camera(vertices_world, camera)
    low, high = vertices.min(0) - CAMERA_CLEARANCE, vertices.max(0) + CAMERA_CLEARANCE
    if (low < 0).all() and (high > 0).all():
        return True
    behind = points_camera[(points_camera[:, 2] > vertices[:, 2].min()) & (points_camera[:, 2] > 0)]
    if not len(behind):
        return False
    # Faces that cross the camera's plane cannot be drawn: then their box decides.
    if vertices[:, 2].min() < CAMERA_CLEARANCE < vertices[:, 2].max():
        return True
    return bool(covered(behind, mesh, vertices, camera).any())


def _rows(matrix: Array) -> Matrix4:
    return tuple((float(a), float(b), float(c), float(d)) for a, b, c, d in matrix)
