"""What is looked at on a page: axe in both schemes, its width, its silence."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Page

    from tests.browser.conftest import Visit

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
WIDTHS = (1280, 390)
# All rules of axe, with the one of WCAG 2.2 AA that is off by default. The colour rules again for the other scheme.
_EVERYTHING = "axe.run({resultTypes: ['violations'], rules: {'target-size': {enabled: true}}})"
_COLOURS = "axe.run({resultTypes: ['violations'], runOnly: ['color-contrast', 'link-in-text-block']})"
# The thirteenth row of a table is made by the template of the first: axe need not see it.
_THIN = """() => {
    for (const many of document.querySelectorAll('main :is(tbody, tr, ul, ol, dl, svg, select)')) {
        while (many.children.length > 12) many.lastElementChild.remove();
    }
}"""
TOO_WIDE = """() => {
    const wide = document.documentElement;
    return wide.scrollWidth > wide.clientWidth ? `${wide.scrollWidth} px wide` : '';
}"""


def look(seen: Visit, path: str, *, expected: Sequence[str] = ()) -> list[str]:
    """Open a page, in light and then in dark, and tell what is wrong; what the console may say is ``expected``."""
    seen.wrong.clear()
    seen.page.emulate_media(color_scheme="light")
    page = seen.open(path)
    wide = [said] if (said := str(page.evaluate(TOO_WIDE))) else []
    page.evaluate(_THIN)
    found = violations(page)
    page.emulate_media(color_scheme="dark")
    found += violations(page, _COLOURS)
    return [*wide, *found, *(what for what in seen.wrong if not any(words in what for words in expected))]


def violations(page: Page, run: str = _EVERYTHING) -> list[str]:
    """Run axe and name what it finds, with the places."""
    found = cast("dict[str, Any]", page.evaluate(run))["violations"]
    return [f"{one['id']}: {one['help']} at {[node['target'] for node in one['nodes'][:4]]}" for one in found]
