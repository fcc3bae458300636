"""How a record prints a ministry, with the oddities of real labels, and what that print must resolve to."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from .questions import Denomination
from .rates import Quirk

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .assembly import Body
    from .dice import Dice

MISSPELLED = ("Minsitère", "Minstère")
SPELLINGS: Mapping[Quirk, Sequence[tuple[str, str]]] = {
    Quirk.LABEL_NO_BREAK_SPACE: ((" ", "\u00a0"),),
    Quirk.LABEL_APOSTROPHE: (("'", "’"),),
    Quirk.LABEL_MISSPELLED: tuple(("Ministère", wrong) for wrong in MISSPELLED),
}


def printed(body: Body) -> Denomination:
    """Print a ministry as the reference data has it."""
    return Denomination(ref=body.uid, short=body.short, label=body.label, resolved=body.uid, rule="ref")


def denomination(
    body: Body, living: Sequence[Body], dice: Dice, rates: Mapping[Quirk, float]
) -> tuple[Denomination, set[Quirk]]:
    """Print ``body``, perhaps oddly, for a record of a day on which ``living`` are alive."""
    if dice.chance(rates.get(Quirk.MINISTRY_ABSENT, 0.0)):
        return _absent(body, dice), {Quirk.MINISTRY_ABSENT}
    label, quirks = spelled(body.label, dice, rates)
    if dice.chance(rates.get(Quirk.MINISTRY_UNREFERENCED, 0.0)):
        rule, found = resolve(label, living)
        if found == body.uid:  # an oddity that makes the label another body's, or nobody's alone, is not told
            made = Denomination(ref=None, short=body.short, label=label, resolved=found, rule=rule)
            return made, quirks | {Quirk.MINISTRY_UNREFERENCED}
    return Denomination(ref=body.uid, short=body.short, label=label, resolved=body.uid, rule="ref"), quirks


def _absent(body: Body, dice: Dice) -> Denomination:
    """Print a ministry that the reference data lacks: an unknown id with a known label, or a label alone."""
    if dice.chance(0.5):
        stub = f"PO99{body.uid.removeprefix('PO')}"
        return Denomination(ref=stub, short=body.short, label=body.label, resolved=stub, rule="stub")
    label = f"Ministère de synthèse n° {dice.below(20) + 1}, absent des données de référence"
    return Denomination(ref=None, short=None, label=label, resolved=None, rule="stub")


def spelled(label: str, dice: Dice, rates: Mapping[Quirk, float]) -> tuple[str, set[Quirk]]:
    """Respell a label; only what changed it is told."""
    quirks: set[Quirk] = set()
    for quirk, pairs in SPELLINGS.items():
        wrong = dice.pick(pairs)
        if dice.chance(rates.get(quirk, 0.0)) and (changed := label.replace(*wrong)) != label:
            label = changed
            quirks.add(quirk)
    return label, quirks


def resolve(label: str, living: Iterable[Body]) -> tuple[str, str | None]:
    """Find the one body alive that bears ``label``: exactly first, normalised second; several or none is no find."""
    living = list(living)
    exact = [body.uid for body in living if body.label == label]
    if exact:
        return "exact", exact[0] if len(exact) == 1 else None
    near = [body.uid for body in living if normalised(body.label) == normalised(label)]
    return "normalised", near[0] if len(near) == 1 else None


def normalised(label: str) -> str:
    """Flatten what differs between prints of one label."""
    text = unicodedata.normalize("NFKC", label).replace("’", "'")
    for wrong in MISSPELLED:
        text = text.replace(wrong, "Ministère")
    return " ".join(text.split()).casefold()
