"""Photographs, thumbnails and the page's files over HTTP."""

from __future__ import annotations

import io
import os
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from annotate.photographs import decode
from annotate.server import app
from annotate.server.app import create_app
from annotate.server.security import access_of
from annotate.server.serving import Serving
from annotate.store.opening import close, open_store
from tests.annotate.server.folders import jpeg


def photo_id(client: TestClient, path: str) -> int:
    found = client.get("/api/photographs").json()["photographs"]
    return next(p["id"] for p in found if p["path"] == path)


@pytest.mark.parametrize(
    ("path", "kind"), [("a1.jpg", "jpeg"), ("a2.jpg", "jpeg"), ("a10.png", "png")]
)
def test_a_photograph_is_sent_as_it_is(
    client: TestClient, folder: Path, path: str, kind: str
) -> None:
    answer = client.get(f"/photographs/{photo_id(client, path)}/image")
    assert answer.content == (folder / path).read_bytes()
    assert answer.headers["content-type"] == f"image/{kind}"
    assert answer.headers["content-length"] == str(len(answer.content))


def test_what_browsers_do_not_turn_is_sent_upright(tmp_path: Path) -> None:
    tags = Image.Exif()
    tags[0x0112] = 6
    image = Image.new("RGB", (40, 20), "red")
    image.paste("blue", (0, 0, 20, 20))  # the left half as stored is the upper one upright
    image.save(tmp_path / "a.webp", exif=tags, lossless=True)
    store = open_store(tmp_path)
    serving = create_app(Serving(store), access_of("localhost"))
    client = TestClient(serving, base_url="http://localhost")
    answer = client.get("/photographs/1/image")
    assert answer.headers["content-type"] == "image/png"
    pixels = cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_UNCHANGED)
    assert pixels.shape[:2] == (40, 20)
    assert pixels[5, 10].tolist() == [255, 0, 0]
    assert pixels[35, 10].tolist() == [0, 0, 255]
    detail = client.get("/api/photographs/1").json()
    assert (detail["width"], detail["height"]) == (20, 40)
    close(store)


def test_the_type_is_that_of_the_content(client: TestClient, folder: Path) -> None:
    Image.new("RGB", (8, 6)).save(folder / "a1.jpg", "PNG")
    answer = client.get(f"/photographs/{photo_id(client, 'a1.jpg')}/image")
    assert answer.headers["content-type"] == "image/png"


def test_a_thumbnail_is_small_and_upright(client: TestClient, folder: Path) -> None:
    (folder / "a1.jpg").write_bytes(jpeg(900, 600, orientation=8))
    answer = client.get(f"/photographs/{photo_id(client, 'a1.jpg')}/thumbnail")
    assert answer.headers["content-type"] == "image/jpeg"
    assert len(answer.content) <= 8000
    small = Image.open(io.BytesIO(answer.content))
    assert small.size == (107, 160)
    assert small.getexif() == {}


def test_a_photograph_is_decoded_once(
    client: TestClient, serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = photo_id(client, "a1.jpg")
    first = client.get(f"/photographs/{photo}/thumbnail").content
    monkeypatch.setattr(decode, "_rgb", None)  # would fail if anything was decoded
    assert client.get(f"/photographs/{photo}/thumbnail").content == first
    assert client.get(f"/api/photographs/{photo}").json()["width"] == 60
    assert client.get(f"/photographs/{photo}/image").status_code == 200


@pytest.mark.parametrize("what", ["image", "thumbnail"])
def test_the_browser_keeps_pictures(client: TestClient, folder: Path, what: str) -> None:
    photo = photo_id(client, "a1.jpg")
    url = f"/photographs/{photo}/{what}"
    first = client.get(url)
    assert first.headers["cache-control"] == "private, no-cache"
    again = client.get(url, headers={"If-None-Match": f'"x", W/{first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    modified = client.get(f"/api/photographs/{photo}").json()["modified"]
    known = client.get(url, params={"v": modified})
    assert "immutable" in known.headers["cache-control"]
    assert "max-age=31536000" in known.headers["cache-control"]
    assert "immutable" not in client.get(url, params={"v": 1}).headers["cache-control"]
    (folder / "a1.jpg").write_bytes(jpeg(70, 50))
    os.utime(folder / "a1.jpg", ns=(1, 1))
    changed = client.get(url, headers={"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200
    assert changed.content != first.content


def test_what_has_gone_is_told(client: TestClient, folder: Path) -> None:
    photo = photo_id(client, "a1.jpg")
    client.get(f"/photographs/{photo}/thumbnail")
    (folder / "a1.jpg").unlink()
    for what in ("image", "thumbnail"):
        answer = client.get(f"/photographs/{photo}/{what}")
        assert answer.status_code == 410
        assert "\n" not in answer.json()["detail"]
    assert client.get(f"/api/photographs/{photo}").json()["state"] == "unreadable"


@pytest.mark.parametrize("link", ["a1.jpg", "sub", "sub/b.jpg"])
def test_a_link_out_put_there_after_the_scan_is_never_served(tmp_path: Path, link: str) -> None:
    folder, secret = tmp_path / "photos", tmp_path / "secret"
    for place in (folder / "sub", secret):
        place.mkdir(parents=True)
        (place / "b.jpg").write_bytes(jpeg())
    (folder / "a1.jpg").write_bytes(jpeg())
    store = open_store(folder)
    client = TestClient(
        create_app(Serving(store), access_of("localhost")), base_url="http://localhost"
    )
    photo = photo_id(client, "a1.jpg" if link == "a1.jpg" else "sub/b.jpg")
    assert client.get(f"/photographs/{photo}/image").status_code == 200
    (folder / link).rename(tmp_path / "away")
    (folder / link).symlink_to(secret if link == "sub" else secret / "b.jpg")
    for what in ("image", "thumbnail"):
        answer = client.get(f"/photographs/{photo}/{what}")
        assert answer.status_code == 410
        assert "leads out" in answer.json()["detail"]
    close(store)


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    page = tmp_path / "package" / "page"
    page.mkdir(parents=True)
    (page / "index.html").write_text("<!doctype html>")
    (page / "main.js").write_text("export {}")
    (page / "style.css").write_text("p {}")
    (page / "notes.txt").write_text("secret")
    (page.parent / "secret.js").write_text("secret")
    (page / ".hidden").write_text("secret")
    monkeypatch.setattr(app, "PAGE", page)
    return page


def test_the_page_and_its_files(client: TestClient, page: Path) -> None:
    for url, kind in (
        ("/", "text/html; charset=utf-8"),
        ("/page/main.js", "text/javascript; charset=utf-8"),
        ("/page/style.css", "text/css; charset=utf-8"),
    ):
        answer = client.get(url)
        assert answer.status_code == 200, url
        assert answer.headers["content-type"] == kind
        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "url",
    [
        "/page/notes.txt",
        "/page/.hidden",
        "/page/secret.js",
        "/page/../secret.js",
        "/page/..%2fsecret.js",
        "/page/%2e%2e/secret.js",
        "/page/%2e%2e%2fsecret.js",
        "/page/..%5csecret.js",
        "/page/....//secret.js",
        "/page//etc/passwd",
        "/page/%2fetc%2fpasswd",
        "/page/main.js%00.txt",
        "/page/",
        "/page",
        "/photographs/../page/notes.txt",
        "/photographs/..%2f..%2fetc%2fpasswd/image",
        "/photographs/1%2f..%2f2/image",
        "/photographs/-1/image",
        "/annotations.sqlite",
        "/a1.jpg",
    ],
)
def test_nothing_else_is_served(client: TestClient, page: Path, url: str) -> None:
    # The address goes out as it stands here: a browser would tidy it up, an attacker would not.
    request = client.build_request("GET", "/")
    request.url = request.url.copy_with(raw_path=url.encode())
    answer = client.send(request, follow_redirects=False)
    assert answer.status_code in (404, 405, 422), answer.text
    assert "secret" not in answer.text
    assert "root:" not in answer.text
