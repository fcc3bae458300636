"""The page of downloads and its files: made once when asked for, hashed, sent in parts, never half."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.api.conftest import BROWSER, RDFLIB
from tests.served import served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from questeur.build import Report
    from tests.served import Reply, Server

pytestmark = RDFLIB


@pytest.fixture(scope="module")
def site(demo: tuple[Path, Report], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve a copy of the bundled records, without downloads; then wait until they are made."""
    data = shutil.copytree(demo[0], tmp_path_factory.mktemp("downloads") / "DATA")
    shutil.rmtree(data / "downloads", ignore_errors=True)
    with served(data) as server:
        first = server.get("/downloads/latest/graph.nq.gz")
        assert first.status == 302
        soon = server.get(first.headers["location"])
        assert (soon.status, soon.json["type"]) == (503, "/docs/problems/download-in-the-making"), soon
        assert int(soon.headers["retry-after"]) > 0
        until = time.monotonic() + 120
        while server.get("/downloads.json").json["making"]:
            assert time.monotonic() < until, "the files are not made"
            time.sleep(0.5)
        yield server


@pytest.fixture(scope="module")
def listed(site: Server) -> dict[str, dict[str, Any]]:
    return {file["name"]: file for file in site.get("/downloads.json").json["files"]}


def test_every_file_is_what_the_list_says(site: Server, listed: dict[str, dict[str, Any]]) -> None:
    assert {"graph.nq.gz", "graph.ttl.gz", "questions.csv.gz", "questions.parquet", "transfers.gexf"} <= set(listed)
    for name, said in listed.items():
        reply = site.get(said["href"])
        assert reply.status == 200, reply
        assert (len(reply.body), hashlib.sha256(reply.body).hexdigest()) == (said["size"], said["sha256"]), name
        assert reply.headers["content-type"] == said["media_type"]
        assert reply.headers["content-length"] == str(said["size"])
        assert "content-encoding" not in reply.headers


def test_digests_are_written_as_sha256sum_reads_them(site: Server, listed: dict[str, dict[str, Any]]) -> None:
    sums = site.get("/downloads/latest/SHA256SUMS")
    body = site.get(sums.headers["location"]).body.decode()
    assert {line[66:]: line[:64] for line in body.splitlines()} == {name: one["sha256"] for name, one in listed.items()}


def part(site: Server, path: str, **headers: str) -> Reply:
    return site.get(path, **headers)


def test_a_broken_download_goes_on_where_it_stopped(site: Server, listed: dict[str, dict[str, Any]]) -> None:
    path = listed["graph.nq.gz"]["href"]
    whole = site.get(path).body
    rest = part(site, path, range=f"bytes={len(whole) - 100}-")
    assert (rest.status, rest.body) == (206, whole[-100:])
    assert rest.headers["content-range"] == f"bytes {len(whole) - 100}-{len(whole) - 1}/{len(whole)}"
    middle = part(site, path, range="bytes=10-19", if_range=f'"{listed["graph.nq.gz"]["sha256"]}"')
    assert (middle.status, middle.body) == (206, whole[10:20])
    other = part(site, path, range="bytes=10-19", if_range='"of another content"')
    assert (other.status, len(other.body)) == (200, len(whole))
    beyond = part(site, path, range=f"bytes={len(whole)}-")
    assert (beyond.status, beyond.headers["content-range"]) == (416, f"bytes */{len(whole)}")


def test_who_has_a_file_gets_304_and_head_gets_its_length(site: Server, listed: dict[str, dict[str, Any]]) -> None:
    said = listed["questions.csv.gz"]
    known = site.get(said["href"], if_none_match=f'"{said["sha256"]}"')
    assert (known.status, known.body) == (304, b"")
    head = site.send("HEAD", said["href"])
    assert (head.status, head.headers["content-length"], head.body) == (200, str(said["size"]), b"")


@pytest.mark.parametrize("language", ["", "/en"])
def test_the_page_names_sizes_hashes_licence_and_citation(
    site: Server, listed: dict[str, dict[str, Any]], language: str
) -> None:
    page = site.get(f"{language}/downloads", accept=BROWSER).body.decode()
    for said in listed.values():
        assert f'href="{said["href"]}"' in page
        assert said["sha256"] in page
        assert f'<data value="{said["size"]}">' in page
    assert "Licence Ouverte 2.0" in page
    assert site.get("/downloads.json").json["generation"] in re.findall(r'class="citation">(.*?)</q>', page)[0]


def test_what_is_not_there_is_told_with_what_is(site: Server) -> None:
    name = site.get("/downloads/g1/nothing.zip")
    assert (name.status, "graph.nq.gz" in name.json["hint"]) == (404, True)
    assert site.get("/downloads/g99/graph.nq.gz").status == 404
    assert site.get("/downloads/..%2F..%2Fgens/CURRENT").status == 404
    assert site.get("/downloads?x=1").status == 400


def test_the_list_is_never_a_stale_one(site: Server) -> None:
    reply = site.get("/downloads.json")
    assert "etag" not in reply.headers
    assert reply.headers["cache-control"] == "no-cache"
    assert json.loads(reply.body)["making"] is False
