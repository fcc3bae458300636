"""Packs the five plain folders of the repository as one package, ``questeur``. Knows file names and imports only.

In the repository ``graph`` is a top-level package, so that every tool sees it as it is. A wheel with a top-level
``graph`` would overwrite other people's packages and be shadowed by a user's own ``graph.py``; so in the wheel it is
``questeur.graph``, and each ``from graph.store import …`` is rewritten on the way (docs/decisions/0001).
"""

from __future__ import annotations

import ast
import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKAGE = "questeur"
FOLDERS = ("api", "graph", "loaders", "ontology")

_LINE_END = re.compile(rb"\r\n|\r|\n")  # what ends a line for ast; str.splitlines knows more


def rewrite(text: str, name: str) -> str:
    """Write ``from questeur.graph…`` for each ``from graph…``, and so on. No line changes its number.

    Raises
    ------
    SyntaxError
        The text is not Python, or holds ``import graph…``, whose name would differ between repository and wheel.
    """
    data = text.encode()
    lines = [0, *(end.end() for end in _LINE_END.finditer(data))]
    found = [
        (lines[node.lineno - 1] + node.col_offset, folder)  # ast counts columns in bytes
        for node, folder in _folder_imports(ast.parse(text, name), name)
    ]
    for start, folder in sorted(found, reverse=True):  # from the end, so that the places still to come stay true
        place = data.index(folder.encode(), start + len("from"))  # only blanks stand between the two
        data = data[:place] + f"{PACKAGE}.".encode() + data[place:]
    result = data.decode()
    if any(_folder_imports(ast.parse(result, name), name)):
        raise SyntaxError(f"{name}: an import of a folder is left after rewriting")
    return result


def _folder_imports(tree: ast.Module, name: str) -> Iterator[tuple[ast.ImportFrom, str]]:
    """Find each ``from X…`` of a folder, with the folder's name; refuse each ``import X…``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            folder = (node.module or "").partition(".")[0]
            if node.level == 0 and folder in FOLDERS:
                yield node, folder
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.partition(".")[0] in FOLDERS:
                    message = f"'import {alias.name}' cannot be packed: write 'from {alias.name} import …'"
                    raise SyntaxError(message, (name, node.lineno, node.col_offset + 1, None))


def pack(root: Path, target: Path) -> Iterator[Path]:
    """Copy the folders under ``root`` into ``target/questeur``, imports rewritten, and give each file so made.

    Raises
    ------
    ValueError
        A front-door module has the name of a folder: the two would merge.
    """
    for folder in (PACKAGE, *FOLDERS):
        for source in sorted((root / folder).rglob("*")):
            inner = source.relative_to(root / folder)
            if not source.is_file() or "__pycache__" in inner.parts or source.name.startswith("."):
                continue
            if folder == PACKAGE and inner.parts[0].removesuffix(".py") in FOLDERS:
                raise ValueError(f"{source}: no module of {PACKAGE}/ may have the name of a folder")
            copy = target / PACKAGE / ("" if folder == PACKAGE else folder) / inner
            copy.parent.mkdir(parents=True, exist_ok=True)
            if source.suffix == ".py":
                with source.open(encoding="utf-8", newline="") as file:
                    text = rewrite(file.read(), f"{folder}/{inner.as_posix()}")
                copy.write_text(text, encoding="utf-8", newline="")
            else:
                shutil.copyfile(source, copy)
            yield copy


def get_build_hook() -> type[BuildHookInterface[Any]]:
    """Give hatchling its hook."""
    from hatchling.builders.hooks.plugin.interface import (  # noqa: PLC0415  rewrite() must import without hatchling
        BuildHookInterface,
    )

    class PackHook(BuildHookInterface[Any]):
        """Hands hatchling the packed folders in place of the plain ones."""

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:
            """Pack into a temporary folder, which lives as long as the hook; an editable install needs nothing."""
            if version == "editable":
                return
            self.packed = tempfile.TemporaryDirectory(prefix="questeur-wheel-")
            target = Path(self.packed.name)
            # Each file by its name: a file named here takes the place of the one that hatchling would find by itself.
            for file in pack(Path(self.root), target):
                build_data["force_include"][str(file)] = file.relative_to(target).as_posix()

        def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002  hatchling's signature
            """Remove the temporary folder."""
            if version != "editable":
                self.packed.cleanup()

    return PackHook
