"""What holds for every page: accessible in both schemes at both widths, silent, at home, readable without script."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest
from flask import template_rendered

from api.app import create_app
from graph.backends.oxigraph.store import OxigraphStore
from tests.api.conftest import BROWSER
from tests.browser.conftest import visit
from tests.browser.looking import AXE, TOO_WIDE, WIDTHS, look
from tests.browser.pages import PAGES, PROBLEMS, warm

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from questeur.build import Report
    from tests.browser.conftest import Visit
    from tests.served import Server

WAITING = "later.html"  # shown while a job runs: whether one is met here depends on the machine
PUBLISHED = "run.html"  # shown of a published network: looked at in test_drawings.py


@pytest.fixture(scope="module")
def visits(browser: Browser, site: Server) -> Iterator[dict[int, Visit]]:
    """Keep a page open at each width, with axe in every document."""
    with visit(browser, site) as desk, visit(browser, site, width=390) as phone:
        for one in (desk, phone):
            one.page.add_init_script(AXE)
        yield {1280: desk, 390: phone}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", [*PAGES, *PROBLEMS])
def test_a_page_is_accessible_in_light_and_dark_and_nothing_goes_wrong(
    visits: dict[int, Visit], path: str, width: int
) -> None:
    expected = ["Failed to load resource"] if path in PROBLEMS else []
    assert look(visits[width], path, expected=expected) == []


@pytest.mark.parametrize("path", ["/", "/networks/deputy-ministry?type=all", "/sparql", "/question/QANR5L15QE10719"])
def test_a_page_fits_the_narrowest_screen_in_english(browser: Browser, site: Server, path: str) -> None:
    with visit(browser, site, width=320) as seen:
        assert seen.open(f"/en{path}").evaluate(TOO_WIDE) == ""


def test_every_page_can_be_read_without_script(browser: Browser, site: Server) -> None:
    with visit(browser, site, script=False) as seen:
        for path in PAGES:
            page = seen.open(path)
            assert page.locator("h1").is_visible(), path
            assert len(page.locator("main").inner_text()) > 80, path
        assert seen.wrong == []


def test_every_template_is_looked_at(demo: tuple[Path, Report]) -> None:
    rendered: set[str | None] = set()

    def note(_sender: object, template: Any, **_context: object) -> None:  # noqa: ANN401  jinja's
        rendered.add(template.name)

    with OxigraphStore(demo[0]) as store:
        client = create_app(store).test_client()
        with template_rendered.connected_to(note):
            warm(lambda path: client.get(path, headers={"Accept": BROWSER}, buffered=True).status_code)
            for path in (*PAGES, *PROBLEMS):
                client.get(path, headers={"Accept": BROWSER}, buffered=True).close()
    whole = {one.name for one in files("api").joinpath("templates").iterdir()}
    assert {name for name in whole if not name.startswith("_")} - {"base.html", WAITING, PUBLISHED} == rendered - {
        WAITING
    }
