"""Loaders of other packages: the one of CONTRIBUTING.md works as it stands; one that misbehaves is refused by name."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from graph.backends.oxigraph.store import OxigraphStore
from graph.checks.findings import check
from ontology import iris
from ontology.errors import BuildError
from questeur.build import build
from questeur.retrying import retry
from questeur.sample import sample
from tests.questeur.parts import quads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from loaders.books import Book
    from questeur.build import Report

ROOT = Path(__file__).parents[2]
TWIN = ROOT / "tests" / "data" / "15-10719QE.twin.json"
LIST = "station;departement\nPornic;44\nRedon;35\n"
GRAPH = iris.graph("plugins/stations")


def example() -> tuple[str, str]:
    """Give the project file and the module that CONTRIBUTING.md shows."""
    section = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## Add a source in twenty minutes")[2]
    found = dict(re.findall(r"```(toml|python)\n(.*?)```", section, re.DOTALL))
    return found["toml"], found["python"]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Install the example as a package manager lays it out, with its module changed or not."""
    site = tmp_path / "site"
    monkeypatch.setattr(sys, "path", [str(site), *sys.path])

    def lay_out(old: str = "", new: str = "", version: str = "1.0") -> None:
        toml, module = example()
        project = tomllib.loads(toml)["project"]
        assert old in module
        info = site / f"{project['name'].replace('-', '_')}-{version}.dist-info"
        for earlier in site.glob("*.dist-info"):
            earlier.rename(tmp_path / f"earlier-{earlier.name}")
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {version}\n")
        groups = project["entry-points"].items()
        points = [f"[{group}]\n" + "".join(f"{k} = {v}\n" for k, v in named.items()) for group, named in groups]
        (info / "entry_points.txt").write_text("\n".join(points))
        (site / "questeur_stations.py").write_text(module.replace(old, new), encoding="utf-8")
        sys.modules.pop("questeur_stations", None)

    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield lay_out
    sys.modules.pop("questeur_stations", None)


@pytest.fixture
def sources(tmp_path: Path) -> list[Path]:
    """Give a folder of a list among other things, and a question."""
    folder = tmp_path / "lists"
    folder.mkdir()
    (folder / "west.txt").write_text(LIST, encoding="utf-8")
    (folder / "README").write_text("lists", encoding="utf-8")
    return [folder, TWIN]


def own(report: Report) -> Book:
    return next(book for book in report.books if book.source == "outside-stations")


def labels(data: Path) -> set[str]:
    return {q.object for q in quads(data) if q.graph == GRAPH and q.predicate.endswith("#label")}


def test_the_example_of_contributing_builds_its_graph(
    install: Callable[..., None], sources: list[Path], tmp_path: Path
) -> None:
    install()
    with sample() as (actors, *_):
        report = build([*sources, actors], tmp_path / "data")
    assert report.refused == ()
    assert (own(report).read, own(report).loaded, own(report).skipped) == (2, 1, 1)  # the README too
    assert all(book.balances() for book in report.books)
    assert report.quads["plugins/stations"] == 6
    assert labels(tmp_path / "data") == {'"Pornic"@fr', '"Redon"@fr'}
    described = {q.predicate.rpartition("/")[2] for q in quads(tmp_path / "data") if q.subject == GRAPH}
    assert {"license", "title"} <= described
    with OxigraphStore(tmp_path / "data") as store:
        assert [f for f in check(store) if f.severity == "Violation"] == []


def test_a_lone_file_is_read_and_one_that_nobody_claims_is_refused_as_ever(
    install: Callable[..., None], sources: list[Path], tmp_path: Path
) -> None:
    install()
    stray = tmp_path / "stray.txt"
    stray.write_text("nobody's", encoding="utf-8")
    report = build([sources[0] / "west.txt", stray], tmp_path / "data")
    assert [(p.source, p.code) for p in report.refused] == [("stray.txt", "unknown-form")]
    assert own(report).loaded == 1


def test_what_a_loader_gave_stays_while_its_source_is_as_it_was_given_again_or_not(
    install: Callable[..., None], sources: list[Path], tmp_path: Path
) -> None:
    install()
    data = tmp_path / "data"
    build(sources, data)
    for given in (sources, sources[1:]):
        report = build(given, data)
        assert not report.changed
        assert all(book.balances() for book in report.books)
        assert labels(data) == {'"Pornic"@fr', '"Redon"@fr'}
    assert own(build(sources[:1], data)).unchanged == 1
    (sources[0] / "bad.json").write_text("{", encoding="utf-8")
    build(sources, data)
    assert retry(data) is not None
    assert labels(data) == {'"Pornic"@fr', '"Redon"@fr'}


def test_a_changed_list_changes_its_graph_alone(
    install: Callable[..., None], sources: list[Path], tmp_path: Path
) -> None:
    install()
    build(sources, tmp_path / "data")
    (sources[0] / "west.txt").write_text(LIST.replace("Redon", "Vitré"), encoding="utf-8")
    report = build(sources, tmp_path / "data")
    assert report.changed
    assert labels(tmp_path / "data") == {'"Pornic"@fr', '"Vitré"@fr'}


def test_another_version_of_a_loader_reads_its_sources_again(
    install: Callable[..., None], sources: list[Path], tmp_path: Path
) -> None:
    build(sources, tmp_path / "data")
    install()
    build(sources, tmp_path / "data")
    assert labels(tmp_path / "data") == {'"Pornic"@fr', '"Redon"@fr'}
    install("Kind.FR, name", "Kind.FR, name.upper()", version="2.0")
    build(sources, tmp_path / "data")
    assert labels(tmp_path / "data") == {'"PORNIC"@fr', '"REDON"@fr'}


MISDEEDS = {
    "raises": ("name, departement = line.split", "departement, name, _ = line.split"),
    "raises when asked": ('return raw.startswith(b"station;departement\\n")', "return 1 / 0"),
    "does not import": ("from collections.abc import Iterator", "from collections.abc import Nothing"),
    "ends the program": ("station = f", "raise SystemExit; station = f"),
    "mints an IRI of ours": ('thing("departement", departement)', '"https://w3id.org/questeur/id/deputy/x/y"'),
    "names a term that is not ours": (
        '"https://example.org/stations#Station"',
        '"https://w3id.org/questeur/ns#Station"',
    ),
    "breaks out of an IRI": ("{quote(name.lower())}", "> <x> {name}"),
    "breaks out of a text": ("Kind.FR, name", 'Kind.FR, "\\ud800"'),
    "gives no statement": ("yield Statement(station, LABEL, Kind.FR, name)", "yield station"),
    "gives a day that is none": ("Kind.FR, name", 'Kind.DATE, "2018-02-31"'),
    "never ends": ("for line in raw.decode().splitlines()[1:]:", "while line := 'a;44':"),
    "writes in another graph": ('"label"', '"graph": "questions/an-15-qe", "label"'),
    "says nothing of itself": ('"publisher": "A publisher",', ""),
}


@pytest.mark.parametrize("misdeed", MISDEEDS)
def test_a_loader_that_misbehaves_is_refused_by_name_and_the_build_goes_on_without_it(
    misdeed: str, install: Callable[..., None], sources: list[Path], tmp_path: Path
) -> None:
    install(*MISDEEDS[misdeed])
    report = build(sources, tmp_path / "data")
    (refused,) = [p for p in report.refused if p.source == "loader stations"]
    assert refused.code == "loader-refused"
    assert report.questions["all"] == 1
    assert "plugins/stations" not in report.quads
    assert all(book.balances() for book in report.books)


def test_a_source_whose_loader_failed_alone_publishes_nothing(
    install: Callable[..., None], sources: list[Path], tmp_path: Path
) -> None:
    install(*MISDEEDS["raises"])
    with pytest.raises(BuildError, match="no record of these sources"):
        build(sources[:1], tmp_path / "data")
