"""The waterfall from the starting value of an item to its score, and its sum in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from kgrec_core.explanation.names import Names
from kgrec_core.explanation.reasons import Reason, reasons
from kgrec_core.figures import format_score
from kgrec_core.palette import MODALITY_NAMES
from kgrec_core.recommender.contract import PairExplanation
from kgrec_core.report.canvas import WIDTH, Scale, canvas, label, text_width, ticks
from kgrec_core.report.layout import tiny
from kgrec_core.report.markup import Markup, tag

__all__ = ["RESIDUAL_LIMIT", "Step", "draw_waterfall", "sum_sentence", "waterfall_steps"]

N_STEPS = 8
SMALLEST = 0.01
"""Part of the largest bar below which a bar could not be seen."""
RESIDUAL_LIMIT = 1e-5
SHORT_VIEWS = {
    "collaborative": "behavior",
    "graph": "knowledge graph",
    "text": "text",
    "social": "friends",
    "attributes": "user attributes",
}
ROW, TOP, BOTTOM, NAMES = 26.0, 6.0, 30.0, 268.0


@dataclass(frozen=True)
class Step:
    """One bar: it starts where the one above ended.

    Attributes:
        label: what it stands for.
        kind: key of the palette ("graph", ...), "bias" or "score".
        start: sum before this step.
        value: signed length.
        axis: the label cut with care for the axis; "" where any cut will do.
    """

    label: str
    kind: str
    start: float
    value: float
    axis: str = ""

    @property
    def end(self) -> float:
        """Sum after this step."""
        return self.start + self.value

    @property
    def source(self) -> str:
        """Which view of the model speaks, in words."""
        return "Sum" if self.kind == "score" else MODALITY_NAMES[self.kind]


def waterfall_steps(explanation: PairExplanation, names: Names) -> tuple[Step, ...]:
    """Starting value, the largest reasons, all smaller ones by view of the model, the score."""
    found = [reason for reason in reasons(explanation, names) if reason.value]
    visible = [r for r in found if abs(r.value) >= SMALLEST * abs(found[0].value)]
    n_shown = min(len(visible), N_STEPS)
    n_shown = len(found) if len(found) - n_shown == 1 else n_shown
    steps = [Step("Starting value: popularity", "bias", 0.0, explanation.bias)]
    for reason in found[:n_shown]:
        words = _words(reason, explanation)
        steps.append(Step(words, reason.modality, steps[-1].end, reason.value, reason.axis))
    for words, kind, value in _rest(found[n_shown:], explanation):
        steps.append(Step(words, kind, steps[-1].end, value))
    return (*steps, Step("Score", "score", 0.0, explanation.score))


def sum_sentence(explanation: PairExplanation, names: Names) -> str:
    """Starting value and parts against the score, with what is left over."""
    total = sum(cell.value for cell in explanation.contributions)
    n_parts = sum(1 for reason in reasons(explanation, names) if reason.value)
    if not n_parts:
        return f"The score is the starting value alone: {format_score(explanation.score)}."
    parts = "1 part" if n_parts == 1 else f"{n_parts} parts"
    words = (
        f"Starting value {format_score(explanation.bias)} {'−' if total < 0 else '+'} "
        f"{parts} {format_score(abs(total))} = score "
        f"{format_score(explanation.score)}; left over (residual): {tiny(explanation.residual)}."
    )
    if explanation.residual < RESIDUAL_LIMIT:
        return words
    return f"{words} This is above the limit {tiny(RESIDUAL_LIMIT)}: do not trust this explanation."


def draw_waterfall(steps: Sequence[Step], *, title: str, description: str) -> Markup:
    """Bars from top to bottom; what lowers the score is hollow, so color is not needed."""
    decimals = step_decimals(steps)
    texts = [step_text(step, decimals) for step in steps]
    numbers = max(text_width(text) for text in texts) + 12
    ends = [0.0, *(step.start for step in steps), *(step.end for step in steps)]
    low, high = min(ends), max(ends)
    # Numbers stand right of each bar, so the widest bar leaves room for them.
    scale = Scale(low, high if high > low else low + 1.0, NAMES, WIDTH - numbers)
    base = TOP + ROW * len(steps)
    grid = [
        [
            tag("line", x1=scale(value), x2=scale(value), y1=TOP, y2=base, class_="grid"),
            label(scale(value), base + 16, f"{value:g}", anchor="middle", kind="muted", size=11.5),
        ]
        for value in ticks(scale.low, scale.high, 5)
    ]
    rows = []
    for place, (step, text) in enumerate(zip(steps, texts, strict=True)):
        rows.append(_bar(step, text, TOP + ROW * place, scale, is_last=step is steps[-1]))
    return canvas(title, description, base + BOTTOM, grid, rows)


def step_decimals(steps: Sequence[Step]) -> int:
    """Decimals that suit all steps, so that a reader can add them up."""
    largest = max(abs(step.value) for step in steps)
    if not 0 < largest < math.inf:
        return 3
    magnitude = math.floor(math.log10(largest))
    return min(7, max(0, 3 - magnitude))


def step_text(step: Step, decimals: int) -> str:
    """The value with its sign, unless it is a sum."""
    sign = "" if step.kind in ("bias", "score") else "+"
    return f"{step.value:{sign}.{decimals}f}".replace("-", "−")


def _rest(rest: Sequence[Reason], explanation: PairExplanation) -> list[tuple[str, str, float]]:
    """Label, kind and sum of what is too small for a bar of its own, by view of the model."""
    by_view: dict[str, list[Reason]] = {}
    for reason in rest:
        by_view.setdefault(reason.modality, []).append(reason)
    found = []
    for kind, own in by_view.items():
        words = f"{len(own)} smaller parts: {SHORT_VIEWS[kind]}"
        if len(own) == 1:
            words = _words(own[0], explanation)
        found.append((words, kind, sum(reason.value for reason in own)))
    return sorted(found, key=lambda part: -abs(part[2]))


def _words(reason: Reason, explanation: PairExplanation) -> str:
    """What a reader takes the bar for; words that somebody said are quoted."""
    kinds = {explanation.contributions[place].evidence.kind for place in reason.positions}
    label = f"“{reason.label}”" if kinds == {"text"} else reason.label
    if reason.modality == "text":
        return f"text near {label}"
    return f"{label} (friend)" if reason.modality == "social" else label


def _bar(step: Step, text: str, top: float, scale: Scale, *, is_last: bool) -> list[Markup]:
    left, right = sorted((scale(step.start), scale(step.end)))
    is_loss = step.value < 0
    middle = top + ROW / 2
    bar = tag(
        "rect",
        tag("title", f"{step.label}: {text}"),
        x=left,
        y=top + 5,
        width=max(right - left, 1.0),
        height=ROW - 10,
        class_=f"bar m-{step.kind}{' loss' if is_loss else ''}",
    )
    next_line = tag(
        "line",
        x1=scale(step.end),
        x2=scale(step.end),
        y1=top + ROW - 5,
        y2=top + ROW + 5,
        class_="link",
    )
    strong = "strong" if step.kind == "score" else ""
    name = step.axis or step.label
    return [
        label(NAMES - 12, middle + 4.5, name, width=NAMES - 14, anchor="end", kind=strong),
        bar,
        *([] if is_last else [next_line]),
        label(right + 6, middle + 4.5, text, kind=f"number {strong}".strip()),
    ]
