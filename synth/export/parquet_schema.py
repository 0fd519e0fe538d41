"""The columns of the Parquet files: a label of docs/format.md with its types.

Where docs/format.md has an object there is a struct with the same names, but for `image`: that is
the picture, and the image's size stands in `width` and `height`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from synth.errors import UserError
from synth.landmarks import BLENDSHAPES, BONES

if TYPE_CHECKING:
    import pyarrow as pa

#: Columns that `datasets` shows as pictures: structs of `bytes` and `path`.
PICTURES = ("image", "mask")


def parquet_schema() -> pa.Schema:
    """All columns, with the features of Hugging Face's `datasets` as metadata.

    Every column may be null; the same schema fits all datasets.
    """
    import pyarrow as pa

    integer, number, text = pa.int64(), pa.float64(), pa.string()
    vector, matrix = pa.list_(number), pa.list_(pa.list_(number))
    picture = pa.struct({"bytes": pa.binary(), "path": text})
    columns = {
        "key": text,
        "image": picture,
        "width": integer,
        "height": integer,
        "mask": picture,
        "depth": pa.list_(pa.list_(pa.float32())),
        "sequence": integer,
        "frame": integer,
        "camera_index": integer,
        "split": text,
        "kind": text,
        "camera": pa.struct({"K": matrix, "world_to_camera": matrix}),
        "light": _light(),
        "hands": pa.list_(_hand(integer, number, text, vector, matrix)),
    }
    features = {
        name: {"_type": "Image"} if name in PICTURES else _feature(kind)
        for name, kind in columns.items()
    }
    metadata = {"huggingface": json.dumps({"info": {"features": features}})}
    return pa.schema(columns, metadata=metadata)


def _light() -> Any:
    import pyarrow as pa

    number, vector = pa.float64(), pa.list_(pa.float64())
    lamp = pa.struct(
        {"position": vector, "target": vector, "size": number, "power": number, "color": vector}
    )
    return pa.struct(
        {
            "hdri": pa.string(),
            "rotation": number,
            "tilt": number,
            "strength": number,
            "tint": vector,
            "lamps": pa.list_(lamp),
        }
    )


def _hand(integer: Any, number: Any, text: Any, vector: Any, matrix: Any) -> Any:
    import pyarrow as pa

    from synth.hand.model import PHENOTYPES
    from synth.hand.recipe import LOCAL_CHANGES

    palm_box = pa.struct({"center": vector, "size": number, "rotation": number})
    return pa.struct(
        {
            "number": integer,
            "identity": text,
            "side": text,
            "landmarks_image": matrix,
            "landmarks_camera": matrix,
            "landmarks_world": matrix,
            "visibility": pa.list_(integer),
            "box": vector,
            "palm_box": palm_box,
            "bones": pa.struct(dict.fromkeys(BONES, vector)),
            "blendshapes": pa.struct(dict.fromkeys(BLENDSHAPES, number)),
            "phenotype": pa.struct(dict.fromkeys((*PHENOTYPES, *LOCAL_CHANGES), number)),
            "skin": text,
            "gesture": text,
            "worn": pa.list_(text),
            "holds": text,
        }
    )


def refuse_unknown(value: Any, kind: pa.DataType, where: str) -> None:
    """See that no key of a label is without a column: Arrow would pass over it.

    Raises:
        UserError: naming the first one.
    """
    import pyarrow as pa

    if isinstance(value, dict):
        known = {field.name: field.type for field in kind}
        for name, item in value.items():
            if name not in known:
                raise UserError(
                    f"{where}.{name}: is no key of a label that this version knows: export with the"
                    f" version that made the dataset"
                )
            refuse_unknown(item, known[name], f"{where}.{name}")
    elif isinstance(value, list) and pa.types.is_struct(kind.value_type):
        for item in value:
            refuse_unknown(item, kind.value_type, where)


def _feature(kind: pa.DataType) -> Any:
    """`datasets`' description of a type, in the spelling that all its versions read."""
    import pyarrow as pa

    if pa.types.is_struct(kind):
        return {field.name: _feature(field.type) for field in kind}
    if pa.types.is_list(kind):
        return [_feature(kind.value_type)]
    names = {pa.float64(): "float64", pa.float32(): "float32"}
    return {"dtype": names.get(kind, str(kind)), "_type": "Value"}
