"""Columns from a graph: one SELECT a column, whole or refused. Knows the Store protocol and the terms; no engine.

What is single in a good graph is taken as single: of several values the first in the order of their texts counts.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from graph.columns.asking import asked
from graph.columns.codes import NONE, key_of, make
from graph.columns.histories import attributions, moves
from graph.columns.splicing import spliced
from graph.columns.table import ENDS, NO_DAY, STANCES, Columns, day_number
from ontology.iris import NS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from graph.columns.asking import Ask, Readable
    from graph.columns.codes import Codes

_TYPES: Final = {f"{NS}WrittenQuestion": 0, f"{NS}GovernmentQuestion": 1, f"{NS}OralQuestion": 2}
_STATUSES: Final = {f"{NS}status{name.capitalize()}": number for number, name in enumerate(ENDS)}
_STANCES: Final[Mapping[str, int]] = dict(
    zip(("Majoritaire", "Minoritaire", "Opposition"), range(len(STANCES)), strict=True)
)
_THINGS: Final = {
    "deputy": ("person", "author"),
    "mandate": ("mandate", "underMandate"),
    "constituency": ("constituency", "constituencyAtTabling"),
    "group_declared": ("group", "groupAsPublished"),
    "group_dated": ("group", "groupAtTabling"),
    "ministry_asked": ("ministry", "addressedTo"),
    "ministry_attributed": ("ministry", "attributedTo"),
    "topic": ("topic", "topic"),
}
_ANSWERS: Final = "?question qst:hasAnswer ?value"
_DAYS: Final = {"asked": "tabledOn", "answered": "answeredOn", "closed": "closedOn", "due": "dueOn"}
_UNION: Final = " UNION "
_NODES: Final = {  # where the things of a code list occur: names are asked of these alone, not of every question
    "person": "?x qst:author ?node",
    "mandate": "?x qst:underMandate ?node",
    "constituency": "?x qst:constituencyAtTabling ?node",
    "departement": "?x qst:inDepartement ?node",
    "group": "?x qst:groupAsPublished|qst:groupAtTabling ?node",
    "ministry": _UNION.join(
        (  # each distinct for itself: the engine takes a quarter of the time of one path of alternatives
            *(
                f"{{ SELECT DISTINCT ?node WHERE {{ ?x qst:{term} ?node }} }}"
                for term in ("addressedTo", "attributedTo", "ministry", "fromMinistry", "toMinistry")
            ),
            "{ ?node qst:mainPortfolio ?x }",
        )
    ),
    "portfolio": "?x qst:mainPortfolio ?node",
    "topic": "?x qst:topic ?node",
    "government": "?node a qst:Government",
    "legislature": "{ ?x qst:inLegislature ?node } UNION { ?node a qst:Legislature }",
}


def from_store(store: Readable, *, together: int = 1) -> Columns:
    """Read the fact table of the current generation by SELECTs, in pages where queries run elsewhere.

    Parameters
    ----------
    store
        What is asked.
    together
        How many SELECTs at once.

    Raises
    ------
    BusyError
        The store changed again and again while it was read.
    """
    with ThreadPoolExecutor(together) as pool:
        return asked(store, lambda ask, generation: _read(pool, ask, ask, generation))


def changed_from(store: Readable, base: Columns, changed: Collection[str], *, together: int = 1) -> Columns:
    """Read the fact table as `from_store` does, but of the questions that did not change take what a base holds.

    Parameters
    ----------
    store, together
        As of `from_store`.
    base
        Columns of an earlier state.
    changed
        The IRIs of all questions of which, or of whose events and attributions, a statement came or went.

    Raises
    ------
    BusyError
        As `from_store`.
    """

    def read(ask: Ask, generation: str) -> Columns:
        part = _read(pool, ask, _only(ask, changed), generation)
        whole = spliced(base, part, changed)
        rows = {whole.iri(row): row for row in range(len(whole))}
        joined: dict[str, Any] = {"answer_group": _together(rows, ask(_ANSWERS))}
        return replace(whole, **joined, **_followed(ask, whole.codes, vars(whole)))

    with ThreadPoolExecutor(together) as pool:
        return asked(store, read)


def _only(ask: Ask, questions: Iterable[str]) -> Ask:
    """Ask of some questions alone."""
    values = " ".join(f"<{iri}>" for iri in sorted(questions))
    return lambda pattern, *variables: ask(f"VALUES ?question {{ {values} }} {pattern}", *variables)


def _read(pool: ThreadPoolExecutor, ask: Ask, ask_questions: Ask, generation: str) -> Columns:
    """Read everything; `Columns` says what each part is."""
    types, *lists = _all(
        pool,
        partial(_questions, ask_questions),
        *(partial(_codes, ask, kind, pattern) for kind, pattern in _NODES.items()),
    )
    codes: dict[str, Codes] = dict(zip(_NODES, lists, strict=True))
    questions = sorted(types, key=lambda iri: key_of(iri, "question"))
    rows = {iri: row for row, iri in enumerate(questions)}

    def column(term: str, code: Callable[[str], int], empty: int) -> Callable[[], NDArray[np.int32]]:
        return lambda: _column(rows, ask_questions(f"?question qst:{term} ?value"), code, empty=empty)

    kept = partial(attributions, ask_questions, rows, codes["ministry"])
    moved = partial(moves, ask_questions, rows, codes["ministry"])
    histories = pool.submit(kept), pool.submit(moved)  # they take longest
    names = (*_THINGS, *_DAYS, "end", "legislature", "answer_group", "signalled", "renewals")
    found = _all(
        pool,
        *(column(term, _coder(codes[kind]), NONE) for kind, term in _THINGS.values()),
        *(column(term, day_number, NO_DAY) for term in _DAYS.values()),
        column("status", lambda iri: _STATUSES.get(iri, 0), 0),
        column("inLegislature", _number, NONE),
        lambda: _together(rows, ask_questions(_ANSWERS)),
        lambda: _events(ask_questions, rows, "Flagged"),
        lambda: _events(ask_questions, rows, "Renewed"),
    )
    single: dict[str, NDArray[np.int32]] = dict(zip(names, found, strict=True))
    return Columns(
        generation=generation,
        question=np.array([key_of(iri, "question").encode() for iri in questions], dtype=np.bytes_),
        type=np.array([types[iri] for iri in questions], dtype=np.int8),
        end=single.pop("end").astype(np.int8),
        legislature=single.pop("legislature").astype(np.int16),
        signalled=single.pop("signalled").astype(np.int16),
        renewals=single.pop("renewals").astype(np.int16),
        **single,
        **_followed(ask, codes, single),
        attributions=histories[0].result(),
        moves=histories[1].result(),
        group_stance=_stances(ask, codes["group"]),
        government_since=_starts(ask, codes["government"], "Government"),
        legislature_since=_starts(ask, codes["legislature"], "Legislature"),
        codes=codes,
    )


def _all(pool: ThreadPoolExecutor, *jobs: Callable[[], Any]) -> list[Any]:
    """Do jobs, some at once; when one fails those that have not begun are left."""
    futures = [pool.submit(job) for job in jobs]
    try:
        return [future.result() for future in futures]
    finally:
        for future in futures:
            future.cancel()


def _questions(ask: Ask) -> dict[str, int]:
    """Give every question with its number in ``TYPES``, -1 when its class is none of these."""
    classes = " ".join(f"<{iri}>" for iri in (f"{NS}Question", *_TYPES))
    found: dict[str, int] = {}
    for iri, of_class in ask(f"VALUES ?value {{ {classes} }} ?question a ?value"):
        found[iri] = max(found.get(iri, NONE), _TYPES.get(of_class, NONE))
    return found


def _codes(ask: Ask, kind: str, pattern: str) -> Codes:
    """Make a code list of the nodes of a pattern, with the first of their names in each language."""
    nodes = f"{{ SELECT DISTINCT ?node WHERE {{ {pattern} }} }}"
    iris = [iri for (iri,) in ask(pattern, "node")]
    labels: dict[str, dict[str, str]] = {}
    named = f"{nodes} ?node rdfs:label ?label . BIND(LANG(?label) AS ?lang) FILTER(?lang IN ('', 'fr', 'en'))"
    for iri, label, language in ask(named, "node", "label", "lang"):
        names = labels.setdefault(iri, {})
        names[language] = min(label, names.get(language, label))
    stubs = [iri for (iri,) in ask(f"{nodes} ?node a qst:Stub", "node")]
    return make(kind, iris, labels, stubs)


def _coder(codes: Codes) -> Callable[[str], int]:
    """Give the code of an IRI in a list."""
    known = {iri: code for code, iri in enumerate(codes.iris)}
    return lambda iri: known.get(iri, NONE)


def _number(iri: str) -> int:
    """Give the number of a legislature."""
    key = key_of(iri, "legislature")
    return int(key) if key.isdecimal() and len(key) < 4 else NONE


def _column(
    rows: Mapping[str, int], pairs: Iterable[Sequence[str]], code: Callable[[str], int], *, empty: int
) -> NDArray[np.int32]:
    """Put one value in the row of each question: of several, the first in the order of their texts."""
    first: dict[int, str] = {}
    for question, value in pairs:
        row = rows.get(question)
        if row is not None and (row not in first or value < first[row]):
            first[row] = value
    column = np.full(len(rows), empty, dtype=np.int32)
    codes = {value: code(value) for value in set(first.values())}
    for row, value in first.items():
        column[row] = codes[value]
    return column


def _related(pairs: Iterable[Sequence[str]], nodes: Codes, values: Codes) -> NDArray[np.int32]:
    """Give the code of what each node of a list is related to."""
    return _column({iri: code for code, iri in enumerate(nodes.iris)}, pairs, _coder(values), empty=NONE)


def _followed(ask: Ask, codes: Mapping[str, Codes], single: Mapping[str, NDArray[np.int32]]) -> dict[str, Any]:
    """Give the columns that follow from others by what the graph says of seats and ministries."""
    portfolio = _related(ask("?question qst:mainPortfolio ?value"), codes["ministry"], codes["portfolio"])
    departement = _related(ask("?question qst:inDepartement ?value"), codes["constituency"], codes["departement"])
    return {
        "departement": _through(departement, single["constituency"]),
        "portfolio_asked": _through(portfolio, single["ministry_asked"]),
        "portfolio_attributed": _through(portfolio, single["ministry_attributed"]),
        "ministry_portfolio": portfolio,
    }


def _through(relation: NDArray[np.int32], column: NDArray[np.int32]) -> NDArray[np.int32]:
    """Follow a relation from the codes of a column; -1 stays."""
    found = np.full(len(column), NONE, dtype=np.int32)
    known = column != NONE
    found[known] = relation[column[known]]
    return found


def _events(ask: Ask, rows: Mapping[str, int], of_class: str) -> NDArray[np.int32]:
    """Count the events of a class of each question."""
    counts = np.zeros(len(rows), dtype=np.int32)
    for question, _ in ask(f"?value a qst:{of_class} . ?question qst:event ?value"):
        if question in rows:
            counts[rows[question]] += 1
    return counts


def _together(rows: Mapping[str, int], pairs: Iterable[Sequence[str]]) -> NDArray[np.int32]:
    """Give for each row the first row with the same answer."""
    group = np.arange(len(rows), dtype=np.int32)
    first: dict[str, int] = {}
    for row, answer in sorted((rows[question], answer) for question, answer in pairs if question in rows):
        group[row] = min(group[row], first.setdefault(answer, row))
    return group


def _stances(ask: Ask, groups: Codes) -> NDArray[np.int8]:
    """Give the stance that each group states."""
    rows = {iri: code for code, iri in enumerate(groups.iris)}
    said = ask("?question qst:stance ?value")
    return _column(rows, said, lambda stance: _STANCES.get(stance, NONE), empty=NONE).astype(np.int8)


def _starts(ask: Ask, codes: Codes, of_class: str) -> NDArray[np.int32]:
    """Give the first day of each thing of a list."""
    pairs = ask(f"?question a qst:{of_class} ; qst:validFrom ?value")
    return _column({iri: code for code, iri in enumerate(codes.iris)}, pairs, day_number, empty=NO_DAY)
