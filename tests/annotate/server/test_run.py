"""The server as a process: how it begins, how it ends, and what it says."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from annotate.server import run
from annotate.server.run import serve
from annotate.store.opening import close, open_store
from synth.errors import UserError
from tests.annotate.server.folders import put_photographs
from tests.annotate.server.processes import Waiting, address_in, run_server, waiting


@pytest.fixture(scope="module")
def servers() -> Iterator[Waiting]:
    with waiting() as servers:
        yield servers


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return put_photographs(tmp_path / "photos")


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_it_ends_in_one_line(folder: Path, number: signal.Signals, status: int) -> None:
    with run_server(folder, port=0) as process:
        line = line_of(process)
        assert line.startswith("6 photographs of ")
        assert "token" not in line
        with httpx.Client(base_url=address_in(line)) as client:  # stays connected
            assert client.get("/api/folder").status_code == 200
            process.send_signal(number)
            out, errors = process.communicate(timeout=10)
    assert process.returncode == status
    assert out == ""
    assert errors == "hand-annotate: stopped: every edit is kept\n"
    # The last one out tidies up.
    assert sorted(p.name for p in folder.glob("annotations*")) == ["annotations.sqlite"]


def test_at_the_end_it_is_told_that_the_labels_are_gone(folder: Path) -> None:
    with run_server(folder, port=0) as process:
        httpx.get(address_in(line_of(process))).raise_for_status()
        for file in folder.glob("annotations.sqlite*"):
            file.unlink()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=10)
    assert process.returncode == 2
    assert errors.count("\n") == 1
    assert "annotations.sqlite was removed or replaced meanwhile" in errors
    assert "every edit is kept" not in errors


def test_what_is_left_out_is_told(folder: Path) -> None:
    (folder / "a\n\x1b[31m.jpg").symlink_to("/etc/hostname")
    for number in range(5):
        (folder / f"b{number}.jpg").symlink_to("/etc/hostname")
    with run_server(folder, port=0) as process:
        # A signal before it answers may find the event loop half made, which says so.
        httpx.get(address_in(line_of(process))).raise_for_status()
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=10)
    lines = errors.splitlines()
    assert len(lines) == 5
    assert all(line.isprintable() for line in lines)
    assert lines[3] == "hand-annotate: left out: 3 more"


def test_a_taken_port_is_told(folder: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(UserError, match=f"port {port} is taken"):
            serve(folder, port=port, open_browser=False)
    close(open_store(folder))  # nothing is held


@pytest.mark.parametrize("host", ["203.0.113.1", "no.such.name.invalid"])
def test_a_host_that_is_not_here_is_told(folder: Path, host: str) -> None:
    with pytest.raises(UserError, match=f"cannot listen on {host}"):
        serve(folder, host=host, port=0, open_browser=False)


def test_nothing_is_begun_on_bad_input(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(UserError, match="is no folder"):
        serve(tmp_path / "gone", open_browser=False)
    with pytest.raises(UserError, match="no such file"):
        serve(folder, compare=tmp_path / "gone.sqlite", open_browser=False)


def test_on_a_network_it_prints_a_token(folder: Path) -> None:
    with run_server(folder, port=0, host="0.0.0.0") as process:
        try:
            found = re.search(r"http://([^:]+):(\d+)/\?token=(\S+)", line_of(process))
            assert found
            address = f"http://127.0.0.1:{found[2]}"
            assert httpx.get(f"{address}/api/folder").status_code == 403
            with httpx.Client(base_url=address, follow_redirects=True) as client:
                client.get("/", params={"token": found[3]})
                assert client.get("/api/folder").status_code == 200
        finally:
            process.kill()


def test_the_browser_is_opened(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(run.webbrowser, "open", opened.append)
    monkeypatch.setattr(run.uvicorn.Server, "run", lambda self, sockets: time.sleep(0.1))
    serve(folder, port=0)
    assert len(opened) == 1
    assert opened[0].startswith("http://127.0.0.1:")


@pytest.mark.parametrize(
    "target",
    [
        "/page/../../labels.py",
        "/page/..%2f..%2flabels.py",
        "//etc/passwd",
        "/page/%2e%2e/%2e%2e/labels.py",
        "/photographs/../../etc/passwd",
        "http://evil.example/api/folder/",
        "/page/..\\..\\labels.py",
    ],
)
def test_odd_addresses_as_they_stand(servers: Waiting, folder: Path, target: str) -> None:
    _, address = servers.start(folder)
    port = int(address.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as connection:
        request = f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n"
        connection.sendall(request.encode())
        answer = b""
        while piece := connection.recv(65_536):
            answer += piece
    assert re.match(rb"HTTP/1.1 4\d\d ", answer), answer[:200]
    assert b"root:" not in answer
    assert b"import" not in answer


def test_two_servers_share_a_pass(servers: Waiting, folder: Path) -> None:
    (_, one), (_, two) = servers.start(folder), servers.start(folder)
    body = {"base": None, "action": "x", "label": {"no_hand": True}}
    assert httpx.put(f"{one}/api/photographs/1/label", json=body).status_code == 200
    assert httpx.put(f"{two}/api/photographs/1/label", json=body).status_code == 409
    assert httpx.get(f"{two}/api/photographs/1").json()["state"] == "no hand"
