"""What holds for every page: accessible in both schemes at both widths, silent, at home, readable without script."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from flask import template_rendered

from api.app import create_app
from graph.backends.oxigraph.store import OxigraphStore
from tests.api.conftest import BROWSER
from tests.browser.conftest import visit
from tests.browser.pages import PAGES, PROBLEMS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from questeur.build import Report
    from tests.browser.conftest import Visit
    from tests.served import Server

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
# All rules of axe, with the one of WCAG 2.2 AA that is off by default. The colour rules again for the other scheme.
EVERYTHING = "axe.run({resultTypes: ['violations'], rules: {'target-size': {enabled: true}}})"
COLOURS = "axe.run({resultTypes: ['violations'], runOnly: ['color-contrast', 'link-in-text-block']})"
# The thirteenth row of a table is made by the template of the first: axe need not see it.
THIN = """() => {
    for (const many of document.querySelectorAll('main :is(tbody, tr, ul, ol, dl, svg, select)')) {
        while (many.children.length > 12) many.lastElementChild.remove();
    }
}"""
TOO_WIDE = """() => {
    const wide = document.documentElement;
    return wide.scrollWidth > wide.clientWidth ? `${wide.scrollWidth} px wide` : '';
}"""
WIDTHS = (1280, 390)
# What is computed in the background has its page when it is done: the tests of /text-reuse wait for it, these do not.
COMPUTED = {"later.html", "text_reuse.html", "reused.html"}


@pytest.fixture(scope="module")
def visits(browser: Browser, site: Server) -> Iterator[dict[int, Visit]]:
    """Keep a page open at each width, with axe in every document."""
    with visit(browser, site) as desk, visit(browser, site, width=390) as phone:
        for one in (desk, phone):
            one.page.add_init_script(AXE)
        yield {1280: desk, 390: phone}


def violations(page: Page, run: str) -> list[str]:
    """Run axe and name what it finds, with the places."""
    found = cast("dict[str, Any]", page.evaluate(run))["violations"]
    return [f"{one['id']}: {one['help']} at {[node['target'] for node in one['nodes'][:4]]}" for one in found]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", [*PAGES, *PROBLEMS])
def test_a_page_is_accessible_in_light_and_dark_and_nothing_goes_wrong(
    visits: dict[int, Visit], path: str, width: int
) -> None:
    seen = visits[width]
    seen.wrong.clear()
    seen.page.emulate_media(color_scheme="light")
    page = seen.open(path)
    assert page.evaluate(TOO_WIDE) == ""
    page.evaluate(THIN)
    assert violations(page, EVERYTHING) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page, COLOURS) == []
    expected = ["Failed to load resource"] if path in PROBLEMS else []
    assert [what for what in seen.wrong if not any(words in what for words in expected)] == []


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
            for path in (*PAGES, *PROBLEMS):
                client.get(path, headers={"Accept": BROWSER}, buffered=True).close()
    whole = {one.name for one in files("api").joinpath("templates").iterdir()}
    assert {name for name in whole if not name.startswith("_")} - {"base.html"} - COMPUTED == rendered - COMPUTED
