"""What if the evidence, or the model, were a little different: lists, moves and effects.

What is edited is evidence of this one user, or a part of the scores that is muted; nothing is
fitted again, so the answer says how *this* model would recommend, not what it would have learned.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from kgrec_core.explanation.change import Change, EncodeWords, changed_evidence
from kgrec_core.explanation.masking import units_of
from kgrec_core.explanation.ranks import RankedItems, known_items, rank_items, require_item
from kgrec_core.explanation.term_changes import Term, lost_terms, merged_terms, placeless, terms_of
from kgrec_core.recommender.contract import (
    UNKNOWN_USER,
    EvidenceUnit,
    PairExplanation,
    Recommender,
    UserEvidence,
)
from kgrec_core.recommender.muting import mute

__all__ = [
    "Change",
    "ItemEffect",
    "Move",
    "Term",
    "WhatIf",
    "changed_evidence",
    "item_effect",
    "what_if",
]


@dataclass(frozen=True)
class Move:
    """One item of either list, and where it was and went.

    Attributes:
        item_index: the item.
        rank_before: from 1; None when the user knew the item, so that it was not ranked.
        rank_after: the same after the change.
        score_before: before the change.
        score_after: after the change.
        in_before: True when it was in the list.
        in_after: True when it is in the new list.
    """

    item_index: int
    rank_before: int | None
    rank_after: int | None
    score_before: float
    score_after: float
    in_before: bool
    in_after: bool


@dataclass(frozen=True)
class ItemEffect:
    """What a change does to the score of one item (the deletion identity).

    The direct effect holds all weights fixed: the terms that came minus the terms that went. The
    total effect is the difference of the two scores. They differ by what the rest of the evidence
    says louder or softer now, because attention is shared out anew; muting alone shares nothing
    out anew, so there they are equal.

    Attributes:
        item_index: the item.
        rank_before: from 1; None for an item that the user knew.
        rank_after: the same after the change.
        before: the score before, taken apart.
        after: the score after, taken apart.
        gone: terms that went away, with the values they had, largest first.
        came: terms that are new, with the values they have, largest first.
    """

    item_index: int
    rank_before: int | None
    rank_after: int | None
    before: PairExplanation
    after: PairExplanation
    gone: tuple[Term, ...]
    came: tuple[Term, ...]

    @property
    def direct(self) -> float:
        """Terms that came minus terms that went, at fixed weights."""
        return sum(term.value for term in self.came) - sum(term.value for term in self.gone)

    @property
    def total(self) -> float:
        """Score after minus score before."""
        return self.after.score - self.before.score

    @property
    def shifted(self) -> float:
        """Total minus direct: what evidence that stays says louder or softer."""
        return self.total - self.direct


@dataclass(frozen=True)
class WhatIf:
    """The answer to a change.

    Attributes:
        change: what was asked.
        user_before: the user that the lists are compared from; see `what_if`.
        user_after: the user after the change.
        recommender_after: the model after the change.
        before: the list of `user_before`.
        after: the list of `user_after`.
        moves: items of either list, new ranks first, then those that left.
        shifts_before: True when the model learned parameters for this known user, so that
            `before` is not the list that it shows for them.
    """

    change: Change
    user_before: UserEvidence
    user_after: UserEvidence
    recommender_after: Recommender
    before: RankedItems
    after: RankedItems
    moves: tuple[Move, ...]
    shifts_before: bool

    @property
    def entered(self) -> tuple[Move, ...]:
        """Items that are new in the list."""
        return tuple(move for move in self.moves if not move.in_before)

    @property
    def left(self) -> tuple[Move, ...]:
        """Items that are no longer in the list."""
        return tuple(move for move in self.moves if not move.in_after)


def what_if(
    recommender: Recommender,
    user: UserEvidence,
    change: Change,
    k: int,
    *,
    encode: EncodeWords | None = None,
) -> WhatIf:
    """Lists before and after a change, and who moved.

    What the user knew before or knows after is in neither list: an item whose choice is dropped is
    forgotten as evidence, but not offered again; an added like was no candidate either.

    A user whose evidence is edited is a known user no longer. A model that learned parameters for
    each user then folds both sides in from their evidence, so that like is compared with like:
    `before` may differ from the list that this model shows for the known user, and
    `shifts_before` says so.

    Args:
        recommender: fitted.
        user: whose evidence it is.
        change: what is different.
        k: length of the lists.
        encode: needed for words.

    Raises:
        ConfigError: as for `changed_evidence` and `mute`, or `k` is below 1.
        UnknownIdError: an item, relation or triple is unknown.
    """
    for item_index, _ in change.likes:
        require_item(recommender, item_index)
    after_user = changed_evidence(user, change, encode)
    before_user = replace(user, user_index=UNKNOWN_USER) if change.edits_evidence else user
    after_model = mute(recommender, change.muted)
    known = known_items([user, after_user])
    scores = recommender.score([before_user, after_user])
    shifts = False
    if before_user.user_index != user.user_index:
        shifts = not np.allclose(recommender.score([user])[0], scores[0], rtol=1e-5, atol=1e-6)
    if after_model is not recommender:
        scores[1] = after_model.score([after_user])[0]
    before, after = (rank_items(row, known, k) for row in scores)
    return WhatIf(
        change,
        before_user,
        after_user,
        after_model,
        before,
        after,
        tuple(_moves(before, after)),
        shifts,
    )


def item_effect(recommender: Recommender, answer: WhatIf, item_index: int) -> ItemEffect:
    """Direct and total effect of an answered change on one item (EXPLANATION_METRICS section 1).

    Args:
        recommender: the model before the change.
        answer: what `what_if` gave.
        item_index: any item.

    Raises:
        UnknownIdError: there is no such item.
    """
    require_item(recommender, item_index)
    change = answer.change
    before = recommender.explain(answer.user_before, item_index)
    after = answer.recommender_after.explain(answer.user_after, item_index)
    muted = before
    if not change.muted.is_empty:
        muted = answer.recommender_after.explain(answer.user_before, item_index)
    dropped, added = _edited(answer)
    gone = [
        *lost_terms(before.contributions, muted.contributions),
        *terms_of(muted.contributions, dropped),
    ]
    return ItemEffect(
        item_index,
        answer.before.rank(item_index),
        answer.after.rank(item_index),
        before,
        after,
        merged_terms(gone),
        merged_terms(terms_of(after.contributions, added)),
    )


def _edited(answer: WhatIf) -> tuple[set[EvidenceUnit], set[EvidenceUnit]]:
    """Units that went and units that came; words are known by themselves, not by their place."""
    before = {placeless(unit) for unit in units_of(answer.user_before)}
    after = {placeless(unit) for unit in units_of(answer.user_after)}
    reweighted = {EvidenceUnit("item", index) for index, _ in answer.change.likes} & before & after
    return (before - after) | reweighted, (after - before) | reweighted


def _moves(before: RankedItems, after: RankedItems) -> list[Move]:
    shown = set(before.item_indices.tolist()), set(after.item_indices.tolist())
    left = [item for item in before.item_indices.tolist() if item not in shown[1]]
    return [
        Move(
            item,
            before.rank(item),
            after.rank(item),
            before.score(item),
            after.score(item),
            item in shown[0],
            item in shown[1],
        )
        for item in (*after.item_indices.tolist(), *left)
    ]
