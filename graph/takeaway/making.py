"""Making the files that are taken away of a generation, one after the other, the small ones first. Knows the store.

One process makes them at a time, whoever asks; each takes its name when it is whole and on the disk, so a kill leaves
none by halves, and who comes next goes on with those that are missing. The same generation gives the same bytes.
"""

from __future__ import annotations

import fcntl
import gzip
import shutil
from contextlib import closing, contextmanager
from functools import partial
from typing import IO, TYPE_CHECKING, Final, cast

from graph.backends.oxigraph.dumping import dumping
from graph.backends.oxigraph.durable import digest_of, sync
from graph.backends.oxigraph.generations import current
from graph.backends.oxigraph.store import OxigraphStore
from graph.columns.keeping import columns_of
from graph.faults import point
from graph.networks.export import write
from graph.networks.kinds import kind_of, network, read
from graph.networks.parameters import parse
from graph.networks.transfers import transfers
from graph.sheets import write_csv, write_parquet
from graph.takeaway.files import FOLDER, Made, digest, note, shelf, wanted
from graph.takeaway.tables import questions, texts
from ontology.errors import BusyError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping
    from pathlib import Path

    from graph.backends.oxigraph.dumping import Dump
    from graph.columns.table import Columns
    from graph.sheets import Sheet
    from graph.takeaway.files import File

_LEVEL: Final = 6
_LOCK: Final = "lock"
_SHEETS: Final = {"questions": questions, "texts": texts}
LICENCE: Final = "https://www.etalab.gouv.fr/licence-ouverte-open-licence"


def make(
    data: Path, folder: Path | None = None, *, told: Callable[[str, Made], object] = lambda _name, _made: None
) -> str:
    """Make the files of the current generation that are not made yet; give the generation's name.

    Parameters
    ----------
    data
        The DATA folder.
    folder
        Where to put them; None: where the service looks for them.
    told
        Is told of each file, those that were there too.

    Raises
    ------
    BusyError
        Another process makes them.
    """
    generation = current(data)
    of = digest(data, generation)
    place = folder or data / FOLDER / generation
    place.mkdir(parents=True, exist_ok=True)
    with _alone(place), dumping(data, generation) as dump:
        columns = _columns(data, generation)
        said = {"source": "questeur", "generation": generation, "manifest": of, "licence": LICENCE}
        found = dict(shelf(place, of).files)
        note(place, of, found)
        for file in wanted():
            if file.name not in found:
                found[file.name] = _made(place, file, partial(_fill, file, columns=columns, dump=dump, said=said))
                note(place, of, found)
            told(file.name, found[file.name])
    if folder is None:
        _forget(data)
    return generation


def _columns(data: Path, generation: str) -> Columns:
    """Read the columns of a generation.

    Raises
    ------
    BusyError
        Another one was published meanwhile.
    """
    with closing(OxigraphStore(data)) as store:
        columns = columns_of(store)
    if columns.generation != generation:
        raise BusyError("another generation was published while its files were made", retry_after=1)
    return columns


def _made(folder: Path, file: File, fill: Callable[[IO[bytes]], int | None]) -> Made:
    """Make one file, whole or not at all."""
    working = folder / f"{file.name}.tmp"
    try:
        with working.open("wb") as out:
            if file.name.endswith(".gz"):
                with gzip.GzipFile("", "wb", _LEVEL, out, mtime=0) as packed:
                    rows = fill(cast("IO[bytes]", packed))
            else:
                rows = fill(out)
        sync(working)
        found = digest_of(working)
        point("download written")
        working.replace(folder / file.name)
    finally:
        working.unlink(missing_ok=True)
    return Made(size=found.size, sha256=found.sha256, rows=rows)


def _fill(file: File, out: IO[bytes], *, columns: Columns, dump: Dump, said: Mapping[str, str]) -> int | None:
    """Write what a file holds; give the number of its rows."""
    if file.content in _SHEETS:
        sheet: Sheet = _SHEETS[file.content](columns, dump, said)
        return (write_parquet if file.format == "parquet" else write_csv)(sheet, out)
    if file.content == "graph":
        (dump.write_quads if file.format == "nq" else dump.write_turtle)(out)
    elif file.content == "transfers":
        out.write(write(transfers(columns, parse({"type": "all"})), file.format))
    else:
        parameters, options = read(kind_of(file.content), {"type": "all"})
        out.write(write(network(columns, file.content, parameters, options).flat, file.format))
    return None


def busy(folder: Path) -> bool:
    """Say whether a process makes files in a folder now."""
    try:
        with (folder / _LOCK).open("r") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


@contextmanager
def _alone(folder: Path) -> Generator[None]:
    """Be the only process that makes files in a folder.

    Raises
    ------
    BusyError
        Another is.
    """
    with (folder / _LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BusyError("another process makes these files", retry_after=5, hint="ask again in a moment") from error
        yield


def _forget(data: Path) -> None:
    """Remove the files of generations that are gone."""
    for other in (data / FOLDER).iterdir():
        if not (data / "gens" / other.name).is_dir():
            shutil.rmtree(other, ignore_errors=True)
