"""Which pages are asked: of each type, several that differ, found in what the service itself lists."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from graph.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.served import Server

BAR = 50.0  # ms of the server for lists, pages of things, and searches
_DIRECTORIES = {
    "deputies": "person",
    "ministries": "ministry",
    "portfolios": "portfolio",
    "groups": "group",
    "constituencies": "constituency",
    "topics": "topic",
}
_ALIKE = "type=all&legislature=15"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One type of page: addresses of pages of it, the busiest first, and the bar, None where there is none."""

    name: str
    paths: Sequence[str]
    bar: float | None


def kinds(site: Server, many: int) -> list[Kind]:
    """List the types of pages; up to ``many`` pages of each."""
    entries = {name: site.get(f"/{name}.json").json["items"] for name in _DIRECTORIES}
    questions = site.get("/questions.json?limit=1000").json["items"]
    keys = [one["key"] for one in questions[:: max(1, len(questions) // many)]]
    words = _words(one["title"] for one in questions)[:many]
    days = [f"{year}-{month:02}-01" for year in (2018, 2019, 2020) for month in range(1, 13)]

    quarter = -(-many // 4)

    def listed(of: str, filters: str) -> list[str]:
        return [f"/questions?{filters}={one['key']}" for one in entries[of][:many]]

    barred = {
        "question": [f"/question/{key}" for key in keys],
        **{kind: [f"/{kind}/{one['key']}" for one in entries[name][:many]] for name, kind in _DIRECTORIES.items()},
        "answer": _answers(site, keys),
        "list of questions": [
            *listed("deputies", "deputy")[:quarter],
            *listed("portfolios", "portfolio")[:quarter],
            *listed("topics", "topic")[:quarter],
            *(f"/questions?from={day}" for day in days[:quarter]),
        ],
        **{
            name: [f"/{name}?sort=label", f"/{name}", *(f"/{name}?q={letter}" for letter in "acdemprst")]
            for name in _DIRECTORIES
        },
        "search": [f"/search?q={quote(word)}&type=QE" for word in words],
        "suggestions": [f"/search.json?mode=suggest&q={quote(word[:4])}" for word in words],
        "home": ["/"],
    }
    rest = {
        "delays": [f"/delays?{_ALIKE}&from={day}" for day in days],
        "delays, questions": [f"/delays/questions?by=portfolio&of={one['key']}" for one in entries["portfolios"]],
        "delays, overdue": [f"/delays/overdue?on={day}" for day in days],
        "transfers": [f"/transfers?{_ALIKE}&from={day}" for day in days],
        "transfers, questions": [f"/transfers/questions?{_ALIKE}&from={day}" for day in days],
        "network": [f"/networks/group-ministry?{_ALIKE}&from={day}" for day in days[:4]],
        "networks": ["/networks"],
        "queries": ["/queries"],
        "vocabulary": ["/ns"],
        "term": [f"/ns/{name}" for name in ("author", "topic", "status", "number", "Question", "Answer", "Group")],
        "SPARQL": ["/sparql"],
    }
    return [
        Kind(name=name, paths=paths[:many], bar=BAR if name in barred else None)
        for name, paths in {**barred, **rest}.items()
        if paths
    ]


def _words(titles: Iterable[str]) -> list[str]:
    """Take the words of titles: what is searched most weighs most on an index."""
    found = Counter(word for title in titles for word in {fold(one) for one in re.findall(r"\w{5,}", title)})
    return [word for word, _ in sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))]


def _answers(site: Server, keys: Sequence[str]) -> list[str]:
    """Find the pages of the answers of some questions."""
    query = "SELECT ?a {{ VALUES ?q {{ {} }} ?q <https://w3id.org/questeur/ns#hasAnswer> ?a }}"
    listed = " ".join(f"<https://w3id.org/questeur/id/question/{key}>" for key in keys)
    rows = site.ask(query.format(listed), "application/sparql-results+json").json["results"]["bindings"]
    return [f"/answer/{row['a']['value'].rpartition('/')[2]}" for row in rows]
