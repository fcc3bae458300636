"""The SPARQL page with script: completion, errors mended by a click, results, cancelling, links, code that runs."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PATIENCE, visit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.browser.conftest import Visit
    from tests.served import Server

expect.set_options(timeout=PATIENCE)

UNDECLARED = "SELECT * { ?s a qst:OralQuestion }"
PREFIX = "PREFIX qst: <https://w3id.org/questeur/ns#>\n"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@pytest.fixture
def seen(browser: Browser, site: Server) -> Iterator[Visit]:
    """Open the English page with its editor, and listen until the test ends."""
    with visit(browser, site) as one:
        one.open("/en/sparql")
        expect(one.page.locator(".editor-host[data-ready]")).to_be_visible()
        yield one
        assert [what for what in one.wrong if "400 (Bad Request)" not in what] == []


def write(page: Page, text: str) -> None:
    """Type a query in place of the one that is there, without what typing completes."""
    page.locator(".cm-content").fill(text)
    expect(page.locator("textarea")).to_have_value(text)


def run(page: Page) -> None:
    page.get_by_role("button", name="Run", exact=True).click()


def status(page: Page) -> str:
    return page.locator("#outcome [role=status]").inner_text()


def test_names_are_completed_from_the_graph_and_bring_their_prefix(seen: Visit) -> None:
    page = seen.page
    write(page, "SELECT * { ?s a qst:WrittenQuestion ; ")
    page.keyboard.type("autho")
    first = page.locator(".cm-tooltip-autocomplete li").first
    expect(first).to_contain_text("qst:author")
    page.wait_for_timeout(100)  # the editor takes no choice in the first moment, lest a newline choose
    page.keyboard.press("Escape")
    expect(page.locator(".cm-tooltip-autocomplete")).to_have_count(0)
    write(page, "SELECT * { ?s a ")
    page.keyboard.press("Control+Space")
    page.keyboard.type("OralQ")
    expect(first).to_contain_text("Oral question")
    expect(first).to_contain_text("qst:OralQuestion")
    page.wait_for_timeout(100)
    page.keyboard.press("Enter")
    expect(page.locator("textarea")).to_have_value(f"{PREFIX}SELECT * {{ ?s a qst:OralQuestion")


def test_an_error_is_shown_at_its_place_and_mended_by_one_click(seen: Visit) -> None:
    page = seen.page
    write(page, UNDECLARED)
    expect(page.locator(".cm-lintRange-error")).to_have_text("qst:OralQuestion")
    page.keyboard.press("Control+Enter")
    problem = page.locator("#outcome .problem")
    expect(problem).to_contain_text("prefix qst: is not declared")
    expect(problem.locator("pre")).to_contain_text("^")
    problem.get_by_role("button", name="Repair").click()
    expect(page.locator("#outcome table")).to_be_visible()
    expect(page.locator("textarea")).to_have_value(PREFIX + UNDECLARED)


def test_without_script_too_an_error_is_mended_by_one_click(browser: Browser, site: Server) -> None:
    with visit(browser, site, script=False) as plain:
        page = plain.open("/en/sparql")
        page.locator("textarea").fill(UNDECLARED)
        run(page)
        page.get_by_role("link", name="Repair").click()
        expect(page.locator("#outcome table")).to_be_visible()
        assert page.locator("textarea").input_value() == PREFIX + UNDECLARED


def test_cells_are_typed_and_things_of_ours_lead_to_their_pages(seen: Visit) -> None:
    page = seen.page
    write(page, f"{PREFIX}SELECT ?q ?n {{ ?q a qst:OralQuestion ; qst:number ?n }} ORDER BY ?n LIMIT 3")
    run(page)
    expect(page.locator("#outcome tbody tr")).to_have_count(3)
    assert page.locator("#outcome tbody a").first.get_attribute("href") == "/en/question/QANR5L15QOSD196"
    assert page.locator("#outcome tbody td.number").first.inner_text() == "196"


def test_a_long_answer_comes_500_rows_at_a_time(seen: Visit) -> None:
    page = seen.page
    write(page, "SELECT * { ?s ?p ?o } LIMIT 10000")
    run(page)
    rows = page.locator("#outcome tbody tr")
    expect(rows).to_have_count(500)
    assert status(page).startswith("500 of 10,000 rows")
    page.get_by_role("button", name="500 more rows").click()
    expect(rows).to_have_count(1000)


def test_a_running_query_is_cancelled(seen: Visit) -> None:
    page = seen.page
    write(page, ENDLESS)
    run(page)
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#outcome [role=status]")).to_have_text("Query cancelled.")
    expect(page.get_by_role("button", name="Cancel")).to_be_hidden()


def test_the_address_is_the_state_and_back_goes_to_the_query_before(seen: Visit) -> None:
    page = seen.page
    for limit in (1, 2):
        write(page, f"SELECT * {{ ?s ?p ?o }} LIMIT {limit}")
        run(page)
        expect(page.locator("#outcome tbody tr")).to_have_count(limit)
    page.go_back()
    expect(page.locator("#outcome tbody tr")).to_have_count(1)
    expect(page.locator("textarea")).to_have_value("SELECT * { ?s ?p ?o } LIMIT 1")


def test_a_query_too_long_for_an_address_travels_behind_the_hash(seen: Visit) -> None:
    page = seen.page
    text = f"# {'é𝄞' * 1500}\nASK {{}}"
    write(page, text)
    run(page)
    expect(page.locator("#outcome .verdict")).to_be_visible()
    assert "#q=" in page.url
    assert len(page.url) < 4000
    page.reload()
    expect(page.locator("textarea")).to_have_value(text)


def test_queries_of_before_are_kept_in_this_browser(seen: Visit) -> None:
    page = seen.page
    write(page, "ASK { ?past ?p ?o }")
    run(page)
    expect(page.locator("#outcome .verdict")).to_be_visible()
    seen.open("/en/sparql")
    page.get_by_text("Past queries").click()
    page.get_by_role("button", name="ASK { ?past ?p ?o }").click()
    expect(page.locator("textarea")).to_have_value("ASK { ?past ?p ?o }")


def test_tab_leaves_the_editor(seen: Visit) -> None:
    page = seen.page
    page.locator(".cm-content").click()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Run"


def test_the_code_runs_as_printed(seen: Visit) -> None:
    page = seen.page
    write(page, f'{PREFIX}SELECT ?n {{ ?q a qst:OralQuestion ; qst:number ?n FILTER(STR(?n) != "it\'s `${{n}}`") }}')
    page.get_by_text("The same result from a program").click()
    expect(page.locator("[data-code=Python]")).to_contain_text("OralQuestion")
    code = {name: page.locator(f"[data-code={name}]").inner_text() for name in ("curl", "Python", "JavaScript")}
    python = subprocess.run([sys.executable, "-c", code["Python"]], capture_output=True, text=True, check=True)
    shell = subprocess.run(["sh", "-c", code["curl"]], capture_output=True, text=True, check=True)
    rows = len(shell.stdout.split()) - 1
    assert rows > 1
    assert python.stdout.startswith(f"{rows} [")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.evaluate(f"async () => {{ {code['JavaScript']} }}")
    assert said[-1].startswith(f"{rows} ")


def test_the_answer_is_saved_in_every_format(seen: Visit) -> None:
    page = seen.page
    write(page, "SELECT * { ?s ?p ?o } LIMIT 2")
    run(page)
    for name in ("CSV", "TSV", "JSON", "XML"):
        expect(page.locator("#outcome form.files").get_by_role("button", name=name, exact=True)).to_be_visible()
