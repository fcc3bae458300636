"""The mapping, as data: one row per fact, from a noun's field to a statement.

From this table come the N-Quads lines (compiled to closures), the reference page of the mapping, and the test that
every term of the ontology is produced. A row says: field of the noun, predicate, kind of object, cardinality, layer,
and the field of the source in words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any, Literal, NamedTuple

import msgspec

from ontology import nouns
from ontology.iris import BASE
from ontology.statements import XSD, Kind, term
from ontology.vocabulary import PREFIXES

# Raised when a row changes meaning without changing its text; part of the hash of the mapping.
VERSION = 1

Layer = Literal["stated", "curated", "linked", "derived"]
Cardinality = Literal["1", "?", "*"]

Emit = Callable[[Any, str, str, list[str]], None]


class Ref(NamedTuple):
    """An object that is a thing of ours: its type, so that the IRI is ``{BASE}id/{type}/{key}``."""

    type: str


class Term(NamedTuple):
    """An object that is a term of the vocabulary, given by its local name."""


class Fact(NamedTuple):
    """One row of the mapping."""

    field: str
    predicate: str
    object: Ref | Term | Kind
    cardinality: Cardinality = "1"
    layer: Layer = "stated"
    source: str = ""


class NounMap(NamedTuple):
    """All rows of one noun. ``classes`` and ``derived_classes`` name its types, in full, from its value."""

    noun: type
    type: str
    classes: Callable[[Any], tuple[str, ...]]
    facts: tuple[Fact, ...]
    derived_classes: Callable[[Any], tuple[str, ...]] | None = None


QUESTION_CLASSES = {
    "QE": ("qst:Question", "qst:WrittenQuestion"),
    "QG": ("qst:GovernmentQuestion", "qst:Question"),
    "QOSD": ("qst:OralQuestion", "qst:Question"),
}
EVENT_CLASSES = {
    "tabled": ("qst:QuestionEvent", "qst:Tabled"),
    "reattributed": ("qst:QuestionEvent", "qst:Reattributed"),
    "renewed": ("qst:QuestionEvent", "qst:Renewed"),
    "flagged": ("qst:Flagged", "qst:QuestionEvent"),
    "answered": ("qst:Answered", "qst:Closed", "qst:QuestionEvent"),
    "withdrawn": ("qst:Closed", "qst:QuestionEvent", "qst:Withdrawn"),
    "lapsed": ("qst:Closed", "qst:Lapsed", "qst:QuestionEvent"),
    "closed": ("qst:Closed", "qst:QuestionEvent"),
    "corrected": ("qst:Corrected", "qst:QuestionEvent"),
}
MEMBERSHIP_CLASSES = {
    "group": ("qst:GroupMembership",),
    "party": ("qst:PartyMembership",),
    "ministry": ("qst:MinisterialTenure",),
}


def _always(*classes: str) -> Callable[[Any], tuple[str, ...]]:
    return lambda _noun: classes


def _labels(field: str, lang: Kind = Kind.FR) -> tuple[Fact, ...]:
    """Give a thing its label; organisations and concepts carry the same text as ``skos:prefLabel``."""
    return (Fact(field, "rdfs:label", lang), Fact(field, "skos:prefLabel", lang))


def _interval(start: Cardinality = "1") -> tuple[Fact, ...]:
    return (
        Fact("start", "qst:validFrom", Kind.DATE, start, source="viMoDe.dateDebut, mandat.dateDebut"),
        Fact("end", "qst:validUntil", Kind.DATE, "?", source="viMoDe.dateFin, mandat.dateFin"),
    )


_ID = Fact("key", "dcterms:identifier", Kind.STRING, source="uid")

MAPPING: tuple[NounMap, ...] = (
    NounMap(
        nouns.Question,
        "question",
        lambda q: QUESTION_CLASSES[q.kind],
        (
            Fact("key", "dcterms:identifier", Kind.STRING, source="uid"),
            Fact("label", "rdfs:label", Kind.FR, source="identifiant.legislature, numero, type"),
            Fact(
                "title",
                "dcterms:title",
                Kind.FR,
                "?",
                source="teteAnalyse, analyses.analyse, ANALYSE.ANA (from the 15th)",
            ),
            Fact("number", "qst:number", Kind.INTEGER, source="identifiant.numero"),
            Fact("legislature", "qst:inLegislature", Ref("legislature"), source="identifiant.legislature"),
            Fact("author", "qst:author", Ref("person"), source="auteur.identite.acteurRef"),
            Fact("mandate", "qst:underMandate", Ref("mandate"), "?", source="auteur.identite.mandatRef"),
            Fact("group_published", "qst:groupAsPublished", Ref("group"), "?", source="auteur.groupe.organeRef"),
            Fact("asked", "qst:addressedTo", Ref("ministry"), source="minInt"),
            Fact("attributed", "qst:attributedTo", Ref("ministry"), source="minAttribs.minAttrib[last]"),
            Fact("attributions.key", "qst:attribution", Ref("question"), "*", source="minAttribs.minAttrib"),
            Fact("events.key", "qst:event", Ref("question"), "*", source="infoJO of each step"),
            Fact("topic", "qst:topic", Ref("topic"), "?", source="indexationAN.rubrique"),
            Fact("heading", "qst:heading", Ref("topic"), "?", source="indexationAN.teteAnalyse (up to the 14th)"),
            Fact("analyses", "qst:analysis", Ref("topic"), "*", source="indexationAN.analyses (up to the 14th)"),
            Fact("tabled", "qst:tabledOn", Kind.DATE, "?", source="texteQuestion.infoJO.dateJO"),
            Fact("text", "qst:questionText", Kind.FR, "?", source="texteQuestion.texte"),
            Fact("answered", "qst:answeredOn", Kind.DATE, "?", source="texteReponse.infoJO.dateJO"),
            Fact("answer", "qst:hasAnswer", Ref("answer"), "?", source="texteReponse.texte"),
            Fact("page", "foaf:page", Kind.IRI, source="page of the question at the Assembly"),
            Fact("snapshot", "prov:wasDerivedFrom", Ref("snapshot")),
            Fact("group", "qst:groupAtTabling", Ref("group"), "?", "derived", "membership valid on the day"),
            Fact("constituency", "qst:constituencyAtTabling", Ref("constituency"), "?", "derived", "of the mandate"),
            Fact("due", "qst:dueOn", Kind.DATE, "?", "derived", "two calendar months (Règlement, art. 135)"),
            Fact("delay", "qst:delayDays", Kind.INTEGER, "?", "derived", "answered - tabled, in days"),
            Fact("closed", "qst:closedOn", Kind.DATE, "?", "derived", "day of the closing event"),
            Fact("status", "qst:status", Term(), "1", "derived", "from the closing event"),
        ),
    ),
    NounMap(
        nouns.Event,
        "question",
        lambda e: EVENT_CLASSES[e.kind],
        (
            Fact("day", "qst:on", Kind.DATE, "?", source="infoJO.dateJO"),
            Fact("position", "qst:position", Kind.INTEGER),
            Fact("issue", "qst:inIssue", Ref("issue"), "?", source="infoJO.typeJO, dateJO"),
            Fact("page", "qst:page", Kind.STRING, "?", source="infoJO.pageJO"),
            Fact("code", "qst:sourceCode", Kind.STRING, "?", source="cloture.codeCloture"),
            Fact("reason", "qst:reason", Ref("concept"), "?", source="cloture.codeCloture, libelleCloture"),
            Fact("filed", "qst:filedOn", Kind.DATE, "?", source="signalement.dateDepotSignal"),
            Fact("from_ministry", "qst:fromMinistry", Ref("ministry"), "?", source="minAttrib[n-1].denomination"),
            Fact("to_ministry", "qst:toMinistry", Ref("ministry"), "?", source="minAttrib[n].denomination"),
            Fact("corrects_question", "qst:corrects", Ref("question"), "?", source="erratumQuestion"),
            Fact("corrects_answer", "qst:corrects", Ref("answer"), "?", source="erratumReponse"),
            Fact("page_kind", "qst:pageKind", Term(), "?", "derived", "whether answers share the page"),
            Fact("due", "qst:dueOn", Kind.DATE, "?", "derived", "ten days after the flag (Règlement, art. 135)"),
        ),
        lambda e: () if e.inherited is None else ("qst:Inherited" if e.inherited else "qst:Transferred",),
    ),
    NounMap(
        nouns.Attribution,
        "question",
        _always("qst:Attribution"),
        (
            Fact("ministry", "qst:ministry", Ref("ministry"), source="minAttrib.denomination"),
            Fact("position", "qst:position", Kind.INTEGER, source="rank in minAttribs"),
            Fact("code", "qst:sourceCode", Kind.STRING, "?", source="minAttrib.infoJO.typeJO"),
            Fact("start", "qst:validFrom", Kind.DATE, "?", source="minAttrib.infoJO.dateJO"),
            Fact("end", "qst:validUntil", Kind.DATE, "?", source="eve of the next attribution"),
        ),
    ),
    NounMap(
        nouns.Answer,
        "answer",
        _always("qst:Answer"),
        (
            Fact("text", "qst:answerText", Kind.FR, "?", source="texteReponse.texte"),
            Fact("day", "qst:on", Kind.DATE, "?", source="texteReponse.infoJO.dateJO"),
            Fact("ministries", "qst:answeringMinistry", Ref("ministry"), "*", source="last attribution"),
        ),
        lambda a: ("qst:JointAnswer",) if a.joint else (),
    ),
    NounMap(
        nouns.Topic,
        "topic",
        _always("qst:Topic", "skos:Concept"),
        (
            *_labels("label"),
            Fact("others", "skos:hiddenLabel", Kind.FR, "*", source="other spellings"),
            Fact("scheme", "skos:inScheme", Ref("scheme")),
            Fact("broader", "skos:broader", Ref("topic"), "?"),
        ),
    ),
    NounMap(
        nouns.Issue,
        "issue",
        _always("qst:JournalIssue"),
        (
            Fact("label", "rdfs:label", Kind.FR),
            Fact("day", "dcterms:issued", Kind.DATE, source="infoJO.dateJO"),
            Fact("number", "schema:issueNumber", Kind.STRING, "?", source="infoJO.numJO"),
        ),
    ),
    NounMap(
        nouns.Concept,
        "concept",
        _always("skos:Concept"),
        (
            *_labels("label"),
            Fact("notation", "skos:notation", Kind.STRING, "?", source="codeCloture"),
            Fact("scheme", "skos:inScheme", Ref("scheme")),
        ),
    ),
    NounMap(
        nouns.Scheme,
        "scheme",
        _always("skos:ConceptScheme"),
        (Fact("label_fr", "rdfs:label", Kind.FR), Fact("label_en", "rdfs:label", Kind.EN)),
    ),
    NounMap(
        nouns.Person,
        "person",
        lambda p: (
            *(("qst:Deputy",) if p.deputy else ()),
            *(("qst:Stub",) if p.stub else ()),
            "foaf:Person",
        ),
        (
            _ID,
            Fact("name", "rdfs:label", Kind.FR, source="ident.prenom, nom"),
            Fact("name", "foaf:name", Kind.FR, source="ident.prenom, nom"),
            Fact("given", "foaf:givenName", Kind.FR, "?", source="ident.prenom"),
            Fact("family", "foaf:familyName", Kind.FR, "?", source="ident.nom"),
            Fact("gender", "foaf:gender", Kind.STRING, "?", source="ident.civ"),
            Fact("stub", "qst:stubReason", Kind.STRING, "?"),
        ),
    ),
    NounMap(
        nouns.Mandate,
        "mandate",
        _always("qst:Mandate"),
        (
            _ID,
            Fact("person", "org:member", Ref("person"), source="mandat.acteurRef"),
            Fact("legislature", "org:organization", Ref("legislature"), source="mandat.legislature"),
            Fact("legislature", "qst:inLegislature", Ref("legislature"), source="mandat.legislature"),
            Fact("constituency", "qst:constituency", Ref("constituency"), source="election.lieu, refCirconscription"),
            Fact("start", "qst:validFrom", Kind.DATE, source="later of dateDebut and mandature.datePriseFonction"),
            Fact("end", "qst:validUntil", Kind.DATE, "?", source="dateFin; an open one ends with its legislature"),
            Fact("end_reason", "qst:endReason", Ref("concept"), "?", source="mandature.causeFin"),
            Fact("replaces", "qst:replaces", Ref("mandate"), "?", source="mandature.mandatRemplaceRef"),
        ),
    ),
    NounMap(
        nouns.Membership,
        "mandate",
        lambda m: MEMBERSHIP_CLASSES[m.kind],
        (
            _ID,
            Fact("merged", "dcterms:identifier", Kind.STRING, "*", source="uid of a nested mandate of the same group"),
            Fact("person", "org:member", Ref("person"), source="mandat.acteurRef"),
            Fact("body", "org:organization", Ref("{kind}"), source="mandat.organes.organeRef"),
            Fact("quality", "qst:quality", Kind.STRING, "?", source="infosQualite.libQualite"),
            *_interval(),
        ),
    ),
    NounMap(
        nouns.Group,
        "group",
        lambda g: ("qst:Group", "qst:Stub") if g.stub else ("qst:Group",),
        (
            _ID,
            *_labels("label"),
            Fact("notation", "skos:notation", Kind.STRING, "?", source="libelleAbrev"),
            Fact("legislature", "qst:inLegislature", Ref("legislature"), source="legislature"),
            Fact("stance", "qst:stance", Kind.STRING, "?", source="positionPolitique"),
            Fact("colour", "qst:colour", Kind.STRING, "?", source="couleurAssociee"),
            *_interval("?"),
            Fact("stub", "qst:stubReason", Kind.STRING, "?"),
        ),
    ),
    NounMap(nouns.Party, "party", _always("qst:Party"), (_ID, *_labels("label"))),
    NounMap(nouns.Government, "government", _always("qst:Government"), (_ID, *_labels("label"), *_interval())),
    NounMap(
        nouns.Ministry,
        "ministry",
        lambda m: ("qst:Ministry", "qst:Stub") if m.stub else ("qst:Ministry",),
        (
            _ID,
            *_labels("label"),
            Fact("full", "skos:altLabel", Kind.FR, "?", source="libelle"),
            Fact("government", "qst:inGovernment", Ref("government"), "?", source="organeParent"),
            *_interval("?"),
            Fact("stub", "qst:stubReason", Kind.STRING, "?"),
        ),
    ),
    NounMap(
        nouns.Legislature,
        "legislature",
        _always("qst:Legislature"),
        (
            Fact("label_fr", "rdfs:label", Kind.FR),
            Fact("label_en", "rdfs:label", Kind.EN),
            Fact("identifier", "dcterms:identifier", Kind.STRING, "?", source="uid"),
            Fact("number", "qst:number", Kind.INTEGER, source="legislature"),
            *_interval(),
        ),
    ),
    NounMap(
        nouns.Constituency,
        "constituency",
        _always("qst:Constituency"),
        (
            Fact("label", "rdfs:label", Kind.FR),
            Fact("identifiers", "dcterms:identifier", Kind.STRING, "*", source="uid, one per legislature"),
            Fact("number", "qst:number", Kind.INTEGER, source="numero"),
            Fact("departement", "qst:inDepartement", Ref("departement"), source="lieu.departement.code"),
            Fact("delimitation", "qst:delimitation", Ref("concept"), source="boundary act in force"),
        ),
    ),
    NounMap(
        nouns.Departement,
        "departement",
        _always("qst:Departement"),
        (
            Fact("label", "rdfs:label", Kind.FR),
            Fact("notation", "skos:notation", Kind.STRING, source="lieu.departement.code"),
        ),
    ),
    NounMap(
        nouns.Source,
        "source",
        _always("qst:Source"),
        (
            Fact("label", "rdfs:label", Kind.FR),
            Fact("publisher", "dcterms:publisher", Kind.STRING),
            Fact("licence", "dcterms:license", Kind.IRI),
            Fact("landing", "dcat:landingPage", Kind.IRI),
        ),
    ),
    NounMap(
        nouns.Snapshot,
        "snapshot",
        _always("qst:Snapshot"),
        (
            Fact("source", "qst:ofSource", Ref("source")),
            Fact("sha256", "qst:sha256", Kind.STRING, source="digest of the content"),
            Fact(
                "date",
                "prov:generatedAtTime",
                Kind.DATETIME,
                source="lock file, archive members, or latest day in the records",
            ),
            Fact("read", "qst:recordsRead", Kind.INTEGER),
            Fact("loaded", "qst:recordsLoaded", Kind.INTEGER),
            Fact("refused", "qst:recordsRejected", Kind.INTEGER),
            Fact("duplicate", "qst:recordsDuplicate", Kind.INTEGER),
            Fact("skipped", "qst:recordsSkipped", Kind.INTEGER),
            Fact("superseded", "qst:recordsSuperseded", Kind.INTEGER),
        ),
    ),
    NounMap(
        nouns.Build,
        "build",
        _always("qst:Build", "prov:Activity"),
        (Fact("version", "schema:softwareVersion", Kind.STRING), Fact("snapshots", "prov:used", Ref("snapshot"), "*")),
    ),
    NounMap(
        nouns.Generation,
        "generation",
        _always("qst:Generation", "void:Dataset"),
        (
            Fact("build", "prov:wasGeneratedBy", Ref("build")),
            Fact("licence", "dcterms:license", Kind.IRI),
            Fact("answer_key", "qst:answerKeyVersion", Kind.INTEGER),
        ),
    ),
    NounMap(
        nouns.NamedGraph,
        "graph",
        _always("prov:Entity"),
        (
            Fact("title", "dcterms:title", Kind.FR),
            Fact("licence", "dcterms:license", Kind.IRI),
            Fact("generation", "dcterms:isPartOf", Ref("generation")),
            Fact("build", "prov:wasGeneratedBy", Ref("build")),
            Fact("date", "prov:generatedAtTime", Kind.DATETIME, "?"),
            Fact("snapshots", "prov:wasDerivedFrom", Ref("snapshot"), "*"),
            Fact("graphs", "prov:wasDerivedFrom", Ref("graph"), "*"),
        ),
    ),
)


# ---- from rows to lines


def _root(type_: str) -> str:
    return f"<{BASE}graph/" if type_ == "graph" else f"<{BASE}id/{type_}/"


def expand(curie: str) -> str:
    """Write a prefixed name out in full."""
    prefix, _, local = curie.partition(":")
    return PREFIXES[prefix] + local


def _write(kind: Kind) -> Callable[[Any], str]:
    """Write one literal of a kind; a date becomes midnight UTC where the kind is a dateTime."""
    if kind == Kind.DATE:
        return lambda value: f'"{value}"^^<{XSD}date>'
    if kind == Kind.INTEGER:
        return lambda value: f'"{value}"^^<{XSD}integer>'
    if kind == Kind.DATETIME:
        return lambda value: f'"{value}T00:00:00Z"^^<{XSD}dateTime>'
    if kind in {Kind.FR, Kind.EN, Kind.STRING}:
        encode = msgspec.json.Encoder().encode
        suffix = {Kind.FR: "@fr", Kind.EN: "@en", Kind.STRING: ""}[kind]
        return lambda value: encode(value).decode() + suffix
    return lambda value: term(kind, str(value))


def _object(fact: Fact) -> Callable[[Any], str]:
    if isinstance(fact.object, Ref):
        head = _root(fact.object.type)
        return lambda value: f"{head}{value}>"
    if isinstance(fact.object, Term):
        head = f"<{PREFIXES['qst']}"
        return lambda value: f"{head}{value}>"
    return _write(fact.object)


def _emitter(fact: Fact) -> Emit:
    """Compile one row to a closure that appends its lines."""
    middle = f" <{expand(fact.predicate)}> "
    if isinstance(fact.object, Ref) and fact.object.type == "{kind}":  # the type of the object depends on the noun

        def by_kind(noun: Any, subject: str, graph: str, out: list[str]) -> None:  # noqa: ANN401 - any noun
            out.append(f"{subject}{middle}{_root(noun.kind)}{noun.body}>{graph}")

        return by_kind
    write = _object(fact)
    if fact.cardinality == "*":
        field, _, inner = fact.field.partition(".")
        get_many = attrgetter(field)
        pick = attrgetter(inner) if inner else None

        def many(noun: Any, subject: str, graph: str, out: list[str]) -> None:  # noqa: ANN401 - any noun
            out.extend(
                f"{subject}{middle}{write(item if pick is None else pick(item))}{graph}" for item in get_many(noun)
            )

        return many
    get = attrgetter(fact.field)

    def one(noun: Any, subject: str, graph: str, out: list[str]) -> None:  # noqa: ANN401 - any noun
        value = get(noun)
        if value is not None:
            out.append(f"{subject}{middle}{write(value)}{graph}")

    return one


def _types(classes: Callable[[Any], tuple[str, ...]]) -> Emit:
    middle = " <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "
    cache: dict[str, str] = {}

    def emit(noun: Any, subject: str, graph: str, out: list[str]) -> None:  # noqa: ANN401 - any noun
        for name in classes(noun):
            iri = cache.get(name) or cache.setdefault(name, f"<{expand(name)}>")
            out.append(f"{subject}{middle}{iri}{graph}")

    return emit


class _Compiled(NamedTuple):
    root: str
    stated: tuple[Emit, ...]
    derived: tuple[Emit, ...]


def _compile(table: Iterable[NounMap]) -> dict[type, _Compiled]:
    compiled: dict[type, _Compiled] = {}
    for row in table:
        stated = [_types(row.classes), *(_emitter(f) for f in row.facts if f.layer != "derived")]
        derived = [_emitter(f) for f in row.facts if f.layer == "derived"]
        if row.derived_classes is not None:
            derived.insert(0, _types(row.derived_classes))
        compiled[row.noun] = _Compiled(_root(row.type), tuple(stated), tuple(derived))
    return compiled


_COMPILED = _compile(MAPPING)


def write_lines(noun: nouns.AnyNoun, graph: str, stated: list[str], derived: list[str], *, derived_graph: str) -> None:
    """Append a noun's N-Quads lines: what the source says to ``stated``, what we compute to ``derived``.

    ``graph`` and ``derived_graph`` are IRIs. A question brings its events and attributions along.
    """
    rows = _COMPILED[type(noun)]
    subject = f"{rows.root}{noun.key}>"
    end = f" <{graph}> .\n"
    for emit in rows.stated:
        emit(noun, subject, end, stated)
    if rows.derived:
        derived_end = f" <{derived_graph}> .\n"
        for emit in rows.derived:
            emit(noun, subject, derived_end, derived)
    if isinstance(noun, nouns.Question):
        for attribution in noun.attributions:
            write_lines(attribution, graph, stated, derived, derived_graph=derived_graph)
        for event in noun.events:
            write_lines(event, graph, stated, derived, derived_graph=derived_graph)


def mapping_hash() -> str:
    """Give the identity of the mapping: a change of any row makes all parts anew."""
    rows = [(row.noun.__name__, row.type, *map(str, row.facts)) for row in MAPPING]
    return hashlib.sha256(
        repr((VERSION, BASE, rows, QUESTION_CLASSES, EVENT_CLASSES, MEMBERSHIP_CLASSES)).encode()
    ).hexdigest()
