"""A `Dataset` in numbers: what the Data page counts and draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kgrec_core.contracts import FloatArray, IndexArray
from kgrec_core.data.dataset import Dataset
from kgrec_core.data.interactions import NO_TIME
from kgrec_core.errors import DataError

__all__ = ["DatasetProfile", "Histogram", "dataset_profile", "gini"]

_MAX_DISTINCT_WEIGHTS = 20
_N_WEIGHT_BINS = 20


@dataclass(frozen=True)
class Histogram:
    """Counts in bins.

    Attributes:
        edges: float (n_bins + 1,), ascending; bin i holds edges[i] <= value < edges[i + 1], the
            last bin also its upper edge.
        counts: int64 (n_bins,).
    """

    edges: np.ndarray[tuple[int], np.dtype[np.float64]]
    counts: IndexArray

    def __post_init__(self) -> None:
        if self.edges.size != self.counts.size + 1:
            raise DataError("'edges' must have one entry more than 'counts' in 'Histogram'.")


@dataclass(frozen=True)
class DatasetProfile:
    """What there is to say about a data set before anything is trained.

    Attributes:
        counts: as `Dataset.counts`.
        density: share of all (user, item) pairs that are interactions, in [0, 1].
        mean_per_user: interactions per user, over all users.
        median_per_user: the median of the same.
        mean_per_item: interactions per item, over all items.
        median_per_item: the median of the same.
        per_user: users by number of interactions, bins of doubling width from 0.
        per_item: items by number of interactions, bins of doubling width from 0.
        popularity_gini: 0 when all items are equally popular, near 1 when few have everything.
        n_cold_users: users without interactions.
        n_cold_items: items without interactions.
        first_time: earliest time in seconds since 1970, None when no time is known.
        last_time: latest time, None when no time is known.
        months: "2021-03" and number of interactions, every month from the first to the last.
        weights: interactions by weight; one bin per value when there are few values.
        weight_values: the values themselves when there are at most 20, else empty; the bins of
            `weights` are theirs.
        share_with_text: share of items with a document.
        share_with_column: "relation" -> share of items (or users) with that link column.
        top_items: (label, interactions) of the most popular items, best first.
    """

    counts: dict[str, int]
    density: float
    mean_per_user: float
    median_per_user: float
    mean_per_item: float
    median_per_item: float
    per_user: Histogram
    per_item: Histogram
    popularity_gini: float
    n_cold_users: int
    n_cold_items: int
    first_time: int | None
    last_time: int | None
    months: tuple[tuple[str, int], ...]
    weights: Histogram
    weight_values: tuple[float, ...]
    share_with_text: float
    share_with_column: dict[str, float]
    top_items: tuple[tuple[str, int], ...]


def dataset_profile(dataset: Dataset, *, n_top: int = 20) -> DatasetProfile:
    """Count and describe a data set.

    Args:
        dataset: the data; not changed.
        n_top: how many items `top_items` lists; ties go to the earlier item.
    """
    interactions = dataset.interactions
    per_user, per_item = interactions.user_counts(), interactions.item_counts()
    known = interactions.times[interactions.times != NO_TIME]
    weights, values = _weight_histogram(interactions.weights)
    labels = dataset.item_labels
    top = np.argsort(-per_item, kind="stable")[:n_top]
    return DatasetProfile(
        counts=dataset.counts(),
        density=len(interactions) / max(1, dataset.n_users * dataset.n_items),
        mean_per_user=float(per_user.mean()),
        median_per_user=float(np.median(per_user)),
        mean_per_item=float(per_item.mean()),
        median_per_item=float(np.median(per_item)),
        per_user=_doubling_histogram(per_user),
        per_item=_doubling_histogram(per_item),
        popularity_gini=gini(per_item),
        n_cold_users=int((per_user == 0).sum()),
        n_cold_items=int((per_item == 0).sum()),
        first_time=int(known.min()) if known.size else None,
        last_time=int(known.max()) if known.size else None,
        months=_by_month(known),
        weights=weights,
        weight_values=values,
        share_with_text=dataset.counts()["documents"] / max(1, dataset.n_items),
        share_with_column=_shares(dataset),
        top_items=tuple((labels[index], int(per_item[index])) for index in top.tolist()),
    )


def gini(counts: IndexArray) -> float:
    """Gini coefficient of non-negative counts, in [0, 1 - 1/n]; 0 when all are 0 or none is given.

    Args:
        counts: int64 (n,).
    """
    total = counts.sum()
    if counts.size == 0 or total == 0:
        return 0.0
    ordered = np.sort(counts).astype(np.float64)
    n = ordered.size
    ranks = np.arange(1, n + 1)
    return float(((2 * ranks - n - 1) * ordered).sum() / (n * total))


def _doubling_histogram(counts: IndexArray) -> Histogram:
    """Bins 0, 1, 2-3, 4-7, 8-15, ... up to the largest count."""
    edges = [0.0, 1.0]
    while edges[-1] <= counts.max():
        edges.append(edges[-1] * 2)
    found, _ = np.histogram(counts, bins=np.array(edges))
    return Histogram(np.array(edges), found.astype(np.int64))


def _weight_histogram(weights: FloatArray) -> tuple[Histogram, tuple[float, ...]]:
    values, counts = np.unique(weights.astype(np.float64), return_counts=True)
    if values.size <= _MAX_DISTINCT_WEIGHTS:
        edges = np.append(values, values[-1] + 1)
        return Histogram(edges, counts.astype(np.int64)), tuple(values.tolist())
    logarithmic = values[-1] > 100 * values[0]
    space = np.geomspace if logarithmic else np.linspace
    edges = space(values[0], values[-1], _N_WEIGHT_BINS + 1)
    edges[0], edges[-1] = values[0], values[-1]
    found, _ = np.histogram(weights, bins=edges)
    return Histogram(edges, found.astype(np.int64)), ()


def _by_month(times: IndexArray) -> tuple[tuple[str, int], ...]:
    if times.size == 0:
        return ()
    months = times.astype("datetime64[s]").astype("datetime64[M]")
    first = months.min()
    counts = np.bincount((months - first).astype(np.int64))
    return tuple((str(first + offset), int(count)) for offset, count in enumerate(counts))


def _shares(dataset: Dataset) -> dict[str, float]:
    owners: dict[str, set[int]] = {}
    sizes = {"item": dataset.n_items, "user": dataset.n_users}
    size_of: dict[str, int] = {}
    for column in dataset.columns:
        relation = column.link.relation
        owners.setdefault(relation, set()).update(column.owner_indices.tolist())
        size_of[relation] = sizes[column.owner]
    return {name: len(found) / max(1, size_of[name]) for name, found in owners.items()}
