"""The mapping, the shapes and the vocabulary say the same; the page on the mapping is drawn from the table.

``--golden`` writes the page anew.
"""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from rdflib import RDF, SH, Literal, URIRef

from ontology import classes, nouns
from ontology.iris import NS
from ontology.mapping import MAPPING
from ontology.reference import sections
from ontology.rows import Fact, NounMap, Ref, Term
from ontology.vocabulary import PREFIXES, shapes, vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ontology.rows import Cardinality

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "mapping.md"
START, END = "<!-- mapping: generated, see tests/ontology/test_mapping.py -->\n", "<!-- end -->"

# Nouns whose statements stand in the graph `meta`: a row's layer says `stated` there, for it goes into no other graph.
META = {nouns.Snapshot, nouns.Build, nouns.Generation, nouns.NamedGraph}

Classes = frozenset[str]


def _stub(name: str) -> set[Classes]:
    return {frozenset({name}), frozenset({name, "qst:Stub"})}


# The sets of classes that things of one noun can have; of all other nouns there is one.
KINDS: dict[type, set[Classes]] = {
    nouns.Question: {frozenset(c) for c in classes.QUESTION_CLASSES.values()},
    nouns.Event: {frozenset(c) for c in classes.EVENT_CLASSES.values()}
    | {frozenset({*classes.EVENT_CLASSES["reattributed"], move}) for move in ("qst:Inherited", "qst:Transferred")},
    nouns.Membership: {frozenset(c) for c in classes.MEMBERSHIP_CLASSES.values()},
    nouns.Person: {
        frozenset({"foaf:Person", *more}) for more in ((), ("qst:Deputy",), ("qst:Stub",), ("qst:Deputy", "qst:Stub"))
    },
    nouns.Group: _stub("qst:Group"),
    nouns.Ministry: _stub("qst:Ministry"),
    nouns.Legislature: _stub("qst:Legislature"),
}


def kinds(row: NounMap) -> set[Classes]:
    return KINDS.get(row.noun) or {frozenset(row.types(None))}


def short(iri: str) -> str:
    prefix, space = max(
        ((p, n) for p, n in PREFIXES.items() if iri.startswith(n)), key=lambda pair: len(pair[1]), default=("", "")
    )
    return f"{prefix}:{iri.removeprefix(space)}" if prefix else iri


def declared() -> dict[str, str]:
    """Give the properties that the vocabulary declares, each with its layer."""
    return {short(str(s)): str(o) for s, o in vocabulary().subject_objects(URIRef(f"{NS}layer"))}


class Bound(NamedTuple):
    """How often things of a class have a predicate, by the shapes."""

    target: str
    predicate: str
    least: int
    most: float


def bounds() -> Iterator[Bound]:
    """Read the counts of every property shape whose path is a plain predicate."""
    graph = shapes()
    for shape in graph.subjects(RDF.type, SH.NodeShape):
        for constraint in graph.objects(shape, SH.property):
            path = graph.value(constraint, SH.path)
            if isinstance(path, URIRef):
                least, most = graph.value(constraint, SH.minCount), graph.value(constraint, SH.maxCount)
                for target in graph.objects(shape, SH.targetClass):
                    yield Bound(
                        short(str(target)),
                        short(path),
                        int(least) if isinstance(least, Literal) else 0,
                        int(most) if isinstance(most, Literal) else math.inf,
                    )


def disagreements(mapping: tuple[NounMap, ...]) -> list[str]:
    """Name the rows that can break a count of the shapes, and the counts that no row can meet."""
    found: list[str] = []
    for bound in bounds():
        for row in mapping:
            having = {kind for kind in kinds(row) if bound.target in kind}
            if not having:
                continue
            facts = [fact for fact in row.facts if fact.predicate == bound.predicate]
            where = f"{row.noun.__name__} as {bound.target}: {bound.predicate}"
            found += _too_many(where, facts, bound)
            # A field that only some kinds of a noun must have is optional for the noun.
            always = having == kinds(row)
            # Another noun may say it of the same thing: the curated tables give a ministry its portfolios.
            beside = [f for other in mapping if other.type == row.type for f in other.facts if other is not row]
            others = [fact for fact in beside if fact.predicate == bound.predicate]
            either = bool(facts and others)  # transferCount: 0 from the question, else from what the tables compute
            given = either or any(_gives(fact, always=always) for fact in facts or others)
            if bound.least and row.noun not in ASIDE and not given:
                found.append(f"{where}: at least {bound.least} by the shapes, and no row gives it")
    return found


# Nouns that add to what another noun says of the same thing.
ASIDE = {nouns.JointAnswer, nouns.AnswerPage}


def _too_many(where: str, facts: list[Fact], bound: Bound) -> list[str]:
    many = any(fact.cardinality == "*" for fact in facts)
    sure = sum(fact.cardinality == "1" for fact in facts)
    wrong = (many and bound.most == 1) or sure > bound.most
    return [f"{where}: at most {bound.most} by the shapes, and the rows give more"] if wrong else []


def _gives(fact: Fact, *, always: bool) -> bool:
    return fact.cardinality in {"1", "*"} or not always


def page() -> str:
    """Draw the tables of the page."""
    layers = declared()
    blocks: list[str] = []
    for row in MAPPING:
        said = sorted({name for kind in kinds(row) for name in kind})
        blocks.append(f"### {row.noun.__name__}\n")
        blocks.append(f"`…/id/{row.type}/{{key}}`" if row.noun is not nouns.NamedGraph else "`…/graph/{key}`")
        blocks.append(f"{', a ' + ', '.join(f'`{name}`' for name in said) if said else ', no class of its own'}.\n")
        if row.facts:
            blocks.append("\n| field | predicate | object | how many | layer | from |\n|---|---|---|---|---|---|\n")
        blocks += [_line(fact, layers.get(fact.predicate, fact.layer)) for fact in row.facts]
        blocks.append("\n")
    return "".join(blocks).rstrip("\n") + "\n"


def _line(fact: Fact, layer: str) -> str:
    if isinstance(fact.object, Ref):
        kind = f"→ {fact.object.type}".replace("{kind}", "the kind of body")
    elif isinstance(fact.object, Term):
        kind = "a term of `qst:`"
    else:
        kind = fact.object.name.lower()
    cells = (f"`{fact.field}`", f"`{fact.predicate}`", kind, f"`{fact.cardinality}`", layer, fact.source)
    return f"| {' | '.join(cells)} |\n"


def test_the_page_on_the_mapping_is_the_table_of_the_code(request: pytest.FixtureRequest) -> None:
    text = PAGE.read_text(encoding="utf-8")
    head, rest = text.split(START)
    expected = f"{head}{START}{page()}{END}{rest.partition(END)[2]}"
    if request.config.getoption("--golden"):
        PAGE.write_text(expected, encoding="utf-8")
    assert text == expected


def test_how_often_a_row_gives_a_predicate_is_what_the_shapes_allow() -> None:
    assert disagreements(MAPPING) == []


@pytest.mark.parametrize(
    ("field", "cardinality", "said"),
    [("number", "?", "no row gives it"), ("topic", "*", "the rows give more"), ("text", "*", "the rows give more")],
)
def test_a_row_of_another_cardinality_would_be_named(field: str, cardinality: Cardinality, said: str) -> None:
    question = MAPPING[0]
    assert question.noun is nouns.Question
    facts = tuple(f._replace(cardinality=cardinality) if f.field == field else f for f in question.facts)
    (found, *_) = disagreements((question._replace(facts=facts), *MAPPING[1:]))
    assert re.search(rf"^Question as qst:\w+: .*{said}$", found)


def test_every_property_that_the_vocabulary_declares_is_produced_by_a_row_and_no_other_is() -> None:
    """Those of networks are computed, not mapped: tests/graph/networks/test_linked.py looks at them."""
    computed = {f"qst:{name}" for title, names in sections() if title == "Properties of networks" for name in names}
    produced = {fact.predicate for row in MAPPING for fact in row.facts if fact.predicate.startswith("qst:")}
    assert {name for name, layer in declared().items() if layer != "annotation"} - computed == produced


def test_a_row_is_of_the_layer_that_the_vocabulary_gives_its_property() -> None:
    """What is stated may also be computed, as an inferred event is; what is computed or curated is never stated."""
    layers = declared()
    wrong = [
        (row.noun.__name__, fact.predicate)
        for row in MAPPING
        for fact in row.facts
        if row.noun not in META and layers.get(fact.predicate, fact.layer) not in {fact.layer, "stated"}
    ]
    assert wrong == []
