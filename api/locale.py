"""The words of the pages: two TOML catalogues, numbers and dates as each language writes them. Knows no request."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

from api import sayings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.sayings import Sayings

Language: TypeAlias = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = ("fr", "en")
_PER_CENT: Mapping[Language, str] = {"fr": "\u202f%", "en": "%"}
_POINTS: Mapping[Language, str] = {"fr": ",", "en": "."}
_THOUSAND = 1000
_THOUSANDS: Mapping[Language, str] = {"fr": "\u202f", "en": ","}


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """The strings of one language, by dotted name, and how it says the English of the layers below."""

    language: Language
    strings: Mapping[str, str]
    months: tuple[str, ...]
    sayings: Sayings

    def __call__(self, name: str, /, **values: object) -> str:
        """Give a string with its values filled in; whole numbers are written as the language does."""
        if not values:
            return self.strings[name]  # as it stands: the text of a query has braces of its own
        written = {key: self.number(value) if isinstance(value, int) else value for key, value in values.items()}
        return self.strings[name].format_map(written)

    def find(self, name: str) -> str | None:
        """Give a string, or None when there is none of that name."""
        return self.strings.get(name)

    def say(self, english: str) -> str | None:
        """Say in this language what a layer below says in English; None where it has no words for it."""
        return english if self.language == "en" else self.sayings.say(english)

    def table(self, name: str) -> Mapping[str, str]:
        """Give the strings of a table as they stand, for a script to fill in."""
        start = f"{name}."
        return {key.removeprefix(start): text for key, text in self.strings.items() if key.startswith(start)}

    def number(self, value: int) -> str:
        """Write a whole number with the language's thousands separator."""
        return f"{value:,}".replace(",", _THOUSANDS[self.language])

    def tenth(self, value: float) -> str:
        """Write a number to one decimal."""
        whole, _, part = f"{value:,.1f}".partition(".")
        return f"{whole.replace(',', _THOUSANDS[self.language])}{_POINTS[self.language]}{part}"

    def figure(self, value: float) -> str:
        """Write a number to three significant digits, a whole one or one of thousands whole."""
        if value == int(value) or abs(value) >= _THOUSAND:
            return self.number(round(value))
        return f"{value:.3g}".replace(".", _POINTS[self.language])

    def percent(self, share: float) -> str:
        """Write a share as whole per cent, with the space that French puts before the sign."""
        return f"{100 * share:.0f}{_PER_CENT[self.language]}"

    def day(self, value: date) -> str:
        """Write a day in full: 17 juillet 2018."""
        first = "1er" if value.day == 1 and self.language == "fr" else str(value.day)
        return f"{first}\u00a0{self.months[value.month - 1]} {value.year}"

    def when(self, text: str) -> str:
        """Write an ISO day in full; text that is not one, as it is."""
        try:
            return self.day(date.fromisoformat(text)) if text else ""
        except ValueError:
            return text


def load() -> Mapping[Language, Catalogue]:
    """Read both catalogues."""
    return {language: _read(language) for language in LANGUAGES}


def _read(language: Language) -> Catalogue:
    """Read one catalogue and flatten its tables."""
    text = files(__package__ or "").joinpath("locales", f"{language}.toml").read_text("utf-8")
    tables = tomllib.loads(text)
    months = tuple(cast("list[str]", tables.pop("months")))
    return Catalogue(
        language=language, strings=dict(_flatten("", tables)), months=months, sayings=sayings.read(language)
    )


def _flatten(prefix: str, table: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Give each string its dotted name."""
    flat: list[tuple[str, str]] = []
    for name, value in table.items():
        if isinstance(value, str):
            flat.append((prefix + name, value))
        else:
            flat.extend(_flatten(f"{prefix}{name}.", value))
    return flat
