"""What a search gives: questions with the places of the words, names, counts by facet. Knows index and store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from api import queries
from api.context import catalogue, language, service
from api.pages import with_arguments
from api.questions import details
from api.seeking import seek
from api.selection import NAMES
from graph.text import COLUMNS, excerpt
from ontology.iris import thing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from api.questions import Item
    from api.seeking import Sought
    from api.selection import Selection
    from graph.text import Found, TextIndex, Thing, Wanted

DEEPEST: Final = 10_000  # hits that pages reach; files hold all
_THINGS: Final = 8
_FACETS: Final = 8
_NAMED: Final = ("legislature", "portfolio", "ministry", "group")
FILTERS: Final = tuple(name for name in NAMES if name not in ("constituency", "departement", "group_as", "target"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One question that was found, and where its texts have the words: pieces, and whether each is one of them."""

    item: Item
    excerpts: Sequence[Sequence[tuple[str, bool]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """One value that the questions found have: how many have it, and the same search narrowed to them."""

    value: str
    label: str
    total: int
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """What a search finds. ``following`` is the address of the next page, empty on the last."""

    typed: str
    chosen: Selection
    sought: Sought
    things: Sequence[Thing]
    found: Found
    hits: Sequence[Hit]
    facets: Mapping[str, Sequence[Facet]]
    following: str


def where_of(chosen: Selection) -> dict[str, str | int]:
    """Give the columns of the index that the filters fix."""
    given = chosen.given()
    where: dict[str, str | int] = {name: given[name] for name in FILTERS if name in given}
    for mine, theirs in (("from", "since"), ("to", "until")):
        if mine in where:
            where[theirs] = where.pop(mine)
    if "status" in where:
        where["status"] = f"status{str(where['status']).capitalize()}"
    return where


def results(index: TextIndex, typed: str, wanted: Wanted, chosen: Selection, *, limit: int, skip: int) -> Results:
    """Search, and gather what a page says of each hit."""
    found, keys = index.search(wanted, where_of(chosen), limit=limit, skip=skip)
    reached = skip + len(keys)
    after = str(reached) if reached < min(found.total, DEEPEST + 1) else ""
    given = {"q": typed, **chosen.given()}
    return Results(
        typed=typed,
        chosen=chosen,
        sought=seek(typed, index),
        things=index.things(wanted, limit=_THINGS) if not chosen.given() else (),
        found=found,
        hits=_hits(keys, wanted, chosen),
        facets=_facets(found, given),
        following=with_arguments("/search", {**given, "limit": str(limit), "after": after}) if after else "",
    )


def items_of(keys: Sequence[str], chosen: Selection) -> list[Item]:
    """Say what a list says of each question."""
    current = service()
    iris = [thing("question", key) for key in keys]
    return list(details(current.memo, chosen, iris, current.settings.limits()))


def _hits(keys: Sequence[str], wanted: Wanted, chosen: Selection) -> list[Hit]:
    """Show where the texts of each question have the words."""
    texts: dict[str, list[str]] = {}
    if keys:
        asked = service().memo.ask("texts", questions=queries.iris(thing("question", key) for key in keys))
        for question, *pair in asked.rows:
            held = texts.setdefault(str(question), [])
            held += [str(text) for text in pair if text is not None and str(text) not in held]
    return [
        Hit(
            item=item,
            excerpts=[
                cut for text in (item.title or item.label, *texts.get(item.id, ())) if (cut := excerpt(text, wanted))
            ],
        )
        for item in items_of(keys, chosen)
    ]


def _facets(found: Found, given: Mapping[str, str]) -> dict[str, list[Facet]]:
    """Name the first values of each column, and link to the search that each narrows to."""
    shown = {name: pairs[:_FACETS] for name, pairs in found.facets.items()}
    iris = [thing(name, value) for name in _NAMED for value, _ in shown[name]]
    labels = service().memo.labels(iris, language())
    words = catalogue()

    def facet(name: str, value: str, total: int) -> Facet:
        label = labels[thing(name, value)] if name in _NAMED else words.find(f"filters.type_{value}") or value
        return Facet(
            value=value,
            label=label,
            total=total,
            path=with_arguments("/search", {**given, **_narrowed(name, value)}),
        )

    return {name: [facet(name, value, total) for value, total in shown[name]] for name in COLUMNS}


def _narrowed(name: str, value: str) -> dict[str, str]:
    """Give the filter that keeps one value of a column; a year is a range of days."""
    return {"from": f"{value}-01-01", "to": f"{int(value) + 1}-01-01"} if name == "year" else {name: value}
