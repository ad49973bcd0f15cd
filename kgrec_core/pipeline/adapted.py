"""One user's list when something counts differently: feedback at once, or a change to try out.

Nothing is fitted again. Every score stays a sum of contributions: choices are added to or taken
out of the history, items are left out of the list, parts of the model are muted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from kgrec_core.config import CountedFeedback
from kgrec_core.contracts import FloatArray, IndexArray
from kgrec_core.evaluation.ranking import top_k
from kgrec_core.explanation.masking import without
from kgrec_core.pipeline.feedback import blocked_rows, with_likes
from kgrec_core.pipeline.loaded_run import LoadedRun, Recommendations
from kgrec_core.recommender.contract import (
    EvidenceUnit,
    Modality,
    PairExplanation,
    UserEvidence,
)
from kgrec_core.recommender.muting import CanMute, Muted

__all__ = ["AdaptedUser", "Change", "ChangedList", "adapt", "change_of", "changed_lists"]

Triple = tuple[str, str, str]
USERS_AT_ONCE = 256


@dataclass(frozen=True)
class Change:
    """What counts differently, in the ids of the data.

    Attributes:
        added: items that count as the user's newest choices.
        removed: past choices that do not count; they do not come back to the list either.
        forbidden: items that are left out of the list.
        modalities: views that are switched off.
        relations: relations along which no path travels.
        triples: links along which no path travels.
    """

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    modalities: tuple[Modality, ...] = ()
    relations: tuple[str, ...] = ()
    triples: tuple[Triple, ...] = ()

    @property
    def is_empty(self) -> bool:
        """True when everything counts as trained."""
        return self.n_parts == 0

    @property
    def n_parts(self) -> int:
        """How many things are different."""
        return sum(len(part) for part in self._parts())

    def joined(self, other: Change) -> Change:
        """Both changes; what either removes is not added."""
        parts = [
            tuple(dict.fromkeys([*mine, *its]))
            for mine, its in zip(self._parts(), other._parts(), strict=True)
        ]
        gone = {*parts[1], *parts[2]}
        parts[0] = tuple(item for item in parts[0] if item not in gone)
        return Change(*parts)

    def _parts(self) -> tuple[tuple[str, ...] | tuple[Triple, ...], ...]:
        return (
            self.added,
            self.removed,
            self.forbidden,
            self.modalities,
            self.relations,
            self.triples,
        )


@dataclass(frozen=True)
class AdaptedUser:
    """A user and the model that answers, after a change.

    Attributes:
        run: the run, without the muted parts.
        evidence: what is known, after the change.
        left_out: items that are not recommended, int64 (n,): the known and the forbidden ones.
        ignores_links: blocked links do not change this model at once, because it cannot tell
            which part of a score comes from which link.
    """

    run: LoadedRun
    evidence: UserEvidence
    left_out: IndexArray
    ignores_links: bool

    def recommend(self, k: int) -> Recommendations:
        """The `k` best items.

        Raises:
            ConfigError: `k` is below 1.
        """
        scores = self.scores()
        ranked = top_k(scores[None, :], [self.left_out], k)[0]
        ranked = ranked[ranked >= 0]
        return Recommendations(ranked, scores[ranked])

    def scores(self) -> FloatArray:
        """Scores of all items, float32 (n_items,)."""
        found: FloatArray = self.run.recommender.score([self.evidence])[0]
        return found

    def rank_of(self, item_index: int) -> int | None:
        """Rank of an item from 1 among all that may be shown; None when it may not."""
        if item_index in self.left_out:
            return None
        ranked = self.recommend(self.run.recommender.n_items).item_indices
        return int(np.flatnonzero(ranked == item_index)[0]) + 1

    def explain(self, item_index: int) -> PairExplanation:
        """Why an item has its score after the change."""
        return self.run.explain(self.evidence, item_index)


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


def adapt(run: LoadedRun, user_index: int, change: Change) -> AdaptedUser:
    """A known user after a change; ids that the data does not have change nothing.

    Raises:
        ConfigError: a view or relation is to be switched off that the model cannot switch off.
    """
    evidence = run.evidence_of(user_index)
    removed = _known_items(run, change.removed)
    own = set(evidence.item_indices.tolist())
    changed = without(evidence, [EvidenceUnit("item", item) for item in removed if item in own])
    changed = with_likes(changed, _known_items(run, change.added), run.like_weight)
    muted, ignores_links = _muted(run, change)
    left_out = [
        evidence.item_indices,
        changed.item_indices,
        np.array([*removed, *_known_items(run, change.forbidden)], dtype=np.int64),
        run.disliked_by(user_index),
    ]
    return AdaptedUser(
        run.muted(muted), changed, np.unique(np.concatenate(left_out)), ignores_links
    )


def change_of(feedback: CountedFeedback, user_id: str) -> Change:
    """What the feedback means for one user.

    A like is one more choice. A disliked item leaves the list, and if the user had chosen it, that
    choice counts no more; no other score changes, because a model that adds up what was chosen has
    no term for what was not. A blocked link counts for nobody.
    """
    disliked = tuple(item for user, item in feedback.dislikes if user == user_id)
    return Change(
        added=tuple(item for user, item in feedback.likes if user == user_id),
        removed=disliked,
        triples=feedback.blocked,
    )


def changed_lists(
    run: LoadedRun, feedback: CountedFeedback, k: int, *, max_users: int
) -> tuple[list[ChangedList], int]:
    """Users whose first `k` differ because of the feedback, and how many users were looked at.

    Without a blocked link only users who said something can differ, so only they are looked at.

    Args:
        run: the run whose lists are compared.
        feedback: what counts.
        k: length of the lists.
        max_users: the first so many users are looked at.
    """
    users = _affected_users(run, feedback)[:max_users]
    rows = blocked_rows(run.graph, feedback.blocked)
    is_muted = bool(rows) and isinstance(run.recommender, CanMute)
    muted = run.muted(Muted(triples=rows)) if is_muted else run
    spoken = {user for user, _ in (*feedback.likes, *feedback.dislikes)}
    found = []
    for start in range(0, len(users), USERS_AT_ONCE):
        part = users[start : start + USERS_AT_ONCE]
        before = _lists(run, part, k)
        after = _lists(muted, part, k) if is_muted else dict(before)
        for user in part:
            user_id = run.dataset.users.id_of(user)
            if user_id in spoken:
                adapted = adapt(run, user, change_of(feedback, user_id))
                after[user] = tuple(adapted.recommend(k).item_indices.tolist())
            if before[user] != after[user]:
                found.append(ChangedList(user, before[user], after[user]))
    return found, len(users)


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
    return {
        user: tuple(row[row >= 0].tolist()) for user, row in zip(users, ranked, strict=True)
    }


def _muted(run: LoadedRun, change: Change) -> tuple[Muted, bool]:
    """What to mute; links are passed over where the model cannot mute them."""
    rows = blocked_rows(run.graph, change.triples)
    ignores_links = bool(rows) and not isinstance(run.recommender, CanMute)
    return (
        Muted(
            frozenset(change.modalities),
            frozenset(change.relations),
            frozenset() if ignores_links else rows,
        ),
        ignores_links,
    )


def _known_items(run: LoadedRun, item_ids: Sequence[str]) -> list[int]:
    return list(_indices(run, item_ids))


def _indices(run: LoadedRun, item_ids: Sequence[str]) -> Iterator[int]:
    items = run.dataset.items
    yield from (items.index_of(item_id) for item_id in item_ids if item_id in items)
