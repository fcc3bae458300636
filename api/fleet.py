"""What all web processes of one service hold together: the shares of the clients and the counters."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from api.allowance import Allowances, Rates
from api.metrics import Metrics

if TYPE_CHECKING:
    from api.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """Shared memory with a meaning. Make it before the web processes are forked."""

    allowances: Allowances | None
    metrics: Metrics = field(default_factory=Metrics)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Make what the settings ask for."""
        rates = Rates(
            seconds=settings.client_seconds,
            burst=settings.client_burst,
            errors=settings.client_errors,
            error_burst=settings.client_error_burst,
        )
        return cls(allowances=Allowances(rates) if settings.limit_clients else None)
