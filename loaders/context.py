"""What one resolution has at hand: the record, the reference data, what is shared with others, and what was odd."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from loaders.record import Problem
from ontology import nouns
from ontology.iris import slug
from ontology.statements import iso_day

if TYPE_CHECKING:
    from loaders.questions import QuestionRecord, Step
    from loaders.references import References

DEFAULT_SERIES = {"QE": "JO_QUESTION", "QG": "JO_DEBAT", "QOSD": "JO_DEBAT"}
_SERIES = {"JO_QUESTION": "an-questions", "JO_DEBAT": "an-debats", "JO_LOI_DECRET": "lois-decrets"}
_SERIES_LABELS = {
    "an-questions": "JO Assemblée nationale, questions",
    "an-debats": "JO Assemblée nationale, débats",
    "lois-decrets": "JO Lois et décrets",
}


class Context:
    """The state of one resolution."""

    def __init__(self, record: QuestionRecord, references: References) -> None:
        self.record = record
        self.references = references
        self.shared: list[nouns.Shared] = []
        self.problems: list[Problem] = []

    def note(self, code: str, message: str, path: str = "") -> None:
        """Note something odd, once."""
        note = Problem(severity="note", code=code, message=message, uid=self.record.uid, path=path)
        if note not in self.problems:  # the ministry asked is usually the first in charge too
            self.problems.append(note)

    def event(self, kind: str, step: Step, **fields: Any) -> nouns.Event:  # noqa: ANN401 - those of the noun
        """Make an event without its final key and position."""
        return nouns.Event(
            key="",
            kind=kind,
            position=0,
            day=step.day,
            day_as_text=step.raw,
            page=step.page,
            issue=self.issue(step),
            **fields,
        )

    def issue(self, step: Step) -> str | None:
        """Name the issue of the Journal officiel of a step; it is shared."""
        if step.day is None:
            return None
        series = _SERIES.get(step.series or DEFAULT_SERIES[self.record.kind])
        if series is None:
            series = f"jo-{slug(step.series or '')}"
        day = iso_day(step.day)
        key = f"{series}-{day}"
        label = f"{_SERIES_LABELS.get(series, step.series or series)}, {day}"
        self.shared.append(nouns.Issue(key=key, label=label, day=step.day, number=step.number))
        return key
