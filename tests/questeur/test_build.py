"""The build, whole: real records in, a published generation out."""

from __future__ import annotations

import json
import re
import zipfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ontology import iris
from ontology.errors import BuildError, SourceError
from questeur.build import Report, build
from questeur.sample import sample
from tests.questeur.parts import canonical_questions, quads, subjects

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent.parent
TWIN = HERE / "data" / "15-10719QE.twin.json"
GOLDEN = HERE / "golden" / "15-10719.nq"
HAURY = iris.thing("question", "QANR5L15QE10719")

Demo = tuple[Path, Report]


def source_questions() -> Iterator[dict[str, Any]]:
    """Read the bundled questions with the standard library alone."""
    with sample() as sources, zipfile.ZipFile(sources[1]) as archive:
        for name in archive.namelist():
            yield json.loads(archive.read(name))["question"]


# ---- the seed question


def test_question_10719_is_these_statements_and_no_others(demo: Demo, request: pytest.FixtureRequest) -> None:
    lines = [
        q.line for q in quads(demo[0]) if q.subject.startswith((HAURY, iris.thing("answer", "2018-08-14-167cb92872a1")))
    ]
    written = "".join(sorted(lines))
    if request.config.getoption("--golden"):
        GOLDEN.write_text(written, encoding="utf-8")
    assert written == GOLDEN.read_text(encoding="utf-8")


def test_page_and_json_of_one_question_give_the_same_statements_provenance_apart(tmp_path: Path) -> None:
    with sample() as (actors, _, page, _):
        build([actors, page], tmp_path / "page")
        build([actors, TWIN], tmp_path / "json")
    from_page, from_json = (canonical_questions(tmp_path / name) for name in ("page", "json"))
    assert from_page == from_json
    assert len(from_page) > 40


# ---- all the real records


def test_all_340_questions_load_and_the_books_balance(demo: Demo) -> None:
    books = {b.source: b for b in demo[1].books}
    assert (books["an-questions"].loaded, books["an-question-pages"].loaded) == (339, 1)
    assert all(b.balances() for b in demo[1].books)
    assert demo[1].refused == ()


def test_counts_of_the_graph_are_those_of_the_records(demo: Demo) -> None:
    kinds = Counter(q["type"] for q in source_questions())
    assert kinds == {"QE": 296, "QG": 36, "QOSD": 7}
    answered = sum(q["textesReponse"] is not None for q in source_questions())
    stated = Counter(q.predicate.rpartition("#")[2] for q in quads(demo[0]) if "/questions/" in q.graph)
    assert stated["author"] == 339 + 1
    assert stated["answeredOn"] == stated["hasAnswer"] == answered + 1 == 248
    classes = Counter(q.object for q in quads(demo[0]) if q.predicate.endswith("#type"))
    term = f"<{iris.NS}"
    assert (
        classes[f"{term}WrittenQuestion>"],
        classes[f"{term}GovernmentQuestion>"],
        classes[f"{term}OralQuestion>"],
    ) == (
        297,
        36,
        7,
    )
    assert classes[f"{term}JointAnswer>"] == 2
    assert classes[f"{term}Inherited>"] == 76
    assert classes[f"{term}Transferred>"] == 0
    assert classes[f"{term}Lapsed>"] == 340 - 248


def test_questions_per_deputy_and_ministry_equal_an_independent_count_of_the_records(demo: Demo) -> None:
    counted: Counter[tuple[str, str]] = Counter()
    for q in source_questions():
        asked = q["minInt"]["organeRef"] or "stub"
        counted[q["auteur"]["identite"]["acteurRef"], asked] += 1
    counted["PA720054", "PO729982"] += 1  # the page of 15-10719
    authors = {q.subject: q.key for q in quads(demo[0]) if q.predicate == f"{iris.NS}author"}
    asked = {q.subject: q.key for q in quads(demo[0]) if q.predicate == f"{iris.NS}addressedTo"}
    graph = Counter((authors[s], "stub" if asked[s].startswith("stub") else asked[s]) for s in authors)
    assert graph == counted
    assert sum(graph.values()) == 340


def test_the_question_between_two_governments_is_put_to_a_stub_that_says_so(demo: Demo) -> None:
    about = {
        q.predicate.rpartition("#")[2].rpartition("/")[2]: q.object
        for q in quads(demo[0])
        if q.graph.endswith("/stubs")
    }
    assert about["stubReason"] == '"no ministry body has this name on the day"'
    asked = [
        q.key for q in quads(demo[0]) if q.subject.endswith("QANR5L16QE14318") and q.predicate.endswith("addressedTo")
    ]
    assert asked[0].startswith("stub-PO833673-")


# ---- what holds of every statement


def test_every_triple_stands_in_one_graph_and_every_line_is_a_quad(demo: Demo) -> None:
    seen = Counter(q.line.rsplit(" <", 1)[0] for q in quads(demo[0]))
    assert [t for t, n in seen.items() if n > 1] == []
    assert sum(seen.values()) == sum(demo[1].quads.values())


def test_every_iri_of_ours_has_a_key_and_nothing_is_a_blank_node(demo: Demo) -> None:
    thing, term, graph = (
        r"id/[a-z]+/[A-Za-z0-9-]+(#[A-Za-z0-9-]+)?",
        r"ns(#[A-Za-z0-9]+|/[0-9.]+)?",
        r"graph/[a-z0-9/-]+",
    )
    pattern = re.compile(f"{re.escape(iris.BASE)}({thing}|{term}|{graph})")
    ours = {i for q in quads(demo[0]) for i in (q.subject, q.object.strip("<>")) if i.startswith(iris.BASE)}
    assert [i for i in ours if not pattern.fullmatch(i)] == []
    assert not any("_:" in q.line[:2] or q.object.startswith("_:") for q in quads(demo[0]))


def test_every_thing_that_is_named_is_described(demo: Demo) -> None:
    described = subjects(demo[0])
    ids = f"<{iris.BASE}id/"
    dangling = {q.object for q in quads(demo[0]) if q.object.startswith(ids) and q.object.strip("<>") not in described}
    assert dangling == set()


def test_of_a_person_only_name_gender_and_public_office_are_kept(demo: Demo) -> None:
    people = [q for q in quads(demo[0]) if q.subject.startswith(f"{iris.BASE}id/person/")]
    stated = {re.split("[#/]", q.predicate)[-1] for q in people}
    assert stated == {"type", "identifier", "label", "name", "givenName", "familyName", "gender", "sameAs"}
    assert not any(re.search(r"[\w.]+@[\w.]+[.][a-z]+|1954-06-12", q.object) for q in people)


# ---- the same bytes


def test_the_same_sources_in_any_order_give_the_same_parts_and_the_second_build_changes_nothing(
    demo: Demo, tmp_path: Path
) -> None:
    with sample() as sources:
        report = build(list(reversed(sources)), tmp_path)
        again = build(sources, tmp_path)
    assert not again.changed
    assert again.generation == report.generation == "g1"
    first, second = ({p.name: p.read_bytes() for p in (d / "parts").iterdir()} for d in (demo[0], tmp_path))
    assert first == second


def test_parts_say_nothing_of_the_clock_or_the_machine(demo: Demo) -> None:
    meta = "".join(q.line for q in quads(demo[0]) if q.graph.endswith("/meta"))
    assert str(demo[0]) not in meta
    assert set(re.findall(r'"(\d{4}-\d{2}-\d{2})T', meta)) == {"2018-08-14", "2023-01-31", "2024-06-11", "2026-01-29"}


# ---- bad input


def test_a_bad_record_is_set_aside_with_file_record_field_and_reason_and_the_rest_loads(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    good = TWIN.read_text(encoding="utf-8")
    (folder / "good.json").write_text(good, encoding="utf-8")
    (folder / "number.json").write_text(good.replace('"numero":"10719"', '"numero":10719'), encoding="utf-8")
    (folder / "author.json").write_text(
        good.replace("QANR5L15QE10719", "QANR5L15QE10720")
        .replace('"numero":"10719"', '"numero":"10720"')
        .replace("PA720054", ""),
        encoding="utf-8",
    )
    (folder / "cut.json").write_text(good[:500], encoding="utf-8")
    (folder / "README.txt").write_text("three records", encoding="utf-8")
    report = build([folder], tmp_path / "data")
    book = report.books[0]
    assert (book.read, book.loaded, book.refused, book.skipped) == (5, 1, 3, 1)
    assert {(p.source, p.locator, p.path, p.code) for p in report.refused} == {
        ("in", "number.json", "$.question.identifiant.numero", "bad-field"),
        ("in", "author.json", "$.question.auteur", "no-author"),
        ("in", "cut.json", "", "not-json"),
    }
    kept = (tmp_path / "data" / "quarantine" / str(report.quarantine)).read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["locator"] for line in kept] == ["author.json", "cut.json", "number.json"]


def test_two_versions_of_a_question_in_one_source_leave_the_first_and_set_the_second_aside(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    good = TWIN.read_text(encoding="utf-8")
    (folder / "a.json").write_text(good, encoding="utf-8")
    (folder / "b.json").write_text(good, encoding="utf-8")
    (folder / "c.json").write_text(good.replace("délocalisation", "relocalisation"), encoding="utf-8")
    report = build([folder], tmp_path / "data")
    book = report.books[0]
    assert (book.read, book.loaded, book.duplicate, book.refused) == (3, 1, 1, 1)
    assert [p.code for p in report.refused] == ["uid-twice"]


def test_the_official_record_wins_over_the_page_and_the_page_is_counted(tmp_path: Path) -> None:
    with sample() as (actors, _, page, _):
        report = build([actors, TWIN, page], tmp_path)
    books = {b.source: b for b in report.books}
    assert (books["an-questions"].loaded, books["an-question-pages"].superseded) == (1, 1)


def test_without_reference_data_people_and_ministries_are_stubs_that_keep_their_ids(tmp_path: Path) -> None:
    report = build([TWIN], tmp_path)
    stubs = [q for q in quads(tmp_path) if q.graph.endswith("/stubs")]
    assert {"PA720054", "PO729982", "PO730964", "15"} <= {q.subject.rpartition("/")[2] for q in stubs}
    assert report.notes["unknown-author"] == 1


@pytest.mark.parametrize(
    "content", [b"", b"not a record", b"PK\x03\x04 no archive", b"<html><title>50x</title></html>"]
)
def test_a_build_that_loads_nothing_says_so_and_publishes_nothing(tmp_path: Path, content: bytes) -> None:
    source = tmp_path / "source"
    source.write_bytes(content)
    with pytest.raises(BuildError, match="no record"):
        build([source], tmp_path / "data")
    assert not (tmp_path / "data" / "CURRENT").exists()


def test_a_source_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"nothing\.zip"):
        build([tmp_path / "nothing.zip"], tmp_path / "data")
