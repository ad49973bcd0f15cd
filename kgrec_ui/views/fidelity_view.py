"""Can the named reasons be believed? What their removal does, against chance, in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from kgrec_core.explanation.fidelity import PairFidelity, UndefinedFidelity
from kgrec_core.explanation.names import Names
from kgrec_ui.theme import format_count, format_score, format_signed
from kgrec_ui.views.explanation_view import evidence_label
from kgrec_ui.views.words import counted, joined

__all__ = ["FidelityView", "fidelity_view"]

Verdict = Literal["clear", "unclear", "worse", "undefined"]


@dataclass(frozen=True)
class FidelityView:
    """A badge and what stands behind it.

    Attributes:
        verdict: "clear" when the whole interval speaks for the reasons, "worse" when it speaks
            against them, "unclear" between, "undefined" when nothing can be measured.
        badge: two or three words.
        sentence: the measure in words, with the interval.
        detail: what taking out the named reasons does to the rank.
        table: the numbers; empty when undefined.
    """

    verdict: Verdict
    badge: str
    sentence: str
    detail: str = ""
    table: pl.DataFrame = field(default_factory=pl.DataFrame)


def fidelity_view(found: PairFidelity | UndefinedFidelity, names: Names) -> FidelityView:
    """The deletion gap of one pair against random orders, as a badge."""
    if isinstance(found, UndefinedFidelity):
        return FidelityView("undefined", "Cannot be checked", found.words)
    gap = found.gap("deletion")
    verdict: Verdict = "clear" if gap.is_clear else "worse" if gap.high < 0 else "unclear"
    badges = {
        "clear": "Reasons hold",
        "unclear": "No clear evidence",
        "worse": "Reasons do not hold",
    }
    return FidelityView(
        verdict, badges[verdict], _sentence(found, verdict), _detail(found, names), _table(found)
    )


def _sentence(found: PairFidelity, verdict: Verdict) -> str:
    """Mean loss over the deletions, of the named order and of random ones."""
    gap, n_random = found.gap("deletion"), len(found.random)
    own = found.score - found.explainer.deletion
    chance = own - gap.mean
    interval = f"{n_random} random orders, gap {format_signed(gap.mean)}, 95 % of them " + (
        f"{format_signed(gap.low)} to {format_signed(gap.high)}"
    )
    what = (
        f"Taking out the strongest choices one by one ({counted(found.n_steps, 'step')}) lowers "
        "the score"
    )
    if own <= 0:
        return (
            f"Taking out the strongest choices does not lower the score ({format_signed(-own)}). "
            f"{interval}."
        )
    if chance > 0:
        return f"{what} {_times(own / chance)} as much as taking out others. {interval}."
    rises = "while taking out others does not lower it"
    tail = "" if verdict == "clear" else ", but chance can do the same"
    return f"{what} by {format_score(own)}, {rises}{tail}. {interval}."


def _times(ratio: float) -> str:
    return f"{ratio:.1f} times" if ratio < 100 else f"{format_count(ratio)} times"


def _detail(found: PairFidelity, names: Names) -> str:
    named = found.named
    labels = [evidence_label(names.brief(), unit) for unit in named.units]
    before, after = found.rank, named.rank_without
    if after == before:
        moved = f"stays at rank {before}"
    else:
        moved = f"{'falls' if after > before else 'rises'} from rank {before} to rank {after}"
    return (
        f"Without {joined(labels, 3)} the item {moved}; with them alone it would be at rank "
        f"{named.rank_alone}."
    )


def _table(found: PairFidelity) -> pl.DataFrame:
    rows = [
        ("Order of the explanation", found.explainer),
        ("Most popular first", found.popularity),
        ("Latest first", found.recency),
    ]
    told = [(label, order.deletion, order.insertion) for label, order in rows if order is not None]
    n = len(found.random)
    told.append(
        (
            f"Random, mean of {n}",
            sum(order.deletion for order in found.random) / n,
            sum(order.insertion for order in found.random) / n,
        )
    )
    return pl.DataFrame(
        {
            "order": [row[0] for row in told],
            "mean score without": [row[1] for row in told],
            "mean score with alone": [row[2] for row in told],
        }
    )
