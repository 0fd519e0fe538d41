"""A small dataset without a fault, made of numbers and drawn lines, and ways to damage it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from synth.dataset import Dataset, write_dataset
from synth.hand.joint_angles import HandAngles, angles_to_rotations
from synth.hand.limits import sample_angles
from synth.hand.model import HandShape, forward_kinematics, landmarks_of, load_hand_model
from synth.landmarks import BLENDSHAPES, BONES
from synth.manifest import Manifest, parse_manifest
from synth.shards.archive import END, pack
from synth.shards.label_json import encode_label
from synth.shards.plan import plan_shards, sample_key, sequence_of_key
from synth.shards.writer import ShardRecord
from synth.splits import split_of
from synth.storage.files import sha256_of

WIDTH, HEIGHT = 160, 128
#: Content by ending, by key.
Members = dict[str, dict[str, bytes]]

_KEYS = {
    "name": "made",
    "seed": 5,
    "sequences": 4,
    "frames_per_sequence": 2,
    "cameras": 2,
    "image": {"width": WIDTH, "height": HEIGHT, "mask": True, "depth": True},
    "splits": {"train": 0.5, "val": 0.25, "test": 0.25},
    "identity": {"count": 4},
    "output": {"sequences_per_shard": 1},
}
PHENOTYPE = {
    **dict.fromkeys(("gender", "age", "muscle", "weight", "height", "proportions"), 0.5),
    **dict.fromkeys(
        (
            "hand_size",
            "finger_length",
            "finger_diameter",
            "finger_distance",
            "forearm_fat",
            "forearm_muscle",
        ),
        0.0,
    ),
}


def manifest() -> Manifest:
    return parse_manifest(_KEYS, Path(), "made.yaml")


@lru_cache(maxsize=1)
def shape() -> HandShape:
    return load_hand_model().shape(PHENOTYPE, {})


def angles_of(sequence: int, frame: int) -> HandAngles:
    return sample_angles(np.random.default_rng([sequence, frame]))


def make_label(
    sequence: int, frame: int, camera: int, angles: HandAngles | None = None
) -> dict[str, Any]:
    """All that docs/format.md asks for, from formulas written down here."""
    rotations = angles_to_rotations(shape(), angles or angles_of(sequence, frame))
    side = "right" if sequence % 2 else "left"
    points = landmarks_of(forward_kinematics(shape(), rotations))
    world = points * [1.0 if side == "right" else -1.0, 1.0, 1.0] + [0.01, -0.05, 0.02]
    turn = cv2.Rodrigues(np.array([0.4 + 0.7 * camera, 0.9 * sequence, 0.3 * frame]))[0]
    pose = np.eye(4)
    pose[:3, :3], pose[:3, 3] = turn, [0.01, 0.02, 0.4]
    seen = world @ turn.T + pose[:3, 3]
    f = 180.1234
    x = f * seen[:, 0] / seen[:, 2] + WIDTH / 2
    y = f * seen[:, 1] / seen[:, 2] + HEIGHT / 2
    z = (seen[:, 2] - seen[0, 2]) * f / seen[0, 2]
    inside = (x >= 0) & (x < WIDTH) & (y >= 0) & (y < HEIGHT)
    pad = f / 0.4 * 0.012
    left, top = max(0.0, x.min() - pad), max(0.0, y.min() - pad)
    right, bottom = min(WIDTH, x.max() + pad), min(HEIGHT, y.max() + pad)
    return {
        "sequence": sequence,
        "frame": frame,
        "camera_index": camera,
        "split": split_of(manifest(), sequence),
        "kind": "hand",
        "image": {"width": WIDTH, "height": HEIGHT},
        "camera": {
            "K": [[f, 0, WIDTH / 2], [0, f, HEIGHT / 2], [0, 0, 1]],
            "world_to_camera": pose,
        },
        "light": {
            "hdri": f"light-{split_of(manifest(), sequence)}.exr",
            "rotation": 0.25 * sequence,
            "tilt": -0.1,
            "strength": 1.5,
            "tint": [1.0, 0.9, 1.1],
            "lamps": [
                {
                    "position": [0.0, 1.0, 2.0],
                    "target": [0.0, 0.0, 0.0],
                    "size": 0.3,
                    "power": 20.0,
                    "color": [1.0, 1.0, 0.5],
                }
            ],
        },
        "hands": [
            {
                "number": 0,
                "identity": f"{sequence:06d}",
                "side": side,
                "landmarks_image": np.column_stack([x, y, z]),
                "landmarks_camera": seen,
                "landmarks_world": world,
                "visibility": np.where(inside, 2, 0),
                "box": [left, top, right - left, bottom - top],
                "palm_box": _palm_box(x, y),
                "bones": dict(zip(BONES, rotations, strict=True)),
                "blendshapes": dict.fromkeys(BLENDSHAPES, 0.0),
                "phenotype": PHENOTYPE,
                "skin": "tan",
                "gesture": "fist" if frame else None,
                "worn": ["ring"],
                "holds": None,
            }
        ],
    }


def _palm_box(x: Any, y: Any) -> dict[str, Any]:
    """With complex numbers, for which turning is a product."""
    points = x + 1j * y
    up = points[9] - points[0]
    turn = -1j * abs(up) / up  # takes wrist → middle MCP to −i, which is up
    upright = points[[0, 1, 2, 5, 9, 13, 17]] * turn
    real, imag = upright.real, upright.imag
    center = complex(real.min() + real.max(), imag.min() + imag.max()) / 2 / turn
    return {
        "center": [center.real, center.imag],
        "size": max(np.ptp(real), np.ptp(imag)),
        "rotation": np.arctan2(up.real, -up.imag),
    }


def make_members(label: dict[str, Any]) -> dict[str, bytes]:
    """A sample whose image shows the label's hand as thick lines before a pattern."""
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    image = np.stack([60 + rows // 2, 70 + columns // 3, 90 + (rows + columns) // 8], -1)
    image = image.astype(np.uint8)
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    depth = np.full((HEIGHT, WIDTH), np.inf, np.float32)
    hand = label["hands"][0]
    for (x, y, _), (_, _, z) in zip(hand["landmarks_image"], hand["landmarks_camera"], strict=True):
        place = round(x - 0.5), round(y - 0.5)
        cv2.circle(image, place, 4, (170, 190, 230), -1)
        cv2.circle(mask, place, 4, 1, -1)
        cv2.circle(depth, place, 4, float(z) - 0.01, -1)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, depth=depth)
    return {
        "jpg": cv2.imencode(".jpg", image)[1].tobytes(),
        "json": encode_label(label),
        "mask.png": cv2.imencode(".png", mask)[1].tobytes(),
        "depth.npz": buffer.getvalue(),
    }


@lru_cache(maxsize=1)
def _all_members() -> Members:
    return {
        sample_key(sequence, frame, camera): make_members(make_label(sequence, frame, camera))
        for sequence in range(4)
        for frame in range(2)
        for camera in range(2)
    }


def write_made(folder: Path, edit: Callable[[Members], object] = lambda members: None) -> Path:
    """Write the dataset; what `edit` does to the samples is in the checksums, too."""
    members = {key: dict(parts) for key, parts in _all_members().items()}
    edit(members)
    folder.mkdir(parents=True, exist_ok=True)
    records = []
    for plan in plan_shards(manifest()):
        own = [key for key in members if sequence_of_key(key) in plan.sequences]
        files = [(f"{key}.{end}", data) for key in own for end, data in members[key].items()]
        path = folder / plan.name
        path.write_bytes(b"".join(pack(files)) + END)
        size, first, count = path.stat().st_size, plan.sequences.start, len(plan.sequences)
        records.append(
            ShardRecord(plan.name, plan.split, sha256_of(path), size, first, count, 4 * count)
        )
    content = manifest().model_dump(mode="json")
    write_dataset(folder, Dataset("made", content, manifest().checksum(), {}, {}, tuple(records)))
    return folder


def label_of(members: Members, key: str) -> Any:
    return json.loads(members[key]["json"])


def edit_label(key: str, change: Callable[[Any], object]) -> Callable[[Members], None]:
    """An edit that changes one label; the image stays."""

    def edit(members: Members) -> None:
        label = label_of(members, key)
        change(label)
        members[key]["json"] = json.dumps(label).encode()

    return edit


def replace_image(key: str, image: Any) -> Callable[[Members], None]:
    def edit(members: Members) -> None:
        members[key]["jpg"] = cv2.imencode(".jpg", np.asarray(image, np.uint8))[1].tobytes()

    return edit


def tar_header_starts(path: Path) -> Iterator[int]:
    """Where the members' headers begin."""
    import tarfile

    with tarfile.open(path) as archive:
        for info in archive:
            yield info.offset
