"""What the HTTP surface may be told: one frozen value, filled by the front door. Reads no environment."""

from __future__ import annotations

from dataclasses import dataclass

from graph.store import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Limits and names of the service.

    Attributes
    ----------
    title
        Name of the site, shown on every page.
    public_url
        Where the world sees the service, without a slash at the end; empty: the address of the request.
    deadline
        Seconds a query may take; a caller may only ask for less.
    max_bytes
        Bytes of one answer, in the wire format.
    max_request_bytes
        Bytes of one request body.
    max_update_bytes
        The same for what is written: an update, a graph.
    page_rows
        Rows of an HTML result table.
    """

    title: str = "questeur"
    public_url: str = ""
    deadline: float = 10.0
    max_bytes: int = 256 * 1024 * 1024
    max_request_bytes: int = 1024 * 1024
    max_update_bytes: int = 16 * 1024 * 1024
    page_rows: int = 1000

    def limits(self, *, deadline: float | None = None) -> Limits:
        """Give a query's limits; ``deadline`` only lowers."""
        seconds = self.deadline if deadline is None else min(deadline, self.deadline)
        return Limits(deadline=seconds, max_bytes=self.max_bytes)
