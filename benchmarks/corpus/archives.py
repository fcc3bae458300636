"""The published containers: many members or one, JSON or XML, lines, a folder. Same records, same bytes.

Knows nothing of what a record means.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import msgspec

from ontology.errors import ConfigError

if TYPE_CHECKING:
    from .records import Json

STAMP = (2022, 6, 22, 0, 0, 0)  # a fixed time for every member: bytes must not depend on the day of making
NOTICE = "LISEZMOI.txt"
NOTICE_TEXT = "synthetic: true\nQuestions inventées pour les essais : aucune n'a été posée.\n".encode()
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
ROOT = "questionsEcrites"
STREAMED = 1 << 16

Item = tuple[str, bytes]


class Form(StrEnum):
    """A form in which the corpus can be written."""

    JSON_ZIP = "json-zip"
    JSON_SINGLE = "json-single"
    XML_ZIP = "xml-zip"
    XML_SINGLE = "xml-single"
    NDJSON = "ndjson"
    JSON_FOLDER = "json-folder"

    @property
    def xml(self) -> bool:
        """Whether the records are XML."""
        return self.value.startswith("xml")

    @property
    def single(self) -> bool:
        """Whether all records are in one document."""
        return self.value.endswith("single")


def encoded(made: Mapping[str, Json], form: Form, *, cdata: bool) -> bytes:
    """Encode one record for ``form``; ``cdata`` says how XML carries the texts."""
    if form.xml:
        depth = 1 if form.single else 0
        text = "".join(_element("question", made, depth, cdata=cdata))
        return text.encode() if form.single else (DECLARATION + text).encode()
    bare = form.single or form is Form.NDJSON
    return msgspec.json.encode(made if bare else {"question": made})


def _element(name: str, value: Json, depth: int, *, cdata: bool) -> Iterator[str]:
    """Yield the lines of one element, or of several of that name; ``@`` keys are attributes."""
    if isinstance(value, str):
        whole = cdata and name == "texte" and "]]>" not in value
        text = f"<![CDATA[{value}]]>" if whole else escape(value)
        yield f"{'  ' * depth}<{name}>{text}</{name}>\n"
    elif isinstance(value, Mapping):
        attributes = "".join(f' {key[1:]}="{part}"' for key, part in value.items() if key[0] == "@")
        children = [(key, part) for key, part in value.items() if key[0] != "@"]
        if not children:
            yield f"{'  ' * depth}<{name}{attributes}/>\n"
            return
        yield f"{'  ' * depth}<{name}{attributes}>\n"
        for key, part in children:
            yield from _element(key, part, depth + 1, cdata=cdata)
        yield f"{'  ' * depth}</{name}>\n"
    elif value is None:
        yield f"{'  ' * depth}<{name}/>\n"
    else:
        for part in value:
            yield from _element(name, part, depth, cdata=cdata)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where to write: the folder, the name without extension, and whether to add a member that is no record."""

    folder: Path
    stem: str
    notice: bool


def write(items: Iterable[Item], form: Form, target: Target) -> Path:
    """Write the encoded records (uid and bytes) in ``form``; return the file or folder made."""
    return WRITERS[form](items, target)


Writer = Callable[[Iterable[Item], Target], Path]


def _many(extension: str) -> Writer:
    def write_many(items: Iterable[Item], target: Target) -> Path:
        path = target.folder / f"{target.stem}.{extension}.zip"
        with _archive(path) as archive:
            if target.notice:
                archive.writestr(_member(NOTICE), NOTICE_TEXT)
            for uid, raw in items:
                archive.writestr(_member(f"{extension}/{uid}.{extension}"), raw)
        return path

    return write_many


def _single(extension: str, head: bytes, between: bytes, tail: bytes) -> Writer:
    def write_single(items: Iterable[Item], target: Target) -> Path:
        path = target.folder / f"{target.stem}.single.{extension}.zip"
        inside = _member(f"{target.stem}.{extension}")
        with _archive(path) as archive, archive.open(inside, "w", force_zip64=True) as member:
            member.write(head)
            for rank, (_, raw) in enumerate(items):
                member.write(between + raw if rank else raw)
            member.write(tail)
        return path

    return write_single


def _lines(items: Iterable[Item], target: Target) -> Path:
    path = target.folder / f"{target.stem}.ndjson"
    with path.open("wb", buffering=STREAMED) as stream:
        for _, raw in items:
            stream.write(raw + b"\n")
    return path


def _files(items: Iterable[Item], target: Target) -> Path:
    path = target.folder / target.stem
    if path.exists():
        message = f"{path.name} is already there"
        raise ConfigError(message, hint="Records of two corpora must not mix: name another folder.")
    (path / "json").mkdir(parents=True)
    for uid, raw in items:
        (path / "json" / f"{uid}.json").write_bytes(raw)
    return path


def _archive(path: Path) -> zipfile.ZipFile:
    archive = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
    archive.comment = b"synthetic"
    return archive


def _member(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, STAMP)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 3  # Unix, wherever it is made
    info.external_attr = 0o644 << 16
    return info


WRITERS: Mapping[Form, Writer] = {
    Form.JSON_ZIP: _many("json"),
    Form.XML_ZIP: _many("xml"),
    Form.JSON_SINGLE: _single("json", f'{{"{ROOT}":{{"question":['.encode(), b",", b"]}}"),
    Form.XML_SINGLE: _single("xml", f"{DECLARATION}<{ROOT}>\n".encode(), b"", f"</{ROOT}>\n".encode()),
    Form.NDJSON: _lines,
    Form.JSON_FOLDER: _files,
}
MANY_MEMBERS = frozenset({Form.JSON_ZIP, Form.XML_ZIP})
