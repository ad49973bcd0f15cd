"""Values per user, and their means with intervals: undefined values are left out and counted."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from kgrec_core.evaluation.bootstrap import mean_intervals

__all__ = ["Estimate", "Observations"]

N_BOOTSTRAP = 1000


@dataclass(frozen=True)
class Estimate:
    """A mean over users.

    Attributes:
        value: mean of the users' own means; None when it is defined for nobody.
        low: lower end of the 95 % bootstrap interval over users.
        high: upper end.
        n_users: users with a value.
        n_undefined: users that were looked at and have none.
    """

    value: float | None
    low: float | None
    high: float | None
    n_users: int
    n_undefined: int

    def is_below(self, other: Estimate) -> bool:
        """True when the whole interval lies below that of another one."""
        return self.high is not None and other.low is not None and self.high < other.low


class Observations:
    """Named values of pairs of a user and an item, or of users."""

    def __init__(self) -> None:
        self._values: dict[str, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
        self._users: dict[int, None] = {}

    @property
    def users(self) -> tuple[int, ...]:
        """All users that were looked at, in order of arrival."""
        return tuple(self._users)

    def saw(self, user: int) -> None:
        """Count a user even when nothing about them is defined."""
        self._users.setdefault(user)

    def add(self, user: int, name: str, value: float | None) -> None:
        """Keep a value; None or a value that is not finite is undefined."""
        self.saw(user)
        if value is not None and math.isfinite(value):
            self._values[name][user].append(float(value))

    def add_all(self, user: int, values: dict[str, float | None]) -> None:
        """Keep several values of one pair."""
        for name, value in values.items():
            self.add(user, name, value)

    def of_user(self, user: int) -> dict[str, list[float]]:
        """Everything that is known about one user, by name."""
        return {name: found[user] for name, found in self._values.items() if user in found}

    def add_user(self, user: int, values: dict[str, list[float]]) -> None:
        """Keep what `of_user` told, here or in another place."""
        self.saw(user)
        for name, own in values.items():
            self._values[name][user].extend(own)

    def by_user(self, name: str) -> dict[int, float]:
        """Mean of each user who has a value."""
        found = self._values.get(name, {})
        return {user: sum(values) / len(values) for user, values in found.items()}

    def all_of(self, name: str) -> list[float]:
        """Every single value."""
        return [value for values in self._values.get(name, {}).values() for value in values]

    def estimate(
        self, name: str, rng: np.random.Generator, users: Iterable[int] | None = None
    ) -> Estimate:
        """The mean of a name over all users, or over some of them."""
        means = self.by_user(name)
        wanted = self.users if users is None else tuple(users)
        values = [means[user] for user in wanted if user in means]
        return _estimate(values, len(wanted) - len(values), rng)

    def difference(
        self, name: str, other: str, rng: np.random.Generator, users: Iterable[int] | None = None
    ) -> Estimate:
        """Mean of `name` minus `other` over the users who have both."""
        first, second = self.by_user(name), self.by_user(other)
        wanted = self.users if users is None else tuple(users)
        values = [first[u] - second[u] for u in wanted if u in first and u in second]
        return _estimate(values, len(wanted) - len(values), rng)


def _estimate(values: Sequence[float], n_undefined: int, rng: np.random.Generator) -> Estimate:
    if not values:
        return Estimate(None, None, None, 0, n_undefined)
    table = np.array(values, dtype=np.float64)[:, None]
    low, high = mean_intervals(table, rng, N_BOOTSTRAP)
    return Estimate(float(table.mean()), float(low[0]), float(high[0]), len(values), n_undefined)
