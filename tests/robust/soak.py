"""A mixed load for as long as one likes: readers, searchers, an editor, mistakes, runaways, clients that hang up.

``python -m tests.robust.soak --minutes 60`` starts a service over the example graph, writes a line of JSON now and then
with the memory and the descriptors of its processes, and ends with exit code 1 if something grew, or if an answer was
wrong that was not the client's fault.
"""

from __future__ import annotations

import argparse
import json
import random
import socket
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from api.tokens import Tokens
from tests.api.world import publish
from tests.robust.measuring import descriptors, is_idle, rss, until_true
from tests.served import Server, served

if TYPE_CHECKING:
    from collections.abc import Callable

MB = 1024**2
_MAPPED = 2 * 2 * 40  # each of two web processes maps the columns of up to two generations, some forty files each
ENDLESS = "SELECT (COUNT(*) AS ?c) { ?s ?p ?o . ?t ?q ?r . ?u ?v ?w . ?x ?y ?z }"
QUESTION = "/question/15-10719"
PAGES = (
    "/",
    "/en/questions",
    QUESTION,
    f"{QUESTION}.ttl",
    "/questions.csv",
    "/questions?legislature=15",
    "/networks/deputy-ministry?type=all",
    "/networks/deputy-ministry.gexf?type=all",
    "/queries/j1-overdue-by-portfolio",
    "/ns.ttl",
    "/.well-known/void",
    "/data?default",
    "/status",
    "/metrics",
)
QUERIES = (
    "SELECT * {{ ?s ?p ?o }} LIMIT {n}",
    "SELECT ?p (COUNT(*) AS ?n) {{ ?s ?p ?o }} GROUP BY ?p ORDER BY DESC(?n) LIMIT {n}",
    "CONSTRUCT {{ ?s ?p ?o }} {{ ?s ?p ?o }} LIMIT {n}",
    "ASK {{ ?s ?p {n} }}",
    "SELECT ?s (NOW() AS ?now) {{ ?s ?p ?o }} LIMIT {n}",
)
FORMATS = ("json", "xml", "csv", "tsv", "ttl", "nt", "jsonld")


@dataclass(frozen=True, slots=True)
class Sample:
    """The processes of a service at a moment: bytes of memory, open files."""

    seconds: float
    requests: int
    web: int  # of the web process that holds most beside the answers it keeps, which have a bound of their own
    all: int  # of all processes; what they share is counted for each
    files: int  # of the web processes
    processes: int


@dataclass(slots=True)
class Load:
    """Clients of a service, what they asked and what went wrong."""

    server: Server
    token: str
    requests: int = 0
    wrong: list[str] = field(default_factory=list[str])
    _numbers: count[int] = field(default_factory=count)

    def expect(self, allowed: set[int], method: str, path: str, body: str = "", **headers: str) -> None:
        """Send a request, and note an answer that is not one of those."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        reply = self.server.send(method, path, body.encode() or None, named)
        self.requests += 1
        if reply.status not in allowed or (reply.status == 503 and "retry-after" not in reply.headers):
            self.wrong.append(f"{method} {path[:80]} {body[:80]}: {reply.status} {reply.body[:200]!r}")

    def page(self, dice: random.Random) -> None:
        """Read a page, packed or not."""
        self.expect({200, 301, 308}, "GET", dice.choice(PAGES), accept_encoding=dice.choice(["gzip", "identity"]))

    def query(self, dice: random.Random) -> None:
        """Ask one of some thousand queries; a format that cannot carry the answer is refused."""
        text = dice.choice(QUERIES).format(n=dice.randint(1, 200))
        self.expect({200, 406}, "GET", f"/sparql?query={quote(text)}&format={dice.choice(FORMATS)}")

    def mistake(self, dice: random.Random) -> None:
        """Be wrong in some way."""
        path = dice.choice(
            ["/sparql?query=SELEC", "/nowhere", "/question/x", "/sparql?query=ASK%7B%7D&format=x", "/update"]
        )
        self.expect({400, 401, 404, 405, 415}, "GET", path)

    def runaway(self, dice: random.Random) -> None:
        """Ask what has no end; who has so little time may be told that its turn would come too late."""
        text = f"{ENDLESS} VALUES ?number {{ {next(self._numbers)} }}"
        self.expect({503, 504}, "GET", f"/sparql?timeout={dice.uniform(0.05, 0.3):.2f}&query={quote(text)}")

    def hang_up(self, dice: random.Random) -> None:
        """Ask, and go away before the answer."""
        text = quote(f"{ENDLESS} VALUES ?gone {{ {next(self._numbers)} }}")
        with socket.create_connection((self.server.host, self.server.port)) as caller:
            caller.sendall(f"GET /sparql?timeout=1&query={text} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            time.sleep(dice.uniform(0, 0.1))
        self.requests += 1

    def edit(self, dice: random.Random) -> None:
        """Change one statement."""
        g, s, p = "<https://example.org/soak>", "<https://example.org/s>", "<https://example.org/p>"
        text = (
            f"DELETE WHERE {{ GRAPH {g} {{ {s} {p} ?o }} }} ; INSERT DATA {{ GRAPH {g} {{ {s} {p} {dice.random()} }} }}"
        )
        bearer = f"Bearer {self.token}"
        self.expect({204}, "POST", "/update", text, authorization=bearer, content_type="application/sparql-update")
        time.sleep(dice.uniform(0.2, 1))

    def run(self, actions: list[Callable[[random.Random], None]], seed: int, until: float) -> None:
        """Do one of some actions again and again."""
        dice = random.Random(seed)  # noqa: S311  what a client does next
        while time.monotonic() < until:
            try:
                dice.choice(actions)(dice)
            except OSError as error:
                self.wrong.append(repr(error))


def sample(load: Load, began: float) -> Sample:
    """Look at the processes as they are."""
    web, tree = load.server.web(), load.server.tree()
    answers = kept(load.server, web)
    return Sample(
        seconds=round(time.monotonic() - began, 1),
        requests=load.requests,
        web=max(_rss(pid) - answers.get(pid, 0) for pid in web),
        all=sum(map(_rss, tree)),
        files=sum(map(descriptors, web)),
        processes=len(tree),
    )


def kept(server: Server, pids: list[int]) -> dict[int, int]:
    """Ask each web process how many bytes of answers it keeps; who does not answer in some tries is left out."""
    found: dict[int, int] = {}
    for _ in range(50):
        said = server.get("/status").json
        found[said["process"]["pid"]] = said["cache"]["bytes"]
        if found.keys() >= set(pids):
            break
    return found


def _rss(pid: int) -> int:
    try:
        return rss(pid)
    except OSError:  # it has ended since it was listed
        return 0


def soak(folder: Path, seconds: float, say: Callable[[Sample], None] = lambda _: None) -> list[str]:
    """Load a service for a time, and list what was wrong: answers, and what grew since the first quarter."""
    data = publish(folder)
    _, token = Tokens(data).add(scope="update", days=2)
    with served(data, "--updates", "--timeout", "30") as server:
        load, began = Load(server, token), time.monotonic()
        before = _phase(load, seconds / 4, began, say)
        after = _phase(load, 3 * seconds / 4, began, say)
    return load.wrong[:20] + grown(before, after)


def _phase(load: Load, seconds: float, began: float, say: Callable[[Sample], None]) -> Sample:
    """Load a service, let it come to rest, and look at it."""
    readers = [load.page, load.page, load.query, load.query, load.query, load.mistake]
    roles = [readers, readers, readers, [*readers, load.runaway, load.hang_up], [load.edit]]
    until = time.monotonic() + seconds
    threads = [threading.Thread(target=load.run, args=(actions, seed, until)) for seed, actions in enumerate(roles)]
    for thread in threads:
        thread.start()
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(left, 30, max(1, seconds / 10)))
        say(sample(load, began))
    for thread in threads:
        thread.join()
    until_true(lambda: is_idle(load.server), 60)
    found = sample(load, began)
    say(found)
    return found


def grown(before: Sample, after: Sample) -> list[str]:
    """Say what is larger than it was: kept answers are meant to be kept, and are some megabytes at first."""
    requests = after.requests - before.requests
    allowed = {
        "web": before.web + 24 * MB + requests * MB // 10_000,
        "all": before.all * 5 // 4 + 96 * MB,
        "files": before.files + 24 + _MAPPED,
        "processes": before.processes + 6,
    }
    was, now = asdict(before), asdict(after)
    return [f"{name} grew from {was[name]:,} to {now[name]:,}" for name, most in allowed.items() if now[name] > most]


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    minutes = parser.parse_args().minutes
    with tempfile.TemporaryDirectory() as folder:
        wrong = soak(Path(folder), 60 * minutes, lambda found: print(json.dumps(asdict(found)), flush=True))  # noqa: T201  what it is for
    print("\n".join(wrong) or "nothing grew, and no answer was wrong")  # noqa: T201  same
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
