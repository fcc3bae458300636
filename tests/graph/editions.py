"""Small states of the graph that tell themselves apart: each statement of edition N says N."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from pyoxigraph import Store

from graph.backends.oxigraph.generations import Held, hold, manifest_of
from graph.load import Part, load
from ontology.iris import NS, graph, thing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

QUESTIONS = graph("questions/an-15-qe")
DERIVED = graph("derived")
META = graph("meta")

Lines = tuple[str, ...]


def line(subject: int, predicate: str, value: str, named: str) -> str:
    """Write one quad."""
    return f'<{thing("question", f"15-{subject}")}> <{NS}{predicate}> "{value}" <{named}> .'


def part(path: Path, named: str, lines: Iterable[str], *, quads: int | None = None) -> Part:
    """Write a part file with a comment line, and describe it."""
    quad_lines = list(lines)
    content = "".join(f"{text}\n" for text in ["# QANR5L15QE1 0f", *quad_lines]).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    count = len(quad_lines) if quads is None else quads
    return Part(graph=named, path=path, quads=count, sha256=hashlib.sha256(content).hexdigest())


def lines_of(number: int) -> tuple[Lines, Lines, Lines]:
    """Give the quads of an edition, one tuple per part; later editions are larger."""
    first = tuple(line(subject, "text", f"edition {number}", QUESTIONS) for subject in range(1, 41 + number))
    second = tuple(line(subject, "text", f"edition {number}", QUESTIONS) for subject in range(101, 141))
    derived = tuple(line(subject, "delay", f"edition {number}", DERIVED) for subject in range(1, 21))
    return first, second, derived


def edition(folder: Path, number: int) -> list[Part]:
    """Write the parts of an edition, the same bytes each time."""
    first, second, derived = lines_of(number)
    into = folder / str(number)
    return [
        part(into / "0000.nq", QUESTIONS, first),
        part(into / "0001.nq", QUESTIONS, second),
        part(into / "0000-derived.nq", DERIVED, derived),
    ]


def quads_of(number: int) -> frozenset[str]:
    """Give the quads of an edition as the store writes them."""
    return frozenset(text.removesuffix(" .") for lines in lines_of(number) for text in lines)


def quads_in(held: Held) -> frozenset[str]:
    """Read every quad of a held generation."""
    store = Store.read_only(str(held.path / "store"))
    return frozenset(str(quad) for quad in store.quads_for_pattern(None, None, None, None))


def whole_edition(data: Path) -> int:
    """Read the current generation and say which edition it is; a mixture, or a part of one, fails."""
    with hold(data) as held:
        number = manifest_of(data, held.name)["edition"]
        assert isinstance(number, int)
        assert quads_in(held) == quads_of(number)
        return number


def publish_edition(data: Path, parts: Path, number: int) -> None:
    """Publish an edition that the manifest names."""
    load(data, edition(parts, number), {"edition": number})


def leftovers(data: Path) -> list[str]:
    """Name what only a killed build leaves behind."""
    return [path.name for path in [*(data / "gens").glob("tmp-*"), *data.glob("*.tmp")]]
