"""Transfers over HTTP: the network, its files, and the transfers behind each flow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.api.conftest import BROWSER

if TYPE_CHECKING:
    from flask.testing import FlaskClient


def test_every_flow_leads_to_as_many_transfers_as_it_says(client: FlaskClient) -> None:
    body = client.get("/transfers.json?type=all").get_json()
    assert body["meta"]["n_transfers"] == sum(edge["weight"] for edge in body["edges"]) > 0
    for edge in body["edges"]:
        path, _, query = edge["questions"].partition("?")
        assert client.get(f"{path}.json?{query}").get_json()["total"] == edge["weight"]


def test_the_pages_read_without_a_script_in_both_languages(client: FlaskClient) -> None:
    for prefix, word in (("", "Attendu"), ("/en", "Expected")):
        page = client.get(f"{prefix}/transfers?type=all", headers={"Accept": BROWSER})
        assert word in page.text
        assert "<script" not in page.text
        assert client.get(f"{prefix}/transfers/questions?type=all", headers={"Accept": BROWSER}).status_code == 200


@pytest.mark.parametrize("suffix", ["csv", "gexf", "graphml"])
def test_every_format_is_there(client: FlaskClient, suffix: str) -> None:
    assert client.get(f"/transfers.{suffix}?type=all").status_code == 200


def test_what_cannot_be_asked_is_told(client: FlaskClient) -> None:
    assert client.get("/transfers/questions.json?origin=a/b").status_code == 400
    assert client.get("/transfers.json?legislature=99").status_code == 400
