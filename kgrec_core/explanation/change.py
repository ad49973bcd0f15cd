"""A change to what is known about a user or to the model, and the evidence after it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from kgrec_core.contracts import FloatArray
from kgrec_core.data.interactions import NO_TIME
from kgrec_core.errors import ConfigError
from kgrec_core.explanation.masking import units_of, without
from kgrec_core.recommender.contract import UNKNOWN_USER, EvidenceUnit, UserEvidence
from kgrec_core.recommender.muting import Muted

__all__ = ["Change", "EncodeWords", "changed_evidence"]

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
