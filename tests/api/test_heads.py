"""A head that is sent again means what gunicorn reads in it, or is left to gunicorn."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest
from gunicorn.config import Config
from gunicorn.http.parser import RequestParser
from gunicorn.http.wsgi import Response, create
from hypothesis import given
from hypothesis import strategies as st

from api.heads import Heads

if TYPE_CHECKING:
    from collections.abc import Generator
    from wsgiref.types import WSGIEnvironment

    from gunicorn.http.wsgi import Request

REST = b"Host: x\r\nAccept: text/csv\r\nX-Forwarded-Proto: https\r\nConnection: keep-alive\r\n\r\n"
LINE = b"GET /sparql?query=ASK%20%7B%7D HTTP/1.1\r\n"
# No two requests have these in common.
OWN = {"wsgi.input", "wsgi.errors", "wsgi.early_hints"}


@pytest.fixture(scope="module")
def sock() -> Generator[socket.socket]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours


def read(sent: bytes, sock: socket.socket) -> tuple[Request, WSGIEnvironment]:
    """Let gunicorn read a head."""
    client, server = ("127.0.0.1", 1), ("127.0.0.1", 80)
    config = Config()
    request = next(RequestParser(config, iter([sent]), client))
    assert request is not None
    return request, create(request, sock, client, server, config, response_class=Response)[1]


def knowing(sock: socket.socket, sent: bytes = LINE + REST) -> Heads:
    """Give the heads of a connection that has sent one."""
    heads = Heads()
    heads.learn(sent, *read(sent, sock))
    return heads


TARGETS = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7F), max_size=30).map(lambda text: "/" + text)


@given(method=st.sampled_from(["GET", "HEAD"]), target=TARGETS)
def test_a_head_sent_again_means_what_gunicorn_reads_in_it(sock: socket.socket, method: str, target: str) -> None:
    sent = f"{method} {target} HTTP/1.1\r\n".encode() + REST
    found = knowing(sock).again(sent + b"GET /next")
    if found is None:
        return
    request, environ, size = found
    theirs, expected = read(sent, sock)
    assert {k: v for k, v in environ.items() if k not in OWN} == {k: v for k, v in expected.items() if k not in OWN}
    assert (request.method, request.version, size) == (theirs.method, theirs.version, len(sent))
    assert request.should_close() == theirs.should_close()


def test_only_the_first_line_of_a_head_sent_again_is_read(sock: socket.socket) -> None:
    found = knowing(sock).again(b"HEAD /a%20b?c=%41&d HTTP/1.1\r\n" + REST)
    assert found is not None
    told = [found[1][name] for name in ("REQUEST_METHOD", "PATH_INFO", "QUERY_STRING", "HTTP_ACCEPT")]
    assert told == ["HEAD", "/a b", "c=%41&d", "text/csv"]


def test_what_an_application_writes_into_one_environment_is_not_in_the_next(sock: socket.socket) -> None:
    heads = Heads()
    request, environ = read(LINE + REST, sock)
    heads.learn(LINE + REST, request, environ)
    environ["of.the.first"] = "1"
    second = heads.again(LINE + REST)
    assert second is not None
    second[1]["of.the.second"] = "2"
    third = heads.again(LINE + REST)
    assert third is not None
    assert not {"of.the.first", "of.the.second"} & set(third[1])


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"POST /sparql HTTP/1.1\r\n" + REST, id="another method"),
        pytest.param(b"get /sparql HTTP/1.1\r\n" + REST, id="a method in small letters"),
        pytest.param(b"GET /sparql HTTP/1.0\r\n" + REST, id="another version"),
        pytest.param(b"GET /sparql HTTP/1.1\n" + REST, id="a bare line feed"),
        pytest.param(b"GET  /sparql HTTP/1.1\r\n" + REST, id="two spaces"),
        pytest.param(b"GET //x/y HTTP/1.1\r\n" + REST, id="two slashes"),
        pytest.param(b"GET http://x/y HTTP/1.1\r\n" + REST, id="a whole address"),
        pytest.param(b"GET /x#y HTTP/1.1\r\n" + REST, id="a fragment"),
        pytest.param(b"GET /\xe9 HTTP/1.1\r\n" + REST, id="a character that is not plain"),
        pytest.param(b"GET /" + b"x" * 8200 + b" HTTP/1.1\r\n" + REST, id="a long line"),
        pytest.param(b"\r\n" + LINE + REST, id="an empty line before it"),
        pytest.param(LINE + REST.replace(b"csv", b"tsv"), id="another header"),
        pytest.param(LINE + b"X: y\r\n" + REST, id="a header more"),
        pytest.param(LINE + REST[:-2] + b"X: y\r\n\r\n", id="a header more at the end"),
        pytest.param(LINE + REST[:-2], id="a head without end"),
    ],
)
def test_any_other_head_is_left_to_gunicorn(sock: socket.socket, sent: bytes) -> None:
    assert knowing(sock).again(sent) is None


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(LINE + b"Host: x\r\nContent-Length: 0\r\n\r\n", id="a length"),
        pytest.param(LINE + b"Host: x\r\nTransfer-Encoding: chunked\r\n\r\n", id="chunks"),
        pytest.param(LINE + b"Host: x\r\nConnection: close\r\n\r\n", id="a last request"),
        pytest.param(b"\r\n" + LINE + b"Host: x\r\n\r\n", id="an empty line before it"),
    ],
)
def test_a_head_with_more_to_it_is_not_remembered(sock: socket.socket, first: bytes) -> None:
    heads = knowing(sock, first)
    rest = first.lstrip(b"\r\n").partition(b"\r\n")[2]
    assert heads.again(LINE + rest) is None
    assert heads.again(LINE + first[2:]) is None
