"""Which ministry was in charge of a question, and when: mentions to bodies, the attribution history to intervals."""

from __future__ import annotations

from datetime import date, timedelta

from loaders.context import DEFAULT_SERIES, Context
from loaders.questions import Assigned, Mention, Step
from ontology import nouns
from ontology.iris import keyed

ONE_DAY = timedelta(days=1)


def named(mention: Mention) -> bool:
    """Say whether a mention names anything."""
    return bool(mention.ref or mention.full or mention.short)


def ministry(context: Context, mention: Mention, on: date | None) -> str:
    """Give the key of the body a mention means on a day; a stub, noted and shared, when nothing decides."""
    references = context.references
    full = " ".join(mention.full.split()) if mention.full else None
    short = " ".join(mention.short.split()) if mention.short else None
    if mention.ref is not None:
        if mention.ref in references.ministries:
            return mention.ref
        context.note("unknown-ministry", f"{mention.ref} ({full or short}) is in no reference file", "organeRef")
        return _stub(context, mention.ref, short, full, "not in the reference data")
    found, _, problem = references.ministry(full, short, on)
    if found is not None:
        return found
    label = full or short
    if label is None:
        context.note("no-ministry", "the record names no ministry")
        unnamed = f"stub-{context.record.legislature}-non-precise"
        return _stub(context, unnamed, None, "Ministère non précisé", "the record names no ministry")
    several = problem == "ambiguous-ministry"
    context.note(problem, f"{label!r} is the name of {'several' if several else 'no'} ministry bodies on {on}")
    reason = "several bodies have this name on the day" if several else "no ministry body has this name on the day"
    scope = references.government_on(on) or str(context.record.legislature)
    return _stub(context, f"stub-{scope}-{keyed(label)}", short, full, reason)


def _stub(context: Context, key: str, short: str | None, full: str | None, reason: str) -> str:
    context.shared.append(nouns.Ministry(key=key, label=short or full or key, full=full, stub=reason))
    return key


def attributions(context: Context, asked: str, tabled: Step) -> tuple[tuple[nouns.Attribution, ...], list[nouns.Event]]:
    """Turn the history into intervals and moves.

    The same body twice running is no move; of two entries of one day the last is in charge, the other leaves only
    its move. Attribution n ends on the eve of n + 1.
    """
    entries = context.record.assigned or (Assigned(step=tabled, ministry=context.record.asked),)
    kept: list[tuple[str, Assigned, date | None]] = []
    moves: list[nouns.Event] = []
    for entry in entries:
        on = entry.step.day or (tabled.day if not kept else None)
        key = ministry(context, entry.ministry, on or tabled.day) if named(entry.ministry) else asked
        if kept and kept[-1][0] == key:
            context.note("same-ministry-again", f"{key} twice running in the attribution history")
            continue
        if kept:
            moves.append(_move(context, kept[-1][0], key, entry.step))
            if on is not None and kept[-1][2] == on:
                context.note("two-attributions-one-day", f"two ministries in charge from {on}; the last one has it")
                kept.pop()
        kept.append((key, entry, on))
    return _intervals(context, kept), moves


def _intervals(context: Context, kept: list[tuple[str, Assigned, date | None]]) -> tuple[nouns.Attribution, ...]:
    """Date the attributions: each ends on the eve of the next; a day earlier than the one before is not used."""
    starts: list[date | None] = []
    for _, _, stated in kept:
        latest = max(filter(None, starts), default=None)
        disorder = stated is not None and latest is not None and stated < latest
        if disorder:
            context.note("attribution-out-of-order", f"an attribution of {stated} follows one of {latest}")
        starts.append(None if disorder else stated)
    ends = [following - ONE_DAY if following else None for following in starts[1:]] + [None]
    return tuple(
        nouns.Attribution(
            key=f"{context.record.uid}#attribution-{position}",
            ministry=key,
            position=position,
            code=entry.step.series or DEFAULT_SERIES[context.record.kind],
            start=start,
            end=end,
        )
        for position, ((key, entry, _), start, end) in enumerate(zip(kept, starts, ends, strict=True), start=1)
    )


def _move(context: Context, old: str, new: str, step: Step) -> nouns.Event:
    decree = step.series == "JO_LOI_DECRET"
    ended = step.day is not None and context.references.ended_before(old, step.day)
    return context.event("reattributed", step, from_ministry=old, to_ministry=new, inherited=decree or ended)
