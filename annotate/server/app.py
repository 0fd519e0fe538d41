"""The server's app: its routes, its page, and its errors as one line each."""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response

from annotate.server.edits import label_routes
from annotate.server.pictures import picture_routes
from annotate.server.proposals import proposal_routes
from annotate.server.security import Access, Guard
from annotate.server.serving import Serving, errors, refuse
from annotate.store.store import Conflict

PAGE: Final = Path(__file__).parent.parent / "page"

#: Files of the page, by the end of their names.
_CONTENT_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}


def create_app(serving: Serving, access: Access) -> FastAPI:
    """The app that serves one folder.

    Args:
        serving: folder, labels and helpers.
        access: what a request must show.
    """
    app = FastAPI(
        title="hand-annotate",
        redirect_slashes=False,  # one address each
        # Their pages load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        responses=errors(400, 403, 413, 415, 422),
    )
    app.include_router(label_routes(serving))
    app.include_router(proposal_routes(serving))
    app.include_router(picture_routes(serving))

    files = _page_files()

    # Without waiting for anything, so not in a thread: the page has forty files.
    @app.get("/", response_class=Response, responses=_file("text/html"))
    async def index(request: Request) -> Response:
        """The page."""
        return _page_file(files["index.html"], request)

    @app.get(
        "/page/{name}",
        response_class=Response,
        responses=_file("text/javascript", "text/css", "image/svg+xml", "image/png"),
    )
    async def page(name: str, request: Request) -> Response:
        """A file that the page needs."""
        # Looked up among the names that are there: no path is ever made of what was asked for.
        if name not in files:
            refuse(404, "the page has no such file")
        return _page_file(files[name], request)

    app.add_exception_handler(Conflict, _conflict)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(sqlite3.Error, _not_written)
    app.add_exception_handler(Exception, _failed)
    app.add_middleware(Guard, access=access)
    return app


@dataclass(frozen=True)
class _PageFile:
    content: bytes
    headers: dict[str, str]


def _page_files() -> dict[str, _PageFile]:
    """All files of the page, by name: they are small, and asked for all at once."""
    found = {}
    for path in PAGE.iterdir():
        if path.suffix in _CONTENT_TYPES:
            content = path.read_bytes()
            headers = {
                "Cache-Control": "no-cache",  # kept, and asked for again: a new version may run
                "Content-Type": _CONTENT_TYPES[path.suffix],
                "ETag": f'"{hashlib.sha256(content).hexdigest()[:16]}"',
            }
            found[path.name] = _PageFile(content, headers)
    return found


def _page_file(file: _PageFile, request: Request) -> Response:
    if request.headers.get("If-None-Match") == file.headers["ETag"]:
        return Response(status_code=304, headers=file.headers)
    return Response(file.content, headers=file.headers)


def _file(*types: str) -> dict[int | str, dict[str, Any]]:
    content = {kind: {"schema": {"type": "string"}} for kind in types}
    return {200: {"description": "The file", "content": content}, **errors(404)}


async def _conflict(_request: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": str(error)}, 409)


async def _invalid(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    # What was sent is not repeated: it need not even be text that can be sent back.
    line = f"{where}: {first['msg']}".encode("ascii", "replace").decode()
    return JSONResponse({"detail": " ".join(line.split())[:500]}, 422)


async def _not_written(_request: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": f"the labels cannot be read or written: {error}"}, 503)


async def _failed(_request: Request, _error: Exception) -> JSONResponse:
    return JSONResponse({"detail": "the server failed, its console says how"}, 500)
