"""What a search may try of a model's settings: ranges that settings classes declare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Choice", "FloatRange", "IntRange", "SearchRange", "SearchSpace"]


@dataclass(frozen=True)
class FloatRange:
    """Real numbers from `low` to `high`, both included; even in the logarithm when `log`."""

    low: float
    high: float
    log: bool = False


@dataclass(frozen=True)
class IntRange:
    """Whole numbers from `low` to `high`, both included; even in the logarithm when `log`."""

    low: int
    high: int
    log: bool = False


@dataclass(frozen=True)
class Choice:
    """One of several values."""

    options: tuple[str | int | float | bool | None, ...]


SearchRange = FloatRange | IntRange | Choice
SearchSpace = Mapping[str, SearchRange]
"""Setting to range; the class attribute `search_space` of a settings class, empty by default."""
