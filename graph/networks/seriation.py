"""An order of rows and columns in which alike stand side by side. Pure; knows a table of counts alone.

Both are put in the order of their first axis of correspondence analysis: the scores of rows and columns, each the mean
of the other's, that agree best. It depends on the counts alone, on no chance and no choice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DIGITS = 9  # beyond, what libraries of linear algebra differ in


def seriated(counts: NDArray[np.int64]) -> tuple[list[int], list[int]]:
    """Give the order of rows and that of columns; those without any count come last.

    Formula: of the table P = N / n with margins r and c, the singular vectors u, v of the largest singular value of
    D_r^(-1/2) (P - r c') D_c^(-1/2); rows are ordered by D_r^(-1/2) u, columns by D_c^(-1/2) v. The sign is that by
    which the row with the most counts comes in the first half.

    References
    ----------
    Hirschfeld 1935, Proc. Cambridge Phil. Soc. 31; Benzécri 1973, L'analyse des données; for its use to order a table,
    Hahsler, Hornik & Buchta 2008, J. Stat. Software 25(3).

    Examples
    --------
    >>> import numpy as np
    >>> seriated(np.array([[5, 0, 1], [0, 7, 0], [4, 0, 2]]))[0] in ([1, 0, 2], [1, 2, 0])
    True
    """
    rows, columns = (np.flatnonzero(counts.sum(axis=axis)) for axis in (1, 0))
    shares = counts[np.ix_(rows, columns)].astype(np.float64)
    if min(shares.shape) < 2:
        return _whole(rows.tolist(), counts.shape[0]), _whole(columns.tolist(), counts.shape[1])
    shares /= shares.sum()
    r, c = shares.sum(axis=1), shares.sum(axis=0)
    left, _, right = np.linalg.svd((shares - np.outer(r, c)) / np.sqrt(np.outer(r, c)), full_matrices=False)
    score: NDArray[np.float64] = left[:, 0] / np.sqrt(r)
    other: NDArray[np.float64] = right[0] / np.sqrt(c)
    sign = -1.0 if score[int(np.argmax(r))] > 0 else 1.0
    down, across = (np.argsort(np.round(sign * own, _DIGITS), kind="stable") for own in (score, other))
    return _whole(rows[down].tolist(), counts.shape[0]), _whole(columns[across].tolist(), counts.shape[1])


def _whole(order: list[int], length: int) -> list[int]:
    """Add those that have no place, at the end."""
    return [*order, *sorted(set(range(length)) - set(order))]
