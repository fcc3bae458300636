"""Reads back what the corpus writer wrote, each form in its own plain way, to one canonical shape for comparison."""

from __future__ import annotations

import json
import re
import zipfile
from hashlib import sha256
from typing import TYPE_CHECKING, Any, cast

from lxml import etree

from benchmarks.corpus.archives import Form

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from benchmarks.corpus.making import Made

ONE_OR_MANY = {"question", "minAttrib", "texteQuestion", "texteReponse", "renouvellement", "analyse"}
DAY_FIRST = re.compile(r"(\d\d)/(\d\d)/(\d{4})")


def read_corpus(path: Path, form: Form) -> dict[str, Any]:
    """Return the canonical records of a corpus, by uid."""
    return {record["uid"]: canonical(record) for record in read_records(path, form)}


def read_records(path: Path, form: Form) -> list[Any]:
    """Return the records of a corpus as they are printed."""
    if form is Form.NDJSON:
        return [json.loads(line) for line in path.read_bytes().splitlines()]
    if form is Form.JSON_FOLDER:
        return [json.loads(file.read_bytes())["question"] for file in (path / "json").iterdir()]
    with zipfile.ZipFile(path) as archive:
        members = [archive.read(name) for name in archive.namelist() if not name.endswith(".txt")]
    if form is Form.JSON_ZIP:
        return [json.loads(raw)["question"] for raw in members]
    if form is Form.JSON_SINGLE:
        return list(json.loads(members[0])["questionsEcrites"]["question"])
    if form is Form.XML_ZIP:
        return [from_xml(raw) for raw in members]
    return many(from_xml(members[0])["question"])


def from_xml(raw: bytes) -> Any:  # noqa: ANN401 - the shape of JSON
    """Turn a document into what JSON would hold below its root."""
    return _below(etree.fromstring(raw))


def _below(element: Any) -> Any:  # noqa: ANN401 - the shape of JSON; lxml's own type of element is private
    """Return children by name, repeated ones in a list, or the text of a leaf."""
    if not len(element):
        return element.text
    made: dict[str, Any] = {}
    for child in element:
        name, value = etree.QName(child).localname, _below(child)
        if name in ONE_OR_MANY:
            made.setdefault(name, []).append(value)
        else:
            assert name not in made
            made[name] = value
    return made


def canonical(value: Any, key: str = "") -> Any:  # noqa: ANN401 - the shape of JSON
    """Say one thing one way: absent is left out, one or many is a list, days are ISO, attributes go."""
    made: Any
    items = many(value)
    if items is value:
        return [made for item in items if (made := canonical(item)) is not None] or None
    if isinstance(value, dict):
        parts = cast("dict[str, Any]", value).items()
        made = {name: said for name, part in parts if name[0] != "@" and (said := canonical(part, name)) is not None}
    elif value is None or not value.strip():
        made = None
    else:
        made = DAY_FIRST.sub(r"\3-\2-\1", value) if key.startswith("date") else value
    return [made] if made and key in ONE_OR_MANY else made or None


def truth_lines(made: Made) -> list[dict[str, Any]]:
    """Return the lines of the truth."""
    return [json.loads(line) for line in made.truth.read_bytes().splitlines()]


def files(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder by its name."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def many(value: list[Any] | dict[str, Any] | str | None) -> list[Any]:
    """Return what is there one or many times as a list."""
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def bodies_of(mandate: dict[str, Any]) -> list[str]:
    """Return the bodies of a mandate."""
    return many(mandate["organes"]["organeRef"])


def covers(life: dict[str, Any], day: date) -> bool:
    """Tell whether ``day`` lies in an interval of the reference data."""
    return bool(life["dateDebut"] <= day.isoformat() <= (life["dateFin"] or "9999"))


def answer_key(record: dict[str, Any]) -> tuple[str, str]:
    """Return what makes an answer one: the digest of its text, and its day."""
    answer = record["textesReponse"]["texteReponse"][0]
    return sha256(answer["texte"].encode()).hexdigest(), answer["infoJO"]["dateJO"]
