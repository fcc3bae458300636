"""Networks published into a DATA folder: part of a generation, kept or dropped honestly, and taken away again."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from rdflib import Graph

import questeur
from graph.backends.oxigraph.generations import current, list_generations, manifest_of, use
from graph.checks.findings import check
from graph.keeping import verify_files
from graph.load import Part, load
from graph.opening import open_updates
from graph.published import FOLDER, publish_run, published_runs, unpublish
from ontology.errors import BuildError, BusyError, ConfigError, NotFoundError, QueryError
from ontology.iris import NS
from ontology.statements import XSD
from questeur.build import Options, build
from questeur.cli import cli
from questeur.networking import publish_network
from questeur.sample import sample

if TYPE_CHECKING:
    from pathlib import Path

    from graph.networks.stating import Run
    from questeur.build import Report


@pytest.fixture
def data(demo: tuple[Path, Report], tmp_path: Path) -> Path:
    return shutil.copytree(demo[0], tmp_path / "DATA")


def rebuilt(data: Path, *, inferred: bool = False) -> Report:
    with sample() as sources:
        return build(sources, data, options=Options(inferred=inferred))


def published(data: Path, kind: str = "group-ministry", *, trials: int = 20, m: str = "") -> Run:
    with questeur.open(data) as graph:
        run = graph.run(kind, type="all", trials=trials, m=m)
        graph.publish(run)
    return run


def quads(data: Path) -> Counter[str]:
    return Counter(manifest_of(data, current(data))["counts"]["graphs"])


def test_a_published_network_is_a_named_graph_that_joins_with_the_questions_behind_it(data: Path) -> None:
    before = quads(data)
    run = published(data)
    assert quads(data) == before + Counter({run.graph: len(run.statements)})
    with questeur.open(data) as graph:
        with graph.store.get_graph(run.graph, media_types=["text/turtle"]).body as body:
            held = Graph().parse(data=body.read())
        behind = graph.query("@p14-ties-and-their-questions", network=run.key)
        central = graph.query("@p13-central-portfolios", network=run.key, most=3)
        told = graph.query("@l10-published-networks", kind="group-ministry")
        assert not [finding for finding in check(graph.store) if "network" in str(finding.focus)]
        ours = graph.network("group-ministry", type="all")
    assert set(held) == set(Graph().parse(data=run.turtle()))
    assert len(behind.rows) == run.edges == len(ours.edges)
    places = [behind.columns.index(name) for name in ("weight", "behind")]
    assert all(str(row[places[0]]) == str(row[places[1]]) for row in behind.rows)
    assert {str(row[-1]) for row in central.rows} == {"1", "2", "3"}
    assert [str(row[0]) for row in told.rows] == [run.iri]
    verify_files(data, current(data))


def test_the_same_run_is_published_once_with_the_same_iri_and_bytes(data: Path) -> None:
    first = published(data)
    served = current(data)
    lines = (data / FOLDER / f"{first.key}.nq").read_bytes()
    assert published(data) == first
    assert current(data) == served
    unpublish(data, first.key)
    assert published(data) == first
    assert (data / FOLDER / f"{first.key}.nq").read_bytes() == lines


def test_a_run_that_is_taken_away_leaves_the_graph_as_it_was(data: Path) -> None:
    before = quads(data)
    first, second = published(data), published(data, "constituency-ministry", trials=0)
    assert [run.key for run in published_runs(data)] == sorted([first.key, second.key])
    with questeur.open(data) as graph:
        assert graph.unpublish(first.key) == current(data)
        assert [run.key for run in graph.published()] == [second.key]
    unpublish(data, second.key)
    assert quads(data) == before
    assert published_runs(data) == ()
    verify_files(data, current(data))
    with pytest.raises(NotFoundError, match="is published"):
        unpublish(data, second.key)


def test_a_build_that_changes_nothing_keeps_what_is_published(data: Path) -> None:
    run = published(data)
    served = current(data)
    assert [rebuilt(data).generation for _ in range(2)] == [served, served]
    (data / "ledger.sqlite").unlink()  # all is read again, to the same state
    report = rebuilt(data)
    assert (report.generation, report.changed, report.dropped) == (served, False, ())
    assert [kept.key for kept in published_runs(data)] == [run.key]
    assert rebuilt(data).generation == served


def test_a_build_that_changes_a_statement_drops_what_was_published_and_says_so(data: Path) -> None:
    run = published(data)
    report = rebuilt(data, inferred=True)
    assert (report.changed, report.dropped) == (True, (run.key,))
    assert report.patch is not None
    assert run.graph not in quads(data)
    assert published_runs(data) == ()
    verify_files(data, report.generation)
    assert rebuilt(data, inferred=True).dropped == ()
    use(data, "g2")  # what held it is still there
    assert [kept.key for kept in published_runs(data)] == [run.key]


def test_a_run_whose_lines_are_lost_can_only_be_dropped_by_a_build(data: Path) -> None:
    run = published(data)
    (data / FOLDER / f"{run.key}.nq").write_text("")
    with pytest.raises(BuildError, match="lost or damaged") as caught:
        unpublish(data, run.key)
    assert "build again" in caught.value.hint
    report = rebuilt(data, inferred=True)  # loaded whole: the change fits no more
    assert report.dropped == (run.key,)
    assert run.graph not in quads(data)


def test_a_run_of_another_generation_is_not_published(data: Path) -> None:
    with questeur.open(data) as graph:
        run = graph.run("group-ministry", type="all", trials=0, m="degree")
    published(data, "constituency-ministry", trials=0, m="degree")
    with pytest.raises(BusyError, match="computed from g1"):
        publish_run(data, run, generation="g1")


def test_nothing_is_published_upon_updates_and_they_keep_what_was(data: Path) -> None:
    run = published(data)
    with questeur.open(data) as graph:
        updates = open_updates(graph.store)
        try:
            updates.update("INSERT DATA { GRAPH <urn:g> { <urn:s> <urn:p> 1 } }", author="test")
        finally:
            updates.close()
    assert run.graph in quads(data)
    with questeur.open(data) as graph, pytest.raises(BuildError, match="updates have changed") as caught:
        graph.publish(graph.run("group-ministry", trials=0, m="degree"))
    assert "PUT" in caught.value.hint
    assert rebuilt(data).dropped == (run.key,)


def test_the_command_publishes_lists_and_takes_away(data: Path) -> None:
    say = CliRunner().invoke
    done = say(cli, ["network", "group-ministry", str(data), "--type", "all", "--publish", "--m", "degree,core"])
    assert done.exit_code == 0
    listed = say(cli, ["published", str(data)])
    (key, *_) = listed.stdout.split()
    assert listed.stdout.rstrip().endswith("m=degree,core type=all")
    assert key in done.stderr
    assert say(cli, ["generations", "list", str(data)]).stdout.count("and 1 published network") == 1
    removed = say(cli, ["published", str(data), "--remove", key])
    assert (removed.exit_code, say(cli, ["published", str(data)]).stdout) == (0, "")


def test_the_command_writes_the_statements_as_turtle_without_publishing_them(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "run.ttl"
    done = CliRunner().invoke(cli, ["network", "group-ministry", str(data), "--type", "all", "-o", str(file)])
    assert done.exit_code == 0
    assert "340 questions" in done.stderr
    with questeur.open(data) as graph:
        assert file.read_bytes() == graph.run("group-ministry", type="all").turtle()
    assert list_generations(data) == ("g1",)


def test_the_command_says_what_it_lacks(data: Path) -> None:
    for option in (["--m", "degree"], ["--trials", "20"], ["--algorithm", "louvain"]):
        ignored = CliRunner().invoke(cli, ["network", "group-ministry", str(data), "-o", "n.csv", *option])
        assert (ignored.exit_code, "linked data" in ignored.output) == (2, True)
    nowhere = CliRunner().invoke(cli, ["network", "group-ministry", str(data)])
    assert nowhere.exit_code == 2
    assert "-o FILE, --publish, or both" in nowhere.stderr
    nothing = ["network", "group-ministry", str(data), "--publish", "--from", "1958-10-05", "--to", "1959-01-01"]
    assert CliRunner().invoke(cli, nothing).exit_code == 4
    assert list_generations(data) == ("g1",)
    with pytest.raises(ConfigError, match="DATA folder"):
        publish_network("group-ministry", "http://127.0.0.1:9/sparql", {}, {})
    with questeur.open(data) as graph, pytest.raises(QueryError, match="parameter trials"):
        graph.run("group-ministry", trials="many")


def test_transfers_are_published_asked_with_their_questions_and_taken_away(
    legislature: tuple[Path, Path], tmp_path: Path
) -> None:
    data = shutil.copytree(legislature[0], tmp_path / "DATA")
    before = quads(data)
    done = CliRunner().invoke(cli, ["transfers", str(data), "--publish"])
    assert done.exit_code == 0, done.output
    [run] = published_runs(data)
    assert run.kind == "ministry-transfer"
    with questeur.open(data) as graph:
        flows = graph.query("@p15-published-transfers", network=run.key)
        assert len(flows) == graph.transfers().number_of_edges() > 0
        weight, behind = (flows.columns.index(name) for name in ("weight", "behind"))
        assert [flow[weight] for flow in flows] == [flow[behind] for flow in flows]
        assert not [finding for finding in check(graph.store) if "network" in str(finding.focus)]
        assert graph.run("ministry-transfer").key == run.key
        with pytest.raises(QueryError, match="takes no trials"):
            graph.run("ministry-transfer", trials=0)
    assert CliRunner().invoke(cli, ["published", str(data), "--remove", run.key]).exit_code == 0
    assert quads(data) == before


MIEL = "le miel importé fait du tort aux apiculteurs de nos montagnes et la fraude ne cesse pas depuis dix ans"
QUESTION = """
<https://w3id.org/questeur/id/question/QANR5L15QE{0}> a qst:Question , qst:WrittenQuestion ;
  qst:author <https://w3id.org/questeur/id/person/PA{0}> ; qst:tabledOn "2018-07-1{0}"^^xsd:date ;
  qst:questionText "{1}"@fr ; qst:status qst:statusOpen .
"""


def written(folder: Path, *texts: str) -> Path:
    """Load a graph of questions in these words."""
    turtle = "".join(QUESTION.format(number, text) for number, text in enumerate(texts, start=1))
    triples = ox.parse(f"PREFIX qst: <{NS}> PREFIX xsd: <{XSD}> {turtle}", format=ox.RdfFormat.TURTLE)
    graph = "https://w3id.org/questeur/graph/questions/an-15-qe"
    held = [ox.Quad(one.subject, one.predicate, one.object, ox.NamedNode(graph)) for one in triples]
    body = ox.serialize(held, format=ox.RdfFormat.N_QUADS) or b""
    path = folder / "questions.nq"
    path.write_bytes(body)
    load(folder / "DATA", [Part(graph=graph, path=path, quads=len(held), sha256=sha256(body).hexdigest())], {})
    return folder / "DATA"


@pytest.mark.parametrize("nodes", ["question", "deputy"])
def test_repeated_texts_are_published_asked_with_their_authors_and_taken_away(tmp_path: Path, nodes: str) -> None:
    data = written(tmp_path, MIEL, "la pêche est interdite dans ce lac", MIEL + " ou presque")
    before = quads(data)
    done = CliRunner().invoke(
        cli, ["text-reuse", str(data), "--as", nodes, "--publish", "-o", str(tmp_path / "c.json")]
    )
    assert done.exit_code == 0, done.output
    assert json.loads((tmp_path / "c.json").read_text())["meta"]["n_pairs"] == 1
    [run] = published_runs(data)
    assert (run.kind, run.parameters) == ("text-reuse", {} if nodes == "question" else {"as": "deputy"})
    with questeur.open(data) as graph:
        rows = graph.query("@p16-repeated-questions", network=run.key)
        pairs = [tuple(str(value)[-3:] for value in (row[1], row[2], row[4], row[5])) for row in rows]
        assert pairs == ([("QE1", "PA1", "QE3", "PA3")] if nodes == "question" else [])
        assert graph.run("text-reuse", as_=nodes).key == run.key
        assert not [finding for finding in check(graph.store) if "network" in str(finding.focus)]
    assert CliRunner().invoke(cli, ["published", str(data), "--remove", run.key]).exit_code == 0
    assert quads(data) == before


def test_a_run_without_edges_is_not_published(data: Path) -> None:
    for command in ("transfers", "text-reuse"):
        done = CliRunner().invoke(cli, [command, str(data), "--publish"])
        assert done.exit_code == 4, done.output
    assert published_runs(data) == ()


def test_a_directed_network_is_written_as_the_turtle_that_publishing_it_would_write(
    legislature: tuple[Path, Path], tmp_path: Path
) -> None:
    copied, file = written(tmp_path, MIEL, MIEL + " ou presque"), tmp_path / "run.ttl"
    for kind, arguments, asked in (
        ("ministry-transfer", ["transfers", str(legislature[0])], {}),
        ("text-reuse", ["text-reuse", str(copied), "--as", "deputy"], {"as_": "deputy"}),
    ):
        done = CliRunner().invoke(cli, [*arguments, "-o", str(file)])
        assert done.exit_code == 0, done.output
        with questeur.open(arguments[1]) as graph:
            run = graph.run(kind, **asked)
        assert run.edges > 0
        assert file.read_bytes() == run.turtle()
    nothing = CliRunner().invoke(cli, ["text-reuse", str(copied), "--from", "2030-01-01", "-o", str(file)])
    assert nothing.exit_code == 4, nothing.output


@pytest.mark.parametrize("suffix", ["net", "jgf", "nodelink", "zip"])
def test_repeated_texts_are_written_in_every_format_of_a_network(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"copies.{suffix}"
    done = CliRunner().invoke(cli, ["text-reuse", str(written(tmp_path, MIEL, MIEL)), "-o", str(file)])
    assert done.exit_code == 0, done.output
    assert file.stat().st_size > 100
