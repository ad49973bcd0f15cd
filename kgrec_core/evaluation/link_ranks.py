"""Ranks of true answers among candidates, and what they add up to; knows no embedding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kgrec_core.contracts import BoolArray, FloatArray, IndexArray
from kgrec_core.errors import DataError

__all__ = ["HITS_AT", "PrecisionRecall", "precision_recall", "rank_metrics", "realistic_ranks"]

HITS_AT = (1, 3, 10)

RankArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class PrecisionRecall:
    """Precision and recall at falling thresholds.

    Attributes:
        thresholds: distinct scores, falling, float32 (n,).
        precision: share of true ones among scores >= threshold, float32 (n,).
        recall: share of all true ones with a score >= threshold, float32 (n,).
        average_precision: sum of precision * gain in recall.
    """

    thresholds: FloatArray
    precision: FloatArray
    recall: FloatArray
    average_precision: float


def realistic_ranks(
    scores: FloatArray, targets: IndexArray, excluded: Sequence[IndexArray]
) -> RankArray:
    """Rank of each target, from 1, where it shares its score with others: the mean of theirs.

    This is the rank that a coin would give on average (Berrendorf et al. 2020, "realistic"). A
    model that gives all candidates the same score gets the middle, not the top.

    Args:
        scores: finite, float32 (b, n_candidates), larger is better.
        targets: the true candidate of each row, int64 (b,).
        excluded: b arrays of candidates that do not compete (other true ones); the target itself
            always does.

    Returns:
        float64 (b,).

    Raises:
        DataError: a score is NaN or infinite, or `excluded` has not one entry per row.
    """
    if len(excluded) != scores.shape[0]:
        raise DataError(f"'excluded' must have one entry per row (got {len(excluded)}).")
    if not np.isfinite(scores).all():
        raise DataError("The model gave scores that are not finite, so nothing can be ranked.")
    rows = np.arange(scores.shape[0])
    own = scores[rows, targets][:, None]
    competes = np.ones(scores.shape, dtype=np.bool_)
    if rows.size:
        owners = np.repeat(rows, [found.size for found in excluded])
        competes[owners, np.concatenate(excluded)] = False
        competes[rows, targets] = False
    n_better = ((scores > own) & competes).sum(axis=1)
    n_equal = ((scores == own) & competes).sum(axis=1)
    return np.asarray(1.0 + n_better + n_equal / 2.0, dtype=np.float64)


def rank_metrics(ranks: RankArray) -> dict[str, float]:
    """Means over ranks: "mrr" of 1 / rank, "mean_rank", and "hits@k", the share within k.

    Raises:
        DataError: there is no rank, or one below 1.
    """
    if ranks.size == 0:
        raise DataError("There is nothing to average: no triple was held out.")
    if not (ranks >= 1).all():
        raise DataError("A rank is below 1 or not a number, so no mean can be trusted.")
    hits = {f"hits@{k}": float((ranks <= k).mean()) for k in HITS_AT}
    return {"mrr": float((1.0 / ranks).mean()), "mean_rank": float(ranks.mean()), **hits}


def precision_recall(scores: FloatArray, is_true: BoolArray) -> PrecisionRecall:
    """The curve over all distinct thresholds; equal scores enter together.

    Args:
        scores: finite, float32 (n,).
        is_true: bool (n,), at least one true.

    Raises:
        DataError: a score is not finite, or nothing is true.
    """
    if not np.isfinite(scores).all():
        raise DataError("The model gave scores that are not finite, so no curve can be drawn.")
    if not is_true.any():
        raise DataError("A precision-recall curve needs at least one true example.")
    order = np.argsort(-scores, kind="stable")
    ordered = scores[order]
    is_last = np.append(ordered[1:] != ordered[:-1], True)  # of each group of equal scores
    n_found = np.cumsum(is_true[order])[is_last]
    n_taken = np.flatnonzero(is_last) + 1
    precision, recall = n_found / n_taken, n_found / is_true.sum()
    gains = np.diff(recall, prepend=0.0)
    return PrecisionRecall(
        ordered[is_last].astype(np.float32),
        precision.astype(np.float32),
        recall.astype(np.float32),
        float((precision * gains).sum()),
    )
