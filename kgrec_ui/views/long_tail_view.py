"""What holding popular items back costs and brings, at one chosen strength and at all."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from kgrec_core.pipeline.long_tail import LongTailCurve, LongTailPoint
from kgrec_ui.theme import format_count, format_share
from kgrec_ui.views.figures import change_range, change_words, fixed, percent

__all__ = ["LongTailView", "TailPanel", "long_tail_view"]


@dataclass(frozen=True)
class TailPanel:
    """One quantity over the strength.

    Attributes:
        title: with its unit.
        strengths: ascending.
        values: at each strength.
        low: lower ends of the 95 % intervals; equal to the values where there are none.
        high: upper ends.
        chosen: strength and value of the chosen point.
        chosen_text: its value in words.
        is_share: values are shares and shown in percent.
    """

    title: str
    strengths: tuple[float, ...]
    values: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    chosen: tuple[float, float]
    chosen_text: str
    is_share: bool


@dataclass(frozen=True)
class LongTailView:
    """The trade-off at one strength.

    Attributes:
        strength: the measured one nearest to the chosen one.
        sentence: cost and gain in words.
        how: what was measured on what.
        panels: accuracy, the tail, the catalog.
        table: all strengths.
    """

    strength: float
    sentence: str
    how: str
    panels: tuple[TailPanel, ...]
    table: pl.DataFrame


def long_tail_view(curve: LongTailCurve, strength: float) -> LongTailView:
    """The curve of a run with the point nearest to `strength`."""
    first = curve.points[0]
    point = min(curve.points, key=lambda found: abs(found.strength - strength))
    return LongTailView(
        strength=point.strength,
        sentence=_sentence(first, point, curve.k),
        how=(
            f"Measured on the test part ({format_count(curve.n_users)} users), because the model "
            "is fitted on everything else. A strength that is chosen here looks a little better "
            "than it is. The tail is the least popular "
            f"{format_share(curve.tail_share_of_items)} of the items, which together hold a fifth "
            f"of the interactions; {format_count(curve.n_tail_users)} users have one held out."
        ),
        panels=tuple(_panels(curve, point)),
        table=_table(curve),
    )


def _panels(curve: LongTailCurve, point: LongTailPoint) -> list[TailPanel]:
    points = curve.points
    panels = [
        _panel(f"Accuracy: NDCG@{curve.k}", curve, [p.ndcg for p in points], point, point.ndcg[0])
    ]
    tails = [p.tail_recall for p in points if p.tail_recall is not None]
    if point.tail_recall is not None and len(tails) == len(points):
        title = f"Held-out tail items found (recall@{curve.k})"
        panels.append(_panel(title, curve, tails, point, point.tail_recall[0], is_share=True))
    shares = [(p.coverage, p.coverage, p.coverage) for p in points]
    title = "Catalog shown to at least one user"
    panels.append(_panel(title, curve, shares, point, point.coverage, is_share=True))
    return panels


def _panel(
    title: str,
    curve: LongTailCurve,
    values: list[tuple[float, float, float]],
    point: LongTailPoint,
    chosen: float,
    *,
    is_share: bool = False,
) -> TailPanel:
    return TailPanel(
        title=title,
        strengths=tuple(found.strength for found in curve.points),
        values=tuple(value for value, _, _ in values),
        low=tuple(low for _, low, _ in values),
        high=tuple(high for _, _, high in values),
        chosen=(point.strength, chosen),
        chosen_text=format_share(chosen) if is_share else fixed(chosen),
        is_share=is_share,
    )


def _sentence(first: LongTailPoint, point: LongTailPoint, k: int) -> str:
    if point is first:
        return (
            f"Nothing is held back: NDCG@{k} is {fixed(first.ndcg[0])}, and the lists show "
            f"{format_share(first.coverage)} of the catalog."
        )
    base = first.ndcg[0] or 1.0
    change, low, high = (value / base for value in point.loss)
    start = f"Holding popular items back at {point.strength:g}"
    if low <= 0 <= high:
        cost = f"leaves NDCG@{k} about as it is: {change_words(change, low, high, is_clear=False)}"
    else:
        verb = "costs" if change < 0 else "gains"
        span = change_range(low, high).rpartition(" ")[0]
        cost = f"{verb} {percent(change)} of NDCG@{k} ({span})"
    return f"{start} {cost}. {_catalog(first, point)}{_tail(first, point)}"


def _catalog(first: LongTailPoint, point: LongTailPoint) -> str:
    before, now = format_share(first.coverage), format_share(point.coverage)
    if point.coverage == first.coverage or not first.coverage:
        return f"The lists show {now} of the catalog, as before."
    change = point.coverage / first.coverage - 1
    word = "more" if change > 0 else "less"
    return f"The lists show {percent(change)} {word} of the catalog ({now} instead of {before})."


def _tail(first: LongTailPoint, point: LongTailPoint) -> str:
    if first.tail_recall is None or point.tail_recall is None:
        return " No tail item is held out, so nothing can be said about them."
    before, now = format_share(first.tail_recall[0]), format_share(point.tail_recall[0])
    return f" Of the held-out tail items they find {now} instead of {before}."


def _table(curve: LongTailCurve) -> pl.DataFrame:
    points = curve.points
    return pl.DataFrame(
        {
            "Strength": [f"{point.strength:g}" for point in points],
            f"NDCG@{curve.k}": [_cell(point.ndcg) for point in points],
            "Tail recall": [_cell(point.tail_recall) for point in points],
            "Catalog shown": [format_share(point.coverage) for point in points],
            "Novelty (bits)": [f"{point.novelty:.2f}" for point in points],
        }
    )


def _cell(value: tuple[float, float, float] | None) -> str:
    if value is None:
        return "–"
    return f"{fixed(value[0])} ({fixed(value[1])} to {fixed(value[2])})"
