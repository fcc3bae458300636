"""The search for copies planted among synthetic texts, in a process of its own: time, memory, recall, precision."""

from __future__ import annotations

import resource
import time
from typing import TYPE_CHECKING

from benchmarks.networks.drawn import EDITS, texts
from graph.networks.reuse import SIMILAR, find
from graph.networks.wording import similarity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def planted(questions: int, seed: int, copies: int) -> dict[str, float]:
    """Search the copies planted among texts; true are those that are similar by definition, however much was edited."""
    ends: dict[int, Sequence[str]] = {}
    making, letters = 0.0, 0

    def drawn() -> Iterator[str]:
        """Give the texts one by one, the time that they take put aside."""
        nonlocal making, letters
        began = time.process_time()
        for number, words in enumerate(texts(questions, seed, copies=copies)):
            if number < copies or number >= questions - copies:
                ends[number] = words
            text = " ".join(words)
            letters += len(text)
            making += time.process_time() - began
            yield text
            began = time.process_time()

    began = time.process_time()
    found = find(drawn())
    seconds = time.process_time() - began - making
    pairs = {(pair.earlier, pair.later) for pair in found.pairs}
    alike = {(n, questions - copies + n): similarity(ends[n], ends[questions - copies + n]) for n in range(copies)}
    true = {pair for pair, value in alike.items() if value >= SIMILAR}
    by_edit = {
        f"recall at {share:.0%} edited": len(own & pairs) / max(len(own), 1)
        for at, share in enumerate(EDITS)
        for own in [{pair for pair in true if pair[0] % len(EDITS) == at}]
    }
    return {
        "s": seconds,
        "MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
        "characters": letters / questions,
        "true pairs": len(true),
        "found pairs": len(pairs),
        "recall": len(true & pairs) / max(len(true), 1),
        "precision": len(true & pairs) / max(len(pairs), 1),
        **by_edit,
    }
