"""A real S3 server, in a process of its own on loopback."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

boto3 = pytest.importorskip("boto3")
pytest.importorskip("moto")
pytest.importorskip("s3fs")


@pytest.fixture(scope="session")
def s3_port() -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert server.poll() is None, "the S3 server did not start"
                assert time.monotonic() < deadline
                time.sleep(0.1)
        yield port
    finally:
        server.kill()
        server.wait()


@pytest.fixture
def bucket(s3_port: int, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """Name of an empty bucket; the server is where s3:// leads."""
    for key, value in (("ACCESS_KEY_ID", "test"), ("SECRET_ACCESS_KEY", "test")):
        monkeypatch.setenv(f"AWS_{key}", value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    lead_to(monkeypatch, f"http://127.0.0.1:{s3_port}")
    name = f"b{abs(hash(request.node.nodeid)):x}"
    client(s3_port).create_bucket(Bucket=name)
    return name


def lead_to(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Let s3:// lead to a server, with a client that waits for half a second and tries no more than
    once by itself."""
    import fsspec
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()
    settings: dict[str, Any] = {
        "endpoint_url": url,
        "config_kwargs": {
            "connect_timeout": 1,
            "read_timeout": 0.5,
            "retries": {"total_max_attempts": 1, "mode": "standard"},
        },
    }
    monkeypatch.setitem(fsspec.config.conf, "s3", settings)
    monkeypatch.setattr(s3fs.S3FileSystem, "retries", 1)


def client(port: int) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{port}",
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
