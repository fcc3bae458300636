"""The whole error tree. An error carries fields; its message says what was found, where, and what to do.

::

    QuesteurError(status, code)
        SourceError         400  a source says what we do not understand
        BuildError          500  a generation could not be made, or is damaged
        QueryError          400  the caller can mend it: line, column, hint
            RefusedError    403
            TooLargeError   413
            DeadlineError   504
        UnauthorizedError   401
        PreconditionError   412  what the caller goes by is no longer so
        NotFoundError       404
            GoneError       410
        NotAcceptableError  406
        BusyError           503
            AllowanceError  429  this caller's, not ours
        HangUpError         499  who asked has gone
        RemoteError         502
        ConfigError         500  which key, its value, where it came from
        MissingEngineError  501  an optional engine is asked for and not installed

No path of the machine and no traceback is in the public form of an error (``Problem``, RFC 9457).
"""

from __future__ import annotations

from typing import NamedTuple


class Fix(NamedTuple):
    """Replace the text from one offset to another; offsets count code points from 0."""

    start: int
    end: int
    insert: str


class QuesteurError(Exception):
    """Root of every error that crosses a folder's edge.

    ``status`` is the HTTP status, ``code`` the slug of the problem type, ``hint`` what to do about it.
    """

    status: int = 500
    code: str = "internal"

    def __init__(self, message: str, *, code: str | None = None, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if code is not None:
            self.code = code


class SourceError(QuesteurError):
    """A source holds something the loaders do not understand: ``source``, ``record`` and ``path`` say where."""

    status = 400
    code = "source"

    def __init__(
        self,
        message: str,
        *,
        source: str = "",
        record: str = "",
        path: str = "",
        code: str | None = None,
        hint: str = "",
    ) -> None:
        super().__init__(message, code=code, hint=hint)
        self.source = source
        self.record = record
        self.path = path


class BuildError(QuesteurError):
    """A generation could not be made, or the one on disk is damaged."""

    code = "build"


class QueryError(QuesteurError):
    """A query the caller can mend. ``line`` and ``column`` count from 1, in code points; 0 when unknown.

    ``fix``, if there is one, is the change of the text that mends it.
    """

    status = 400
    code = "sparql-syntax"

    def __init__(
        self,
        message: str,
        *,
        line: int = 0,
        column: int = 0,
        code: str | None = None,
        hint: str = "",
        fix: Fix | None = None,
    ) -> None:
        super().__init__(message, code=code, hint=hint)
        self.line = line
        self.column = column
        self.fix = fix


class RefusedError(QueryError):
    """Understood, and not allowed here: SERVICE, LOAD, updates."""

    status = 403
    code = "refused"


class TooLargeError(QueryError):
    """The answer (or the request) is above its cap; never cut short silently."""

    status = 413
    code = "answer-too-large"


class DeadlineError(QueryError):
    """The query did not end in the time allowed, and was killed."""

    status = 504
    code = "deadline"


class UnauthorizedError(QuesteurError):
    """Who asks has not shown that they may."""

    status = 401
    code = "unauthorized"


class NotFoundError(QuesteurError):
    """Nothing has that name."""

    status = 404
    code = "not-found"


class GoneError(NotFoundError):
    """Something had that name and was withdrawn."""

    status = 410
    code = "gone"


class NotAcceptableError(QuesteurError):
    """No format that the caller accepts can carry this answer."""

    status = 406
    code = "not-acceptable"


class BusyError(QuesteurError):
    """The service is full, or a query died of its memory cap. ``retry_after`` in seconds, 0 = do not retry."""

    status = 503
    code = "full"

    def __init__(self, message: str, *, retry_after: int = 0, code: str | None = None, hint: str = "") -> None:
        super().__init__(message, code=code, hint=hint)
        self.retry_after = retry_after


class PreconditionError(QuesteurError):
    """What a caller made its change depend on is not, or no longer, so: nothing was done."""

    status = 412
    code = "precondition-failed"


class AllowanceError(BusyError):
    """A caller has had its share for now; others are served."""

    status = 429
    code = "allowance-spent"


class HangUpError(QuesteurError):
    """Who asked has gone: nobody will read an answer."""

    status = 499
    code = "hang-up"

    def __init__(self) -> None:
        super().__init__("The caller closed the connection before its answer was there.")


class RemoteError(QuesteurError):
    """A remote store failed, cut its answer, or cannot be reached."""

    status = 502
    code = "remote-failed"


class ConfigError(QuesteurError):
    """A setting is wrong: the message names the key, its value and where it came from."""

    code = "config"


class MissingEngineError(QuesteurError):
    """An optional engine is asked for and not installed: the hint names the extra that brings it."""

    status = 501
    code = "engine-missing"
