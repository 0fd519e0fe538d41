"""An HTTP proxy in front of a store that fails as real ones do: some requests are answered with
503, some connections are cut in the middle of an answer, some requests are never answered."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

Trouble = Literal["none", "refuse", "cut", "hang"]

#: Longer than the client of the tests waits for an answer.
HANGS = 1.5


class FlakyProxy:
    """Listens on a free port of loopback, for as long as the context lasts.

    Attributes:
        trouble: is asked for each request, with its number from 0, its method and its path.
        seen: what it said, in the order of the requests.
    """

    def __init__(self, port: int, trouble: Callable[[int, str, str], Trouble]) -> None:
        self.behind = port
        self.trouble = trouble
        self.seen: list[tuple[str, str, Trouble]] = []
        self.lock = threading.Lock()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self) -> FlakyProxy:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def next(self, method: str, path: str) -> Trouble:
        with self.lock:
            trouble = self.trouble(len(self.seen), method, path)
            self.seen.append((method, path, trouble))
        return trouble


def _handler(proxy: FlakyProxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _forward(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length) if length else _chunks(self)
            trouble = proxy.next(self.command, self.path)
            if trouble == "refuse":
                self.send_response(503)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            if trouble == "hang":
                time.sleep(HANGS)
                self.close_connection = True
                return
            behind = http.client.HTTPConnection("127.0.0.1", proxy.behind, timeout=30)
            headers = {k: v for k, v in self.headers.items() if k.lower() != "transfer-encoding"}
            behind.request(self.command, self.path, body or None, headers)
            answer = behind.getresponse()
            data = answer.read()
            self.send_response(answer.status)
            for key, value in answer.getheaders():
                if key.lower() not in ("transfer-encoding", "content-length", "connection"):
                    self.send_header(key, value)
            size = answer.getheader("Content-Length") if self.command == "HEAD" else len(data)
            self.send_header("Content-Length", str(size))
            self.end_headers()
            if trouble == "cut":
                self.wfile.write(data[: len(data) // 2])
                self.close_connection = True
            elif self.command != "HEAD":
                self.wfile.write(data)
            behind.close()

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _forward  # noqa: N815

        def log_message(self, *_words: Any) -> None:
            pass

    return Handler


def _chunks(handler: BaseHTTPRequestHandler) -> bytes:
    """The body of a request in chunked encoding; empty where there is none."""
    if handler.headers.get("Transfer-Encoding", "").lower() != "chunked":
        return b""
    body = b""
    while size := int(handler.rfile.readline().split(b";")[0], 16):
        body += handler.rfile.read(size)
        handler.rfile.readline()
    handler.rfile.readline()
    return body
