"""One user's list with the feedback that was given, at once and without fitting anything again.

Every score stays a sum of contributions: choices are added to or taken out of the history, items
are left out of the list, and links are muted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from kgrec_core.config import CountedFeedback
from kgrec_core.contracts import FloatArray, IndexArray, OnProgress, no_progress
from kgrec_core.evaluation.ranking import top_k
from kgrec_core.explanation.masking import without
from kgrec_core.explanation.ranks import RankedItems, rank_items
from kgrec_core.explanation.what_if import Change, WhatIf
from kgrec_core.pipeline.feedback import blocked_rows, with_likes
from kgrec_core.pipeline.loaded_run import LoadedRun
from kgrec_core.recommender.contract import (
    EvidenceUnit,
    PairExplanation,
    Recommender,
    RecommenderState,
    TrainingData,
    UserEvidence,
)
from kgrec_core.recommender.muting import CanMute, Muted, mute

__all__ = [
    "AdaptedUser",
    "Adjustment",
    "ChangedList",
    "LastPlaces",
    "adapt",
    "adjustment_of",
    "changed_lists",
    "plain_lists",
]

Triple = tuple[str, str, str]
USERS_AT_ONCE = 256


@dataclass(frozen=True)
class Adjustment:
    """What feedback makes different for one user, in the ids of the data.

    Attributes:
        added: items that count as the user's newest choices.
        removed: past choices that do not count; these items are left out of the list.
        triples: links along which no path travels.
    """

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    triples: tuple[Triple, ...] = ()

    @property
    def is_empty(self) -> bool:
        """True when everything counts as trained."""
        return not (self.added or self.removed or self.triples)


@dataclass(frozen=True)
class AdaptedUser:
    """A user and the model that answers, after feedback.

    Attributes:
        run: the run, without the muted parts.
        evidence: what is known, after feedback.
        left_out: items that are not recommended, int64 (n,): the known and the disliked ones.
        ignores_links: blocked links do not change this model at once, because it cannot tell
            which part of a score comes from which link.
    """

    run: LoadedRun
    evidence: UserEvidence
    left_out: IndexArray
    ignores_links: bool

    def ranked(self, k: int) -> RankedItems:
        """The `k` best items, and the rank of every other.

        Raises:
            ConfigError: `k` is below 1.
        """
        return rank_items(self.run.recommender.score([self.evidence])[0], self.left_out, k)

    def explain(self, item_index: int) -> PairExplanation:
        """Why an item has its score after feedback."""
        return self.run.explain(self.evidence, item_index)

    def recommender_about(self, *item_indices: int) -> Recommender:
        """The model, with disliked items at the end of every ranking of this user.

        Args:
            item_indices: what is asked about keeps its score, disliked or not: else no evidence
                for it could be checked.
        """
        last = np.setdiff1d(self.left_out, [*self.evidence.item_indices, *item_indices])
        return LastPlaces(self.run.recommender, last) if last.size else self.run.recommender

    def what_if(self, change: Change, k: int) -> WhatIf:
        """Lists before and after one more change; disliked items are in neither.

        Raises:
            ConfigError: the model cannot switch off what is asked, or `k` is below 1.
        """
        answer = self.run.what_if(self.evidence, change, k)
        before, after = (
            rank_items(found.scores, np.union1d(found.known, self.left_out), k)
            for found in (answer.before, answer.after)
        )
        return replace(answer, before=before, after=after)


@dataclass(frozen=True)
class ChangedList:
    """A user whose list differs.

    Attributes:
        user_index: who.
        before: item indices without feedback, best first.
        after: with it.
    """

    user_index: int
    before: tuple[int, ...]
    after: tuple[int, ...]


def adapt(run: LoadedRun, user_index: int, adjustment: Adjustment) -> AdaptedUser:
    """A known user after feedback; ids that the data does not have change nothing."""
    evidence = run.evidence_of(user_index)
    removed = _known_items(run, adjustment.removed)
    own = set(evidence.item_indices.tolist())
    changed = without(evidence, [EvidenceUnit("item", item) for item in removed if item in own])
    changed = with_likes(changed, _known_items(run, adjustment.added), run.like_weight)
    muted, ignores_links = _muted(run, adjustment)
    left_out = [
        evidence.item_indices,
        changed.item_indices,
        np.array(removed, dtype=np.int64),
        run.disliked_by(user_index),
    ]
    return AdaptedUser(
        run.muted(muted), changed, np.unique(np.concatenate(left_out)), ignores_links
    )


def adjustment_of(feedback: CountedFeedback, user_id: str) -> Adjustment:
    """What the feedback means for one user.

    A like is one more choice. A disliked item leaves the list, and if the user had chosen it, that
    choice counts no more; no other score changes, because a model that adds up what was chosen has
    no term for what was not. A blocked link counts for nobody.
    """
    disliked = tuple(item for user, item in feedback.dislikes if user == user_id)
    return Adjustment(
        added=tuple(item for user, item in feedback.likes if user == user_id),
        removed=disliked,
        triples=feedback.blocked,
    )


def plain_lists(run: LoadedRun, k: int, *, max_users: int) -> dict[int, tuple[int, ...]]:
    """The first `k` items of the first `max_users` users as the run says them, by user index."""
    users = range(min(max_users, run.dataset.n_users))
    found: dict[int, tuple[int, ...]] = {}
    for start in range(0, len(users), USERS_AT_ONCE):
        found |= _lists(run, users[start : start + USERS_AT_ONCE], k)
    return found


def changed_lists(
    run: LoadedRun,
    feedback: CountedFeedback,
    k: int,
    *,
    max_users: int,
    plain: Mapping[int, tuple[int, ...]] | None = None,
) -> tuple[list[ChangedList], int]:
    """Users whose first `k` differ because of the feedback, and how many users were looked at.

    Without a blocked link only users who said something can differ, so only they are looked at.

    Args:
        run: the run whose lists are compared.
        feedback: what counts.
        k: length of the lists.
        max_users: no more users than this are looked at.
        plain: what `plain_lists` says for these users, where it is known already.
    """
    users = _affected_users(run, feedback)[:max_users]
    rows = blocked_rows(run.graph, feedback.blocked)
    is_muted = bool(rows) and isinstance(run.recommender, CanMute)
    muted = run.muted(Muted(triples=rows)) if is_muted else run
    spoken = {user for user, _ in (*feedback.likes, *feedback.dislikes)}
    found = []
    for start in range(0, len(users), USERS_AT_ONCE):
        part = users[start : start + USERS_AT_ONCE]
        before = _lists(run, part, k) if plain is None else {user: plain[user] for user in part}
        after = _lists(muted, part, k) if is_muted else dict(before)
        for user in part:
            user_id = run.dataset.users.id_of(user)
            if user_id in spoken:
                adapted = adapt(run, user, adjustment_of(feedback, user_id))
                after[user] = tuple(adapted.ranked(k).item_indices.tolist())
            if before[user] != after[user]:
                found.append(ChangedList(user, before[user], after[user]))
    return found, len(users)


class LastPlaces:
    """A model that ranks some items last and says the same about all others.

    It lets searches that rank for themselves leave disliked items out.

    Args:
        whole: the model.
        item_indices: what goes last, int64 (n,).
    """

    def __init__(self, whole: Recommender, item_indices: IndexArray) -> None:
        self._whole = whole
        self._item_indices = item_indices
        self.name = whole.name
        self.n_items = whole.n_items

    def fit(
        self, data: TrainingData, *, rng: np.random.Generator, on_progress: OnProgress = no_progress
    ) -> dict[str, float]:
        """Fits the model below."""
        return self._whole.fit(data, rng=rng, on_progress=on_progress)

    def score(self, users: Sequence[UserEvidence]) -> FloatArray:
        """Scores of all items, float32 (n_users, n_items); what goes last is below all others."""
        scores = self._whole.score(users).copy()
        scores[:, self._item_indices] = scores.min(axis=1, keepdims=True) - 1.0
        return scores

    def explain(self, user: UserEvidence, item_index: int) -> PairExplanation:
        """As the model below."""
        return self._whole.explain(user, item_index)

    def muted(self, muted: Muted) -> LastPlaces:
        """The same without parts of the model below.

        Raises:
            ConfigError: the model cannot switch them off.
        """
        return LastPlaces(mute(self._whole, muted), self._item_indices)

    def state(self) -> RecommenderState:
        """That of the model below."""
        return self._whole.state()


def _affected_users(run: LoadedRun, feedback: CountedFeedback) -> list[int]:
    if blocked_rows(run.graph, feedback.blocked) and isinstance(run.recommender, CanMute):
        return list(range(run.dataset.n_users))
    spoken = {user for user, _ in (*feedback.likes, *feedback.dislikes)}
    known = [user for user in spoken if user in run.dataset.users]
    return sorted(run.dataset.users.index_of(user) for user in known)


def _lists(run: LoadedRun, users: Sequence[int], k: int) -> dict[int, tuple[int, ...]]:
    """The first `k` of many known users, what they know or dislike left out."""
    histories = [run.evidence_of(user) for user in users]
    left_out = [
        np.union1d(known.item_indices, run.disliked_by(user))
        for user, known in zip(users, histories, strict=True)
    ]
    ranked = top_k(run.recommender.score(histories), left_out, k)
    return {user: tuple(row[row >= 0].tolist()) for user, row in zip(users, ranked, strict=True)}


def _muted(run: LoadedRun, adjustment: Adjustment) -> tuple[Muted, bool]:
    """What to mute; links are passed over where the model cannot mute them."""
    rows = blocked_rows(run.graph, adjustment.triples)
    if rows and not isinstance(run.recommender, CanMute):
        return Muted(), True
    return Muted(triples=rows), False


def _known_items(run: LoadedRun, item_ids: Sequence[str]) -> list[int]:
    items = run.dataset.items
    return [items.index_of(item_id) for item_id in item_ids if item_id in items]
