"""Processes that the tests of writing start and kill: ``commit DATA NUMBERS DIE_AT FAIL_AT``, ``cramped …``."""

from __future__ import annotations

import errno
import json
import os
import resource
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from pyoxigraph import NamedNode, Store

from graph.backends.oxigraph.changes import Change
from graph.backends.oxigraph.committing import Committer
from graph.backends.oxigraph.generations import hold
from graph.faults import installed
from tests.graph.editions import DERIVED, QUESTIONS

if TYPE_CHECKING:
    from collections.abc import Collection

PREDICATE = "https://example.org/pair"


def pair(number: int) -> str:
    """Write an update of two statements in two graphs: half of it is easily seen."""
    subject = f"<https://example.org/{number}>"
    return (
        f'INSERT DATA {{ GRAPH <{QUESTIONS}> {{ {subject} <{PREDICATE}> "first" }} '
        f'GRAPH <{DERIVED}> {{ {subject} <{PREDICATE}> "second" }} }}'
    )


def pairs(data: Path) -> set[int]:
    """Read the pairs of the current generation; half a pair fails."""
    with hold(data) as held:
        store = Store.read_only(str(held.path / "store"))
        found: dict[str, set[int]] = {QUESTIONS: set(), DERIVED: set()}
        for quad in store.quads_for_pattern(None, NamedNode(PREDICATE), None, None):
            assert isinstance(quad.subject, NamedNode)
            assert isinstance(quad.graph_name, NamedNode)
            found[quad.graph_name.value].add(int(quad.subject.value.rpartition("/")[2]))
    assert found[QUESTIONS] == found[DERIVED]
    return found[QUESTIONS]


def change(number: int) -> Change:
    """Give the update of a pair; its digest for the audit is the number itself."""
    return Change(text=pair(number), sha256=str(number))


def commit(data: Path, numbers: Collection[int], die_at: int, fail_at: int) -> None:
    """Commit pairs in one group; die by SIGKILL, or run out of disk, at the point of that index (-1: never)."""
    met = 0

    def fault(_: str) -> None:
        nonlocal met
        met += 1
        if met - 1 == die_at:
            os.kill(os.getpid(), signal.SIGKILL)
        if met - 1 == fail_at:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    committer = Committer(data=data)
    with installed(fault):
        outcomes = committer.commit([change(number) for number in numbers])
    print(json.dumps({"points": met, "outcomes": msgspec.to_builtins(outcomes)}))  # noqa: T201 - the test reads it
    committer.close()


def main(command: str, data: str, numbers: str, die_at: str = "-1", fail_at: str = "-1") -> None:
    """Do one of the above."""
    if command == "cramped":
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
    commit(Path(data), [int(number) for number in numbers.split(",")], int(die_at), int(fail_at))


if __name__ == "__main__":
    main(*sys.argv[1:])
