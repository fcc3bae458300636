"""What a process of the engine may not do, held by the kernel: no network, no new process. Knows no engine.

A query process may not write either; the writer may make, write and remove files, and nothing else more.

The engine fetches for SERVICE and LOAD and has no switch for it; the gate that refuses them reads tokens only. The
filter needs no privilege, cannot be taken off, and is inherited by every thread. On another system than Linux on
x86-64 there is none: :func:`confine` says so.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import signal
import struct
import sys
from typing import Final, Literal

_PR_SET_NO_NEW_PRIVS: Final = 38
_PR_SET_SECCOMP: Final = 22
_MODE_FILTER: Final = 2
_ARCH: Final = 0xC000003E  # AUDIT_ARCH_X86_64
_X32: Final = 0x40000000  # numbers of the x32 interface begin here
_KILL: Final = 0x80000000
_ALLOW: Final = 0x7FFF0000
_ERRNO: Final = 0x00050000
# Of the classic packet filter: load a word, jump if equal / at least / any bit set, return.
_LOAD, _JEQ, _JGE, _JSET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE = 0, 4
_WRITING: Final = 0x1 | 0x2 | 0x40 | 0x200  # O_WRONLY, O_RDWR, O_CREAT, O_TRUNC
_CLONE_THREAD: Final = 0x10000

# System calls by number. What libc falls back from is "not there" (ENOSYS); the rest is forbidden (EPERM).
_ABSENT: Final = (425, 435, 437)  # io_uring_setup, clone3, openat2
_FORBIDDEN: Final = (
    *(41, 42, 43, 49, 50, 53, 288),  # socket connect accept bind listen socketpair accept4
    *(57, 58, 59, 322),  # fork vfork execve execveat
    *(62, 101, 129, 200, 297, 310, 311, 424, 434, 438),  # kill ptrace *queueinfo tkill process_vm_* pidfd_*
    *(88, 90, 91, 92, 93, 94, 133, 259, 260, 266, 268),  # symlink chmod chown mknod, and the same again as *at
    *(155, 161, 165, 272, 308),  # pivot_root chroot mount unshare setns
    *(250, 298, 321, 323),  # keyctl perf_event_open bpf userfaultfd
)
# truncate ftruncate rename mkdir rmdir creat link unlink; mkdirat unlinkat renameat linkat renameat2
_CHANGING: Final = (76, 77, 82, 83, 84, 85, 86, 87, 258, 263, 264, 265, 316)
# Forbidden by a look at one argument: number, offset of the argument, bits, whether these bits forbid or permit.
_CLONE: Final = (56, 16, _CLONE_THREAD, False)
_OPENING: Final = ((2, 24, _WRITING, True), (257, 32, _WRITING, True))


def level() -> Literal["full", "partial", "none"]:
    """Say how far this system lets a query process be confined and ended.

    ``full``: killed at its deadline, bounded in memory, no network, no writing. ``partial``: the same without the
    filter of system calls. ``none``: a process cannot be held by a handle that hits no stranger.
    """
    if not hasattr(os, "pidfd_open") or not hasattr(signal, "pidfd_send_signal"):
        return "none"
    return "full" if _filterable() else "partial"


def _filterable() -> bool:
    return sys.platform == "linux" and platform.machine() == "x86_64"


def confine(*, writing: bool = False) -> bool:
    """Confine this process from now on; say whether the system could.

    Parameters
    ----------
    writing
        Leave it the making, writing and removal of files.

    Raises
    ------
    OSError
        The kernel refused the filter.
    """
    if not _filterable():
        return False
    program = _program(writing=writing)
    code = ctypes.create_string_buffer(program)
    head = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(code)))
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    if prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or prctl(_PR_SET_SECCOMP, _MODE_FILTER, head, 0, 0):
        raise OSError(ctypes.get_errno(), "the kernel refused the filter of system calls")
    return True


def _program(*, writing: bool) -> bytes:
    """Write the filter: each test returns at once, so no jump is longer than two steps."""
    forbidden = _FORBIDDEN if writing else (*_FORBIDDEN, *_CHANGING)
    steps = [
        _step(_LOAD, _ARCHITECTURE),
        _step(_JEQ, _ARCH, then=1),
        _step(_RETURN, _KILL),
        _step(_LOAD, _NUMBER),
        _step(_JGE, _X32, otherwise=1),
        _step(_RETURN, _KILL),
    ]
    for numbers, error in ((_ABSENT, errno.ENOSYS), (forbidden, errno.EPERM)):
        for number in numbers:
            steps += [_step(_JEQ, number, otherwise=1), _step(_RETURN, _ERRNO | error)]
    for number, offset, bits, forbid in (_CLONE,) if writing else (_CLONE, *_OPENING):
        refuse, allow = _step(_RETURN, _ERRNO | errno.EPERM), _step(_RETURN, _ALLOW)
        steps += [_step(_JEQ, number, otherwise=4), _step(_LOAD, offset), _step(_JSET, bits, otherwise=1)]
        steps += [refuse, allow] if forbid else [allow, refuse]
    return b"".join([*steps, _step(_RETURN, _ALLOW)])


def _step(code: int, value: int, *, then: int = 0, otherwise: int = 0) -> bytes:
    return struct.pack("HBBI", code, then, otherwise, value)
