"""Columns on disk: a folder of ``.npy`` files and ``columns.json``, the same bytes for the same graph. Knows no store.

Arrays are little-endian, in C order, without pickles, and are mapped into memory when read.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np

from graph.columns.codes import Codes
from graph.columns.table import Attributions, Columns, Moves
from ontology.errors import BuildError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

INDEX: Final = "columns.json"
_VERSION: Final = 2
_HISTORIES: Final = {"attributions": Attributions, "moves": Moves}


def save(columns: Columns, folder: Path) -> None:
    """Write the columns into a folder, made if it is not there. The index comes last: without it nothing is read."""
    folder.mkdir(parents=True, exist_ok=True)
    arrays = {name: _save(folder / f"{name}.npy", array) for name, array in columns.arrays()}
    codes = {
        kind: {
            "keys": codes.keys,
            "fr": codes.fr,
            "en": codes.en,
            "stub": np.flatnonzero(codes.stub).tolist(),
        }
        for kind, codes in columns.codes.items()
    }
    index = {"version": _VERSION, "generation": columns.generation, "columns": arrays, "codes": codes}
    text = json.dumps(index, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / INDEX).write_text(f"{text}\n", encoding="utf-8")


def load(folder: Path) -> Columns:
    """Read the columns of a folder, each file compared with the digest that the index gives.

    Raises
    ------
    BuildError
        There is no index, or a file is missing or changed.
    """
    try:
        index = json.loads((folder / INDEX).read_bytes())
        if index["version"] != _VERSION:
            raise _damaged(INDEX, f"version {index['version']} is not {_VERSION}")
        arrays = {name: _load(folder / f"{name}.npy", said) for name, said in index["columns"].items()}
        codes = {kind: _codes(kind, said) for kind, said in index["codes"].items()}
        parts: dict[str, Any] = {name: array for name, array in arrays.items() if "." not in name}
        for name, history in _HISTORIES.items():
            steps: dict[str, Any] = {field.name: arrays[f"{name}.{field.name}"] for field in fields(history)}
            parts[name] = history(**steps)
        return Columns(generation=index["generation"], codes=codes, **parts)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(INDEX, f"it cannot be read: {error}") from error


def _save(path: Path, array: NDArray[np.generic]) -> dict[str, object]:
    """Write one array and describe it."""
    plain = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    with path.open("wb") as file:
        np.lib.format.write_array(file, plain, version=(1, 0), allow_pickle=False)
    return {"dtype": plain.dtype.str, "length": len(plain), "sha256": _digest(path)}


def _load(path: Path, said: dict[str, object]) -> NDArray[np.generic]:
    """Map one array that is what the index says."""
    if _digest(path) != said["sha256"]:
        raise _damaged(path.name, "it is not what the index says")
    return cast("NDArray[np.generic]", np.load(path, mmap_mode="r" if said["length"] else None, allow_pickle=False))


def _codes(kind: str, said: dict[str, list[Any]]) -> Codes:
    """Read one code list."""
    stub = np.zeros(len(said["keys"]), dtype=np.bool_)
    stub[said["stub"]] = True
    return Codes(type=kind, keys=tuple(said["keys"]), fr=tuple(said["fr"]), en=tuple(said["en"]), stub=stub)


def _digest(path: Path) -> str:
    """Digest a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _damaged(name: str, why: str) -> BuildError:
    """Say which file of the columns cannot be used."""
    return BuildError(f"columns: {name}: {why}", hint="remove the folder: the columns are read from the graph anew")
