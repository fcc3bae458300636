"""The part of the mapping that no record states: from the reviewed tables, and from all questions together."""

from __future__ import annotations

from ontology import classes, nouns
from ontology.rows import Fact, NounMap, Ref
from ontology.statements import Kind

CURATED: tuple[NounMap, ...] = (
    NounMap(
        nouns.Course,
        "question",
        classes.always(),
        (
            Fact("transfers", "qst:transferCount", Kind.INTEGER, "?", "derived", "transfers that cross portfolios"),
            Fact("recalls", "qst:recalls", Ref("question"), "*", "derived", "numbers in texteQuestion.texte"),
        ),
    ),
    NounMap(
        nouns.Crossing,
        "question",
        classes.always(),
        (Fact("crosses", "qst:crossesPortfolio", Kind.BOOLEAN, "1", "derived", "portfolios of the two ministries"),),
    ),
    NounMap(
        nouns.Portfolio,
        "portfolio",
        classes.always("qst:Portfolio"),
        (
            *(Fact("label_fr", p, Kind.FR, "1", "curated", "curated.ttl") for p in ("rdfs:label", "skos:prefLabel")),
            *(Fact("label_en", p, Kind.EN, "1", "curated", "curated.ttl") for p in ("rdfs:label", "skos:prefLabel")),
            Fact("scope_fr", "skos:scopeNote", Kind.FR, "1", "curated", "curated.ttl"),
            Fact("scope_en", "skos:scopeNote", Kind.EN, "1", "curated", "curated.ttl"),
        ),
    ),
    NounMap(
        nouns.Assignment,
        "ministry",
        classes.always(),
        (
            Fact("main", "qst:mainPortfolio", Ref("portfolio"), "1", "curated", "portfolios.csv: main"),
            Fact("portfolios", "qst:ofPortfolio", Ref("portfolio"), "*", "curated", "portfolios.csv: portfolio"),
            Fact("attached", "qst:attachedTo", Ref("ministry"), "*", "curated", "portfolios.csv: attached_to"),
        ),
    ),
    NounMap(
        nouns.MinistryEnd,
        "ministry",
        classes.always(),
        (Fact("end", "qst:validUntil", Kind.DATE, "1", "curated", "portfolios.csv: until, governments.csv: end"),),
    ),
    NounMap(
        nouns.GovernmentEnd,
        "government",
        classes.always(),
        (Fact("end", "qst:validUntil", Kind.DATE, "1", "curated", "governments.csv: end"),),
    ),
    NounMap(
        nouns.Change,
        "change",
        classes.always("org:ChangeEvent"),
        (
            Fact("former", "org:originalOrganization", Ref("ministry"), "1", "curated", "successions.csv: from"),
            Fact("successor", "org:resultingOrganization", Ref("ministry"), "1", "curated", "successions.csv: to"),
            Fact("on", "qst:on", Kind.DATE, "1", "curated", "successions.csv: on"),
        ),
    ),
    NounMap(
        nouns.InseeLink,
        "departement",
        classes.always(),
        (Fact("target", "skos:exactMatch", Kind.IRI, "1", "linked", "lieu.departement.code, by rule"),),
    ),
    NounMap(
        nouns.WikidataLink,
        "person",
        classes.always(),
        (Fact("target", "owl:sameAs", Kind.IRI, "1", "linked", "item, id_an"),),
    ),
)
