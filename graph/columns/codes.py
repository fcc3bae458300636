"""A code list: the things that a column's numbers stand for, with their names. Knows how IRIs are made; no store."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from ontology.iris import split, thing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

NONE = -1


@dataclass(frozen=True, kw_only=True)
class Codes:
    """Things of one type in the order of their keys: code i is ``keys[i]``.

    Attributes
    ----------
    type
        The type in their IRIs, such as ``person``.
    keys
        Their keys, ``PA720054``; the whole IRI of a thing that is not ours.
    fr, en
        Their names; the key where there is none, the French name where there is no English one.
    stub
        Which are known by mention only.
    """

    type: str
    keys: tuple[str, ...]
    fr: tuple[str, ...]
    en: tuple[str, ...]
    stub: NDArray[np.bool_]

    def __len__(self) -> int:
        """Count the things."""
        return len(self.keys)

    @cached_property
    def iris(self) -> tuple[str, ...]:
        """Give the IRI of each."""
        return tuple(self.iri(key) for key in self.keys)

    @cached_property
    def ordered(self) -> bool:
        """Say whether the IRIs are in the order of the codes; that of keys may be another, where IRIs escape them."""
        return all(one < other for one, other in pairwise(self.iris))

    @cached_property
    def code(self) -> Mapping[str, int]:
        """Give the code of each key."""
        return {key: number for number, key in enumerate(self.keys)}

    def named(self, codes: NDArray[np.integer[Any]]) -> list[str]:
        """Give the IRIs of many codes."""
        iris, numbers = self.iris, codes.tolist()
        return [iris[number] for number in numbers]

    def iri(self, key: str) -> str:
        """Give the IRI of a key of this list."""
        return key if ":" in key else thing(self.type, key)


def make(kind: str, iris: Iterable[str], labels: Mapping[str, Mapping[str, str]], stubs: Iterable[str] = ()) -> Codes:
    """Make a code list of IRIs; ``labels`` gives for each its names by language, ``""`` for none."""
    by_key = {key_of(iri, kind): iri for iri in iris}
    keys = tuple(sorted(by_key))
    named = [labels.get(by_key[key], {}) for key in keys]
    fr = tuple(min(filter(None, (n.get(""), n.get("fr"))), default=key) for key, n in zip(keys, named, strict=True))
    known = set(stubs)
    return Codes(
        type=kind,
        keys=keys,
        fr=fr,
        en=tuple(n.get("en", name) for name, n in zip(fr, named, strict=True)),
        stub=np.array([by_key[key] in known for key in keys], dtype=np.bool_),
    )


def key_of(iri: str, kind: str) -> str:
    """Give the key of a thing of a type; any other IRI stays whole."""
    parts = split(iri)
    return parts[1] if parts is not None and parts[0] == kind else iri
