"""The Python interface: a folder and a service give the same tables, frames and networks; the page of code runs."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from contextlib import redirect_stdout
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from IPython.core.interactiveshell import InteractiveShell
from rdflib import Literal, URIRef
from rdflib.namespace import XSD

import questeur
from graph.store import Rows
from graph.tabular import columns
from ontology.errors import QuesteurError
from questeur.tables import Table
from tests.served import served

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from questeur.build import Report

ROOT = Path(__file__).parents[2]
ORAL = """PREFIX qst: <https://w3id.org/questeur/ns#>
SELECT ?question ?number ?asked ?none WHERE {
  ?question a qst:OralQuestion ; qst:number ?number ; qst:tabledOn ?asked OPTIONAL { ?question qst:nothing ?none }
} ORDER BY ?number"""


@pytest.fixture(scope="module")
def data(demo: tuple[Path, Report]) -> Path:
    return demo[0]


@pytest.fixture(scope="module")
def here(data: Path) -> Generator[questeur.Opened]:
    with questeur.open(data) as connection:
        yield connection


@pytest.fixture(scope="module")
def there(data: Path) -> Generator[questeur.Opened]:
    with served(data, "--processes", "1") as server, questeur.connect(server.address) as connection:
        yield connection


def table_of(*cells: Literal | URIRef | None) -> Table:
    return Table(Rows(columns=("x",), rows=[(cell,) for cell in cells], generation="g1"))


def arrow_of(table: Table) -> Any:  # noqa: ANN401 pyarrow has no types
    return cast("Any", table).to_arrow()


def html_of(table: Table) -> str:
    return str(cast("Any", table)._repr_html_())


def typed(text: str, name: str) -> Literal:
    return Literal(text, datatype=XSD[name], normalize=False)


def test_a_service_answers_as_the_folder_that_it_serves(here: questeur.Opened, there: questeur.Opened) -> None:
    for text in (ORAL, "@p7-reshuffle-share"):
        mine, its = here.query(text), there.query(text)
        assert (list(mine), mine.columns) == (list(its), its.columns)
        assert (its.generation, its.data_date) == (mine.generation, mine.data_date) == ("g1", date(2024, 6, 11))
    assert here.ask("ASK { ?s ?p ?o }") is there.ask("ASK { ?s ?p ?o }") is True
    one = "DESCRIBE <https://w3id.org/questeur/id/question/QANR5L15QE10719>"
    assert set(here.graph(one)) == set(there.graph(one)) != set()
    mine_network, its_network = (c.network("deputy-ministry", type="all") for c in (here, there))
    assert mine_network.edges == its_network.edges
    assert len(mine_network.edges) > 0


def test_a_filter_that_is_true_or_false_is_that_of_an_address(here: questeur.Opened) -> None:
    everything, nothing = (here.network("group-ministry", type="all", significant=only) for only in (False, True))
    assert (len(everything.edges) > 0, nothing.meta["parameters"]["significant"]) == (True, 1)


def test_every_library_gives_the_same_values_with_their_types(here: questeur.Opened) -> None:
    table = here.query(ORAL)
    rows = table.to_dicts()
    assert [type(value) for value in rows[0].values()] == [str, int, date, type(None)]
    pandas, polars, arrow = table.to_pandas(), table.to_polars(), arrow_of(table)
    assert arrow.to_pylist() == polars.to_dicts() == rows
    assert list(pandas["number"]) == [row["number"] for row in rows]
    assert [stamp.date() for stamp in pandas["asked"]] == [row["asked"] for row in rows]
    assert pandas["none"].isna().all()
    assert {name: str(kind) for name, kind in pandas.dtypes.items()} == {
        "question": "string",
        "number": "Int64",
        "asked": "datetime64[s]",
        "none": "string",
    }
    assert [str(kind) for kind in polars.dtypes] == ["String", "Int64", "Date", "String"]
    assert [str(kind) for kind in arrow.schema.types] == ["string", "int64", "date32[day]", "string"]
    assert pandas.attrs == {"generation": "g1", "data_date": "2024-06-11"}
    assert arrow.schema.metadata == {b"generation": b"g1", b"data_date": b"2024-06-11"}


def test_no_rows_are_a_table_with_its_columns(here: questeur.Opened) -> None:
    table = here.query("SELECT ?a ?b { ?a <urn:nothing> ?b }")
    assert (len(table), table.to_dicts()) == (0, [])
    assert list(table.to_pandas().columns) == table.to_polars().columns == arrow_of(table).column_names == ["a", "b"]
    assert "0 rows" in html_of(table)


@pytest.mark.parametrize(
    ("cells", "sort", "values"),
    [
        ([typed("007", "integer"), None], "integer", (7, None)),
        ([typed(str(2**63), "integer")], "text", (str(2**63),)),
        ([typed("1", "integer"), typed("0.5", "decimal")], "number", (1.0, 0.5)),
        ([typed("-INF", "double")], "number", (float("-inf"),)),
        ([typed("2018-02-31", "date"), typed("2018-02-01", "date")], "text", ("2018-02-31", "2018-02-01")),
        ([typed("2018-02-01Z", "date")], "text", ("2018-02-01Z",)),
        ([typed("0", "boolean")], "boolean", (False,)),
        ([typed("perhaps", "boolean")], "text", ("perhaps",)),
        ([typed("1", "integer"), Literal("x")], "text", ("1", "x")),
        ([URIRef("urn:a"), Literal("é", lang="fr")], "text", ("urn:a", "é")),
    ],
)
def test_a_column_is_of_the_sort_of_all_its_cells_and_text_otherwise(
    cells: list[Literal | URIRef | None], sort: str, values: tuple[Any, ...]
) -> None:
    table = table_of(*cells)
    (column,) = columns(table.rows)
    assert (column.sort, table["x"]) == (sort, values)
    assert arrow_of(table).column(0).to_pylist() == table.to_polars()["x"].to_list() == list(values)
    assert len(table.to_pandas()) == len(values)


def test_what_comes_from_the_data_is_no_markup_in_a_notebook() -> None:
    shown = table_of(Literal("<script>x</script>"), URIRef("javascript:alert(1)"), URIRef('https://a.example/"><b>'))
    html = html_of(shown)
    assert "<script" not in html
    assert "<b>" not in html
    assert re.findall(r'href="([^"]*)"', html) == ["https://a.example/&quot;&gt;&lt;b&gt;"]
    assert len(re.findall("<tr>", html_of(table_of(*[Literal("x")] * 50)))) == 21


WRONG: list[tuple[Callable[[questeur.Opened], object], str]] = [
    (lambda c: c.query("SELEC"), "line"),
    (lambda c: c.query("ASK { ?s ?p ?o }"), "answers with boolean"),
    (lambda c: c.query("@no-such-query"), "no named query"),
    (lambda c: c.query("@p7-reshuffle-share", town="Nantes"), "no such slot"),
    (lambda c: c.query(ORAL, number=3), "packaged queries"),
    (lambda c: c.network("deputy-town"), "no network"),
    (lambda _: questeur.connect("DATA"), "no http"),
    (lambda _: questeur.open("nowhere"), "no folder"),
]


@pytest.mark.parametrize(("ask", "said"), WRONG)
def test_what_cannot_be_asked_says_why(
    here: questeur.Opened, ask: Callable[[questeur.Opened], object], said: str
) -> None:
    with pytest.raises(QuesteurError) as caught:
        ask(here)
    assert said in f"{caught.value.message} line {getattr(caught.value, 'line', '')}"


@pytest.mark.parametrize("name", ["pandas", "polars", "pyarrow"])
def test_a_library_that_is_not_there_is_named_with_how_to_get_it(name: str) -> None:
    method = {"pyarrow": "arrow"}.get(name, name)
    program = (
        f"import sys; sys.modules['{name}'] = None\n"
        "from questeur.tables import Table\nfrom graph.store import Rows\n"
        f"Table(Rows(columns=(), rows=[], generation='g1')).to_{method}()"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=ROOT)
    assert f"{name} is not installed" in ended.stderr


def test_importing_the_program_imports_no_library_of_data_frames_nor_the_engine() -> None:
    program = (
        "import questeur, sys; print(sorted({'pandas', 'polars', 'pyarrow', 'pyoxigraph', 'flask'} & {*sys.modules}))"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert ended.stdout == "[]\n"


def test_all_public_names_are_there_and_documented() -> None:
    page = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    for name in questeur.__all__:
        assert getattr(questeur, name) is not None
        assert name in page or name == "load_ipython_extension"
    with pytest.raises(AttributeError):
        questeur.nothing  # noqa: B018  it must not be there


# ---- the page


@pytest.fixture
def shell(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ANN401 IPython's has no types
    (tmp_path / "DATA").symlink_to(data)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    InteractiveShell.clear_instance()
    return InteractiveShell.instance()


def test_the_code_of_the_page_runs_and_prints_as_it_says(shell: Any) -> None:  # noqa: ANN401 as above
    page = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    found = re.findall(r"^```(python|ipython)\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", page, re.DOTALL | re.MULTILINE)
    assert len(found) > 8
    for _, code, printed in found:
        out = io.StringIO()
        with redirect_stdout(out):
            shell.run_cell(code).raise_error()
        pattern = r"[^\n]*".join(map(re.escape, printed.split("…")))
        assert not printed or re.fullmatch(pattern, out.getvalue(), re.DOTALL), f"{code}\n{out.getvalue()}"
    assert len(shell.user_ns["flagged"]) == 5


def test_the_magic_asks_where_it_is_told_and_gives_every_form_of_answer(
    shell: Any,  # noqa: ANN401 as above
    here: questeur.Opened,
) -> None:
    shell.run_line_magic("load_ext", "questeur")
    shell.user_ns["mine"] = here
    assert shell.run_cell_magic("sparql", "mine", "ASK { ?s ?p ?o }") is True
    assert len(shell.run_cell_magic("sparql", "", "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 3")) == 3
    assert isinstance(shell.run_cell_magic("sparql", "DATA", "@p7-reshuffle-share\n"), Table)
    with pytest.raises(QuesteurError, match="variable"):
        shell.run_cell_magic("sparql", "DATA -o 1x", "ASK {}")
