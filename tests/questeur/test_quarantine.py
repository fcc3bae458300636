"""What a build refuses: kept with its bytes, looked at, tried again, and never lost from the books."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from loaders.ledger import Ledger
from loaders.mapped import Refused
from loaders.record import Problem
from ontology.errors import BuildError
from questeur.build import Options, build
from questeur.cli import cli
from questeur.quarantined import KEPT_BYTES, LONG_BYTES, WHOLE_BYTES, Entry, entry_of, read_entries, write_entries
from questeur.retrying import retry
from questeur.sample import sample

if TYPE_CHECKING:
    from collections.abc import Callable

    from questeur.build import Report

TWIN = (Path(__file__).parent.parent / "data" / "15-10719QE.twin.json").read_text(encoding="utf-8")


def numbered(number: int, text: str = TWIN) -> str:
    return text.replace("QANR5L15QE10719", f"QANR5L15QE{number}").replace('"numero":"10719"', f'"numero":"{number}"')


def folder(into: Path, **files: str) -> Path:
    into.mkdir(exist_ok=True)
    for name, text in files.items():
        (into / f"{name}.json").write_text(text, encoding="utf-8")
    return into


def archive(path: Path, most: int) -> Path:
    """Pack some of the bundled questions."""
    with sample() as sources, zipfile.ZipFile(sources[1]) as all_, zipfile.ZipFile(path, "w") as packed:
        for name in sorted(all_.namelist())[:most]:
            packed.writestr(zipfile.ZipInfo(name), all_.read(name))
    return path


def run(*words: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["quarantine", *map(str, words)])
    return result.exit_code, result.stdout


def balanced(report: Report) -> bool:
    return all(book.balances() for book in report.books)


@pytest.fixture
def refusing(tmp_path: Path) -> tuple[Path, Path]:
    """Build two sound records, one cut, and two texts under one uid; give the source and the DATA folder."""
    source = folder(
        tmp_path / "in",
        a=TWIN,
        b=numbered(10720),
        cut=TWIN[:500],
        twice=TWIN.replace("Haury", "HAURY", 1),
    )
    return source, tmp_path / "data"


# ---- list, show


def test_refused_records_are_listed_with_where_and_why_and_shown_byte_for_byte(refusing: tuple[Path, Path]) -> None:
    source, data = refusing
    report = build([source], data)
    assert {p.code for p in report.refused} == {"not-json", "uid-twice"}
    code, out = run("list", data)
    rows = [line.split("\t") for line in out.splitlines()]
    assert (code, [row[:5] for row in rows]) == (
        0,
        [["1", "in", "cut.json", "not-json", ""], ["2", "in", "twice.json", "uid-twice", "QANR5L15QE10719"]],
    )
    for row in rows:
        shown = CliRunner().invoke(cli, ["quarantine", "show", str(data), row[0]])
        assert shown.stdout_bytes == (source / row[2]).read_bytes()
        assert int(row[5]) == len(shown.stdout_bytes)


def test_an_empty_quarantine_says_so_by_code_4(tmp_path: Path) -> None:
    build([folder(tmp_path / "in", a=TWIN)], tmp_path / "data")
    assert [run(word, tmp_path / "data")[0] for word in ("list", "retry")] == [4, 4]
    assert run("show", tmp_path / "data", "1")[0] == 4


def test_the_refused_records_of_a_build_that_published_nothing_can_be_listed_until_one_does(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with pytest.raises(BuildError) as refused:
        build([folder(tmp_path / "in", a=TWIN, cut="{")], data, options=Options(max_reject_rate=0.1))
    assert refused.value.code == "reject-rate"
    assert "cut.json" in run("list", data)[1]
    assert "cut.json" in run("list", data, "--build", "rejected")[1]
    (tmp_path / "in" / "cut.json").unlink()
    build([tmp_path / "in"], data)
    assert run("list", data)[0] == 4


def refused(locator: str, raw: bytes) -> Entry:
    problem = Problem(severity="refused", code="x", message="m", source="in", locator=locator)
    return entry_of(Refused(problem=problem, raw=raw, form="question-json"))


def kept(folder: Path, *sizes: int) -> list[tuple[int, int, bool]]:
    name = write_entries(folder, "k", [refused(str(n), b"x" * size) for n, size in enumerate(sizes)])
    return [(entry.size, len(entry.content), entry.whole) for entry in read_entries(folder, str(name))]


def test_a_long_record_is_kept_whole_up_to_a_bound_and_says_how_long_it_was(tmp_path: Path) -> None:
    much = WHOLE_BYTES + 1
    assert kept(tmp_path, 100_000, much, 0) == [(100_000, 100_000, True), (much, KEPT_BYTES, False), (0, 0, False)]


def test_of_very_many_long_records_only_the_first_are_kept_whole(tmp_path: Path) -> None:
    fit = LONG_BYTES // WHOLE_BYTES
    found = kept(tmp_path, *[WHOLE_BYTES] * (fit + 2), 10)
    assert sum(content for size, content, _ in found if size == WHOLE_BYTES) == LONG_BYTES + 2 * KEPT_BYTES
    assert (10, 10, True) in found


# ---- what stays refused


def test_what_was_refused_stays_in_quarantine_while_its_source_is_as_it_was(refusing: tuple[Path, Path]) -> None:
    source, data = refusing
    build([source], data)
    before = run("list", data)[1]
    other = folder(source.parent / "other", c=numbered(10721), bad="{")
    report = build([source, other], data)
    assert balanced(report)
    listed = run("list", data)[1]
    assert [line.split("\t", 1)[1] for line in before.splitlines()] == [
        line.split("\t", 1)[1] for line in listed.splitlines() if "\tin\t" in line
    ]
    assert len(listed.splitlines()) == sum(book.refused for book in report.books) == 3
    (source / "cut.json").unlink()
    (source / "twice.json").unlink()
    build([source], data)
    assert [line.split("\t")[1] for line in run("list", data)[1].splitlines()] == ["other"]


# ---- retry


def mend(data: Path, change: Callable[[Entry], Entry]) -> None:
    """Put into quarantine what an older reader would have refused."""
    with Ledger(data / "ledger.sqlite") as ledger:
        name = ledger.get("quarantine")
    write_entries(data, name.removesuffix(".ndjson"), map(change, read_entries(data, name)))


def sound(entry: Entry) -> Entry:
    number = 20001 if entry.locator == "cut.json" else 20002
    return refused(entry.locator, numbered(number).encode())


def test_a_retry_loads_a_long_record_too(refusing: tuple[Path, Path]) -> None:
    source, data = refusing
    build([source], data)
    long_ = TWIN.replace("Haury", "Haury" + " x" * 100_000, 1)
    mend(data, lambda e: refused(e.locator, numbered(20001, long_).encode()) if e.locator == "cut.json" else e)
    report = retry(data)
    assert report is not None
    assert report.questions["new"] == 1
    assert balanced(report)


def test_a_retry_loads_what_can_be_read_now_under_its_own_source_and_the_books_stay_right(
    refusing: tuple[Path, Path],
) -> None:
    source, data = refusing
    build([source], data)
    mend(data, lambda e: sound(e) if e.locator == "cut.json" else e)
    code, _ = run("retry", data)
    assert code == 3
    mend(data, sound)
    report = retry(data)
    assert report is not None
    (book,) = report.books
    assert (book.path, book.read, book.loaded, book.unchanged, book.refused) == ("in", 4, 1, 3, 0)
    assert balanced(report)
    assert report.questions == {"all": 4, "new": 1, "changed": 0, "removed": 0}
    assert run("list", data)[0] == 4
    again = build([source], data)
    assert not again.changed
    assert balanced(again)


def test_a_retry_of_what_is_still_wrong_publishes_nothing_new(refusing: tuple[Path, Path]) -> None:
    source, data = refusing
    first = build([source], data)
    assert run("retry", data)[0] == 3
    report = retry(data)
    assert report is not None
    assert (report.changed, report.generation) == (False, first.generation)
    assert {p.code for p in report.refused} == {"not-json", "uid-twice"}
    assert balanced(report)


def test_a_retry_under_another_mapping_asks_for_the_sources(refusing: tuple[Path, Path]) -> None:
    source, data = refusing
    build([source], data)
    with Ledger(data / "ledger.sqlite") as ledger:
        facts = {"quarantine": ledger.get("quarantine"), "state": "another"}
        ledger.replace(facts, ledger.sources(), ledger.versions())
    with pytest.raises(BuildError, match="sources must be read again"):
        retry(data)


# ---- sources that shrink


def test_an_archive_known_by_its_name_is_refused_under_its_minimum(tmp_path: Path) -> None:
    small = archive(tmp_path / "an-15-qe.json.zip", 10)
    with pytest.raises(BuildError) as refused:
        build([small], tmp_path / "data")
    assert refused.value.code == "source-too-small"
    assert "40,000" in str(refused.value)
    assert not (tmp_path / "data" / "CURRENT").exists()
    assert build([small.rename(tmp_path / "some.zip")], tmp_path / "data").questions["all"] == 10


def test_a_source_that_shrinks_is_refused_unless_it_is_meant(tmp_path: Path) -> None:
    source, data = tmp_path / "q.zip", tmp_path / "data"
    build([archive(source, 40)], data)
    with pytest.raises(BuildError) as refused:
        build([archive(source, 30)], data)
    assert refused.value.code == "source-shrank"
    report = build([source], data, options=Options(prune=True))
    assert report.questions == {"all": 30, "new": 0, "changed": 0, "removed": 10}
    assert balanced(report)


def test_a_question_gone_from_its_source_is_kept_and_counted_apart_in_every_later_build(tmp_path: Path) -> None:
    source, data = tmp_path / "q.zip", tmp_path / "data"
    build([archive(source, 40)], data)
    archive(source, 39)
    other = folder(tmp_path / "other", a=TWIN)
    for given in ([source], [source], [other], [source, other]):
        report = build(given, data)
        book = next(b for b in report.books if b.path == "q.zip")
        assert (book.read, book.unchanged, book.vanished) == (39, 39, 1)
        assert balanced(report)
    back = build([archive(source, 40)], data)
    book = next(b for b in back.books if b.path == "q.zip")
    assert (book.read, book.unchanged, book.vanished) == (40, 40, 0)
    archive(source, 39)
    build([source], data)
    assert build([source], data, options=Options(prune=True)).questions["removed"] == 1


def test_a_damaged_source_keeps_its_last_good_reading_in_every_later_build(tmp_path: Path) -> None:
    source, data = tmp_path / "q.zip", tmp_path / "data"
    whole = archive(source, 40).read_bytes()
    build([source], data)
    source.write_bytes(whole[: len(whole) // 2])
    other = folder(tmp_path / "other", a=TWIN)
    for given in ([source], [source], [other]):
        report = build(given, data)
        assert balanced(report)
        assert report.questions["all"] >= 40
        assert (
            json.loads((data / "quarantine" / str(report.quarantine)).read_text(encoding="utf-8"))["source"] == "q.zip"
        )
    source.write_bytes(whole)
    assert build([source], data).quarantine is None
