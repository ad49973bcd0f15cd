"""A known user of whom only a part of the history is told: the list then, and how good it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from kgrec_core.contracts import IndexArray
from kgrec_core.errors import ConfigError, DataError
from kgrec_core.evaluation.ranking import top_k
from kgrec_core.explanation.masking import only, units_of
from kgrec_core.pipeline.loaded_run import LoadedRun
from kgrec_core.recommender.contract import EvidenceUnit, Recommender, UserEvidence
from kgrec_core.recommender.registry import create_recommender
from kgrec_core.rng import make_rng

__all__ = [
    "KEEP_ORDERS",
    "RIVALS",
    "KeepOrder",
    "Kept",
    "UserPoint",
    "curve_lengths",
    "fit_rival",
    "kept_history",
    "user_curve",
]

KeepOrder = Literal["newest", "oldest", "random"]
KEEP_ORDERS: tuple[KeepOrder, ...] = get_args(KeepOrder)
RIVALS = ("anil", "ease", "popularity")
N_DRAWS = 10
"""Random parts of a history that one point of a curve is averaged over."""
STEPS = (0, 1, 2, 3, 5, 8, 12, 20, 30, 50, 80, 120, 200, 300, 500, 1000)


@dataclass(frozen=True)
class Kept:
    """Which part of a history stays known.

    Attributes:
        n_items: how many interactions, from 0; more than there are means all.
        order: the newest, the oldest, or some drawn at random.
        seed: of the draw; smaller parts of one seed lie inside larger ones.

    Raises:
        ConfigError: a negative number, or an unknown order.
    """

    n_items: int
    order: KeepOrder = "newest"
    seed: int = 0

    def __post_init__(self) -> None:
        if self.n_items < 0 or self.seed < 0:
            raise ConfigError(
                f"'n_items' and 'seed' must not be negative in 'Kept' (got {self.n_items} and "
                f"{self.seed})."
            )
        if self.order not in KEEP_ORDERS:
            raise ConfigError(
                f"'order' must be one of {', '.join(KEEP_ORDERS)} in 'Kept' (got {self.order!r})."
            )


@dataclass(frozen=True)
class UserPoint:
    """What one model finds of one user's held-out items.

    Attributes:
        n_known: interactions that were told.
        found: held-out items in the first k; the mean over draws for a random order.
        low: smallest number among the draws; equal to `found` when the order is fixed.
        high: largest.
    """

    n_known: int
    found: float
    low: float
    high: float


def kept_history(user: UserEvidence, kept: Kept) -> UserEvidence:
    """The same user with a part of the history; friends and attributes stay.

    Interactions of the same time, or without one, keep the order of the file.
    """
    order = _order(user, kept)[: kept.n_items]
    chosen = {EvidenceUnit("item", int(user.item_indices[place])) for place in order}
    others = [unit for unit in units_of(user) if unit.kind != "item"]
    return only(user, [*chosen, *others])


def curve_lengths(n_items: int) -> tuple[int, ...]:
    """Lengths at which a curve is measured: close together where little is known, then `n_items`.

    Fewer than 12 items are measured at every length.
    """
    if n_items < STEPS[6]:
        return tuple(range(n_items + 1))
    return (*(step for step in STEPS if step < n_items), n_items)


def user_curve(
    run: LoadedRun,
    recommenders: Mapping[str, Recommender],
    user_index: int,
    *,
    order: KeepOrder,
    seed: int,
    k: int,
) -> dict[str, list[UserPoint]]:
    """Held-out items found in the first `k`, by model, over the number of known items.

    All items of the history are left out of the lists at every length, told or not: so the
    candidates are the same everywhere and only the knowledge differs. The models were fitted with
    the whole history of the user; only what they are told when they are asked gets shorter.

    Raises:
        DataError: nothing of this user was held out for the test.
        ConfigError: `k` is below 1.
    """
    test = run.split.test
    relevant = test.item_indices[test.user_indices == user_index]
    if not relevant.size:
        raise DataError("Nothing of this user was held out, so no list can be judged.")
    user = run.evidence_of(user_index)
    lengths = curve_lengths(user.item_indices.size)
    seeds = range(seed, seed + N_DRAWS) if order == "random" else (seed,)
    told = [kept_history(user, Kept(n, order, draw)) for n in lengths for draw in seeds]
    found = {
        name: _found(model, told, user.item_indices, relevant, k)
        for name, model in recommenders.items()
    }
    return {
        name: _points(hits.reshape(len(lengths), len(seeds)), lengths)
        for name, hits in found.items()
    }


def fit_rival(run: LoadedRun, model: str) -> Recommender:
    """Another model with its default settings, fitted on the same interactions as the run."""
    recommender = create_recommender(model, {})
    recommender.fit(run.inputs.data, rng=make_rng(run.settings.seed))
    return recommender


def _order(user: UserEvidence, kept: Kept) -> IndexArray:
    """Places in the history, those that are kept first; int64 (n,)."""
    n = user.item_indices.size
    if kept.order == "random":
        return make_rng(kept.seed).permutation(n).astype(np.int64)
    places = np.argsort(user.item_times, kind="stable").astype(np.int64)
    return places[::-1] if kept.order == "newest" else places


def _found(
    model: Recommender,
    told: Sequence[UserEvidence],
    left_out: IndexArray,
    relevant: IndexArray,
    k: int,
) -> IndexArray:
    """Relevant items in each list, int64 (n_told,)."""
    ranked = top_k(model.score(told), [left_out] * len(told), k)
    hits: IndexArray = np.isin(ranked, relevant).sum(axis=1).astype(np.int64)
    return hits


def _points(hits: IndexArray, lengths: Sequence[int]) -> list[UserPoint]:
    """`hits` is (n_lengths, n_draws)."""
    return [
        UserPoint(length, float(row.mean()), float(row.min()), float(row.max()))
        for length, row in zip(lengths, hits, strict=True)
    ]
