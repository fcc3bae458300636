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
    version
        Of the program: answers of another version are not the same.
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
    places, queue
        Queries answered at once by one web process, and those that may wait. The store should bear one more at once,
        for the pages.
    cache_bytes
        Bytes of answers kept by one web process.
    sending
        Large answers that one web process sends at once.
    limit_clients
        Whether the bounds below hold: shares of one client, which is an address, or a /64 network of IPv6.
    proxies
        How many proxies stand in front, each of which adds an address to X-Forwarded-For.
    client_places
        Queries of one client at once in one web process, waiting ones included. They never run in the last place.
    client_seconds, client_burst
        Seconds of work a minute for one client, and how many it may save up.
    client_errors, client_error_burst
        The same for requests that were refused as wrong.
    """

    title: str = "questeur"
    version: str = ""
    public_url: str = ""
    deadline: float = 10.0
    max_bytes: int = 256 * 1024 * 1024
    max_request_bytes: int = 1024 * 1024
    max_update_bytes: int = 16 * 1024 * 1024
    page_rows: int = 1000
    places: int = 2
    queue: int = 128
    cache_bytes: int = 128 * 1024 * 1024
    sending: int = 16
    limit_clients: bool = False
    proxies: int = 0
    client_places: int = 5
    client_seconds: float = 60.0
    client_burst: float = 120.0
    client_errors: float = 30.0
    client_error_burst: float = 60.0

    def limits(self, *, deadline: float | None = None) -> Limits:
        """Give a query's limits; ``deadline`` only lowers."""
        seconds = self.deadline if deadline is None else min(deadline, self.deadline)
        return Limits(deadline=seconds, max_bytes=self.max_bytes)
