"""Long tables as CSV and Parquet: read back by the libraries that people read them with."""

from __future__ import annotations

import io
import sys
from datetime import date
from typing import TYPE_CHECKING, Any, cast

import pandas as pd
import pyarrow.parquet as pq
import pytest

from graph.sheets import Sheet, write_csv, write_parquet
from ontology.errors import MissingEngineError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.tabular import Sort

HEAD: Mapping[str, Sort] = {"key": "text", "n": "integer", "share": "number", "late": "boolean", "on": "date"}
ROWS = [
    ('é, "x"\nz', 3, 0.5, True, "2018-07-17"),
    ("", None, None, None, None),
    ("c", -1, 2.0, False, date(2020, 2, 29)),
]


def sheet(piece: int = 2) -> Sheet:
    return Sheet(head=HEAD, rows=iter(ROWS), said={"generation": "g7"}, piece=piece)


def test_csv_is_read_back_as_it_was_written() -> None:
    out = io.BytesIO()
    assert write_csv(sheet(), out) == 3
    out.seek(0)
    found = pd.read_csv(out, keep_default_na=False, dtype=str)
    assert list(found.columns) == list(HEAD)
    assert found["key"].tolist() == ['é, "x"\nz', "", "c"]
    assert found["on"].tolist() == ["2018-07-17", "", "2020-02-29"]


@pytest.mark.parametrize("piece", [1, 2, 50])
def test_parquet_has_typed_columns_unknown_cells_and_its_origin(piece: int) -> None:
    out = io.BytesIO()
    assert write_parquet(sheet(piece), out) == 3
    found = cast("Any", pq).read_table(io.BytesIO(out.getvalue()))
    assert [str(kind) for kind in found.schema.types] == ["string", "int64", "double", "bool", "date32[day]"]
    assert found.schema.metadata[b"generation"] == b"g7"
    assert found.to_pylist()[1] == dict.fromkeys(HEAD)
    assert found["on"].to_pylist() == [date(2018, 7, 17), None, date(2020, 2, 29)]


def test_an_empty_table_keeps_its_columns() -> None:
    out = io.BytesIO()
    assert write_parquet(Sheet(head=HEAD, rows=iter(())), out) == 0
    found = cast("Any", pq).read_table(io.BytesIO(out.getvalue()))
    assert (found.num_rows, found.column_names) == (0, list(HEAD))


def test_without_pyarrow_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)  # as if it were not installed
    with pytest.raises(MissingEngineError) as caught:
        write_parquet(sheet(), io.BytesIO())
    assert caught.value.status == 501
    assert "questeur[arrow]" in caught.value.hint
