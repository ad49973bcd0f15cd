"""One step of a scenario as it is projected: what was said, the list, the reason, who speaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kgrec_core.pipeline.newcomer_steps import Step
from kgrec_ui.theme import format_share
from kgrec_ui.views.cold_start_view import Move, list_change
from kgrec_ui.views.step_answer import GateRow, StepAnswer, gate_shift
from kgrec_ui.views.step_history import step_words
from kgrec_ui.views.words import counted, shortened

if TYPE_CHECKING:
    from kgrec_core.pipeline.loaded_run import LoadedRun

__all__ = ["N_SHOWN", "Slide", "SlideRow", "slide_number", "slide_of"]

N_SHOWN = 8
"""Items that a projected list shows: more would be too small to read."""
MAX_WORDS = 110
MAX_REASON = 170
NOTHING_KNOWN = "Nothing is known yet"


@dataclass(frozen=True)
class SlideRow:
    """One item of the projected list."""

    rank: int
    label: str
    move: Move
    reason: str


@dataclass(frozen=True)
class Slide:
    """One step, ready to draw.

    Attributes:
        title: name of the scenario.
        number: of the slide, from 1; the first shows what everybody new gets.
        total: slides in all.
        said: what the newcomer says in this step.
        rows: the first items of the list.
        change: how the list changed, one sentence.
        first: name of the first item, "" when the list is empty.
        reasons: why it is first, strongest first.
        gates: modalities before and now.
        gate_sentence: the same in words.
        has_before: False for the first slide.
    """

    title: str
    number: int
    total: int
    said: str
    rows: tuple[SlideRow, ...]
    change: str
    first: str
    reasons: tuple[str, ...]
    gates: tuple[GateRow, ...]
    gate_sentence: str
    has_before: bool

    @property
    def counter(self) -> str:
        """Where one is: "3 of 6"."""
        return f"{self.number} of {self.total}"

    @property
    def spoken(self) -> str:
        """The whole slide for screen readers, a few sentences."""
        top = ", ".join(row.label for row in self.rows[:3])
        parts = [f"Step {self.counter}: {self.said}.", self.change]
        if top:
            parts.append(f"First in the list: {top}.")
        return " ".join([*parts, self.gate_sentence])


def slide_number(asked: str | None, n_steps: int) -> int:
    """The slide that an address asks for, from 1 to n_steps + 1; the first when it is no number."""
    is_number = asked is not None and asked.isascii() and asked.isdecimal() and len(asked) < 5
    return min(max(int(asked or 1), 1), n_steps + 1) if is_number else 1


def slide_of(
    run: LoadedRun,
    steps: Sequence[Step],
    number: int,
    before: StepAnswer | None,
    now: StepAnswer,
    *,
    title: str,
) -> Slide:
    """Slide `number`: the list after `number` - 1 steps against the one before."""
    names = run.names
    earlier = None if before is None else [names.item_ids[item] for item in before.items]
    change = list_change(earlier, [names.item_ids[item] for item in now.items])
    rows = tuple(
        SlideRow(rank, names.item(item), move, reason)
        for rank, (item, move, reason) in enumerate(
            zip(now.items, change.moves, now.main_reasons, strict=True), start=1
        )
    )
    if len(set(now.main_reasons)) == 1 and len(rows) > 1:
        rows = tuple(replace(row, reason="") for row in rows)  # the reason beside the list says it
    shift = gate_shift(before, now)
    said = step_words(run, steps[number - 2]) if number > 1 else NOTHING_KNOWN
    return Slide(
        title,
        number,
        len(steps) + 1,
        shortened(said, MAX_WORDS),
        rows[:N_SHOWN],
        (_left_words(run, steps[number - 2], change.left) if number > 1 else "")
        + _change_words(change.moves)
        + _shown_words(len(rows)),
        rows[0].label if rows else "",
        _reasons(now),
        shift.rows,
        shift.sentence,
        shift.has_before,
    )


def _shown_words(n_items: int) -> str:
    """That the list goes on; what moved is counted over all of it."""
    return f" Shown: the first {N_SHOWN} of {n_items}." if n_items > N_SHOWN else ""


def _reasons(now: StepAnswer) -> tuple[str, ...]:
    told = [shortened(line.text, MAX_REASON) for line in now.top_reasons[:2]]
    if told or not now.items:
        return tuple(told)
    return (f"It is popular with everybody: {format_share(1.0)} of the score.",)


def _left_words(run: LoadedRun, step: Step, left: Sequence[str]) -> str:
    """What a dislike did, "" for any other step."""
    if step.kind != "dislike" or step.value not in left:
        return ""
    return f"“{run.names.brief().item(run.dataset.items.index_of(step.value))}” leaves the list. "


def _change_words(moves: Sequence[Move]) -> str:
    kinds = [move.kind for move in moves]
    n_new, n_moved = kinds.count("new"), kinds.count("up") + kinds.count("down")
    if "first" in kinds:
        return "Everybody new gets the popular items."
    if not n_new and not n_moved:
        return "The list is as before."
    told = [counted(n_new, "new item")] if n_new else []
    told += [f"{n_moved} moved"] if n_moved else []
    return f"{', '.join(told)}."
