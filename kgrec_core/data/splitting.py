"""Cuts interactions into training, validation and test; same seed, same split."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from kgrec_core.config import SplitSettings
from kgrec_core.contracts import BoolArray, IndexArray
from kgrec_core.data.dataset import PART_TEST, PART_TRAIN, PART_VALIDATION, Dataset
from kgrec_core.data.interactions import NO_TIME, Interactions
from kgrec_core.data.split import Split
from kgrec_core.errors import ConfigError, DataError
from kgrec_core.rng import make_rng

__all__ = ["make_split", "n_held_out", "random_part"]

PartArray = np.ndarray[tuple[int], np.dtype[np.uint8]]


def make_split(dataset: Dataset, settings: SplitSettings) -> Split:
    """Cut the interactions of a data set as `settings` say.

    - random: of each user's n interactions `n_held_out(n, test_fraction)` go to the test, and of
      the remainder `n_held_out(rest, validation_fraction)` to validation. Each user keeps one.
    - leave-last-out: the last of each user is the test, the one before the validation; users with
      one interaction stay in training, those with two have no validation.
    - temporal: one cut in time for all; the latest share is the test. Equal times stay together.
    - cold-items, cold-users: a share of the items (users) that have interactions is hidden with
      all that they have; validation is cut per user from the rest.
    - given: the parts that came with the data; validation is cut per user from training when none
      came along.
    - none: everything is training.

    Args:
        dataset: the data; its vocabularies are those of all parts.
        settings: kind, shares and seed.

    Raises:
        ConfigError: the kind needs times or given parts that the data do not have.
        DataError: nothing would be left to train on or to test.
    """
    parts = _MAKERS[settings.name](dataset, settings)
    interactions = dataset.interactions
    split = Split(
        name=settings.name,
        train=interactions.select(parts == PART_TRAIN),
        validation=interactions.select(parts == PART_VALIDATION),
        test=interactions.select(parts == PART_TEST),
    )
    if not len(split.train):
        raise DataError(
            f"The split '{settings.name}' leaves nothing to train on "
            f"({len(interactions):,} interactions). Choose a smaller share, or give more data."
        )
    if settings.name != "none" and not len(split.test):
        raise DataError(
            f"The split '{settings.name}' holds out nothing for the test "
            f"({len(interactions):,} interactions). Choose a larger share, or another kind."
        )
    return split


def n_held_out(n: int, fraction: float) -> int:
    """How many of n are held out: the nearest whole number, halves up, and at most n - 1."""
    return max(0, min(int(np.floor(n * fraction + 0.5)), n - 1))


def random_part(interactions: Interactions, fraction: float, rng: np.random.Generator) -> BoolArray:
    """A random share of each user's interactions, bool (n,); each user keeps at least one.

    Args:
        interactions: all there are.
        fraction: of each user's n interactions `n_held_out(n, fraction)` are chosen.
        rng: draws them.
    """
    parts = np.full(len(interactions), PART_TRAIN, dtype=np.uint8)
    _hold_out_per_user(interactions, parts, fraction, PART_VALIDATION, rng)
    return np.asarray(parts == PART_VALIDATION, dtype=np.bool_)


def _random(dataset: Dataset, settings: SplitSettings) -> PartArray:
    rng = make_rng(settings.seed)
    parts = np.full(len(dataset.interactions), PART_TRAIN, dtype=np.uint8)
    _hold_out_per_user(dataset.interactions, parts, settings.test_fraction, PART_TEST, rng)
    share = settings.validation_fraction
    _hold_out_per_user(dataset.interactions, parts, share, PART_VALIDATION, rng)
    return parts


def _hold_out_per_user(
    interactions: Interactions,
    parts: PartArray,
    fraction: float,
    part: int,
    rng: np.random.Generator,
) -> None:
    """Mark a random share of each user's training interactions as `part`."""
    free = np.flatnonzero(parts == PART_TRAIN)
    users = interactions.user_indices[free]
    order = np.lexsort((rng.random(free.size), users))
    counts = np.bincount(users, minlength=interactions.n_users)
    held_out = np.clip(np.floor(counts * fraction + 0.5).astype(np.int64), 0, None)
    held_out = np.minimum(held_out, np.maximum(counts - 1, 0))
    starts = np.cumsum(counts) - counts
    position_in_user = np.arange(free.size) - np.repeat(starts, counts)  # (n_free,), from 0
    chosen = position_in_user < np.repeat(held_out, counts)
    parts[free[order[chosen]]] = part


def _leave_last_out(dataset: Dataset, settings: SplitSettings) -> PartArray:
    interactions = dataset.interactions
    _require_times(interactions, settings.name)
    order = np.lexsort(
        (np.arange(len(interactions)), interactions.times, interactions.user_indices)
    )
    counts = interactions.user_counts()
    ends = np.cumsum(counts)
    parts = np.full(len(interactions), PART_TRAIN, dtype=np.uint8)
    parts[order[ends[counts >= 2] - 1]] = PART_TEST
    if settings.validation_fraction > 0:
        parts[order[ends[counts >= 3] - 2]] = PART_VALIDATION
    return parts


def _temporal(dataset: Dataset, settings: SplitSettings) -> PartArray:
    times = dataset.interactions.times
    _require_times(dataset.interactions, settings.name)
    parts = np.full(times.size, PART_TRAIN, dtype=np.uint8)
    is_test = _latest(times, settings.test_fraction)
    parts[is_test] = PART_TEST
    rest = np.flatnonzero(~is_test)
    if settings.validation_fraction > 0 and rest.size:
        parts[rest[_latest(times[rest], settings.validation_fraction)]] = PART_VALIDATION
    return parts


def _latest(times: IndexArray, fraction: float) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """True for the latest share; all interactions of the moment of the cut stay before it."""
    n = n_held_out(times.size, fraction)
    cut = np.sort(times)[times.size - n - 1]
    return np.asarray(times > cut, dtype=np.bool_)


def _cold_items(dataset: Dataset, settings: SplitSettings) -> PartArray:
    return _hidden(dataset.interactions, dataset.interactions.item_indices, "items", settings)


def _cold_users(dataset: Dataset, settings: SplitSettings) -> PartArray:
    return _hidden(dataset.interactions, dataset.interactions.user_indices, "users", settings)


def _hidden(
    interactions: Interactions, indices: IndexArray, what: str, settings: SplitSettings
) -> PartArray:
    rng = make_rng(settings.seed)
    present = np.unique(indices)
    if present.size < 2:
        raise DataError(f"The split '{settings.name}' needs at least two {what} (got 1).")
    n = max(1, n_held_out(present.size, settings.test_fraction))
    hidden = rng.choice(present, size=n, replace=False)
    parts = np.full(len(interactions), PART_TRAIN, dtype=np.uint8)
    parts[np.isin(indices, hidden)] = PART_TEST
    share = settings.validation_fraction
    _hold_out_per_user(interactions, parts, share, PART_VALIDATION, rng)
    return parts


def _given(dataset: Dataset, settings: SplitSettings) -> PartArray:
    if dataset.given_parts is None:
        raise ConfigError(
            f"'name' must be another kind than given in 'SplitSettings' (got given): the data set "
            f"'{dataset.name}' came without parts. Choose random, or import files with a test part."
        )
    parts = dataset.given_parts.astype(np.uint8)
    if not (parts == PART_VALIDATION).any():
        rng = make_rng(settings.seed)
        share = settings.validation_fraction
        _hold_out_per_user(dataset.interactions, parts, share, PART_VALIDATION, rng)
    return parts


def _none(dataset: Dataset, settings: SplitSettings) -> PartArray:
    return np.full(len(dataset.interactions), PART_TRAIN, dtype=np.uint8)


def _require_times(interactions: Interactions, name: str) -> None:
    if interactions.has_times:
        return
    n_missing = int((interactions.times == NO_TIME).sum())
    raise ConfigError(
        f"The split '{name}' needs a time for every interaction; {n_missing:,} of "
        f"{len(interactions):,} have none. Map a time column, remove those rows, or choose the "
        "split 'random'."
    )


_MAKERS: dict[str, Callable[[Dataset, SplitSettings], PartArray]] = {
    "random": _random,
    "leave-last-out": _leave_last_out,
    "temporal": _temporal,
    "cold-items": _cold_items,
    "cold-users": _cold_users,
    "given": _given,
    "none": _none,
}
