"""R26: no version that is known to be dangerous is locked. An audit by a live database of advisories comes on top."""

from __future__ import annotations

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.test_locks import LOCKS, pins

# The first version without each weakness of note in what we use, or used to think of using.
FLOORS = {
    "distributed": ("2021.10.0", "CVE-2021-42343: a local cluster listened to the network"),
    "flask": ("2.3.2", "CVE-2023-30861: a session cached for others"),
    "gunicorn": ("23.0.0", "CVE-2024-6827: request smuggling by Transfer-Encoding"),
    "jinja2": ("3.1.6", "CVE-2025-27516: a way out of the sandbox"),
    "lxml": ("4.9.1", "CVE-2022-2309: a crash by crafted XML"),
    "numpy": ("1.22.0", "CVE-2021-34141: an incomplete comparison of strings"),
    "tornado": ("6.5.0", "CVE-2025-47287: a flood of log lines by multipart forms"),
    "urllib3": ("2.5.0", "CVE-2025-50181: redirects followed though switched off"),
    "waitress": ("3.0.1", "CVE-2024-49768: a request handled after its connection was closed"),
    "werkzeug": ("3.0.6", "CVE-2024-49767: memory without bound by multipart forms"),
}


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
