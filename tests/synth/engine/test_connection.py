"""Addresses at which no cluster is, and what Ray says on its own."""

from __future__ import annotations

import os
import socket
import sys
import warnings

import pytest

from synth.engine.connection import connected
from synth.errors import UserError

ray = pytest.importorskip("ray")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """The addresses that Ray is asked for; it connects to nothing, and warns as it does."""
    found: list[str | None] = []

    def init(address: str | None, **_: object) -> None:
        warnings.warn("Tip: In future versions of Ray, all is better", FutureWarning, stacklevel=1)
        found.append(address)

    monkeypatch.setattr(ray, "is_initialized", lambda: False)
    monkeypatch.setattr(ray, "init", init)
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    monkeypatch.setenv("RAY_NUM_REDIS_GET_RETRIES", "20")
    return found


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as one:
        one.bind(("localhost", 0))
        return int(one.getsockname()[1])


@pytest.mark.parametrize("form", ["localhost:{}", "ray://127.0.0.1:{}", "[::1]:{}"])
def test_nothing_listens(asked: list[str | None], closed_port: int, form: str) -> None:
    address = form.format(closed_port)
    with pytest.raises(UserError, match=f"port {closed_port} .*: start one there") as caught:
        connected(address)
    assert str(caught.value).startswith(f"--address {address}: no Ray cluster answers at ")
    assert asked == []


def test_nothing_listens_where_the_environment_says(
    asked: list[str | None], closed_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAY_ADDRESS", f"localhost:{closed_port}")
    with pytest.raises(UserError, match="^RAY_ADDRESS: no Ray cluster answers"):
        connected(None)
    assert asked == []


@pytest.mark.parametrize("address", ["nohost.invalid:6379", "localhost:99999"])
def test_no_such_machine_or_port(asked: list[str | None], address: str) -> None:
    with pytest.raises(UserError, match=f"^--address {address}: no Ray cluster answers"):
        connected(address)
    assert asked == []


def test_what_listens_and_names_are_left_to_ray(asked: list[str | None]) -> None:
    with socket.create_server(("localhost", 0)) as server:
        address = f"localhost:{server.getsockname()[1]}"
        for each in (address, f"ray://{address}", "auto", "local", None):
            assert connected(each) is ray
    assert asked == [address, f"ray://{address}", "auto", "local", None]


def test_something_else_listens(asked: list[str | None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RAY_NUM_REDIS_GET_RETRIES")

    def init(**_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(ray, "init", init)
    with socket.create_server(("localhost", 0)) as server:
        address = f"localhost:{server.getsockname()[1]}"
        with pytest.raises(UserError, match="answers: what listens there is none$"):
            connected(address)
    assert os.environ["RAY_NUM_REDIS_GET_RETRIES"] == "1"
    assert asked == []


def test_a_tip_of_rays_is_not_shown(asked: list[str | None]) -> None:
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("always")
        connected("auto")
    assert shown == []
    assert asked == ["auto"]


def test_ray_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(UserError, match="needs Ray"):
        connected(None)
