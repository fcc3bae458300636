"""Named points between two steps, where a test may make the process fail. Knows nothing of the steps themselves.

Nothing is installed in normal running, and nothing can be from outside the process: no variable, no file, no flag.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

_hooks: list[Callable[[str], None]] = []


def point(name: str) -> None:
    """Tell the installed hook that the process has come to this point. It may raise, or kill the process."""
    for hook in _hooks:
        hook(name)


@contextmanager
def installed(hook: Callable[[str], None]) -> Generator[None]:
    """Call ``hook`` with the name of each point reached inside the block."""
    _hooks.append(hook)
    try:
        yield
    finally:
        _hooks.remove(hook)
