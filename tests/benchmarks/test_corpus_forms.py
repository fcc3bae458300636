"""The corpus's forms: one record, whatever the container, the language and the dialect."""

from __future__ import annotations

import json
import re
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from benchmarks.corpus.archives import Form, encoded

from .reading import canonical, from_xml, many, read_corpus, read_records, truth_lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.corpus.making import Made

    from .conftest import Corpus

    Drawn = Callable[..., Corpus]
    Written = Callable[[Corpus, Form], Made]


@pytest.mark.parametrize("legislature", [14, 15, 16])
def test_every_form_holds_the_same_records(drawn: Drawn, written: Written, legislature: int) -> None:
    corpus = drawn(legislature, "heavy")
    first, *others = ((form, written(corpus, form)) for form in Form)
    expected = read_corpus(first[1].corpus, first[0])
    assert len(expected) == 300
    for form, made in others:
        assert read_corpus(made.corpus, form) == expected, form
        assert made.truth.read_bytes() == first[1].truth.read_bytes(), form


@given(
    text=st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")), cdata=st.booleans()
)
def test_any_text_comes_back_from_json_and_xml(*, text: str, cdata: bool) -> None:
    record = {"uid": "QANR5L15QE1", "cloture": None, "textesQuestion": {"texteQuestion": {"texte": text}}}
    lone = encoded(record, Form.JSON_ZIP, cdata=cdata)
    marked_up = from_xml(encoded(record, Form.XML_ZIP, cdata=cdata))
    assert json.loads(lone) == {"question": record}
    assert canonical(marked_up) == canonical(record)


@pytest.mark.parametrize(
    ("legislature", "form", "style", "attributes"),
    [
        (14, Form.JSON_ZIP, r"\d{4}-\d\d-\d\d", False),
        (15, Form.JSON_ZIP, r"\d\d/\d\d/\d{4}", True),
        (16, Form.JSON_ZIP, r"\d{4}-\d\d-\d\d", True),
        (17, Form.NDJSON, r"\d{4}-\d\d-\d\d", True),
        (14, Form.XML_SINGLE, r"\d{4}-\d\d-\d\d", False),
        (16, Form.XML_ZIP, r"\d\d/\d\d/\d{4}", False),
    ],
)
def test_dates_and_attributes_are_those_of_the_dialect(
    drawn: Drawn, written: Written, legislature: int, form: Form, style: str, *, attributes: bool
) -> None:
    records = read_records(written(drawn(legislature, "none"), form).corpus, form)
    attribs = [a["infoJO"]["dateJO"] for r in records for a in many(r["minAttribs"]["minAttrib"])]
    assert all(re.fullmatch(style, day) for day in attribs)
    assert all(("@xsi:type" in record) is attributes for record in records)


def test_xml_has_a_namespace_in_files_of_the_15th_and_none_in_one_document(drawn: Drawn, written: Written) -> None:
    corpus = drawn(15, "none")
    for form, namespace in ((Form.XML_ZIP, True), (Form.XML_SINGLE, False)):
        with zipfile.ZipFile(written(corpus, form).corpus) as archive:
            root = etree.fromstring(archive.read(archive.namelist()[0]))
        assert bool(etree.QName(root).namespace) is namespace


@pytest.mark.parametrize("legislature", [14, 15, 16])
def test_the_title_is_where_the_legislature_has_it(drawn: Drawn, written: Written, legislature: int) -> None:
    made = written(drawn(legislature, "none"), Form.NDJSON)
    records = {record["uid"]: record["indexationAN"] for record in read_records(made.corpus, Form.NDJSON)}
    for truth in truth_lines(made):
        heading = records[truth["uid"]]
        if legislature == 14:
            assert [heading["teteAnalyse"], *many(heading["analyses"]["analyse"])] == truth["keywords"]
        elif legislature == 15:
            assert heading["teteAnalyse"] == truth["title"]
        else:
            assert (heading["teteAnalyse"], heading["analyses"]["analyse"]) == (None, truth["title"])
