"""The scripts: those of the manifest and no others, packed, kept for ever, licensed, and within their budgets."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from api import assets

if TYPE_CHECKING:
    from flask.testing import FlaskClient

ROOT = Path(__file__).parents[2]
DIST = ROOT / "api" / "static" / "dist"
BUDGETS = {"editor.js": 110_000, "views.js": 5_000}  # bytes of brotli
MANIFEST = json.loads((DIST / "manifest.json").read_text(encoding="utf-8"))


def test_the_folder_holds_what_the_manifest_names_and_nothing_else() -> None:
    named = {name for script in MANIFEST.values() for name in (script, f"{script}.br")}
    assert {path.name for path in DIST.iterdir()} == named | {"manifest.json", "THIRD_PARTY_LICENSES.txt"}
    assert MANIFEST.keys() == BUDGETS.keys()


@pytest.mark.parametrize("name", sorted(BUDGETS))
def test_a_script_stays_within_its_budget(name: str) -> None:
    assert (DIST / f"{MANIFEST[name]}.br").stat().st_size <= BUDGETS[name]


@pytest.mark.parametrize("name", sorted(BUDGETS))
def test_a_script_is_sent_packed_to_those_who_unpack_and_may_be_kept(client: FlaskClient, name: str) -> None:
    plain = client.get(assets.address(name))
    assert plain.data == (DIST / MANIFEST[name]).read_bytes()
    assert plain.mimetype == "text/javascript"
    assert "immutable" in plain.headers["Cache-Control"]
    packed = client.get(assets.address(name), headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "br"
    assert packed.data == (DIST / f"{MANIFEST[name]}.br").read_bytes()
    refused = client.get(assets.address(name), headers={"Accept-Encoding": "br;q=0, gzip"})
    assert "Content-Encoding" not in refused.headers


@pytest.mark.parametrize("name", ["manifest.json", "editor-0000000000.js", "editor.js.br", "-.js"])
def test_no_other_file_is_sent(client: FlaskClient, name: str) -> None:
    assert client.get(f"/static/dist/{name}").status_code == 404


def test_every_package_in_the_scripts_has_its_licence_beside_them(client: FlaskClient) -> None:
    text = client.get("/static/dist/THIRD_PARTY_LICENSES.txt").text
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    named = re.findall(r"^(\S+) ([0-9.]+) \((MIT|ISC|BSD-3-Clause)\)\n\n\S", text, re.MULTILINE)
    assert {name for name, _, _ in named} >= set(lock[""]["dependencies"])
    for name, version, licence in named:
        entry = lock[f"node_modules/{name}"]
        assert (entry["version"], entry["license"]) == (version, licence)


def test_the_lock_holds_hashes_and_no_addresses() -> None:
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    entries = [entry for place, entry in lock.items() if place]
    assert entries
    assert all(entry["integrity"].startswith("sha512-") for entry in entries)
    assert not any("resolved" in entry for entry in entries)
    wanted = lock[""]["dependencies"] | lock[""]["devDependencies"]
    assert all(version[0].isdigit() for version in wanted.values())
