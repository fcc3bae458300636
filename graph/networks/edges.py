"""The edges of a network, column by column: made into tuples when they are asked for, into JSON without them.

There are tens of thousands, each with twenty attributes: an answer in JSON needs the columns alone. Knows no network.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias, overload

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Edge: TypeAlias = "tuple[str, str, dict[str, Any]]"


@dataclass(frozen=True, kw_only=True)
class Edges(Sequence[Edge]):
    """Edges in the order of their ends. What is None or NaN in a column is no attribute of its edge.

    Attributes
    ----------
    source, target
        The ends.
    columns
        The attributes by name, one value an edge.
    """

    source: Sequence[str]
    target: Sequence[str]
    columns: Mapping[str, Sequence[Any]]

    def __reduce__(self) -> tuple[object, ...]:
        """Let edges go to another process, without the tuples."""
        return _arrived, (self.source, self.target, dict(self.columns))

    def __len__(self) -> int:
        """Count them."""
        return len(self.source)

    @overload
    def __getitem__(self, at: int) -> Edge: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Edge]: ...

    def __getitem__(self, at: int | slice) -> Edge | Sequence[Edge]:
        """Give one, or some."""
        return self._rows[at]

    def __iter__(self) -> Iterator[Edge]:
        """Give all, in order."""
        return iter(self._rows)

    @cached_property
    def _holes(self) -> tuple[str, ...]:
        """Name the columns that not every edge has."""
        return tuple(name for name, values in self.columns.items() if any(map(_missing, values)))

    @cached_property
    def _rows(self) -> tuple[Edge, ...]:
        """Make the tuples once."""
        names = tuple(self.columns)
        rows = zip(self.source, self.target, zip(*self.columns.values(), strict=True), strict=True)
        edges: list[Edge] = [(a, b, dict(zip(names, row, strict=True))) for a, b, row in rows]
        for *_, data in edges if self._holes else ():
            for name in self._holes:
                if _missing(data[name]):
                    del data[name]
        return tuple(edges)

    @cached_property
    def counted(self) -> bool:
        """Say whether the weights are the units that were counted, and not shares or lifts of them."""
        return self.columns["weight"] == self.columns["units"]

    def json(self) -> bytes:
        """Write them as a JSON array of objects with ``source`` and ``target``: the bytes that msgspec would write."""
        if not len(self):
            return b"[]"
        parts = [_members(name, values) for name, values in self.columns.items()]
        ends = (_texts('{"source":', self.source), _texts(',"target":', self.target))
        return b"[%b}]" % b"},".join(map(b"".join, zip(*ends, *parts, strict=True)))


def _arrived(source: Sequence[str], target: Sequence[str], columns: dict[str, Sequence[Any]]) -> Edges:
    """Make edges that came from another process."""
    return Edges(source=source, target=target, columns=columns)


def edges_of(a: Sequence[str], b: Sequence[str], columns: Mapping[str, Sequence[Any]]) -> Edges:
    """Make edges of columns, put in the order of their ends."""
    ends = list(zip(a, b, strict=True))
    if all(one < other for one, other in pairwise(ends)):
        return Edges(source=a, target=b, columns=columns)
    order = sorted(range(len(ends)), key=ends.__getitem__)
    sorted_ = {name: [values[at] for at in order] for name, values in columns.items()}
    return Edges(source=[a[at] for at in order], target=[b[at] for at in order], columns=sorted_)


def _members(name: str, values: Sequence[Any]) -> Sequence[bytes]:
    """Write the members of one column, each with the comma before it; empty where there is no value."""
    head = f',"{name}":'
    if isinstance(next((value for value in values if value is not None), None), str):
        return _texts(head, values)
    # Numbers and truths hold no comma, so that a whole column is written at once and then cut.
    encoded = msgspec.json.encode(values)[1:-1]
    members = (head.encode() + encoded.replace(b",", b"\0" + head.encode())).split(b"\0")
    if b"null" in encoded:
        return [b"" if member.endswith(b"null") else member for member in members]
    return members


def _texts(head: str, values: Sequence[Any]) -> Sequence[bytes]:
    """Write the members of a column of texts, each text once."""
    known = {value: head.encode() + msgspec.json.encode(value) for value in set(values) if value is not None}
    known[None] = b""
    return list(map(known.__getitem__, values))


def _missing(value: object) -> bool:
    """Say whether a value is None or NaN."""
    return value is None or value != value  # noqa: PLR0124 true for NaN
