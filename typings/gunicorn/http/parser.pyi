from collections.abc import Iterable, Iterator

from gunicorn.config import Config
from gunicorn.http.wsgi import Request

class RequestParser(Iterator[Request | None]):
    def __init__(self, cfg: Config, source: Iterable[bytes], source_addr: object) -> None: ...
    def __next__(self) -> Request | None: ...
