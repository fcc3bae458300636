"""A browser and the running service. Without Chromium the tests are skipped, and say so."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.pages import warm
from tests.served import served

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from playwright.sync_api import Browser, ConsoleMessage, Page, Request

    from questeur.build import Report
    from tests.served import Server

SWITCHES = [
    *("--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"),
    *(["--no-sandbox"] if os.geteuid() == 0 else []),
]
PATIENCE = 30_000  # ms for one step: CI machines are busy
# What a page may not do silently is told to the console, where `Visit` hears it.
_WATCH = """addEventListener('securitypolicyviolation', event => {
    console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`);
})"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("browser")


def program() -> Path:
    """Name the browser."""
    return Path(os.environ.get("QUESTEUR_CHROMIUM", "/usr/bin/chromium"))


@pytest.fixture(scope="session")
def site(demo: tuple[Path, Report]) -> Iterator[Server]:
    """Serve the graph of the bundled real records, by one process: what a job found is kept by the one that asked."""
    with served(demo[0], "--processes", "1") as server:
        warm(lambda path: server.get(path, accept="text/html").status)
        yield server


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start the system's Chromium. For one module only: an event loop runs while it lives."""
    if not program().exists():
        pytest.skip(f"no browser at {program()}: install Chromium, or name one in QUESTEUR_CHROMIUM")
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=program(), args=SWITCHES)
        yield started
        started.close()


class Visit:
    """A browser page, and whatever went wrong on it."""

    def __init__(self, page: Page, site: Server) -> None:
        self.page = page
        self.site = site
        self.wrong: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        page.on("request", self._see)

    def open(self, path: str) -> Page:
        """Go to a page of the service."""
        self.page.goto(self.site.address + path, wait_until="load")
        return self.page

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.wrong.append(f"{message.type}: {message.text}")

    def _see(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.netloc != urlsplit(self.site.address).netloc:
            self.wrong.append(f"left the host: {request.url}")


@contextmanager
def visit(
    browser: Browser, site: Server, *, width: int = 1280, height: int = 900, script: bool = True
) -> Generator[Visit]:
    """Open an empty page in a profile of its own."""
    with browser.new_context(viewport={"width": width, "height": height}, java_script_enabled=script) as context:
        context.set_default_timeout(PATIENCE)
        if script:
            context.add_init_script(_WATCH)
        yield Visit(context.new_page(), site)
