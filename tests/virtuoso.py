"""Debian's Virtuoso 7, unpacked into a folder and started from there: no installation, no service, no privilege.

``python -m tests.virtuoso`` fetches the packages by apt-get into ``build/virtuoso``; the tests that need it then run.
"""

from __future__ import annotations

import os
import platform
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Generator

PACKAGES = ("virtuoso-opensource-7-bin", "virtuoso-opensource-7-common", "libpcre3", "libwbxml2-1")
FOLDER = Path(__file__).parents[1] / "build" / "virtuoso"
ROOT = FOLDER / "root"
PROGRAM = ROOT / "usr" / "bin" / "virtuoso-t"
MISSING = (
    f"Virtuoso is not in {FOLDER.parent.name}/{FOLDER.name}: python -m tests.virtuoso fetches it (Debian 12, apt-get)"
)
MAX_ROWS = 10_000  # as it is set out of the box

SETTINGS = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
FileExtend = 200
[TempDatabase]
DatabaseFile = temp.db
TransactionFile = temp.trx
[Parameters]
ServerPort = {sql}
DisableUnixSocket = 1
DirsAllowed = .
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
ThreadsPerQuery = 2
[HTTPServer]
ServerPort = {http}
ServerThreads = 10
EnabledGzipContent = 1
[SPARQL]
ResultSetMaxRows = {rows}
MaxQueryCostEstimationTime = 400
MaxQueryExecutionTime = {seconds}
"""
# What a store that is written over HTTP without a password needs, and none on the open network should have.
OPEN_TO_ALL = """
GRANT SPARQL_UPDATE TO "SPARQL";
DB.DBA.RDF_DEFAULT_USER_PERMS_SET ('nobody', 7);
"""


class Virtuoso(NamedTuple):
    """Where a running one answers queries, and where its graphs are written."""

    query: str
    graphs: str


def is_here() -> bool:
    """Say whether it was fetched."""
    return PROGRAM.exists()


def fetch() -> None:
    """Fetch the packages and unpack them."""
    if platform.machine() != "x86_64" or not shutil.which("apt-get"):
        sys.exit("Virtuoso 7 is fetched by apt-get, on Debian 12 for x86-64")
    FOLDER.mkdir(parents=True, exist_ok=True)
    subprocess.run(["apt-get", "download", "--quiet", *PACKAGES], cwd=FOLDER, check=True)
    for package in sorted(FOLDER.glob("*.deb")):
        subprocess.run(["dpkg", "-x", package, ROOT], check=True)


def _environment() -> dict[str, str]:
    libraries = [str(ROOT / place / "x86_64-linux-gnu") for place in ("usr/lib", "lib")]
    return {**os.environ, "LD_LIBRARY_PATH": ":".join(libraries)}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(folder: Path, *, seconds: int = 60) -> Generator[Virtuoso]:
    """Run one over an empty database in a folder; ``seconds`` is its own limit of a query."""
    http, sql = _free_port(), _free_port()
    settings = SETTINGS.format(http=http, sql=sql, rows=MAX_ROWS, seconds=seconds)
    (folder / "virtuoso.ini").write_text(settings, encoding="ascii")
    command = [str(PROGRAM), "+foreground", "+configfile", "virtuoso.ini"]
    with subprocess.Popen(
        command, cwd=folder, env=_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        try:
            _wait(http, server)
            _tell(sql, OPEN_TO_ALL)
            yield Virtuoso(f"http://127.0.0.1:{http}/sparql", f"http://127.0.0.1:{http}/sparql-graph-crud")
        finally:
            server.kill()


def _wait(port: int, server: subprocess.Popen[bytes]) -> None:
    """Wait until it listens: the making of a new database takes it some seconds."""
    until = time.monotonic() + 180
    while time.monotonic() < until:
        assert server.poll() is None, "Virtuoso ended at its start"
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise AssertionError("Virtuoso does not listen")


def _tell(port: int, statements: str) -> None:
    """Run statements as its administrator, whose password in a new database is known to all."""
    isql = [str(ROOT / "usr" / "bin" / "isql-vt"), f"127.0.0.1:{port}", "dba", "dba"]
    said = ""
    for _ in range(50):
        run = subprocess.run(isql, input=statements, env=_environment(), capture_output=True, text=True, check=False)
        said = run.stdout + run.stderr
        if "Error" not in said:
            return
        time.sleep(0.2)
    raise AssertionError(said)


if __name__ == "__main__":
    fetch()
