"""The official question record, typed as published (JSON and XML of legislatures 14 to 17), and its safe decoding.

Absent is None; any object may be the nil object, so every field has a default. A record that holds only known fields
takes the fast way; one that holds others is walked once, its errata gathered from wherever they stand, its unknown
fields counted, and then read. Knows nothing of what the fields mean.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NoReturn

import msgspec

from loaders.record import Nil, Node, RefusedRecordError, Scalar
from loaders.safety import DEPTH, FIELD

if TYPE_CHECKING:
    from loaders.audit import Audit
    from loaders.record import Json


class Journal(Node, frozen=True):
    """``infoJO``: where and when something was published."""

    typeJO: Scalar = None
    dateJO: Scalar = None
    pageJO: Scalar = None
    numJO: Scalar = None
    urlLegifrance: Scalar = None
    referenceNOR: Scalar = None


class Body(Node, frozen=True):
    """A ministry or group as a record names it."""

    organeRef: Scalar = None
    abrege: Scalar = None
    developpe: Scalar = None


class Attribution(Node, frozen=True):
    """``minAttrib``: one ministry in charge."""

    infoJO: Journal | None = None
    denomination: Body | None = None


class Attributions(Node, frozen=True):
    """``minAttribs``: the ministries in charge, in order."""

    minAttrib: Attribution | list[Attribution] | None = None


class Erratum(Node, frozen=True):
    """A correction of a text."""

    infoJO: Journal | None = None
    texte: Scalar = None


Errata = Erratum | list[Erratum] | None


class Text(Node, frozen=True):
    """``texteQuestion`` or ``texteReponse``."""

    infoJO: Journal | None = None
    texte: Scalar = None
    erratumQuestion: Errata = None
    erratumReponse: Errata = None


class QuestionTexts(Node, frozen=True):
    """``textesQuestion``."""

    texteQuestion: Text | list[Text] | None = None
    erratumQuestion: Errata = None


class AnswerTexts(Node, frozen=True):
    """``textesReponse``."""

    texteReponse: Text | list[Text] | None = None
    erratumReponse: Errata = None


class Closing(Node, frozen=True):
    """``cloture``."""

    codeCloture: Scalar = None
    libelleCloture: Scalar = None
    dateCloture: Scalar = None
    infoJO: Journal | None = None


class Signal(Node, frozen=True):
    """``signalement``; legislatures differ in the name of its date."""

    dateDepotSignal: Scalar = None
    dateSignalement: Scalar = None
    infoJO: Journal | None = None


class Renewal(Node, frozen=True):
    """``renouvellement``."""

    infoJO: Journal | None = None


class Renewals(Node, frozen=True):
    """``renouvellements``."""

    renouvellement: Renewal | list[Renewal] | None = None


class Analyses(Node, frozen=True):
    """``analyses``."""

    analyse: str | Nil | list[Scalar] | None = None


class OldAnalyses(Node, frozen=True):
    """``ANALYSE``, the older form of ``analyses``."""

    ANA: str | Nil | list[Scalar] | None = None


class Indexing(Node, frozen=True):
    """``indexationAN``: index terms, one of which is the title since the 15th legislature."""

    rubrique: Scalar = None
    teteAnalyse: Scalar = None
    analyses: Analyses | None = None
    ANALYSE: OldAnalyses | None = None


class Identity(Node, frozen=True):
    """``auteur.identite``; the page XML also gives civility and names."""

    acteurRef: Scalar = None
    mandatRef: Scalar = None


class AuthorBlock(Node, frozen=True):
    """``auteur``."""

    identite: Identity | None = None
    groupe: Body | None = None


class Number(Node, frozen=True):
    """``identifiant``."""

    numero: Scalar = None
    regime: Scalar = None
    legislature: Scalar = None


class OfficialQuestion(Node, frozen=True):
    """The question object as published."""

    uid: Scalar = None
    identifiant: Number | None = None
    type: Scalar = None
    indexationAN: Indexing | None = None
    auteur: AuthorBlock | None = None
    minInt: Body | None = None
    minAttribs: Attributions | None = None
    textesQuestion: QuestionTexts | None = None
    textesReponse: AnswerTexts | None = None
    erratumQuestion: Errata = None
    erratumReponse: Errata = None
    cloture: Closing | None = None
    signalement: Signal | list[Signal] | None = None
    renouvellements: Renewals | None = None


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    question: OfficialQuestion


_decode = msgspec.json.Decoder(_File).decode
_UNKNOWN = "Object contains unknown field"
# Keys that occur once in a record: a second one might forge an identity, since decoders let the last one win.
_ONCE = re.compile(
    rb'"(?:uid|identifiant|numero|legislature|type|auteur|acteurRef|mandatRef|minInt|minAttribs'
    rb'|indexationAN|rubrique|teteAnalyse|textesQuestion|textesReponse|cloture|codeCloture)"'
)


def decode(raw: bytes, audit: Audit, locator: str = "") -> OfficialQuestion:
    """Decode ``{"question": {…}}``.

    Raises
    ------
    RefusedRecordError
        The bytes are not JSON, not of this shape, above a limit, or a key says two things.
    """
    try:
        keys: list[bytes] = _ONCE.findall(raw)
        if len(raw) > FIELD or len(keys) > len(set(keys)):
            return _slowly(raw, audit, locator)
        return _decode(raw).question
    except msgspec.ValidationError as error:
        if str(error).startswith(_UNKNOWN):
            return _slowly(raw, audit, locator)
        refuse_field(error)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RefusedRecordError("not-json", str(error)) from error


def _slowly(raw: bytes, audit: Audit, locator: str) -> OfficialQuestion:
    tree = strictly(raw)
    question = tree.get("question") if isinstance(tree, dict) else None
    if not isinstance(question, dict):
        raise RefusedRecordError("bad-field", "the record is no object", path="$.question")
    return from_tree(question, audit, locator)


def from_tree(tree: dict[str, Json], audit: Audit, locator: str = "") -> OfficialQuestion:
    """Read a question given as plain dictionaries and lists.

    Raises
    ------
    RefusedRecordError
        It is not of this shape.
    """
    try:
        return msgspec.convert(tree, OfficialQuestion)
    except msgspec.ValidationError as error:
        if not str(error).startswith(_UNKNOWN):
            refuse_field(error)
    _gather_errata(tree)
    audit.prune(tree, OfficialQuestion, "question", locator)
    try:
        return msgspec.convert(tree, OfficialQuestion)
    except msgspec.ValidationError as error:
        refuse_field(error)


def refuse_field(error: msgspec.ValidationError) -> NoReturn:
    """Turn a decoder's error into a refusal with the field's path."""
    message, _, path = str(error).partition(" - at `")
    raise RefusedRecordError("bad-field", message, path=path.rstrip("`")) from error


def strictly(raw: bytes) -> Json:
    """Decode JSON without typing, as `loads` does, and refuse what no UTF-8 can hold: lone surrogates.

    Raises
    ------
    RefusedRecordError
        It is no such JSON.
    """
    tree = loads(raw)
    try:
        msgspec.json.decode(raw, type=msgspec.Raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RefusedRecordError("not-json", str(error)) from error
    return tree


def loads(raw: bytes) -> Json:
    """Decode JSON without typing: strict constants, every number kept as text, no key with two values, limits held.

    Raises
    ------
    RefusedRecordError
        One of these fails.
    """
    try:
        tree: Json = json.loads(raw, parse_constant=_constant, parse_int=str, parse_float=str, object_pairs_hook=_pairs)
    except RecursionError:
        raise RefusedRecordError("too-deep", f"more than {DEPTH} levels") from None
    except ValueError as error:
        raise RefusedRecordError("not-json", str(error)) from error
    _limits(tree, DEPTH)
    return tree


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found and found[key] != value:
            raise RefusedRecordError(
                "key-twice", f"the key {key[:40]!r} is given twice, with two values", path=key[:40]
            )
        found[key] = value
    return found


def _limits(tree: Json, room: int) -> None:
    if isinstance(tree, str):
        if len(tree) > FIELD:
            raise RefusedRecordError("field-too-long", f"a field of {len(tree):,} characters, at most {FIELD:,}")
        return
    if not isinstance(tree, dict | list):
        return
    if room == 0:
        raise RefusedRecordError("too-deep", f"more than {DEPTH} levels")
    for value in tree.values() if isinstance(tree, dict) else tree:
        _limits(value, room - 1)


def _gather_errata(tree: dict[str, Json]) -> None:
    """Bring errata of any name and place (``erratumQuestion``, ``erratum``, ``errata``) to the top of the question."""
    found: dict[str, list[Json]] = {"erratumQuestion": [], "erratumReponse": []}
    _take_errata(tree, "erratumQuestion", found, DEPTH)
    tree.update({name: errata for name, errata in found.items() if errata})


def _take_errata(node: Json, kind: str, found: dict[str, list[Json]], room: int) -> None:
    if room == 0:
        raise RefusedRecordError("too-deep", f"more than {DEPTH} levels")
    if isinstance(node, list):
        for item in node:
            _take_errata(item, kind, found, room - 1)
    if not isinstance(node, dict):
        return
    for key in [*node]:
        name = key.casefold()
        here = "erratumReponse" if "rep" in name else "erratumQuestion" if "quest" in name else kind
        if not name.startswith("errat"):
            _take_errata(node[key], here, found, room - 1)
            continue
        value = node.pop(key)
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict) and any(inner.casefold().startswith("errat") for inner in item):
                _take_errata(item, here, found, room - 1)
            elif isinstance(item, dict):
                found[here].append(item)
