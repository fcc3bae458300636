"""Every list as CSV and as Parquet: the same rows under the same names, in Parquet with their types."""

from __future__ import annotations

import csv
import io
import sys
from datetime import date
from typing import TYPE_CHECKING, Any, cast

import pyarrow.parquet as pq
import pytest

from api.formats import data
from api.routes import ROUTES
from tests.api.conftest import BROWSER, RDFLIB

if TYPE_CHECKING:
    from flask.testing import FlaskClient

pytestmark = RDFLIB
LISTS = {"/search?q=question", "/delays/questions", "/delays/overdue", "/transfers/questions"} | {
    route.path for route in ROUTES if "list" in route.kinds and route.suffixed
} - {"/queries", "/search"}


def read(client: FlaskClient, path: str, suffix: str) -> bytes:
    stem, mark, arguments = path.partition("?")
    answer = client.get(f"{stem}.{suffix}{mark}{arguments}")
    assert answer.status_code == 200, answer.text[:300]
    return bytes(answer.data)


def plain(value: Any) -> str:  # noqa: ANN401  a cell of any type
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)


def number(cell: str) -> str | float:
    """Read what may be a number: 3 and 3.0 are one."""
    try:
        return float(cell)
    except ValueError:
        return cell


@pytest.mark.parametrize("path", sorted(LISTS))
def test_a_list_is_the_same_in_both_and_typed_in_parquet(client: FlaskClient, path: str) -> None:
    lines = list(csv.reader(io.StringIO(read(client, path, "csv").decode())))
    table = cast("Any", pq).read_table(io.BytesIO(read(client, path, "parquet")))
    assert table.column_names == lines[0]
    assert table.schema.metadata[b"generation"] == b"g1"
    found = [[plain(cell) for cell in row.values()] for row in table.to_pylist()]
    assert [[number(cell) for cell in row] for row in found] == [[number(cell) for cell in row] for row in lines[1:]]


def test_days_and_counts_are_no_text(client: FlaskClient) -> None:
    table = cast("Any", pq).read_table(io.BytesIO(read(client, "/questions", "parquet")))
    kinds = dict(zip(table.column_names, map(str, table.schema.types), strict=True))
    assert (kinds["asked"], kinds["delay_days"], kinds["label"]) == ("date32[day]", "int64", "string")
    assert table.num_rows > 0


def test_parquet_is_linked_where_it_can_be_written_and_refused_with_advice_where_not(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = 'href="/questions.parquet"'
    assert link in client.get("/questions", headers={"Accept": BROWSER}).text
    for name in ("pyarrow", "pyarrow.parquet"):
        monkeypatch.setitem(sys.modules, name, None)  # as if it were not installed
    assert link not in client.get("/questions", headers={"Accept": BROWSER}).text
    answer = client.get("/questions.parquet")
    assert answer.status_code == 501
    assert answer.json is not None
    assert answer.json["type"] == "/docs/problems/engine-missing"
    assert "questeur[arrow]" in answer.json["hint"]
    assert client.get("/questions.csv").status_code == 200


def test_a_program_asks_for_parquet_by_its_media_type(client: FlaskClient) -> None:
    answer = client.get("/deputies", headers={"Accept": "application/vnd.apache.parquet"})
    assert answer.mimetype == "application/vnd.apache.parquet"
    assert "parquet" in {fmt.name for fmt in data("list")}
