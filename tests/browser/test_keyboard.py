"""The pages by keyboard alone: every control is reached, the focus is seen, and nothing holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from tests.browser.conftest import visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.served import Server

# Number what can be focused, in the order of the document, through open shadow roots.
NUMBER = """() => {
    const found = [];
    const walk = root => {
        for (const one of root.querySelectorAll('*')) {
            const shown = one.checkVisibility({visibilityProperty: true, contentVisibilityAuto: true});
            const control = one.matches('a[href], button, input, select, textarea, summary, [contenteditable=true]')
                || one.tabIndex >= 0;
            if (control && shown && !one.disabled && !one.closest('[inert]') && one.tabIndex >= 0) found.push(one);
            if (one.shadowRoot) walk(one.shadowRoot);
        }
    };
    walk(document);
    found.forEach((one, place) => { one.place = place; });
    return found.length;
}"""
FOCUSED = """() => {
    let one = document.activeElement;
    while (one && one.shadowRoot && one.shadowRoot.activeElement) one = one.shadowRoot.activeElement;
    if (!one || one === document.body || one.place === undefined) return null;
    const seen = [one, ...(one.closest('.cm-editor') ? [one.closest('.cm-editor')] : [])];
    return [one.place, seen.some(each => parseFloat(getComputedStyle(each).outlineWidth) > 0)];
}"""


def walk(page: Page, controls: int) -> list[tuple[int, bool]]:
    """Press Tab until the focus comes round, and give the places where it went and whether it was seen there."""
    reached: list[tuple[int, bool]] = []
    for _ in range(4 * controls + 10):  # a field for a date takes several
        page.keyboard.press("Tab")
        if (found := page.evaluate(FOCUSED)) is None:
            continue
        if found[0] == 0 and len(reached) > 1:
            break
        reached.append(cast("tuple[int, bool]", tuple(found)))
    return reached


@pytest.mark.parametrize(
    "path", ["/", "/sparql", "/networks/deputy-ministry?legislature=16&type=QG", "/about/accessibility"]
)
def test_every_control_is_reached_by_tab_in_order_and_the_focus_is_seen(
    browser: Browser, site: Server, path: str
) -> None:
    with visit(browser, site) as seen:
        page = seen.open(path)
        controls = cast("int", page.evaluate(NUMBER))
        reached = walk(page, controls)
        places = list(dict.fromkeys(place for place, _ in reached))
        assert places == list(range(controls))
        assert [place for place, visible in reached if not visible] == []


def test_the_first_tab_stop_leads_to_the_content(browser: Browser, site: Server) -> None:
    with visit(browser, site) as seen:
        page = seen.open("/questions")
        page.keyboard.press("Tab")
        assert page.locator(".skip").is_visible()
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "content"
