"""The one table of forms: what each is, which source it belongs to, which one wins, and who reads it.

``read`` turns a record of any form into what it says; it is pure, and picklable for workers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from loaders.amo import AmoBody, AmoMandate, AmoPerson, read_amo
from loaders.archive import TRIED
from loaders.html import read_html
from loaders.official import from_tree
from loaders.pages import read_page
from loaders.questions import ODDITIES, QuestionRecord, normal, read_json
from loaders.record import Problem, Record, RefusedRecordError
from loaders.safety import REPAIRS
from loaders.vue import read_vue
from loaders.wikidata import ItemLink, read_row
from loaders.xml import read_tree

if TYPE_CHECKING:
    from collections.abc import Callable

    from loaders.audit import Audit

Item = QuestionRecord | AmoPerson | AmoMandate | AmoBody | ItemLink


def read_xml(raw: bytes, audit: Audit, locator: str = "") -> QuestionRecord:
    """Read one official question as XML: the same element names as the keys of the JSON.

    Raises
    ------
    RefusedRecordError
        The bytes are not such a document, or its identity cannot be trusted.
    """
    name, tree = read_tree(raw)
    if name != "question" or not isinstance(tree, dict):
        raise RefusedRecordError("unknown-form", f"the root is {name[:40]!r}, or empty")
    return normal(from_tree(tree, audit, locator))


def _read_page(raw: bytes, audit: Audit, locator: str) -> QuestionRecord:
    return read_page(raw.decode(), audit, locator)


def _read_row(raw: bytes, _audit: Audit, _locator: str) -> ItemLink | None:
    return read_row(raw)


class FormInfo(NamedTuple):
    """One form: the source (``sources.toml``) it counts under, its rank among versions, how it is told, its reader."""

    source: str
    rank: int
    told_by: str
    read: Callable[[bytes, Audit, str], Item | None]


FORMS: dict[str, FormInfo] = {
    "question-json": FormInfo(
        "an-questions",
        0,
        "an object with key `question`; in a list under `questionsEcrites`, `questionsGvt` or "
        "`questionsOralesSansDebat`; or one object a line, with `question` or its own `uid` and `identifiant`",
        read_json,
    ),
    "question-xml": FormInfo(
        "an-questions", 1, "root `question`, in a namespace or none; in a list under those same roots", read_xml
    ),
    "question-vue": FormInfo("an-question-pages", 2, "root `QUESTION`, upper case", read_vue),
    "question-page": FormInfo(
        "an-question-pages",
        3,
        "a text that names a legislature and has the heading “Question … n° N”",
        _read_page,
    ),
    "question-html": FormInfo("an-question-pages", 4, "an HTML document that, as text, is such a page", read_html),
    "amo-json": FormInfo(
        "an-actors",
        0,
        "an object with key `acteur`, `mandat` or `organe`, or with the keys of one; in a list under `export`",
        read_amo,
    ),
    "sparql-row": FormInfo(
        "wikidata",
        0,
        "rows of an object with keys `head` and `results`",
        _read_row,
    ),
}


def read(record: Record, audit: Audit) -> Item | None:
    """Read one record; None when it holds nothing to load.

    Raises
    ------
    RefusedRecordError
        It cannot be trusted, or nobody reads it.
    """
    if record.form == "damaged":
        raise RefusedRecordError(record.notes[0], record.notes[1])
    form = FORMS.get(record.form)
    if form is None:
        raise RefusedRecordError("unknown-form", f"no loader reads this; tried {TRIED}")
    return form.read(record.raw, audit, record.locator)


def notes(record: Record, item: Item | None, source: str = "") -> list[Problem]:
    """Give the repairs of a record and the oddities of its question as problems, none of which refuses it."""
    question = item if isinstance(item, QuestionRecord) else None
    codes = (*record.notes, *(question.notes if question else ()))
    return [
        Problem(
            severity="note",
            code=code,
            message=REPAIRS.get(code) or ODDITIES[code],
            source=source,
            locator=record.locator,
            uid=question.uid if question else "",
        )
        for code in codes
    ]
