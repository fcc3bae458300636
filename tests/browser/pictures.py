"""``make screenshots``: the main pages of the bundled records at three widths, into ``docs/images``. No test."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from questeur.build import build
from questeur.sample import sample
from tests.browser.conftest import SWITCHES, program, visit
from tests.served import served

IMAGES = Path(__file__).parents[2] / "docs" / "images"
WIDTHS = {1280: 800, 768: 900, 390: 800}
QUERY = (
    "PREFIX%20qst%3A%20%3Chttps%3A%2F%2Fw3id.org%2Fquesteur%2Fns%23%3E%0APREFIX%20rdfs%3A%20%3Chttp%3A%2F%2Fwww.w3.org"
    "%2F2000%2F01%2Frdf-schema%23%3E%0A%0ASELECT%20%3Fministry%20(COUNT(*)%20AS%20%3Fn)%20WHERE%20%7B%0A%20%20%3Fq%20a"
    "%20qst%3AQuestion%20%3B%20qst%3AaddressedTo%20%3Fministry%20.%0A%7D%0AGROUP%20BY%20%3Fministry%20ORDER%20BY%20"
    "DESC(%3Fn)%20LIMIT%2020"
)
PAGES = {
    "home": "/",
    "search": "/search?q=hôpital",
    "question": "/question/QANR5L15QE10719",
    "deputy": "/person/PA1567",
    "network": "/networks/deputy-ministry?type=all",
    "delays": "/delays?type=all",
    "sparql": f"/sparql?query={QUERY}",
    "vocabulary": "/ns",
}


def main() -> None:
    """Take them all; fail if a page answers with an error."""
    with sample() as sources, tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        build(sources, Path(folder))
        with served(Path(folder)) as site, driver.chromium.launch(executable_path=program(), args=SWITCHES) as browser:
            for width, height in WIDTHS.items():
                with visit(browser, site, width=width, height=height) as seen:
                    for name, path in PAGES.items():
                        answer = seen.page.goto(site.address + path)
                        if answer is None or not answer.ok:
                            sys.exit(f"{path} cannot be shown: {answer and answer.status}")
                        seen.page.screenshot(path=IMAGES / f"{name}-{width}.png")


if __name__ == "__main__":
    main()
