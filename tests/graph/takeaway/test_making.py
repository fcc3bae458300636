"""The files of a generation: what they hold is what the store holds, and they are made once, whole or not at all."""

from __future__ import annotations

import gzip
import hashlib
import io
import shutil
from typing import TYPE_CHECKING, Any, cast

import networkx as nx
import pandas as pd
import pyarrow.parquet as pq
import pyoxigraph as ox
import pytest

from graph.backends.oxigraph.store import OxigraphStore
from graph.takeaway.files import FILES, FOLDER, MADE, digest, shelf
from graph.takeaway.making import busy, make
from ontology.errors import NotFoundError

if TYPE_CHECKING:
    from pathlib import Path

    from questeur.build import Report

PARQUET = cast("Any", pq)


@pytest.fixture(scope="module")
def data(demo: tuple[Path, Report], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the graph of the bundled records, to write beside it."""
    return shutil.copytree(demo[0], tmp_path_factory.mktemp("takeaway") / "DATA")


@pytest.fixture(scope="module")
def made(data: Path) -> Path:
    """Make its files."""
    return data / FOLDER / make(data)


def store_of(body: bytes, form: ox.RdfFormat) -> ox.Store:
    found = ox.Store()
    found.load(io.BytesIO(gzip.decompress(body)), form)
    return found


def test_every_file_is_made_and_is_as_long_and_hashes_as_is_said(data: Path, made: Path) -> None:
    found = shelf(made, digest(data, made.name))
    assert found.whole
    assert set(found.files) == {file.name for file in FILES}
    for name, said in found.files.items():
        body = (made / name).read_bytes()
        assert (len(body), hashlib.sha256(body).hexdigest()) == (said.size, said.sha256)
    assert {path.name for path in made.iterdir()} == {*found.files, MADE, "lock"}


def test_quads_and_triples_are_those_of_the_store(data: Path, made: Path) -> None:
    with OxigraphStore(data) as store:
        counts = store.counts()
    assert counts is not None
    quads = store_of((made / "graph.nq.gz").read_bytes(), ox.RdfFormat.N_QUADS)
    assert len(quads) == counts.quads
    triples = store_of((made / "graph.ttl.gz").read_bytes(), ox.RdfFormat.TURTLE)
    assert {str(quad.triple) for quad in triples} == {str(quad.triple) for quad in quads}


def test_tables_say_of_a_question_what_the_graph_says(data: Path, made: Path) -> None:
    questions = pd.read_csv(made / "questions.csv.gz").set_index("key")
    one = questions.loc["QANR5L15QE10719"]
    assert (one["deputy"], one["deputy_label"], one["number"]) == ("PA720054", "Yannick Haury", 10719)
    assert (one["asked"], one["answered"], one["delay_days"]) == ("2018-07-17", "2018-08-14", 28)
    assert (one["type"], one["status"], one["portfolio_asked"]) == ("QE", "answered", "economie-finances")
    typed = PARQUET.read_table(made / "questions.parquet").to_pandas().set_index("key")
    assert len(typed) == len(questions)
    assert typed["delay_days"].sum() == questions["delay_days"].sum()
    text = "SELECT ?q ?n { ?q <https://w3id.org/questeur/ns#delayDays> ?n }"
    with OxigraphStore(data) as store:
        delays = {str(row[0]).rpartition("/")[2]: int(str(row[1])) for row in store.rows(text)}
    written = questions[questions["type"] == "QE"]["delay_days"].dropna()
    assert {key: int(days) for key, days in written.items()} == {
        key: days for key, days in delays.items() if "QE" in str(key)
    }


def test_texts_are_whole(made: Path) -> None:
    texts = PARQUET.read_table(made / "texts.parquet").to_pandas().set_index("key")
    assert "opérateurs" in texts.loc["QANR5L15QE10719", "question_text"]
    assert len(texts.loc["QANR5L15QE10719", "answer_text"]) > 200
    assert len(pd.read_csv(made / "texts.csv.gz")) == len(texts)


@pytest.mark.parametrize("name", [file.name for file in FILES if file.format == "gexf"])
def test_networks_are_read_by_networkx(made: Path, name: str) -> None:
    found = cast("Any", nx).read_gexf(made / name)
    assert found.number_of_nodes() > 2


def test_what_is_made_is_not_made_again_and_what_is_lost_is_made_alone(data: Path, made: Path) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in made.iterdir() if path.name not in (MADE, "lock")}
    (made / "transfers.gexf").unlink()
    make(data)
    after = {path.name: path.stat().st_mtime_ns for path in made.iterdir() if path.name in before}
    assert {name for name, when in after.items() if before[name] != when} == {"transfers.gexf"}
    assert shelf(made, digest(data, made.name)).whole


def test_the_same_generation_gives_the_same_bytes(data: Path, made: Path, tmp_path: Path) -> None:
    make(data, tmp_path / "again")
    of = digest(data, made.name)
    assert shelf(tmp_path / "again", of) == shelf(made, of)


def test_files_of_another_generation_of_the_same_name_are_none(made: Path) -> None:
    assert shelf(made, "0" * 64).files == {}


def test_a_generation_that_is_gone_has_no_files(data: Path) -> None:
    gone = data / FOLDER / "g99"
    gone.mkdir(exist_ok=True)
    make(data)
    assert not gone.exists()
    assert not busy(gone)
    with pytest.raises(NotFoundError):
        digest(data, "g99")


def test_a_generation_without_its_manifest_has_no_files(tmp_path: Path) -> None:
    (tmp_path / "gens" / "g1").mkdir(parents=True)
    with pytest.raises(NotFoundError, match="no manifest"):
        digest(tmp_path, "g1")
