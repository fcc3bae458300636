"""The command: ``python -m benchmarks.corpus --questions 45400 -o DIR``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ontology.errors import QuesteurError

from .archives import Form
from .making import BUNDLED, Options, make_corpus
from .rates import LEGISLATURES, QUIRKS

if TYPE_CHECKING:
    from collections.abc import Sequence


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.corpus",
        description="Write a synthetic corpus of written questions in the Assemblée's own forms, and its truth.",
    )
    parser.add_argument("--legislature", type=int, default=15, choices=sorted(LEGISLATURES))
    parser.add_argument("--questions", type=int, default=45_400, metavar="N")
    parser.add_argument("--form", type=Form, default=Form.JSON_ZIP, choices=list(Form), metavar="|".join(Form))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quirks", default="default", choices=sorted(QUIRKS))
    parser.add_argument("--amo", type=Path, default=BUNDLED / "amo.json.zip", help="people and bodies")
    parser.add_argument(
        "--sample", type=Path, default=BUNDLED / "questions.json.zip", help="texts to take sentences of"
    )
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="DIR")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parsed = vars(_parser().parse_args(arguments))
    try:
        made = make_corpus(Options(**parsed))
    except QuesteurError as error:
        print(f"{error.message}. {error.hint}".rstrip(), file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{parsed['out']} cannot be written: {error}. Name a folder that can be.", file=sys.stderr)
        return 1
    print(f"synthetic: {made.corpus}, truth in {made.truth.name}, totals in totals.json")
    print(msgspec.json.encode(made.totals).decode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
