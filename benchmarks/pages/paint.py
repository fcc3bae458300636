"""When a page is painted, in the system's Chromium: the first paint, and that of the largest piece."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from tests.browser.conftest import SWITCHES, program

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Browser

    from tests.served import Server

BAR = 1000.0  # ms until something is seen
_PAINTS = """() => new Promise(resolve => {
    const times = {paint: 0, 'largest-contentful-paint': 0};
    for (const type of Object.keys(times)) new PerformanceObserver(list => {
        times[type] = list.getEntries().at(-1).startTime;
        if (Object.values(times).every(Boolean)) resolve(Object.values(times));
    }).observe({type, buffered: true});
    setTimeout(() => resolve(Object.values(times)), 5000);
})"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Painted:
    """One page: median milliseconds from the click to the first paint and to the largest; 0 for what never came."""

    path: str
    first: float
    largest: float

    @property
    def holds(self) -> bool:
        """Say whether something is seen in time."""
        return 0 < self.first <= BAR


def paint(site: Server, paths: Sequence[str], rounds: int) -> tuple[str, list[Painted]]:
    """Open each page some times, each time in a profile that has seen nothing; give the browser's version too."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program(), args=SWITCHES)
        try:
            return browser.version, [_painted(browser, site, path, rounds) for path in paths]
        finally:
            browser.close()


def _painted(browser: Browser, site: Server, path: str, rounds: int) -> Painted:
    found = [_once(browser, site.address + path) for _ in range(rounds)]
    first, largest = (round(median(times)) for times in zip(*found, strict=True))
    return Painted(path=path, first=first, largest=largest)


def _once(browser: Browser, address: str) -> tuple[float, float]:
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        page.goto(address, wait_until="load")
        first, largest = page.evaluate(_PAINTS)
        return first, largest
