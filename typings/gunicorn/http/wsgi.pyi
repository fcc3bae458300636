import re
import socket
from wsgiref.types import StartResponse, WSGIEnvironment

TOKEN_RE: re.Pattern[str]
HEADER_VALUE_RE: re.Pattern[str]

class Body:
    reader: object

class Request:
    body: Body

class Config:
    threads: int

class Response:
    sock: socket.socket
    chunked: bool
    headers: list[tuple[str, str]]
    headers_sent: bool
    response_length: int | None
    start_response: StartResponse
    def process_headers(self, headers: list[tuple[str, str]]) -> None: ...
    def default_headers(self) -> list[str]: ...
    def send_headers(self) -> None: ...
    def write(self, arg: bytes) -> None: ...
    def _emit_body(self, data: bytes) -> None: ...
    def close(self) -> None: ...
    def force_close(self) -> None: ...
    def should_close(self) -> bool: ...

def create(
    req: Request,
    sock: socket.socket,
    client: object,
    server: object,
    cfg: Config,
    response_class: type[Response] | None = None,
) -> tuple[Response, WSGIEnvironment]: ...
