"""The list of routes holds what the application does: no route outside, no parameter missing, every example answers."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

import pytest

from api.formats import data
from api.routes import PARAMS, ROUTES
from graph.networks.options import PLAN_NAMES
from tests.api.conftest import BROWSER, RDFLIB

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from api.routes import Route

pytestmark = RDFLIB
ASKED = [route for route in ROUTES if route.example]


def of_the_application(app: Flask) -> dict[str, set[str]]:
    """List the paths of the application as OpenAPI writes them, each with its methods."""
    found: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/static/"):
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
            found.setdefault(path, set()).update((rule.methods or set()) - {"HEAD", "OPTIONS"})
    return found


def test_every_route_of_the_application_is_described_and_no_other(app: Flask, client: FlaskClient) -> None:
    said = client.get("/openapi.json").json
    assert said is not None
    described = {path: {method.upper() for method in operations} for path, operations in said["paths"].items()}
    assert described == of_the_application(app)


def test_the_document_is_sound(client: FlaskClient) -> None:
    answer = client.get("/openapi.json")
    said = answer.json
    assert said is not None
    assert said["openapi"].startswith("3.1.")
    assert said["servers"] == [{"url": "https://questeur.example"}]
    for ref in set(re.findall(r'"\$ref": "#/([^"]+)"', answer.text)):
        place: Any = said
        for step in ref.split("/"):
            place = place[step]
    operations = [(path, one) for path, methods in said["paths"].items() for one in methods.values()]
    names = [one["operationId"] for _, one in operations]
    assert len(set(names)) == len(names)
    for path, one in operations:
        variables = {parameter["name"] for parameter in one["parameters"] if parameter.get("in") == "path"}
        assert variables == set(re.findall(r"{(\w+)}", path))
        assert one["summary"]
        assert "200" in one["responses"]


@pytest.mark.parametrize("route", ASKED, ids=lambda route: route.path)
@pytest.mark.parametrize("language", ["", "/en"])
def test_every_example_answers(client: FlaskClient, route: Route, language: str) -> None:
    answer = client.get(f"{language}{route.example}", headers={"Accept": BROWSER}, follow_redirects=True)
    assert answer.status_code in (200, 202), answer.text[:300]  # 202: being worked out


@pytest.mark.parametrize("route", [route for route in ASKED if route.suffixed], ids=lambda route: route.path)
def test_every_suffix_answers_in_its_media_type(client: FlaskClient, route: Route) -> None:
    path, _, arguments = route.example.partition("?")
    for fmt in data(*route.kinds):
        if route.path == "/queries" and fmt.name in ("csv", "parquet"):
            continue  # a list of texts, not of figures
        answer = client.get(f"{path}.{fmt.name}?{arguments}")
        assert answer.status_code == 202 or (answer.status_code, answer.mimetype) == (200, fmt.media_type), fmt.name


@pytest.mark.parametrize(
    "route", [route for route in ASKED if route.params and route.path != "/sparql"], ids=lambda route: route.path
)
def test_a_route_takes_exactly_the_parameters_that_are_described(client: FlaskClient, route: Route) -> None:
    path = route.example.partition("?")[0]
    refused = client.get(f"{path}?nosuchparameter=1", headers={"Accept": "application/json"}).json
    assert refused is not None
    known = set(refused["hint"].rpartition("one of ")[2].split(", "))
    assert known == {*route.params, "format"}
    given = {name: PARAMS[name].example for name in route.params if PARAMS[name].example}
    for name in PLAN_NAMES if "run" in route.kinds else ():  # of Turtle alone
        given.pop(name, None)
    until = time.monotonic() + 60
    while True:
        answer = client.get(path, query_string=given, headers={"Accept": "application/json"})
        if answer.status_code != 503 or time.monotonic() > until:  # 503: another long computation runs
            break
        time.sleep(0.2)
    assert answer.status_code in (200, 202), answer.text[:300]


def test_the_page_has_a_form_for_what_can_be_asked_and_both_languages(client: FlaskClient) -> None:
    page = client.get("/en/docs/api", headers={"Accept": BROWSER}).text
    assert 'action="/en/search"' in page
    assert "group of the author on the day" in page
    assert "Whatever has an IRI" in page
