"""Corpora of 300 questions, drawn once for all tests."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.corpus.making import BUNDLED, Made, Options, draw_corpus, write_corpus

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.corpus.archives import Form
    from benchmarks.corpus.records import Draw

Corpus = tuple[Options, "Sequence[Draw]"]


@pytest.fixture(scope="session")
def drawn() -> Callable[..., Corpus]:
    """Draw a corpus of 300, each kind once."""
    known: dict[Options, Corpus] = {}

    def draw(legislature: int = 15, quirks: str = "heavy") -> Corpus:
        options = Options(out=Path("unused"), questions=300, legislature=legislature, quirks=quirks)
        if options not in known:
            known[options] = options, list(draw_corpus(options))
        return known[options]

    return draw


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Corpus, Form], Made]:
    """Write a drawn corpus in one form, each once, in a folder of its own."""
    known: dict[Options, Made] = {}

    def write(corpus: Corpus, form: Form) -> Made:
        options, draws = corpus
        wanted = replace(options, form=form)
        if wanted not in known:
            known[wanted] = write_corpus(draws, replace(wanted, out=tmp_path_factory.mktemp("corpus")))
        return known[wanted]

    return write


@pytest.fixture(scope="session")
def bodies() -> dict[str, Any]:
    """Read bodies and people plainly, apart from the corpus's own reader."""
    with zipfile.ZipFile(BUNDLED / "amo.json.zip") as archive:
        records = [json.loads(archive.read(name)) for name in archive.namelist() if name.endswith(".json")]
    items = [next(iter(record.values())) if len(record) == 1 else record for record in records]
    return {item["uid"] if isinstance(item["uid"], str) else item["uid"]["#text"]: item for item in items}
