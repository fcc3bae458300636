"""R1–R5: queries that would run, eat or crash for ever are ended, and others do not notice."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from tests.robust.measuring import bearable, is_idle, meanwhile, percentile, rss, small_queries, until_true

if TYPE_CHECKING:
    from tests.served import Server

LONG = pytest.mark.slow
# What a second is: one, in the long form; in the short one it may be a machine's that does much else.
SECONDS = pytest.mark.parametrize("seconds", [10, pytest.param(1, marks=LONG)])
X, Y, Z = (f"?{name} ?{name}p ?{name}o" for name in "xyz")
THREE = f"{X} . {Y} . {Z}"
COUNT = "SELECT (COUNT(*) AS ?n)"
RUNAWAYS = {
    "count a product": f"{COUNT} {{ {THREE} }}",
    "distinct of a product": f"SELECT (COUNT(DISTINCT ?xo) AS ?n) {{ {THREE} }}",
    "filter a product": f"SELECT * {{ {THREE} FILTER(?xo = CONCAT(?yo, ?zo)) }}",
    "regex on a product": f'SELECT * {{ {THREE} FILTER REGEX(CONCAT(STR(?xo), STR(?yo), STR(?zo)), "^(a+)+$") }}',
    "nested optional": f"{COUNT} {{ {X} OPTIONAL {{ {Y} OPTIONAL {{ {Z} }} }} }}",
    "minus": f"{COUNT} {{ {X} . {Y} MINUS {{ {X} . {Z} FILTER(?zo != ?xo) }} }}",
    "not exists": f"SELECT * {{ {X} . {Y} FILTER NOT EXISTS {{ {Z} FILTER(?zo != ?yo) }} }}",
    "any path twice": f"{COUNT} {{ ?a (!<u:x>|^!<u:x>)+ ?b . ?b (!<u:x>|^!<u:x>)+ ?c . ?c (!<u:x>)* ?d }}",
    "construct a product": f"CONSTRUCT {{ ?x <u:p> 1 }} {{ {THREE} FILTER(STRLEN(CONCAT(STR(?xo), STR(?zo))) > 999) }}",
    "ask a product": f'ASK {{ {THREE} FILTER(CONCAT(STR(?xo), STR(?zo)) = "never") }}',
    "group by all": f"SELECT ?xp (MAX(?zo) AS ?m) {{ {THREE} }} GROUP BY ?xp",
    "sub-select": f"SELECT (SUM(?n) AS ?s) {{ ?w ?wp ?wo {{ {COUNT} {{ {THREE} }} }} }}",
}


@pytest.mark.parametrize("times", [2, pytest.param(100, marks=LONG)])
def test_r1_every_runaway_ends_at_its_deadline_while_small_queries_are_answered(server: Server, times: int) -> None:
    idle = percentile(small_queries(server, 100), 0.99)
    late: list[float] = []
    beside: list[float] = []
    with meanwhile(lambda: beside.extend(small_queries(server, 1))) as raised:
        for round_ in range(times):
            for name, query in RUNAWAYS.items():
                reply = server.ask(f"# {name}\n{query}\nVALUES ?round {{ {round_} }}", timeout="0.4")
                assert reply.status == 504, f"{name}: {reply}"
                late.append(reply.seconds - 0.4)
    assert not raised
    strict = times > 2
    assert percentile(late, 0.99) <= (0.1 + idle if strict else bearable(idle, 3, strict=False)), sorted(late)[-5:]
    assert percentile(beside, 0.99) <= bearable(idle, 3, strict=strict), (idle, sorted(beside)[-5:])


@SECONDS
def test_r2_nothing_works_on_for_an_answer_that_was_refused(server: Server, seconds: float) -> None:
    assert server.ask(f"#r2\n{RUNAWAYS['count a product']}", timeout="0.3").status == 504
    assert until_true(lambda: is_idle(server), 60) < 2 * seconds


@SECONDS
def test_r3_a_query_whose_caller_hangs_up_is_stopped_within_a_second(server: Server, seconds: float) -> None:
    form = f"query=%23r3%0A{RUNAWAYS['filter a product']}".replace(" ", "+").encode()
    head = f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: {len(form)}\r\n"
    with socket.create_connection((server.host, server.port)) as caller:
        caller.sendall(f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\n".encode() + form)
        until_true(lambda: not is_idle(server), 30)
    assert until_true(lambda: is_idle(server), 60) <= seconds


DOUBLED = " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(40))
BOMB = f'SELECT (STRLEN(?x40) AS ?n) {{ BIND("aaaaaaaaaaaaaaaa" AS ?x0) {DOUBLED} }}'


@pytest.mark.parametrize("bombs", [3, pytest.param(20, marks=LONG)])
def test_r4_a_query_that_eats_memory_dies_alone(server: Server, bombs: int) -> None:
    small_queries(server, 20)
    before = [rss(pid) for pid in server.web()]
    for number in range(bombs):
        reply = server.ask(f"#{number}\n{BOMB}\nVALUES ?bomb {{ {number} }}")
        assert (reply.status, reply.json["type"]) == (503, "/docs/problems/memory-exhausted"), reply
        assert "retry-after" not in reply.headers
    for was, now in zip(before, [rss(pid) for pid in server.web()], strict=True):
        assert now <= 1.05 * was + 4 * 1024**2


def nested(depth: int) -> dict[str, str]:
    """Write texts that overflow parsers, of a depth."""
    return {
        "braces": f"SELECT * {'{' * depth}{'}' * depth}",
        "optional": f"SELECT * {{ {'OPTIONAL {' * depth}{'}' * depth} }}",
        "siblings": f"SELECT * {{ {'OPTIONAL { ?s ?p ?o } ' * depth} }}",
        "union": f"SELECT * {{ {{}} {'UNION {} ' * depth} }}",
        "parentheses": f"SELECT * {{ FILTER{'(' * depth}1{')' * depth} }}",
        "not": f"SELECT * {{ FILTER({'!' * depth}true) }}",
        "or": f"SELECT * {{ FILTER(true{' || true' * depth}) }}",
        "plus": f"SELECT * {{ FILTER(1{'+1' * depth} = 1) }}",
        "brackets": f"SELECT * {{ {'[ <u:p> ' * depth}1{' ]' * depth} }}",
        "lists": f"SELECT * {{ ?s ?p {'(' * depth}{')' * depth} }}",
        "hidden": f"SELECT * {{ FILTER(?a<{'(' * depth}?b>?c) }}",
    }


@pytest.mark.parametrize("depth", [200, 5_000, pytest.param(100_000, marks=LONG), pytest.param(1_000_000, marks=LONG)])
def test_r5_a_text_that_would_crash_a_parser_is_a_bad_request(server: Server, depth: int) -> None:
    for name, query in nested(depth).items():
        reply = server.ask(query)
        allowed = {400, 413} if depth > 500 else {200, 400}
        assert reply.status in allowed, f"{name}: {reply}"
