"""Views of a network beside its table: around one node, slice by slice, the like together; each figure is a link."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from api.words import cut_apart
from tests.api.conftest import BROWSER, RDFLIB

if TYPE_CHECKING:
    from flask.testing import FlaskClient

pytestmark = RDFLIB
WHOLE = "/networks/group-ministry"


def page(client: FlaskClient, path: str, language: str = "") -> str:
    answer = client.get(f"{language}{path}", headers={"Accept": BROWSER})
    assert answer.status_code == 200, answer.text[:300]
    return answer.text


def document(client: FlaskClient, path: str) -> dict[str, Any]:
    answer = client.get(path, headers={"Accept": "application/json"})
    assert answer.status_code == 200, answer.text[:300]
    assert answer.json is not None
    found: dict[str, Any] = answer.json
    return found


def total(client: FlaskClient, href: str) -> int:
    """Count the questions that a link leads to."""
    return int(document(client, unescape(href).removeprefix("/en"))["total"])


def figures(text: str) -> list[tuple[str, int]]:
    """Give the links to questions in a drawing, each with the count that it tells."""
    found = re.findall(r'<a href="([^"]*/questions\?[^"]*)" tabindex="-1" aria-label="(\d+) ', text)
    return [(href, int(n)) for href, n in found]


@pytest.mark.parametrize("language", ["", "/en"])
def test_around_a_node_are_those_it_is_linked_to_and_each_line_leads_to_its_questions(
    synthetic: FlaskClient, language: str
) -> None:
    whole = document(synthetic, WHOLE)
    node = max((one for one in whole["nodes"] if one["bipartite"] == 1), key=lambda one: one["degree"])
    path = f"{WHOLE}?around={node['key']}"
    own = [edge for edge in whole["edges"] if node["id"] in (edge["source"], edge["target"])]
    assert document(synthetic, path)["edges"] == own
    assert len(document(synthetic, path)["nodes"]) == len(own) + 1
    text = page(synthetic, path, language)
    lines = figures(text)
    assert sorted(n for _, n in lines) == sorted(edge["units"] for edge in own)
    for href, n in lines[:4]:
        assert total(synthetic, href) == n


def test_a_node_that_is_not_there_is_told(synthetic: FlaskClient) -> None:
    answer = synthetic.get(f"{WHOLE}?around=PO1", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_the_page_of_a_thing_leads_to_the_network_around_it(synthetic: FlaskClient) -> None:
    whole = document(synthetic, "/networks/deputy-ministry?type=all")
    for node in (whole["nodes"][-1], whole["nodes"][0]):
        kind = "person" if node["bipartite"] == 0 else "ministry"
        link = f"/networks/deputy-ministry?type=all&amp;around={node['key']}"
        assert f'href="{link}"' in page(synthetic, f"/{kind}/{node['key']}")
        assert node["label"] in page(synthetic, unescape(link))


@pytest.mark.parametrize("by", ["year", "half", "government", "legislature"])
def test_slices_stand_side_by_side_and_each_cell_leads_to_its_questions(synthetic: FlaskClient, by: str) -> None:
    sliced = document(synthetic, f"{WHOLE}?slice={by}")
    text = page(synthetic, f"{WHOLE}?slice={by}", "/en")
    assert text.count('class="multiple"') == len(sliced["slices"])
    cells = figures(text)
    counts = {edge["units"] for part in sliced["slices"] for edge in part["edges"]}
    assert cells
    assert {n for _, n in cells} <= counts
    for href, n in cells[:3]:
        assert total(synthetic, href) == n


def test_a_network_of_one_sort_has_its_strongest_pairs_slice_by_slice(synthetic: FlaskClient) -> None:
    text = page(synthetic, "/networks/ministry-ministry?slice=legislature&significant=0&null=none&type=all")
    assert 'class="multiple"' not in text
    assert 'id="strongest"' in text


def test_of_the_files_only_json_holds_slices(synthetic: FlaskClient) -> None:
    answer = synthetic.get(f"{WHOLE}.gexf?slice=year")
    assert answer.status_code == 400


def test_the_like_together_is_the_same_table_in_another_order(synthetic: FlaskClient) -> None:
    heads = re.compile(r'<th scope="row"><a href="([^"]+)"')
    plain, alike = (page(synthetic, f"{WHOLE}{order}") for order in ("", "?order=similarity"))
    assert sorted(heads.findall(plain)) == sorted(heads.findall(alike))
    assert heads.findall(plain) != heads.findall(alike)
    cells = re.compile(r'<td class="number[^"]*"><a href="([^"]+)"')
    assert sorted(cells.findall(plain)) == sorted(cells.findall(alike))


def test_views_keep_the_filters_and_say_which_one_is_shown(synthetic: FlaskClient) -> None:
    text = page(synthetic, f"{WHOLE}?type=all&order=similarity")
    assert f'href="{WHOLE}?type=all&amp;slice=year"' in text
    assert f'href="{WHOLE}?type=all&amp;order=similarity" aria-current="page"' in text
    assert '<input type="hidden" name="order" value="similarity">' in text


@pytest.mark.parametrize("kind", [WHOLE, "/networks/deputy-deputy"])
@pytest.mark.parametrize(
    ("correction", "named"), [("bh", "Benjamini and Hochberg"), ("by", "Benjamini and Yekutieli"), ("holm", "Holm")]
)
def test_a_page_names_the_correction_that_was_asked_for(
    synthetic: FlaskClient, kind: str, correction: str, named: str
) -> None:
    assert f"({named})" in page(synthetic, f"{kind}?correction={correction}", "/en")


def test_names_that_begin_alike_are_told_from_each_other_in_the_small_tables() -> None:
    names = ["Socialistes et apparentés", "Socialistes et apparentés (membre de l’intergroupe NUPES)", "Non inscrit"]
    assert cut_apart(names, 16) == ["Social…pparentés", "Social…pe NUPES)", "Non inscrit"]
    assert cut_apart(["La République en Marche"], 16) == ["La République e…"]
