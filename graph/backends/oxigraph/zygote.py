"""The process that query processes are forked from: a fresh, single-threaded interpreter with the engine imported.

It opens no store, forks on request, and reports how each child ended. Run as a program by ``processes.py``. Forking
the service itself would copy its threads' locks; starting an interpreter for each query process costs 100 ms.
"""

from __future__ import annotations

import gc
import os
import select
import signal
import socket
import sys
from pathlib import Path
from typing import Literal

import msgspec

from graph.backends.oxigraph import worker

_TAIL = 4096  # bytes kept of what a child said
_KEPT = 256  # fates kept of children nobody asked for


class Order(msgspec.Struct, kw_only=True, frozen=True):
    """``fork`` a query process on a generation, or tell the ``fate`` of one."""

    op: Literal["fork", "fate"]
    generation: str = ""
    memory_limit: int = 0
    pid: int = 0


class Fate(msgspec.Struct, kw_only=True, frozen=True):
    """How a query process ended: the signal (0: none), its peak memory in bytes, the end of what it said."""

    signal: int
    peak: int
    said: str


class _Child(msgspec.Struct):
    pidfd: int
    stderr: int


class Zygote:
    """Children by process id. ``control`` takes orders; its end of file ends this process and so its children."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._children: dict[int, _Child] = {}
        self._fates: dict[int, Fate] = {}

    def run(self) -> None:
        """Take orders until the service is gone."""
        while True:
            poll = select.poll()
            poll.register(self._control, select.POLLIN)
            for child in self._children.values():
                poll.register(child.pidfd, select.POLLIN)
            ready = {fd for fd, _ in poll.poll()}
            if self._control.fileno() in ready and not self._take_order():
                return
            for pid in [pid for pid, child in self._children.items() if child.pidfd in ready]:
                self._reap(pid)

    def _take_order(self) -> bool:
        message, fds, _, _ = socket.recv_fds(self._control, 65536, 1)
        if not message:
            return False
        order = msgspec.json.decode(message, type=Order)
        if order.op == "fork":
            self._fork(order, fds[0])
        else:
            if order.pid in self._children:
                self._reap(order.pid)
            fate = self._fates.pop(order.pid, Fate(signal=0, peak=0, said=""))
            self._control.send(msgspec.json.encode(fate))
        return True

    def _fork(self, order: Order, stream: int) -> None:
        stderr = os.memfd_create("stderr")
        zygote = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._become_worker(order, stream, stderr, zygote)
        pidfd = os.pidfd_open(pid)
        os.close(stream)
        self._children[pid] = _Child(pidfd, stderr)
        socket.send_fds(self._control, [str(pid).encode()], [pidfd])

    def _become_worker(self, order: Order, stream: int, stderr: int, zygote: int) -> None:
        try:
            os.dup2(stderr, 2)
            self._control.close()
            for child in self._children.values():
                os.close(child.pidfd)
                os.close(child.stderr)
            worker.protect(order.memory_limit, zygote)
            worker.serve(socket.socket(fileno=stream), Path(order.generation))
        except BaseException as error:  # noqa: BLE001  the engine's panics are no Exceptions; a fork must not return
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
            sys.stderr.flush()
            os._exit(1)

    def _reap(self, pid: int) -> None:
        child = self._children.pop(pid)
        _, status, usage = os.wait4(pid, 0)
        size = os.fstat(child.stderr).st_size
        said = os.pread(child.stderr, _TAIL, max(0, size - _TAIL)).decode(errors="replace")
        os.close(child.stderr)
        os.close(child.pidfd)
        ended_by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        self._fates[pid] = Fate(signal=ended_by, peak=usage.ru_maxrss * 1024, said=said)
        if len(self._fates) > _KEPT:
            del self._fates[next(iter(self._fates))]


def main() -> None:
    """Serve the control socket whose number is the only argument."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    control = socket.socket(fileno=int(sys.argv[1]))
    if len(list(Path("/proc/self/task").iterdir())) != 1:
        sys.exit("questeur: the zygote must be single-threaded")
    gc.collect()
    gc.freeze()
    Zygote(control).run()


if __name__ == "__main__":
    main()
