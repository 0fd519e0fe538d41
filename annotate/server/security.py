"""Who may ask the server for what.

The server reads and writes a person's files, and any web page that the person visits can make the
browser send requests to it. So a request must name the server as the person does (or a name that
is made to point here would do), may only come from the server's own page, and where the server is
open to a network it must show the token that was printed at the start.
"""

from __future__ import annotations

import ipaddress
import re
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Final
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Largest request: a label of the most hands takes some 100 kB.
MOST_BYTES: Final = 1_000_000

HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' blob: data:; style-src 'self'; script-src 'self';"
        " object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}

_SAFE: Final = ("GET", "HEAD", "OPTIONS")
_HOST: Final = re.compile(r"(?:\[([0-9a-f:.]+)\]|([^:\[\]/@\s]+))(?::[0-9]{1,5})?")


@dataclass(frozen=True)
class Access:
    """What a request must show.

    Attributes:
        hosts: names and addresses that it may call the server by, lower case.
        any_address: whether any numeric address will do: no name can be made to point there.
        token: what it must know; None if the server cannot be reached from elsewhere.
        cookie: name of the cookie that holds the token.
    """

    hosts: frozenset[str]
    any_address: bool = False
    token: str | None = None
    cookie: str = "hand-annotate"


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a server that listens there."""
    if host.lower() == "localhost":
        return True
    address = _address(host)
    return address is not None and address.is_loopback


def access_of(host: str, port: int = 0) -> Access:
    """What requests must show to a server that listens on a host; a token is made where needed.

    Args:
        host: name or address, as given to `serve`.
        port: tells the cookies of several servers on one machine apart.
    """
    hosts = {"localhost", "127.0.0.1", "::1", host.lower().strip("[]")}
    if is_loopback(host):
        return Access(frozenset(hosts))
    address = _address(host)
    everywhere = not host or (address is not None and address.is_unspecified)
    if everywhere:
        hosts |= {socket.gethostname().lower(), socket.getfqdn().lower()}
    return Access(frozenset(hosts), everywhere, secrets.token_urlsafe(24), f"hand-annotate-{port}")


def refusal(access: Access, method: str, path: str, headers: Headers) -> tuple[int, str] | None:
    """Status and reason if a request may not be answered, None if it may.

    Args:
        access: what it must show.
        method, path: of the request.
        headers: all of its headers.
    """
    hosts = headers.getlist("host")
    if len(hosts) != 1 or not _is_host(access, hosts[0]):
        return 403, "this server is not known by that name: open the address that it printed"
    if path != "/" and headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        return 403, "asked for by another page"
    if method not in _SAFE:
        origin = headers.get("origin")
        if origin is not None and not _is_same_origin(origin, hosts[0]):
            return 403, "asked for by another page"
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            return 415, "what is sent must be application/json"
    length = headers.get("content-length", "0")
    if not length.isdecimal() or len(length) > 20 or int(length) > MOST_BYTES:
        return 413, f"more than {MOST_BYTES} bytes are sent"
    if access.token is not None and not _knows(access, headers):
        return 403, "open the address with the token that the server printed"
    return None


class Guard:
    """Lets only those requests through to an app that may be answered."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self.app = app
        self.access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent = MutableHeaders(scope=message)
                sent.update(HEADERS)
                sent.setdefault("Cache-Control", "no-store")
            await send(message)

        answer = self._answer(scope)
        if answer is not None:
            await answer(scope, receive, send_with_headers)
        else:
            await self.app(scope, _limited(receive), send_with_headers)

    def _answer(self, scope: Scope) -> Response | None:
        """The answer if it is not for the app to give."""
        access, headers = self.access, Headers(scope=scope)
        method, path = scope["method"], scope["path"]
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token")
        if access.token is not None and given and path == "/" and method == "GET":
            bearer = Headers({**dict(headers), "authorization": f"Bearer {given[0]}"})
            if refusal(access, method, path, bearer) is None:
                answer = RedirectResponse("/", 303)
                # Not "strict": the link may be clicked in web mail, and the browser would keep the
                # cookie back from "/". Another page's requests are refused by what they say of
                # themselves.
                answer.set_cookie(access.cookie, access.token, httponly=True, samesite="lax")
                return answer
        refused = refusal(access, method, path, headers)
        if refused is None:
            return None
        return JSONResponse({"detail": refused[1]}, refused[0])


def _limited(receive: Receive) -> Receive:
    """The same, but for a body that grows too long without having said how long it is."""
    got = 0

    async def limited() -> Message:
        nonlocal got
        message = await receive()
        got += len(message.get("body", b""))
        if got > MOST_BYTES:
            raise ValueError("too long")  # becomes a 400, as any body that cannot be read
        return message

    return limited


def _is_host(access: Access, value: str) -> bool:
    found = _HOST.fullmatch(value.lower())
    if found is None:
        return False
    host = (found[1] or found[2]).removesuffix(".")
    return host in access.hosts or (access.any_address and _address(host) is not None)


def _is_same_origin(origin: str, host: str) -> bool:
    try:
        parts = urlsplit(origin.lower())
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and parts.netloc == host.lower()


def _knows(access: Access, headers: Headers) -> bool:
    kind, _, bearer = headers.get("authorization", "").partition(" ")
    shown = [bearer.strip()] if kind.lower() == "bearer" else []
    try:
        cookie = SimpleCookie(headers.get("cookie", "")).get(access.cookie)
    except CookieError:
        cookie = None
    if cookie is not None:
        shown.append(cookie.value)
    token = (access.token or "").encode()
    return any(secrets.compare_digest(value.encode(), token) for value in shown)


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None
