"""Networks in which runs of near-identical questions count once: a search first, then every view, file and caller."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

import questeur
from api.app import Settings, create_app
from graph.backends.oxigraph.store import OxigraphStore
from graph.networks.export import write
from questeur.cli import cli
from tests.api.conftest import BROWSER, Client
from tests.api.waiting import ready
from tests.stores import endpoint, publish

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask.testing import FlaskClient

MIEL = "le miel importé fait du tort aux apiculteurs de nos montagnes et la fraude ne cesse pas depuis dix ans"
ALONE = (
    "la pêche à la ligne est interdite dans le lac de la commune depuis le printemps",
    "les trains de nuit ne roulent plus entre les deux métropoles du sud et leurs voyageurs attendent",
    "une maternité ferme ses portes faute de médecins alors que les naissances augmentent encore",
)
# Each question: who asked about what, in which year, in which words. PA1 asked of honey four times in one text.
ASKED = (
    *(("PA1", "miel", year, MIEL + word) for year, word in ((2018, ""), (2018, " ou presque"), (2019, ""), (2019, ""))),
    ("PA1", "peche", 2018, ALONE[0]),
    ("PA2", "miel", 2019, MIEL),
    ("PA2", "peche", 2019, ALONE[1]),
    ("PA2", "peche", 2019, ALONE[2]),
)
QUESTION = """
<https://w3id.org/questeur/id/question/QANR5L15QE{0}> a qst:Question , qst:WrittenQuestion ;
  qst:author <https://w3id.org/questeur/id/person/{1}> ; qst:topic <https://w3id.org/questeur/id/topic/{2}> ;
  qst:tabledOn "{3}-03-0{0}"^^xsd:date ; qst:questionText "{4}"@fr ; qst:status qst:statusOpen .
"""
HEAD = "@prefix qst: <https://w3id.org/questeur/ns#> .\n@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
NETWORK = "/networks/deputy-topic"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("asked") / "DATA"
    turtle = HEAD + "".join(QUESTION.format(number, *one) for number, one in enumerate(ASKED, start=1))
    graph = ox.NamedNode("https://w3id.org/questeur/graph/questions/an-15-qe")
    triples = ox.parse(turtle.encode(), format=ox.RdfFormat.TURTLE)
    publish(folder, "g1", [ox.Quad(t.subject, t.predicate, t.object, graph) for t in triples], example=False)
    return folder


@pytest.fixture(scope="module")
def asked(data: Path) -> Iterator[FlaskClient]:
    with OxigraphStore(data) as store:
        app = create_app(store, Settings())
        app.test_client_class = Client
        yield app.test_client()


def test_the_texts_are_searched_first_and_each_run_then_counts_once(asked: FlaskClient) -> None:
    body = ready(asked, f"{NETWORK}.json?unit=cluster").get_json()
    told = {(one["source"][-3:], one["target"].rpartition("/")[2]): one for one in body["edges"]}
    units = {pair: (one["weight"], one["units"], one["n"]) for pair, one in told.items()}
    assert units == {
        ("PA1", "miel"): (4, 1, 4),
        ("PA1", "peche"): (1, 1, 1),
        ("PA2", "miel"): (1, 1, 1),
        ("PA2", "peche"): (2, 2, 2),
    }
    assert (body["meta"]["n_questions"], body["meta"]["n_units"]) == (8, 5)
    assert body["meta"]["parameters"] == {"unit": "cluster"}
    assert (body["meta"]["null"]["unit"], body["meta"]["null"]["without_text"]) == ("cluster", 0)
    assert told["PA1", "miel"]["expected"] == pytest.approx(2 * 2 / 5)
    assert asked.get(f"{NETWORK}.json").get_json()["meta"]["null"]["unit"] == "question"


def test_one_search_serves_networks_and_the_pages_of_repeated_texts(asked: FlaskClient) -> None:
    ready(asked, f"{NETWORK}.json?unit=cluster")
    assert asked.get("/text-reuse.json").get_json()["clusters"][0]["size"] == 5
    assert asked.get(f"{NETWORK}.csv?unit=cluster&target=attributed").status_code == 200


def test_addresses_commands_and_programs_give_the_same_bytes(asked: FlaskClient, data: Path, tmp_path: Path) -> None:
    served = ready(asked, f"{NETWORK}.json?unit=cluster").data
    output = tmp_path / "net.json"
    done = CliRunner().invoke(cli, ["network", "deputy-topic", str(data), "--unit", "cluster", "-o", str(output)])
    assert done.exit_code == 0, done.output
    with questeur.open(data) as graph:
        made = graph.network("deputy-topic", unit="cluster")
    assert served == output.read_bytes() == write(made.flat, "json")


def test_a_graph_that_is_elsewhere_gives_the_same_figures(data: Path, tmp_path: Path) -> None:
    with (
        endpoint(data / "gens" / "g1" / "store", tmp_path) as url,
        questeur.connect(url) as far,
        questeur.open(data) as near,
    ):
        networks = [graph.network("deputy-topic", unit="cluster") for graph in (far, near)]
    assert list(networks[0].edges) == list(networks[1].edges)
    assert networks[0].meta["null"] == networks[1].meta["null"]


@pytest.mark.parametrize(
    "path",
    [
        "/measures.json?m=strength&unit=cluster",
        "/communities.json?trials=2&unit=cluster",
        "/backbone.json?alpha=0.9999&unit=cluster",
        "/matrix.json?unit=cluster",
        "/matrix.csv?unit=cluster",
        "/edges/PA1/miel.json?unit=cluster",
        ".ttl?trials=0&m=strength&unit=cluster",
        ".json?slice=year&unit=cluster",
        *(f".{name}?unit=cluster" for name in ("gexf", "graphml", "zip", "csv", "jgf")),
    ],
)
def test_every_part_and_file_of_a_network_counts_runs_once(asked: FlaskClient, path: str) -> None:
    ready(asked, f"{NETWORK}.json?unit=cluster")
    answer = asked.get(NETWORK + path)
    assert answer.status_code == 200, answer.text
    assert answer.data != asked.get(NETWORK + path.replace("unit=cluster", "unit=question")).data
    assert asked.delete(NETWORK + path).status_code == 204  # what is done stays
    assert asked.get(NETWORK + path).status_code == 200


def test_slices_share_the_clusters_of_the_whole(asked: FlaskClient) -> None:
    body = ready(asked, f"{NETWORK}.json?unit=cluster&slice=year").get_json()
    assert [(one["slice"], one["meta"]["n_questions"], one["meta"]["n_units"]) for one in body["slices"]] == [
        ("2018", 3, 2),
        ("2019", 5, 4),
    ]


@pytest.mark.parametrize("view", ["", "&order=similarity", "&slice=year", "&around=PA1"])
def test_pages_say_what_counts_once_in_both_languages_and_let_it_be_chosen(asked: FlaskClient, view: str) -> None:
    ready(asked, f"{NETWORK}.json?unit=cluster")
    for prefix, words in (
        ("", ("5 unités pour 8", "chaque texte repris")),
        ("/en", ("5 units for 8", "each repeated text")),
    ):
        page = asked.get(f"{prefix}{NETWORK}?unit=cluster{view}", headers={"Accept": BROWSER}).text
        assert all(word in page for word in words)
        assert '<option value="cluster" selected>' in page
    page = asked.get(f"/en{NETWORK}?{view}", headers={"Accept": BROWSER}).text
    assert "counts as many times as it has questions" in page


def test_the_pages_of_an_edge_and_of_a_backbone_tell_units_beside_questions(asked: FlaskClient) -> None:
    ready(asked, f"{NETWORK}.json?unit=cluster")
    edge = asked.get(f"/en{NETWORK}/edges/PA1/miel?unit=cluster", headers={"Accept": BROWSER}).text
    assert "near-identical questions, once" in edge
    assert "5 units for 8" in edge
    assert (
        "near-identical questions, once"
        not in asked.get(f"/en{NETWORK}/edges/PA1/miel", headers={"Accept": BROWSER}).text
    )
    backbone = asked.get(f"{NETWORK}/backbone?unit=cluster&alpha=0.9999", headers={"Accept": BROWSER}).text
    assert "5 unités pour 8" in backbone
    assert '<option value="cluster" selected>' in backbone


def test_the_figures_of_a_page_are_questions_and_lead_to_them(asked: FlaskClient) -> None:
    page = ready(asked, f"/en{NETWORK}?unit=cluster", Accept=BROWSER).text
    assert "4 questions (units: 1), PA1" in page
    assert ">4<" in page


def test_a_projection_refuses_units_in_the_language_of_the_page(asked: FlaskClient) -> None:
    answer = asked.get("/networks/deputy-deputy.json?unit=cluster")
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert "leave out unit" in answer.get_json()["hint"]
    page = asked.get("/networks/deputy-deputy?unit=cluster", headers={"Accept": BROWSER})
    assert page.status_code == 400
    assert "quel que soit le nombre de questions" in page.text
    assert 'id="f-unit"' not in asked.get("/networks/deputy-deputy", headers={"Accept": BROWSER}).text


def test_a_search_for_units_tells_how_far_it_is_and_can_be_cancelled(synthetic: FlaskClient) -> None:
    path = "/networks/group-ministry.json?unit=cluster&to=2022-06-01"
    first = synthetic.get(path)
    assert first.status_code in {200, 202}
    if first.status_code == 202:
        assert first.get_json()["state"] == "running"
    assert synthetic.delete(path).status_code == 204
    page = synthetic.get(path.replace(".json", ""), headers={"Accept": BROWSER})
    assert page.status_code in {200, 202, 503}
    assert page.mimetype == "text/html"
    assert synthetic.delete(path).status_code == 204
