"""Running the server until it is stopped."""

from __future__ import annotations

import errno
import functools
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import uvicorn

from annotate.prelabel import Prelabeller, load_prelabeller
from annotate.server.app import create_app
from annotate.server.compare import compare_with
from annotate.server.security import Access, access_of
from annotate.server.serving import Serving
from annotate.store.store import close, open_store, photographs
from synth.console import interruptible
from synth.errors import UserError

PROGRAM: Final = "hand-annotate"
#: Seconds that requests under way get to end.
_LAST_SECONDS: Final = 3


def serve(
    folder: Path,
    labels: Path | None = None,
    host: str = "127.0.0.1",
    port: int = 8765,
    author: str = "person",
    compare: Path | None = None,
    open_browser: bool = True,
) -> None:
    """Serve a folder of photographs to browsers until Ctrl-C or SIGTERM.

    Args:
        folder: of the photographs.
        labels: the store; by default annotations.sqlite in the folder.
        host: name or address to listen on; whoever is not on this machine needs the token that is
            printed.
        port: to listen on; 0 for a free one.
        author: of the revisions made here.
        compare: store of another pass over the same photographs.
        open_browser: whether to open the page.

    Raises:
        UserError: if the folder or a store cannot be used, or nothing can listen there.
        SystemExit: when stopped, status 130 or 143.
    """
    comparison = None if compare is None else compare_with(compare)
    store = open_store(folder, labels)
    try:
        with _listening(host, port) as listener:
            access = access_of(host, listener.getsockname()[1])
            app = create_app(Serving(store, author, _tracker(), comparison), access)
            address = _address(access, host, listener)
            for line in store.left_out[:3]:
                print(f"{PROGRAM}: left out: {line}", file=sys.stderr)
            if len(store.left_out) > 3:
                print(f"{PROGRAM}: left out: {len(store.left_out) - 3} more", file=sys.stderr)
            count = len(photographs(store))
            print(f"{count} photographs of {folder}: {address} (Ctrl-C ends)", flush=True)
            if open_browser:
                threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
            config = uvicorn.Config(
                app,
                log_level="warning",
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=_LAST_SECONDS,
            )
            with interruptible(PROGRAM, "stopped: every edit is kept"):
                uvicorn.Server(config).run(sockets=[listener])
    finally:
        close(store)


def _tracker() -> Callable[[], tuple[Prelabeller, str]] | None:
    """What loads the tracker when it is first asked for, which takes seconds and memory."""
    return None if find_spec("onnxruntime") is None else functools.cache(load_prelabeller)


def _listening(host: str, port: int) -> socket.socket:
    try:
        family, kind, _, _, place = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(place)
            listener.listen(128)
        except BaseException:
            listener.close()
            raise
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise UserError(f"port {port} is taken, name another one with --port") from None
        raise UserError(f"cannot listen on {host} port {port}: {error.strerror}") from None
    return listener


def _address(access: Access, host: str, listener: socket.socket) -> str:
    port = listener.getsockname()[1]
    name = socket.gethostname() if access.any_address else host
    name = f"[{name}]" if ":" in name else name
    return f"http://{name}:{port}/" + (f"?token={access.token}" if access.token else "")
