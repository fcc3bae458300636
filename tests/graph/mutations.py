"""Random damage to a graph, from a seed: each kind is one way in which a loader may go wrong."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from rdflib import RDF, XSD, BNode, Graph, Literal, URIRef

from ontology.iris import BASE

if TYPE_CHECKING:
    from collections.abc import Callable

    from rdflib.term import Node

    Triple = tuple[Node, Node, Node]

_DAYS = ("2018-02-31", "1999-12-31", "2030-01-01", "2019-02-29")


def damaged(graph: Graph, seed: int) -> tuple[Graph, str, set[Node]]:
    """Give a damaged copy, what was done, and the nodes that have or name the statement."""
    chance = random.Random(seed)  # noqa: S311 # seeded on purpose
    ours = sorted((t for t in graph if str(t[0]).startswith(f"{BASE}id/")), key=_text)
    name, mutate = chance.choice(sorted(KINDS.items()))
    dates = [t for t in ours if isinstance(t[2], Literal) and t[2].datatype == XSD.date]
    pool = {"date": dates, "wrong class": [t for t in ours if t[1] == RDF.type]}.get(name.split(":")[0], ours)
    triple = chance.choice(pool)
    world = Graph() + graph
    mutate(world, triple, pool, chance)
    subject = triple[0]
    around = {subject, *world.subjects(None, subject), *(o for o in world.objects(subject) if isinstance(o, URIRef))}
    near = {each for each in around if str(each).startswith(f"{BASE}id/")} - {subject}
    return world, f"{name} {' '.join(_text(triple))}", {subject, *sorted(near, key=str)[:1]}


def keeps_types(before: Graph, after: Graph) -> bool:
    """Tell whether each new value is a valid one of the datatype that its property had.

    If not, SPARQL gives an error where the value is compared, but rdflib has an order of its own for such terms:
    then the two engines cannot be held to each other on comparisons.
    """
    for _, predicate, value in after - before:
        types = {o.datatype for o in before.objects(None, predicate) if isinstance(o, Literal)}
        if not types & {XSD.date, XSD.integer}:
            continue
        if not isinstance(value, Literal) or value.datatype not in types or value.ill_typed:
            return False
    return True


def _text(triple: Triple) -> tuple[str, str, str]:
    return (triple[0].n3(), triple[1].n3(), triple[2].n3())


def _drop(world: Graph, triple: Triple, _pool: list[Triple], _chance: random.Random) -> None:
    world.remove(triple)


def _double(world: Graph, triple: Triple, pool: list[Triple], chance: random.Random) -> None:
    others = [t[2] for t in pool if t[1] == triple[1] and t[2] != triple[2]]
    world.add((triple[0], triple[1], chance.choice(others) if others else Literal("another", lang="fr")))


def _become(make: Callable[[Node, random.Random], Node]) -> Callable[..., None]:
    def mutate(world: Graph, triple: Triple, _pool: list[Triple], chance: random.Random) -> None:
        world.remove(triple)
        world.add((triple[0], triple[1], make(triple[2], chance)))

    return mutate


def _swap(world: Graph, triple: Triple, pool: list[Triple], chance: random.Random) -> None:
    other = chance.choice([t for t in pool if t[0] == triple[0] and t[1] != triple[1]] or pool)
    for one, value in ((triple, other[2]), (other, triple[2])):
        world.remove(one)
        world.add((one[0], one[1], value))


def _other_class(world: Graph, triple: Triple, pool: list[Triple], chance: random.Random) -> None:
    world.remove(triple)
    world.add((triple[0], RDF.type, chance.choice([t[2] for t in pool])))


KINDS: dict[str, Callable[..., None]] = {
    "drop": _drop,
    "double": _double,
    "retype to string": _become(lambda value, _: Literal(str(value))),
    "retype to integer": _become(lambda value, _: Literal(len(str(value)))),
    "negative": _become(lambda value, _: Literal(-len(str(value)))),
    "nameless": _become(lambda value, _: BNode() if isinstance(value, URIRef) else Literal("nobody", lang="en")),
    "elsewhere": _become(lambda _, chance: URIRef(f"{BASE}id/nowhere/{chance.randrange(9)}")),
    "date: another day": _become(lambda _, chance: Literal(chance.choice(_DAYS), datatype=XSD.date)),
    "date: swap": _swap,
    "wrong class": _other_class,
}
