from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from annotate.server.app import create_app
from annotate.server.security import access_of
from annotate.server.serving import Serving
from annotate.store.opening import close, open_store
from annotate.store.store import Store
from tests.annotate.server.folders import put_photographs


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return put_photographs(tmp_path / "photos")


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    store = open_store(folder)
    yield store
    close(store)


@pytest.fixture
def serving(store: Store) -> Serving:
    return Serving(store, author="Ann")


@pytest.fixture
def client(serving: Serving) -> TestClient:
    app = create_app(serving, access_of("127.0.0.1"))
    return TestClient(app, base_url="http://127.0.0.1:8765")
