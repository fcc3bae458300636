"""``make test-pages-large``: the pages of a synthetic legislature of full size, with their long names and many facets.

``QUESTEUR_LARGE`` names a graph that is built already; else one of 50,000 synthetic questions is built, in minutes.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from benchmarks.build.inputs import AMO, prepare
from benchmarks.pages.kinds import kinds
from questeur.build import Options, build
from tests.browser.conftest import visit
from tests.browser.looking import AXE, WIDTHS, look
from tests.served import served

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from tests.served import Server

pytestmark = pytest.mark.slow
QUESTIONS = 50_000
MORE = (
    "/networks/deputy-ministry?type=all",
    "/networks/deputy-deputy?via=topic&legislature=15",
    "/networks/group-ministry?type=all",
    "/networks/group-ministry?type=all&order=similarity",
    "/networks/group-ministry?type=all&slice=half",
    "/networks/deputy-ministry?type=all&around=sante&ministry_as=portfolio",
    "/downloads",
    "/delays?by=ministry&type=all",
    "/delays?by=group&type=all",
    "/questions?legislature=15&limit=1000",
    "/questions?legislature=14",
    "/search",
    "/search?q=situation+situation&legislature=15&portfolio=sante",
    "/search?q=zzzzzz",
    "/question/QANR5L15QE1",
)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve a legislature of full size."""
    given = os.environ.get("QUESTEUR_LARGE")
    data = Path(given) if given else tmp_path_factory.mktemp("large") / "data"
    if not given:
        inputs = prepare(data.parent, QUESTIONS, seed=1)
        build([AMO, inputs.archive], data, options=Options(jobs=os.cpu_count() or 1))
    with served(data, "--processes", "1", "--timeout", "60") as server:
        while server.get("/search.json?q=question").status == 503:
            pass  # the index is being made: the request itself waits
        while server.get("/text-reuse?type=all&from=2022-03-01", accept="text/html").status == 202:
            pass
        yield server


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_holds_at_full_size(browser: Browser, large: Server, width: int) -> None:
    listed = [path for kind in kinds(large, 3) for path in kind.paths if ".json" not in path]
    wrong: dict[str, list[str]] = {}
    with visit(browser, large, width=width) as seen:
        seen.page.add_init_script(AXE)
        for path in (*listed, *MORE, "/text-reuse?type=all&from=2022-03-01"):
            found = look(seen, path, expected=["404 (Not Found)"])
            if found:
                wrong[path] = found
    assert wrong == {}
