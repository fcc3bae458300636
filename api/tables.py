"""Tables of figures as CSV, Parquet and JSON, and long lists in pages. Knows HTTP and formats, not what they say."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any, Final, TypeVar

from flask import Response, request

from api.context import service
from api.formats import offered
from api.negotiate import choose
from api.pages import with_arguments
from graph.sheets import Sheet, write_csv, write_parquet

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from api.formats import Format, Kind
    from graph.tabular import Sort

T = TypeVar("T")
ROWS: Final = 100
MOST_PAGES: Final = 100_000
_TABULAR: Final = {"csv": write_csv, "parquet": write_parquet}


def format_of(*kinds: Kind, suffix: str | None) -> Format:
    """Choose the format of an answer; those of the first kind come first."""
    known = tuple(dict.fromkeys(fmt for kind in kinds for fmt in offered(kind)))
    accept = request.headers.get("Accept")
    return choose(known, suffix=suffix or None, named=request.args.get("format"), accept=accept)[0]


def paged(found: Sequence[T], page: int, target: str, given: Mapping[str, str]) -> tuple[Sequence[T], str]:
    """Give one page of a list, and the address of the next; empty on the last."""
    more = page * ROWS < len(found)
    following = with_arguments(target, {**given, "page": str(page + 1)}) if more else ""
    return found[(page - 1) * ROWS : page * ROWS], following


def is_table(fmt: Format) -> bool:
    """Say whether a format holds rows and columns and nothing else, so that a whole list fits."""
    return fmt.name in _TABULAR


def table(
    columns: Sequence[str], lines: Iterable[Mapping[str, Any]], fmt: Format, *, sorts: Mapping[str, Sort]
) -> Response:
    """Write a table as CSV or Parquet. ``sorts`` are those of the columns that are not text.

    Raises
    ------
    MissingEngineError
        Parquet is asked for, and the extra for it is not installed.
    """
    head: dict[str, Sort] = {name: sorts.get(name, "text") for name in columns}
    out = io.BytesIO()
    said = {"generation": service().store.generation(), "source": request.full_path.rstrip("?")}
    _TABULAR[fmt.name](Sheet(head=head, rows=(tuple(line[name] for name in columns) for line in lines), said=said), out)
    return Response(out.getvalue(), content_type=fmt.content_type)


def written(body: Mapping[str, Any], fmt: Format) -> Response:
    """Write a value as JSON."""
    return Response(json.dumps(body, ensure_ascii=False) + "\n", content_type=fmt.content_type)
