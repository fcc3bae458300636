"""The questions of a store that repeat the words of others: who was first, who followed, and what was answered at once.

Knows columns, the Store protocol and `graph.networks.reuse`; knows no HTTP. Texts are read once and not kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, cast

import networkx as nx
import numpy as np

from graph.columns.asking import asked
from graph.columns.codes import key_of
from graph.columns.table import NO_DAY
from graph.networks.asking import LICENCE
from graph.networks.inquiry import text_of
from graph.networks.numbers import number
from graph.networks.parameters import choose
from graph.networks.reuse import LEAST, SAME, SIMILAR, find, within
from graph.networks.selecting import selected
from graph.networks.units import units_of
from graph.networks.wording import words
from ontology.iris import thing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from graph.columns.asking import Ask
    from graph.columns.table import Columns
    from graph.networks.nulls import Permuted
    from graph.networks.parameters import Parameters
    from graph.networks.reuse import Reuse
    from graph.networks.units import Units
    from graph.store import Store

As: TypeAlias = Literal["question", "deputy", "group"]
AS: Final[tuple[As, ...]] = ("question", "deputy", "group")
DEFINITIONS: Final[Mapping[str, str]] = {
    "similarity": "1 minus the edit distance in words over the length of the longer text; the address and the opening "
    "of the closing request are left out",
    "same": f"similarity of at least {SAME}",
    "similar": f"similarity of at least {SIMILAR}",
    "cluster": "questions joined by similar pairs; a chain may join unlike ends, hence the least similarity",
    "first": "the question of the cluster that was published first; of several on one day, none is called first, nor "
    "where the day of one is unknown",
    "complete_from": f"overlap of runs of words from which on every pair was compared: {LEAST}, more where texts are "
    "so much alike that this would take for ever, null where nothing can be promised",
    "pairs_omitted": "pairs not compared, of texts that have hundreds like them",
    "weight": "of an edge between questions, their similarity; between deputies or groups, the number of pairs",
    "same_day": "of the pairs of an edge between deputies or groups, those published on one day, none of them first",
    "in_later": "share of the earlier text's runs of three words that the later has",
    "joint_answers": "questions of the cluster whose answer another question of it has too",
    "within_groups": "of the pairs of two deputies, share whose groups are the same, beside groups dealt anew over the "
    "deputies; who repeats themselves and whose group is unknown are left out",
}
CLUSTER: Final = ("id", "first", "asked", "deputy", "deputy_label", "size", "least", "median", "joint_answers", "keys")
REFERENCES: Final = (
    "Broder 1997, On the resemblance and containment of documents",
    "Levenshtein 1966; Myers 1999, J. ACM 46",
    "StreetPress 2018 (same and similar questions)",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """What was found among some questions: ``rows`` are their places in the columns, in the order of the texts."""

    rows: tuple[int, ...]
    reuse: Reuse
    without_text: int


Search: TypeAlias = "Callable[[Sequence[str], Sequence[int | None]], Reuse]"


def search(
    texts: Sequence[str], days: Sequence[int | None], *, progress: Callable[[float], None] | None = None
) -> Reuse:
    """Find the texts that repeat others: what a process of its own may do."""
    return find(texts, days=days, progress=progress)


def copies(store: Store, columns: Columns, parameters: Parameters, *, by: Search = search) -> Copies:
    """Find the questions that repeat others among those that pass the filters; ``by`` says where the search is done."""
    wanted: list[int] = selected(columns, parameters).tolist()
    place = {columns.question[row].decode(): row for row in wanted}
    texts = asked(store, lambda ask, _: _texts(ask, place))
    rows = tuple(sorted(texts))
    days: list[int] = columns.asked[list(rows)].tolist()
    found = by([texts[row] for row in rows], [None if day == NO_DAY else day for day in days])
    return Copies(rows=rows, reuse=found, without_text=len(wanted) - len(rows))


def units(store: Store, columns: Columns, parameters: Parameters) -> Units:
    """Find what counts once in a network of the questions that pass: reads the texts and searches them."""
    return found_units(columns, copies(store, columns, parameters))


def found_units(columns: Columns, found: Copies) -> Units:
    """Give the clusters that were found as the units of a network."""
    return units_of(len(columns), np.array(found.rows, dtype=np.int64), found.reuse.cluster_of)


def report(
    columns: Columns, parameters: Parameters, found: Copies, *, trials: int = 999, seed: int = 0
) -> dict[str, Any]:
    """Give the clusters, the largest first, each with its questions, pairs and joint answers."""
    ends, groups = _askers(columns, found)
    null = within(ends, groups, trials=trials, seed=seed) if ends else None
    clusters = sorted(found.reuse.clusters, key=lambda cluster: (-len(cluster.members), cluster.members))
    inside: dict[int, list[dict[str, Any]]] = {}
    for pair in found.reuse.pairs:
        inside.setdefault(int(found.reuse.cluster_of[pair.earlier]), []).append(
            {
                "earlier": _key(columns, found.rows[pair.earlier]),
                "later": _key(columns, found.rows[pair.later]),
                "directed": pair.directed,
                "kind": pair.kind,
                "similarity": number(pair.similarity),
                "jaccard": number(pair.jaccard),
                "in_later": number(pair.in_later),
                "in_earlier": number(pair.in_earlier),
            }
        )
    return {
        "meta": {
            "kind": "text-reuse",
            "parameters": parameters.canonical(),
            "generation": columns.generation,
            "n_questions": len(found.rows),
            "excluded": {"no_text": found.without_text},
            "n_reused": sum(len(cluster.members) for cluster in clusters),
            "n_pairs": len(found.reuse.pairs),
            "thresholds": {"same": SAME, "similar": SIMILAR, "jaccard": LEAST},
            "complete_from": found.reuse.complete,
            "pairs_omitted": found.reuse.omitted,
            "within_groups": None if null is None else _null(null),
            "trials": trials,
            "seed": seed,
            "definitions": dict(DEFINITIONS),
            "references": list(REFERENCES),
            "licence": LICENCE,
        },
        "clusters": [
            _cluster(columns, [found.rows[member] for member in cluster.members], inside[cluster.members[0]])
            | {"least": number(cluster.least), "median": number(cluster.median)}
            for cluster in clusters
        ],
    }


def clusters_of(body: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Give the clusters of a report as lines, under the names of ``CLUSTER``."""
    for one in body["clusters"]:
        head = one["questions"][0]
        yield {
            **{name: one[name] for name in ("id", "first", "size", "least", "median", "joint_answers")},
            **{name: head[name] for name in ("asked", "deputy", "deputy_label")},
            "keys": " ".join(item["key"] for item in one["questions"]),
        }


def network(columns: Columns, body: Mapping[str, Any], *, kind: As = "question") -> nx.DiGraph[str]:
    """Make the network of reuse from a report: who repeated whom, among questions, deputies or groups.

    Directed from the earlier to the later; pairs of one day, of which none is earlier, go from the smaller IRI. Among
    deputies and groups the weight is the number of pairs, and ``same_day`` how many of them say nothing of who was
    first; among questions the weight is the similarity.
    """
    choose("as", kind, AS)
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.graph.update(
        body["meta"], parameters=dict(body["meta"]["parameters"]) | ({} if kind == "question" else {"as": kind})
    )
    rows = {key.decode(): row for row, key in enumerate(columns.question)}
    for cluster in body["clusters"]:
        for pair in cluster["pairs"]:
            ends = [_end(columns, rows[pair[name]], kind) for name in ("earlier", "later")]
            if None in ends:
                continue
            (a, first), (b, second) = cast("list[tuple[str, dict[str, object]]]", ends)
            graph.add_node(a, **first)
            graph.add_node(b, **second)
            if kind == "question":
                graph.add_edge(a, b, weight=pair["similarity"], same=pair["kind"] == "same", directed=pair["directed"])
            else:
                before = graph.get_edge_data(a, b, {"weight": 0, "same_day": 0})
                same_day = before["same_day"] + (not pair["directed"])
                graph.add_edge(a, b, weight=before["weight"] + 1, same_day=same_day)
    return graph


def aligned(a: str, b: str) -> list[dict[str, str]]:
    """Give the passages that two texts share and those in which they differ, in order.

    >>> aligned("le miel de montagne", "le miel de lavande")
    [{'kind': 'equal', 'a': 'le miel de', 'b': 'le miel de'}, {'kind': 'replace', 'a': 'montagne', 'b': 'lavande'}]
    """
    first, second = words(a), words(b)
    # autojunk would drop every word that is frequent in a long text
    steps = SequenceMatcher(None, first, second, autojunk=False).get_opcodes()
    return [{"kind": kind, "a": " ".join(first[i:j]), "b": " ".join(second[k:m])} for kind, i, j, k, m in steps]


def texts_of(store: Store, keys: Sequence[str]) -> dict[str, str]:
    """Read the texts of a few questions."""
    values = " ".join(f"<{thing('question', key)}>" for key in keys)
    pattern = f"VALUES ?question {{ {values} }} ?question qst:questionText ?value"
    rows = asked(store, lambda ask, _: sorted((iri, text) for iri, text in ask(pattern)))
    return {key_of(iri, "question"): text for iri, text in reversed(rows)}


def _texts(ask: Ask, place: Mapping[str, int]) -> dict[int, str]:
    """Read the text of each question that has one; of several the first."""
    found: dict[int, str] = {}
    for iri, text in ask("?question qst:questionText ?value"):
        row = place.get(key_of(iri, "question"))
        if row is not None and text and (row not in found or text < found[row]):
            found[row] = text
    return found


def _askers(columns: Columns, found: Copies) -> tuple[list[tuple[int, int]], NDArray[np.int64]]:
    """Give the pairs of two deputies, numbered once for each group they asked in, and these groups."""
    rows = list(found.rows)
    asked_by = np.stack([columns.deputy[rows], columns.group_dated[rows]], axis=1).astype(np.int64)
    askers, place = np.unique(asked_by, axis=0, return_inverse=True)
    known, place = askers.min(axis=1) >= 0, place.reshape(-1)
    number = np.cumsum(known) - 1
    joined = [(int(place[pair.earlier]), int(place[pair.later])) for pair in found.reuse.pairs]
    ends = [
        (int(number[a]), int(number[b])) for a, b in joined if known[a] and known[b] and askers[a, 0] != askers[b, 0]
    ]
    return ends, askers[known, 1]


def _cluster(columns: Columns, rows: Sequence[int], pairs: list[dict[str, Any]]) -> dict[str, Any]:
    """Describe a cluster: its questions by day, and who was first."""
    ordered = sorted(rows, key=lambda row: (columns.asked[row] == NO_DAY, int(columns.asked[row]), row))
    alone = columns.asked[ordered[0]] < columns.asked[ordered[1]] and columns.asked[ordered[-1]] != NO_DAY
    answers = [int(columns.answer_group[row]) for row in ordered if columns.end[row] == 1]
    return {
        "id": _key(columns, ordered[0]),
        "size": len(ordered),
        "first": _key(columns, ordered[0]) if alone else None,
        "joint_answers": sum(answers.count(answer) > 1 for answer in answers),
        "questions": [_question(columns, row) for row in ordered],
        "pairs": pairs,
    }


def _question(columns: Columns, row: int) -> dict[str, Any]:
    """Describe one question of a cluster."""
    deputy, group = int(columns.deputy[row]), int(columns.group_dated[row])
    people, groups = columns.codes["person"], columns.codes["group"]
    return {
        "question": columns.iri(row),
        "key": _key(columns, row),
        "asked": text_of(int(columns.asked[row])),
        "deputy": people.keys[deputy] if deputy >= 0 else None,
        "deputy_label": people.fr[deputy] if deputy >= 0 else None,
        "group": groups.keys[group] if group >= 0 else None,
        "group_label": groups.fr[group] if group >= 0 else None,
    }


def _end(columns: Columns, row: int, kind: As) -> tuple[str, dict[str, object]] | None:
    """Give the node that a question stands for; None when it is unknown."""
    if kind == "question":
        return columns.iri(row), {**_question(columns, row), "type": "Question", "label": _key(columns, row)}
    column, type_ = (columns.deputy, "person") if kind == "deputy" else (columns.group_dated, "group")
    code = int(column[row])
    if code < 0:
        return None
    codes = columns.codes[type_]
    return codes.iris[code], {"key": codes.keys[code], "label": codes.fr[code], "type": type_.capitalize()}


def _null(null: Permuted) -> dict[str, float | None]:
    """Give the numbers of a permuted statistic."""
    return {"observed": number(null.observed), "mean": number(null.mean), "z": number(null.z), "p": number(null.p)}


def _key(columns: Columns, row: int) -> str:
    return str(columns.question[row].decode())
