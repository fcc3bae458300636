"""The cell magic ``%%sparql``: after ``%load_ext questeur`` a cell may be a query. Of IPython it needs a shell only.

The first line names where to ask: a DATA folder, an address, or the name of a variable that holds a connection; and
with ``-o NAME`` the variable that takes the answer. Later cells ask the same place again.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any, Protocol

from graph.gate import outline
from ontology.errors import ConfigError
from questeur.opened import Opened, open_graph

if TYPE_CHECKING:
    from collections.abc import Callable

    import rdflib

    from questeur.tables import Table

USAGE = "%%sparql [DATA, address or variable] [-o NAME]"


class Shell(Protocol):
    """The part of an IPython shell that the magic needs."""

    user_ns: dict[str, Any]

    def register_magic_function(self, func: Callable[..., Any], magic_kind: str, magic_name: str) -> None:
        """Register a magic."""
        ...


class Magic:
    """The magic of one shell, and where it asked last."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._connection: Opened | None = None
        self._opened: dict[str, Opened] = {}

    def __call__(self, line: str, cell: str) -> Table | bool | rdflib.Graph | None:
        """Answer a cell; nothing is given out where a variable takes the answer."""
        place, name = _arguments(line)
        if place:
            self._connection = self._place(place)
        if self._connection is None:
            raise ConfigError("no graph is named yet", hint=USAGE)
        answer = answered(self._connection, cell)
        if not name:
            return answer
        self._shell.user_ns[name] = answer
        return None

    def _place(self, place: str) -> Opened:
        held = self._shell.user_ns.get(place)
        if isinstance(held, Opened):
            return held
        if place not in self._opened:
            self._opened[place] = open_graph(place)
        return self._opened[place]


def answered(connection: Opened, text: str) -> Table | bool | rdflib.Graph:
    """Answer a query of any form, or a packaged one by its name: a table, a verdict or a graph."""
    bare = text.strip()
    form = "SELECT" if bare.startswith("@") else outline(text).form
    if form == "ASK":
        return connection.ask(text)
    return connection.graph(text) if form in {"CONSTRUCT", "DESCRIBE"} else connection.query(bare)


def load_magic(shell: Shell) -> None:
    """Register the magic in a shell."""
    shell.register_magic_function(Magic(shell), "cell", "sparql")


def _arguments(line: str) -> tuple[str, str]:
    words = shlex.split(line)
    name = ""
    if "-o" in words:
        at = words.index("-o")
        name = words[at + 1] if len(words) > at + 1 else ""
        if not name.isidentifier():
            raise ConfigError("-o takes the name of a variable", hint=USAGE)
        del words[at : at + 2]
    if len(words) > 1:
        raise ConfigError(f"more than one place to ask: {' '.join(words)}", hint=USAGE)
    return (words[0] if words else ""), name
