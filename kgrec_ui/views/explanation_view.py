"""One score taken apart, ready to show: the whole table, and what its rows are called."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from kgrec_core.explanation.names import Names
from kgrec_core.recommender.contract import Contribution, EvidenceUnit, PairExplanation
from kgrec_ui.theme import MODALITY_NAMES

__all__ = ["by_size", "contribution_table", "evidence_label", "is_in_one_piece"]


def contribution_table(explanation: PairExplanation, names: Names) -> pl.DataFrame:
    """Every contribution as a row, largest first; the values plus the bias add up to the score."""
    cells = by_size(explanation.contributions)
    return pl.DataFrame(
        {
            "evidence": [evidence_label(names, cell.evidence) for cell in cells],
            "kind": [cell.evidence.kind for cell in cells],
            "id": [names.evidence_id(cell.evidence) for cell in cells],
            "modality": [MODALITY_NAMES[cell.modality] for cell in cells],
            "attention": [cell.attention for cell in cells],
            "gate": [cell.gate for cell in cells],
            "kernel": [cell.kernel for cell in cells],
            "contribution": [cell.value for cell in cells],
            "paths": [len(cell.paths) for cell in cells],
        },
        schema={
            "evidence": pl.String,
            "kind": pl.String,
            "id": pl.String,
            "modality": pl.String,
            "attention": pl.Float64,
            "gate": pl.Float64,
            "kernel": pl.Float64,
            "contribution": pl.Float64,
            "paths": pl.Int64,
        },
    )


def evidence_label(names: Names, unit: EvidenceUnit) -> str:
    """Label of the evidence; words are quoted, so that nobody takes them for a title."""
    label = names.evidence_label(unit)
    if unit.kind == "text":
        return f"“{label}”"
    return f"{label} (friend)" if unit.kind == "friend" else label


def by_size(contributions: Sequence[Contribution]) -> list[Contribution]:
    """Contributions that are not zero, largest absolute value first, ties as given."""
    spoken = [contribution for contribution in contributions if contribution.value]
    return sorted(spoken, key=lambda contribution: -abs(contribution.value))


def is_in_one_piece(explanation: PairExplanation) -> bool:
    """True when the model only knows the user as a whole, so that no choice has a part of its own.

    A score that is bias alone is not: nothing is hidden in it.
    """
    kinds = {cell.evidence.kind for cell in explanation.contributions}
    return kinds == {"profile"}
