"""The pages that the browser looks at: at least one of each kind, small and empty states among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# Pages that a job works out first: `warm` waits for it.
COMPUTED = ("/text-reuse?type=all", "/text-reuse", "/text-reuse/QANR5L15QE26964?type=all")
PAGES = (
    "/",
    "/questions?legislature=16&from=2024-05-01",
    "/questions?legislature=15&from=2030-01-01",
    "/networks/deputy-ministry?legislature=16&type=all&from=2024-03-01",
    "/networks/deputy-ministry?legislature=15&type=all",
    "/networks",
    "/networks/group-ministry?type=all&legislature=16",
    "/networks/deputy-ministry?from=2030-01-01",
    "/networks/deputy-ministry?type=all&around=PA720054",
    "/networks/group-ministry/edges/PO730964/economie-finances?type=all",
    "/networks/ministry-ministry/edges/sante/economie-finances?type=all",
    "/networks/group-ministry/backbone?type=all",
    "/networks/group-ministry/backbone?type=all&alpha=0.9&side=both",
    "/networks/group-ministry?type=all&slice=government",
    "/networks/group-ministry?from=2030-01-01&slice=year",
    "/delays?legislature=16",
    "/delays?from=2030-01-01",
    "/delays/questions?legislature=15",
    "/delays/overdue",
    "/deputies",
    "/transfers",
    "/transfers/questions",
    "/search",
    "/search?q=hôpital&legislature=16",
    "/search?q=zzzz",
    "/portfolio/sante",
    "/legislature/15",
    "/sparql",
    "/sparql?query=SELECT%20*%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D%20LIMIT%2030",
    "/sparql?query=ASK%20%7B%7D",
    "/queries",
    "/queries/j1-overdue-by-portfolio",
    "/ns",
    "/ns/author",
    "/ns/Ministry",
    "/question/QANR5L15QE10719",
    "/person/PA720054",
    "/ministry/PO729982",
    "/answer/2018-08-07-083bef097cf2",
    "/downloads",
    "/docs/api",
    "/docs/problems/deadline",
    "/about/accessibility",
    *COMPUTED,
)
# Answers that are problems: the browser notes a failed load in its console, and may.
PROBLEMS = ("/question/QANR5L15QE99999", "/sparql?query=SELECT%20*%20%7B%20%3Fs%20a%20qst%3AQuestion%20%7D")


def warm(status: Callable[[str], int]) -> None:
    """Ask for the pages that a job works out until each is there; a request waits for a second by itself."""
    for path in COMPUTED:
        answers = (status(path) for _ in range(120))
        found = next((one for one in answers if one != 202), 202)
        assert found == 200, f"{path} answers {found}"
