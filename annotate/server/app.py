"""The server's app: its routes, its page, and its errors as one line each."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse

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
        # Their pages load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        responses=errors(400, 403, 413, 415, 422),
    )
    app.include_router(label_routes(serving))
    app.include_router(proposal_routes(serving))
    app.include_router(picture_routes(serving))

    @app.get("/", response_class=FileResponse, responses=_file("text/html"))
    def index() -> FileResponse:
        """The page."""
        return _page_file("index.html")

    @app.get(
        "/page/{name}",
        response_class=FileResponse,
        responses=_file("text/javascript", "text/css", "image/svg+xml", "image/png"),
    )
    def page(name: str) -> FileResponse:
        """A file that the page needs."""
        return _page_file(name)

    app.add_exception_handler(Conflict, _conflict)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(sqlite3.Error, _not_written)
    app.add_exception_handler(Exception, _failed)
    app.add_middleware(Guard, access=access)
    return app


def _page_file(name: str) -> FileResponse:
    # Looked up among the names that are there: no path is ever made of what was asked for.
    found = {path.name: path for path in PAGE.iterdir() if path.suffix in _CONTENT_TYPES}
    if name not in found:
        refuse(404, "the page has no such file")
    return FileResponse(
        found[name],
        headers={"Cache-Control": "no-cache", "Content-Type": _CONTENT_TYPES[found[name].suffix]},
    )


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
