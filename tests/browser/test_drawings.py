"""Drawings of a legislature, for which the bundled records are too few: accessible, and readable without script."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

import questeur
from tests.browser.conftest import visit
from tests.browser.looking import AXE, WIDTHS, look
from tests.served import served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from questeur.build import Report
    from tests.served import Server

DRAWN = {
    "/en/transfers": "svg.sankey",
    "/en/networks/group-ministry?type=all&slice=year": "svg.multiple",
    "/en/networks/group-ministry?type=all&around=sante": "svg.around",
    "/en/networks/group-ministry?type=all&order=similarity": "table.matrix",
}


@pytest.fixture(scope="module")
def whole(legislature: tuple[Path, Path]) -> Iterator[Server]:
    """Serve 800 synthetic questions."""
    with served(legislature[0]) as server:
        yield server


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", DRAWN)
def test_a_drawing_is_accessible_in_both_schemes(browser: Browser, whole: Server, path: str, width: int) -> None:
    with visit(browser, whole, width=width) as seen:
        seen.page.add_init_script(AXE)
        assert look(seen, path) == []
        assert seen.page.locator(DRAWN[path]).first.is_visible()


@pytest.fixture(scope="module")
def published(demo: tuple[Path, Report], tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, str]]:
    """Serve the bundled records with a network published in them; give its path too."""
    data = shutil.copytree(demo[0], tmp_path_factory.mktemp("published") / "DATA")
    with questeur.open(data) as graph:
        run = graph.run("group-ministry", type="all", trials=2)
        graph.publish(run)
    with served(data) as server:
        yield server, f"/network/{run.key}"


@pytest.mark.parametrize("width", WIDTHS)
def test_a_published_network_is_accessible_in_both_schemes(
    browser: Browser, published: tuple[Server, str], width: int
) -> None:
    server, path = published
    with visit(browser, server, width=width) as seen:
        seen.page.add_init_script(AXE)
        assert look(seen, path) == []
        assert seen.page.locator("main table").first.is_visible()


def test_a_band_is_a_link_without_script(browser: Browser, whole: Server) -> None:
    with visit(browser, whole, script=False) as seen:
        page = seen.open("/en/transfers")
        band = page.locator("svg.sankey a").first
        said = band.get_attribute("aria-label") or ""
        page.goto(whole.address + (band.get_attribute("href") or ""))
        assert page.locator("main tbody tr").count() == int(said.split()[0])
