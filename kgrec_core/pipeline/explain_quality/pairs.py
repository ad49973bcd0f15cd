"""Measures of single pairs that score parts of the evidence again and again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kgrec_core.contracts import IndexArray
from kgrec_core.explanation.counterfactual import (
    Counterfactual,
    NoCounterfactual,
    counterfactual,
)
from kgrec_core.explanation.counterfactual_wording import counterfactual_sentences
from kgrec_core.explanation.fidelity import (
    FidelityName,
    OrderFidelity,
    PairFidelity,
    UndefinedFidelity,
    pair_fidelity,
)
from kgrec_core.explanation.masking import units_of, without
from kgrec_core.explanation.orders import explained_order, is_of_profile
from kgrec_core.explanation.quality.attention_tests import attention_agreement, shuffle_effect
from kgrec_core.explanation.quality.counterfactual_words import states_counterfactual
from kgrec_core.explanation.quality.decisions import decision, named_units, share_effects
from kgrec_core.explanation.quality.estimates import Observations
from kgrec_core.explanation.quality.exactness import (
    Float64,
    direct_effects,
    kendall_tau,
    leave_one_out,
    told_effects,
)
from kgrec_core.explanation.quality.stability import chance_jaccard, mean_jaccard
from kgrec_core.explanation.ranks import rank_of
from kgrec_core.explanation.rescoring import Rescorer
from kgrec_core.pipeline.explain_quality.settings import QualitySettings
from kgrec_core.pipeline.loaded_run import LoadedRun
from kgrec_core.pipeline.seed_twins import SeedTwins
from kgrec_core.recommender.contract import PairExplanation, UserEvidence
from kgrec_core.recommender.muting import CanMute, Muted, mute

__all__ = ["FIDELITY", "RIVALS", "STABLE_AT", "PairMeasures", "add_fidelity"]

FIDELITY: tuple[FidelityName, ...] = ("deletion", "insertion", "position", "cndcg")
RIVALS = ("random", "popularity", "recency")
STABLE_AT = (1, 3, 5)
N_SHARE_ORDERS = 5
MAX_SCORINGS = 600
"""For one counterfactual: a search that needs more is counted as out of budget."""


@dataclass
class PairMeasures:
    """Measures pairs of one run.

    Attributes:
        run: measured run.
        settings: of the measuring.
        seeds: the run and its twins; None without twins.
    """

    run: LoadedRun
    settings: QualitySettings
    seeds: SeedTwins | None

    def add(
        self,
        user_index: int,
        user: UserEvidence,
        told: list[PairExplanation],
        kept: Observations,
        rng: np.random.Generator,
    ) -> int:
        """Keep everything about some pairs of one user; returns how many were measured.

        Args:
            user_index: the user.
            user: what is known about them.
            told: explained pairs.
            kept: where the values go.
            rng: draws orders and shuffles.
        """
        kept.saw(user_index)
        told = [pair for pair in told if pair.contributions and not is_of_profile(pair)]
        if user.is_empty or not told:
            return 0
        items = [explanation.item_index for explanation in told]
        total = leave_one_out(self.run.recommender, user, items)
        direct = direct_effects(self.run.recommender, user, items)
        for place, pair in enumerate(told):
            item = pair.item_index
            self._add_effects(user_index, user, pair, total[item], direct, kept)
            kept.add(user_index, "shuffle_effect", shuffle_effect(pair, rng))
            fidelity = self._fidelity(user, pair, rng)
            if isinstance(fidelity, PairFidelity):
                add_fidelity(kept, user_index, fidelity)
                self._add_decision(user_index, pair, fidelity, kept)
            self._add_shares(user_index, user, pair, kept, rng)
            self._add_stability(user_index, user, item, kept)
            if place == 0:
                self._add_counterfactuals(user_index, user, item, kept)
        return len(told)

    def _add_effects(
        self,
        user_index: int,
        user: UserEvidence,
        pair: PairExplanation,
        total: Float64,
        direct: dict[int, Float64] | None,
        kept: Observations,
    ) -> None:
        said = told_effects(pair, user)
        kept.add(user_index, "direct_total_tau", kendall_tau(said, total))
        if direct is not None:
            gap = np.abs(direct[pair.item_index] - said).max() / max(1.0, abs(pair.score))
            kept.add(user_index, "deletion_gap", float(gap))
        units = units_of(user)
        kept.add(user_index, "attention_tau", attention_agreement(pair, units, total))

    def _fidelity(
        self, user: UserEvidence, pair: PairExplanation, rng: np.random.Generator
    ) -> PairFidelity | UndefinedFidelity:
        return pair_fidelity(
            self.run.recommender,
            user,
            pair.item_index,
            rng=rng,
            n_orders=self.settings.n_orders,
            cutoff=self.settings.k,
            item_counts=self._item_counts,
            order=explained_order(pair, units_of(user)),
            named=named_units(pair, self.run.names),
        )

    @cached_property
    def _item_counts(self) -> IndexArray:
        return self.run.split.fitting().item_counts()

    def _add_decision(
        self,
        user_index: int,
        pair: PairExplanation,
        fidelity: PairFidelity,
        kept: Observations,
    ) -> None:
        found = decision(fidelity) if named_units(pair, self.run.names) else None
        if found is None:  # no reason speaks for the item, or it is not in the list folded in
            return
        kept.add(user_index, "pn", float(found.leaves_without))
        kept.add(user_index, "ps", float(found.stays_alone))
        kept.add(user_index, "fidelity_plus", float(found.leaves_without))
        kept.add(user_index, "fidelity_minus", 1.0 - float(found.stays_alone))
        kept.add(user_index, "named_share", found.n_named / fidelity.n_units)

    def _add_shares(
        self,
        user_index: int,
        user: UserEvidence,
        pair: PairExplanation,
        kept: Observations,
        rng: np.random.Generator,
    ) -> None:
        rescorer = Rescorer(self.run.recommender, user, pair.item_index)
        n_units = len(rescorer.units)
        by_chance = [rng.permutation(n_units) for _ in range(N_SHARE_ORDERS)]
        orders = [explained_order(pair, rescorer.units), *by_chance]
        for place, found in enumerate(share_effects(rescorer, orders)):
            suffix = ":random" if place else ""
            kept.add(user_index, f"comprehensiveness{suffix}", found.comprehensiveness)
            kept.add(user_index, f"sufficiency{suffix}", found.sufficiency)

    def _add_stability(
        self, user_index: int, user: UserEvidence, item: int, kept: Observations
    ) -> None:
        if self.seeds is None:
            return
        units = units_of(user)
        told = [run.explain(user, item) for run in self.seeds.seeds]
        rankings = [explained_order(pair, units).tolist() for pair in told]
        for k in STABLE_AT:
            if len(units) > k:
                kept.add(user_index, f"jaccard@{k}", mean_jaccard(rankings, k))
                kept.add(user_index, f"jaccard@{k}:random", chance_jaccard(len(units), k))

    def _add_counterfactuals(
        self, user_index: int, user: UserEvidence, item: int, kept: Observations
    ) -> None:
        recommender, k = self.run.recommender, self.settings.k
        found = counterfactual(recommender, user, item, k, max_scorings=MAX_SCORINGS)
        self._add_counterfactual(user_index, "cf", found, user, kept)
        if isinstance(recommender, CanMute) and self.run.graph.n_triples:
            found = counterfactual(recommender, user, item, k, mode="links")
            self._add_counterfactual(user_index, "cf_links", found, user, kept)

    def _add_counterfactual(
        self,
        user_index: int,
        name: str,
        found: Counterfactual | NoCounterfactual,
        user: UserEvidence,
        kept: Observations,
    ) -> None:
        if isinstance(found, NoCounterfactual) and found.reason == "not listed":
            return
        kept.add(user_index, f"{name}_success", float(isinstance(found, Counterfactual)))
        if isinstance(found, Counterfactual):
            kept.add(user_index, f"{name}_size", float(found.size))
            kept.add(user_index, f"{name}_cost", float(found.n_scorings))
            kept.add(user_index, f"{name}_smallest", float(found.is_smallest_proved))
            kept.add(user_index, f"{name}_verified", float(self._leaves(user, found)))
            told = counterfactual_sentences(found, self.run.names)
            passed = [states_counterfactual(text, found, self.run.names) for text in told]
            kept.add(user_index, "cf_words", float(all(passed)))

    def _leaves(self, user: UserEvidence, found: Counterfactual) -> bool:
        """Scores again, away from the search, whether the item falls to the place that is told."""
        model = mute(self.run.recommender, Muted(triples=frozenset(found.triples)))
        scores = model.score([without(user, found.units)])[0]
        rank = rank_of(scores, user.item_indices, found.item_index)
        return rank is not None and rank == found.rank_after > self.settings.k


def add_fidelity(kept: Observations, user_index: int, found: PairFidelity) -> None:
    """Keep the four measures for the explanation and each rival order."""
    orders: dict[str, tuple[OrderFidelity, ...]] = {"": (found.explainer,), ":random": found.random}
    if found.popularity is not None:
        orders[":popularity"] = (found.popularity,)
    if found.recency is not None:
        orders[":recency"] = (found.recency,)
    for name in FIDELITY:
        for suffix, own in orders.items():
            value = float(np.mean([order.value(name) for order in own]))
            kept.add(user_index, f"{name}{suffix}", value)
    chance = np.array([order.deletion for order in found.random])
    lead, spread = float(chance.mean() - found.explainer.deletion), float(chance.std())
    kept.add(user_index, "deletion_lead", lead / spread if spread > 0 else None)
    kept.add(user_index, "beaten", float((chance > found.explainer.deletion).mean()))
