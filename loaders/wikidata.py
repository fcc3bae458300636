"""Rows of a SPARQL query on Wikidata (SPARQL 1.1 JSON results): which item is which deputy; no other column is read."""

from __future__ import annotations

import re

import msgspec

from loaders.record import RefusedRecordError

_ITEM = re.compile(r"http://www\.wikidata\.org/entity/(Q[1-9][0-9]{0,17})")
_NUMBER = re.compile(r"[1-9][0-9]{0,17}")


class _Term(msgspec.Struct, frozen=True):
    type: str
    value: str


class _Row(msgspec.Struct, frozen=True):
    item: _Term | None = None
    id_an: _Term | None = None


class ItemLink(msgspec.Struct, frozen=True, kw_only=True):
    """A person of the Assembly and the Wikidata item that says so."""

    person: str
    item: str


_decode = msgspec.json.Decoder(_Row).decode


def read_row(raw: bytes) -> ItemLink | None:
    """Read one row; None when it names no deputy's number.

    Raises
    ------
    RefusedRecordError
        The item is not an item's address, or the number is no number: the row cannot be trusted.
    """
    try:
        row = _decode(raw)
    except msgspec.ValidationError as error:
        raise RefusedRecordError("bad-field", str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RefusedRecordError("not-json", str(error)) from error
    if row.item is None:
        raise RefusedRecordError("no-identity", "the row names no item", path="$.item")
    item = _ITEM.fullmatch(row.item.value)
    if item is None or row.item.type != "uri":
        raise RefusedRecordError("bad-iri", f"{row.item.value[:60]!r} is no address of an item", path="$.item.value")
    if row.id_an is None:
        return None
    if _NUMBER.fullmatch(row.id_an.value) is None:
        raise RefusedRecordError("bad-number", f"{row.id_an.value[:40]!r} is no number", path="$.id_an.value")
    return ItemLink(person=f"PA{row.id_an.value}", item=item[1])
