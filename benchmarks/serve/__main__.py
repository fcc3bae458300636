"""The command: ``python -m benchmarks.serve --quads 2000000 --peers VENV``. Ratios are what to trust, not times."""

from __future__ import annotations

import argparse
import json
import platform
import random
import sys
import tempfile
from dataclasses import asdict
from importlib.metadata import version
from itertools import cycle
from pathlib import Path
from subprocess import run as run_program
from typing import TYPE_CHECKING
from urllib.parse import quote

from .load import Figures, run
from .servers import commands, free_port, make_data, make_file, program

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CLIENTS = (1, 8, 32, 128)
POINT = "SELECT ?p ?o {{ <https://example.org/s{0}> ?p ?o }}"
LIST = (
    "SELECT ?s ?o {{ ?s <https://example.org/group> <https://example.org/g{0}> ; <https://example.org/a> ?o }} LIMIT 20"
)
SMALLER = 80  # rdflib keeps all in memory: it gets so much less data


def requests(path: str, query: str, numbers: int) -> Iterator[bytes]:
    """Write requests: another subject each time, until all had their turn (cold); one only, and it is kept (warm)."""
    dice = random.Random(7)
    order = list(range(numbers))
    dice.shuffle(order)
    head = " HTTP/1.1\r\nHost: localhost\r\nAccept: application/sparql-results+json\r\n\r\n"
    return (f"GET {path}?query={quote(query.format(number))}{head}".encode() for number in cycle(order))


def measure(address: tuple[str, int], path: str, subjects: int, seconds: float) -> dict[str, list[Figures]]:
    """Measure one program."""
    never_asked = requests(path, POINT, subjects)  # by one run after the other, so that none finds what another asked
    found = {
        "point, cold": [run(address, never_asked, clients=clients, seconds=seconds) for clients in CLIENTS],
        "list, cold": [run(address, requests(path, LIST, 997), clients=1, seconds=seconds)],
    }
    found["point, warm"] = [
        run(address, requests(path, POINT, 1), clients=clients, seconds=seconds) for clients in (1, 8)
    ]
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Run everything, print ratios, keep the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.serve", description=__doc__)
    parser.add_argument("--quads", type=int, default=200_000)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each run")
    parser.add_argument("--peers", type=Path, help="a virtual environment that holds rdflib-endpoint")
    parser.add_argument("-o", "--out", type=Path, help="write the figures to this file")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        data, file = Path(scratch) / "DATA", Path(scratch) / "data.nt"
        make_data(data, given.quads)
        make_file(file, given.quads // SMALLER)
        figures: dict[str, dict[str, list[Figures]]] = {}
        port = free_port()
        for name, (command, path) in commands(data, file, port, given.peers).items():
            subjects = given.quads // 5 // (SMALLER if name == "rdflib-endpoint" else 1)
            store = str(data / "gens" / "g1" / "store")
            with program(command, port, path, STORE=store) as address:
                figures[name] = measure(address, path, subjects, given.seconds)
            _print(name, figures[name])
    ratios = _ratios(figures)
    for what, ratio in ratios.items():
        print(f"{what}: {ratio}")
    if given.out is not None:
        document = {
            "machine": {"cpus": _cpus(), "system": platform.platform(), "python": platform.python_version()},
            "versions": _versions(given.peers),
            "quads": given.quads,
            "seconds": given.seconds,
            "figures": {n: {k: [asdict(f) for f in v] for k, v in kinds.items()} for n, kinds in figures.items()},
            "ratios": ratios,
        }
        given.out.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def _print(name: str, kinds: dict[str, list[Figures]]) -> None:
    for kind, found in kinds.items():
        for one in found:
            times = f"p50 {one.p50:8.2f} ms  p99 {one.p99:8.2f} ms"
            failed = f"  {one.failed} failed" if one.failed else ""
            print(f"{name:16} {kind:12} c={one.clients:<4} {one.rate:8.0f}/s  {times}{failed}", flush=True)


def _ratios(figures: dict[str, dict[str, list[Figures]]]) -> dict[str, float]:
    """Compare with each of the others."""
    ratios: dict[str, float] = {}
    ours = {one.clients: one for one in figures["questeur"]["point, cold"]}
    for name in figures.keys() - {"questeur"}:
        for one in figures[name]["point, cold"]:
            ratios[f"rate against {name}, {one.clients} clients"] = round(
                ours[one.clients].rate / max(one.rate, 0.1), 2
            )
        for kind in ("point, cold", "list, cold"):
            mine, theirs = figures["questeur"][kind][0].p50, figures[name][kind][0].p50
            ratios[f"p50 of {kind} beside {name}, ms more"] = round(mine - theirs, 2)
    return dict(sorted(ratios.items()))


def _cpus() -> int:
    import os  # noqa: PLC0415 - only here

    return len(os.sched_getaffinity(0))


def _versions(peers: Path | None) -> dict[str, str]:
    found = {name: version(name) for name in ("questeur", "pyoxigraph", "oxigraph", "gunicorn")}
    if peers is not None:
        code = "import importlib.metadata as m; print(m.version('rdflib-endpoint'), m.version('rdflib'))"
        said = run_program([str(peers / "bin" / "python"), "-c", code], capture_output=True, text=True, check=True)
        found["rdflib-endpoint"], found["its rdflib"] = said.stdout.split()
    return found


if __name__ == "__main__":
    sys.exit(main())
