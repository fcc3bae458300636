"""Real records made wrong, by seed: in their bytes, and in the structure of their JSON."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING, Any, cast

from questeur.sample import sample

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

# fmt: off
ODD: tuple[Any, ...] = (
    None, True, 0, -1, 1e308, 10**400, "", " ", "\x00", "\ud800", "\u202e", "é" * 3, "<b>x", "&#0;", "> .\n<x>",
    "31/02/2018", "2018-13-01", "0000-00-00", "99/99/9999", "PA", "PO0", "QANR5L15QE", "QANR5L15QE1", "javascript:x",
    [], {}, [[]], [None], {"#text": "x"}, {"@xsi:nil": "true"}, {"@xsi:nil": "false", "#text": {"a": []}}, "../..",
    ["x", {"y": 1}],
)
# fmt: on


def bundled() -> list[bytes]:
    """Read the real questions of the sample."""
    with sample() as sources, zipfile.ZipFile(sources[1]) as archive:
        return [archive.read(name) for name in sorted(archive.namelist())]


def write_mutants(folder: Path, count: int, random: Random) -> None:
    """Write that many wrong records, one a file."""
    records = bundled()
    folder.mkdir()
    for number in range(count):
        raw = random.choice(records)
        for _ in range(random.choice((1, 1, 2, 5))):
            raw = (_bytes if random.random() < 0.4 else _structure)(raw, random)
        (folder / f"{number:05}.json").write_bytes(raw)


def _bytes(raw: bytes, random: Random) -> bytes:
    """Flip, cut out, double or put in a few bytes, or cut the end off."""
    at = random.randrange(len(raw) + 1)
    upto = min(at + random.choice((1, 2, 10, 200)), len(raw))
    return random.choice(
        (
            raw[:at] + random.randbytes(upto - at) + raw[upto:],
            raw[:at] + raw[upto:],
            raw[:upto] + raw[at:],
            raw[:at] + random.choice((b"\x00", b"\xff", b'"', b"{", b"]", b"\\u0000", b"\\ud83d", b"NaN")) + raw[at:],
            raw[:at],
        )
    )


def _structure(raw: bytes, random: Random) -> bytes:
    """Take a field out, or put something odd in its place, or move it, or wrap it; other bytes stay as they are."""
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError):
        return raw
    places = list(_places(document))
    if not places:
        return raw
    parent, key = random.choice(places)
    act = random.randrange(6)
    if act == 0:
        del parent[key]
    elif act == 1:
        parent[key] = random.choice(ODD)
    elif act == 2:
        other, there = random.choice(places)
        parent[key] = json.loads(json.dumps(other[there])) if there in other or isinstance(other, list) else None
    elif act == 3:
        parent[key] = [parent[key], parent[key]]
    elif act == 4:
        parent[key] = {random.choice(("x", "question", "#text", "texte")): parent[key]}
    else:
        parent[key] = f"{parent[key]}{random.choice(('', 'x', ' ', chr(0x2028)))}"
    return json.dumps(document).encode()


def _places(value: Any) -> list[tuple[Any, Any]]:  # noqa: ANN401 - any JSON
    if not isinstance(value, dict | list):
        return []
    container = cast("Any", value)
    keys: list[Any] = list(container) if isinstance(value, dict) else list(range(len(container)))
    inner: list[tuple[Any, Any]] = [(container, key) for key in keys]
    return inner + [place for parent, key in inner for place in _places(parent[key])]
