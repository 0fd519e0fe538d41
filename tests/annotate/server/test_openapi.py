"""Requests made up from the app's own description: none breaks it, and it answers as it says."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import negative_data_rejection, positive_data_acceptance
from starlette.testclient import TestClient

from annotate.labels import Hand
from annotate.prelabel import Prelabel
from annotate.server.app import create_app
from annotate.server.compare import close_comparison, compare_with
from annotate.server.security import Access
from annotate.server.serving import Serving
from annotate.store.opening import close, open_store
from tests.annotate.server.folders import put_photographs


@pytest.fixture(scope="module")
def app_schema(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder: Path = put_photographs(tmp_path_factory.mktemp("photos") / "photos")
    store = open_store(folder)
    other = open_store(folder, folder.parent / "other.sqlite")
    comparison = compare_with(other.file)
    serving = Serving(
        store,
        load_tracker=lambda: (lambda _image, _mirrored: Prelabel((Hand(id=1),), 0.5), "tracker"),
        comparison=comparison,
    )
    app = create_app(serving, Access(frozenset({"testserver", "localhost"})))
    yield schemathesis.openapi.from_asgi("/api/openapi.json", app)
    close_comparison(comparison)
    close(other)
    close(store)


def check(case: Any) -> None:
    # Ids as they are drawn would hardly ever be those of a photograph.
    photo = case.path_parameters.get("photo_id")
    if isinstance(photo, int) and 0 < photo < 2**53:
        case.path_parameters["photo_id"] = photo % 8 + 1
    # Nor would bases be the revision that holds.
    base = case.body.get("base") if isinstance(case.body, dict) else None
    if isinstance(base, int) and base % 2:
        found = TestClient(case.operation.app).get(
            f"/api/photographs/{case.path_parameters['photo_id']}"
        )
        case.body["base"] = found.json().get("revision")
    # A label has rules that a schema does not tell, and takes "1" and true for numbers: harmless.
    case.call_and_validate(excluded_checks=[negative_data_rejection, positive_data_acceptance])


def ask_all(app_schema: Any, examples: int) -> None:
    """So many requests to every route, as described and not as described."""
    operations = [found.ok() for found in app_schema.get_all_operations()]
    assert len(operations) == 14
    for operation in operations:
        for mode in GenerationMode:
            run = given(operation.as_strategy(generation_mode=mode))(check)
            with contextlib.suppress(Unsatisfiable):  # no wrong request without parameters
                settings(
                    max_examples=examples,
                    deadline=None,
                    derandomize=True,
                    database=None,
                    suppress_health_check=list(HealthCheck),
                )(run)()


def test_it_answers_as_it_says(app_schema: Any) -> None:
    ask_all(app_schema, 6)


@pytest.mark.slow
def test_it_always_answers_as_it_says(app_schema: Any) -> None:
    ask_all(app_schema, 400)


def test_errors_are_described(client: TestClient) -> None:
    paths = client.get("/api/openapi.json").json()["paths"]
    for path, methods in paths.items():
        for method, operation in methods.items():
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    (content,) = answer["content"].values()
                    assert content["schema"]["$ref"].endswith("/Problem"), (path, method, status)
    assert "409" in paths["/api/photographs/{photo_id}/label"]["put"]["responses"]
    assert "410" in paths["/photographs/{photo_id}/image"]["get"]["responses"]
