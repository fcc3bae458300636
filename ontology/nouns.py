"""The nouns: typed, frozen values between a record and its statements. All source forms give the same nouns.

References are keys (``PA720054``), never IRIs: ``mapping.py`` knows their type. Lists are tuples, absent is None.
"""

from __future__ import annotations

from datetime import date
from typing import TypeAlias

import msgspec


class Noun(msgspec.Struct, frozen=True, kw_only=True, tag=True, tag_field="noun", gc=False):
    """What every noun has: ``key``, the last part of its IRI (with ``#fragment`` for a part)."""

    key: str


# ---- questions


class Attribution(Noun, frozen=True, kw_only=True, tag=True):
    """The interval in which one ministry was in charge of a question; ``code`` is the source's ``typeJO``."""

    ministry: str
    position: int
    code: str | None = None
    start: date | None = None
    end: date | None = None


class Event(Noun, frozen=True, kw_only=True, tag=True):
    """A dated step in the life of a question. ``kind`` is one of ``EVENT_CLASSES``; ``day`` is that of the issue."""

    kind: str
    position: int
    day: date | None = None
    day_as_text: str | None = None
    issue: str | None = None
    page: str | None = None
    code: str | None = None
    reason: str | None = None
    filed: date | None = None
    from_ministry: str | None = None
    to_ministry: str | None = None
    corrects_question: str | None = None
    corrects_answer: str | None = None
    inherited: bool | None = None
    due: date | None = None


class Question(Noun, frozen=True, kw_only=True, tag=True):
    """A question of any kind. ``key`` is its official uid. The last block is derived from dated references.

    ``inferred`` are the events that no record states: the lapse with the legislature. ``transfers`` is 0 for a question
    that never moved, else told by its :class:`Course`.
    """

    kind: str
    legislature: int
    number: int
    author: str
    asked: str
    attributed: str
    source: str
    page: str
    events: tuple[Event, ...] = ()
    attributions: tuple[Attribution, ...] = ()
    title: str | None = None
    text: str | None = None
    mandate: str | None = None
    group_published: str | None = None
    topic: str | None = None
    heading: str | None = None
    analyses: tuple[str, ...] = ()
    tabled: date | None = None
    answered: date | None = None
    answer: str | None = None

    inferred: tuple[Event, ...] = ()
    transfers: int | None = None
    group: str | None = None
    constituency: str | None = None
    due: date | None = None
    delay: int | None = None
    closed: date | None = None
    status: str = "statusOpen"

    @property
    def label(self) -> str:
        """Short name: ``15-10719QE``."""
        return f"{self.legislature}-{self.number}{self.kind}"


class Course(Noun, frozen=True, kw_only=True, tag=True):
    """What a question's course is beside other questions and the portfolios: its transfers, what it recalls."""

    transfers: int | None = None
    recalls: tuple[str, ...] = ()


class Crossing(Noun, frozen=True, kw_only=True, tag=True):
    """Whether a re-attribution (``key`` is the event's) leads to a ministry that shares no portfolio."""

    crosses: bool


class Answer(Noun, frozen=True, kw_only=True, tag=True):
    """One answer text on one day. Questions that share it share the noun. ``digest`` is that of its canonical text."""

    ministries: tuple[str, ...]
    digest: str = ""
    text: str | None = None
    day: date | None = None


class JointAnswer(Noun, frozen=True, kw_only=True, tag=True):
    """What is computed of an answer that serves several questions: that it does."""


class AnswerPage(Noun, frozen=True, kw_only=True, tag=True):
    """What is computed of the page of an answered event: whether it is the text's own, or its section's first."""

    kind: str


class Topic(Noun, frozen=True, kw_only=True, tag=True):
    """A term of the Assembly's index; ``scheme`` is rubrique, heading or analysis. ``others`` are other spellings."""

    label: str
    scheme: str
    broader: str | None = None
    others: tuple[str, ...] = ()


class Issue(Noun, frozen=True, kw_only=True, tag=True):
    """One issue of the Journal officiel: a series and a day."""

    label: str
    day: date
    number: str | None = None


class Concept(Noun, frozen=True, kw_only=True, tag=True):
    """A term of one of the source's open vocabularies: closing codes, reasons for the end of a mandate."""

    label: str
    scheme: str
    notation: str | None = None


class Scheme(Noun, frozen=True, kw_only=True, tag=True):
    """A concept scheme with its two labels."""

    label_fr: str
    label_en: str


# ---- people, bodies, places


class Person(Noun, frozen=True, kw_only=True, tag=True):
    """Anyone of the reference files; ``deputy`` when they hold or held a seat. No birth data, no address."""

    name: str
    given: str | None = None
    family: str | None = None
    gender: str | None = None
    deputy: bool = False
    stub: str | None = None


class Mandate(Noun, frozen=True, kw_only=True, tag=True):
    """A seat held by one person for one constituency. It starts on the day the seat was taken."""

    person: str
    legislature: int
    constituency: str
    start: date
    end: date | None = None
    end_reason: str | None = None
    replaces: str | None = None


class Membership(Noun, frozen=True, kw_only=True, tag=True):
    """Membership of a group or party, or a ministerial tenure; ``merged`` are the ids of nested mandates."""

    kind: str
    person: str
    body: str
    start: date
    end: date | None = None
    quality: str | None = None
    merged: tuple[str, ...] = ()


class Group(Noun, frozen=True, kw_only=True, tag=True):
    """A political group of one legislature. ``stub`` says why only its mention is known."""

    label: str
    legislature: int
    start: date | None = None
    notation: str | None = None
    end: date | None = None
    stance: str | None = None
    colour: str | None = None
    stub: str | None = None


class Party(Noun, frozen=True, kw_only=True, tag=True):
    """A party or grouping to which deputies are attached for public funding."""

    label: str


class Government(Noun, frozen=True, kw_only=True, tag=True):
    """A government between two days."""

    label: str
    start: date
    end: date | None = None


class Ministry(Noun, frozen=True, kw_only=True, tag=True):
    """One dated body, ``label`` its short name, ``full`` its official name. ``stub`` says why it is only a stub."""

    label: str
    full: str | None = None
    start: date | None = None
    end: date | None = None
    government: str | None = None
    stub: str | None = None


class Portfolio(Noun, frozen=True, kw_only=True, tag=True):
    """A durable area of government: labels and scope in both languages."""

    label_fr: str
    label_en: str
    scope_fr: str
    scope_en: str


class Assignment(Noun, frozen=True, kw_only=True, tag=True):
    """The portfolios of a ministry (``key`` is the ministry's), and the bodies it is attached to."""

    main: str
    portfolios: tuple[str, ...]
    attached: tuple[str, ...] = ()


class MinistryEnd(Noun, frozen=True, kw_only=True, tag=True):
    """The last day of a ministry that the source never closed."""

    end: date


class GovernmentEnd(Noun, frozen=True, kw_only=True, tag=True):
    """The last day of a government that the source never closed."""

    end: date


class Change(Noun, frozen=True, kw_only=True, tag=True):
    """A ministry that takes the place of another. ``key`` is both keys with two hyphens between."""

    former: str
    successor: str
    on: date


class InseeLink(Noun, frozen=True, kw_only=True, tag=True):
    """The same département at INSEE: an IRI of theirs."""

    target: str


class WikidataLink(Noun, frozen=True, kw_only=True, tag=True):
    """The same person at Wikidata: the address of an item."""

    target: str


class Legislature(Noun, frozen=True, kw_only=True, tag=True):
    """A term of the Assembly; ``identifier`` is the PO id of the Assembly of that term."""

    number: int
    label_fr: str
    label_en: str
    start: date | None = None
    identifier: str | None = None
    end: date | None = None
    stub: str | None = None


class Constituency(Noun, frozen=True, kw_only=True, tag=True):
    """A legislative constituency of one boundary act; ``identifiers`` are the PO ids it had, new each legislature."""

    label: str
    number: int
    departement: str
    delimitation: str
    identifiers: tuple[str, ...] = ()


class Departement(Noun, frozen=True, kw_only=True, tag=True):
    """A département, an overseas collectivity, or the French abroad (099)."""

    label: str
    notation: str


# ---- provenance


class Source(Noun, frozen=True, kw_only=True, tag=True):
    """A dataset published by an authority."""

    label: str
    publisher: str
    licence: str
    landing: str


class Snapshot(Noun, frozen=True, kw_only=True, tag=True):
    """One fetched file or folder of a source: its digest, its date, and the books of what was read from it."""

    source: str
    sha256: str
    date: date | None
    read: int
    loaded: int
    refused: int
    duplicate: int
    skipped: int
    superseded: int


class Build(Noun, frozen=True, kw_only=True, tag=True):
    """The activity that turned snapshots into a generation."""

    version: str
    snapshots: tuple[str, ...]


class Generation(Noun, frozen=True, kw_only=True, tag=True):
    """One complete state of the graph. ``answer_key`` is the version of the canonical text behind answers' keys."""

    build: str
    licence: str
    answer_key: int


class NamedGraph(Noun, frozen=True, kw_only=True, tag=True):
    """The description of one named graph. ``key`` is the graph's name; ``graphs`` are those it was computed from."""

    title: str
    licence: str
    generation: str
    build: str
    date: date | None = None
    snapshots: tuple[str, ...] = ()
    graphs: tuple[str, ...] = ()


Actor: TypeAlias = (
    Person
    | Mandate
    | Membership
    | Group
    | Party
    | Government
    | Ministry
    | Legislature
    | Constituency
    | Departement
    | Concept
)
Shared: TypeAlias = Answer | Topic | Issue | Concept | Ministry | Group | Person | Legislature
Curated: TypeAlias = Portfolio | Assignment | MinistryEnd | GovernmentEnd | Change | Government | Scheme | Concept
Link: TypeAlias = InseeLink | WikidataLink
AnyNoun: TypeAlias = (
    Actor
    | Shared
    | Curated
    | Link
    | Question
    | Course
    | Crossing
    | Event
    | Attribution
    | JointAnswer
    | AnswerPage
    | Source
    | Snapshot
    | Build
    | Generation
    | NamedGraph
)
