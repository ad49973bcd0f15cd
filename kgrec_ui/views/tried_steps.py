"""The steps of a change that is tried out: in groups, and never lost without a way back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kgrec_core.explanation.names import Names
from kgrec_ui.views.what_if_view import Step, StepKind, step_name
from kgrec_ui.views.words import counted, joined

__all__ = ["StepGroup", "TriedSteps", "put_aside_words", "step_groups"]

GROUP_TITLES: dict[StepKind, str] = {
    "drop": "Choices taken out",
    "like": "Choices added",
    "link": "Links switched off",
    "relation": "Relations switched off",
    "modality": "Modalities switched off",
}
N_NAMED = 3


@dataclass
class TriedSteps:
    """What one visitor tries out for one user of one run.

    Attributes:
        steps: what counts now, in the order in which it was chosen.
        answer: the last answer that was taken over as a whole; empty before.
        put_aside: the visitor's own steps that an answer or a reset replaced; empty without any.
    """

    steps: list[Step] = field(default_factory=list)
    answer: list[Step] = field(default_factory=list)
    put_aside: list[Step] = field(default_factory=list)

    def try_answer(self, answer: Sequence[Step]) -> None:
        """Put `answer` in the place of the steps; own steps can be put back."""
        self._keep_own()
        self.answer, self.steps = list(answer), list(answer)

    def reset(self) -> None:
        """Take all steps back; own steps can be put back."""
        self._keep_own()
        self.steps = []

    def put_back(self) -> None:
        """Own steps instead of what replaced them."""
        self.steps, self.put_aside = self.put_aside, []

    def remove(self, places: Sequence[int]) -> None:
        """Take back the steps at these places."""
        self.steps = [step for place, step in enumerate(self.steps) if place not in set(places)]

    def _keep_own(self) -> None:
        """An answer as it was found is no own work: the search would find it again."""
        if self.steps and self.steps != self.answer:
            self.put_aside = list(self.steps)


@dataclass(frozen=True)
class StepGroup:
    """Steps of one kind.

    Attributes:
        title: what they do.
        places: where they stand among all steps.
        names: what each is about, in the same order.
    """

    title: str
    places: tuple[int, ...]
    names: tuple[str, ...]


def step_groups(
    steps: Sequence[Step], item_labels: Mapping[str, str], names: Names
) -> list[StepGroup]:
    """Steps by kind, in the fixed order of the kinds; without the kinds that do not occur."""
    found = []
    for kind, title in GROUP_TITLES.items():
        places = tuple(place for place, step in enumerate(steps) if step.kind == kind)
        if places:
            labels = tuple(step_name(steps[place], item_labels, names) for place in places)
            found.append(StepGroup(title, places, labels))
    return found


def put_aside_words(tried: TriedSteps, item_labels: Mapping[str, str], names: Names) -> str:
    """What was replaced, and by what; "" when nothing was."""
    if not tried.put_aside:
        return ""
    groups = step_groups(tried.put_aside, item_labels, names)
    told = "; ".join(
        f"{group.title[:1].lower()}{group.title[1:]}: {joined(list(group.names), N_NAMED)}"
        for group in groups
    )
    own = counted(len(tried.put_aside), "own step")
    was = "was" if len(tried.put_aside) == 1 else "were"
    how = "taken off" if not tried.steps else "replaced"
    return f"Your {own} {was} {how} ({told})."
