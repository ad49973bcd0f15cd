"""How many people new items would reach if they were louder, or had places of their own.

The fusion model keeps items that nobody touched as quiet as the setting `cold_item_cost` asks for
(see `kgrec_core.recommender.cold_gate`). Nothing here changes a model: the same fitted model is
asked under other gates, and lists with kept places are counted beside the real ones.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kgrec_core.contracts import BoolArray, FloatArray, IndexArray
from kgrec_core.errors import ConfigError
from kgrec_core.evaluation.ranking import top_k
from kgrec_core.pipeline.loaded_run import LoadedRun
from kgrec_core.pipeline.new_items import NewItemForm
from kgrec_core.recommender.contract import RecommenderState
from kgrec_core.recommender.fusion import FusionRecommender
from kgrec_core.recommender.registry import restore_recommender

__all__ = ["LOUDNESS", "Reach", "can_be_louder", "louder", "places_kept", "reach_of"]

LOUDNESS = (1.0, 2.0, 4.0, 8.0)
"""Factors on the gates of items that nobody touched."""
GATES = ("cold_gate", "carried_gate")
BATCH = 256


@dataclass(frozen=True)
class Reach:
    """What one loudness of new items does to everybody's list.

    Attributes:
        loudness: factor on what training chose.
        n_users: people who have a new item in their first k.
        n_found: held-out items of the test part that stand in their users' first k.
        n_found_before: the same as trained and without the new items.
    """

    loudness: float
    n_users: int
    n_found: int
    n_found_before: int

    @property
    def n_lost(self) -> int:
        """Held-out items that were found before and are no more; negative for a gain."""
        return self.n_found_before - self.n_found


def can_be_louder(run: LoadedRun) -> bool:
    """True for models that choose the loudness of new items, and have something to say by it."""
    if not isinstance(run.recommender, FusionRecommender):
        return False
    parameters = run.recommender.state().settings["parameters"]
    return any(parameters[gate] > 0 for gate in GATES)


def louder(run: LoadedRun, factor: float) -> LoadedRun:
    """The same fitted run with items that nobody touched `factor` times as loud.

    Scores of these items change, those of all others stay; every score is still the sum of its
    contributions. To add new items as well, add them afterwards.

    Raises:
        ConfigError: the factor is not positive, the model has no such gates, or new items were
            added already: what counts as common in the graph would then be counted anew.
    """
    if not factor > 0:
        raise ConfigError(f"'factor' must be above 0 in 'louder' (got {factor}).")
    if not can_be_louder(run):
        raise ConfigError(
            f"The model '{run.record.model}' does not choose how loud new items are. Use a fusion "
            "run."
        )
    if not run.dataset.fingerprint:
        raise ConfigError("A run with new items cannot be made louder. Add the items afterwards.")
    state = run.recommender.state()
    parameters = dict(state.settings["parameters"])
    parameters |= {gate: factor * parameters[gate] for gate in GATES}
    changed = RecommenderState({**state.settings, "parameters": parameters}, state.arrays)
    recommender = restore_recommender(run.record.model, changed, run.inputs.data)
    return dataclasses.replace(run, recommender=recommender)


def reach_of(
    run: LoadedRun,
    forms: Sequence[NewItemForm],
    users: IndexArray,
    k: int,
    factors: Sequence[float] = LOUDNESS,
) -> list[Reach]:
    """What each loudness does, asked of some users.

    Gates are factors of a sum, so two loudnesses tell all others: score(f) = score(1) +
    (f - 1) (score(2) - score(1)).

    Args:
        run: without the new items.
        forms: the new items; all of them stand in the lists together.
        users: who is asked, int64 (n_users,).
        k: length of the lists.
        factors: the loudnesses.

    Raises:
        ConfigError: as for `louder`, or `k` is below 1.
    """
    extended, twice = run.with_new_items(forms), louder(run, 2.0).with_new_items(forms)
    first = run.dataset.n_items
    counts = np.zeros((len(factors), 2), dtype=np.int64)
    n_before = 0
    for start in range(0, users.size, BATCH):
        asked = users[start : start + BATCH]
        evidence = [extended.evidence_of(int(user)) for user in asked]
        seen = [known.item_indices for known in evidence]
        held_out = [_held_out(run, int(user)) for user in asked]
        once = extended.recommender.score(evidence)
        step = twice.recommender.score(evidence) - once
        n_before += _n_found(top_k(once[:, :first], seen, k), held_out)
        for place, factor in enumerate(factors):
            ranked = top_k(once + np.float32(factor - 1.0) * step, seen, k)
            counts[place, 0] += int((ranked >= first).any(axis=1).sum())
            counts[place, 1] += _n_found(ranked, held_out)
    return [
        Reach(float(factor), int(n_users), int(n_found), n_before)
        for factor, (n_users, n_found) in zip(factors, counts, strict=True)
    ]


def places_kept(ranks: IndexArray, scores: FloatArray, k: int, n_kept: int) -> BoolArray:
    """Whether each new item stands in a list of `k` in which `n_kept` places are kept for them.

    The first k - n_kept places go to the best items, new or known. The others go to the new items
    that stand highest and have no place yet.

    Args:
        ranks: of each new item among the known items of each user, from 1, int64 (n_users, n_new).
        scores: of the new items, float32 (n_users, n_new); equal ones are settled by the order.
        k: length of the lists.
        n_kept: from 0 to `k`.

    Returns:
        bool (n_users, n_new).

    Raises:
        ConfigError: `n_kept` is not in its range.
    """
    if not 0 <= n_kept <= k:
        raise ConfigError(f"'n_kept' must be from 0 to {k} in 'places_kept' (got {n_kept}).")
    order = np.argsort(-scores, axis=1, kind="stable")
    places = np.argsort(order, axis=1, kind="stable")  # from 0, among the new items
    n_inside = ((ranks + places) <= k - n_kept).sum(axis=1, keepdims=True)
    return np.asarray(places < n_inside + n_kept)


def _held_out(run: LoadedRun, user: int) -> IndexArray:
    test = run.split.test
    return np.asarray(test.item_indices[test.user_indices == user])


def _n_found(ranked: IndexArray, held_out: Sequence[IndexArray]) -> int:
    return sum(int(np.isin(row, items).sum()) for row, items in zip(ranked, held_out, strict=True))
