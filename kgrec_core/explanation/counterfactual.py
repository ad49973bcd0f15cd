"""The smallest thing that would take an item out of a user's list, proved by re-scoring.

Counterfactual evidence for recommendations as in Ghazimatin et al. 2020 ("PRINCE"), measured as in
EXPLANATION_METRICS section 3. What the user chose is not offered again when it is removed:
otherwise the removed choices themselves would fill the list.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from kgrec_core.contracts import FloatArray
from kgrec_core.explanation.ranks import RankedItems, rank_items, rank_of, require_item
from kgrec_core.explanation.removal_search import Found, RemovalSearch
from kgrec_core.explanation.what_if import Change
from kgrec_core.recommender.contract import (
    UNKNOWN_USER,
    EvidenceUnit,
    PairExplanation,
    Recommender,
    UserEvidence,
)
from kgrec_core.recommender.muting import Muted, mute

__all__ = ["MAX_SCORINGS", "Counterfactual", "Mode", "NoCounterfactual", "Reason", "counterfactual"]

MAX_SCORINGS = 4000
"""So many re-scorings a search may take; a few seconds with some thousand items."""
Mode = Literal["interactions", "links"]
"""What may be removed: choices of the user, or the item's own links in the knowledge graph."""
Reason = Literal["not listed", "nothing to remove", "stays", "out of budget"]


@dataclass(frozen=True)
class Counterfactual:
    """Without these, the item would not be in the list; always verified by re-scoring.

    Attributes:
        mode: what was removed.
        item_index: the item.
        k: length of the list.
        units: removed choices, the most telling first; none in mode "links".
        triples: removed links, rows of the graph's triples; none in mode "interactions".
        rank_before: from 1.
        rank_after: above `k`.
        score_before: of the item.
        score_after: of the item.
        replacement_index: the best item that is new in the list.
        is_smallest_proved: True when no smaller set does it.
        n_scorings: how often a user was scored to find and verify it.
    """

    mode: Mode
    item_index: int
    k: int
    units: tuple[EvidenceUnit, ...]
    triples: tuple[int, ...]
    rank_before: int
    rank_after: int
    score_before: float
    score_after: float
    replacement_index: int
    is_smallest_proved: bool
    n_scorings: int
    verified: Literal[True] = True

    @property
    def size(self) -> int:
        """Choices or links removed."""
        return len(self.units) + len(self.triples)

    @property
    def change(self) -> Change:
        """The same as a change that `what_if` answers."""
        return Change(dropped=self.units, muted=Muted(triples=frozenset(self.triples)))


@dataclass(frozen=True)
class NoCounterfactual:
    """Nothing was found, and why.

    Attributes:
        mode: what could have been removed.
        item_index: the item.
        k: length of the list.
        reason: "not listed": the item is not in the list; "nothing to remove": no such evidence;
            "stays": with all of it removed the item is still listed; "out of budget": the search
            ended first.
        rank_before: from 1; None for an item that the user knows.
        rank_without_all: rank when all that may be removed is; None where that was not tried.
        n_scorings: how often a user was scored.
    """

    mode: Mode
    item_index: int
    k: int
    reason: Reason
    rank_before: int | None
    rank_without_all: int | None
    n_scorings: int


def counterfactual(
    recommender: Recommender,
    user: UserEvidence,
    item_index: int,
    k: int,
    *,
    mode: Mode = "interactions",
    max_scorings: int = MAX_SCORINGS,
) -> Counterfactual | NoCounterfactual:
    """The smallest removal after which an item is no longer among the k best.

    Mode "interactions" removes choices of the user. All single choices are tried; then a greedy set
    is built from what each choice takes from the item and from its rivals, checked by re-scoring
    and cut down until no choice in it can be spared; then all smaller sets are tried, size by size
    while the budget lasts (4000 re-scorings: all pairs of 89 choices). When it does not last, only
    the most promising sets of that size are, and the answer is not proved to be the smallest.

    A known user whose choices are removed is a known user no longer: a model with parameters per
    user folds them in, before and after, so the item's rank before may differ from that in the
    list of the known user.

    Mode "links" removes links of the item itself in the knowledge graph: each graph path of its
    score ends in exactly one of them, and they play no part in other scores. So the fewest are
    found by adding up paths, and a muted model verifies them. The result is the smallest set of
    links of the item; where all paths speak for their items, as they do for items that somebody
    chose, no set of other links is smaller: each could be exchanged for one of these.

    Args:
        recommender: fitted.
        user: whose list it is.
        item_index: an item of the list.
        k: length of the list.
        mode: what may be removed.
        max_scorings: how often a user may be scored.

    Returns:
        A verified set, or why there is none.

    Raises:
        UnknownIdError: there is no such item.
        ConfigError: `k` is below 1, or the model cannot mute links.
    """
    require_item(recommender, item_index)
    if mode == "links":
        return _of_links(recommender, user, item_index, k)
    return _of_interactions(recommender, user, item_index, k, max_scorings)


def _of_interactions(
    recommender: Recommender, user: UserEvidence, item_index: int, k: int, max_scorings: int
) -> Counterfactual | NoCounterfactual:
    folded = replace(user, user_index=UNKNOWN_USER)
    before = rank_items(recommender.score([folded])[0], user.item_indices, k)
    rank = before.rank(item_index)
    if rank is None or rank > k:
        return NoCounterfactual("interactions", item_index, k, "not listed", rank, None, 1)
    units = tuple(EvidenceUnit("item", int(index)) for index in user.item_indices)
    if not units:
        return NoCounterfactual("interactions", item_index, k, "nothing to remove", rank, None, 1)
    search = RemovalSearch(recommender, folded, units, before, item_index, k, max_scorings)
    found = search.run()
    if not isinstance(found, Found):
        return NoCounterfactual(
            "interactions", item_index, k, found, rank, search.rank_without_all, search.n_scorings
        )
    removed = _Removed("interactions", found.units, ())
    return _answer(removed, before, found.scores, item_index, found.is_smallest, search.n_scorings)


def _of_links(
    recommender: Recommender, user: UserEvidence, item_index: int, k: int
) -> Counterfactual | NoCounterfactual:
    before = rank_items(recommender.score([user])[0], user.item_indices, k)
    rank = before.rank(item_index)
    if rank is None or rank > k:
        return NoCounterfactual("links", item_index, k, "not listed", rank, None, 1)
    values = _own_links(recommender.explain(user, item_index))
    links = sorted(values, key=lambda triple: (-values[triple], triple))
    if not links:
        return NoCounterfactual("links", item_index, k, "nothing to remove", rank, None, 1)
    tried: dict[int, FloatArray] = {}

    def rank_without(n_links: int) -> int:
        if n_links not in tried:
            muted = mute(recommender, Muted(triples=frozenset(links[:n_links])))
            tried[n_links] = muted.score([user])[0]
        return rank_of(tried[n_links], user.item_indices, item_index) or 0

    # Paths add up, so that the number is known up to rounding; the walk settles that.
    sums = np.cumsum([values[triple] for triple in links])
    n_links = int(np.searchsorted(sums, _lead(before, item_index, k))) + 1
    n_links = min(n_links, len(links))
    while n_links < len(links) and rank_without(n_links) <= k:
        n_links += 1
    while n_links > 1 and rank_without(n_links - 1) > k:
        n_links -= 1
    last = rank_without(n_links)
    if last <= k:
        n_scorings = 1 + len(tried)
        return NoCounterfactual("links", item_index, k, "stays", rank, last, n_scorings)
    removed = _Removed("links", (), tuple(links[:n_links]))
    return _answer(removed, before, tried[n_links], item_index, True, 1 + len(tried))


def _own_links(explanation: PairExplanation) -> dict[int, float]:
    """What goes with each link of the item itself, by triple, where it speaks for the item."""
    values: dict[int, float] = defaultdict(float)
    for term in explanation.contributions:
        for path in term.paths:
            values[path.triple_indices[-1]] += path.value
    return {triple: value for triple, value in values.items() if value > 0}


def _lead(before: RankedItems, item_index: int, k: int) -> float:
    """Score of the item minus that of the item which would be last if it were gone."""
    others = np.delete(before.scores, np.append(before.known, item_index))
    if others.size < k:
        return np.inf
    return before.score(item_index) - float(np.partition(others, others.size - k)[-k])


@dataclass(frozen=True)
class _Removed:
    mode: Mode
    units: tuple[EvidenceUnit, ...]
    triples: tuple[int, ...]


def _answer(
    removed: _Removed,
    before: RankedItems,
    scores: FloatArray,
    item_index: int,
    is_smallest: bool,
    n_scorings: int,
) -> Counterfactual:
    k = before.item_indices.size
    after = rank_items(scores, before.known, k)
    shown = set(before.item_indices.tolist())
    return Counterfactual(
        removed.mode,
        item_index,
        k,
        removed.units,
        removed.triples,
        before.rank(item_index) or 0,
        after.rank(item_index) or 0,
        before.score(item_index),
        after.score(item_index),
        next(item for item in after.item_indices.tolist() if item not in shown),
        is_smallest,
        n_scorings,
    )
