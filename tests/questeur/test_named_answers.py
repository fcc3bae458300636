"""What the named queries answer on the bundled real records: pinned all, and recomputed from the records where one can.

The recomputation reads the records and the reviewed tables with the standard library alone.
"""

from __future__ import annotations

import csv
import hashlib
import json
import zipfile
from calendar import monthrange
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from graph import named
from graph.backends.oxigraph.store import OxigraphStore
from ontology import iris
from ontology.portfolios import portfolios
from questeur.sample import sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from questeur.build import Report

ENDS = {15: date(2022, 6, 21), 16: date(2024, 6, 9)}

# Rows, and the first 12 digits of the digest of their text: see `digest`.
PINNED: dict[str, tuple[int, str]] = {
    "j1-overdue-by-portfolio": (14, "4b4f4573b5ab"),
    "j2-delay-by-portfolio": (28, "76318fde32e5"),
    "j3-flagged-late": (0, "e3b0c44298fc"),
    "j4-my-constituency": (1, "d8b0ff257462"),
    "j5-lapsed-by-ministry": (44, "852fdd744db4"),
    "j6-withdrawn": (0, "e3b0c44298fc"),
    "j7-joint-answers": (4, "a92f009ef80a"),
    "j8-recalled-questions": (0, "e3b0c44298fc"),
    "j9-what-to-cite": (248, "bafcd97fc66f"),
    "j10-corrected-answers": (0, "e3b0c44298fc"),
    "p1-group-on-the-day": (340, "f1c5ca51ce75"),
    "p2-printed-vs-real-group": (0, "e3b0c44298fc"),
    "p3-group-by-portfolio": (91, "07efb9dd7282"),
    "p4-topics-by-month": (1, "32d01df90cd3"),
    "p5-deputy-portfolio-edges": (71, "6a0734cc45f4"),
    "p6-real-transfers": (0, "e3b0c44298fc"),
    "p7-reshuffle-share": (1, "0599162ed683"),
    "p8-answer-rate-by-stance-and-gender": (4, "8e3d8e7f32d4"),
    "p9-before-and-after-changing-group": (3, "fe2a6ba69da6"),
    "p10-minister-at-answer": (233, "9bc409a64993"),
    "p11-survival-table": (297, "078a964598ee"),
    "p12-answer-rate-by-portfolio": (28, "41b04ad01274"),
    "p13-central-portfolios": (0, "e3b0c44298fc"),
    "p14-ties-and-their-questions": (0, "e3b0c44298fc"),
    "p15-published-transfers": (0, "e3b0c44298fc"),
    "p16-repeated-questions": (0, "e3b0c44298fc"),
    "l1-wikidata-join": (304, "d8f57d4a9f78"),
    "l2-insee-join": (5, "3cb44d9f0a7f"),
    "l3-where-from": (1, "b4ef858e6199"),
    "l4-names-of-a-portfolio": (22, "f25aab5ab786"),
    "l5-successors": (2, "c7ae574de9d5"),
    "l6-life-of-a-question": (2, "834768b51952"),
    "l7-what-changed-since": (11, "76d47093f7f9"),
    "l8-stated-vs-derived": (27, "670d8bd33576"),
    "l9-in-charge-on-a-day": (27, "fa6d1444392e"),
    "l10-published-networks": (0, "e3b0c44298fc"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a test needs of a record."""

    uid: str
    kind: str
    legislature: int
    author: str
    asked: str
    attributions: tuple[tuple[str, date], ...]
    tabled: date
    answered: date | None
    answer: str

    @property
    def due(self) -> date:
        """Two calendar months later, at most the last day of that month."""
        year, month = divmod(self.tabled.year * 12 + self.tabled.month + 1, 12)
        return date(year, month + 1, min(self.tabled.day, monthrange(year, month + 1)[1]))

    @property
    def closed(self) -> date:
        """The day of the answer, else the last of the legislature: both have ended."""
        return self.answered or ENDS[self.legislature]


def many(value: Any) -> list[Any]:  # noqa: ANN401 - any JSON
    return value if isinstance(value, list) else [value]  # pyright: ignore[reportUnknownVariableType]  # JSON is any


def day(text: str) -> date:
    if text[4] == "-":  # the 16th legislature's way
        return date.fromisoformat(text)
    return datetime.strptime(text, "%d/%m/%Y").date()  # noqa: DTZ007 - a day of the Journal has no time


@cache
def asked() -> tuple[Asked, ...]:
    with sample() as sources, zipfile.ZipFile(sources[1]) as archive:
        records = [json.loads(archive.read(name))["question"] for name in archive.namelist()]
    page = Asked(  # the one bundled page, 15-10719
        uid="QANR5L15QE10719",
        kind="QE",
        legislature=15,
        author="PA720054",
        asked="PO729982",
        attributions=(("PO729982", date(2018, 7, 17)),),
        tabled=date(2018, 7, 17),
        answered=date(2018, 8, 14),
        answer="page",
    )
    return (page, *(_asked(record) for record in records))


def _asked(record: dict[str, Any]) -> Asked:
    rows = [
        (row["denomination"]["organeRef"] or "stub", day(row["infoJO"]["dateJO"]))
        for row in many(record["minAttribs"]["minAttrib"])
    ]
    kept = [row for i, row in enumerate(rows) if i == 0 or row[0] != rows[i - 1][0]]
    question, answer = record["textesQuestion"], record["textesReponse"]
    answers = many(answer["texteReponse"]) if answer else []
    answered = day(answers[0]["infoJO"]["dateJO"]) if answers else None
    return Asked(
        uid=record["uid"],
        kind=record["type"],
        legislature=int(record["identifiant"]["legislature"]),
        author=record["auteur"]["identite"]["acteurRef"],
        asked=record["minInt"]["organeRef"] or "stub",
        attributions=tuple(kept),
        tabled=day(many(question["texteQuestion"])[0]["infoJO"]["dateJO"]) if question else kept[0][1],
        answered=answered,
        answer=f"{answered} {answers[0]['texte']}" if answers else "",
    )


@cache
def main_portfolios() -> dict[str, str]:
    text = Path(iris.__file__).with_name("portfolios.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["ministry"]: row["portfolio"] for row in rows if row["main"] == "1"} | {
        "stub": "budget-comptes-publics"
    }


LABELS = {portfolio.key: portfolio.label_fr for portfolio in portfolios()}


def main_of(ministry: str) -> str:
    return main_portfolios()[ministry]


def written() -> list[Asked]:
    return [question for question in asked() if question.kind == "QE"]


@pytest.fixture(scope="module")
def store(demo: tuple[Path, Report]) -> Iterator[OxigraphStore]:
    with OxigraphStore(demo[0]) as opened:
        yield opened


def rows(store: OxigraphStore, name: str, **values: str) -> list[tuple[str, ...]]:
    """Ask a named query; give its rows as texts, of an IRI its last part."""
    found = store.rows(named.read(name).bind(values))
    return [tuple("" if term is None else str(term).rpartition("/")[2] for term in row) for row in found]


def digest(found: list[tuple[str, ...]]) -> str:
    return hashlib.sha256("\n".join(sorted("\t".join(row) for row in found)).encode()).hexdigest()[:12]


@pytest.mark.parametrize("name", named.names())
def test_the_answer_on_the_real_records_is_this_one(name: str, store: OxigraphStore) -> None:
    found = rows(store, name)
    assert (len(found), digest(found)) == PINNED[name]


def test_overdue_questions_are_counted_under_the_ministry_in_charge_that_day(store: OxigraphStore) -> None:
    on = date(2022, 1, 31)
    counted: Counter[str] = Counter()
    for q in written():
        if q.due < on < q.closed and q.attributions[0][1] <= on:
            in_charge = [ministry for ministry, since in q.attributions if since <= on][-1]
            counted[LABELS[main_of(in_charge)]] += 1
    found = rows(store, "j1-overdue-by-portfolio", day=on.isoformat())
    assert set(found) == {(label, str(n)) for label, n in counted.items()}
    assert counted.total() > 10


def test_answer_rate_and_share_within_two_months_of_each_portfolio(store: OxigraphStore) -> None:
    expected: dict[str, tuple[int, int, int]] = {}
    for q in written():
        key = main_of(q.attributions[-1][0])
        n, answered, in_time = expected.get(key, (0, 0, 0))
        good = q.answered is not None and q.answered <= q.due
        expected[key] = (n + 1, answered + (q.answered is not None), in_time + good)
    found = rows(store, "p12-answer-rate-by-portfolio")
    assert {row[0]: tuple(map(int, row[2:5])) for row in found} == expected
    for key, label, *_, rate, share in found:
        n, answered, in_time = expected[key]
        assert label == LABELS[key]
        assert float(rate) == pytest.approx(answered / n, abs=0.00051)
        assert float(share) == pytest.approx(in_time / n, abs=0.00051)


def test_mean_delays_by_portfolio_are_those_of_the_records(store: OxigraphStore) -> None:
    days: dict[str, list[int]] = {}
    for q in written():
        if q.answered is not None:
            days.setdefault(LABELS[main_of(q.attributions[-1][0])], []).append((q.answered - q.tabled).days)
    found = {row[0]: row[3] for row in rows(store, "j2-delay-by-portfolio")}
    assert {label for label, mean in found.items() if mean} == days.keys()
    for label, each in days.items():
        assert float(found[label]) == pytest.approx(sum(each) / len(each), abs=0.051)


def test_questions_that_lapsed_are_those_without_an_answer(store: OxigraphStore) -> None:
    expected = Counter(q.attributions[-1][0] for q in asked() if q.answered is None)
    found = {row[0]: int(row[2]) for row in rows(store, "j5-lapsed-by-ministry")}
    stubs = {key: n for key, n in found.items() if key.startswith("stub")}
    assert sum(found.values()) == expected.total() == 92
    assert sum(stubs.values()) == expected["stub"]
    assert found.keys() - stubs.keys() == expected.keys() - {"stub"}


def test_joint_answers_are_the_same_text_on_the_same_day(store: OxigraphStore) -> None:
    by_text: dict[str, set[str]] = {}
    for q in asked():
        if q.answer:
            by_text.setdefault(q.answer, set()).add(q.uid)
    shared = {uid for uids in by_text.values() if len(uids) > 1 for uid in uids}
    assert {row[1] for row in rows(store, "j7-joint-answers")} == shared


def test_no_record_of_the_sample_prints_another_group_than_that_of_the_day(store: OxigraphStore) -> None:
    assert rows(store, "p2-printed-vs-real-group") == []


def test_ties_of_deputies_and_portfolios_are_counts_of_written_questions(store: OxigraphStore) -> None:
    expected = Counter((q.author, main_of(q.asked)) for q in written())
    found = {(row[0], row[2]): int(row[4]) for row in rows(store, "p5-deputy-portfolio-edges")}
    assert found == expected


def test_every_change_of_ministry_of_the_sample_is_a_reshuffle(store: OxigraphStore) -> None:
    moves = sum(len(q.attributions) - 1 for q in asked())
    assert rows(store, "p7-reshuffle-share") == [(str(moves), str(moves), "0")]
    assert rows(store, "p6-real-transfers") == []


def test_the_survival_table_ends_each_question_with_its_answer_or_its_legislature(store: OxigraphStore) -> None:
    expected = {
        (q.uid, q.tabled.isoformat(), q.closed.isoformat(), "Answered" if q.answered else "Lapsed") for q in written()
    }
    found = rows(store, "p11-survival-table")
    assert {row[:4] for row in found} == expected
    assert all((row[3] == "Answered") == (row[4] == "false") for row in found)


def test_the_ministry_in_charge_of_each_open_question_on_a_day(store: OxigraphStore) -> None:
    on = date(2019, 5, 1)
    expected = {
        (q.uid, next(ministry for ministry, since in reversed(q.attributions) if since <= on))
        for q in asked()
        if q.tabled <= on < q.closed
    }
    assert {row[:2] for row in rows(store, "l9-in-charge-on-a-day", day=on.isoformat())} == expected


def test_one_legislature_at_a_time_adds_up(store: OxigraphStore) -> None:
    whole = rows(store, "p11-survival-table")
    alone = [row for n in ("15", "16") for row in rows(store, "p11-survival-table", legislature=n)]
    assert sorted(alone) == sorted(whole)
