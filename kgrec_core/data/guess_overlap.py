"""What the ids of the interactions tell about other tables: keys and links between users."""

from __future__ import annotations

from dataclasses import dataclass

from kgrec_core.data.guess_columns import Sample
from kgrec_core.data.guess_tables import guess_items, guess_table, guess_users
from kgrec_core.data.guess_words import is_friend_word, is_id_name, is_numeric, is_user_word
from kgrec_core.data.mapping import TableMapping

__all__ = ["found_by_overlap", "with_keys_that_meet"]

_MEETS = 0.5
"""Share of the smaller side from which on two columns are taken to hold the same ids."""
_MISSES = 0.1
"""Share up to which a key that was chosen by its name is given up for one that meets."""


@dataclass(frozen=True)
class _Met:
    """The ids of the interactions, as far as the sample goes."""

    user_column: str
    users: frozenset[str]
    items: frozenset[str]

    @classmethod
    def of(cls, samples: list[Sample], guesses: list[TableMapping]) -> _Met:
        guess = next(guess for guess in guesses if guess.role == "interactions")
        sample = next(sample for sample in samples if sample.file == guess.file)
        user, item = guess.columns["user"], guess.columns["item"]
        return cls(user, _ids(sample, user), _ids(sample, item))


def with_keys_that_meet(samples: list[Sample], guesses: list[TableMapping]) -> list[TableMapping]:
    """The guesses, with another key where the one that its name suggests holds other ids.

    A column "title" names items, but when the interactions hold the values of "course_no", that
    one is the key.

    Args:
        samples: all tables.
        guesses: one of them has the role "interactions".
    """
    met = _Met.of(samples, guesses)
    by_file = {sample.file: sample for sample in samples}
    return [_rekeyed(by_file[guess.file], guess, met) for guess in guesses]


def found_by_overlap(samples: list[Sample], guesses: list[TableMapping]) -> list[TableMapping]:
    """Tables without telling names that hold the items or users of the interactions."""
    met = _Met.of(samples, guesses)
    taken = {guess.file for guess in guesses}
    free = [sample for sample in samples if sample.file not in taken]
    return [guess for sample in free if (guess := _by_key(sample, met) or _social(sample, met))]


def _ids(sample: Sample, column: str) -> frozenset[str]:
    return frozenset(cell for cell in sample.columns[column] if cell)


def _share(values: frozenset[str], ids: frozenset[str]) -> float:
    smaller = min(len(values), len(ids))
    return len(values & ids) / smaller if smaller else 0.0


def _rekeyed(sample: Sample, guess: TableMapping, met: _Met) -> TableMapping:
    if guess.role not in ("items", "users"):
        return guess
    part, ids = ("item", met.items) if guess.role == "items" else ("user", met.users)
    if _share(_ids(sample, guess.columns[part]), ids) > _MISSES:
        return guess
    keys = [name for name in sample.header if sample.is_key(name)]
    shares = {name: _share(_ids(sample, name), ids) for name in keys}
    best = max(keys, key=lambda name: shares[name], default=None)
    if best is None or shares[best] < _MEETS:
        return guess
    return guess_items(sample, best) if part == "item" else guess_users(sample, best)


def _by_key(sample: Sample, met: _Met) -> TableMapping | None:
    may_be_key = [n for n in sample.header if n == sample.header[0] or is_id_name(n)]
    for key in (name for name in may_be_key if sample.is_key(name)):
        of_items, of_users = (_share(_ids(sample, key), ids) for ids in (met.items, met.users))
        if max(of_items, of_users) >= _MEETS:
            return (guess_items if of_items >= of_users else guess_users)(sample, key)
    return None


def _social(sample: Sample, met: _Met) -> TableMapping | None:
    """Two columns of users are links between them; numbers alone may be anything."""
    both = [name for name in sample.header if _share(_ids(sample, name), met.users) >= _MEETS]
    if len(both) < 2:
        return None
    is_said = any(
        name == met.user_column or is_user_word(name) or is_friend_word(name) for name in both
    )
    if not is_said and any(is_numeric(sample.columns[name]) for name in both):
        return None
    return guess_table(sample, "social", {"user": both[0], "friend": both[1]})
