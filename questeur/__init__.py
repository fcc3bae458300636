"""questeur: a knowledge graph of the questions French deputies put to ministries.

``questeur.open("DATA")`` opens a graph for analysis; what it answers is in ``docs/networks.md``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from questeur.opened import Opened as Opened
    from questeur.opened import open_graph as open  # noqa: A004 the word a user expects: questeur.open

__all__ = ["Opened", "open"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 the public names, loaded when they are first used
    """Load a public name when it is first used: one-line commands start quickly."""
    if name in __all__:
        from questeur import opened  # noqa: PLC0415 - see above

        return opened.open_graph if name == "open" else opened.Opened
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
