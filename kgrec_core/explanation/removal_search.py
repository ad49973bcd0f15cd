"""Looks for the smallest set of evidence units whose removal takes an item out of the list.

Every answer is re-scored. What each single removal does to the item and to its rivals, added up,
only says which sets are worth re-scoring.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import Any, Literal

import numpy as np

from kgrec_core.contracts import BoolArray, FloatArray, IndexArray
from kgrec_core.explanation.masking import without
from kgrec_core.explanation.ranks import RankedItems, rank_of
from kgrec_core.recommender.contract import EvidenceUnit, Recommender, UserEvidence

__all__ = ["Found", "RemovalSearch"]

Matrix = np.ndarray[Any, np.dtype[np.float32]]
Places = tuple[int, ...]
"""A set of units, by their positions."""

CELLS = 8_000_000
"""Scores held at once."""
CHUNK = 256
"""Sets scored before looking whether one of them is an answer."""
RIVALS = 200
"""Items whose predicted scores are followed, at least."""
MAX_GREEDY = 200
"""Units in the longest set that is tried, beside all of them."""
MAX_SETS = 60_000
"""Sets that are compared by prediction at once."""


@dataclass(frozen=True)
class Found:
    """A verified set.

    Attributes:
        units: what is removed.
        scores: of all items after that, float32 (n_items,).
        is_smallest: True when all smaller sets were tried.
    """

    units: tuple[EvidenceUnit, ...]
    scores: FloatArray
    is_smallest: bool


@dataclass(frozen=True)
class _Hit:
    """A set after which the item is out, and by how much."""

    places: Places
    margin: float
    scores: FloatArray


class RemovalSearch:
    """One search; `run` it once.

    Attributes:
        n_scorings: users scored so far, the one before any removal included.
        rank_without_all: rank of the item without any of the units; None until it was tried.
    """

    def __init__(
        self,
        recommender: Recommender,
        user: UserEvidence,
        units: Sequence[EvidenceUnit],
        before: RankedItems,
        item_index: int,
        k: int,
        max_scorings: int,
    ) -> None:
        self._recommender = recommender
        self._user = user
        self._units = tuple(units)
        self._before = before
        self._item = item_index
        self._k = k
        self._max_scorings = max_scorings
        self._followed = self._contenders()
        self.n_scorings = 1
        self.rank_without_all: int | None = None

    def run(self) -> Found | Literal["stays", "out of budget"]:
        """Singles, then a greedy set cut down to what is needed, then all smaller sets."""
        if self._left() <= len(self._units):
            return "out of budget"
        hit, effects = self._singles()
        if hit is not None:
            return self._found(hit, is_smallest=True)
        hit = self._greedy(effects)
        if hit is not None:
            hit = self._pruned(hit)
        hit, is_smallest = self._smallest(hit, effects)
        if hit is not None:
            return self._found(hit, is_smallest=is_smallest)
        return "stays" if self._stays_without_all() else "out of budget"

    def _smallest(self, hit: _Hit | None, effects: Matrix) -> tuple[_Hit | None, bool]:
        """The first set below the size of one that is known, and whether all were looked at."""
        longest = len(self._units) if hit is None else len(hit.places) - 1
        for size in range(2, longest + 1):
            smaller, all_tried = self._of_size(size, effects)
            if smaller is not None:
                return smaller, True
            if not all_tried:
                return hit, False
        return hit, True

    def _left(self) -> int:
        return self._max_scorings - self.n_scorings

    def _found(self, hit: _Hit, *, is_smallest: bool) -> Found:
        units = tuple(self._units[place] for place in hit.places)
        return Found(units, hit.scores, is_smallest)

    def _contenders(self) -> IndexArray:
        """The item, then the items that may pass it first, int64 (n,)."""
        n_followed = max(RIVALS, 4 * self._k)
        hidden = self._before.scores.copy()
        hidden[self._before.known] = -np.inf
        hidden[self._item] = -np.inf
        best = np.argsort(-hidden, kind="stable")[:n_followed]
        rivals = best[np.isfinite(hidden[best])]
        return np.concatenate([[self._item], rivals]).astype(np.int64)

    def _scored(self, sets: Sequence[Places]) -> Iterator[tuple[range, Matrix]]:
        """Scores of sets, block by block: which sets, and float32 (m, n_items)."""
        size = max(1, min(CHUNK, CELLS // max(self._before.scores.size, 1)))
        for start in range(0, len(sets), size):
            block = sets[start : start + size]
            users = [without(self._user, [self._units[p] for p in places]) for places in block]
            self.n_scorings += len(block)
            yield range(start, start + len(block)), self._recommender.score(users)

    def _judged(self, scores: Matrix) -> tuple[BoolArray, FloatArray]:
        """Whether the item is out of the list, and its score minus that of the last one shown."""
        own = scores[:, [self._item]]
        others = scores.copy()
        others[:, self._before.known] = -np.inf
        others[:, self._item] = -np.inf
        is_above = others > own
        is_above[:, : self._item] |= others[:, : self._item] == own
        return is_above.sum(axis=1) >= self._k, own[:, 0] - _kth(others, self._k)

    def _furthest(self, sets: Sequence[Places], block: range, scores: Matrix) -> _Hit | None:
        """The set of a block that pushes the item furthest out; None when none does."""
        is_out, margins = self._judged(scores)
        if not is_out.any():
            return None
        row = int(np.argmin(np.where(is_out, margins, np.inf)))
        return _Hit(sets[block[row]], float(margins[row]), scores[row])

    def _first_hit(self, sets: Sequence[Places]) -> _Hit | None:
        """The set that pushes the item furthest out, from the first block that has one."""
        hits = (self._furthest(sets, block, scores) for block, scores in self._scored(sets))
        return next((hit for hit in hits if hit is not None), None)

    def _singles(self) -> tuple[_Hit | None, Matrix]:
        """The best single removal, and what each takes from each contender."""
        sets = [(place,) for place in range(len(self._units))]
        base = self._before.scores[self._followed]
        effects = np.zeros((len(sets), base.size), dtype=np.float32)
        best: _Hit | None = None
        for block, scores in self._scored(sets):
            effects[block.start : block.stop] = base - scores[:, self._followed]
            hit = self._furthest(sets, block, scores)
            if hit is not None and (best is None or hit.margin < best.margin):
                best = hit
        return best, effects

    def _predicted(self, scores: Matrix) -> FloatArray:
        """Margins from scores of the contenders, float32 (m,)."""
        return np.asarray(scores[:, 0] - _kth(scores[:, 1:], self._k), dtype=np.float32)

    def _greedy(self, effects: Matrix) -> _Hit | None:
        """The shortest start of a greedy order after which the item is out."""
        order: list[int] = []
        current = self._before.scores[self._followed]
        left = np.arange(len(self._units))
        while left.size and len(order) < MAX_GREEDY:
            predicted = current - effects[left]
            best = int(np.argmin(self._predicted(predicted)))
            order.append(int(left[best]))
            current = predicted[best]
            left = np.delete(left, best)
        for start in range(2, len(order) + 1, 32):
            sets = [tuple(order[:n]) for n in range(start, min(start + 32, len(order) + 1))]
            if len(sets) > self._left():
                return None
            for block, scores in self._scored(sets):
                is_out, margins = self._judged(scores)
                if is_out.any():
                    row = int(np.argmax(is_out))
                    return _Hit(sets[block[row]], float(margins[row]), scores[row])
        return None

    def _stays_without_all(self) -> bool:
        everything = tuple(range(len(self._units)))
        (_, scores), *_ = self._scored([everything])
        self.rank_without_all = rank_of(scores[0], self._before.known, self._item)
        return not bool(self._judged(scores)[0][0])

    def _pruned(self, hit: _Hit) -> _Hit:
        """The same set without what it does not need."""
        while 2 < len(hit.places) <= self._left():
            smaller = [hit.places[:at] + hit.places[at + 1 :] for at in range(len(hit.places))]
            found = self._first_hit(smaller)
            if found is None:
                return hit
            hit = found
        return hit

    def _of_size(self, size: int, effects: Matrix) -> tuple[_Hit | None, bool]:
        """A set of one size that does it, and whether all of them were tried if there is none."""
        n_units = len(self._units)
        n_sets = comb(n_units, size)
        if n_sets <= self._left():
            return self._first_hit(self._likely(_all_sets(n_units, size), effects, n_sets)), True
        if n_sets > MAX_SETS:
            return None, False
        return self._first_hit(self._likely(_all_sets(n_units, size), effects, CHUNK)), False

    def _likely(self, sets: Sequence[Places], effects: Matrix, n_sets: int) -> list[Places]:
        """The sets of one size with the lowest predicted margins, within what may be scored."""
        if not sets:
            return []
        base = self._before.scores[self._followed]
        places = np.array(sets, dtype=np.int64)  # (n_sets, size)
        margins = [
            self._predicted(base - effects[places[start : start + 4096]].sum(axis=1))
            for start in range(0, len(sets), 4096)
        ]
        order = np.argsort(np.concatenate(margins), kind="stable")
        return [sets[at] for at in order[: max(min(n_sets, self._left()), 0)]]


def _all_sets(n_units: int, size: int) -> list[Places]:
    return list(combinations(range(n_units), size))


def _kth(scores: Matrix, k: int) -> FloatArray:
    """The k-th largest of each row, float32 (m,); minus infinity where there are fewer."""
    if scores.shape[1] < k:
        return np.full(scores.shape[0], -np.inf, dtype=np.float32)
    return np.asarray(np.partition(scores, scores.shape[1] - k, axis=1)[:, -k], dtype=np.float32)
