"""The command: ``python -m benchmarks.build --questions 5000 --seed 1 --rounds 3``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.build import morph as morph_kgc
from benchmarks.build.apart import apart
from benchmarks.build.bars import Result, keep, machine, show
from benchmarks.build.inputs import prepare
from benchmarks.build.rounds import MAPPING, Rounds, bars, check_shapes

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[2]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.build",
        description="Measure how fast a graph is built, on synthetic questions, against references in the same run.",
    )
    parser.add_argument("--questions", type=int, default=5000, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    parser.add_argument(
        "--shacl",
        type=int,
        nargs="?",
        const=2000,
        metavar="N",
        help="compare the compiled shapes with pySHACL, on N questions; it takes minutes",
    )
    parser.add_argument("--no-morph", action="store_true", help="leave morph-kgc out")
    parser.add_argument("--strict", action="store_true", help="exit with 1 when a bar is not reached")
    parser.add_argument(
        "--work", type=Path, default=ROOT / "build" / "bench", metavar="DIR", help="where corpus and stores are kept"
    )
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    asked = _parser().parse_args(arguments)
    work: Path = asked.work.resolve()
    inputs = prepare(work, asked.questions, asked.seed)
    morph = None if asked.no_morph else morph_kgc.install(work)
    if morph is not None:
        apart(morph_kgc.place, inputs.archive, MAPPING, inputs.folder / "morph")
    before = os.getloadavg()
    rounds = Rounds(inputs, morph)
    for number in range(1, asked.rounds + 1):
        print(f"synthetic: {asked.questions:,} questions, round {number} of {asked.rounds}", file=sys.stderr)
        rounds.run()
    same_nodes = check_shapes(rounds, work, asked.shacl, asked.seed) if asked.shacl else None
    result = Result(
        synthetic=True,
        questions=asked.questions,
        seed=asked.seed,
        rounds=asked.rounds,
        machine=machine(morph.version if morph else None),
        load_before=before,
        load_after=os.getloadavg(),
        medians=rounds.medians(),
        bars=bars(rounds),
        lost=rounds.lost,
    )
    show(result)
    print(f"\nlines of 1 and 2 workers are {'the same bytes' if rounds.same_bytes else 'DIFFERENT'}")
    if same_nodes is not None:
        print(f"compiled shapes and pySHACL name {'the same' if same_nodes else 'DIFFERENT'} focus nodes")
    print(f"kept in benchmarks/results/{keep(result).name}; every figure is of synthetic questions")
    return int(asked.strict and not all(bar.holds for bar in result.bars))


if __name__ == "__main__":
    sys.exit(main())
