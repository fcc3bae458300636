"""R16: a value in the address of a page is a value of its query, whatever it holds."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING
from urllib.parse import quote

import pyoxigraph as ox
import pytest

from ontology.iris import NS, thing
from tests.served import served
from tests.stores import publish

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SKOS = "http://www.w3.org/2004/02/skos/core#"
EX = "https://example.org/"
PIECES = [
    *"\"'\\{}()<>#;.*|^$?@&%",
    '"""',
    "'''",
    "\\u0022",
    "\\",
    " } UNION { ?a ?b ?c } #",
    '" . ?a ?b "',
    "> . <urn:x> ?p ?o . <",
    "); DROP ALL; --",
    "?group",
    "é",
    "x",
    "VALUES",
    "SERVICE <http://127.0.0.1:9/>",
]


def payloads(number: int) -> list[str]:
    """Draw texts that would end a literal, an IRI or a pattern if they could."""
    dice, found = random.Random(16), set[str]()  # noqa: S311 - the same each time
    while len(found) < number:
        found.add("".join(dice.choices(PIECES, k=dice.randint(1, 8))).strip())
    return sorted(found - {""})


def groups(texts: list[str]) -> Iterable[ox.Quad]:
    """Give a group of each name, with one question."""
    node, graph = ox.NamedNode, ox.NamedNode(EX + "graph")
    date = node("http://www.w3.org/2001/XMLSchema#date")
    for number, text in enumerate(texts):
        group, question, topic = (node(f"{EX}{kind}{number}") for kind in ("group", "question", "topic"))
        yield ox.Quad(group, node(SKOS + "notation"), ox.Literal(text), graph)
        yield ox.Quad(question, node(NS + "groupAtTabling"), group, graph)
        yield ox.Quad(question, node(NS + "inLegislature"), node(thing("legislature", "15")), graph)
        yield ox.Quad(question, node(NS + "tabledOn"), ox.Literal("2020-01-02", datatype=date), graph)
        yield ox.Quad(question, node(NS + "topic"), topic, graph)
        yield ox.Quad(topic, node(SKOS + "prefLabel"), ox.Literal(f"topic {number}"), graph)


@pytest.mark.parametrize("number", [40, pytest.param(500, marks=pytest.mark.slow)])
def test_r16_a_value_in_an_address_never_changes_its_query(tmp_path: Path, number: int) -> None:
    texts = payloads(number)
    publish(tmp_path / "DATA", "g1", groups(texts), example=False)
    with served(tmp_path / "DATA", "--processes", "1") as server:
        for place, text in enumerate(texts):
            value = quote(text, safe="")
            reply = server.get(f"/queries/p4-topics-by-month.csv?legislature=15&group={value}")
            assert reply.status == 200, reply
            rows = reply.body.decode().splitlines()[1:]
            assert len(rows) == 1, text
            assert f"topic {place}" in rows[0], text
            for path in (f"/questions.csv?text={value}", f"/networks/deputy-ministry.csv?group={value}"):
                assert server.get(path).status in {200, 400, 404}, f"{path}: {text}"
