import io
import socket

class SocketUnreader:
    buf: io.BytesIO
    sock: socket.socket
    def __init__(self, sock: socket.socket) -> None: ...
    def chunk(self, size_hint: int | None = None) -> bytes: ...
