import re
import socket
from typing import Protocol, TypeVar
from wsgiref.types import StartResponse, WSGIEnvironment

from gunicorn.config import Config

TOKEN_RE: re.Pattern[str]
HEADER_VALUE_RE: re.Pattern[str]

class Body:
    reader: object

class Request:
    body: Body
    method: str
    version: tuple[int, int]
    def should_close(self) -> bool: ...

class Requested(Protocol):
    @property
    def method(self) -> str: ...
    @property
    def version(self) -> tuple[int, int]: ...
    def should_close(self) -> bool: ...

class Response:
    req: Requested
    version: str
    status: str
    upgrade: bool
    sock: socket.socket
    chunked: bool
    headers: list[tuple[str, str]]
    headers_sent: bool
    response_length: int | None
    start_response: StartResponse
    def __init__(self, req: Requested, sock: socket.socket, cfg: Config) -> None: ...
    def process_headers(self, headers: list[tuple[str, str]]) -> None: ...
    def default_headers(self) -> list[str]: ...
    def send_headers(self) -> None: ...
    def write(self, arg: bytes) -> None: ...
    def _emit_body(self, data: bytes) -> None: ...
    def close(self) -> None: ...
    def force_close(self) -> None: ...
    def should_close(self) -> bool: ...

_R = TypeVar("_R", bound=Response)

def create(
    req: Request,
    sock: socket.socket,
    client: object,
    server: object,
    cfg: Config,
    response_class: type[_R],
) -> tuple[_R, WSGIEnvironment]: ...
