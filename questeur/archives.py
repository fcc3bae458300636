"""The archives that can be fetched, by name, as ``archives.toml`` lists them. Knows no network and no file."""

from __future__ import annotations

import difflib
import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

import msgspec

from ontology.errors import ConfigError

CURRENT = "current"
_OF_LEGISLATURE = re.compile(r"an-(\d{2})-(qe|qg|qosd)")
_MD5 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]


class Archive(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One archive: where it is published, and what it must hold at least."""

    name: str = ""
    source: str
    title: str
    path: str
    form: str
    layout: Literal["one", "many"]
    minimum_bytes: int
    minimum_records: int
    md5: _MD5 | None = None

    @property
    def file(self) -> str:
        """Name the file that the archive is kept in."""
        return f"{self.name}.json.zip"

    def succeeded(self, old: int, new: int) -> Archive:
        """Give the same archive of a later legislature, whose size nobody knows yet."""
        return msgspec.structs.replace(
            self,
            name=self.name.replace(f"-{old}-", f"-{new}-"),
            title=self.title.replace(f"{old}e", f"{new}e"),
            path=self.path.replace(f"{old}/", f"{new}/", 1),
            minimum_bytes=0,
            minimum_records=0,
        )


class Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every archive of one publisher."""

    base: str
    hosts: tuple[str, ...]
    latest: int
    archives: dict[str, Archive]

    def named(self, name: str) -> Archive:
        """Give the archive of that name; one of a legislature after the latest is derived from the latest.

        Raises
        ------
        ConfigError
            No archive has that name.
        """
        if name in self.archives:
            return msgspec.structs.replace(self.archives[name], name=name)
        if (match := _OF_LEGISLATURE.fullmatch(name)) and int(match[1]) > self.latest:
            return self.named(f"an-{self.latest}-{match[2]}").succeeded(self.latest, int(match[1]))
        close = difflib.get_close_matches(name, [*self.archives, CURRENT], n=1)
        raise ConfigError(
            f"{name}: no archive has that name",
            hint=(f"did you mean {close[0]}? " if close else "") + "questeur fetch --list shows the names",
        )

    def of_legislature(self, number: int) -> list[Archive]:
        """Give the questions of a legislature, and the people and bodies as published under it."""
        actors = self.named("an-actors")
        if number > self.latest:
            actors = msgspec.structs.replace(actors, path=actors.succeeded(self.latest, number).path)
        return [*(self.named(f"an-{number}-{kind}") for kind in ("qe", "qg", "qosd")), actors]

    def url(self, archive: Archive) -> str:
        """Give the address of an archive."""
        return self.base + archive.path


@cache
def published() -> Table:
    """Read the table that ships with the program."""
    text = files(__package__ or "").joinpath("archives.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), Table)
