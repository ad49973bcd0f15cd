"""What if the evidence, or the model, were a little different: lists, moves and effects.

What is edited is evidence of this one user, or a part of the scores that is muted; nothing is
fitted again, so the answer says how *this* model would recommend, not what it would have learned.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from kgrec_core.contracts import FloatArray
from kgrec_core.data.interactions import NO_TIME
from kgrec_core.errors import ConfigError
from kgrec_core.explanation.masking import units_of, without
from kgrec_core.explanation.ranks import RankedItems, known_items, rank_items, require_item
from kgrec_core.recommender.contract import (
    UNKNOWN_USER,
    Contribution,
    EvidenceUnit,
    Modality,
    PairExplanation,
    Recommender,
    UserEvidence,
)
from kgrec_core.recommender.muting import Muted, mute

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

NOISE = 1e-9
"""Paths that stay are added up anew: differences of this share of the largest term are none."""

EncodeWords = Callable[[tuple[str, ...]], FloatArray]
"""Words to unit vectors, float32 (n_words, dim)."""


@dataclass(frozen=True)
class Change:
    """What is different; can be hashed, so that answers can be kept.

    Attributes:
        dropped: units of evidence that are taken out.
        likes: (item index, weight) of items that are added to the history; an item that is there
            already gets the new weight.
        entity_indices: entities that are stated as interests beside those that are.
        words: words that are stated beside those that are.
        muted: parts of all scores that are switched off.
    """

    dropped: tuple[EvidenceUnit, ...] = ()
    likes: tuple[tuple[int, float], ...] = ()
    entity_indices: tuple[int, ...] = ()
    words: tuple[str, ...] = ()
    muted: Muted = field(default_factory=Muted)

    @property
    def edits_evidence(self) -> bool:
        """True when something about the user is different."""
        return bool(self.dropped or self.likes or self.entity_indices or self.words)

    @property
    def is_empty(self) -> bool:
        """True when nothing is different."""
        return self.muted.is_empty and not self.edits_evidence


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
class Term:
    """What one unit of evidence brings to a score in one modality."""

    modality: Modality
    evidence: EvidenceUnit
    value: float


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


def changed_evidence(
    user: UserEvidence, change: Change, encode: EncodeWords | None = None
) -> UserEvidence:
    """The user as if the change had always been so.

    Units are dropped first, then others are added. An added item counts as chosen at the time of
    the newest choice, so that it is not taken for the oldest.

    Args:
        user: before.
        change: what is different.
        encode: needed for words.

    Raises:
        ConfigError: a dropped unit is not there or is a whole profile, a weight is not above 0, or
            there are words and nothing that reads them.
    """
    if not change.edits_evidence:
        return user
    _require_there(user, change.dropped)
    left = _with_likes(without(user, change.dropped), change.likes)
    entities = [*left.entity_indices.tolist(), *change.entity_indices]
    left = _with_words(left, change.words, encode)
    return replace(
        left,
        entity_indices=np.array(list(dict.fromkeys(entities)), dtype=np.int64),
        user_index=UNKNOWN_USER,
    )


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
        *_lost(before.contributions, muted.contributions),
        *_terms_of(muted.contributions, dropped),
    ]
    return ItemEffect(
        item_index,
        answer.before.rank(item_index),
        answer.after.rank(item_index),
        before,
        after,
        _merged(gone),
        _merged(_terms_of(after.contributions, added)),
    )


def _edited(answer: WhatIf) -> tuple[set[EvidenceUnit], set[EvidenceUnit]]:
    """Units that went and units that came; words are known by themselves, not by their place."""
    before = {_placeless(unit) for unit in units_of(answer.user_before)}
    after = {_placeless(unit) for unit in units_of(answer.user_after)}
    reweighted = {EvidenceUnit("item", index) for index, _ in answer.change.likes} & before & after
    return (before - after) | reweighted, (after - before) | reweighted


def _placeless(unit: EvidenceUnit) -> EvidenceUnit:
    return replace(unit, index=0) if unit.kind == "text" else unit


def _terms_of(terms: Sequence[Contribution], units: set[EvidenceUnit]) -> list[Term]:
    return [
        Term(term.modality, term.evidence, term.value)
        for term in terms
        if _placeless(term.evidence) in units
    ]


def _lost(whole: Sequence[Contribution], muted: Sequence[Contribution]) -> list[Term]:
    """What terms of the whole model lost by muting; nothing where they kept their value."""
    left = {(term.modality, term.evidence): term.value for term in muted}
    lost = [
        Term(t.modality, t.evidence, t.value - left.get((t.modality, t.evidence), 0.0))
        for t in whole
    ]
    largest = max((abs(term.value) for term in whole), default=0.0)
    return [term for term in lost if abs(term.value) > NOISE * largest]


def _merged(terms: Sequence[Term]) -> tuple[Term, ...]:
    """One term per modality and evidence, largest first."""
    totals: dict[tuple[Modality, EvidenceUnit], float] = {}
    for term in terms:
        key = (term.modality, term.evidence)
        totals[key] = totals.get(key, 0.0) + term.value
    found = [Term(modality, unit, value) for (modality, unit), value in totals.items()]
    return tuple(sorted(found, key=lambda term: -abs(term.value)))


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


def _require_there(user: UserEvidence, dropped: Sequence[EvidenceUnit]) -> None:
    known = set(units_of(user))
    missing = [unit for unit in dropped if unit not in known and unit.kind != "profile"]
    if missing:
        raise ConfigError(
            f"'dropped' must name evidence of the user in 'Change' (got {missing[0].kind} "
            f"{missing[0].text or missing[0].index}, which is not part of it)."
        )


def _with_likes(user: UserEvidence, likes: Sequence[tuple[int, float]]) -> UserEvidence:
    wrong = [weight for _, weight in likes if not weight > 0]
    if wrong:
        raise ConfigError(f"'likes' must have weights above 0 in 'Change' (got {wrong[0]}).")
    weights = dict(likes)
    kept = ~np.isin(user.item_indices, list(weights))
    newest = int(user.item_times.max()) if user.item_times.size else NO_TIME
    return replace(
        user,
        item_indices=np.concatenate(
            [user.item_indices[kept], np.array(list(weights), dtype=np.int64)]
        ),
        item_weights=np.concatenate(
            [user.item_weights[kept], np.array(list(weights.values()), dtype=np.float32)]
        ),
        item_times=np.concatenate(
            [user.item_times[kept], np.full(len(weights), newest, dtype=np.int64)]
        ),
    )


def _with_words(
    user: UserEvidence, words: Sequence[str], encode: EncodeWords | None
) -> UserEvidence:
    told = (word.strip() for word in words)
    fresh = tuple(dict.fromkeys(word for word in told if word and word not in user.texts))
    if not fresh:
        return user
    if encode is None:
        raise ConfigError("'words' need a text model in 'Change', and this model reads no texts.")
    vectors = encode(fresh)
    if user.texts:
        vectors = np.concatenate([user.text_vectors, vectors])
    return replace(user, texts=(*user.texts, *fresh), text_vectors=vectors)
