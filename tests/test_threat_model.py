"""The threat model: each threat of the list has a mechanism that is there and a test that is there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "THREAT_MODEL.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (R\d+) \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
ROWS = {match[1]: match for match in ROW.finditer(TEXT)}
MODULE = re.compile(r"`([\w/]+\.py)`")
NODE = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


@cache
def _tests_in(file: str) -> frozenset[str]:
    """Name the tests of a file, without running anything of it."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return frozenset(
        node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


def test_every_threat_is_there_once() -> None:
    assert sorted(ROWS, key=lambda name: int(name[1:])) == [f"R{number}" for number in range(1, 29)]
    assert len(ROW.findall(TEXT)) == 28


@pytest.mark.parametrize("name", ROWS)
def test_a_threat_names_a_mechanism_and_a_test_that_exist(name: str) -> None:
    modules, nodes = MODULE.findall(ROWS[name][3]), NODE.findall(ROWS[name][4])
    assert modules
    assert nodes
    assert [module for module in modules if not (ROOT / module).is_file()] == []
    assert [f"{file}::{test}" for file, test in nodes if test not in _tests_in(file)] == []


def test_a_test_named_after_a_threat_is_in_its_row() -> None:
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        file = path.relative_to(ROOT).as_posix()
        for test in _tests_in(file):
            if (named := re.match(r"test_(r\d+)_", test)) and named[1].upper() in ROWS:
                assert any(other == file for other, _ in NODE.findall(ROWS[named[1].upper()][4])), f"{file}::{test}"
