"""Tables of figures as CSV and JSON, and long lists in pages. Knows HTTP and formats; must not know what they say."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any, Final, TypeVar

from flask import Response, request

from api.formats import offered
from api.negotiate import choose
from api.pages import with_arguments

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from api.formats import Format, Kind

T = TypeVar("T")
ROWS: Final = 100
MOST_PAGES: Final = 100_000


def format_of(kind: Kind, suffix: str | None) -> Format:
    """Choose the format of an answer."""
    accept = request.headers.get("Accept")
    return choose(offered(kind), suffix=suffix or None, named=request.args.get("format"), accept=accept)[0]


def paged(found: Sequence[T], page: int, target: str, given: Mapping[str, str]) -> tuple[Sequence[T], str]:
    """Give one page of a list, and the address of the next; empty on the last."""
    more = page * ROWS < len(found)
    following = with_arguments(target, {**given, "page": str(page + 1)}) if more else ""
    return found[(page - 1) * ROWS : page * ROWS], following


def table(columns: Sequence[str], lines: Iterable[Mapping[str, Any]], fmt: Format) -> Response:
    """Write a table as CSV."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([line[name] for name in columns] for line in lines)
    return Response(out.getvalue().encode(), content_type=fmt.content_type)


def written(body: Mapping[str, Any], fmt: Format) -> Response:
    """Write a value as JSON."""
    return Response(json.dumps(body, ensure_ascii=False) + "\n", content_type=fmt.content_type)
