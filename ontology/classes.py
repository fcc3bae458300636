"""The classes of each noun, in full: nothing reasons at run time (an answered event is also Closed, and an event)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from ontology import nouns

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


def always(*classes: str) -> Callable[[object], tuple[str, ...]]:
    """Give the same classes whatever the noun."""
    return lambda _noun: classes


def of_question(question: nouns.Question) -> tuple[str, ...]:
    """Class a question by its type."""
    return QUESTION_CLASSES[question.kind]


def of_event(event: nouns.Event) -> tuple[str, ...]:
    """Class an event by what happened."""
    return EVENT_CLASSES[event.kind]


def of_move(event: nouns.Event) -> tuple[str, ...]:
    """Tell a transfer from a reshuffle (derived)."""
    if event.inherited is None:
        return ()
    return ("qst:Inherited",) if event.inherited else ("qst:Transferred",)


def of_person(person: nouns.Person) -> tuple[str, ...]:
    """Class a person: a deputy is who holds or held a seat; a stub is known by mention only."""
    deputy = ("qst:Deputy",) if person.deputy else ()
    stub = ("qst:Stub",) if person.stub else ()
    return (*deputy, *stub, "foaf:Person")


def of_membership(membership: nouns.Membership) -> tuple[str, ...]:
    """Class a membership by the kind of its body."""
    return MEMBERSHIP_CLASSES[membership.kind]


def of_group(group: nouns.Group) -> tuple[str, ...]:
    """Class a group, or its stub."""
    return ("qst:Group", "qst:Stub") if group.stub else ("qst:Group",)


def of_legislature(legislature: nouns.Legislature) -> tuple[str, ...]:
    """Class a legislature, or its stub."""
    return ("qst:Legislature", "qst:Stub") if legislature.stub else ("qst:Legislature",)


def of_ministry(ministry: nouns.Ministry) -> tuple[str, ...]:
    """Class a ministry, or its stub."""
    return ("qst:Ministry", "qst:Stub") if ministry.stub else ("qst:Ministry",)
