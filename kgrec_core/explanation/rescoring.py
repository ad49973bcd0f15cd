"""One pair scored again and again with parts of the evidence: in batches, each part once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kgrec_core.contracts import IndexArray
from kgrec_core.errors import UnknownIdError
from kgrec_core.explanation.masking import only_at, units_of
from kgrec_core.recommender.contract import EvidenceUnit, Recommender, UserEvidence

__all__ = ["Places", "Rescored", "Rescorer"]

Places = frozenset[int]
"""Units that are kept, by their place in `units_of`."""
MAX_SCORES = 20_000_000
"""Scores that are in memory together."""
MAX_USERS = 256


@dataclass(frozen=True)
class Rescored:
    """The item under some part of the evidence.

    Attributes:
        score: as the model gives it.
        rank: place of the item, counted from 1; equal scores are settled by the lower index.
    """

    score: float
    rank: int


class Rescorer:
    """Scores and ranks one item for one user under any part of the user's evidence.

    The other candidates are always the items that the user did not know with the *whole* history:
    an item that is taken out of the evidence does not become a recommendation. The user is scored
    as somebody who is not in the data, with the whole evidence too, so that all scores come by the
    same way: a model that learned a vector for the user folds every variant in.
    """

    def __init__(self, recommender: Recommender, user: UserEvidence, item_index: int) -> None:
        if not 0 <= item_index < recommender.n_items:
            raise UnknownIdError(
                f"There is no item at position {item_index} among {recommender.n_items} items."
            )
        self._recommender = recommender
        self._user = user
        self.item_index = item_index
        self.units: tuple[EvidenceUnit, ...] = units_of(user)
        self.whole: Places = frozenset(range(len(self.units)))
        self._known: dict[Places, Rescored] = {}
        others = np.setdiff1d(np.arange(recommender.n_items), user.item_indices)
        self._others: IndexArray = others[others != item_index].astype(np.int64)

    @property
    def n_scored(self) -> int:
        """Parts of the evidence that were scored so far."""
        return len(self._known)

    def places_of(self, units: Iterable[EvidenceUnit]) -> Places:
        """Places of some units; what the user does not have is left out."""
        wanted = set(units)
        return frozenset(at for at, unit in enumerate(self.units) if unit in wanted)

    def of_all(self, kept: Sequence[Places]) -> list[Rescored]:
        """Score and rank with each of these parts of the evidence."""
        new = [places for places in dict.fromkeys(kept) if places not in self._known]
        n_items = max(self._recommender.n_items, 1)
        at_once = max(1, min(MAX_USERS, MAX_SCORES // n_items))
        for start in range(0, len(new), at_once):
            batch = new[start : start + at_once]
            scores = self._recommender.score([self._variant(places) for places in batch])
            self._known.update(zip(batch, self._measured(scores), strict=True))
        return [self._known[places] for places in kept]

    def of(self, kept: Places) -> Rescored:
        """Score and rank with one part of the evidence."""
        return self.of_all([kept])[0]

    def _variant(self, kept: Places) -> UserEvidence:
        mask = np.zeros(len(self.units), dtype=bool)
        mask[list(kept)] = True
        return only_at(self._user, mask)

    def _measured(self, scores: np.ndarray[Any, Any]) -> list[Rescored]:
        own = scores[:, [self.item_index]]
        others = scores[:, self._others]
        n_better = (others > own).sum(axis=1)
        n_equal = (others[:, self._others < self.item_index] == own).sum(axis=1)
        ranks = 1 + n_better + n_equal
        return [
            Rescored(float(score), int(rank)) for score, rank in zip(own[:, 0], ranks, strict=True)
        ]
