"""R26: no version that is known to be dangerous is locked. An audit by a live database of advisories comes on top."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.test_locks import LOCKS, ROOT, entries, pins

FLOORS: dict[str, tuple[str, str]] = tomllib.loads((ROOT / "deploy" / "floors.toml").read_text(encoding="utf-8"))[
    "floors"
]


def dangerous(locked: set[Requirement]) -> list[str]:
    """List the pins below their floor."""
    found = [
        (canonicalize_name(pin.name), Version(str(pin.specifier).removeprefix("=="))) for pin in locked if pin.specifier
    ]
    return [
        f"{name} {version}: {FLOORS[name][1]}"
        for name, version in found
        if name in FLOORS and version < Version(FLOORS[name][0])
    ]


def test_r26_nothing_that_is_locked_is_known_to_be_dangerous() -> None:
    locked = set[Requirement]().union(*map(pins, LOCKS))
    assert len({canonicalize_name(pin.name) for pin in locked} & FLOORS.keys()) > 4
    assert dangerous(locked) == []


def test_r26_a_known_weakness_would_be_seen() -> None:
    assert dangerous({Requirement("gunicorn==21.2.0"), Requirement("click==8.1.0")}) == [
        "gunicorn 21.2.0: CVE-2024-6827: request smuggling by Transfer-Encoding"
    ]


def test_every_floor_says_which_weakness_it_keeps_out() -> None:
    assert [name for name, (_, why) in FLOORS.items() if not re.fullmatch(r"CVE-\d{4}-\d+: .+", why)] == []
    assert [name for name in FLOORS if canonicalize_name(name) != name] == []


def materials() -> bytes:
    """Write the bill of materials, as `make sbom` does."""
    return subprocess.run([sys.executable, ROOT / "deploy" / "sbom.py"], capture_output=True, check=True).stdout


def test_r26_the_bill_of_materials_names_every_locked_version_and_what_needs_it() -> None:
    bill: dict[str, Any] = json.loads(materials())
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    named = {f"{part['name']}=={part['version']}" for part in bill["components"]}
    assert named == {re.split(r"[\s;]", entry)[0] for entry in entries("requirements.lock")}
    refs = {part["bom-ref"] for part in bill["components"]} | {bill["metadata"]["component"]["bom-ref"]}
    assert {entry["ref"] for entry in bill["dependencies"]} == refs
    needed = {entry["ref"]: set(entry["dependsOn"]) for entry in bill["dependencies"]}
    assert set().union(*needed.values()) <= refs
    ours = {ref.partition("@")[0] for ref in needed[bill["metadata"]["component"]["bom-ref"]]}
    assert {"pkg:pypi/flask", "pkg:pypi/gunicorn", "pkg:pypi/pyoxigraph"} <= ours
    assert all(part["properties"][0]["value"].startswith("sha256:") for part in bill["components"])


def test_r26_the_bill_of_materials_is_the_same_bytes_each_time() -> None:
    assert materials() == materials()
