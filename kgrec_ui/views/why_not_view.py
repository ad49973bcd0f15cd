"""Why one item stands below another: the difference of two sums in bars, words and a table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from kgrec_core.explanation.names import Names, relation_words
from kgrec_core.explanation.reasons import AXIS_LETTERS
from kgrec_core.explanation.why_not import Difference, WhyNot
from kgrec_core.explanation.why_not_wording import lacking_sentences, leading_sentences
from kgrec_core.palette import SHORT_NAMES
from kgrec_ui.theme import MODALITY_NAMES, format_count, format_score, format_signed
from kgrec_ui.views.explanation_view import evidence_label
from kgrec_ui.views.words import counted, shortened_pair

__all__ = [
    "DifferenceBar",
    "DifferenceView",
    "ValuedSentence",
    "difference_label",
    "difference_view",
]

N_BARS = 12
RESIDUAL_LIMIT = 2e-5
SCHEMA = {
    "what": pl.String,
    "modality": pl.String,
    "asked item": pl.Float64,
    "other item": pl.Float64,
    "difference": pl.Float64,
}


@dataclass(frozen=True)
class DifferenceBar:
    """One row of the chart.

    Attributes:
        label: what speaks.
        modality: key of its color; "bias" for the starting value.
        value: asked item minus other item.
        detail: both values, for the hover box.
        is_rest: it adds up all smaller ones of the modality.
        axis: the label cut with care for the axis; "" where any cut will do.
    """

    label: str
    modality: str
    value: float
    detail: str
    is_rest: bool = False
    axis: str = ""


@dataclass(frozen=True)
class ValuedSentence:
    """A sentence and the part of the difference that it states."""

    value: str
    text: str


@dataclass(frozen=True)
class DifferenceView:
    """Two items for one user.

    Attributes:
        headline: ranks and gap in words.
        sentences: what the asked item lacks most, then what it has beyond the other.
        bars: largest differences, the rest as one bar for each modality.
        statement: that the bars add up to the gap.
        is_exact: whether they do.
        table: every difference.
    """

    headline: str
    sentences: tuple[ValuedSentence, ...]
    bars: tuple[DifferenceBar, ...]
    statement: str
    is_exact: bool
    table: pl.DataFrame


def difference_view(found: WhyNot, names: Names, *, n_bars: int = N_BARS) -> DifferenceView:
    """The answer to "why not this item?"."""
    rows = found.differences
    bars = [_bar(row, names) for row in rows[:n_bars]] + _rest(rows[n_bars:], names)
    return DifferenceView(
        _headline(found, names.brief()),
        _sentences(found, names.brief()),
        tuple(bars),
        _statement(found),
        found.residual < RESIDUAL_LIMIT,
        _table(rows, names),
    )


def difference_label(row: Difference, names: Names) -> str:
    """What a row stands for, as people would call it."""
    key = row.key
    if key.modality == "bias":
        return "Popularity with everybody"
    if key.modality == "graph":
        label = f"{relation_words(key.relation_id)} {names.entity(key.entity_index)}"
        return f"{label} (by behavior)" if key.kind == "carried" else label
    if key.evidence is None:
        return MODALITY_NAMES[key.modality]
    label = evidence_label(names, key.evidence)
    return f"text near {label}" if key.modality == "text" else label


def _axis_label(row: Difference, names: Names) -> str:
    """Relation and entity of a link in few letters, "" for anything else."""
    key = row.key
    if key.modality != "graph":
        return ""
    tie = " (by behavior)" if key.kind == "carried" else ""
    link = relation_words(key.relation_id), names.entity(key.entity_index)
    return shortened_pair(*link, AXIS_LETTERS - len(tie)) + tie


def _headline(found: WhyNot, names: Names) -> str:
    item, other = names.item(found.item_index), names.item(found.against_index)
    if found.rank_item is None:
        place = f"“{item}” is in the history already, so it is not ranked"
    else:
        place = f"“{item}” is at rank {format_count(found.rank_item)} of {found.n_ranked:,}"
    against = (
        "is in the history already"
        if found.rank_against is None
        else f"is at rank {format_count(found.rank_against)}"
    )
    gap = found.gap
    word = "lower" if gap < 0 else "higher"
    return (
        f"{place}; “{other}” {against}. Its score is {format_score(found.item.score)}, "
        f"{format_score(abs(gap))} {word} than {format_score(found.against.score)}."
    )


def _sentences(found: WhyNot, names: Names) -> tuple[ValuedSentence, ...]:
    told = [*lacking_sentences(found, names), *leading_sentences(found, names)]
    return tuple(
        ValuedSentence(
            format_signed(sum(found.differences[place].value for place in sentence.positions)),
            sentence.text,
        )
        for sentence in told
    )


def _bar(row: Difference, names: Names) -> DifferenceBar:
    detail = (
        f"{MODALITY_NAMES[row.key.modality]}: {format_score(row.value_item)} for the asked item, "
        f"{format_score(row.value_against)} for the other"
    )
    label, modality = difference_label(row, names), row.key.modality
    return DifferenceBar(label, modality, row.value, detail, axis=_axis_label(row, names))


def _rest(rows: Sequence[Difference], names: Names) -> list[DifferenceBar]:
    """Smaller differences by modality, the largest sum first; a lone one keeps its own bar."""
    groups: dict[str, list[Difference]] = {}
    for row in rows:
        groups.setdefault(row.key.modality, []).append(row)
    bars = []
    for modality, own in groups.items():
        label = f"{SHORT_NAMES[modality]}: {format_count(len(own))} smaller"
        told = f"{counted(len(own), 'difference')}; the table below has each"
        value = math.fsum(row.value for row in own)
        is_lone = len(own) == 1
        bars.append(
            _bar(own[0], names) if is_lone else DifferenceBar(label, modality, value, told, True)
        )
    return sorted(bars, key=lambda bar: -abs(bar.value))


def _statement(found: WhyNot) -> str:
    total = sum(row.value for row in found.differences)
    words = (
        f"{counted(len(found.differences), 'difference')} "
        f"{'adds' if len(found.differences) == 1 else 'add'} up to {format_signed(total)}; the "
        f"scores differ by {format_signed(found.gap)}"
    )
    if found.residual < RESIDUAL_LIMIT:
        return f"{words}. Nothing is left over."
    return f"{words}. That is not the same: do not trust this, and train the run again."


def _table(rows: Sequence[Difference], names: Names) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "what": [difference_label(row, names) for row in rows],
            "modality": [MODALITY_NAMES[row.key.modality] for row in rows],
            "asked item": [row.value_item for row in rows],
            "other item": [row.value_against for row in rows],
            "difference": [row.value for row in rows],
        },
        schema=SCHEMA,
    )
