"""R13: a new generation comes up under load; every answer is of one generation, and says of which."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from tests.robust.measuring import meanwhile
from tests.served import served
from tests.stores import publish

if TYPE_CHECKING:
    from pathlib import Path

LONG = pytest.mark.slow
QUERY = "SELECT ?o { ?s ?p ?o } ORDER BY ?s"


@pytest.mark.parametrize(("swaps", "clients"), [(8, 8), pytest.param(50, 32, marks=LONG)])
def test_r13_no_answer_is_lost_or_mixed_when_generations_change(tmp_path: Path, swaps: int, clients: int) -> None:
    data = tmp_path / "DATA"

    def edition(number: int) -> None:
        p, g = ox.NamedNode("https://example.org/p"), ox.NamedNode("https://example.org/g")
        quads = [ox.Quad(ox.NamedNode(f"https://example.org/{n}"), p, ox.Literal(number), g) for n in range(50)]
        publish(data, f"g{number}", quads, example=False)

    edition(1)
    seen: set[int] = set()
    with served(data) as server:

        def ask() -> None:
            reply = server.get("/sparql?format=csv&query=" + QUERY.replace(" ", "%20").replace("?", "%3F"))
            assert reply.status == 200, reply
            (number,) = set(reply.body.split()[1:])
            assert reply.headers["etag"].startswith(f'"g{int(number)}-'), reply
            assert reply.headers["x-questeur-generation"] == f"g{int(number)}"
            seen.add(int(number))

        with meanwhile(ask, clients) as raised:
            for number in range(2, swaps + 2):
                edition(number)
                time.sleep(0.15)
    assert not raised, raised[0]
    assert len(seen) > swaps / 2
