"""Counting a store before it is published. Knows SPARQL and pyoxigraph; nothing of generations or their folders."""

from __future__ import annotations

from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, cast

from pyoxigraph import NamedNode, Store, Variable

from ontology.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pyoxigraph import BlankNode, Literal, QuerySolutions, Triple

    Fixed = NamedNode | BlankNode | Literal | Triple

_PER_GRAPH_AND_PREDICATE = "SELECT ?g ?p (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ?p"
_PER_CLASS = "SELECT ?c (COUNT(*) AS ?n) { GRAPH ?g { ?s a ?c } } GROUP BY ?c"
_DISTINCT = "SELECT ?p (COUNT(*) AS ?n) { SELECT DISTINCT ?s ?p ?o { GRAPH ?g { ?s ?p ?o } } } GROUP BY ?p"
_SHARED = """SELECT ?s ?p ?o ?a ?b { GRAPH ?a { ?s ?p ?o } GRAPH ?b { ?s ?p ?o } FILTER(STR(?a) < STR(?b)) }
ORDER BY ?s ?o ?a ?b LIMIT 1"""
_TOGETHER = 2  # queries at once: each runs on one core


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """How many quads a store holds, in all and per graph, predicate and class."""

    quads: int
    graphs: Mapping[str, int]
    predicates: Mapping[str, int]
    classes: Mapping[str, int]


def census(folder: Path, expected: Mapping[str, int]) -> Census:
    """Count a store that nobody writes to, and refuse it unless it holds exactly what it should.

    Parameters
    ----------
    folder
        The folder of the store.
    expected
        How many quads each named graph must hold. No other graph may hold any.

    Raises
    ------
    BuildError
        A graph holds another number of quads, or a triple lies in two graphs.
    OSError
        The store cannot be read back.
    """
    store = Store.read_only(str(folder))
    with ThreadPoolExecutor(_TOGETHER) as pool:
        counted, per_graph = _sums(store, pool)
        same_counts({**counted.graphs, "": counted.quads - sum(counted.graphs.values())}, expected)
        _one_owner(store, per_graph, pool)
    return counted


def count(folder: Path) -> Census:
    """Count a store that nobody writes to, whatever it holds.

    Raises
    ------
    OSError
        The store cannot be read back.
    """
    with ThreadPoolExecutor(_TOGETHER) as pool:
        return _sums(Store.read_only(str(folder)), pool)[0]


def _sums(store: Store, pool: ThreadPoolExecutor) -> tuple[Census, Mapping[str, Counter[str]]]:
    """Count, and give the quads of each graph and predicate too."""
    classes = pool.submit(_per_class, store)
    per_graph = _per_graph_and_predicate(store)
    predicates: Counter[str] = Counter()
    for counts in per_graph.values():
        predicates += counts
    graphs = {graph: counts.total() for graph, counts in per_graph.items()}
    census = Census(quads=len(store), graphs=graphs, predicates=dict(predicates), classes=classes.result())
    return census, per_graph


def _per_class(store: Store) -> dict[str, int]:
    return {name: int(number) for name, number in _values(store, _PER_CLASS)}


def _per_graph_and_predicate(store: Store) -> dict[str, Counter[str]]:
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for graph, predicate, number in _values(store, _PER_GRAPH_AND_PREDICATE):
        counts[graph][predicate] = int(number)
    return counts


def same_counts(found: Mapping[str, int], expected: Mapping[str, int]) -> None:
    """Refuse a difference; ``""`` stands for the default graph, where nothing belongs."""
    wrong = [
        f"{graph or 'the default graph'} holds {found.get(graph, 0)}, expected {expected.get(graph, 0)}"
        for graph in sorted(found.keys() | expected.keys())
        if found.get(graph, 0) != expected.get(graph, 0)
    ]
    if wrong:
        raise BuildError(
            f"the store does not hold the quads of its parts: {'; '.join(wrong)}",
            code="count-mismatch",
            hint="a part is cut short, loaded twice, or holds quads of another graph: remake the parts",
        )


def _one_owner(store: Store, per_graph: Mapping[str, Counter[str]], pool: ThreadPoolExecutor) -> None:
    """Refuse a triple that lies in two graphs: a union of graphs would count it twice.

    Such graphs share the predicate, so predicates are looked at one by one: the memory needed is that of the most
    used predicates, not of the store (all at once: 130 MB for 600,000 quads).
    """
    owners = Counter(predicate for counts in per_graph.values() for predicate in counts)
    expected = {
        predicate: sum(counts[predicate] for counts in per_graph.values())
        for predicate, graphs in sorted(owners.items())
        if graphs > 1
    }
    for _ in pool.map(partial(_owned_once, store), expected, expected.values()):
        pass


def _owned_once(store: Store, predicate: str, quads: int) -> None:
    (_, distinct) = next(_values(store, _DISTINCT, p=predicate))
    if int(distinct) != quads:
        s, p, o, first, second = next(_values(store, _SHARED, p=predicate))
        raise BuildError(
            f"a statement lies in two graphs, {first} and {second}: {s} {p} {o}",
            code="two-owners",
            hint="each statement belongs to one graph: mend the mapping",
        )


def _values(store: Store, query: str, **fixed: str) -> Iterator[tuple[str, ...]]:
    """Yield the rows of a SELECT as plain values: an IRI, or a literal's lexical form."""
    bindings: dict[Variable, Fixed] = {Variable(name): NamedNode(iri) for name, iri in fixed.items()}
    # Each text above is a SELECT, so the answer is rows.
    for solution in cast("QuerySolutions", store.query(query, substitutions=bindings)):
        yield tuple(str(getattr(term, "value", term)) for term in solution)
