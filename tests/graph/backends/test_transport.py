"""A login by HTTP Digest: told to the store that asks for it, and to nobody else."""

from __future__ import annotations

import hashlib
import io
import re
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, ClassVar
from urllib.request import Request

import pytest

from graph.backends.transport import Login, exchange
from ontology.errors import RemoteError

if TYPE_CHECKING:
    from collections.abc import Generator

    from graph.backends.transport import Reply

LOGIN = Login(user="dba", password="s3cret")  # noqa: S106  of this test alone


def md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()  # noqa: S324  the algorithm of RFC 2617, which Virtuoso speaks


class Guarded(BaseHTTPRequestHandler):
    """A store that lets in who proves to know the password, by the digest of RFC 2617."""

    challenge: ClassVar[str] = 'Digest realm="SPARQL", nonce="abc", qop="auth", algorithm="MD5"'
    moved: ClassVar[str] = ""
    heard: ClassVar[list[str]] = []

    def do_PUT(self) -> None:
        """Take a graph."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        said = self.headers.get("Authorization", "")
        self.heard.append(said)
        if self.path == "/moved":
            self.answer(307, "Location", self.moved)
        elif self.proves(dict(re.findall(r'(\w+)="?([^",]+)', said))):
            self.answer(201, "X-Length", str(len(body)))
        else:
            self.answer(401, "WWW-Authenticate", self.challenge)

    def proves(self, said: dict[str, str]) -> bool:
        """Say whether what was said comes from the password."""
        secret = md5(f"dba:SPARQL:{LOGIN.password}")
        asked = md5(f"PUT:{self.path}")
        parts = (secret, "abc", said.get("nc", ""), said.get("cnonce", ""), "auth", asked)
        return said.get("response") == md5(":".join(parts))

    def answer(self, status: int, name: str, value: str) -> None:
        """Answer without a body."""
        self.send_response(status)
        self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the standard library's name
        """Say nothing."""


@contextmanager
def guarded(**changed: str) -> Generator[str]:
    kind = type("Changed", (Guarded,), {**changed, "heard": Guarded.heard})
    Guarded.heard.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), kind) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def put(url: str, login: Login | None = LOGIN) -> Reply:
    request = Request(url, data=b"<u:s> <u:p> <u:o> .\n", method="PUT")  # noqa: S310  a server of ours
    return exchange(request, io.BytesIO(), until=time.monotonic() + 20, max_bytes=1000, login=login)


def test_who_knows_the_password_is_let_in_without_sending_it() -> None:
    with guarded() as there:
        reply = put(f"{there}/graphs?graph=u%3Ag")
    assert (reply.status, reply.headers["x-length"]) == (201, "20")
    assert len(Guarded.heard) == 2
    assert LOGIN.password not in "".join(Guarded.heard)


@pytest.mark.parametrize("login", [None, Login(user="dba", password="wrong")])  # noqa: S106  of this test alone
def test_who_does_not_is_told_so(login: Login | None) -> None:
    with guarded() as there:
        assert put(f"{there}/graphs", login).status == 401


def test_another_host_is_told_nothing() -> None:
    with guarded() as other, guarded(moved=f"{other}/graphs") as there:
        assert put(f"{there}/moved").status == 401
    assert Guarded.heard == ["", ""]


def test_a_challenge_that_is_not_spoken_is_an_error() -> None:
    with guarded(challenge="Negotiate") as there, pytest.raises(RemoteError, match="not spoken"):
        put(f"{there}/graphs")
    assert repr(LOGIN) == "Login(user='dba')"
