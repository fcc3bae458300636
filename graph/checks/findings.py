"""Runs compiled constraints over a store, and sums up what they find. Knows the Store protocol, not SHACL."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graph.checks.compiler import SEVERITIES, Constraint, Severity, constraints, our_constraints
from graph.store import Limits
from ontology.errors import BusyError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rdflib import Graph

    from graph.checks.terms import Message
    from graph.store import Store, Term

# A check reads all there is; the bounds of a visitor's query are not for it.
LIMITS: Final = Limits(deadline=600.0)
_AT_ONCE: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One breach of one constraint, with the terms at fault. ``value`` is None where no single value is at fault."""

    severity: Severity
    shape: str
    component: str
    path: str
    focus: Term
    value: Term | None
    message: Message

    @property
    def constraint(self) -> tuple[Severity, str, str, Message]:
        """Name the constraint as far as a reader tells them apart."""
        return (self.severity, self.shape, self.component, self.message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many findings a constraint has."""

    severity: Severity
    shape: str
    component: str
    message: Message
    count: int


def check(
    store: Store, *, shapes: Graph | None = None, severity: Severity = "Info", limits: Limits = LIMITS
) -> list[Finding]:
    """Check a whole store against shapes, our own unless others are given; violations come first.

    Parameters
    ----------
    store
        What is checked: the union of its graphs.
    shapes
        A graph of SHACL shapes.
    severity
        Leave out the constraints of less severity.
    limits
        Of each query.

    Raises
    ------
    ConfigError
        The shapes use a part of SHACL that is not known here.
    BusyError
        The store went on to another generation meanwhile.
    """
    wanted = SEVERITIES[SEVERITIES.index(severity) :]
    compiled = our_constraints() if shapes is None else tuple(constraints(shapes))
    generation = store.generation()

    def run(constraint: Constraint) -> list[Finding]:
        return list(_run(store, constraint, generation, limits))

    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        found = [each for part in pool.map(run, (c for c in compiled if c.severity in wanted)) for each in part]
    return sorted(found, key=_order)


def _run(store: Store, constraint: Constraint, generation: str, limits: Limits) -> Iterator[Finding]:
    rows = store.rows(constraint.query, limits=limits)
    if rows.generation != generation:
        raise BusyError("The graph was replaced while it was checked.", code="replaced", hint="Check it again.")
    for row in rows:
        focus, value = row[0], (row[1] if len(row) > 1 else None)
        if focus is not None:
            yield Finding(
                severity=constraint.severity,
                shape=constraint.shape,
                component=constraint.component,
                path=constraint.path,
                focus=focus,
                value=value,
                message=constraint.message,
            )


def _order(finding: Finding) -> tuple[int, str, str, str, str, str, str]:
    return (
        -SEVERITIES.index(finding.severity),
        finding.shape,
        finding.component,
        finding.path,
        finding.message.en,
        str(finding.focus),
        "" if finding.value is None else finding.value.n3(),
    )


def tally(findings: Iterable[Finding]) -> list[Tally]:
    """Count findings by constraint, in their order."""
    counts = Counter(each.constraint for each in findings)
    return [
        Tally(severity=severity, shape=shape, component=component, message=message, count=count)
        for (severity, shape, component, message), count in counts.items()
    ]
