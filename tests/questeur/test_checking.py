"""The command that checks: what it prints, and its exit codes, on the demo's records and on a damaged graph."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from graph.checks.findings import check, tally
from graph.load import Part, load
from graph.opening import open_store
from ontology.iris import BASE
from questeur.build import build
from questeur.cli import cli

if TYPE_CHECKING:
    from questeur.build import Report

TWIN = Path(__file__).parent.parent / "data" / "15-10719QE.twin.json"


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Publish one department of which nothing is known but its type."""
    folder = tmp_path_factory.mktemp("damaged")
    graph = f"{BASE}graph/actors/an"
    path = folder / "part.nq"
    path.write_bytes(
        f"<{BASE}id/departement/44> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{BASE}ns#Departement>"
        f" <{graph}> .\n".encode()
    )
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    load(folder / "DATA", [Part(graph=graph, path=path, quads=1, sha256=digest)], {})
    return folder / "DATA"


def test_the_demo_has_no_violation_and_one_known_warning(demo: tuple[Path, Report]) -> None:
    store = open_store(demo[0])
    found = check(store)
    store.close()
    assert [(each.severity, each.message.en, each.count) for each in tally(found)] == [
        ("Warning", "known only because a record mentions it", 1)
    ]


def test_questions_alone_make_a_graph_without_violation(tmp_path: Path) -> None:
    build([TWIN], tmp_path)
    store = open_store(tmp_path)
    found = {each.severity for each in tally(check(store))}
    store.close()
    assert found == {"Warning"}


def test_warnings_are_counted_and_fail_only_under_strict(demo: tuple[Path, Report]) -> None:
    result = CliRunner().invoke(cli, ["check", str(demo[0]), "--strict"])
    assert result.exit_code == 3
    assert result.stdout == "warning       1  KnownByMention: known only because a record mentions it\n"
    assert result.stderr.endswith(": 0 violations, 1 warning\n")
    assert CliRunner().invoke(cli, ["check", str(demo[0]), "--format", "json"]).exit_code == 0


def test_violations_are_listed_with_shape_focus_and_message_and_give_exit_code_3(damaged: Path) -> None:
    result = CliRunner().invoke(cli, ["check", str(damaged)])
    assert result.exit_code == 3
    assert result.stdout.splitlines() == [
        "violation  Departement  departement/44  skos:notation: fewer values than 1",
        "violation  Labelled  departement/44  rdfs:label: fewer values than 1",
    ]


def test_the_json_has_the_summary_and_every_finding_with_its_terms(damaged: Path) -> None:
    document = json.loads(CliRunner().invoke(cli, ["check", str(damaged), "--format", "json"]).stdout)
    assert [each["count"] for each in document["summary"]] == [1, 1]
    assert document["findings"][0] == {
        "severity": "Violation",
        "shape": f"{BASE}shapes#Departement",
        "component": "MinCount",
        "path": "skos:notation",
        "focus": f"{BASE}id/departement/44",
        "value": None,
        "message": {"en": "skos:notation: fewer values than 1", "fr": "skos:notation : moins de valeurs que 1"},
    }
