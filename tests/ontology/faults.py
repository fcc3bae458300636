"""The faults seeded into the example: an update relative to ``{BASE}id/``, and the finding that must come of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

TEXT = (Path(__file__).parents[1] / "data" / "example-v1.trig").read_text(encoding="utf-8")


class Finding(NamedTuple):
    """One result: which shape, which node, and the message of a query or ``component path`` of any other constraint."""

    shape: str
    focus: str
    what: str


class Fault(NamedTuple):
    """A change that makes the example wrong, and the finding it must give."""

    name: str
    change: str
    finding: Finding


def fault(name: str, shape: str, focus: str, what: str, change: str) -> Fault:
    return Fault(name.replace(" ", "-"), change, Finding(shape, focus, what))


def moved(subject: str, predicate: str, value: str) -> str:
    """Write an update that gives a node another value of a property."""
    return (
        f"DELETE {{ <{subject}> {predicate} ?old }} INSERT {{ <{subject}> {predicate} {value} }}"
        f" WHERE {{ <{subject}> {predicate} ?old }}"
    )


def without(subject: str, predicate: str) -> str:
    return f"DELETE WHERE {{ <{subject}> {predicate} ?any }}"


def day(text: str) -> str:
    return f'"{text}"^^xsd:date'


HAURY = "question/QANR5L15QE10719"
LONG = "question/QANR5L15QE90001"
WITHDRAWN = "question/QANR5L15QE90002"
LAPSED = "question/QANR5L15QE90006"  # inferred; 90003 has a closing code
JOINT = "answer/2020-09-15-6985ee5f1819"
TRANSFER = f"{LONG}#reattributed-2019-04-16"
# Their keys are digests of what the example says.
(NETWORK,) = set(re.findall("network/group-ministry-[0-9a-f]{12}(?=>$)", TEXT, re.MULTILINE))
(EDGE, *_) = re.findall(f"{NETWORK}#e-[^>]*", TEXT)

FAULTS = [
    fault(
        "two statuses", "Question", HAURY, "MaxCount status", f"INSERT DATA {{ <{HAURY}> qst:status qst:statusOpen }}"
    ),
    fault(
        "wrong status",
        "Question",
        HAURY,
        "status contradicts the closing event",
        moved(HAURY, "qst:status", "qst:statusWithdrawn"),
    ),
    fault("date as string", "Question", HAURY, "Datatype tabledOn", moved(HAURY, "qst:tabledOn", '"2018-07-17"')),
    fault("day that does not exist", "Question", HAURY, "Datatype dueOn", moved(HAURY, "qst:dueOn", day("2018-02-31"))),
    fault("no ministry asked", "Question", HAURY, "MinCount addressedTo", without(HAURY, "qst:addressedTo")),
    fault(
        "ministry that is none",
        "Question",
        HAURY,
        "Class attributedTo",
        moved(HAURY, "qst:attributedTo", "<group/PO730964>"),
    ),
    fault("blank node", "Question", HAURY, "NodeKind author", moved(HAURY, "qst:author", "_:someone")),
    fault("negative delay", "Question", HAURY, "MinInclusive delayDays", moved(HAURY, "qst:delayDays", "-28")),
    fault(
        "tabled on another day",
        "Question",
        HAURY,
        "tabledOn differs from the Tabled event",
        moved(HAURY, "qst:tabledOn", day("2018-07-18")),
    ),
    fault(
        "answered on another day",
        "Question",
        HAURY,
        "answeredOn differs from the Answered event",
        moved(HAURY, "qst:answeredOn", day("2018-08-15")),
    ),
    fault(
        "two tabled events",
        "Question",
        HAURY,
        "no Tabled event, or several",
        f"INSERT DATA {{ <{HAURY}> qst:event <{HAURY}#tabled-2018-07-18> . <{HAURY}#tabled-2018-07-18> a qst:Tabled }}",
    ),
    fault(
        "closed without event",
        "Question",
        WITHDRAWN,
        "closedOn without a closing event on that day",
        f"DELETE DATA {{ <{WITHDRAWN}> qst:event <{WITHDRAWN}#withdrawn-2019-04-02> }}",
    ),
    fault(
        "closing event without closedOn",
        "Question",
        WITHDRAWN,
        "closing event without closedOn, or several",
        without(WITHDRAWN, "qst:closedOn"),
    ),
    fault(
        "answer without delay",
        "Question",
        HAURY,
        "answer, answeredOn and delayDays must come together",
        without(HAURY, "qst:delayDays"),
    ),
    fault(
        "events out of order",
        "Question",
        LONG,
        "order of events contradicts their dates",
        moved(f"{LONG}#flagged-2019-06-04", "qst:position", "1"),
    ),
    fault(
        "attributedTo not the last",
        "Question",
        LONG,
        "attributedTo is not the ministry of the last attribution",
        moved(LONG, "qst:attributedTo", "<ministry/PO729979>"),
    ),
    fault(
        "group without a membership",
        "Question",
        HAURY,
        "group when tabled is not that of a membership valid on the day",
        moved(HAURY, "qst:groupAtTabling", "<group/PO723569>"),
    ),
    fault(
        "constituency not of the mandate",
        "Question",
        HAURY,
        "constituency when tabled is not that of the mandate",
        moved(HAURY, "qst:constituencyAtTabling", "<constituency/2010-75-01>"),
    ),
    fault(
        "written question without a due day",
        "WrittenQuestion",
        HAURY,
        "MinCount dueOn",
        without(HAURY, "qst:dueOn"),
    ),
    fault(
        "written question without text",
        "QuestionText",
        HAURY,
        "MinCount questionText",
        without(HAURY, "qst:questionText"),
    ),
    fault(
        "answered before tabled",
        "QuestionInItsTime",
        HAURY,
        "answered before it was tabled",
        moved(HAURY, "qst:answeredOn", day("2018-07-01")),
    ),
    fault(
        "event without a day",
        "QuestionInItsTime",
        HAURY,
        "answer, event or attribution without a usable day",
        without(f"{HAURY}#tabled-2018-07-17", "qst:on"),
    ),
    fault(
        "answer without a text",
        "QuestionInItsTime",
        HAURY,
        "answer without a text",
        without("answer/2018-08-14-0f92afc4c4f8", "qst:answerText"),
    ),
    fault(
        "ministry outside its life",
        "QuestionInItsTime",
        HAURY,
        "ministry asked did not exist on the day",
        moved(HAURY, "qst:addressedTo", "<ministry/PO759777>"),
    ),
    fault(
        "mandate not running",
        "QuestionInItsTime",
        HAURY,
        "author's mandate was not running on the day",
        moved("mandate/PM722844", "qst:validFrom", day("2018-07-18")),
    ),
    fault(
        "no mandate",
        "QuestionInItsTime",
        HAURY,
        "no mandate could be found for the author",
        without(HAURY, "qst:underMandate"),
    ),
    fault(
        "no group",
        "QuestionInItsTime",
        HAURY,
        "no group could be found for the day",
        without(HAURY, "qst:groupAtTabling"),
    ),
    fault(
        "joint answer with one question",
        "Answer",
        JOINT,
        "joint answer without two questions, or two questions without the type",
        f"DELETE DATA {{ <question/QANR5L15QE90005> qst:hasAnswer <{JOINT}> }}",
    ),
    fault(
        "two questions without the type",
        "Answer",
        JOINT,
        "joint answer without two questions, or two questions without the type",
        f"DELETE DATA {{ <{JOINT}> a qst:JointAnswer }}",
    ),
    fault(
        "page as integer",
        "QuestionEvent",
        f"{HAURY}#tabled-2018-07-17",
        "Datatype page",
        moved(f"{HAURY}#tabled-2018-07-17", "qst:page", "6253"),
    ),
    fault(
        "reshuffle also typed transfer",
        "Reattributed",
        TRANSFER,
        "Xone",
        f"INSERT DATA {{ <{TRANSFER}> a qst:Inherited }}",
    ),
    fault(
        "neither transfer nor reshuffle",
        "Reattributed",
        TRANSFER,
        "Xone",
        f"DELETE DATA {{ <{TRANSFER}> a qst:Transferred }}",
    ),
    fault(
        "flag without due date",
        "Flagged",
        f"{LONG}#flagged-2019-06-04",
        "flagged on a day, and without a due day",
        without(f"{LONG}#flagged-2019-06-04", "qst:dueOn"),
    ),
    fault(
        "withdrawal that no source states",
        "StatedClosing",
        f"{WITHDRAWN}#withdrawn-2019-04-02",
        "MinCount reason",
        without(f"{WITHDRAWN}#withdrawn-2019-04-02", "qst:reason"),
    ),
    fault(
        "lapse that nothing explains",
        "Question",
        LAPSED,
        "lapse without a reason, and not on the last day of the legislature",
        moved(f"{LAPSED}#lapsed-2022-06-21", "qst:on", day("2022-06-14")),
    ),
    fault(
        "open after its legislature",
        "QuestionInItsTime",
        LAPSED,
        "open, and its legislature ended after the day of its source",
        moved(LAPSED, "qst:status", "qst:statusOpen"),
    ),
    fault(
        "wrong transfer count",
        "Question",
        LONG,
        "transferCount is not the number of transfers that cross portfolios",
        moved(LONG, "qst:transferCount", "2"),
    ),
    fault("no transfer count", "Question", LONG, "MinCount transferCount", without(LONG, "qst:transferCount")),
    fault(
        "recall of a younger question",
        "Question",
        LAPSED,
        "recalls a question that is not an older one of the same author and legislature",
        moved(LAPSED, "qst:recalls", "<question/QANR5L15QE90003>"),
    ),
    fault(
        "wrong crossesPortfolio",
        "Reattributed",
        TRANSFER,
        "crossesPortfolio contradicts the portfolios of the two ministries",
        moved(TRANSFER, "qst:crossesPortfolio", "false"),
    ),
    fault(
        "move without crossesPortfolio",
        "Reattributed",
        TRANSFER,
        "MinCount crossesPortfolio",
        without(TRANSFER, "qst:crossesPortfolio"),
    ),
    fault(
        "ministry without portfolio",
        "Ministry",
        "ministry/PO729982",
        "MinCount ofPortfolio",
        without("ministry/PO729982", "qst:ofPortfolio"),
    ),
    fault(
        "two main portfolios",
        "Ministry",
        "ministry/PO729982",
        "MaxCount mainPortfolio",
        "INSERT DATA { <ministry/PO729982> qst:mainPortfolio <portfolio/industrie> }",
    ),
    fault(
        "main not among portfolios",
        "Ministry",
        "ministry/PO729982",
        "main portfolio is not among the portfolios",
        moved("ministry/PO729982", "qst:mainPortfolio", "<portfolio/defense>"),
    ),
    fault(
        "attached to a ministry of another time",
        "Ministry",
        "ministry/PO759811",
        "attached to itself, or to a ministry of another time",
        moved("ministry/PO759811", "qst:attachedTo", "<ministry/PO653280>"),
    ),
    fault(
        "nobody read the ministry",
        "Unassigned",
        "ministry/PO729982",
        "ministry without an assigned portfolio",
        moved("ministry/PO729982", "qst:mainPortfolio", "<portfolio/unassigned>"),
    ),
    fault(
        "portfolio in one language",
        "Portfolio",
        "portfolio/defense",
        "MinCount prefLabel",
        'DELETE DATA { <portfolio/defense> skos:prefLabel "Defence"@en }',
    ),
    fault(
        "change into nothing",
        "Change",
        "change/PO653280--PO700737",
        "MinCount resultingOrganization",
        without("change/PO653280--PO700737", "org:resultingOrganization"),
    ),
    fault(
        "change on another day",
        "Change",
        "change/PO729979--PO770470",
        "a change on another day than the first of the new body",
        moved("change/PO729979--PO770470", "qst:on", day("2020-02-18")),
    ),
    fault(
        "overlapping attributions",
        "Attribution",
        f"{LONG}#attribution-1",
        "attributions of one question overlap",
        moved(f"{LONG}#attribution-1", "qst:validUntil", day("2019-04-16")),
    ),
    fault(
        "interval upside down",
        "Interval",
        "mandate/PM722844",
        "LessThanOrEquals validFrom",
        moved("mandate/PM722844", "qst:validFrom", day("2023-01-01")),
    ),
    fault(
        "two groups at once",
        "OneGroupAtATime",
        "mandate/PM999012",
        "two groups at once",
        moved("mandate/PM999012", "qst:validFrom", day("2020-05-19")),
    ),
    fault(
        "two mandates at once",
        "OneMandateAtATime",
        "mandate/PM774339",
        "two mandates at once in one legislature",
        moved("mandate/PM774339", "qst:validFrom", day("2017-07-21")),
    ),
    fault(
        "deputy without mandate",
        "Deputy",
        "person/PA720054",
        "deputy without a mandate",
        "DELETE WHERE { <mandate/PM722844> ?p ?o }",
    ),
    fault(
        "ministry without dates",
        "BodyWithoutDates",
        "ministry/PO729982",
        "body of the reference data without a first day",
        without("ministry/PO729982", "qst:validFrom"),
    ),
    fault(
        "legislature without dates",
        "Legislature",
        "legislature/15",
        "legislature without a first day",
        without("legislature/15", "qst:validFrom"),
    ),
    fault(
        "legislature upside down",
        "Legislature",
        "legislature/15",
        "LessThanOrEquals validFrom",
        moved("legislature/15", "qst:validFrom", day("2030-01-01")),
    ),
    fault(
        "stub without a reason",
        "Stub",
        "ministry/PO847643",
        "MinCount stubReason",
        without("ministry/PO847643", "qst:stubReason"),
    ),
    fault(
        "another stub",
        "KnownByMention",
        "ministry/PO729982",
        "known only because a record mentions it",
        'INSERT DATA { <ministry/PO729982> a qst:Stub ; qst:stubReason "for the test" }',
    ),
    fault(
        "two French labels",
        "Labelled",
        "ministry/PO729982",
        "UniqueLang label",
        'INSERT DATA { <ministry/PO729982> rdfs:label "Bercy"@fr }',
    ),
    fault(
        "records not accounted for",
        "Snapshot",
        "snapshot/questions-an-15-qe--2026-07-28",
        "records read are not all accounted for",
        moved("snapshot/questions-an-15-qe--2026-07-28", "qst:recordsRejected", "0"),
    ),
    fault(
        "snapshot without a day",
        "DatedSnapshot",
        "snapshot/questions-an-15-qe--2026-07-28",
        "nothing dates this source",
        without("snapshot/questions-an-15-qe--2026-07-28", "prov:generatedAtTime"),
    ),
    fault(
        "generation without the version of its answer keys",
        "Generation",
        "generation/f1ee91000166",
        "MinCount answerKeyVersion",
        without("generation/f1ee91000166", "qst:answerKeyVersion"),
    ),
    fault(
        "correction of nothing",
        "Corrected",
        f"{LONG}#corrected-2019-07-02",
        "MinCount corrects",
        without(f"{LONG}#corrected-2019-07-02", "qst:corrects"),
    ),
    fault(
        "two closing codes",
        "Closed",
        f"{HAURY}#answered-2018-08-14",
        "MaxCount sourceCode",
        f'INSERT DATA {{ <{HAURY}#answered-2018-08-14> qst:sourceCode "RETRAIT" }}',
    ),
    fault(
        "membership of nobody",
        "Membership",
        "mandate/PM722844",
        "MinCount member",
        without("mandate/PM722844", "org:member"),
    ),
    fault(
        "mandate without constituency",
        "Mandate",
        "mandate/PM722844",
        "MinCount constituency",
        without("mandate/PM722844", "qst:constituency"),
    ),
    fault(
        "ministry of two governments",
        "Body",
        "ministry/PO729982",
        "MaxCount inGovernment",
        "INSERT DATA { <ministry/PO729982> qst:inGovernment <government/PO773371> }",
    ),
    fault(
        "constituency without boundary act",
        "Constituency",
        "constituency/2010-44-09",
        "MinCount delimitation",
        without("constituency/2010-44-09", "qst:delimitation"),
    ),
    fault(
        "departement with a made up code",
        "Departement",
        "departement/44",
        "Pattern notation",
        moved("departement/44", "skos:notation", '"444"'),
    ),
    fault(
        "topic in two schemes",
        "Topic",
        "topic/sante",
        "MaxCount inScheme",
        "INSERT DATA { <topic/sante> skos:inScheme <scheme/heading> }",
    ),
    fault(
        "source without licence",
        "Source",
        "source/an-questions",
        "MinCount license",
        without("source/an-questions", "dcterms:license"),
    ),
    fault(
        "version of answer keys as text",
        "AnswerKey",
        "build/f1ee91000166",
        "Datatype answerKeyVersion",
        moved("build/f1ee91000166", "qst:answerKeyVersion", '"1"'),
    ),
    fault(
        "network of nothing",
        "Network",
        NETWORK,
        "MinInclusive questionCount",
        moved(NETWORK, "qst:questionCount", "0"),
    ),
    fault(
        "tests that nobody counted",
        "Network",
        NETWORK,
        "tested, without the number of tests, the level or the correction",
        without(NETWORK, "qst:tests"),
    ),
    fault(
        "modularity alone",
        "Network",
        NETWORK,
        "a modularity without its z-score",
        without(NETWORK, "qst:modularityZScore"),
    ),
    fault(
        "edge of no network",
        "NetworkEdge",
        EDGE,
        "MinCount inNetwork",
        without(EDGE, "qst:inNetwork"),
    ),
    fault(
        "chance above one",
        "NetworkEdge",
        EDGE,
        "MaxInclusive pValue",
        moved(EDGE, "qst:pValue", '"1.5"^^xsd:double'),
    ),
    fault(
        "significant by decree",
        "NetworkEdge",
        EDGE,
        "significant contradicts its q-value and the level",
        moved(EDGE, "qst:significant", "true"),
    ),
    fault(
        "edge that ends before it begins",
        "NetworkEdge",
        EDGE,
        "LessThanOrEquals firstAsked",
        moved(EDGE, "qst:lastAsked", day("1958-10-05")),
    ),
    fault(
        "value of a measure that nobody knows",
        "Measurement",
        f"{NETWORK}#m-core--sante",
        "In measure",
        moved(f"{NETWORK}#m-core--sante", "qst:measure", "qst:topic"),
    ),
    fault(
        "wrong community size",
        "Community",
        f"{NETWORK}#c-1",
        "size is not the number of members",
        moved(f"{NETWORK}#c-1", "qst:size", "99"),
    ),
    fault(
        "communities of unknown stability",
        "Community",
        f"{NETWORK}#c-1",
        "a partition without its stability",
        without(NETWORK, "qst:stability"),
    ),
]
