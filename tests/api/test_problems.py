"""One shape of error on every route, which never shows the machine."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest

from api.app import create_app
from api.problems import excerpt
from graph.backends.oxigraph.store import OxigraphStore
from ontology.errors import BuildError, BusyError, DeadlineError, QuesteurError, RefusedError, TooLargeError
from tests.api.conftest import BROWSER, RDFLIB

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient

    from graph.store import Answer

FIELDS = {"type", "title", "status", "detail", "instance", "request_id", "hint"}
WRONG = [
    (404, "/nothing"),
    (404, "/question/QANR5L15QE10718"),
    (404, "/question/15-999999"),
    (404, "/question/a b"),
    (404, "/dragon/x1"),
    (404, "/id/dragon/x1"),
    (404, "/q/15/999999"),
    (404, "/person/PA720054.xyz"),
    (406, "/person/PA720054.csv"),
    (404, "/networks/deputy-minstry"),
    (400, "/networks/deputy-ministry?targt=asked"),
    (400, "/networks/deputy-ministry?target=askd"),
    (400, "/networks/deputy-ministry?group=PO73096"),
    (400, "/networks/deputy-ministry?legislature=99"),
    (400, "/networks/deputy-ministry?from=2018-02-31"),
    (400, "/networks/deputy-ministry?page=0"),
    (400, "/questions?deputi=PA720054"),
    (400, "/questions?limit=many"),
    (400, "/questions?limit=5&limit=6"),
    (400, "/questions?after=garbage"),
    (400, "/questions?deputy=a/b"),
    (406, "/questions.ttl"),
    (404, "/docs/problems/nothing"),
    (400, "/sparql?query=SELCT"),
]


@pytest.mark.parametrize(("status", "address"), WRONG)
def test_every_error_has_one_shape(client: FlaskClient, status: int, address: str) -> None:
    response = client.get(address)
    problem = response.get_json()
    assert response.status_code == status
    assert response.mimetype == "application/problem+json"
    assert set(problem) >= FIELDS
    assert problem["status"] == status
    assert problem["request_id"] == response.headers["X-Request-Id"]
    assert problem["instance"] == address.partition("?")[0]


@pytest.mark.parametrize(("status", "address"), WRONG)
@pytest.mark.parametrize("language", ["", "/en"])
def test_a_browser_gets_a_page_instead(client: FlaskClient, status: int, address: str, language: str) -> None:
    response = client.get(language + address, headers={"Accept": BROWSER})
    assert response.status_code == status
    assert response.mimetype == "text/html"
    assert f'<html lang="{"en" if language else "fr"}">' in response.text


def test_every_problem_type_that_occurs_is_explained(client: FlaskClient) -> None:
    for _, address in WRONG:
        kind = client.get(address).get_json()["type"]
        assert client.get(kind, headers={"Accept": BROWSER}).status_code == 200


def test_a_wrong_method_names_the_right_ones(client: FlaskClient) -> None:
    response = client.delete("/questions")
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]
    assert set(response.get_json()) >= FIELDS


def test_an_unknown_thing_names_the_nearest(client: FlaskClient) -> None:
    assert "/question/QANR5L15QE10719" in client.get("/question/QANR5L15QE10718").get_json()["hint"]


def test_an_unacceptable_format_lists_what_there_is(client: FlaskClient) -> None:
    available = client.get("/person/PA720054", headers={"Accept": "image/png"}).get_json()["available"]
    assert {"format": "ttl", "media_type": "text/turtle", "href": "/person/PA720054.ttl"} in available


@RDFLIB
@pytest.mark.parametrize("address", ["/void", "/.well-known/void", "/data?default", "/networks/deputy-ministry/matrix"])
@pytest.mark.parametrize("language", ["", "/en"])
def test_who_wants_a_page_is_led_to_the_formats_of_an_address_without_page(
    client: FlaskClient, address: str, language: str
) -> None:
    page = client.get(language + address, headers={"Accept": "text/html"})
    assert page.status_code == 406
    links = re.findall(r'<li><a href="([^"]+)"', page.text)
    assert len(links) > 1
    for link in links:
        assert client.get(unescape(link)).status_code == 200


class _FailingStore(OxigraphStore):
    """A store whose queries end in one error."""

    def __init__(self, data: Path, error: Exception) -> None:
        super().__init__(data)
        self.error = error

    def query(self, *_: object, **__: object) -> Answer:
        """Fail."""
        raise self.error


@pytest.mark.parametrize(
    ("error", "status", "retry"),
    [
        (BusyError("the queue is full", retry_after=3), 503, "3"),
        (BusyError("the query needs too much memory", code="memory-exhausted"), 503, None),
        (DeadlineError("not done after 10 s"), 504, None),
        (TooLargeError("above 256 MiB"), 413, None),
        (RefusedError("SERVICE", code="federation-refused"), 403, None),
        (BuildError("the file /var/lib/secret is damaged"), 500, None),
        (RuntimeError("/var/lib/secret"), 500, None),
        (QuesteurError("/var/lib/secret"), 500, None),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_each_error_of_a_store_has_its_status_and_shows_no_path(
    published: Path, error: Exception, status: int, retry: str | None
) -> None:
    client = create_app(_FailingStore(published, error)).test_client()
    response = client.get("/sparql?query=ASK{}")
    assert response.status_code == status
    assert response.headers.get("Retry-After") == retry
    assert set(response.get_json()) >= FIELDS
    assert "secret" not in response.text
    assert "Traceback" not in response.text


def test_a_long_line_is_cut_around_the_place() -> None:
    shown = excerpt("x" * 1000 + "!" + "y" * 1000, line=1, column=1001)
    text, caret = str(shown["excerpt"]), str(shown["caret"])
    assert len(text) <= 120
    assert text[len(caret) - 1] == "!"


def test_an_unknown_key_of_any_length_is_answered_without_a_search_of_the_whole_graph(client: FlaskClient) -> None:
    for key in ("zzz", "a" * 5000, "QANR5L15QE9999999"):
        answer = client.get(f"/question/{key}")
        assert answer.status_code == 404
        assert "/question/" not in answer.get_json()["hint"]
