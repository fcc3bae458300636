"""The texts of updates: the dataset of the protocol, and what may not be in them."""

from __future__ import annotations

import pytest
from pyoxigraph import Store

from graph.store import Dataset
from graph.updates import extend_graph, named, over, refuse_fetching, remove_graph, replace_graph
from ontology.errors import QueryError, RefusedError

ONE = Dataset(default=("urn:d",), named=("urn:n",))
USING = "USING <urn:d> USING NAMED <urn:n>"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("INSERT DATA { <urn:a> <urn:b> 1 }", "INSERT DATA { <urn:a> <urn:b> 1 }"),
        ("DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", f"DELETE {{ ?s ?p ?o }}  {USING} WHERE  {{ ?s ?p ?o }}"),
        ("DELETE WHERE { ?s ?p ?o }", f"DELETE  {{ ?s ?p ?o }} {USING} WHERE  {{ ?s ?p ?o }}"),
        ("DELETE{?s ?p 1}WHERE{?s ?p 1};DELETE WHERE{?s ?p 2}",
         f"DELETE{{?s ?p 1}} {USING} WHERE {{?s ?p 1}};DELETE {{?s ?p 2}} {USING} WHERE {{?s ?p 2}}"),
        ("INSERT { ?s ?p 'WHERE' } WHERE { { SELECT ?s ?p WHERE { ?s ?p 1 } } } # WHERE",
         f"INSERT {{ ?s ?p 'WHERE' }}  {USING} WHERE  {{ {{ SELECT ?s ?p WHERE {{ ?s ?p 1 }} }} }} # WHERE"),
    ],
)  # fmt: skip
def test_each_outermost_pattern_gets_the_dataset(text: str, expected: str) -> None:
    assert over(text, ONE) == expected
    Store().update(over(text, ONE))


def test_without_a_dataset_the_text_is_as_it_was() -> None:
    assert over("DELETE WHERE { ?s ?p ?o }", None) == over("DELETE WHERE { ?s ?p ?o }", Dataset())


@pytest.mark.parametrize("clause", ["WITH <urn:g>", ""])
def test_a_dataset_named_twice_is_refused(clause: str) -> None:
    using = "" if clause else "USING <urn:g>"
    with pytest.raises(QueryError):
        over(f"{clause} DELETE {{ ?s ?p ?o }} {using} WHERE {{ ?s ?p ?o }}", ONE)


@pytest.mark.parametrize(
    "text",
    ["LOAD <urn:x>", "load<urn:x>", "LOAD #SILENT\n <urn:x>", "CLEAR ALL; LOAD <urn:x> INTO GRAPH <urn:g>",
     "INSERT { ?s ?p ?o } WHERE { SERVICE <urn:x> { ?s ?p ?o } }"],
)  # fmt: skip
def test_what_would_fetch_is_refused(text: str) -> None:
    with pytest.raises(RefusedError):
        refuse_fetching(text)


@pytest.mark.parametrize(
    "text", ["LOAD SILENT <urn:x>", "LOAD # x\n SILENT <urn:x>", "INSERT DATA { <urn:a> <urn:b> 'LOAD' }"]
)
def test_what_may_fail_in_silence_is_let_through(text: str) -> None:
    refuse_fetching(text)


def test_graphs_are_replaced_extended_and_removed_by_one_transaction_each() -> None:
    store = Store()
    store.update(replace_graph("urn:g", "<urn:a> <urn:b> 'x' .\n"))
    store.update(replace_graph("urn:g", "<urn:a> <urn:b> 'y' .\n"))
    store.update(extend_graph("urn:g", "<urn:a> <urn:b> 'z' .\n"))
    store.update(extend_graph(None, "<urn:a> <urn:b> 'z' .\n"))
    assert len(store) == 3
    store.update(remove_graph("urn:g"))
    assert len(store) == 1
    store.update(replace_graph(None, ""))
    store.update(replace_graph("urn:empty", ""))
    assert [str(g) for g in store.named_graphs()] == ["<urn:empty>"]
    assert len(store) == 0


@pytest.mark.parametrize("iri", ["", "relative", "urn:a> } ; DROP ALL", "urn:a b", 'urn:"', "urn:\\u003e"])
def test_a_name_that_could_end_itself_is_refused(iri: str) -> None:
    with pytest.raises(QueryError):
        named(iri)
