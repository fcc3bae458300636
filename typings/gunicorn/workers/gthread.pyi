import logging
import selectors
import socket
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any
from wsgiref.types import WSGIApplication

from gunicorn.config import Config
from gunicorn.http.unreader import SocketUnreader
from gunicorn.http.wsgi import Request, Requested

class _Parser(Iterator[Request | None]):
    unreader: SocketUnreader
    def __next__(self) -> Request | None: ...

_DEFER: object

class TConn:
    cfg: Config
    sock: socket.socket
    client: object
    server: object
    timeout: float
    parser: _Parser
    initialized: bool
    def __init__(self, cfg: Config, sock: socket.socket, client: object, server: object) -> None: ...
    def init(self) -> None: ...
    def close(self) -> None: ...

class ThreadWorker:
    cfg: Config
    alive: bool
    age: int
    pid: int
    nr: int
    nr_conns: int
    max_keepalived: int
    keepalived_conns: deque[TConn]
    log: logging.Logger
    poller: selectors.BaseSelector
    wsgi: WSGIApplication
    def __init__(self, *args: object, **kwargs: object) -> None: ...
    def accept(self, listener: socket.socket) -> None: ...
    def enqueue_req(self, conn: TConn) -> None: ...
    def handle(self, conn: Any) -> object: ...
    def handle_request(self, req: Request, conn: Any) -> bool: ...
    def handle_error(self, req: Requested | None, client: socket.socket, addr: object, exc: Exception) -> None: ...
    def finish_request(self, conn: Any, fs: Future[object]) -> None: ...
    def murder_pending(self) -> None: ...
    def _keepalive_after(self, conn: TConn, *, keepalive: bool) -> bool: ...
