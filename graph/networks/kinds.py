"""THE table of kinds of network, and the way from columns to any of them. Knows columns; knows no store, no HTTP."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from graph.networks.asking import asking
from graph.networks.options import Options, parse_all
from graph.networks.parameters import Parameters, hinted
from graph.networks.sharing import sharing
from ontology.errors import NotFoundError, QueryError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.columns.table import Columns
    from graph.networks.network import Network
    from graph.networks.options import Via
    from graph.networks.units import Units

_COUNTED = Options()
_SHARED = Options(null="bicm", side="over", significant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of network.

    Attributes
    ----------
    ends
        What the two sides are; twice the same in a projection.
    via
        What the ends of a projection may share, the default first.
    defaults
        The options of this kind when nothing is said.
    fr, en
        What it shows.
    """

    name: str
    ends: tuple[str, str]
    fr: str
    en: str
    via: tuple[Via, ...] = ()
    defaults: Options = _COUNTED

    @property
    def projected(self) -> bool:
        """Say whether its nodes are all of one sort."""
        return bool(self.via)


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            Kind(
                name="deputy-ministry",
                ends=("deputy", "ministry"),
                fr="Quel député interroge quel ministère",
                en="Which deputy asks which ministry",
                defaults=replace(_COUNTED, ministry_as="ministry"),
            ),
            Kind(
                name="group-ministry",
                ends=("group", "ministry"),
                fr="Quel groupe interroge quel portefeuille",
                en="Which group asks which portfolio",
            ),
            Kind(
                name="constituency-ministry",
                ends=("constituency", "ministry"),
                fr="De quelle circonscription on interroge quel portefeuille",
                en="From which constituency which portfolio is asked",
            ),
            Kind(
                name="departement-ministry",
                ends=("departement", "ministry"),
                fr="De quel département on interroge quel portefeuille",
                en="From which département which portfolio is asked",
            ),
            Kind(
                name="topic-ministry",
                ends=("topic", "ministry"),
                fr="Quel portefeuille est interrogé sur quel thème",
                en="Which portfolio is asked on which topic",
            ),
            Kind(
                name="deputy-topic",
                ends=("deputy", "topic"),
                fr="Quel député interroge sur quel thème",
                en="Which deputy asks on which topic",
            ),
            Kind(
                name="group-topic",
                ends=("group", "topic"),
                fr="Quel groupe interroge sur quel thème",
                en="Which group asks on which topic",
            ),
            Kind(
                name="deputy-deputy",
                ends=("deputy", "deputy"),
                fr="Quels députés partagent plus de thèmes ou de portefeuilles que le hasard ne le veut",
                en="Which deputies share more topics or portfolios than chance would have it",
                via=("topic", "ministry"),
                defaults=_SHARED,
            ),
            Kind(
                name="ministry-ministry",
                ends=("ministry", "ministry"),
                fr="Quels portefeuilles partagent plus d'auteurs ou de thèmes que le hasard ne le veut",
                en="Which portfolios share more askers or topics than chance would have it",
                via=("deputy", "topic"),
                defaults=_SHARED,
            ),
        )
    }
)


def kind_of(name: str) -> Kind:
    """Give a kind by its name.

    Raises
    ------
    NotFoundError
        There is none; the hint names the nearest.
    """
    if name not in KINDS:
        raise NotFoundError(f"there is no network {name[:60]!r}", hint=hinted(name, KINDS))
    return KINDS[name]


def read(kind: Kind, given: Mapping[str, str]) -> tuple[Parameters, Options]:
    """Read the parameters and options of a kind from text, with its own defaults.

    Raises
    ------
    QueryError
        A name or a value is not allowed, or does not go with this kind.
    """
    parameters, options = parse_all(given, kind.defaults)
    _fit(kind, options)
    return parameters, options


def network(
    columns: Columns,
    kind: str,
    parameters: Parameters | None = None,
    options: Options | None = None,
    *,
    units: Units | None = None,
) -> Network:
    """Make a network of the questions that pass; with ``unit=cluster``, ``units`` say which of them count once.

    Questions of the edges + everything excluded = all questions that pass (in a projection: of its two-sided network).

    Raises
    ------
    ValueError
        Clusters are to count once, and no units are given.
    NotFoundError
        There is no such kind.
    QueryError
        An option does not go with the kind, or the graph knows nothing of a key.
    """
    chosen = kind_of(kind)
    which, how = parameters or Parameters(), options or chosen.defaults
    _fit(chosen, how)
    if how.slice is not None:
        raise QueryError(
            "parameter slice is for the network as JSON, and for its page: this is of one network",
            code="parameter",
            hint=f"leave out slice, or ask for /networks/{kind}.json, or for a .json of questeur network",
        )
    if how.unit == "cluster" and units is None:
        raise ValueError("the options say unit=cluster, and no units are given")
    canonical = dict(sorted({**which.canonical(), **how.changed(chosen.defaults)}.items()))
    first, second = (how.ministry_as if end == "ministry" else end for end in chosen.ends)
    if not chosen.projected:
        return asking(
            columns,
            kind=kind,
            ends=(first, second),
            parameters=which,
            options=how,
            canonical=canonical,
            units=units if how.unit == "cluster" else None,
        )
    via = how.via or chosen.via[0]
    return sharing(
        columns,
        kind=kind,
        end=first,
        via=how.ministry_as if via == "ministry" else via,
        parameters=which,
        options=how,
        canonical=canonical,
    )


def _fit(kind: Kind, options: Options) -> None:
    """Refuse what does not go with a kind."""
    allowed: dict[str, tuple[str, ...]] = {
        "via": kind.via,
        "null": ("bicm", "none") if kind.projected else ("hypergeometric", "none"),
        "weight": ("count", "cosine", "newman") if kind.projected else ("count", "share", "lift"),
        "side": ("over",) if kind.projected else ("over", "under", "both"),
    }
    for name, values in allowed.items():
        value: str | None = getattr(options, name)
        if value is not None and value not in values:
            hint = hinted(value, values) if values else f"{name} is for projections, such as deputy-deputy"
            raise QueryError(f"parameter {name} of {kind.name} cannot be {value!r}", code="parameter", hint=hint)
    if kind.projected and options.unit != "question":
        raise QueryError(
            f"parameter unit of {kind.name} cannot be {options.unit!r}: its ends share a neighbour or do not, "
            "however many questions there are",
            code="parameter",
            hint="leave out unit, or ask for a network of questions, such as deputy-ministry",
        )
    if options.significant and options.null == "none":
        raise QueryError("nothing is significant without a null", code="parameter", hint="leave out null=none")
