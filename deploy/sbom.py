"""Write the bill of materials of an installation from its lock file, as CycloneDX 1.6 in JSON: ``make sbom``.

The same lock file gives the same bytes: no time, and a serial number made of the content. Knows the lock file's form.
"""

from __future__ import annotations

import json
import re
import runpy
import sys
import uuid
from pathlib import Path
from typing import TypeAlias

ROOT = Path(__file__).resolve().parents[1]
_ENTRY = re.compile(r"([a-z0-9.-]+)==([\w.+!]+)\s*(?:;\s*([^\\]*?))?\s*\\?\n((?:    .*\n)*)")
_HASH = re.compile(r"--hash=(sha256:[0-9a-f]{64})")
_VIA = re.compile(r"#\s+(?:via\s+)?([\w.-]+)")
_NAME = "questeur"

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int"


def document(lock: str, version: str) -> dict[str, Json]:
    """Describe what a lock file installs."""
    root = f"pkg:pypi/{_NAME}@{version}"
    found = _ENTRY.findall(lock)
    refs = {_NAME: [root]}  # a package may be locked twice, for two versions of Python
    for name, pinned, *_ in found:
        refs.setdefault(name, []).append(f"pkg:pypi/{name}@{pinned}")
    needs: dict[str, list[Json]] = {ref: [] for of_name in refs.values() for ref in of_name}
    for name, pinned, _, rest in found:
        for dependent in refs.keys() & set(_VIA.findall(rest)):
            for ref in refs[dependent]:
                needs[ref].append(f"pkg:pypi/{name}@{pinned}")
    body: dict[str, Json] = {
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": root,
                "name": _NAME,
                "version": version,
                "purl": root,
                "licenses": [{"license": {"id": "MIT"}}],
            }
        },
        "components": [_component(*entry) for entry in found],
        "dependencies": [{"ref": ref, "dependsOn": needed} for ref, needed in needs.items()],
    }
    serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(body, sort_keys=True))
    return {"bomFormat": "CycloneDX", "specVersion": "1.6", "serialNumber": serial.urn, "version": 1, **body}


def _component(name: str, version: str, marker: str, rest: str) -> Json:
    """Describe one package. It is locked with a hash for each of its files, one of which is installed."""
    properties: list[Json] = [{"name": "lock:file", "value": digest} for digest in _HASH.findall(rest)]
    if marker:
        properties.append({"name": "lock:marker", "value": marker})
    purl = f"pkg:pypi/{name}@{version}"
    return {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": version,
        "purl": purl,
        "properties": properties,
    }


def main() -> None:
    """Write to standard output."""
    version = runpy.run_path(str(ROOT / "questeur" / "version.py"))["VERSION"]
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    sys.stdout.write(json.dumps(document(lock, version), indent=1) + "\n")


if __name__ == "__main__":
    main()
