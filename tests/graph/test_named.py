"""The named queries: their heads, their slots, and the same answers from two engines over the example."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import XSD, BNode, Dataset, Literal, URIRef
from rdflib.query import ResultRow

from graph import named
from graph.backends.oxigraph.store import OxigraphStore
from graph.gate import outline
from graph.load import Part, load
from ontology import iris
from ontology.errors import NotFoundError, QueryError
from ontology.vocabulary import vocabulary

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

    from rdflib.term import Node

EXAMPLE = Path(__file__).parents[1] / "data" / "example-v1.trig"
VOCABULARY = iris.graph("vocabulary")
DEFECTIVE = ["", "2024-02-30", "20240430", "2024-W18-2", "30/04/2024", '2024-04-30"', "2024-04-30 ", "x"]

# Rows on the example, with the values given: some defaults are of the real data.
ROWS: dict[str, tuple[int, dict[str, str]]] = {
    "j1-overdue-by-portfolio": (1, {"day": "2024-12-31"}),
    "j2-delay-by-portfolio": (4, {}),
    "j3-flagged-late": (1, {}),
    "j4-my-constituency": (1, {}),
    "j5-lapsed-by-ministry": (2, {}),
    "j6-withdrawn": (1, {}),
    "j7-joint-answers": (2, {}),
    "j8-recalled-questions": (1, {}),
    "j9-what-to-cite": (9, {}),
    "j10-corrected-answers": (1, {}),
    "p1-group-on-the-day": (13, {}),
    "p2-printed-vs-real-group": (1, {}),
    "p3-group-by-portfolio": (6, {}),
    "p4-topics-by-month": (6, {}),
    "p5-deputy-portfolio-edges": (8, {}),
    "p6-real-transfers": (1, {}),
    "p7-reshuffle-share": (1, {}),
    "p8-answer-rate-by-stance-and-gender": (6, {}),
    "p9-before-and-after-changing-group": (5, {}),
    "p10-minister-at-answer": (8, {}),
    "p11-survival-table": (12, {}),
    "p12-answer-rate-by-portfolio": (4, {}),
    "p13-central-portfolios": (4, {}),
    "p14-ties-and-their-questions": (5, {}),
    "p15-published-transfers": (1, {}),
    "p16-repeated-questions": (0, {}),
    "l1-wikidata-join": (2, {}),
    "l2-insee-join": (5, {}),
    "l3-where-from": (1, {}),
    "l4-names-of-a-portfolio": (2, {}),
    "l5-successors": (2, {}),
    "l6-life-of-a-question": (4, {"question": "QANR5L14QE47351"}),
    "l7-what-changed-since": (10, {"since": "2026-06-30"}),
    "l8-stated-vs-derived": (28, {"question": "QANR5L14QE47351"}),
    "l9-in-charge-on-a-day": (1, {}),
    "l10-published-networks": (3, {}),
}


def quads() -> list[ox.Quad]:
    """Read the example, with the vocabulary beside it as in every generation."""
    graph = ox.NamedNode(VOCABULARY)
    terms = ox.parse(vocabulary().serialize(format="nt").encode(), format=ox.RdfFormat.N_TRIPLES)
    beside = [ox.Quad(q.subject, q.predicate, q.object, graph) for q in terms]
    return [*ox.parse(path=EXAMPLE, format=ox.RdfFormat.TRIG), *beside]


@pytest.fixture(scope="module")
def oxigraph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OxigraphStore]:
    with publish_example(tmp_path_factory.mktemp("named")) as store:
        yield store


@contextmanager
def publish_example(folder: Path) -> Generator[OxigraphStore]:
    """Publish the example, graph by graph, and open it as the service does."""
    graphs: dict[str, list[ox.Quad]] = {}
    for quad in quads():
        graphs.setdefault(str(quad.graph_name).strip("<>"), []).append(quad)
    load(folder / "DATA", [_part(folder / f"{i}.nq", *item) for i, item in enumerate(graphs.items())], {})
    with OxigraphStore(folder / "DATA") as store:
        yield store


def _part(path: Path, graph: str, found: list[ox.Quad]) -> Part:
    body = ox.serialize(found, format=ox.RdfFormat.N_QUADS) or b""
    path.write_bytes(body)
    return Part(graph=graph, path=path, quads=len(found), sha256=hashlib.sha256(body).hexdigest())


@pytest.fixture(scope="module")
def rdflib_dataset() -> Dataset:
    """Hold the same quads in rdflib, whose default graph is their union too."""
    dataset = Dataset(default_union=True)
    for quad in quads():
        subject, value = _term(quad.subject), _term(quad.object)
        dataset.graph(URIRef(str(quad.graph_name).strip("<>"))).add((subject, URIRef(quad.predicate.value), value))
    return dataset


def _term(term: object) -> Node:
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.Literal):
        typed = None if term.language or term.datatype.value == str(XSD.string) else URIRef(term.datatype.value)
        return Literal(term.value, lang=term.language, datatype=typed)
    return BNode()


def comparable(term: object) -> object:
    """Give numbers and moments by their value (engines write 1 and 1.0, Z and +00:00), any other term as it is."""
    if isinstance(term, Literal) and isinstance(term.value, datetime):
        return term.value
    if isinstance(term, Literal) and isinstance(term.value, float):
        return term.value
    if isinstance(term, Literal) and isinstance(term.value, int | Decimal) and not isinstance(term.value, bool):
        return Decimal(term.value).normalize()
    return None if term is None else (str(term), getattr(term, "language", None), str(getattr(term, "datatype", None)))


def counted(rows: Iterable[Iterable[object]]) -> Counter[tuple[object, ...]]:
    return Counter(tuple(comparable(term) for term in row) for row in rows)


def test_every_named_query_is_in_the_table_of_answers() -> None:
    assert list(ROWS) == list(named.names())


@pytest.mark.filterwarnings(r"ignore:Dataset\.\w+ is deprecated:DeprecationWarning")
@pytest.mark.parametrize("name", ROWS)
def test_two_engines_give_the_same_rows_on_the_example(
    name: str, oxigraph: OxigraphStore, rdflib_dataset: Dataset
) -> None:
    expected, values = ROWS[name]
    text = named.read(name).bind(values)
    from_oxigraph = counted(oxigraph.rows(text))
    columns = oxigraph.rows(text).columns
    found = [row for row in rdflib_dataset.query(text) if isinstance(row, ResultRow)]
    from_rdflib = counted([getattr(row, column) for column in columns] for row in found)
    assert from_oxigraph == from_rdflib
    assert from_oxigraph.total() == expected


@pytest.mark.parametrize("name", [name for name in ROWS if "legislature" in named.read(name).text])
def test_a_legislature_leaves_only_its_own_rows(name: str, oxigraph: OxigraphStore) -> None:
    query = named.read(name)
    if "legislature" not in {slot.name for slot in query.slots}:
        return
    _, values = ROWS[name]
    alone = [oxigraph.rows(query.bind({**values, "legislature": number})) for number in ("14", "15", "17")]
    whole = oxigraph.rows(query.bind(values))
    if any(column in {"question", "new"} for column in whole.columns):
        assert counted(row for rows in alone for row in rows) == counted(whole)
    assert all(len(rows) <= max(len(whole), 1) for rows in alone)


@pytest.mark.parametrize("name", named.names())
def test_a_named_query_has_a_question_as_title_in_both_languages_and_its_slots_in_its_text(name: str) -> None:
    query = named.read(name)
    assert iris.is_key(name)
    for title in (query.title_fr, query.title_en):
        assert title[0].isupper() or title[0] == "À"
    assert query.title_fr != query.title_en
    assert set(re.findall(r"VALUES \?(\w+)", query.text)) == {slot.name for slot in query.slots}
    assert outline(query.text).form == "SELECT"
    assert "ORDER BY" in query.text or name in {"p7-reshuffle-share", "l3-where-from"}


@pytest.mark.parametrize("name", named.names())
def test_the_defaults_given_as_values_change_nothing(name: str) -> None:
    query = named.read(name)
    assert query.bind({slot.name: slot.default for slot in query.slots}) == query.text


def test_a_key_and_an_iri_name_the_same_thing() -> None:
    query = named.read("j4-my-constituency")
    iri = iris.thing("constituency", "2010-75-01")
    assert query.bind({"constituency": "2010-75-01"}) == query.bind({"constituency": iri})
    assert f"VALUES ?constituency {{ <{iri}> }}" in query.bind({"constituency": iri})


@pytest.mark.parametrize(
    ("name", "values"),
    [
        *(("j1-overdue-by-portfolio", {"day": value}) for value in DEFECTIVE if value),
        *(
            ("l7-what-changed-since", {"since": v})
            for v in ("2024-13-01", "2024-04-30T12:00:00", "2024-04-30 12:00:00Z")
        ),
        ("l7-what-changed-since", {"since": "2024-04-30T25:00:00Z"}),
        ("j4-my-constituency", {"constituency": "2010 44 09"}),
        ("j4-my-constituency", {"constituency": "https://example.org/> } #"}),
        ("j4-my-constituency", {"constituency": iris.thing("ministry", "PO729979")}),
        ("p4-topics-by-month", {"group": "LAREM\n"}),
        ("p4-topics-by-month", {"groupe": "LAREM"}),
        ("l1-wikidata-join", {"legislature": "15"}),
    ],
)
def test_a_value_that_is_not_of_its_kind_is_refused_with_a_hint(name: str, values: dict[str, str]) -> None:
    with pytest.raises(QueryError) as caught:
        named.read(name).bind(values)
    assert caught.value.code == "parameter"
    assert caught.value.hint


def test_an_empty_value_keeps_the_default() -> None:
    query = named.read("j1-overdue-by-portfolio")
    assert query.bind({"day": "", "legislature": ""}) == query.text


def test_an_unknown_name_names_the_nearest() -> None:
    for given_ in ("p2", "printed-vs-real-group", "P2-printed-vs-real-group"):
        with pytest.raises(NotFoundError, match="no named query") as caught:
            named.read(given_)
        assert "p2-printed-vs-real-group" in caught.value.hint


@given(text=st.text(st.characters(exclude_categories=["C"]), min_size=1).filter(str.isprintable))
def test_any_text_stays_one_literal_whatever_it_holds(text: str) -> None:
    qst, skos = iris.NS, "http://www.w3.org/2004/02/skos/core#"
    node, store = ox.NamedNode, ox.Store()
    question, group = node("https://example.org/q"), node("https://example.org/g")
    legislature = node(iris.thing("legislature", "15"))
    for subject, predicate, value in (
        (group, skos + "notation", ox.Literal(text)),
        (question, qst + "groupAtTabling", group),
        (question, qst + "inLegislature", legislature),
        (question, qst + "tabledOn", ox.Literal("2020-01-02", datatype=node(str(XSD.date)))),
        (question, qst + "topic", node("https://example.org/t")),
        (node("https://example.org/t"), skos + "prefLabel", ox.Literal("t")),
    ):
        store.add(ox.Quad(subject, node(predicate), value))
    bound = named.read("p4-topics-by-month").bind({"group": text, "legislature": "15"})
    found = store.query(bound)
    assert isinstance(found, ox.QuerySolutions)
    assert len(list(found)) == 1
