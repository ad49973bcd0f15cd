"""Parts of the catalog that need a look of their own: new items and the long tail."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kgrec_core.contracts import BoolArray, IndexArray
from kgrec_core.data.split import Split
from kgrec_core.data.splitting import random_part
from kgrec_core.errors import ConfigError, DataError

__all__ = ["only_items", "tail_items", "with_warm_test"]


def tail_items(item_counts: IndexArray, share: float = 0.2) -> BoolArray:
    """True for the least popular items that together hold at most `share` of the interactions.

    Items without interactions belong to the tail; of equally popular items at the border, those
    with the lower index do.

    Args:
        item_counts: int64 (n_items,), interactions per item.
        share: above 0, below 1.

    Raises:
        ConfigError: `share` is not between 0 and 1.
    """
    if not 0 < share < 1:
        raise ConfigError(f"'share' must lie between 0 and 1 in 'tail_items' (got {share}).")
    order = np.argsort(item_counts, kind="stable")
    held = np.cumsum(item_counts[order])
    is_tail = np.zeros(item_counts.size, dtype=np.bool_)
    is_tail[order[held <= share * item_counts.sum()]] = True
    return is_tail


def only_items(split: Split, chosen: BoolArray) -> Split:
    """The same split where only test items that are `chosen` (bool (n_items,)) are relevant.

    Raises:
        DataError: no test item is among them.
    """
    kept = chosen[split.test.item_indices]
    if not kept.any():
        raise DataError(
            "None of the chosen items is in the test part, so nothing can be measured on them."
        )
    return replace(split, test=split.test.select(np.asarray(kept, dtype=np.bool_)))


def with_warm_test(split: Split, fraction: float, rng: np.random.Generator) -> Split:
    """A split that hides items, with a random share of each user's other items in its test too.

    New and known items then compete for the same lists, as they do in use. The share is taken
    from the training part; validation stays as it is.
    """
    moved = random_part(split.train, fraction, rng)
    return replace(
        split,
        train=split.train.select(~moved),
        test=split.test.joined(split.train.select(moved)),
    )
