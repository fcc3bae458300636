"""The looks at an answer on the SPARQL page: table, chart, graph, raw; fetched late, reached by keys, accessible."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PATIENCE, visit
from tests.browser.looking import AXE, TOO_WIDE, violations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.browser.conftest import Visit
    from tests.served import Server

expect.set_options(timeout=PATIENCE)

HEAD = "PREFIX qst: <https://w3id.org/questeur/ns#>\n"
COUNTED = f"{HEAD}SELECT ?status (COUNT(*) AS ?n) {{ ?q qst:status ?status }} GROUP BY ?status ORDER BY DESC(?n)"
DATED = f"{HEAD}SELECT ?day (COUNT(*) AS ?n) {{ ?q qst:tabledOn ?day }} GROUP BY ?day ORDER BY ?day"
NUMBERS = f"{HEAD}SELECT ?number ?delay {{ ?q qst:number ?number ; qst:delayDays ?delay }} ORDER BY ?number"
PAIRS = f"{HEAD}SELECT DISTINCT ?who ?ministry {{ ?q qst:author ?who ; qst:addressedTo ?ministry }} LIMIT 40"
MADE = f"{HEAD}CONSTRUCT {{ ?q qst:author ?who }} WHERE {{ ?q qst:author ?who }} LIMIT 30"


@pytest.fixture
def seen(browser: Browser, site: Server) -> Iterator[Visit]:
    """Open a page that can look at itself with axe, and listen until the test ends."""
    with visit(browser, site) as one:
        one.page.add_init_script(AXE)
        yield one
        assert one.wrong == []


def ask(seen: Visit, query: str) -> Page:
    """Run a query on the English page."""
    page = seen.open(f"/en/sparql?query={quote(query)}")
    expect(page.locator(".editor-host[data-ready]")).to_be_visible()
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_role("tablist")).to_be_visible()
    return page


def test_numbers_are_drawn_as_bars_a_line_or_points(seen: Visit) -> None:
    page = ask(seen, COUNTED)
    rows = page.locator("#outcome tbody tr").count()
    page.get_by_role("tab", name="Chart").click()
    expect(page.locator("svg.chart rect.mark")).to_have_count(rows)
    page = ask(seen, DATED)
    page.get_by_role("tab", name="Chart").click()
    expect(page.locator("svg.chart path.line")).to_have_count(1)
    page.get_by_label("Shape").select_option("points")
    expect(page.locator("svg.chart path.line")).to_have_count(0)
    expect(page.locator("svg.chart circle.mark").first).to_be_visible()
    page = ask(seen, NUMBERS)
    page.get_by_role("tab", name="Chart").click()
    expect(page.locator("svg.chart circle.mark").first).to_be_visible()
    expect(page.locator("figcaption")).to_have_text("delay by number")


@pytest.mark.parametrize("query", [PAIRS, MADE], ids=["two columns of things", "CONSTRUCT"])
def test_things_are_drawn_as_a_graph_whose_nodes_are_links(seen: Visit, query: str) -> None:
    page = ask(seen, query)
    page.get_by_role("tab", name="Graph").click()
    drawing = page.locator("svg.answer")
    expect(drawing.locator("path.tie").first).to_be_attached()
    assert drawing.locator("path.tie").count() >= 20
    assert str(drawing.locator("a").first.get_attribute("href")).startswith("/en/")
    assert any(" " in name for name in drawing.locator("text").all_text_contents())  # names, not keys


def test_a_look_is_fetched_when_it_is_first_wanted_and_once(seen: Visit) -> None:
    fetched: list[str] = []
    seen.page.on("request", lambda request: fetched.append(request.url))
    page = ask(seen, COUNTED)
    assert not [url for url in fetched if "views-" in url]
    for name in ("Chart", "Table", "Chart"):
        page.get_by_role("tab", name=name).click()
        expect(page.get_by_role("tabpanel")).to_have_attribute("aria-labelledby", f"view-{name.lower()}")
    expect(page.locator("svg.chart")).to_be_visible()
    assert len([url for url in fetched if "views-" in url]) == 1


def test_the_keys_go_from_look_to_look(seen: Visit) -> None:
    page = ask(seen, COUNTED)
    page.get_by_role("tab", name="Table").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Chart")).to_be_focused()
    expect(page.locator("svg.chart")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Shape")).to_be_focused()
    page.get_by_role("tab", name="Chart").focus()
    page.keyboard.press("End")
    expect(page.get_by_role("tab", name="Raw")).to_be_focused()
    expect(page.locator("pre.raw")).to_contain_text("bindings")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Table")).to_be_focused()


@pytest.mark.parametrize("width", [1280, 390])
def test_every_look_is_accessible_in_light_and_dark(seen: Visit, width: int) -> None:
    seen.page.set_viewport_size({"width": width, "height": 900})
    for query, shown in ((COUNTED, ("Chart", "Raw")), (PAIRS, ("Graph", "Table"))):
        page = ask(seen, query)
        for name in shown:
            page.get_by_role("tab", name=name).click()
            expect(page.get_by_role("tabpanel").locator("svg, table, pre").first).to_be_visible()
            assert page.evaluate(TOO_WIDE) == ""
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
                assert violations(page) == [], (name, scheme)


def test_an_answer_without_numbers_or_links_has_no_chart_and_no_graph(seen: Visit) -> None:
    page = ask(
        seen, f"{HEAD}SELECT ?label {{ ?q a qst:OralQuestion ; <http://www.w3.org/2000/01/rdf-schema#label> ?label }}"
    )
    assert page.get_by_role("tab").all_inner_texts() == ["Table", "Raw"]
