"""The visible history of a newcomer: steps, and the changes that can be undone and redone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kgrec_core.pipeline.newcomer_steps import MAX_STEPS, Step, StepKind, said
from kgrec_ui.views.cold_start_view import Newcomer

if TYPE_CHECKING:
    from kgrec_core.pipeline.loaded_run import LoadedRun

__all__ = ["KIND_ICONS", "KIND_NAMES", "OpenScenario", "StepHistory", "newcomer_of", "step_words"]

KIND_NAMES: dict[StepKind, str] = {
    "like": "Like",
    "dislike": "Dislike",
    "interest": "Interest",
    "tag": "Tag",
    "words": "Own words",
    "friend": "Friend",
    "attribute": "Attribute",
}
KIND_ICONS: dict[StepKind, str] = {
    "like": ":material/thumb_up:",
    "dislike": ":material/thumb_down:",
    "interest": ":material/interests:",
    "tag": ":material/sell:",
    "words": ":material/chat:",
    "friend": ":material/group:",
    "attribute": ":material/badge:",
}


@dataclass(frozen=True)
class StepHistory:
    """Steps so far, and the states before and after the present one.

    Attributes:
        steps: what was said, in order.
        past: earlier states, the latest last; `undone` goes back to it.
        future: states that were undone, the next one last; any new change forgets them.
    """

    steps: tuple[Step, ...] = ()
    past: tuple[tuple[Step, ...], ...] = ()
    future: tuple[tuple[Step, ...], ...] = ()

    @property
    def is_full(self) -> bool:
        """True when no further step fits."""
        return len(self.steps) >= MAX_STEPS

    def added(self, step: Step) -> StepHistory:
        """With one more step; the same step twice in a row, or one too many, changes nothing."""
        if self.is_full or self.steps[-1:] == (step,):
            return self
        return self.replaced((*self.steps, step))

    def without(self, place: int) -> StepHistory:
        """Without the step at `place`, counted from 0; the others stay."""
        if not 0 <= place < len(self.steps):
            return self
        return self.replaced((*self.steps[:place], *self.steps[place + 1 :]))

    def replaced(self, steps: Sequence[Step]) -> StepHistory:
        """With other steps altogether (an example, a scenario, none); can be undone."""
        if tuple(steps) == self.steps:
            return self
        return StepHistory(tuple(steps), (*self.past, self.steps)[-MAX_STEPS:])

    def undone(self) -> StepHistory:
        """As before the last change."""
        if not self.past:
            return self
        return StepHistory(self.past[-1], self.past[:-1], (*self.future, self.steps))

    def redone(self) -> StepHistory:
        """As before the last `undone`."""
        if not self.future:
            return self
        changed = replace(self, steps=self.future[-1], future=self.future[:-1])
        return replace(changed, past=(*self.past, self.steps))


@dataclass(frozen=True)
class OpenScenario:
    """A saved newcomer that was opened; its address holds while nothing is changed."""

    scenario_id: str
    name: str
    steps: tuple[Step, ...]


def newcomer_of(steps: Sequence[Step]) -> Newcomer:
    """What counts as known after the steps; dislikes are no evidence."""
    return Newcomer(
        said(steps, "like"),
        said(steps, "interest"),
        said(steps, "tag"),
        said(steps, "words"),
        said(steps, "friend"),
        said(steps, "attribute"),
    )


def step_words(run: LoadedRun, step: Step) -> str:
    """One step as it is read: "Likes “Heat”"; ids become names where the data has some.

    Long names are cut, since steps stand in buttons and headings.
    """
    value, names = step.value, run.names.brief()
    if step.kind in ("like", "dislike"):
        label = names.item(run.dataset.items.index_of(value))
        return f"Likes “{label}”" if step.kind == "like" else f"Dislikes “{label}”"
    if step.kind == "interest":
        index = run.graph.entities.index_of(value)
        kind = run.graph.entity_types[index].replace("_", " ")
        return f"Is interested in {names.entity(index)} ({kind})"
    if step.kind == "friend":
        return f"Is a friend of {names.user(run.dataset.users.index_of(value))}"
    if step.kind == "words":
        return f"Says “{value}”"
    return f"Names the tag “{value}”" if step.kind == "tag" else f"Tells “{value}”"
