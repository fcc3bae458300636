"""``questeur serve`` and ``questeur demo``: a store, the application over it, and the web server around both."""

from __future__ import annotations

import ipaddress
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

import click

from api.access import AccessLog
from api.app import Fleet, Writing, create_app, ready
from api.serving import listen, serve
from api.settings import Settings
from api.tokens import Tokens
from graph.backends.calling import Federation
from graph.opening import open_store, open_updates
from graph.store import Limits
from ontology.errors import ConfigError
from ontology.iris import BASE
from questeur.asking import MAX_TIMEOUT
from questeur.version import VERSION

if TYPE_CHECKING:
    from graph.store import Store

_CHECK = "ASK { ?s ?p ?o }"
_FOR_PAGES = 1  # query processes beside those of /sparql, so that no page waits behind it


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """How to serve: the options of the command line."""

    host: str
    port: int
    deadline: float
    public_url: str = ""
    processes: int = 2
    proxies: int = 0
    client_limits: bool | None = None
    default_graph: Literal["union", "strict"] = "union"
    log: str | None = None
    allow_unsandboxed: bool = False
    updates: bool = False
    federation: tuple[str, ...] = ()
    federation_network: tuple[str, ...] = ()
    federation_ca: Path | None = None

    @property
    def alone(self) -> bool:
        """Say whether nobody but this machine can ask."""
        return not self.proxies and is_loopback(self.host)

    def settings(self) -> Settings:
        """Give what the application needs to know of it."""
        limited = not self.alone if self.client_limits is None else self.client_limits
        return Settings(
            version=VERSION,
            deadline=self.deadline,
            public_url=self.public_url.rstrip("/"),
            proxies=self.proxies,
            limit_clients=limited,
        )


def is_loopback(host: str) -> bool:
    """Say whether an address to listen on reaches this machine only."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check_port(host: str, port: int) -> None:
    """Fail early, before a build, if the address cannot be listened on."""
    listen(host, port).close()


def serve_data(target: str, how: Operation) -> None:
    """Serve a DATA folder or an endpoint until interrupted.

    Raises
    ------
    ConfigError
        The target or the address cannot be served, or not safely.
    """
    _check(how)
    settings = how.settings()
    with ExitStack() as stack:
        store = stack.enter_context(closing(_opened(target, how, settings)))
        _check_sandbox(store, how)
        store.ask(_CHECK, limits=Limits(deadline=how.deadline))  # say what is wrong here, once, not in each web process
        writing = None
        if how.updates:
            writing = Writing(updates=stack.enter_context(closing(open_updates(store))), tokens=Tokens(Path(target)))
        store.close()  # its processes; those that are forked from here start their own
        fleet = Fleet.of(settings)
        log = Path(how.log) if how.log else None
        serve(
            lambda: ready(create_app(store, settings, writing, fleet=fleet, log=log)),
            host=how.host,
            port=how.port,
            on_ready=_announce,
            processes=how.processes,
            deadline=how.deadline,
        )


def _check(how: Operation) -> None:
    """Refuse what would fail later, in each web process or at each answer.

    Raises
    ------
    ConfigError
        It names the option.
    """
    if not 0 < how.deadline < MAX_TIMEOUT:
        raise ConfigError(f"--timeout {how.deadline:g}: give seconds, more than 0 and less than {MAX_TIMEOUT}")
    if how.public_url and not _is_home(how.public_url):
        raise ConfigError(
            f"--public-url {how.public_url} is no address of a site", hint="write it as https://example.org"
        )
    if how.log:
        try:
            AccessLog(Path(how.log)).close()
        except OSError as error:
            raise ConfigError(f"--log {how.log} cannot be written: {error.strerror}", hint="name a file") from None


def _is_home(url: str) -> bool:
    """Say whether addresses can be made by adding a path to a URL."""
    try:
        found = urlsplit(url)
        _ = found.port
    except ValueError:
        return False
    plain = url.isprintable() and not any(char in url for char in ' "<>\\^`{|}?#@')
    return plain and found.scheme in ("http", "https") and bool(found.hostname)


def _opened(target: str, how: Operation, settings: Settings) -> Store:
    return open_store(
        target,
        workers=settings.places + _FOR_PAGES,
        queue=settings.queue,
        union_default=how.default_graph == "union",
        base_iri=f"{settings.public_url}/sparql" if settings.public_url else BASE,
        federation=Federation(
            services=how.federation,
            networks=tuple(map(_network, how.federation_network)),
            authorities=how.federation_ca,
        ),
    )


def _network(said: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    """Read a network that queries may reach though it is not public."""
    try:
        return ipaddress.ip_network(said)
    except ValueError:
        raise ConfigError(f"--federation-network {said} is no network", hint="write it as 10.1.2.0/24") from None


def _check_sandbox(store: Store, how: Operation) -> None:
    """Say what the system cannot confine, and refuse to serve others from it unless told to.

    Raises
    ------
    ConfigError
        Others could ask a service whose query processes are not confined.
    """
    level = store.capabilities.sandbox
    if level in (None, "full"):
        return
    lacks = "can be stopped, but not kept from network and files" if level == "partial" else "cannot be confined"
    click.echo(f"sandbox: {level}. On this system query processes {lacks}.", err=True)
    if not how.alone and not how.allow_unsandboxed:
        raise ConfigError(
            f"host {how.host} would serve others without a sandbox",
            hint="use Linux on x86-64, or host 127.0.0.1, or say --allow-unsandboxed",
        )


def _announce(address: str) -> None:
    for line in (
        f"serving on {address}/ (Ctrl-C stops it)",
        f"  SPARQL    {address}/sparql",
        f"  network   {address}/networks/deputy-ministry?type=all",
        f"  question  {address}/question/15-10719",
    ):
        click.echo(line, err=True)


__all__ = ["Operation", "check_port", "serve_data"]
