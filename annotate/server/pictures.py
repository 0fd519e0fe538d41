"""Photographs and their thumbnails as the browser gets them."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from email.utils import formatdate
from typing import Annotated, Any, BinaryIO, Final

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import StreamingResponse
from PIL import Image

from annotate.photographs.decode import UnreadableError, load_upright, read_header
from annotate.photographs.inside import open_inside
from annotate.server.serving import (
    PhotographId,
    Serving,
    errors,
    file_key,
    modified,
    own_store,
    readable,
    refuse,
)
from annotate.store.store import Photograph

_CHUNK: Final = 1 << 20
_YEAR: Final = 365 * 24 * 3600
_PICTURE: Final[dict[str, Any]] = {"schema": {"type": "string", "format": "binary"}}
_NOT_MODIFIED: Final[dict[int | str, dict[str, Any]]] = {
    304: {"description": "As the browser has it"}
}

Version = Annotated[
    int | None, Query(alias="v", description="`modified` of the photograph", ge=0, le=2**53 - 1)
]
IfNoneMatch = Annotated[str | None, Header(max_length=1000)]


def picture_routes(serving: Serving) -> APIRouter:
    """Routes of what is shown."""
    router = APIRouter(
        prefix="/photographs/{photo_id}",
        dependencies=[own_store(serving)],
        responses=errors(503),
    )

    @router.get(
        "/image",
        response_class=Response,
        responses={
            200: {
                "description": "The file as it is",
                "content": {f"image/{kind}": _PICTURE for kind in ("jpeg", "png", "webp", "bmp")},
            },
            **_NOT_MODIFIED,
            **errors(404, 410),
        },
    )
    def image(
        photo_id: PhotographId, v: Version = None, if_none_match: IfNoneMatch = None
    ) -> Response:
        """The original bytes. What browsers would not turn upright is sent turned, as PNG."""
        found = readable(serving, photo_id)
        headers = _headers(found, v)
        if _same(if_none_match, headers["ETag"]):
            return Response(status_code=304, headers=headers)
        try:
            file = open_inside(serving.store.folder, found.path)
            header = read_header(file)
            if header.orientation != 1 and header.content_type != "image/jpeg":
                with file:
                    return Response(_as_png(file), headers=headers, media_type="image/png")
        except (OSError, UnreadableError) as error:  # changed since it was looked at
            refuse(410, f"{found.path}: cannot be read: {error}")
        file.seek(0)
        headers["Content-Length"] = str(os.fstat(file.fileno()).st_size)
        return StreamingResponse(_chunks(file), headers=headers, media_type=header.content_type)

    @router.get(
        "/thumbnail",
        response_class=Response,
        responses={
            200: {"description": "Upright", "content": {"image/jpeg": _PICTURE}},
            **_NOT_MODIFIED,
            **errors(404, 410),
        },
    )
    def small(
        photo_id: PhotographId, v: Version = None, if_none_match: IfNoneMatch = None
    ) -> Response:
        """A JPEG of at most 160 pixels a side."""
        found = readable(serving, photo_id)
        headers = _headers(found, v)
        if _same(if_none_match, headers["ETag"]):
            return Response(status_code=304, headers=headers)
        data = serving.thumbnails.get(file_key(found))
        if data is None:
            data = serving.thumbnails.get(file_key(readable(serving, photo_id, preview=True)))
        if data is None:
            refuse(410, f"{found.path}: changes while it is read")
        return Response(data, headers=headers, media_type="image/jpeg")

    return router


def _headers(photograph: Photograph, version: int | None) -> dict[str, str]:
    # Without the right version in the address the browser asks each time whether it has changed.
    current = version == modified(photograph)
    return {
        "ETag": f'"{photograph.bytes:x}-{photograph.modified_ns:x}"',
        "Last-Modified": formatdate(photograph.modified_ns // 1_000_000_000, usegmt=True),
        "Cache-Control": f"private, max-age={_YEAR}, immutable" if current else "private, no-cache",
    }


def _same(if_none_match: str | None, tag: str) -> bool:
    return if_none_match is not None and tag in (
        part.strip().removeprefix("W/") for part in if_none_match.split(",")
    )


def _as_png(file: BinaryIO) -> bytes:
    out = io.BytesIO()
    Image.fromarray(load_upright(file)).save(out, "PNG", compress_level=1)
    return out.getvalue()


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while chunk := file.read(_CHUNK):
            yield chunk
