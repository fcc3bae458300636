"""The edges of a network, column by column: made into tuples when they are asked for, into JSON without them.

There are tens of thousands, each with twenty attributes: an answer in JSON needs the columns alone. Knows no network.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias, overload

import msgspec
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

Edge: TypeAlias = "tuple[str, str, dict[str, Any]]"


@dataclass(frozen=True, kw_only=True)
class Edges(Sequence[Edge]):
    """Edges in the order of their ends. What is None in a column is no attribute of its edge.

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
        return tuple(name for name, values in self.columns.items() if None in values)

    @cached_property
    def _rows(self) -> tuple[Edge, ...]:
        """Make the tuples once."""
        names = tuple(self.columns)
        rows = zip(self.source, self.target, zip(*self.columns.values(), strict=True), strict=True)
        edges: list[Edge] = [(a, b, dict(zip(names, row, strict=True))) for a, b, row in rows]
        for *_, data in edges if self._holes else ():
            for name in self._holes:
                if data[name] is None:
                    del data[name]
        return tuple(edges)

    @property
    def asked(self) -> Sequence[int]:
        """Give the questions of each edge, or the shared neighbours, whatever its weight and its units are."""
        return self.columns["n"] if "n" in self.columns else self.columns["units"]

    @cached_property
    def numbered(self) -> tuple[tuple[str, ...], NDArray[np.intp], NDArray[np.intp]]:
        """Give the several ends in the order they come in, and the numbers of the two ends of each edge among them."""
        numbers = {end: number for number, end in enumerate(dict.fromkeys(chain(self.source, self.target)))}
        a, b = (
            np.fromiter(map(numbers.__getitem__, ends), dtype=np.intp, count=len(ends))
            for ends in (self.source, self.target)
        )
        return tuple(numbers), a, b

    @cached_property
    def strengths(self) -> tuple[dict[str, int], dict[str, int | float]]:
        """Give how many edges each end has, and the sum of their weights."""
        names, a, b = self.numbered
        ends, weights = np.column_stack((a, b)).ravel(), np.array(self.columns["weight"])
        sums = np.bincount(ends, weights=np.repeat(weights, 2), minlength=len(names))
        whole = sums if weights.dtype.kind == "f" else sums.astype(np.int64)
        degrees = np.bincount(ends, minlength=len(names)).tolist()
        return dict(zip(names, degrees, strict=True)), dict(zip(names, whole.tolist(), strict=True))

    @cached_property
    def counted(self) -> bool:
        """Say whether the weights are the units that were counted, and not shares or lifts of them."""
        return self.columns["weight"] == self.columns["units"]

    def json(self) -> bytes:
        """Write them as a JSON array of objects with ``source`` and ``target``: what msgspec makes of their tuples."""
        row = _row(tuple(self.columns))
        return msgspec.json.encode(list(map(row, self.source, self.target, *self.columns.values())))


def _arrived(source: Sequence[str], target: Sequence[str], columns: dict[str, Sequence[Any]]) -> Edges:
    """Make edges that came from another process."""
    return Edges(source=source, target=target, columns=columns)


def edges_of(
    a: Sequence[str],
    b: Sequence[str],
    columns: Mapping[str, Sequence[Any] | NDArray[Any]],
    *,
    ordered: bool = False,
) -> Edges:
    """Make edges of columns, put in the order of their ends unless they are known to be ``ordered``."""
    told = {name: _told(values) if isinstance(values, np.ndarray) else values for name, values in columns.items()}
    if not ordered:
        ends = list(zip(a, b, strict=True))
        order = sorted(range(len(ends)), key=ends.__getitem__)
        a, b = [a[at] for at in order], [b[at] for at in order]
        told = {name: [values[at] for at in order] for name, values in told.items()}
    return Edges(source=a, target=b, columns=told)


def _told(values: NDArray[Any]) -> list[Any]:
    """Give plain values, None for NaN."""
    plain: list[Any] = values.tolist()
    if values.dtype.kind == "f":
        for at in np.flatnonzero(np.isnan(values)).tolist():
            plain[at] = None
    return plain


@lru_cache(maxsize=64)
def _row(names: tuple[str, ...]) -> Callable[..., msgspec.Struct]:
    """Make the type of the rows of some columns: structs are written several times as fast as dicts."""
    members: list[tuple[str, type, object]] = [(f"c{number}", object, None) for number in range(len(names) + 2)]
    renamed = {member: name for (member, *_), name in zip(members, ("source", "target", *names), strict=True)}
    return msgspec.defstruct("Row", members, omit_defaults=True, rename=renamed, gc=False)
