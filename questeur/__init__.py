"""questeur: a knowledge graph of the questions French deputies put to ministries.

``questeur.open("DATA")`` and ``questeur.connect(URL)`` open a graph; ``%load_ext questeur`` adds ``%%sparql``.
What can be asked is in ``docs/python.md``, the analyses are in ``docs/networks.md``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ontology.errors import QuesteurError as QuesteurError
    from questeur.notebook import Shell
    from questeur.opened import Opened as Opened
    from questeur.opened import connect as connect
    from questeur.opened import open_graph as open  # noqa: A004 the word a user expects: questeur.open
    from questeur.tables import Table as Table

__all__ = ["Opened", "QuesteurError", "Table", "connect", "load_ipython_extension", "open"]

_OWN = {"open": "open_graph"}


def __getattr__(name: str) -> Any:  # noqa: ANN401 the public names, loaded when they are first used
    """Load a public name when it is first used: one-line commands start quickly."""
    if name in __all__:
        from questeur import opened  # noqa: PLC0415 - see above

        return getattr(opened, _OWN.get(name, name))
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def load_ipython_extension(shell: Shell) -> None:
    """Add ``%%sparql`` to an IPython shell."""
    from questeur.notebook import load_magic  # noqa: PLC0415 - see above

    load_magic(shell)
