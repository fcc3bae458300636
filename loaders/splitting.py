"""Tells the form of bytes by their content, and cuts a file of many records into its records. Names decide nothing.

One bad record never fails a list: when the list as a whole does not decode, records are cut out one by one, and the
bad one is refused where it is read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, cast

import msgspec

from loaders.html import looks_like_html
from loaders.pages import looks_like_page
from loaders.record import Form, Record, RefusedRecordError
from loaders.safety import repaired
from loaders.xml import children, root_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import IO

# What a file can be: one record of a form, or a layout of many.
Layout = Form | Literal["question", "acteur", "mandat", "organe", "json-list", "ndjson", "xml-list", "export", "rows"]

ONE = frozenset({"question", "question-json", "acteur", "mandat", "organe", "amo-json"})  # layouts of one object
LISTS = ("questionsEcrites", "questionsGvt", "questionsOralesSansDebat")
HEAD = 1 << 16
_FIRST_KEY = re.compile(rb'\s*\{\s*"((?!@)[^"\\]*)"\s*:\s*(.)')
_WRAPPED = {b"question": "question-json", b"acteur": "amo-json", b"mandat": "amo-json", b"organe": "amo-json"}
_LIST_KEY = re.compile(rb'"(?:' + "|".join(LISTS).encode() + rb')"\s*:\s*\{')
_NEXT_LINE = re.compile(rb"\}[ \t\r]*\n\s*\{")
_STRUCTURED = re.compile(rb"\s*[\[{<@(]|\s*(?i:prefix|base|select|construct|ask|describe|insert|delete)\b")
_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]]', re.DOTALL)
_OPENING = re.compile(rb'\{\s*"(?:@xmlns|uid|question|identifiant)"\s*:')
_LONGEST = 8 * 1024 * 1024
_LOOKED_THROUGH = 16

_keys = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_raws = msgspec.json.Decoder(list[msgspec.Raw]).decode
_any = msgspec.json.Decoder(msgspec.Raw).decode


def sniff(head: bytes) -> Layout:
    """Tell what a file is from its first bytes (``HEAD`` of them are enough)."""
    if not head.strip():
        return "unknown"
    if root := root_name(head):
        return _sniff_xml(root, head)
    if head.lstrip()[:1] == b"{":
        return _sniff_json(head)
    if looks_like_html(head):
        return "question-html"
    if _STRUCTURED.match(head):
        return "unknown"
    return "question-page" if looks_like_page(head.decode(errors="ignore")) else "foreign"


def _sniff_xml(root: str, head: bytes) -> Layout:
    if root in LISTS:
        return "xml-list"
    if root == "question":
        return "question-xml"
    if root == "QUESTION":
        return "question-vue"
    return "question-html" if looks_like_html(head) else "unknown"


def _sniff_json(head: bytes) -> Layout:
    first = _FIRST_KEY.match(head)
    if first and first[1] in _WRAPPED and first[2] == b"{":
        return "ndjson" if _is_lines(head) else cast("Layout", _WRAPPED[first[1]])
    if first and first[1] == b"export":
        return "export"
    if _LIST_KEY.search(head, 0, 4096) or (first and first[1] == b"question" and first[2] == b"["):
        return "json-list"
    kind = _bare(head)
    return "ndjson" if kind == "question" and _is_lines(head) else kind


def _is_lines(head: bytes) -> bool:
    """Say whether a second object begins on a later line, after a whole one."""
    cut = _NEXT_LINE.search(head)
    return cut is not None and is_json(head[: cut.start() + 1])


def _bare(head: bytes) -> Layout:
    """Tell what an object without wrapper is, from its own keys."""
    try:
        keys = {*_keys(head)}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        found: list[bytes] = re.findall(rb'"([^"\\]{1,40})"\s*:', head[:4096])
        keys = {key.decode(errors="ignore") for key in found}
    if {"head", "results"} <= keys:
        return "rows"
    if "uid" in keys and keys & {"identifiant", "textesQuestion", "minInt"}:
        return "question"
    if "etatCivil" in keys:
        return "acteur"
    if "codeType" in keys:
        return "organe"
    return "mandat" if {"acteurRef", "typeOrgane"} <= keys else "unknown"


def split(layout: Layout, raw: bytes, locator: str, notes: tuple[str, ...] = ()) -> Iterator[Record]:
    """Cut one file of UTF-8 bytes into its records.

    Raises
    ------
    RefusedRecordError
        The file holds no list that could be cut.
    """
    if layout == "json-list":
        yield from _numbered(_list(raw), locator, notes)
    elif layout == "export":
        yield from _export(raw, locator, notes)
    elif layout == "rows":
        yield from (_record("sparql-row", row, f"{locator}#{n}", notes) for n, row in enumerate(_rows(raw), start=1))
    elif layout == "ndjson":
        yield from split_lines(((line, notes) for line in raw.split(b"\n")), locator)
    elif layout in {"question", "acteur", "mandat", "organe"}:
        yield _wrapped(layout, raw, locator, notes)
    else:
        yield _record(cast("Form", layout), raw, locator, notes)


def split_xml(source: IO[bytes], locator: str, notes: tuple[str, ...] = ()) -> Iterator[Record]:
    """Cut a long XML file into its questions, one in memory at a time."""
    for number, raw in enumerate(children(source, "question"), start=1):
        yield _record("question-xml", raw, f"{locator}#{number}", notes)


def split_lines(lines: Iterable[tuple[bytes, tuple[str, ...]]], locator: str) -> Iterator[Record]:
    """Cut lines of JSON, each a wrapped question or the question's own object; with each its notes."""
    for number, (line, notes) in enumerate(lines, start=1):
        if not line.strip():
            continue
        layout = _sniff_json(line) if line.lstrip()[:1] == b"{" else "question-json"
        if layout in {"question", "acteur", "mandat", "organe"}:
            yield _wrapped(layout, line, f"{locator}:{number}", notes)
        else:
            yield _record(layout if layout == "amo-json" else "question-json", line, f"{locator}:{number}", notes)


def _record(form: Form, raw: bytes, locator: str, notes: tuple[str, ...]) -> Record:
    raw, own = repaired(raw, json=form.endswith(("json", "row")))
    return Record(form=form, locator=locator, raw=raw, notes=notes + own)


def _wrapped(kind: Layout, raw: bytes, locator: str, notes: tuple[str, ...]) -> Record:
    form: Form = "question-json" if kind == "question" else "amo-json"
    return _record(form, b'{"%s":%s}' % (kind.encode(), raw.strip()), locator, notes)


def _numbered(items: Iterator[bytes], locator: str, notes: tuple[str, ...]) -> Iterator[Record]:
    for number, raw in enumerate(items, start=1):
        yield _wrapped("question", raw, f"{locator}#{number}", notes)


def _list(raw: bytes) -> Iterator[bytes]:
    """Give the slices of the questions of one big file, as views turned to bytes one at a time."""
    try:
        tree = _keys(raw)
        inner = next((tree[name] for name in LISTS if name in tree), None)
        found = tree["question"] if inner is None else _keys(inner)["question"]
        items = _raws(found) if bytes(memoryview(found)[:1]) == b"[" else [found]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, KeyError):
        yield from _salvaged(raw)
        return
    for item in items:
        yield bytes(item)


def _salvaged(raw: bytes) -> Iterator[bytes]:
    """Cut records out of a list that does not decode as a whole.

    A record that does not close is looked through to its end, again and again where many do not: only so far as a few
    times the list. Beyond, each is cut where the next begins.
    """
    start = raw.find(b"[")
    room = _LOOKED_THROUGH * len(raw)
    while start >= 0 and (opening := _OPENING.search(raw, start)):
        begin = opening.start()
        end = _balanced(raw, begin) if room > 0 else None
        room -= (end or min(len(raw), begin + _LONGEST)) - begin
        if end is None or not is_json(raw[begin:end]):
            following = _OPENING.search(raw, opening.end())
            cut = following.start() if following else len(raw)
            end = cut if end is None else min(end, cut)
        yield raw[begin:end].rstrip(b", \t\r\n")
        start = end


def _balanced(raw: bytes, begin: int) -> int | None:
    """Find the end of the object that begins there, if it is near."""
    depth = 0
    for token in _TOKEN.finditer(raw, begin, begin + _LONGEST):
        mark = token[0]
        if mark in {b"{", b"["}:
            depth += 1
        elif mark in {b"}", b"]"}:
            depth -= 1
            if depth == 0:
                return token.end()
    return None


def is_json(raw: bytes) -> bool:
    """Say whether bytes are one JSON value."""
    try:
        _any(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True


def _export(raw: bytes, locator: str, notes: tuple[str, ...]) -> Iterator[Record]:
    """Cut the AMO data of one file: ``export`` > ``organes`` > ``organe``, and the like."""
    try:
        export = _keys(_keys(raw)["export"])
        for plural, kind in (("organes", "organe"), ("acteurs", "acteur"), ("mandats", "mandat")):
            block = export.get(plural)
            if block is None or bytes(block) == b"null":
                continue
            found = _keys(block)[kind]
            items = _raws(found) if bytes(memoryview(found)[:1]) == b"[" else [found]
            for number, item in enumerate(items, start=1):
                yield _wrapped(cast("Layout", kind), bytes(item), f"{locator}#{kind}-{number}", notes)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, KeyError) as error:
        raise RefusedRecordError("not-json", f"the export cannot be cut into its records: {error}") from error


class _Bindings(msgspec.Struct):
    bindings: list[msgspec.Raw]


class _Results(msgspec.Struct):
    results: _Bindings


def _rows(raw: bytes) -> Iterator[bytes]:
    try:
        found = msgspec.json.decode(raw, type=_Results).results.bindings
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RefusedRecordError("not-json", f"no SPARQL results: {error}") from error
    return map(bytes, found)
