"""Processes that the tests start, watch and kill. ``publish DATA PARTS N K``, ``wait``, ``cramped``, ``read DATA``."""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import sys
from pathlib import Path

from graph.faults import installed
from graph.load import load
from ontology.errors import QuesteurError
from tests.graph.editions import edition, publish_edition, whole_edition


def publish(data: Path, parts: Path, number: int, die_at: int) -> None:
    """Publish an edition, and die by SIGKILL at the point of that index (-1: never)."""
    met = 0

    def die(_: str) -> None:
        nonlocal met
        if met == die_at:
            os.kill(os.getpid(), signal.SIGKILL)
        met += 1

    made = edition(parts, number)
    print("ready", flush=True)  # noqa: T201 - the test waits for this line
    with installed(die):
        load(data, made, {"edition": number})


def wait(data: Path, parts: Path, number: int) -> None:
    """Publish an edition, but stop while holding the lock until standard input ends."""

    def stop(name: str) -> None:
        if name == "locked":
            print("locked", flush=True)  # noqa: T201 - the test waits for this line
            sys.stdin.read()

    with installed(stop):
        publish_edition(data, parts, number)


def cramped(data: Path, parts: Path, number: int) -> None:
    """Publish an edition where no file can grow beyond 4 KB, and print the error."""
    made = edition(parts, number)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
    try:
        load(data, made, {"edition": number})
    except QuesteurError as error:
        print(f"{type(error).__name__}: {error}")  # noqa: T201 - the test reads it


def read(data: Path) -> None:
    """Read the current generation again and again until standard input ends, then print what was seen."""
    cycles, seen, errors = 0, [whole_edition(data)], list[str]()
    print("ready", flush=True)  # noqa: T201 - the test waits for this line
    while not select.select([sys.stdin], [], [], 0)[0]:
        try:
            number = whole_edition(data)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test wants to see it
            errors.append(repr(error))
        else:
            cycles += 1
            seen += [number] if number != seen[-1] else []
    print(json.dumps({"cycles": cycles, "seen": seen, "errors": errors}))  # noqa: T201 - the test reads it


def main(command: str, data: str, *rest: str) -> None:
    """Do one of the above."""
    if command == "read":
        read(Path(data))
    elif command == "publish":
        publish(Path(data), Path(rest[0]), int(rest[1]), int(rest[2]))
    elif command == "wait":
        wait(Path(data), Path(rest[0]), int(rest[1]))
    elif command == "cramped":
        cramped(Path(data), Path(rest[0]), int(rest[1]))


if __name__ == "__main__":
    main(*sys.argv[1:])
