"""From a normal record to the noun: mentions become keys, steps become events, dates become derived facts.

One question at a time; what several questions share (answers, topics, issues, stubs, closing codes) is handed on
beside the noun, to be written once. Knows no form and no store.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import msgspec

from loaders.attributions import attributions as attribution_history
from loaders.attributions import ministry, named
from loaders.context import Context
from loaders.dates import two_months_later
from loaders.groups import legislature
from loaders.questions import Assigned, Mention, Published, QuestionRecord, Step, steps
from loaders.record import Problem
from loaders.texts import answer_digest, plain
from ontology import nouns
from ontology.iris import keyed, slug
from ontology.statements import iso_day

if TYPE_CHECKING:
    from collections.abc import Iterable

    from loaders.references import References

ONE_DAY = timedelta(days=1)
FLAG_DELAY = timedelta(days=10)  # Règlement de l'Assemblée nationale, art. 135

# Closing codes: only REP_PUB has been seen in the official records; the others exist as labels. Unknown codes close.
_CLOSING = {
    "rep-pub": "answered",
    "reponse-publiee": "answered",
    "retrait": "withdrawn",
    "question-retiree": "withdrawn",
    "fin-legislature": "lapsed",
    "fin-de-legislature": "lapsed",
    "fin-de-mandat": "lapsed",
    "caducite": "lapsed",
    "question-caduque": "lapsed",
}
_STATUS = {
    "answered": "statusAnswered",
    "withdrawn": "statusWithdrawn",
    "lapsed": "statusLapsed",
    "closed": "statusClosed",
}
_RANK = {
    "tabled": 0,
    "reattributed": 1,
    "renewed": 2,
    "flagged": 3,
    "answered": 4,
    "withdrawn": 4,
    "lapsed": 4,
    "closed": 4,
}


class Resolved(msgspec.Struct, frozen=True, kw_only=True):
    """A question and what it shares with others."""

    question: nouns.Question
    shared: tuple[nouns.Shared, ...]
    problems: tuple[Problem, ...]
    ended: date | None = None


def resolve(record: QuestionRecord, references: References, source: str, known_to: date | None = None) -> Resolved:
    """Resolve one record against the reference data.

    ``known_to`` is the day of the source: it knows nothing later, so it cannot tell that a question stayed open.
    ``ended`` of the outcome is the last day of the legislature, where a lapse hangs on that day.
    """
    return _Resolver(record, references, source, known_to).run()


class _Resolver:
    """The state of one resolution: the record, what was found so far, what is shared, what was odd."""

    def __init__(
        self, record: QuestionRecord, references: References, source: str, known_to: date | None = None
    ) -> None:
        self.record = record
        self.known_to = known_to
        self.ended: date | None = None
        self.references = references
        self.source = source
        self.context = Context(record, references)
        self.tabled = self._tabled()

    def run(self) -> Resolved:
        record = self.record
        self._legislature()
        author = self._author()
        mandate = self._mandate(author)
        asked = ministry(
            self.context, record.asked if named(record.asked) else _first_mention(record.assigned), self.tabled.day
        )
        attributions, moves = attribution_history(self.context, asked, self.tabled)
        attributed = attributions[-1].ministry if attributions else asked
        answer = self._answer(attributed)
        events = self._events(moves, answer)
        inferred = tuple(e for e in events if e.kind == "lapsed" and e.issue is None and e.reason is None)
        closing = next((e for e in events if e.kind in _STATUS), None)
        answered = answer.day if answer else None
        topic, heading, analyses = self._topics()
        printed, group = self._groups(author)
        question = nouns.Question(
            key=record.uid,
            kind=record.kind,
            legislature=record.legislature,
            number=record.number,
            author=author,
            mandate=mandate.key if mandate else None,
            group_published=printed,
            asked=asked,
            attributed=attributed,
            attributions=attributions,
            events=tuple(e for e in events if e not in inferred),
            inferred=inferred,
            transfers=None if moves else 0,
            title=record.title,
            text=self._text(record.questions),
            topic=topic,
            heading=heading,
            analyses=analyses,
            tabled=self.tabled.day,
            answered=answered,
            answer=answer.key if answer else None,
            page=f"https://questions.assemblee-nationale.fr/q{record.legislature}/"
            f"{record.legislature}-{record.number}{record.kind}.htm",
            source=self.source,
            group=group,
            constituency=mandate.constituency if mandate else None,
            due=two_months_later(self.tabled.day) if record.kind == "QE" and self.tabled.day else None,
            delay=self._delay(answered),
            closed=closing.day if closing else None,
            status=_STATUS[closing.kind] if closing else "statusOpen",
        )
        return Resolved(
            question=question,
            shared=tuple(self.context.shared),
            problems=tuple(self.context.problems),
            ended=self.ended,
        )

    # ---- days

    def _tabled(self) -> Step:
        """Find the publication of the question: its text, else its first attribution, else (oral) answer or closure."""
        record = self.record
        candidates: list[Step] = [p.step for p in record.questions] + [a.step for a in record.assigned[:1]]
        if record.kind != "QE":
            candidates += [p.step for p in record.answers]
            candidates += [record.closure.step] if record.closure else []
        printed: str | None = None
        for step in candidates:
            if step.day is not None:
                return msgspec.structs.replace(step, raw=printed) if printed else step
            if step.raw is not None:
                printed = printed or step.raw
                self.context.note("bad-day", f"{step.raw[:40]!r} is no day of the calendar", "infoJO.dateJO")
        self.context.note("no-day", "nothing dates this question")
        return Step(raw=printed)

    def _delay(self, answered: date | None) -> int | None:
        if answered is None or self.tabled.day is None:
            return None
        days = (answered - self.tabled.day).days
        if days < 0:
            self.context.note("answer-before-question", f"answered on {answered}, tabled on {self.tabled.day}")
            return None
        return days

    # ---- who

    def _author(self) -> str:
        author, record = self.record.author, self.record
        if author.person is not None:
            if author.person not in self.references.persons:
                self.context.note(
                    "unknown-author", f"{author.person} is in no reference file", "auteur.identite.acteurRef"
                )
                self._stub_person(author.person, author.name or author.person, "not in the reference data")
            return author.person
        name = author.name or ""
        found = self.references.deputy(
            name, record.legislature, self.tabled.day, author.departement, author.constituency
        )
        if len(found) == 1:
            return found[0]
        reason = (
            "no deputy has this name on the day" if not found else f"{len(found)} deputies have this name on the day"
        )
        self.context.note("unknown-author" if not found else "ambiguous-author", f"{name!r}: {reason}", "Auteur")
        key = f"stub-{record.legislature}-{keyed(name)}"
        self._stub_person(key, name, reason)
        return key

    def _legislature(self) -> None:
        """Let a legislature that the reference data do not hold be known by mention: a question always has one."""
        number = self.record.legislature
        if number not in self.references.legislatures:
            self.context.shared.append(legislature(number, stub="not in the reference data"))

    def _stub_person(self, key: str, name: str, reason: str) -> None:
        self.context.shared.append(nouns.Person(key=key, name=name, deputy=True, stub=reason))

    def _mandate(self, author: str) -> nouns.Mandate | None:
        record = self.record
        found, running = self.references.mandate(author, record.author.mandate, record.legislature, self.tabled.day)
        if found is None:
            self.context.note("no-mandate", f"no mandate of {author} in legislature {record.legislature}")
        elif not running:
            self.context.note("mandate-not-running", f"{found.key} was not running on {self.tabled.day}")
        return found

    def _groups(self, author: str) -> tuple[str | None, str | None]:
        """Give the group printed and that of the day; that they differ is noted, and neither replaces the other."""
        printed, real = self._group(author), self.references.group_on(author, self.tabled.day)
        if printed is not None and real is not None and printed != real:
            message = f"the record prints {printed}; {author} was in {real} on {self.tabled.day}"
            self.context.note("printed-group-differs", message, "auteur.groupe")
        return printed, real

    def _group(self, author: str) -> str | None:
        mention, record = self.record.group, self.record
        if mention.ref is not None:
            if mention.ref not in self.references.groups:
                self.context.note("unknown-group", f"{mention.ref} is in no reference file", "auteur.groupe.organeRef")
                label = mention.full or mention.short or mention.ref
                self.context.shared.append(
                    nouns.Group(
                        key=mention.ref,
                        label=label,
                        notation=mention.short,
                        legislature=record.legislature,
                        stub="not in the reference data",
                    )
                )
            return mention.ref
        name = mention.full or mention.short
        if name is None:
            return None
        found = self.references.group_named(name, record.legislature, author, self.tabled.day)
        if found is None:
            self.context.note("unknown-group", f"no group of legislature {record.legislature} is named {name!r}")
        return found

    # ---- texts, index, answer

    def _text(self, published: Iterable[Published]) -> str | None:
        bodies = [body for p in published if p.body and (body := plain(p.body))]
        return "\n".join(bodies) or None

    def _topics(self) -> tuple[str | None, str | None, tuple[str, ...]]:
        record = self.record
        topic = heading = None
        if record.rubric:
            topic = slug(record.rubric)
            self.context.shared.append(nouns.Topic(key=topic, label=record.rubric, scheme="rubrique"))
        if record.heading:
            own = slug(record.heading)
            heading = f"{topic}--{own}" if topic else f"sans-rubrique--{own}"
            self.context.shared.append(nouns.Topic(key=heading, label=record.heading, scheme="heading", broader=topic))
        analyses = tuple(dict.fromkeys(f"analyse--{keyed(label)}" for label in record.analyses))
        labels = {f"analyse--{keyed(label)}": label for label in reversed(record.analyses)}
        self.context.shared.extend(nouns.Topic(key=key, label=labels[key], scheme="analysis") for key in analyses)
        return topic, heading, analyses

    def _answer(self, ministry: str) -> nouns.Answer | None:
        """Give the answer. Its key is its day and 12 hex digits of its canonical text, so joint answers fall out."""
        record = self.record
        if not record.answers:
            return None
        text = self._text(record.answers)
        step = next((p.step for p in record.answers if p.step.day), record.answers[0].step)
        day = step.day
        if day is None and step.raw is None and record.closure:
            day = record.closure.step.day
        if step.raw is not None and day is None:
            self.context.note(
                "bad-day",
                f"the answer is dated {step.raw[:40]!r}, no day of the calendar",
                "texteReponse.infoJO.dateJO",
            )
        if text is None:
            if day is None and step.raw is None:
                return None  # an empty block
            self.context.note("answer-without-text", "the record dates an answer and gives no text")
        digest = answer_digest(text if text is not None else record.uid)
        key = f"{iso_day(day) if day else 'undated'}-{digest[:12]}"
        answer = nouns.Answer(key=key, text=text, ministries=(ministry,), day=day, digest=digest)
        self.context.shared.append(answer)
        return answer

    # ---- events

    def _events(self, moves: list[nouns.Event], answer: nouns.Answer | None) -> tuple[nouns.Event, ...]:
        record = self.record
        found = [self.context.event("tabled", self.tabled), *moves]
        found += [self.context.event("renewed", step) for step in record.renewals]
        found += [
            self.context.event("flagged", f.step, filed=f.filed, due=f.step.day + FLAG_DELAY if f.step.day else None)
            for f in record.flags
        ]
        closing = self._closing(answer) or self._lapse()
        found += [closing] if closing else []
        found += [
            self.context.event("corrected", step, corrects_question=record.uid) for step in record.question_errata
        ]
        if answer is not None:
            found += [
                self.context.event("corrected", step, corrects_answer=answer.key) for step in record.answer_errata
            ]
        elif record.answer_errata:
            self.context.note("erratum-without-answer", "an erratum to an answer that the record does not hold")
        return _numbered(record.uid, found)

    def _closing(self, answer: nouns.Answer | None) -> nouns.Event | None:
        closure = self.record.closure
        code, reason, kind = None, None, "closed"
        if closure is not None and (closure.code or closure.label):
            code = closure.code
            name = slug(closure.code or closure.label or "")
            kind = _CLOSING.get(name) or _CLOSING.get(slug(closure.label or name), "closed")
            reason = f"closure--{keyed(name)}"
            self.context.shared.append(
                nouns.Concept(key=reason, label=closure.label or closure.code or name, scheme="closure", notation=code)
            )
            if kind == "closed":
                self.context.note(
                    "unknown-closure", f"closing code {closure.code!r} ({closure.label}) is not known yet"
                )
        if answer is not None:
            step = next((p.step for p in self.record.answers if p.step.day), self.record.answers[0].step)
            if step.page is None and closure is not None and closure.step.day == step.day:
                step = msgspec.structs.replace(step, page=closure.step.page)
            if step.day is None and answer.day is not None and closure is not None:
                step = closure.step
            return self.context.event("answered", step, code=code, reason=reason)
        if closure is None:
            return None
        if kind == "answered":
            self.context.note("closed-without-answer", "closed as answered, and the record holds no answer")
            kind = "closed"
        return self.context.event(kind, closure.step, code=code, reason=reason)

    def _lapse(self) -> nouns.Event | None:
        """Infer that a question left open fell with its legislature, on its last day: no record says so.

        Nor can a record of before that day: the question may have been answered since.
        """
        last = self.references.legislature_end(self.record.legislature)
        if last is None or (self.tabled.day is not None and self.tabled.day > last):
            return None
        if all(step.day is None or step.day < last for step in steps(self.record)):
            self.ended = last
            if self.known_to is None or self.known_to < last:
                return None
        return nouns.Event(key="", kind="lapsed", position=0, day=last)


def _numbered(uid: str, events: list[nouns.Event]) -> tuple[nouns.Event, ...]:
    """Order events by day, give ranks, and keys of kind and day (``-2`` if twice): a late erratum moves no key."""
    ordered = sorted(events, key=lambda e: (e.day or date.max, _RANK.get(e.kind, 5)))
    seen: dict[str, int] = {}
    numbered: list[nouns.Event] = []
    for position, event in enumerate(ordered, start=1):
        name = f"{event.kind}-{iso_day(event.day) if event.day else 'undated'}"
        seen[name] = seen.get(name, 0) + 1
        key = f"{uid}#{name}" if seen[name] == 1 else f"{uid}#{name}-{seen[name]}"
        numbered.append(msgspec.structs.replace(event, key=key, position=position))
    return tuple(numbered)


def _first_mention(assigned: tuple[Assigned, ...]) -> Mention:
    return next((a.ministry for a in assigned if named(a.ministry)), Mention())
