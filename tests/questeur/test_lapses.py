"""A question left open fell with its legislature only as far as its source can know, in whatever order it is told."""

from __future__ import annotations

import json
import zipfile
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from graph.opening import open_store
from questeur.build import build
from questeur.sample import sample
from tests.questeur.test_incremental import parts, real_questions

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

ENDED = (2022, 6, 21)
BEFORE, AFTER, UNDATED = (2022, 6, 20), (2022, 7, 1), (1980, 1, 1)
STATUS = "SELECT ?status { ?q <https://w3id.org/questeur/ns#status> ?s BIND(STRAFTER(STR(?s), '#') AS ?status) }"


def of_the_fifteenth() -> list[dict[str, Any]]:
    found = [q for q in real_questions(339).values() if q["question"]["uid"].startswith("QANR5L15QE")]
    for question in found:
        question["question"]["textesReponse"] = question["question"]["cloture"] = None
    return found[:2]


def pack(path: Path, questions: Iterable[dict[str, Any]], stamp: tuple[int, int, int]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for number, question in enumerate(questions):
            archive.writestr(zipfile.ZipInfo(f"{number}.json", (*stamp, 0, 0, 0)), json.dumps(question))
    return path


def statuses(source: Path, data: Path) -> list[str]:
    with sample() as (actors, *_):
        build([actors, source], data)
    with closing(open_store(data)) as store:
        return sorted(str(status) for (status,) in store.rows(STATUS))


@pytest.mark.parametrize(
    ("stamp", "status"),
    [(BEFORE, "statusOpen"), (ENDED, "statusLapsed"), (AFTER, "statusLapsed"), (UNDATED, "statusOpen")],
    ids=["before", "on the day", "after", "undated, of the days of its records"],
)
def test_an_archive_infers_lapses_up_to_its_own_day(tmp_path: Path, stamp: tuple[int, int, int], status: str) -> None:
    source = pack(tmp_path / "q.zip", of_the_fifteenth(), stamp)
    assert statuses(source, tmp_path / "data") == [status, status]


def test_a_later_archive_of_the_same_records_tells_what_fell_and_leaves_the_same_bytes_as_a_first_build(
    tmp_path: Path,
) -> None:
    questions = of_the_fifteenth()
    assert set(statuses(pack(tmp_path / "q.zip", questions, BEFORE), tmp_path / "data")) == {"statusOpen"}
    later = pack(tmp_path / "q.zip", questions, AFTER)
    assert set(statuses(later, tmp_path / "data")) == {"statusLapsed"}
    assert set(statuses(later, tmp_path / "anew")) == {"statusLapsed"}
    assert parts(tmp_path / "data") == parts(tmp_path / "anew")


def test_a_later_record_dates_an_undated_source_and_so_all_its_records(tmp_path: Path) -> None:
    one, other = of_the_fifteenth()
    assert statuses(pack(tmp_path / "q.zip", [one], UNDATED), tmp_path / "data") == ["statusOpen"]
    late = real_questions(339)
    (newer,) = [q for q in late.values() if q["question"]["uid"].startswith("QANR5L16")][:1]
    both = pack(tmp_path / "q.zip", [one, newer, other], UNDATED)
    assert statuses(both, tmp_path / "data").count("statusLapsed") >= 2
    statuses(both, tmp_path / "anew")
    assert parts(tmp_path / "data") == parts(tmp_path / "anew")
    assert statuses(pack(tmp_path / "q.zip", [one], UNDATED), tmp_path / "third") == ["statusOpen"]
