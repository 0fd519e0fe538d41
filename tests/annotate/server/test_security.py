"""Each rule of who may ask the server for what, and that what is meant to pass passes."""

from __future__ import annotations

import socket
from collections.abc import Iterable

import pytest
from starlette.testclient import TestClient

from annotate.server.app import create_app
from annotate.server.security import Access, access_of, is_loopback
from annotate.server.serving import Serving

UNDO = "/api/photographs/1/undo"
JSON = {"Content-Type": "application/json"}


def client_of(serving: Serving, access: Access, base: str = "http://127.0.0.1:8765") -> TestClient:
    return TestClient(create_app(serving, access), base_url=base, follow_redirects=False)


# --- Host


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8765",
        "127.0.0.1.evil.example",
        "localhost.evil.example:8765",
        "evil.example@127.0.0.1",
        "127.0.0.1:8765@evil.example",
        "192.168.1.5:8765",
        "0.0.0.0:8765",
        "127.0.0.1:8765:80",
        "[::1",
        "",
        "localhost:8765/",
        "localhost:8765, evil.example",
    ],
)
def test_another_name_is_refused(client: TestClient, host: str) -> None:
    for url in ("/", "/api/folder", "/photographs/1/image", "/page/main.js"):
        answer = client.get(url, headers={"Host": host})
        assert answer.status_code == 403, url
        assert set(answer.json()) == {"detail"}


@pytest.mark.parametrize(
    "host",
    ["localhost:8765", "LOCALHOST", "127.0.0.1", "127.0.0.1:9000", "[::1]:8765", "localhost.:80"],
)
def test_names_of_this_machine_pass(client: TestClient, host: str) -> None:
    assert client.get("/api/folder", headers={"Host": host}).status_code == 200


def test_two_names_are_refused(client: TestClient) -> None:
    request = client.build_request("GET", "/api/folder")
    request.headers = type(request.headers)(
        [("Host", "localhost:8765"), ("Host", "evil.example"), ("Accept", "*/*")]
    )
    assert client.send(request).status_code == 403


# --- other pages


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "http://evil.example:8765",
        "http://127.0.0.1",
        "http://127.0.0.1:3000",
        "http://localhost:8765",  # same machine, another name
        "null",
        "",
        "file://",
        "ftp://127.0.0.1:8765",
        "http://[",
        "http://127.0.0.1:8765.evil.example",
    ],
)
def test_another_pages_changes_are_refused(client: TestClient, origin: str) -> None:
    for method, url in (
        ("POST", UNDO),
        ("PUT", "/api/photographs/1/label"),
        ("POST", "/api/photographs/1/prelabel"),
        ("DELETE", "/"),
    ):
        answer = client.request(
            method, url, json={"base": None}, headers={"Origin": origin, **JSON}
        )
        assert answer.status_code == 403, (method, url)


def test_the_own_pages_changes_pass(client: TestClient) -> None:
    own = {"Origin": "http://127.0.0.1:8765", "Sec-Fetch-Site": "same-origin"}
    assert client.post(UNDO, json={"base": None}, headers=own).status_code == 409
    assert client.post(UNDO, json={"base": None}).status_code == 409  # such as curl


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_page_reads_nothing(client: TestClient, site: str) -> None:
    headers = {"Sec-Fetch-Site": site}
    for url in ("/api/photographs", "/photographs/1/image", "/api/export/coco", "/page/main.js"):
        assert client.get(url, headers=headers).status_code == 403
    assert client.get("/", headers=headers).status_code != 403  # a link may lead here


def test_no_other_page_is_told_that_it_may(client: TestClient) -> None:
    for method in ("GET", "OPTIONS"):
        answer = client.request(method, "/api/folder", headers={"Origin": "http://evil.example"})
        assert not [name for name in answer.headers if name.startswith("access-control")]
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize(
    "kind",
    [
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain",
        "text/plain; application/json",
        "",
    ],
)
def test_what_a_form_can_send_is_refused(client: TestClient, kind: str) -> None:
    answer = client.post(UNDO, content=b'{"base": null}', headers={"Content-Type": kind})
    assert answer.status_code == 415
    assert client.post(UNDO, content=b'{"base": null}').status_code == 415
    utf8 = {"Content-Type": "Application/JSON; charset=utf-8"}
    assert client.post(UNDO, content=b'{"base": null}', headers=utf8).status_code == 409


# --- size


def test_too_much_is_refused(client: TestClient) -> None:
    body = b'{"base": null}' + b" " * 1_000_000
    assert client.post(UNDO, content=body, headers=JSON).status_code == 413

    def pieces() -> Iterable[bytes]:  # sent without saying how much it will be
        for _ in range(100):
            yield b" " * 20_000

    assert client.post(UNDO, content=pieces(), headers=JSON).status_code in (400, 413)
    for length in ("-1", "1e3", "9" * 100, "0" * 30 + "9" * 9):
        headers = {**JSON, "Content-Length": length}
        assert client.post(UNDO, content=b"{}", headers=headers).status_code == 413


# --- token


@pytest.mark.parametrize("host", ["localhost", "LocalHost", "127.0.0.1", "127.9.9.9", "::1"])
def test_on_loopback_there_is_no_token(host: str) -> None:
    assert is_loopback(host)
    assert access_of(host).token is None


@pytest.mark.parametrize(
    "host", ["", "0.0.0.0", "::", "192.168.1.5", "box", "127.0.0.1.evil.example", "fe80::1"]
)
def test_elsewhere_there_is_one(host: str) -> None:
    assert not is_loopback(host)
    one, two = access_of(host), access_of(host)
    assert one.token is not None
    assert len(one.token) >= 32
    assert one.token != two.token


def test_everything_needs_the_token(serving: Serving) -> None:
    client = client_of(serving, access_of("192.168.1.5", 80), "http://192.168.1.5")
    for url in (
        "/",
        "/?token=",
        "/?token=wrong",
        "/?token=%C3%A4",
        "/page/main.js",
        "/api/folder",
        "/api/openapi.json",
        "/photographs/1/image",
        "/gone",
    ):
        assert client.get(url).status_code == 403, url
    for wrong in ("Bearer", "Bearer wrong", "Bearer \xe4", "Basic wrong"):
        headers = {"Authorization": wrong.encode("latin-1")}
        assert client.get("/api/folder", headers=headers).status_code == 403
    for cookie in ("hand-annotate-80=wrong", "hand-annotate-80=", "a=b", ";;=", "\x80=\x81"):
        headers = {"Cookie": cookie.encode("latin-1")}
        assert client.get("/api/folder", headers=headers).status_code == 403
    assert client.post(UNDO, json={"base": None}).status_code == 403


def test_the_address_with_the_token_gives_the_cookie(serving: Serving) -> None:
    access = access_of("192.168.1.5", 8765)
    client = client_of(serving, access, "http://192.168.1.5:8765")
    answer = client.get("/", params={"token": access.token})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    # The link may be clicked on another site, from where "strict" ones are not sent on to "/".
    assert "samesite=lax" in cookie
    assert cookie.startswith("hand-annotate-8765=")
    assert client.get("/api/folder").status_code == 200  # the client has kept it
    assert client.post(UNDO, json={"base": None}).status_code == 409
    headers = {"Origin": "http://evil.example"}
    assert client.post(UNDO, json={"base": None}, headers=headers).status_code == 403


def test_a_program_may_send_the_token(serving: Serving) -> None:
    access = access_of("192.168.1.5")
    client = client_of(serving, access, "http://192.168.1.5")
    headers = {"Authorization": f"Bearer {access.token}"}
    assert client.get("/api/folder", headers=headers).status_code == 200
    assert not client.cookies


def test_the_token_does_not_replace_the_name(serving: Serving) -> None:
    access = access_of("192.168.1.5")
    client = client_of(serving, access, "http://192.168.1.5")
    headers = {"Authorization": f"Bearer {access.token}", "Host": "evil.example"}
    assert client.get("/api/folder", headers=headers).status_code == 403
    answer = client.get("/", params={"token": access.token}, headers={"Host": "evil.example"})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_a_server_on_all_addresses_goes_by_any_of_them(serving: Serving, host: str) -> None:
    access = access_of(host)
    client = client_of(serving, access)
    token = {"Authorization": f"Bearer {access.token}"}
    for name in ("192.168.1.5:8765", "[fe80::1]:8765", "localhost", socket.gethostname()):
        assert client.get("/api/folder", headers={**token, "Host": name}).status_code == 200
    for name in ("evil.example", "192.168.1.5.evil.example"):
        assert client.get("/api/folder", headers={**token, "Host": name}).status_code == 403


# --- headers


@pytest.mark.parametrize("url", ["/", "/api/folder", "/photographs/1/image", "/gone", "/page/x"])
def test_every_answer_is_fenced(client: TestClient, url: str) -> None:
    for headers in ({}, {"Host": "evil.example"}):
        answer = client.get(url, headers=headers)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "cache-control" in answer.headers
