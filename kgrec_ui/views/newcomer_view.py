"""The steps of a newcomer in words: which one is looked at, and what each did."""

from __future__ import annotations

from kgrec_ui.theme import format_share
from kgrec_ui.views.cold_start_view import list_change
from kgrec_ui.views.model_choice import readability
from kgrec_ui.views.step_answer import GateShift, StepAnswer, gate_shift

__all__ = ["chosen_step", "effect_words", "silent_words", "step_heading"]

MAX_DIGITS = 4
ONLY_POPULARITY = (
    "This model knows nothing but popularity, so everybody gets the same scores, whatever is known "
    "about them. A run of Fusion listens to what is said."
)
SHORT = {"bias": "Popularity", "collaborative": "Behavior", "graph": "Graph"}


def chosen_step(asked: str | None, n_steps: int) -> int:
    """The step that an address asks for, 0 for the start; the last one when it makes no sense."""
    if asked is None or not (asked.isascii() and asked.isdecimal() and len(asked) <= MAX_DIGITS):
        return n_steps
    return min(int(asked), n_steps)


def step_heading(step: int, n_steps: int, words: str) -> str:
    """What the list shows: "After step 2 of 3: Likes “Heat”"."""
    if step == 0:
        return "The list that everybody new gets"
    return f"After step {step} of {n_steps}: {words}"


def silent_words(shift: GateShift, model: str, n_steps: int, *, is_last: bool = True) -> str:
    """Why nothing but popularity speaks, and what to do; "" where another modality does.

    Args:
        shift: of the modalities, by the step that is looked at.
        model: name of the model of the run.
        n_steps: things that were said up to this step.
        is_last: False when more was said later, which can be looked at.
    """
    if shift.has_gates:
        return ""
    if readability(model) == "same":
        return ONLY_POPULARITY
    told = (
        "Nothing that was said so far speaks for an item"
        if n_steps
        else "Nothing is known about the newcomer yet"
    )
    alone = (
        "popularity alone makes this list"
        if shift.rows
        else "every score is 0 and the order of this list means nothing"
    )
    advice = "Say something the newcomer likes" if is_last else "Choose the next step"
    return (
        f"{told}, so {alone}. {advice}: then this place shows which modalities speak for the list, "
        "and how loud each is."
    )


def effect_words(before: StepAnswer, now: StepAnswer) -> str:
    """One short line: how the list changed, and the modality that moved most."""
    change = list_change([str(i) for i in before.items], [str(i) for i in now.items])
    kinds = [move.kind for move in change.moves]
    n_new, n_moved = kinds.count("new"), kinds.count("up") + kinds.count("down")
    told = [f"{n} {word}" for n, word in ((n_new, "new"), (n_moved, "moved")) if n]
    parts = [", ".join(told) or "The list is as before"]
    rows = gate_shift(before, now).rows
    most = max(rows, key=lambda row: abs(row.shift), default=None)
    if most is not None and abs(most.shift) >= 0.005:
        shares = f"{format_share(most.share_before)} → {format_share(most.share_now)}"
        parts.append(f"{SHORT.get(most.modality, most.label)} {shares}")
    return " · ".join(parts)
