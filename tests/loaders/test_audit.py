"""A field nobody understood is reported with its path and count, and costs the records that do not have it nothing."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import msgspec
import pytest

from loaders.amo import AmoBody, AmoMandate, AmoPerson
from loaders.audit import IGNORED, Audit, declared
from loaders.forms import read_xml
from loaders.questions import read_json
from loaders.record import Ignored, RefusedRecordError
from tests.loaders.taking import take
from tests.loaders.writing import as_json, as_xml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from loaders.questions import QuestionRecord
    from tests.loaders.writing import Question

TWIN: dict[str, Any] = json.loads((Path(__file__).parent.parent / "data" / "15-10719QE.twin.json").read_bytes())


def changed() -> dict[str, Any]:
    question: dict[str, Any] = json.loads(json.dumps(TWIN["question"]))
    question["nouveau"] = {"a": 1}
    question["auteur"]["groupe"]["couleur"] = "#fff"
    question["@xsi:schemaLocation"] = "x"
    return question


def through_json(question: Question, audit: Audit) -> QuestionRecord:
    return read_json(as_json(question), audit, "x")


def through_xml(question: Question, audit: Audit) -> QuestionRecord:
    return read_xml(as_xml(question), audit, "x")


@pytest.mark.parametrize("read", [through_json, through_xml])
def test_unknown_fields_are_counted_by_path_and_the_record_is_read(
    read: Callable[[Question, Audit], QuestionRecord],
) -> None:
    audit = Audit()
    question = changed()
    question["nouveau"] = "1"
    assert read(question, audit) == read(question, audit) == read_json(as_json(TWIN["question"]))
    assert {path: (met.count, met.first) for path, met in audit.fields.items()} == {
        "question.nouveau": (2, "x"),
        "question.auteur.groupe.couleur": (2, "x"),
    }


def test_a_strict_audit_refuses_the_record() -> None:
    with pytest.raises(RefusedRecordError, match=r"reads the field question\."):
        read_json(as_json(changed()), Audit(strict=True))


def test_audits_of_workers_are_merged_whatever_their_order() -> None:
    first, second = Audit(), Audit()
    first.see("a", "2", 3)
    second.see("a", "1", 4)
    second.see("b", "9")
    merged = [Audit(), Audit()]
    for audit, parts in zip(merged, ((first, second), (second, first)), strict=True):
        for part in parts:
            audit.merge(pickle.loads(pickle.dumps(part)))  # noqa: S301  # our own value
    assert merged[0].problems("s") == merged[1].problems("s")
    assert [(p.path, p.locator, p.severity) for p in merged[0].problems()] == [("a", "1", "note"), ("b", "9", "note")]
    assert "7 times" in merged[0].problems()[0].message


def test_unknown_fields_are_reported_as_notes_of_their_source(tmp_path: Path) -> None:
    (tmp_path / "q").write_bytes(as_json(changed()))
    took = take(tmp_path)
    assert len(took.questions) == 1
    assert {(p.source, p.locator, p.path) for p in took.audit.problems("s")} == {
        ("s", "q", "question.nouveau"),
        ("s", "q", "question.auteur.groupe.couleur"),
    }


def ignored(kind: type[msgspec.Struct], path: str) -> Iterator[str]:
    """Give the paths of the fields that a struct declares and does not hold."""
    for field in msgspec.structs.fields(kind):
        if Ignored in get_args(field.type):
            yield f"{path}.{field.encode_name}"
        elif inner := declared(kind)[field.encode_name]:
            yield from ignored(inner, f"{path}.{field.encode_name}")


@pytest.mark.parametrize(("kind", "path"), [(AmoPerson, "acteur"), (AmoMandate, "mandat"), (AmoBody, "organe")])
def test_every_field_that_is_not_held_says_why(kind: type[msgspec.Struct], path: str) -> None:
    paths = {p.replace("acteur.mandats.mandat", "mandat") for p in ignored(kind, path)}
    assert len(paths) > 5
    assert paths <= IGNORED.keys()
