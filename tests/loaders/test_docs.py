"""The page on sources says what the tables of the code say; ``--golden`` writes it anew."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from loaders.audit import IGNORED
from loaders.forms import FORMS
from loaders.reading import source_nouns

if TYPE_CHECKING:
    import pytest

PAGE = Path(__file__).parents[2] / "docs" / "sources.md"


def forms() -> str:
    labels = {key: noun.label for key, noun in source_nouns().items()}
    rows = [f"| `{name}` | {labels[form.source]} | {form.rank} | {form.told_by} |" for name, form in FORMS.items()]
    return "\n".join(["| form | counted under | rank | told by |", "|---|---|---|---|", *rows])


def ignored() -> str:
    return "\n".join(["| field | why |", "|---|---|", *(f"| `{path}` | {why} |" for path, why in IGNORED.items())])


def test_the_tables_of_the_page_are_those_of_the_code(request: pytest.FixtureRequest) -> None:
    page = PAGE.read_text(encoding="utf-8")
    expected = page
    for name, table in (("forms", forms()), ("ignored", ignored())):
        start = f"<!-- {name}: generated, see tests/loaders/test_docs.py -->\n"
        block = re.search(rf"(?<={re.escape(start)}).*?(?=<!-- end -->)", expected, re.DOTALL)
        assert block
        expected = f"{expected[: block.start()]}{table}\n{expected[block.end() :]}"
    if request.config.getoption("--golden"):
        PAGE.write_text(expected, encoding="utf-8")
    assert page == expected
