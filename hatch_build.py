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

_LINE = re.compile(r".*?(?:\r\n|\r|\n|\Z)", re.DOTALL)
_FROM = re.compile(rb"from(?:[ \t\f]|\\\r?\n)+")


def rewrite(text: str, name: str) -> str:
    """Write ``from questeur.graph…`` for each ``from graph…``; the same for the other folders. Lines keep their numbers.

    Raises
    ------
    SyntaxError
        The text is not Python, or holds ``import graph…``, whose name would differ between repository and wheel.
    """
    lines = [line.encode() for line in _LINE.findall(text)]
    found = list(_folder_imports(ast.parse(text, name), name))
    # Later columns first, so that the columns still to come stay true; lines are independent.
    for node in sorted(found, key=lambda node: node.col_offset, reverse=True):
        start = node.lineno - 1
        # The name can follow on a continued line, so the pattern sees the rest of the text from the statement on.
        head = _FROM.match(b"".join(lines[start:])[node.col_offset :])
        assert head is not None, f"{name}, line {node.lineno}: no 'from' where ast sees one"  # noqa: S101  cannot happen
        skipped = head[0].count(b"\n")
        at = len(head[0]) - head[0].rfind(b"\n") - 1 if skipped else node.col_offset + head.end()
        line = lines[start + skipped]
        lines[start + skipped] = line[:at] + PACKAGE.encode() + b"." + line[at:]
    result = b"".join(lines).decode()
    if any(_folder_imports(ast.parse(result, name), name)):
        raise SyntaxError(f"{name}: an import of a folder is left after rewriting")
    return result


def _folder_imports(tree: ast.Module, name: str) -> Iterator[ast.ImportFrom]:
    """Find each ``from X…`` of a folder; refuse each ``import X…``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            if node.level == 0 and node.module is not None and _is_ours(node.module):
                yield node
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if _is_ours(alias.name):
                    right = f"from {alias.name} import …"
                    raise SyntaxError(
                        f"{name}, line {node.lineno}: 'import {alias.name}' cannot be packed, write '{right}'",
                        (name, node.lineno, node.col_offset + 1, f"import {alias.name}"),
                    )


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] in FOLDERS


def pack(root: Path, target: Path) -> None:
    """Copy the folders under ``root`` into ``target/questeur``, with the imports of each module rewritten.

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
            pack(Path(self.root), Path(self.packed.name))
            build_data["force_include"][f"{self.packed.name}/{PACKAGE}"] = PACKAGE

        def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002  hatchling's signature
            """Remove the temporary folder."""
            if version != "editable":
                self.packed.cleanup()

    return PackHook
