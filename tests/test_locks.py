"""The lock files: what `make demo` and `make test` install, by hash, and in step with pyproject.toml."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = ("requirements.lock", "requirements-dev.lock")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def entries(lock: str) -> list[str]:
    """Give the entries of a lock file, each on one line, without comments."""
    text = re.sub(r"#.*", "", (ROOT / lock).read_text(encoding="utf-8")).replace("\\\n", " ")
    return [line for line in text.splitlines() if line.strip()]


def pins(lock: str) -> set[Requirement]:
    """Give the pins of a lock file, without their hashes."""
    return {Requirement(HASH.sub("", entry).strip()) for entry in entries(lock)}


def declared(lock: str) -> Iterator[Requirement]:
    """Give what pyproject.toml asks for in a lock file."""
    groups = PROJECT["dependency-groups"]
    wanted = [*PROJECT["project"]["dependencies"], *PROJECT["build-system"]["requires"], *groups["build"]]
    if lock == "requirements-dev.lock":
        wanted += [item for item in groups["dev"] if isinstance(item, str)]
    return map(Requirement, wanted)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_entry_is_one_pinned_version_with_its_hashes(lock: str) -> None:
    pinned = re.compile(r"[a-z0-9.-]+==[\w.+!]+\s*(?:;[^\"@]*?)?(?:\s+--hash=sha256:[0-9a-f]{64})+\s*")
    assert [entry for entry in entries(lock) if not pinned.fullmatch(entry)] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_what_pyproject_asks_for_is_locked_at_a_version_that_it_allows(lock: str) -> None:
    locked = [(canonicalize_name(pin.name), str(pin.specifier).removeprefix("==")) for pin in pins(lock)]
    missing = [
        str(wanted)
        for wanted in declared(lock)
        if not any(
            name == canonicalize_name(wanted.name) and wanted.specifier.contains(version) for name, version in locked
        )
    ]
    assert missing == [], "run make lock"


def test_tests_run_on_the_versions_that_users_get() -> None:
    assert pins("requirements.lock") <= pins("requirements-dev.lock")
