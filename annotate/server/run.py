"""Running the server until it is stopped."""

from __future__ import annotations

import contextlib
import errno
import functools
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

import uvicorn

from annotate.server.app import create_app
from annotate.server.compare import close_comparison, compare_with, disagreements
from annotate.server.security import Access, access_of
from annotate.server.serving import Serving
from annotate.store.opening import open_store, opened
from annotate.store.store import is_there
from synth.console import interruptible
from synth.errors import UserError

if TYPE_CHECKING:
    from annotate.prelabel import Prelabeller

PROGRAM: Final = "hand-annotate"
#: Seconds that requests under way get to end.
_LAST_SECONDS: Final = 3
#: Of what is left out, so many are named.
_LEFT_OUT_LINES: Final = 3


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
        UserError: if the folder or a store cannot be used, nothing can listen there, or the store
            was gone at the end.
        SystemExit: when stopped, status 130 or 143.
    """
    line = "stopped: every edit is kept"
    with interruptible(PROGRAM, line), contextlib.ExitStack() as ending:
        comparison = None if compare is None else compare_with(compare)
        if comparison is not None:
            ending.callback(close_comparison, comparison)
        store = ending.enter_context(opened(open_store(folder, labels)))
        if comparison is not None:
            disagreements(comparison, store)  # takes long the first time
        listener = ending.enter_context(_listening(host, port))
        access = access_of(host, listener.getsockname()[1])
        app = create_app(Serving(store, author, _tracker(), comparison), access)
        address = _address(access, host, listener)
        _say_left_out(store.left_out)
        print(f"{len(store.places)} photographs of {folder}: {address} (Ctrl-C ends)", flush=True)
        if open_browser:
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
        config = uvicorn.Config(
            app,
            # Others begin so late that a signal just before leaves a warning behind.
            loop="asyncio",
            log_level="warning",
            access_log=False,
            server_header=False,
            # Nothing in between is trusted to say who asks.
            proxy_headers=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=_LAST_SECONDS,
        )
        try:
            uvicorn.Server(config).run(sockets=[listener])
        except KeyboardInterrupt:
            if not is_there(store):
                raise UserError(
                    f"stopped, but {store.file} was removed or replaced meanwhile: what was saved"
                    " in it is there no more"
                ) from None
            raise


def _say_left_out(lines: Sequence[str]) -> None:
    for line in lines[:_LEFT_OUT_LINES]:
        # A name may hold anything, even what a terminal obeys.
        shown = "".join(sign if sign.isprintable() else "?" for sign in line)
        print(f"{PROGRAM}: left out: {shown}", file=sys.stderr)
    if len(lines) > _LEFT_OUT_LINES:
        more = len(lines) - _LEFT_OUT_LINES
        print(f"{PROGRAM}: left out: {more} more", file=sys.stderr)


def _tracker() -> Callable[[], tuple[Prelabeller, str]] | None:
    """What loads the tracker when it is first asked for, which takes seconds and memory."""
    if find_spec("onnxruntime") is None:
        return None

    @functools.cache
    def load() -> tuple[Prelabeller, str]:
        from annotate.prelabel import load_prelabeller

        return load_prelabeller()

    return load


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
