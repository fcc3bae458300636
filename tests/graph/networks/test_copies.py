"""What is told of questions that repeat others: who was first, and whether copying keeps within groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graph.columns.keeping import columns_of
from graph.networks.copies import copies, network, report
from graph.networks.parameters import Parameters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.columns.table import Columns
    from tests.graph.networks.conftest import StoreOf

MIEL = "le miel importé fait du tort aux apiculteurs de nos montagnes et la fraude ne cesse pas depuis dix ans"
PECHE = "la pêche de nos ports souffre des quotas que personne ne contrôle et les marins quittent leur métier"
HEAD = "@prefix qst: <https://w3id.org/questeur/ns#> .\n@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
QUESTION = """
<https://w3id.org/questeur/id/question/QANR5L15QE{at}> a qst:Question , qst:WrittenQuestion ;
  qst:author <https://w3id.org/questeur/id/person/{deputy}> ; {group} {day}
  qst:questionText "{text}"@fr ; qst:status qst:statusOpen .
"""

OWN = (("PA1", "PO1", MIEL), ("PA2", "PO2", PECHE))


def _found(store_of: StoreOf, *asked: tuple[str, str, str, str]) -> tuple[Columns, dict[str, Any]]:
    """Report on questions given as deputy, group, day and text, the last three of which may be empty."""
    said = (
        QUESTION.format(
            at=at + 1,
            deputy=deputy,
            group=f"qst:groupAtTabling <https://w3id.org/questeur/id/group/{group}> ;" if group else "",
            day=f'qst:tabledOn "{day}"^^xsd:date ;' if day else "",
            text=text,
        )
        for at, (deputy, group, day, text) in enumerate(asked)
    )
    store = store_of(HEAD + "".join(said))
    columns = columns_of(store)
    return columns, report(columns, Parameters(), copies(store, columns, Parameters()), trials=99)


def _first(found: dict[str, Any]) -> Sequence[str | None]:
    return [cluster["first"] for cluster in found["clusters"]]


def test_nobody_is_called_first_where_a_day_is_unknown(store_of: StoreOf) -> None:
    columns, found = _found(store_of, ("PA1", "PO1", "", MIEL), ("PA2", "PO1", "2018-07-17", MIEL))
    assert _first(found) == [None]
    assert [one["asked"] for one in found["clusters"][0]["questions"]] == ["2018-07-17", ""]
    [(a, b, edge)] = network(columns, found).edges(data=True)
    assert (a[-1], b[-1], edge["directed"]) == ("2", "1", False)


def test_the_earliest_of_a_cluster_is_called_first(store_of: StoreOf) -> None:
    _, found = _found(
        store_of,
        ("PA1", "PO1", "2018-07-24", MIEL),
        ("PA2", "PO1", "2018-07-17", MIEL),
        ("PA3", "PO1", "2018-07-17", PECHE),
        ("PA4", "PO1", "2018-07-17", PECHE),
    )
    assert _first(found) == ["QANR5L15QE2", None]


def test_deputies_who_repeat_themselves_say_nothing_of_groups(store_of: StoreOf) -> None:
    _, found = _found(
        store_of,
        *((deputy, group, day, text) for deputy, group, text in OWN for day in ("2018-07-17", "2018-07-24")),
    )
    assert found["meta"]["n_pairs"] == 2
    assert found["meta"]["within_groups"] is None


def test_questions_without_a_group_do_not_make_it_unlikely_that_copies_keep_within_groups(store_of: StoreOf) -> None:
    alone = [(f"PA{at}", "", "2018-07-17", f"sujet{at} à part") for at in range(10, 20)]
    _, found = _found(store_of, ("PA1", "PO1", "2018-07-17", MIEL), ("PA2", "PO1", "2018-07-24", MIEL), *alone)
    within = found["meta"]["within_groups"]
    assert (within["observed"], within["mean"], within["p"]) == (1.0, 1.0, 1.0)


def test_pairs_of_one_day_are_told_from_those_that_say_who_was_first(store_of: StoreOf) -> None:
    columns, found = _found(
        store_of,
        ("PA1", "PO1", "2018-07-17", MIEL),
        ("PA2", "PO1", "2018-07-17", MIEL),
        ("PA1", "PO1", "2018-07-17", PECHE),
        ("PA2", "PO1", "2018-07-24", PECHE),
    )
    [(_, _, edge)] = network(columns, found, kind="deputy").edges(data=True)
    assert edge == {"weight": 2, "same_day": 1}
