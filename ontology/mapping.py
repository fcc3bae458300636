"""The mapping, as data: one row per fact, from a noun's field to a statement.

From this table come the N-Quads lines (compiled to closures), the reference page of the mapping, and the test that
every term of the ontology is produced. A row says: field of the noun, predicate, kind of object, cardinality, layer,
and the field of the source in words.
"""

from __future__ import annotations

import hashlib

from ontology import classes, nouns
from ontology.curated_mapping import CURATED
from ontology.iris import BASE
from ontology.rows import Cardinality, Fact, NounMap, Ref, Term
from ontology.statements import Kind

# Raised when a row changes meaning without changing its text; part of the hash of the mapping.
VERSION = 1


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
        classes.of_question,
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
            Fact("source", "prov:wasDerivedFrom", Ref("source"), source="the kind of archive or page"),
            Fact("inferred.key", "qst:event", Ref("question"), "*", "derived", "open at the end of the legislature"),
            Fact("transfers", "qst:transferCount", Kind.INTEGER, "?", "derived", "none without a re-attribution"),
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
        classes.of_event,
        (
            Fact("day", "qst:on", Kind.DATE, "?", source="infoJO.dateJO"),
            Fact("day_as_text", "qst:dayAsText", Kind.STRING, "?", source="a dateJO that is no day of the calendar"),
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
            Fact("due", "qst:dueOn", Kind.DATE, "?", "derived", "ten days after the flag (Règlement, art. 135)"),
        ),
        classes.of_move,
    ),
    NounMap(
        nouns.Attribution,
        "question",
        classes.always("qst:Attribution"),
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
        classes.always("qst:Answer"),
        (
            Fact("text", "qst:answerText", Kind.FR, "?", source="texteReponse.texte"),
            Fact("day", "qst:on", Kind.DATE, "?", source="texteReponse.infoJO.dateJO"),
            Fact("ministries", "qst:answeringMinistry", Ref("ministry"), "*", source="last attribution"),
        ),
    ),
    NounMap(nouns.JointAnswer, "answer", classes.always(), (), classes.always("qst:JointAnswer")),
    NounMap(
        nouns.AnswerPage,
        "question",
        classes.always(),
        (Fact("kind", "qst:pageKind", Term(), "1", "derived", "whether different answers share the page"),),
    ),
    NounMap(
        nouns.Topic,
        "topic",
        classes.always("qst:Topic", "skos:Concept"),
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
        classes.always("qst:JournalIssue"),
        (
            Fact("label", "rdfs:label", Kind.FR),
            Fact("day", "dcterms:issued", Kind.DATE, source="infoJO.dateJO"),
            Fact("number", "schema:issueNumber", Kind.STRING, "?", source="infoJO.numJO"),
        ),
    ),
    NounMap(
        nouns.Concept,
        "concept",
        classes.always("skos:Concept"),
        (
            *_labels("label"),
            Fact("notation", "skos:notation", Kind.STRING, "?", source="codeCloture"),
            Fact("scheme", "skos:inScheme", Ref("scheme")),
        ),
    ),
    NounMap(
        nouns.Scheme,
        "scheme",
        classes.always("skos:ConceptScheme"),
        (Fact("label_fr", "rdfs:label", Kind.FR), Fact("label_en", "rdfs:label", Kind.EN)),
    ),
    NounMap(
        nouns.Person,
        "person",
        classes.of_person,
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
        classes.always("qst:Mandate"),
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
        classes.of_membership,
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
        classes.of_group,
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
    NounMap(nouns.Party, "party", classes.always("qst:Party"), (_ID, *_labels("label"))),
    NounMap(nouns.Government, "government", classes.always("qst:Government"), (_ID, *_labels("label"), *_interval())),
    NounMap(
        nouns.Ministry,
        "ministry",
        classes.of_ministry,
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
        classes.of_legislature,
        (
            Fact("label_fr", "rdfs:label", Kind.FR),
            Fact("label_en", "rdfs:label", Kind.EN),
            Fact("identifier", "dcterms:identifier", Kind.STRING, "?", source="uid"),
            Fact("number", "qst:number", Kind.INTEGER, source="legislature"),
            *_interval("?"),
            Fact("stub", "qst:stubReason", Kind.STRING, "?"),
        ),
    ),
    NounMap(
        nouns.Constituency,
        "constituency",
        classes.always("qst:Constituency"),
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
        classes.always("qst:Departement"),
        (
            Fact("label", "rdfs:label", Kind.FR),
            Fact("notation", "skos:notation", Kind.STRING, source="lieu.departement.code"),
        ),
    ),
    NounMap(
        nouns.Source,
        "source",
        classes.always("qst:Source"),
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
        classes.always("qst:Snapshot"),
        (
            Fact("source", "qst:ofSource", Ref("source")),
            Fact("sha256", "qst:sha256", Kind.STRING, source="digest of the content"),
            Fact(
                "date",
                "prov:generatedAtTime",
                Kind.DATETIME,
                "?",
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
        classes.always("qst:Build", "prov:Activity"),
        (Fact("version", "schema:softwareVersion", Kind.STRING), Fact("snapshots", "prov:used", Ref("snapshot"), "*")),
    ),
    NounMap(
        nouns.Generation,
        "generation",
        classes.always("qst:Generation", "void:Dataset"),
        (
            Fact("build", "prov:wasGeneratedBy", Ref("build")),
            Fact("licence", "dcterms:license", Kind.IRI),
            Fact("answer_key", "qst:answerKeyVersion", Kind.INTEGER),
        ),
    ),
    NounMap(
        nouns.NamedGraph,
        "graph",
        classes.always("prov:Entity"),
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
    *CURATED,
)


def mapping_hash() -> str:
    """Give the identity of the mapping: a change of any row makes all parts anew."""
    tables = (classes.QUESTION_CLASSES, classes.EVENT_CLASSES, classes.MEMBERSHIP_CLASSES)
    rows = [(row.noun.__name__, row.type, *map(str, row.facts)) for row in MAPPING]
    return hashlib.sha256(repr((VERSION, BASE, rows, tables)).encode()).hexdigest()
