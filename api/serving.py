"""Run the application under gunicorn, in this process. Knows gunicorn and sockets; must not know what is served.

The listening socket is made here, before gunicorn, so that a taken port is said at once and in our words. The
application is made in each worker process after its fork: a store must never be opened before one.
"""

from __future__ import annotations

import errno
import math
import os
import socket
import sys
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication
from gunicorn.errors import HaltServer

from api.connections import Worker
from api.context import of
from ontology.errors import ConfigError, QuesteurError

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

_BACKLOG = 512
_THREADS = 160  # above the queries that may be answered or wait, so that pages and health find one
_MARGIN = 5.0  # seconds left to a worker, after the longest deadline, to send what it holds
_FIRST = 1


class _Application(BaseApplication):
    """Gunicorn's own way to be embedded: settings, and a callable that makes the application in each worker."""

    def __init__(self, factory: Callable[[], Flask], options: dict[str, Any]) -> None:
        self._factory = factory
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        """Take the settings given, and neither a file nor the environment."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:  # noqa: ANN401 gunicorn names no type of its own for an application
        """Make the application; called in each worker after its fork."""
        return self._factory()


def serve(
    factory: Callable[[], Flask],
    *,
    host: str,
    port: int,
    on_ready: Callable[[str], None],
    processes: int = 2,
    deadline: float = 10.0,
) -> None:
    """Serve until interrupted.

    Parameters
    ----------
    factory
        Makes the application, once in each worker process. Check what it needs before: its errors end the service.
    host, port
        Where to listen; port 0 takes a free one.
    on_ready
        Called once with the address, when the first worker has its application and answers; it runs in that worker.
    processes
        Number of worker processes.
    deadline
        The longest deadline of a query, in seconds: a stop waits a little longer.

    Raises
    ------
    ConfigError
        The address cannot be listened on; the message names the way out.
    QuesteurError
        The workers could not start.
    """
    listener = listen(host, port)
    address = _address(host, listener.getsockname()[1])
    options = _options(listener.detach(), processes=processes, deadline=deadline)  # gunicorn closes it
    options["post_worker_init"] = _announcer(on_ready, address)
    ours = os.getpid()
    try:
        _Application(factory, options).run()
    except SystemExit as end:
        if os.getpid() != ours:  # a worker that ends comes by here too, and must go on ending
            raise
        if end.code:
            raise _no_worker() from None
    except HaltServer:  # gunicorn lets the failure of a second worker through, while it halts for that of the first
        raise _no_worker() from None


def _no_worker() -> QuesteurError:
    return QuesteurError("the web processes could not start", code="serve", hint="the log above says why")


def listen(host: str, port: int) -> socket.socket:
    """Open the listening socket, or say why not and what to do."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise ConfigError(f"host {host!r} is no address to listen on: {error.strerror}", hint="use 127.0.0.1") from None
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise _refusal(host, port, error) from None
    return listener


def _refusal(host: str, port: int, error: OSError) -> ConfigError:
    """Say in our words why an address cannot be had."""
    if error.errno == errno.EADDRINUSE:
        return ConfigError(
            f"port {port} of {host} is taken by another program", hint=f"choose another: PORT={port + 1}"
        )
    if error.errno == errno.EACCES:
        return ConfigError(f"port {port} may not be opened by this user", hint="choose one above 1023: PORT=8000")
    return ConfigError(f"cannot listen on {host}, port {port}: {error.strerror}", hint="use host 127.0.0.1")


def _address(host: str, port: int) -> str:
    """Write the address for people."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _options(listener: int, *, processes: int, deadline: float) -> dict[str, Any]:
    """Give gunicorn's settings."""
    patience = math.ceil(deadline + _MARGIN)
    return {
        "bind": f"fd://{listener}",
        "workers": processes,
        "threads": _THREADS,
        "worker_class": Worker,
        "preload_app": False,
        "timeout": patience + 30,
        "graceful_timeout": patience,
        "limit_request_line": 8190,
        "keepalive": 5,
        "forwarder_headers": "",  # no header says where the application is mounted
        "control_socket_disable": True,
        "loglevel": "warning",
        "proc_name": "questeur",
        "worker_exit": _close,
    }


def _announcer(on_ready: Callable[[str], None], address: str) -> Callable[[Any], None]:
    """Announce the address when the first worker has its application; a worker started later says nothing."""

    def announce(worker: Any) -> None:  # noqa: ANN401 gunicorn's worker, without types
        if worker.age == _FIRST:
            on_ready(address)

    return announce


def _close(_arbiter: object, worker: Any) -> None:  # noqa: ANN401 gunicorn's worker, without types
    """Let go of the store of a worker that ends, and end at once, with the code it was ending with.

    A process that published before it served has an engine whose threads no fork has; taking that engine down in a
    worker would crash it or never end, also in one that is told to end before it has its application. gunicorn calls
    this in its own process too, for a worker that is gone already.
    """
    if os.getpid() != worker.pid:
        return
    app = getattr(worker, "wsgi", None)
    if app is not None:
        of(app).store.close()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(_exit_code(sys.exception()))


def _exit_code(end: BaseException | None) -> int:
    """Give the code that a process ends with, as Python would: gunicorn tells by it why a worker could not start."""
    if isinstance(end, SystemExit):
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return int(end is not None)
