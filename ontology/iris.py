"""The one place that mints IRIs. Every function checks its key and refuses anything that could break out of an IRI.

A thing is ``{BASE}id/{type}/{key}``; its parts are hash IRIs (``…#tabled-2018-07-17``); a named graph is
``{BASE}graph/{name}``. Keys match ``[A-Za-z0-9-]+``: no slash and no dot, so suffixes are never ambiguous.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache

BASE = "https://w3id.org/questeur/"
NS = BASE + "ns#"

TYPES = frozenset(
    {
        "question",
        "answer",
        "person",
        "mandate",
        "group",
        "party",
        "ministry",
        "government",
        "portfolio",
        "change",
        "legislature",
        "constituency",
        "departement",
        "topic",
        "concept",
        "scheme",
        "issue",
        "network",
        "source",
        "snapshot",
        "build",
        "generation",
    }
)

_KEY = re.compile(r"[A-Za-z0-9]+(?:-{1,2}[A-Za-z0-9]+)*")
_GRAPH = re.compile(r"[a-z0-9]+(?:[-/][a-z0-9]+)*")
_UID = re.compile(r"QANR5L([0-9]{1,3})(QE|QG|QOSD)([0-9]{1,9})")
_SLUG_RUN = re.compile(r"[^a-z0-9]+")
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss"})


def is_key(key: str) -> bool:
    """Say whether a key can stand in an IRI."""
    return _KEY.fullmatch(key) is not None


def thing(kind: str, key: str) -> str:
    """Mint ``{BASE}id/{kind}/{key}``.

    Raises
    ------
    ValueError
        The kind is not one of ``TYPES``, or the key holds anything but letters, digits and hyphens.
    """
    if kind not in TYPES:
        raise ValueError(f"no such type of thing: {kind!r}")
    if _KEY.fullmatch(key) is None:
        raise ValueError(f"not a key for an IRI of type {kind}: {key!r}")
    return f"{BASE}id/{kind}/{key}"


def part(kind: str, key: str, fragment: str) -> str:
    """Mint the hash IRI of a part, described in the document of its whole."""
    if _KEY.fullmatch(fragment) is None:
        raise ValueError(f"not a fragment for an IRI: {fragment!r}")
    return f"{thing(kind, key)}#{fragment}"


def graph(name: str) -> str:
    """Mint the IRI of a named graph, such as ``questions/an-15-qe``."""
    if _GRAPH.fullmatch(name) is None:
        raise ValueError(f"not a graph name: {name!r}")
    return f"{BASE}graph/{name}"


def split(iri: str) -> tuple[str, str] | None:
    """Take ``{BASE}id/{type}/{key}`` apart; None for any other IRI."""
    prefix = BASE + "id/"
    if not iri.startswith(prefix):
        return None
    kind, _, key = iri[len(prefix) :].partition("/")
    if kind in TYPES and _KEY.fullmatch(key):
        return kind, key
    return None


def question_uid(legislature: int, kind: str, number: int) -> str:
    """Give the Assembly's own identifier of a question: ``QANR5L15QE10719``."""
    return f"QANR5L{legislature}{kind}{number}"


def parse_uid(uid: str) -> tuple[int, str, int] | None:
    """Take a question's uid apart into legislature, type and number; None when it is not one."""
    match = _UID.fullmatch(uid)
    return None if match is None else (int(match[1]), match[2], int(match[3]))


@lru_cache(maxsize=65536)
def slug(label: str) -> str:
    """Make the key of a label: NFKD without marks, œ → oe, lower case, one hyphen between runs of letters and digits.

    A label without Latin letters or digits is named by its digest: ``x-`` and 8 hex.
    """
    folded = unicodedata.normalize("NFKD", label.translate(_LIGATURES))
    ascii_ = "".join(c for c in folded if not unicodedata.combining(c)).casefold()
    key = _SLUG_RUN.sub("-", ascii_).strip("-")
    if not key:
        return f"x-{hashlib.sha256(label.encode()).hexdigest()[:8]}"
    return key


def keyed(label: str, limit: int = 80) -> str:
    """Make the key of a label as ``slug`` does; a longer one is cut and ends in 8 hex of its digest."""
    key = slug(label)
    if len(key) <= limit:
        return key
    return f"{key[: limit - 9].rstrip('-')}-{hashlib.sha256(key.encode()).hexdigest()[:8]}"
