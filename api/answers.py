"""Answers over one store: kept, shared, bounded, and told apart by their tags. Knows HTTP's values, no framework.

A question is named by a digest of everything its answer depends on but the generation. The tag of an answer is that
name with the generation it came from, so who has the answer is told so before any query process is asked.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from contextlib import contextmanager
from datetime import date
from typing import IO, TYPE_CHECKING, Final, Protocol

import msgspec

from api.admission import Admission
from api.cache import Cache, Kept
from api.clients import gone
from api.sending import Sending
from graph.backends.results import KINDS, choose
from graph.gate import outline
from graph.store import Dataset, Kind, Limits
from ontology.errors import BusyError, DeadlineError, HangUpError, QueryError, RefusedError, TooLargeError

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from api.allowance import Allowances
    from api.metrics import Metrics
    from api.settings import Settings
    from graph.store import Answer, Store
    from ontology.errors import QuesteurError

_NEARLY: Final = 0.9
UNKNOWN: Final = "unknown"  # the generation of a store that does not tell


class Question(Protocol):
    """What a store can be asked. ``name`` says what, in any generation; ``volatile``: it is never twice the same."""

    @property
    def name(self) -> str:
        """Name it."""
        ...

    @property
    def volatile(self) -> bool:
        """Say whether the answer differs from time to time."""
        ...

    def ask(self, store: Store, limits: Limits, *, gzip: bool) -> Answer:
        """Ask the store."""
        ...


class Query(msgspec.Struct, kw_only=True, frozen=True):
    """A query text, its dataset and the media type of its answer."""

    text: str
    dataset: Dataset | None
    media_type: str
    name: str
    volatile: bool

    @classmethod
    def of(cls, text: str, dataset: Dataset | None, media_types: Sequence[str]) -> Query:
        """Judge a text.

        Raises
        ------
        QueryError
            It is too complex, or has a character no query has.
        NotAcceptableError
            None of the media types can carry its form of answer.
        """
        read = outline(text)
        media_type = choose(KINDS.get(read.form, "rows"), media_types)
        named = "" if dataset is None else repr((dataset.default, dataset.named))
        return cls(
            text=text,
            dataset=dataset,
            media_type=media_type,
            name=_digest(read.key, named, media_type),
            volatile=read.volatile or bool(read.services),  # another's answer is not of this generation
        )

    def ask(self, store: Store, limits: Limits, *, gzip: bool) -> Answer:
        """Ask the store."""
        return store.query(self.text, media_types=(self.media_type,), dataset=self.dataset, limits=limits, gzip=gzip)


class WholeGraph(msgspec.Struct, kw_only=True, frozen=True):
    """All triples of a graph, of the default graph when ``iri`` is None."""

    iri: str | None
    media_type: str
    volatile: bool = False

    @property
    def name(self) -> str:
        """Name it."""
        return _digest("graph", "default" if self.iri is None else f"<{self.iri}>", self.media_type)

    def ask(self, store: Store, limits: Limits, *, gzip: bool) -> Answer:
        """Ask the store. A graph that is too large to be sent at once is also a file."""
        try:
            return store.get_graph(self.iri, media_types=(self.media_type,), limits=limits, gzip=gzip)
        except (DeadlineError, TooLargeError) as error:
            error.hint = "Take it from /downloads, or ask /sparql for a part of it."
            raise


class Asker(msgspec.Struct, kw_only=True, frozen=True):
    """Who asks: the client's name and its socket, when it began, how long it will wait, whether it reads gzip."""

    client: str
    caller: int | None = None
    began: float
    deadline: float
    gzip: bool = False

    @property
    def until(self) -> float:
        """Give the moment when the answer must be there."""
        return self.began + self.deadline


class Given(msgspec.Struct, kw_only=True, frozen=True):
    """A whole answer: in memory as bytes, or a file of ``size`` bytes. ``cache`` says where it came from."""

    kind: Kind
    media_type: str
    coding: str
    body: bytes | IO[bytes]
    size: int
    generation: str
    engine: str
    timings: Mapping[str, float]
    data_date: date | None
    cache: str


class Answers:
    """What one web process answers with."""

    def __init__(self, store: Store, settings: Settings, metrics: Metrics, allowances: Allowances | None) -> None:
        self.store = store
        self.settings = settings
        self.metrics = metrics
        self.allowances = allowances
        self.cache = Cache(settings.cache_bytes)
        share = settings.client_places if settings.limit_clients else None
        self.admission = Admission(places=settings.places, queue=settings.queue, share=share)
        self.sending = Sending(settings.sending)
        self._pages = Admission(places=settings.places + 1, queue=settings.queue, share=share)

    def tag(self, question: Question) -> str | None:
        """Tag the answer that the current generation gives; None: it is never twice the same."""
        return _tag(self.store.generation(), question)

    def give(self, question: Question, asker: Asker) -> Given:
        """Answer a question, from what is kept or from the store.

        Raises
        ------
        QuesteurError
            There is no answer, or not for this client now. Never a short one.
        """
        self._check_allowance(asker.client)
        if question.volatile:
            return self._ask(question, asker, None)
        generation = self.store.generation()
        key = None if generation == UNKNOWN else (generation, question.name)
        found = self._remembered(key, asker)
        if found is not None:
            return found
        if key is None:
            return self._ask(question, asker, None)
        with self.cache.flight(key, until=asker.until) as leads:
            if leads:
                return self._ask(question, asker, key)
        found = self._remembered(key, asker)
        if found is not None:
            return found
        self._still_there(asker)
        return self._ask(question, asker, key)

    @contextmanager
    def page(self, client: str, *, until: float, caller: int | None) -> Generator[None]:
        """Make a page inside the block, whose time is the client's, as that of a query is. No bounds, no share.

        Raises
        ------
        AllowanceError, BusyError, DeadlineError, HangUpError
            As for a query.
        """
        if self.allowances is None:
            yield
            return
        self._check_allowance(client)
        with self._pages.place(client, until=until, caller=caller):
            began = time.monotonic()
            try:
                yield
            finally:
                self.allowances.charge(client, time.monotonic() - began)

    def wrong(self, client: str) -> None:
        """Count a request of a client that was wrong."""
        if self.allowances is not None:
            self.allowances.error(client)

    def _check_allowance(self, client: str) -> None:
        if self.allowances is not None:
            self.allowances.left(client)

    def _still_there(self, asker: Asker) -> None:
        """Stop one who waited for another's answer in vain and has no time left, or has gone."""
        if gone(asker.caller):
            raise HangUpError
        if time.monotonic() >= asker.until:
            raise DeadlineError(
                "The query did not end in the time allowed, while it waited for another's same answer.",
                hint="try again in a moment",
            )

    def _remembered(self, key: tuple[str, str] | None, asker: Asker) -> Given | None:
        """Give what is kept under a key, in the coding that the asker reads."""
        if key is None:
            return None
        kept = self.cache.get(key)
        if kept is not None:
            self.metrics.cached("hit")
            return _given(self._recoded(key, kept, gzip=asker.gzip), "hit")
        error = self.cache.failure(key, deadline=asker.deadline)
        if error is not None:
            self.metrics.cached("remembered")
            raise error.with_traceback(None)
        return None

    def _recoded(self, key: tuple[str, str], kept: Kept, *, gzip: bool) -> Kept:
        if not gzip:
            return kept.plain()
        if kept.coding or len(kept.body) < 1024:
            return kept
        coded = kept.coded()
        self.cache.keep(key, coded)
        return coded

    def _ask(self, question: Question, asker: Asker, key: tuple[str, str] | None) -> Given:
        """Ask the store when there is a place, charge the client, and keep what came of it."""
        entered = time.monotonic()
        with self.admission.place(asker.client, until=asker.until, caller=asker.caller):
            began = time.monotonic()
            try:
                answer = question.ask(self.store, self._limits(asker, began), gzip=asker.gzip)
            except (DeadlineError, TooLargeError, BusyError) as error:
                whole = asker.until - began > _NEARLY * asker.deadline  # and not the rest of a wait
                if key is not None and whole and _stays(error):
                    self.cache.fail(key, error, deadline=asker.deadline)
                raise
            finally:
                self._charge(asker.client, time.monotonic() - began)
        self.metrics.cached("miss")
        queue = answer.timings.get("queue", 0.0) + 1000 * (began - entered)
        answer.timings = {**answer.timings, "queue": queue}
        return self._kept(answer, question, key)

    def _limits(self, asker: Asker, now: float) -> Limits:
        return Limits(deadline=max(0.001, asker.until - now), max_bytes=self.settings.max_bytes, caller=asker.caller)

    def _charge(self, client: str, seconds: float) -> None:
        self.metrics.worked(seconds)
        if self.allowances is not None:
            self.allowances.charge(client, seconds)

    def _kept(self, answer: Answer, question: Question, key: tuple[str, str] | None) -> Given:
        """Keep an answer that is small enough; give it either way."""
        if answer.size > self.cache.largest:
            return _given(answer, "miss")
        with answer.body as body:
            kept = Kept(
                kind=answer.kind,
                media_type=answer.media_type,
                coding=answer.coding,
                body=body.read(),
                generation=answer.generation,
                engine=answer.engine,
                timings=answer.timings,
                data_date=answer.data_date,
            )
        if key is not None and answer.generation != UNKNOWN:
            self.cache.keep((answer.generation, question.name), kept)
        return _given(kept, "miss")


def _given(answer: Kept | Answer, cache: str) -> Given:
    return Given(
        kind=answer.kind,
        media_type=answer.media_type,
        coding=answer.coding,
        body=answer.body,
        size=len(answer.body) if isinstance(answer, Kept) else answer.size,
        generation=answer.generation,
        engine=answer.engine,
        timings=answer.timings,
        data_date=answer.data_date,
        cache=cache,
    )


def _stays(error: QuesteurError) -> bool:
    """Say whether an error would come again: not when the service was merely full."""
    return isinstance(error, DeadlineError | TooLargeError) or error.code == "memory-exhausted"


def is_callers(error: QuesteurError) -> bool:
    """Say whether an error is the caller's doing."""
    return isinstance(error, QueryError) and not isinstance(error, DeadlineError | TooLargeError | RefusedError)


def tag_of(given: Given, question: Question) -> str | None:
    """Tag an answer."""
    tag = _tag(given.generation, question)
    return tag if tag is None or not given.coding else f"{tag}-{given.coding}"


def _tag(generation: str, question: Question) -> str | None:
    return None if question.volatile or generation == UNKNOWN else f"{generation}-{question.name}"


def _digest(*parts: str) -> str:
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=8).hexdigest()
