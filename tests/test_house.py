"""The house figures and house rules, computed over the syntax trees of our own code; a failure names the offenders."""

from __future__ import annotations

import ast
import io
import math
import re
import subprocess
import tokenize
from functools import cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import networkx as nx
import pytest

from hatch_build import FOLDERS, PACKAGE

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
MAY_IMPORT = {
    "ontology": set[str](),
    "loaders": {"ontology"},
    "graph": {"ontology"},
    "api": {"graph", "ontology"},
    PACKAGE: set(FOLDERS),
}
IMPORTERS = {"import_module", "__import__", "find_spec", "resolve_name", "run_module", "patch", "setattr", "delattr"}
MODULE = re.compile(rf"({'|'.join(FOLDERS)})((?:\.\w+)*)(:\w+)?")
IGNORE = re.compile(
    r"#\s*(?:type:\s*ignore|pyright:\s*(?:ignore|basic)|(?:ruff:\s*|flake8:\s*)?noqa|mypy:\s*ignore-errors)\b"
)
CODES = r"(?:(?:type|pyright):\s*ignore\[[\w, -]+\]|(?:ruff:\s*)?noqa:\s*[A-Z]+\d++(?:,\s*[A-Z]+\d++)*+)"
EXPLAINED = re.compile(rf"#\s*{CODES}(?!\s*#\s*(?:noqa|type:|pyright:))\W+\w.*\w\w")


class Module(NamedTuple):
    """One file of ours: its place, its dotted name and its tree."""

    path: str
    name: str
    text: str
    tree: ast.Module

    def where(self, node: ast.AST) -> str:
        """Say where a node stands."""
        return f"{self.path}:{getattr(node, 'lineno', 1)}"


@cache
def modules(*places: str) -> tuple[Module, ...]:
    """Read the modules of some folders and files of the repository."""
    found = chain.from_iterable(
        [p] if p.is_file() else sorted(p.rglob("*.py")) for p in (ROOT / place for place in places)
    )
    return tuple(module(path) for path in found)


def module(path: Path) -> Module:
    """Read one module."""
    inner = path.relative_to(ROOT)
    parts = inner.with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    text = path.read_text(encoding="utf-8")
    return Module(inner.as_posix(), name, text, ast.parse(text, inner.as_posix()))


PRODUCT = modules(PACKAGE, *FOLDERS)
ALL = (*PRODUCT, *modules("tests", "benchmarks", "hatch_build.py"))


def functions(
    product: tuple[Module, ...] = PRODUCT,
) -> Iterator[tuple[Module, ast.FunctionDef | ast.AsyncFunctionDef, bool]]:
    """Give each function, and whether its first parameter is its own object or class."""
    for one in product:
        methods = {
            id(child)
            for node in ast.walk(one.tree)
            if isinstance(node, ast.ClassDef)
            for child in node.body
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
            and not any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in child.decorator_list)
        }
        for node in ast.walk(one.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield one, node, id(node) in methods


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines from ``def`` to the end of the body, docstring included."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def percentile90(sizes: list[int]) -> int:
    """Give the smallest size that nine in ten do not exceed."""
    return sorted(sizes)[math.ceil(0.9 * len(sizes)) - 1]


def imported(one: Module) -> Iterator[tuple[str, ast.stmt]]:
    """Give the dotted name of each module of ours that a module imports, wherever in its text."""
    known = {m.name for m in PRODUCT}
    package = one.name if one.path.endswith("__init__.py") else one.name.rpartition(".")[0]
    for node in ast.walk(one.tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                name = f"{base}.{alias.name}" if f"{base}.{alias.name}" in known else base
                if name in known:
                    yield name, node


def none(offenders: list[str]) -> None:
    """Fail with the offenders, one a line."""
    assert not offenders, "\n" + "\n".join(offenders)


def test_there_is_code_to_judge() -> None:
    assert {m.name.partition(".")[0] for m in PRODUCT} == set(MAY_IMPORT)


def test_every_import_between_folders_goes_down() -> None:
    none(
        [
            f"{one.where(node)} imports {name}"
            for one in PRODUCT
            for name, node in imported(one)
            if (here := one.name.partition(".")[0]) != (there := name.partition(".")[0])
            and there not in MAY_IMPORT[here]
        ]
    )


def test_no_modules_import_each_other_in_a_circle() -> None:
    arrows: nx.DiGraph[str] = nx.DiGraph()
    arrows.add_edges_from((one.name, name) for one in PRODUCT for name, _ in imported(one))
    none([" ".join(sorted(ring)) for ring in nx.strongly_connected_components(arrows) if len(ring) > 1])


def test_every_module_says_what_it_is() -> None:
    none([m.path for m in PRODUCT if not ast.get_docstring(m.tree)])


def test_every_function_is_typed() -> None:
    offenders: list[str] = []
    for one, node, bound in functions():
        a = node.args
        named = [*a.posonlyargs, *a.args]
        parameters = [*named[bound:], *a.kwonlyargs, *filter(None, (a.vararg, a.kwarg))]
        bare = [p.arg for p in parameters if p.annotation is None] + ["return"] * (node.returns is None)
        offenders += [f"{one.where(node)} {node.name}: {', '.join(bare)}"] if bare else []
    none(offenders)


def test_files_are_short() -> None:
    sizes = {m.path: m.text.count("\n") for m in PRODUCT}
    none([f"{path}: {size} lines, at most 400" for path, size in sizes.items() if size > 400])
    assert percentile90(list(sizes.values())) < 300, sorted(sizes.items(), key=lambda item: -item[1])[:10]


def test_functions_are_short() -> None:
    sizes = {f"{one.where(node)} {node.name}": length(node) for one, node, _ in functions()}
    none([f"{place}: {size} lines, at most 60" for place, size in sizes.items() if size > 60])
    assert percentile90(list(sizes.values())) < 30, sorted(sizes.items(), key=lambda item: -item[1])[:20]


def test_a_folder_is_never_imported_whole_by_name() -> None:
    none(
        [
            f"{one.where(node)}: import {alias.name}; write 'from {alias.name} import …'"
            for one in ALL
            for node in ast.walk(one.tree)
            if isinstance(node, ast.Import)
            for alias in node.names
            if alias.name.partition(".")[0] in FOLDERS
        ]
    )


def names_a_module(text: str, *, importing: bool) -> bool:
    """Say whether a string is the dotted name of a module of ours, or stands where only such a name is meant."""
    match = MODULE.fullmatch(text)
    if match is None:
        return False
    path = ROOT / (match[1] + match[2].replace(".", "/"))
    return importing or bool(match[2] and (path.is_dir() or path.with_suffix(".py").is_file())) or match[3] is not None


def test_no_string_names_a_module_of_a_folder() -> None:
    """The wheel's modules have other names, and strings are not rewritten."""
    offenders: list[str] = []
    for one in ALL:
        if one.path in {"tests/test_house.py", "tests/test_rewrite.py"}:  # they hold examples
            continue
        to_import = {
            id(argument)
            for node in ast.walk(one.tree)
            if isinstance(node, ast.Call)
            and (node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")) in IMPORTERS
            for argument in node.args[:1]
        }
        offenders += [
            f"{one.where(node)}: {node.value!r}"
            for node in ast.walk(one.tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and names_a_module(node.value, importing=id(node) in to_import)
        ]
    none(offenders)


def test_loggers_are_named_by_hand() -> None:
    none(
        [
            f'{one.where(node)}: write getLogger("questeur.{one.name.partition(".")[0]}")'
            for one in PRODUCT
            for node in ast.walk(one.tree)
            if isinstance(node, ast.Call)
            and ast.unparse(node.func).endswith("getLogger")
            and [ast.unparse(argument) for argument in node.args] == ["__name__"]
        ]
    )


def unexplained(text: str) -> Iterator[tuple[int, str]]:
    """Give the line and the text of each comment that silences a checker without a code and a reason."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            for match in IGNORE.finditer(token.string):
                if not EXPLAINED.match(token.string, match.start()):
                    yield token.start[0], token.string


def test_no_checker_is_silenced_without_a_code_and_a_reason() -> None:
    none([f"{m.path}:{line}: {comment}" for m in ALL for line, comment in unexplained(m.text)])


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa: S603  starts our own program",
        "# noqa: S603, S607 - a program of ours",
        "# type: ignore[arg-type]  # the stubs give dicts",
        "# pyright: ignore[reportAny]: JSON",
        "# a word about a cure in prose",
    ],
)
def test_an_ignore_with_a_code_and_a_reason_is_fine(comment: str) -> None:
    assert not list(unexplained(f"x = 1  {comment}\n"))


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa",
        "# noqa: S603",
        "# noqa: S603, S607",
        "# ruff: noqa",
        "# type: ignore",
        "# type: ignore[arg-type]",
        "# type: ignore  the stubs give dicts",
        "# type: ignore[arg-type]  # noqa: S603",
        "# pyright: ignore[reportAny]",
    ],
)
def test_an_ignore_needs_both_a_code_and_a_reason(comment: str) -> None:
    assert list(unexplained(f"x = 1  {comment}\n"))


def tracked() -> list[Path]:
    """List the files under version control; all files where there is none, as in an unpacked sdist."""
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
        files = [ROOT / name for name in listed.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        hidden = {".venv", ".git", "__pycache__", "build", "dist"}
        files = [p for p in ROOT.rglob("*") if not hidden.intersection(p.relative_to(ROOT).parts)]
    return [file for file in files if file.is_file()]


ADDRESSES = {
    "download address": re.compile(r"https?://\S+\.(?:whl|tar\.gz|tgz)\b"),
    "index option": re.compile(r"(?<![\w-])--(?:extra-)?index-url\b|(?<![\w-])--find[-]links\b|(?m:^\s*registry\s*=)"),
    "address in a lock file": re.compile(r'"resolved"\s*:\s*"http'),
    "path of one machine": re.compile(r"(?<![\w./<-])(?:/(?:home|root|Users|work)/\w|[A-Z]:\\Users\\)|\bfile:///\w"),
}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("https://" + "x.example/a/b-1.0-py3-none-any.whl", "download address"),
        ("pip install -" + "-index-url x", "index option"),
        ("--find" + "-links=/x", "index option"),
        ("cd /" + "home/ann/questeur", "path of one machine"),
        ("file:" + "///opt/x", "path of one machine"),
    ],
)
def test_an_address_is_recognised_by_its_pattern(text: str, kind: str) -> None:
    assert [name for name, pattern in ADDRESSES.items() if pattern.search(text)] == [kind]


def test_no_file_holds_a_download_address_an_index_option_or_a_path_of_one_machine() -> None:
    offenders: list[str] = []
    for file in tracked():
        if "hostile" in file.parts:  # one of them names a file of any machine, to be refused
            continue
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        offenders += [
            f"{file.relative_to(ROOT)}:{text.count(chr(10), 0, match.start()) + 1}: {kind}: {match[0]}"
            for kind, pattern in ADDRESSES.items()
            for match in pattern.finditer(text)
        ]
    none(offenders)


def test_words_of_the_trade_stay_out_of_names() -> None:
    """A module is named for what it knows: no drawer for whatever is left over."""
    empty = {"utils", "util", "helpers", "helper", "manager", "handler", "service", "base", "common", "misc", "info"}
    none([m.path for m in PRODUCT if empty.intersection(m.name.split("."))])
