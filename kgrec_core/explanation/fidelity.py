"""Fidelity of one pair: do the units that an explanation names first really carry the score?

EXPLANATION_METRICS.md, section 2: units are taken out, or put in alone, one after another, and
everything is scored and ranked again; random orders of the same units say what chance reaches.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from kgrec_core.contracts import IndexArray
from kgrec_core.errors import ConfigError
from kgrec_core.explanation.order_fidelity import (
    FidelityName,
    Gap,
    OrderFidelity,
    order_fidelity,
)
from kgrec_core.explanation.orders import (
    explained_order,
    is_of_profile,
    popularity_order,
    recency_order,
)
from kgrec_core.explanation.rescoring import Places, Rescorer
from kgrec_core.recommender.contract import EvidenceUnit, Recommender, UserEvidence

__all__ = [
    "FidelityName",
    "Gap",
    "NamedReasons",
    "OrderFidelity",
    "PairFidelity",
    "UndefinedFidelity",
    "order_fidelity",
    "pair_fidelity",
]

N_NAMED = 3
"""Units that stand for the named reasons unless others are given: as many as sentences."""
NO_EVIDENCE = "Nothing is known about this user, so there is no evidence that could be taken out."
ONE_UNIT = "Only one thing is known about this user: its order cannot be compared with chance."
OF_PROFILE = (
    "This model learned one vector for the whole user and names no single choice, so nothing can "
    "be taken out in the order of its explanation."
)
SILENT = (
    "Nothing that is known about this user says anything about the item: its score is its starting "
    "value alone, so there is no order of reasons."
)


@dataclass(frozen=True)
class UndefinedFidelity:
    """Why there is no fidelity of a pair.

    Attributes:
        reason: for counting.
        words: one sentence for people.
    """

    reason: Literal["no evidence", "one unit", "profile only", "silent"]
    words: str


@dataclass(frozen=True)
class NamedReasons:
    """The units that an explanation names, taken out together, against random sets of their size.

    Attributes:
        units: what is named.
        comprehensiveness: s(x) - s(x without them): what the score loses; high is good.
        sufficiency: s(x) - s(them alone): what is missing with them alone; low is good.
        rank_without: rank of the item without them.
        rank_alone: rank of the item with them alone.
        random_comprehensiveness: the same loss for each random set of as many units; empty when
            all units are named, because there is no other set then.
    """

    units: tuple[EvidenceUnit, ...]
    comprehensiveness: float
    sufficiency: float
    rank_without: int
    rank_alone: int
    random_comprehensiveness: tuple[float, ...]

    @property
    def gap(self) -> Gap | None:
        """Lead in comprehensiveness over random sets; None when there is no other set."""
        if not self.random_comprehensiveness:
            return None
        return Gap.of(self.comprehensiveness - np.array(self.random_comprehensiveness))


@dataclass(frozen=True)
class PairFidelity:
    """Fidelity of one explanation against chance.

    Attributes:
        item_index: which item.
        n_units: all units of evidence of the user.
        n_steps: K, how many of them went one after another.
        cutoff: length of the list that counts as recommended.
        score: with all evidence; the model's own, folded in where it learns users by heart.
        rank: likewise, among the items that the user does not know.
        explainer: the order of the explanation, what speaks most for the item first.
        random: random orders of the same units.
        popularity: most chosen items first; None when the popularity was not given.
        recency: latest items first; None when the times tell no items apart.
        named: the named reasons taken out together.
    """

    item_index: int
    n_units: int
    n_steps: int
    cutoff: int
    score: float
    rank: int
    explainer: OrderFidelity
    random: tuple[OrderFidelity, ...]
    popularity: OrderFidelity | None
    recency: OrderFidelity | None
    named: NamedReasons

    def gap(self, name: FidelityName) -> Gap:
        """Lead of the explanation over random orders, turned so that above 0 is better."""
        own = self.explainer.value(name)
        leads = np.array([order.value(name) for order in self.random]) - own
        return Gap.of(-leads if name == "insertion" else leads)


def pair_fidelity(
    recommender: Recommender,
    user: UserEvidence,
    item_index: int,
    *,
    rng: np.random.Generator,
    n_orders: int = 20,
    max_units: int = 10,
    cutoff: int = 10,
    item_counts: IndexArray | None = None,
    order: IndexArray | None = None,
    named: Sequence[EvidenceUnit] | None = None,
) -> PairFidelity | UndefinedFidelity:
    """Fidelity of the explanation of one pair, with everything scored again.

    Args:
        recommender: fitted.
        user: all that is known about the user.
        item_index: the explained item.
        rng: draws the random orders and sets.
        n_orders: how many of each.
        max_units: K; fewer when the user has fewer units.
        cutoff: Kr, length of the list that counts as recommended.
        item_counts: interactions of each item, int64 (n_items,); without it there is no
            popularity order.
        order: places in `units_of(user)` as another explainer ranks them; by default the
            contributions of the recommender's own explanation decide.
        named: the units that the shown reasons rest on; by default the first three.

    Raises:
        ConfigError: `n_orders`, `max_units` or `cutoff` is below 1.
        UnknownIdError: there is no such item.
    """
    for name, value in (("n_orders", n_orders), ("max_units", max_units), ("cutoff", cutoff)):
        if value < 1:
            raise ConfigError(f"'{name}' must be 1 or larger in 'pair_fidelity' (got {value}).")
    rescorer = Rescorer(recommender, user, item_index)
    own = _own_order(recommender, user, rescorer, order)
    if isinstance(own, UndefinedFidelity):
        return own
    n_units = len(rescorer.units)
    places = rescorer.places_of(named) if named else frozenset(own[:N_NAMED].tolist())
    orders = {"explainer": own} | _rivals(user, n_units, item_counts, rng)
    shuffled = [rng.permutation(n_units) for _ in range(n_orders)]
    n_steps = min(max_units, n_units)
    found = order_fidelity(rescorer, [*orders.values(), *shuffled], n_steps, cutoff)
    by_name = dict(zip(orders, found, strict=False))
    whole = rescorer.of(rescorer.whole)
    return PairFidelity(
        item_index,
        n_units,
        n_steps,
        cutoff,
        whole.score,
        whole.rank,
        explainer=by_name["explainer"],
        random=tuple(found[len(orders) :]),
        popularity=by_name.get("popularity"),
        recency=by_name.get("recency"),
        named=_named_reasons(rescorer, places, n_orders, rng),
    )


def _own_order(
    recommender: Recommender, user: UserEvidence, rescorer: Rescorer, given: IndexArray | None
) -> IndexArray | UndefinedFidelity:
    """The order to test: the given one, else that of the explanation; or why there is none."""
    n_units = len(rescorer.units)
    if n_units == 0:
        return UndefinedFidelity("no evidence", NO_EVIDENCE)
    if n_units == 1:
        return UndefinedFidelity("one unit", ONE_UNIT)
    if given is not None:
        return given
    explanation = recommender.explain(user, rescorer.item_index)
    if is_of_profile(explanation):
        return UndefinedFidelity("profile only", OF_PROFILE)
    if not explanation.contributions:
        return UndefinedFidelity("silent", SILENT)
    return explained_order(explanation, rescorer.units)


def _rivals(
    user: UserEvidence, n_units: int, item_counts: IndexArray | None, rng: np.random.Generator
) -> dict[str, IndexArray]:
    found = {}
    if item_counts is not None:
        found["popularity"] = popularity_order(user, n_units, item_counts, rng)
    by_recency = recency_order(user, n_units, rng)
    if by_recency is not None:
        found["recency"] = by_recency
    return found


def _named_reasons(
    rescorer: Rescorer, named: Places, n_sets: int, rng: np.random.Generator
) -> NamedReasons:
    n_units, whole = len(rescorer.units), rescorer.whole
    n_sets = n_sets if 0 < len(named) < n_units else 0
    sets = [frozenset(rng.permutation(n_units)[: len(named)].tolist()) for _ in range(n_sets)]
    full, without, alone, *others = rescorer.of_all(
        [whole, whole - named, named, *(whole - places for places in sets)]
    )
    return NamedReasons(
        units=tuple(rescorer.units[place] for place in sorted(named)),
        comprehensiveness=full.score - without.score,
        sufficiency=full.score - alone.score,
        rank_without=without.rank,
        rank_alone=alone.rank,
        random_comprehensiveness=tuple(full.score - other.score for other in others),
    )
