"""What every choice says about every item of a list: a matrix, one cell to open, and a table."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from kgrec_core.explanation.names import BRIEF_LETTERS, Names
from kgrec_core.recommender.contract import Contribution, EvidenceUnit, Modality, PairExplanation
from kgrec_ui.theme import MODALITY_NAMES, format_share, format_signed
from kgrec_ui.views.explanation_view import evidence_label, is_in_one_piece
from kgrec_ui.views.words import counted, joined, shortened

__all__ = ["HeatCell", "HeatView", "cell_terms", "cell_texts", "cell_words", "heat_view"]

N_ROWS = 20
N_PATHS = 2
PATH_LETTERS = 24
"""Of each name along a path: two paths stand in one cell of a table."""
"""Paths that a cell names; the table of the section List and reasons has all."""
TERM_SCHEMA = {
    "modality": pl.String,
    "attention": pl.Float64,
    "gate": pl.Float64,
    "kernel": pl.Float64,
    "contribution": pl.Float64,
    "paths": pl.String,
}


@dataclass(frozen=True)
class HeatCell:
    """A choice and an item.

    Attributes:
        row: position in `HeatView.evidence`.
        column: position in `HeatView.items`.
    """

    row: int
    column: int


@dataclass(frozen=True)
class HeatView:
    """Rows are evidence, columns are items of the list in its order.

    Attributes:
        units: the evidence of each row; the last row may stand for all others and has none.
        evidence: labels of the rows, strongest first.
        items: labels of the columns.
        item_indices: the same as indices.
        values: one list per row; with "attention" weights in [0, 1], else parts of scores.
        is_attention: what the values are.
        sentence: what stands out.
        table: the same numbers, one row per row.
        note: why there is nothing to show; "" otherwise.
    """

    units: tuple[EvidenceUnit | None, ...]
    evidence: tuple[str, ...]
    items: tuple[str, ...]
    item_indices: tuple[int, ...]
    values: tuple[tuple[float, ...], ...]
    is_attention: bool
    sentence: str
    table: pl.DataFrame
    note: str = ""

    @property
    def largest(self) -> float:
        """Size of the largest single value; the row of all others does not count."""
        single = [row for row, unit in zip(self.values, self.units, strict=True) if unit]
        return max((abs(value) for row in single for value in row), default=0.0)


def heat_view(
    explanations: Sequence[PairExplanation],
    names: Names,
    *,
    modality: Modality | None = None,
    is_attention: bool = False,
    n_rows: int = N_ROWS,
) -> HeatView:
    """Contributions, or attention, of each unit of evidence to each item.

    Args:
        explanations: one per item of the list, in its order.
        names: looks up labels.
        modality: only what this one says; None takes all together.
        is_attention: attention weights instead of contributions, averaged over the modalities by
            gate where they differ.
        n_rows: units with a row of their own; all others share one, where they can be added up.
    """
    note = _nothing(explanations)
    if note:
        return HeatView((), (), (), (), (), is_attention, "", pl.DataFrame(), note)
    cells = [_cells(pair, modality, is_attention=is_attention) for pair in explanations]
    sizes: dict[EvidenceUnit, float] = defaultdict(float)
    for column in cells:
        for unit, value in column.items():
            sizes[unit] += abs(value)
    order = sorted(sizes, key=lambda unit: -sizes[unit])
    kept, rest = order[:n_rows], order[n_rows:]
    rows = [tuple(column.get(unit, 0.0) for column in cells) for unit in kept]
    labels = [evidence_label(names, unit) for unit in kept]
    units: list[EvidenceUnit | None] = list(kept)
    if rest:
        rows.append(tuple(sum(column.get(unit, 0.0) for unit in rest) for column in cells))
        labels.append(counted(len(rest), "other"))
        units.append(None)
    items = tuple(names.item(pair.item_index) for pair in explanations)
    return HeatView(
        tuple(units),
        tuple(labels),
        items,
        tuple(pair.item_index for pair in explanations),
        tuple(rows),
        is_attention,
        _sentence(rows[: len(kept)], _brief(labels), _brief(items), is_attention=is_attention),
        _table(rows, labels, items),
    )


def cell_terms(explanation: PairExplanation, unit: EvidenceUnit, names: Names) -> pl.DataFrame:
    """What one unit says about one item: a row per modality, with the product and its paths."""
    terms = [term for term in explanation.contributions if term.evidence == unit]
    brief = names.brief(PATH_LETTERS)
    return pl.DataFrame(
        {
            "modality": [MODALITY_NAMES[term.modality] for term in terms],
            "attention": [term.attention for term in terms],
            "gate": [term.gate for term in terms],
            "kernel": [term.kernel for term in terms],
            "contribution": [term.value for term in terms],
            "paths": [joined(_path_words(term, brief), N_PATHS) for term in terms],
        },
        schema=TERM_SCHEMA,
    )


def _path_words(term: Contribution, names: Names) -> list[str]:
    ordered = sorted(term.paths, key=lambda path: -abs(path.value))
    return [
        f"{' – '.join(names.entity(entity) for entity in path.entity_indices)} "
        f"({format_signed(path.value)})"
        for path in ordered
    ]


def _nothing(explanations: Sequence[PairExplanation]) -> str:
    spoken = [pair for pair in explanations if pair.contributions]
    if not spoken:
        return (
            "Nothing that is known about this user speaks for or against the items of the list; "
            "they are there by their popularity alone."
        )
    if all(is_in_one_piece(pair) for pair in spoken):
        return (
            "This model learned one vector for the user as a whole. It cannot tell which choice "
            "says what, so there are no rows to show. A run of Fusion has them."
        )
    return ""


def _cells(
    pair: PairExplanation, modality: Modality | None, *, is_attention: bool
) -> dict[EvidenceUnit, float]:
    terms: dict[EvidenceUnit, list[Contribution]] = defaultdict(list)
    for term in pair.contributions:
        if modality is None or term.modality == modality:
            terms[term.evidence].append(term)
    if not is_attention:
        return {unit: sum(term.value for term in own) for unit, own in terms.items()}
    return {unit: _attention(own) for unit, own in terms.items()}


def _attention(terms: Sequence[Contribution]) -> float:
    gates = sum(abs(term.gate) for term in terms)
    if not gates:
        return sum(term.attention for term in terms) / len(terms)
    return sum(abs(term.gate) * term.attention for term in terms) / gates


def _sentence(
    rows: Sequence[tuple[float, ...]],
    labels: Sequence[str],
    items: Sequence[str],
    *,
    is_attention: bool,
) -> str:
    if not rows:
        return "This part of the model says nothing about these items."
    cells = [(abs(v), r, c) for r, row in enumerate(rows) for c, v in enumerate(row)]
    _, row, column = max(cells)
    value = rows[row][column]
    if is_attention:
        return (
            f"Most attention goes to “{labels[row]}” for “{items[column]}”: {format_share(value)}."
        )
    totals = [sum(values) for values in rows]
    top = max(range(len(rows)), key=lambda position: abs(totals[position]))
    return (
        f"The strongest cell is “{labels[row]}” for “{items[column]}” ({format_signed(value)}). "
        f"Over the list, “{labels[top]}” adds most: {format_signed(totals[top])} in all."
    )


def _brief(labels: Sequence[str]) -> list[str]:
    """Names for a sentence; the table has them whole."""
    return [shortened(label, BRIEF_LETTERS) for label in labels]


def _table(
    rows: Sequence[tuple[float, ...]], labels: Sequence[str], items: Sequence[str]
) -> pl.DataFrame:
    """Columns are numbered by rank, since two items may bear the same name."""
    columns: dict[str, list[str] | list[float]] = {"evidence": list(labels)}
    for place, item in enumerate(items):
        columns[f"{place + 1}. {item}"] = [row[place] for row in rows]
    columns["in all"] = [sum(row) for row in rows]
    return pl.DataFrame(columns)


def cell_words(view: HeatView, cell: HeatCell) -> str:
    """One cell in words."""
    value = view.values[cell.row][cell.column]
    shown = format_share(value) if view.is_attention else format_signed(value)
    what = "attention" if view.is_attention else "part of the score"
    evidence, item = _brief([view.evidence[cell.row], view.items[cell.column]])
    return f"“{evidence}” for “{item}”: {what} {shown}"


def cell_texts(view: HeatView) -> list[list[str]]:
    """Numbers that fit into the cells: two digits of the largest, the same decimals in all."""
    if view.is_attention:
        return [[format_share(value) if value else "" for value in row] for row in view.values]
    n_decimals = 0
    if view.largest:
        n_decimals = max(0, min(6, 1 - math.floor(math.log10(view.largest))))
    return [[_fixed(value, n_decimals) for value in row] for row in view.values]


def _fixed(value: float, n_decimals: int) -> str:
    """Empty for nothing; 0 for what is too small to be told."""
    if not value:
        return ""
    text = f"{value:.{n_decimals}f}"
    return text.replace("-", "−") if float(text) else "0"
