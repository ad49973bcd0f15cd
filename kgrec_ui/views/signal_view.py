"""The test of the knowledge graph in words, and the shuffled links as a swarm of dots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from kgrec_core.pipeline.signal_result import (
    CARRIES,
    NO_LINKS,
    NOTHING,
    WEAK,
    WRONG,
    LinkSignal,
    SignalResult,
)
from kgrec_ui.theme import format_count, format_share
from kgrec_ui.views.figures import fixed, p_words
from kgrec_ui.views.labels import metric_name

__all__ = ["SignalStrip", "SignalView", "signal_view", "swarm"]

N_BINS = 48
Tone = Literal["good", "weak", "bad"]
TONES: dict[str, Tone] = {
    CARRIES: "good",
    WEAK: "weak",
    NOTHING: "bad",
    WRONG: "bad",
    NO_LINKS: "bad",
}
HEADLINES = {
    CARRIES: "The knowledge graph carries signal",
    WEAK: "The knowledge graph carries a little signal",
    NOTHING: "The knowledge graph says nothing about your items",
    WRONG: "The knowledge graph points the wrong way",
    NO_LINKS: "No item has a link",
}
SHORT = {
    CARRIES: "carries signal",
    WEAK: "weak",
    NOTHING: "no signal",
    WRONG: "points the wrong way",
    NO_LINKS: "no links",
}
ADVICE = {
    "good": "A model has a reason to use it.",
    "weak": "A model may use it, but do not expect much from it.",
    "bad": "Check that the ids in the link file are those of your items.",
}


@dataclass(frozen=True)
class SignalStrip:
    """True links against the same links shuffled among the items.

    Attributes:
        label: all links, or a file.
        deals: metric of each shuffle, ascending.
        offsets: height of each dot in the swarm, in [-1, 1].
        band: between which 95 % of the shuffles lie.
        value: with the true links.
        tone: of the verdict.
    """

    label: str
    deals: tuple[float, ...]
    offsets: tuple[float, ...]
    band: tuple[float, float]
    value: float
    tone: Tone


@dataclass(frozen=True)
class SignalView:
    """The verdict with its evidence.

    Attributes:
        headline: the verdict, to be set large.
        tone: how good it is.
        sentence: the numbers behind it.
        advice: what to do now.
        line: verdict and numbers on one line, for other pages.
        strips: one for all links, then one per file when there are several.
        marks: (label, value) of lists to compare with.
        axis_title: of the metric.
        sources: one row per file.
        relations: one row per relation, the one with the most links first.
    """

    headline: str
    tone: Tone
    sentence: str
    advice: str
    line: str
    strips: tuple[SignalStrip, ...]
    marks: tuple[tuple[str, float], ...]
    axis_title: str
    sources: pl.DataFrame
    relations: pl.DataFrame


def signal_view(result: SignalResult) -> SignalView:
    """The result of the test, ready to show."""
    overall = result.overall
    faulty = [found for found in result.sources if not found.has_signal]
    tone: Tone = TONES.get(overall.verdict, "bad")
    headline = HEADLINES.get(overall.verdict, overall.verdict)
    advice = ADVICE[tone]
    if faulty and tone != "bad":
        tone = "weak"
        names = ", ".join(found.name for found in faulty)
        headline += ", but not from every file"
        advice = f"Check the ids in {names}: its links alone are no better than shuffled ones."
    metric = metric_name(result.metric)
    strips = [_strip("All links", overall)]
    if len(result.sources) > 1:
        strips += [_strip(found.name, found) for found in result.sources]
    return SignalView(
        headline=headline,
        tone=tone,
        sentence=_sentence(result, metric),
        advice=advice,
        line=(
            f"{headline}: {metric} {fixed(overall.value)} by links alone, "
            f"{fixed(overall.scrambled)} with shuffled links."
        ),
        strips=tuple(strips),
        marks=(("random lists", result.random), ("most popular", result.popularity)),
        axis_title=f"{metric} of ranking unseen items by shared links alone",
        sources=_table(result.sources, "File", metric),
        relations=_table(result.relations, "Relation", metric),
    )


def swarm(values: Sequence[float]) -> tuple[float, ...]:
    """Heights that keep dots of about equal value apart: the n-th of a bin stands n / 2 up or down.

    Args:
        values: ascending.

    Returns:
        One height per value, in [-1, 1]; the fullest bin reaches the ends.
    """
    if not values:
        return ()
    width = (values[-1] - values[0]) / N_BINS or 1.0
    bins = [int((value - values[0]) / width) for value in values]
    heights, seen = [], dict.fromkeys(bins, 0)
    for place in bins:
        n = seen[place]
        heights.append((n + 1) // 2 * (1 if n % 2 else -1))
        seen[place] = n + 1
    largest = max(max(abs(height) for height in heights), 4)
    return tuple(height / largest for height in heights)


def _strip(label: str, found: LinkSignal) -> SignalStrip:
    deals = tuple(sorted(found.deals))
    band = found.scrambled_low, found.scrambled_high
    tone: Tone = TONES.get(found.verdict, "bad")
    return SignalStrip(label, deals, swarm(deals), band, found.value, tone)


def _sentence(result: SignalResult, metric: str) -> str:
    overall = result.overall
    if overall.verdict == NO_LINKS:
        return "Nothing can be ranked by links, because no item shares a link with another one."
    return (
        f"Ranking unseen items for {format_count(result.n_users)} users by shared links alone "
        f"reaches {metric} {fixed(overall.value)}. The same links, shuffled among the items "
        f"{format_count(result.n_scrambles)} times, reach {fixed(overall.scrambled)} "
        f"({fixed(overall.scrambled_low)} to {fixed(overall.scrambled_high)}), "
        f"{p_words(overall.p_value)}. {format_share(overall.share_linked)} of the items have links."
    )


def _table(found: Sequence[LinkSignal], name: str, metric: str) -> pl.DataFrame:
    return pl.DataFrame(
        {
            name: [row.name if name == "File" else row.name.replace("_", " ") for row in found],
            "Verdict": [SHORT.get(row.verdict, row.verdict) for row in found],
            "Items linked (%)": [100 * row.share_linked for row in found],
            f"{metric}, true": [row.value for row in found],
            f"{metric}, shuffled": [row.scrambled for row in found],
            "Difference": [row.difference for row in found],
            "95 % interval": [f"{fixed(row.low)} to {fixed(row.high)}" for row in found],
            "p": [row.p_value for row in found],
        }
    )
