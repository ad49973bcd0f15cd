"""A data set in numbers: counts, distributions and what they mean in a sentence each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
import pandas as pd

from kgrec_core.contracts import BoolArray, IndexArray
from kgrec_core.data.dataset import Dataset
from kgrec_core.data.profile import DatasetProfile, Histogram, dataset_profile
from kgrec_ui.theme import format_count, format_share, format_weight

__all__ = ["Bars", "Curve", "ProfileView", "profile_view"]

MAX_MONTHS = 60
TAIL_POINTS = 101
CHOSEN = "With interactions"


@dataclass(frozen=True)
class Bars:
    """Counts over named classes, with their meaning.

    Attributes:
        title: what is counted.
        x_title: name of the classes.
        y_title: name of the counts.
        labels: n names, in full.
        ticks: n names, short enough for an axis.
        counts: n counts.
        sentence: what a reader should take from it.
    """

    title: str
    x_title: str
    y_title: str
    labels: tuple[str, ...]
    ticks: tuple[str, ...]
    counts: tuple[int, ...]
    sentence: str

    def table(self) -> pd.DataFrame:
        """The same numbers, one row per class."""
        return pd.DataFrame({self.x_title: self.labels, self.y_title: self.counts})


@dataclass(frozen=True)
class Curve:
    """Share of interactions held by the most popular share of items, both in percent."""

    x_percent: tuple[float, ...]
    y_percent: tuple[float, ...]
    sentence: str

    def table(self) -> pd.DataFrame:
        """Every tenth percent."""
        rows = [
            (round(x), round(y, 1))
            for x, y in zip(self.x_percent, self.y_percent, strict=True)
            if round(x) % 10 == 0
        ]
        return pd.DataFrame(rows, columns=["Most popular items (%)", "Interactions (%)"])


@dataclass(frozen=True)
class ProfileView:
    """Everything the profile shows.

    Attributes:
        headline: (label, value, help) of the main numbers.
        per_user: users by number of interactions.
        per_item: items by number of interactions.
        long_tail: concentration on popular items; None without interactions.
        over_time: interactions per year or month; None without times.
        weights: distribution of ratings or counts; None when all are equal.
        weights_sentence: what the weights are.
        coverage: (what, share, sentence) of what is known about items.
    """

    headline: tuple[tuple[str, str, str], ...]
    per_user: Bars
    per_item: Bars
    long_tail: Curve | None
    over_time: Bars | None
    weights: Bars | None
    weights_sentence: str
    coverage: tuple[tuple[str, float, str], ...]

    @property
    def coverage_sentence(self) -> str:
        """What new items can be recommended by."""
        if any(share for name, share, _ in self.coverage if name != CHOSEN):
            return "New items without interactions live on texts and links."
        return "Nothing is known about them, so a new item cannot be told from any other."

    def coverage_table(self) -> pd.DataFrame:
        """What is known about the items, one row per kind."""
        rows = [(name, format_share(share), text) for name, share, text in self.coverage]
        return pd.DataFrame(rows, columns=["Items", "Share", "In words"])


def profile_view(dataset: Dataset) -> ProfileView:
    """A data set in words, charts and tables."""
    profile = dataset_profile(dataset)
    item_counts = dataset.interactions.item_counts()
    weights, weights_sentence = _weights(dataset, profile)
    return ProfileView(
        headline=_headline(dataset, profile),
        per_user=_count_bars("user", profile.per_user, dataset.interactions.user_counts()),
        per_item=_count_bars("item", profile.per_item, item_counts),
        long_tail=_long_tail(item_counts),
        over_time=_over_time(profile),
        weights=weights,
        weights_sentence=weights_sentence,
        coverage=_coverage(dataset),
    )


def _headline(dataset: Dataset, profile: DatasetProfile) -> tuple[tuple[str, str, str], ...]:
    numbers = [
        ("Users", format_count(dataset.n_users), "All users named in any file."),
        ("Items", format_count(dataset.n_items), "All items named in any file."),
        (
            "Interactions",
            format_count(len(dataset.interactions)),
            "Each pair of user and item counts once.",
        ),
        (
            "Filled",
            format_share(profile.density),
            "Share of all possible pairs of user and item that occurred.",
        ),
    ]
    if profile.first_time is not None and profile.last_time is not None:
        first, last = _date(profile.first_time), _date(profile.last_time)
        years = str(first.year) if first.year == last.year else f"{first.year}–{last.year}"
        numbers.append(("Years", years, f"From {first:%d %b %Y} to {last:%d %b %Y}."))
    if dataset.tags.height:
        numbers.append(("Tags given", format_count(dataset.tags.height), "Rows of tag files."))
    if dataset.social.shape[0]:
        numbers.append(
            ("Links between users", format_count(dataset.social.shape[0]), "As given, directed.")
        )
    return tuple(numbers)


def _date(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _count_bars(noun: str, histogram: Histogram, counts: IndexArray) -> Bars:
    """How many users (items) have 0, 1, 2-3, 4-7, ... interactions."""
    lows = [int(edge) for edge in histogram.edges[:-1]]
    highs = [int(edge) - 1 for edge in histogram.edges[1:]]
    return Bars(
        title=f"Interactions per {noun}",
        x_title=f"Interactions of one {noun}, from",
        y_title=f"{noun.capitalize()}s",
        labels=tuple(
            str(low) if low == high else f"{low}–{high}"
            for low, high in zip(lows, highs, strict=True)
        ),
        ticks=tuple(str(low) for low in lows),
        counts=tuple(int(count) for count in histogram.counts),
        sentence=_count_sentence(noun, counts),
    )


def _count_sentence(noun: str, counts: IndexArray) -> str:
    if not counts.size or not counts.max():
        return f"No {noun} has an interaction."
    middle, top = int(np.median(counts)), int(counts.max())
    n_cold = int((counts == 0).sum())
    sentence = (
        f"Half of the {noun}s have {format_count(middle)} or fewer; "
        f"the busiest has {format_count(top)}."
    )
    if n_cold:
        have = "has" if n_cold == 1 else "have"
        sentence += f" {format_count(n_cold)} {have} none (cold start)."
    return sentence


def _long_tail(item_counts: IndexArray) -> Curve | None:
    total = int(item_counts.sum())
    if total == 0:
        return None
    held = np.concatenate([[0], np.cumsum(np.sort(item_counts)[::-1])]) / total
    x = np.linspace(0, 1, TAIL_POINTS)
    y = np.interp(x, np.linspace(0, 1, held.size), held)
    return Curve(
        x_percent=tuple(float(v) for v in x * 100),
        y_percent=tuple(float(v) for v in y * 100),
        sentence=(
            f"The most popular 20 % of the items hold {format_share(float(y[20]))} of all "
            "interactions. Without any favorites it would be 20 %."
        ),
    )


def _over_time(profile: DatasetProfile) -> Bars | None:
    if not profile.months:
        return None
    by_month = len(profile.months) <= MAX_MONTHS
    counts: dict[str, int] = {}
    for month, count in profile.months:
        period = month if by_month else month[:4]
        counts[period] = counts.get(period, 0) + count
    best = max(counts, key=counts.__getitem__)
    word = "month" if by_month else "year"
    return Bars(
        title="Interactions over time",
        x_title=word.capitalize(),
        y_title="Interactions",
        labels=tuple(counts),
        ticks=tuple(counts),
        counts=tuple(counts.values()),
        sentence=f"The busiest {word} is {best} with {format_count(counts[best])}.",
    )


def _weights(dataset: Dataset, profile: DatasetProfile) -> tuple[Bars | None, str]:
    if len(profile.weight_values) == 1:
        return None, "All interactions weigh the same; only who chose what counts."
    edges = profile.weights.edges
    mean = float(dataset.interactions.weights.mean(dtype=np.float64))
    low, high = float(dataset.interactions.weights.min()), float(dataset.interactions.weights.max())
    sentence = (
        f"Weights (ratings or counts) go from {format_weight(low)} to {format_weight(high)}; "
        f"the mean is {format_weight(mean)}."
    )
    if profile.weight_values:
        labels = ticks = [f"{value:g}" for value in profile.weight_values]
    else:
        labels = [f"{format_weight(low)}–{format_weight(high)}" for low, high in pairwise(edges)]
        ticks = [format_weight(low) for low in edges[:-1]]
    bars = Bars(
        title="Weights of interactions",
        x_title="Weight",
        y_title="Interactions",
        labels=tuple(labels),
        ticks=tuple(ticks),
        counts=tuple(int(count) for count in profile.weights.counts),
        sentence=sentence,
    )
    return bars, sentence


def _coverage(dataset: Dataset) -> tuple[tuple[str, float, str], ...]:
    n = max(dataset.n_items, 1)
    has_text = np.array([bool(text) for text in dataset.documents], dtype=np.bool_)
    linked = _linked_items(dataset)
    tagged = np.zeros(dataset.n_items, dtype=np.bool_)
    tagged[dataset.tags["item_index"].to_numpy()] = True
    used = dataset.interactions.item_counts() > 0
    rows = (
        (CHOSEN, used, "chosen at least once"),
        ("With text", has_text, "the text model can read them"),
        ("With links", linked, "linked columns or triples, tags apart: the graph reaches them"),
        ("With tags", tagged, "tagged by someone: the graph reaches them too"),
    )
    return tuple(
        (
            name,
            float(mask.sum()) / n,
            f"{format_count(mask.sum())} of {format_count(dataset.n_items)}: {why}",
        )
        for name, mask, why in rows
    )


def _linked_items(dataset: Dataset) -> BoolArray:
    linked = np.zeros(dataset.n_items, dtype=np.bool_)
    for column in dataset.columns:
        if column.owner == "item":
            linked[column.owner_indices] = True
    linked[list(dataset.item_entities)] = True
    return linked
