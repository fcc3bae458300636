"""A publisher, a folder to fetch into, and what the tests of fetching ask of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from questeur.archives import Archive, Table
from questeur.client import Client
from questeur.fetch import Failed, Fetched, fetch_archives
from tests.questeur.publisher import Publisher, packed

ROOT = Path(__file__).parents[2]
STEP = 1 << 16
NAME, FILE, PATH = "an-17-qe", "an-17-qe.json.zip", "/17/QE.json.zip"
BODY, OTHER = packed(), packed(seed="other")
OLD = b"what was there before"


@dataclass(kw_only=True)
class World:
    """A publisher, a folder, and how long was waited."""

    server: Publisher
    into: Path
    waits: list[float] = field(default_factory=list[float])
    md5: str | None = None
    minimum_bytes: int = 1_000
    minimum_records: int = 2
    allowed: set[str] = field(default_factory=set[str])

    @property
    def table(self) -> Table:
        """Give the archives that are published here."""

        def archive(path: str, md5: str | None = None) -> Archive:
            return Archive(
                source="an-questions",
                title="Questions, 17e législature",
                path=path,
                form="question-json",
                layout="many",
                md5=md5,
                minimum_bytes=self.minimum_bytes,
                minimum_records=self.minimum_records,
            )

        rows = {NAME: archive("17/QE.json.zip", self.md5), "an-actors": archive("17/AMO30.json.zip")}
        rows |= {f"an-17-{kind}": archive(f"17/{kind.upper()}.json.zip") for kind in ("qg", "qosd")}
        return Table(base=f"http://{self.server.host}/", hosts=(), latest=17, archives=rows)

    @property
    def client(self) -> Client:
        """Give a client that notes its waits in place of waiting."""
        return Client(
            hosts=frozenset({self.server.host, *self.allowed}),
            plain_loopback=True,
            timeout=5,
            sleep=self.waits.append,
        )

    def fetch(self, *names: str, locked: bool = False) -> list[Fetched | Failed]:
        """Fetch some names."""
        return fetch_archives(names, self.into, locked=locked, table=self.table, client=self.client)

    def one(self, *, locked: bool = False) -> Fetched:
        """Fetch the one archive; it works."""
        (outcome,) = self.fetch(NAME, locked=locked)
        assert isinstance(outcome, Fetched), outcome
        return outcome

    def failing(self, *, locked: bool = False) -> Failed:
        """Fetch the one archive; it fails."""
        (outcome,) = self.fetch(NAME, locked=locked)
        assert isinstance(outcome, Failed), outcome
        return outcome

    @property
    def file(self) -> Path:
        """Name the file of the one archive."""
        return self.into / FILE

    def left(self) -> list[str]:
        """List what is in the folder."""
        return sorted(path.name for path in self.into.iterdir())
