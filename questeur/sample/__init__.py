"""The bundled real records. What they are, their origin and what was removed is in README.md beside this file."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

NAMES = ("amo.json.zip", "questions.json.zip", "15-10719QE.txt", "wikidata.srj.zip")


@contextmanager
def sample() -> Generator[list[Path], None, None]:
    """Give the paths of the sample's sources, for as long as the context lasts."""
    with ExitStack() as stack:
        yield [stack.enter_context(as_file(files(__package__ or "").joinpath(name))) for name in NAMES]
