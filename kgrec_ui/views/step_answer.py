"""What one step does: the list, its reasons, and how loud each modality is over the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from kgrec_core.explanation.names import Names
from kgrec_core.explanation.reasons import Reason, main_reasons, reasons
from kgrec_core.recommender.contract import PairExplanation
from kgrec_ui.theme import MODALITY_NAMES, format_score, format_share, format_signed
from kgrec_ui.views.attention_view import MODALITIES
from kgrec_ui.views.score_view import ReasonLine

if TYPE_CHECKING:
    from kgrec_core.pipeline.loaded_run import LoadedRun

__all__ = [
    "BIAS",
    "GateRow",
    "GateShift",
    "StepAnswer",
    "Voice",
    "answer_of",
    "gate_shift",
    "voices_of",
]

BIAS = "bias"
N_SENTENCES = 3
LEAST_SHIFT = 0.005
"""Smaller changes of a share are not worth a word."""
N_NAMED = 3


@dataclass(frozen=True)
class Voice:
    """One modality over a whole list.

    Attributes:
        share: its part of all parts of the scores by size, popularity included; in [0, 1].
        gate: mean gate over the items that it says something about; None for popularity, and
            when it says nothing.
    """

    share: float
    gate: float | None


@dataclass(frozen=True)
class StepAnswer:
    """The list after some steps.

    Attributes:
        items: item indices, best first.
        scores: their scores.
        main_reasons: one per item, in a few words.
        top_reasons: why the first item is first, in sentences, strongest first.
        voices: by modality, "bias" for popularity; those that say nothing are left out.
    """

    items: tuple[int, ...]
    scores: tuple[float, ...]
    main_reasons: tuple[str, ...]
    top_reasons: tuple[ReasonLine, ...]
    voices: dict[str, Voice]


@dataclass(frozen=True)
class GateRow:
    """One modality before and after a step; absent counts as a share of 0."""

    modality: str
    label: str
    share_before: float
    share_now: float
    gate_before: float | None
    gate_now: float | None

    @property
    def shift(self) -> float:
        """Change of the share."""
        return self.share_now - self.share_before


@dataclass(frozen=True)
class GateShift:
    """All modalities that speak before or after.

    Attributes:
        rows: popularity first, then in fixed order.
        sentence: what moved, in words.
        has_before: False for the first list.
        table: the same numbers.
    """

    rows: tuple[GateRow, ...]
    sentence: str
    has_before: bool
    table: pl.DataFrame

    @property
    def has_gates(self) -> bool:
        """False when popularity alone speaks, before and now: there is nothing to compare."""
        return any(row.gate_before is not None or row.gate_now is not None for row in self.rows)


def answer_of(
    run: LoadedRun,
    item_indices: Sequence[int],
    scores: Sequence[float],
    explanations: Sequence[PairExplanation],
) -> StepAnswer:
    """One list with its reasons; `explanations` are those of the listed items, in order."""
    first = _first_reasons(explanations, run.names.brief())
    return StepAnswer(
        tuple(item_indices),
        tuple(scores),
        tuple(main_reasons(list(explanations), run.names)),
        tuple(ReasonLine(format_signed(reason.value), reason.text) for reason in first),
        voices_of(explanations),
    )


def _first_reasons(explanations: Sequence[PairExplanation], names: Names) -> list[Reason]:
    return reasons(explanations[0], names, most=N_SENTENCES) if explanations else []


def voices_of(explanations: Sequence[PairExplanation]) -> dict[str, Voice]:
    """Share and mean gate of each modality over the items of a list."""
    sizes: dict[str, float] = {BIAS: sum(abs(told.bias) for told in explanations)}
    gates: dict[str, list[float]] = {}
    for told in explanations:
        of_item = {cell.modality: cell.gate for cell in told.contributions}
        for modality, gate in of_item.items():
            gates.setdefault(modality, []).append(gate)
        for cell in told.contributions:
            sizes[cell.modality] = sizes.get(cell.modality, 0.0) + abs(cell.value)
    total = sum(sizes.values())
    order = (BIAS, *MODALITIES, *sizes)
    return {
        name: Voice(
            sizes[name] / total,
            sum(gates[name]) / len(gates[name]) if name in gates else None,
        )
        for name in dict.fromkeys(order)
        if sizes.get(name) and total
    }


def gate_shift(before: StepAnswer | None, now: StepAnswer) -> GateShift:
    """How the modalities moved from one list to the next; `before` is None for the first."""
    earlier = {} if before is None else before.voices
    silent = Voice(0.0, None)
    rows = []
    for name in (BIAS, *MODALITIES):
        old, new = earlier.get(name, silent), now.voices.get(name, silent)
        if old.share or new.share:
            label = MODALITY_NAMES[name]
            rows.append(GateRow(name, label, old.share, new.share, old.gate, new.gate))
    has_before = before is not None
    return GateShift(tuple(rows), _sentence(rows, has_before), has_before, _table(rows, has_before))


def _sentence(rows: Sequence[GateRow], has_before: bool) -> str:
    if not rows:
        return "No part of the scores says anything."
    if not has_before:
        told = sorted(rows, key=lambda row: -row.share_now)[:N_NAMED]
        parts = [f"{row.label} {format_share(row.share_now)}" for row in told]
        return f"Of the scores in this list: {', '.join(parts)}."
    moved = sorted(rows, key=lambda row: -abs(row.shift))
    moved = [row for row in moved if abs(row.shift) >= LEAST_SHIFT][:N_NAMED]
    if not moved:
        return "Every modality is as loud as before."
    return f"{'; '.join(_move_words(row) for row in moved)}."


def _move_words(row: GateRow) -> str:
    verb = "rises" if row.shift > 0 else "falls"
    words = (
        f"{row.label} {verb} from {format_share(row.share_before)} to "
        f"{format_share(row.share_now)} of the scores"
    )
    if row.gate_before is not None and row.gate_now is not None:
        old, new = format_score(row.gate_before), format_score(row.gate_now)
        words += f" (gate still {new})" if old == new else f" (gate {old} to {new})"
    return words


def _table(rows: Sequence[GateRow], has_before: bool) -> pl.DataFrame:
    columns: dict[str, list[str]] = {"Modality": [row.label for row in rows]}
    if has_before:
        columns["Share before"] = [format_share(row.share_before) for row in rows]
    columns["Share now"] = [format_share(row.share_now) for row in rows]
    if has_before:
        columns["Gate before"] = [_gate_text(row.gate_before) for row in rows]
    columns["Gate now"] = [_gate_text(row.gate_now) for row in rows]
    return pl.DataFrame(columns)


def _gate_text(gate: float | None) -> str:
    return "–" if gate is None else format_score(gate)
