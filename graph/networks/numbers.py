"""How a figure is written: six significant digits, and null where there is none. Knows nothing else."""

from __future__ import annotations

import math


def number(value: float | None) -> float | None:
    """Round to six significant digits, so that every engine gives the same bytes; what is no number is null.

    >>> number(0.123456789), number(float("nan"))
    (0.123457, None)
    """
    return None if value is None or not math.isfinite(value) else float(f"{value:.6g}")
