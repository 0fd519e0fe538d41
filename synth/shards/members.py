"""The files of one sample inside a shard, and back.

`{key}.jpg` and `{key}.json` always; `{key}.mask.png` (8 bits, one channel) and `{key}.depth.npz`
(one array named `depth`, float32 metres) if the manifest asks for them. WebDataset's default
decoders read all four. Depth is compressed because most of it is the same "nothing".
"""

from __future__ import annotations

import io

import cv2
import numpy as np

from synth.sample import Sample
from synth.shards.label_json import decode_label, encode_label

JPEG = "jpg"
LABEL = "json"
MASK = "mask.png"
DEPTH = "depth.npz"


def encode_members(sample: Sample) -> list[tuple[str, bytes]]:
    """Names and contents, in the order in which they stand in the shard."""
    members = [(JPEG, sample.jpeg), (LABEL, encode_label(sample.label))]
    if sample.mask is not None:
        ok, png = cv2.imencode(".png", np.ascontiguousarray(sample.mask))
        if not ok:
            raise ValueError(f"sample {sample.key}: the mask cannot be encoded as PNG")
        members.append((MASK, png.tobytes()))
    if sample.depth is not None:
        buffer = io.BytesIO()
        np.savez_compressed(buffer, depth=sample.depth.astype(np.float32))
        members.append((DEPTH, buffer.getvalue()))
    return [(f"{sample.key}.{name}", data) for name, data in members]


def decode_members(key: str, members: dict[str, bytes]) -> Sample:
    """The inverse of `encode_members`.

    Args:
        key: of the sample.
        members: content by what follows the key and the dot in a member's name.

    Raises:
        ValueError: if the image or the label is missing or something cannot be decoded.
    """
    if JPEG not in members or LABEL not in members:
        raise ValueError(f"sample {key} has no image or no label")
    mask = depth = None
    if MASK in members:
        mask = cv2.imdecode(np.frombuffer(members[MASK], np.uint8), cv2.IMREAD_UNCHANGED)
        if mask is None:
            raise ValueError(f"sample {key}: the mask is no PNG")
    if DEPTH in members:
        with np.load(io.BytesIO(members[DEPTH])) as arrays:
            depth = arrays["depth"]
    return Sample(key, members[JPEG], decode_label(members[LABEL]), mask, depth)
