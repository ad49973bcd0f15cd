"""Do other seeds give the same reasons? EXPLANATION_METRICS.md, section 6."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import combinations
from math import comb

__all__ = ["chance_jaccard", "jaccard", "mean_jaccard"]


def jaccard(first: frozenset[Hashable], second: frozenset[Hashable]) -> float | None:
    """Size of what both have over size of what one has; None for two empty sets."""
    union = first | second
    return len(first & second) / len(union) if union else None


def mean_jaccard(rankings: Sequence[Sequence[Hashable]], k: int) -> float | None:
    """Jaccard@k: mean over all pairs of seeds of the overlap of their first k reasons.

    Args:
        rankings: reasons of one pair under each seed, strongest first.
        k: how many are compared.

    Returns:
        None with fewer than two seeds or without any reason.
    """
    firsts = [frozenset(ranking[:k]) for ranking in rankings]
    values = [jaccard(first, second) for first, second in combinations(firsts, 2)]
    found = [value for value in values if value is not None]
    return sum(found) / len(found) if found else None


def chance_jaccard(n_units: int, k: int) -> float:
    """Expected Jaccard of two random sets of min(k, n) out of n units.

    The overlap is hypergeometric: sum over m of P(m) m / (2 k - m).

    Args:
        n_units: at least 1.
        k: at least 1.
    """
    size = min(k, n_units)
    ways = comb(n_units, size)
    return sum(
        comb(size, both) * comb(n_units - size, size - both) / ways * both / (2 * size - both)
        for both in range(1, size + 1)
    )
