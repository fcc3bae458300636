"""morph-kgc on the same records, in an environment of its own: it pins versions that are not ours."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

import msgspec
from rdflib import Graph, Namespace

from benchmarks.build.apart import Run, command
from loaders.reading import QUESTION_FORMS
from loaders.record import Record
from loaders.streaming import Pack, packs

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_CONFIG = """[CONFIGURATION]
output_file = out.nt
output_format = N-TRIPLES
logging_level = ERROR
number_of_processes = 1

[questions]
mappings = questions.ttl
"""
_RR = Namespace("http://www.w3.org/ns/r2rml#")
_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_DERIVED = b"<https://w3id.org/questeur/graph/derived>"


class Morph(msgspec.Struct, frozen=True, kw_only=True):
    """Where morph-kgc can be run, and its version."""

    python: str
    version: str


def install(folder: Path) -> Morph | None:
    """Make the environment, or find it made; None when it cannot be installed, after saying so."""
    environment = folder / "morph-kgc"
    python = environment / "bin" / "python"
    try:
        if not (environment / "installed").exists():
            command([sys.executable, "-m", "venv", environment])
            command([python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "morph-kgc"])
            (environment / "installed").touch()
        asked = "import importlib.metadata as m; print(m.version('morph-kgc'))"
        version = subprocess.run([python, "-c", asked], check=True, capture_output=True, text=True).stdout.strip()
    except (RuntimeError, OSError, subprocess.CalledProcessError) as error:
        print(f"morph-kgc is left out: it cannot be installed ({str(error).strip().splitlines()[-1][:100]})")
        return None
    return Morph(python=python.as_posix(), version=version)


def place(archive: Path, mapping: Path, into: Path) -> None:
    """Write what morph-kgc reads: the records as one list, the mapping, its configuration."""
    into.mkdir(parents=True, exist_ok=True)
    decoder = msgspec.msgpack.Decoder(list[Record])
    found = (
        record.raw
        for pack in packs(archive)
        if isinstance(pack, Pack)
        for record in decoder.decode(pack.packed)
        if record.form in QUESTION_FORMS
    )
    (into / "questions.json").write_bytes(b"[" + b",\n".join(found) + b"]")
    (into / "questions.ttl").write_bytes(mapping.read_bytes())
    (into / "config.ini").write_text(_CONFIG)


def run(morph: Morph, folder: Path) -> Run[None]:
    """Map the records with morph-kgc, its start included."""
    (folder / "out.nt").unlink(missing_ok=True)
    return command([morph.python, "-m", "morph_kgc", "config.ini"], cwd=folder)


def start(morph: Morph) -> Run[None]:
    """Start it and do nothing, to know what of its time is not mapping."""
    return command([morph.python, "-c", "import morph_kgc"])


def predicates(mapping: Path) -> set[str]:
    """Give the names of what the mapping states."""
    graph = Graph().parse(mapping)
    found = {_local(str(name)) for name in graph.objects(None, _RR.predicate)}
    return found | {f"type {_local(str(name))}" for name in graph.objects(None, _RR["class"])}


def theirs(folder: Path) -> Counter[str]:
    """Count the statements that morph-kgc wrote, each once, by predicate."""
    with (folder / "out.nt").open(encoding="utf-8") as lines:
        return _counted({line.rstrip() for line in lines if line.strip()})


def ours(folder: Path) -> Counter[str]:
    """Count what we state of questions as wholes, and of answers for each question, by predicate."""
    counted: Counter[str] = Counter()
    for path in sorted(folder.glob("*.lines")):
        stated = (line for line in path.read_bytes().splitlines() if _DERIVED not in line[-60:])
        counted += _counted(line.decode() for line in stated if b"#" not in line[: line.index(b" ")])
    return counted


def _counted(lines: Iterable[str]) -> Counter[str]:
    return Counter(_name(line) for line in lines)


def _name(line: str) -> str:
    """Name a statement by its predicate; a type by its class too."""
    _, predicate, rest = line.split(" ", 2)
    if predicate != _TYPE:
        return _local(predicate)
    return f"type {_local(rest.split(' ', 1)[0])}"


def _local(iri: str) -> str:
    return iri.strip("<>").replace("#", "/").rpartition("/")[2]
