"""Newcomers to try out at once; each is offered only where the data knows all that it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kgrec_core.pipeline.newcomer_steps import Step, evidence_after, unknown_steps
from kgrec_core.recommender.contract import UserEvidence

if TYPE_CHECKING:
    from kgrec_core.pipeline.loaded_run import LoadedRun

__all__ = ["EXAMPLES", "Example", "fitting_examples"]


@dataclass(frozen=True)
class Example:
    """A newcomer with a name and what one learns from it."""

    name: str
    point: str
    steps: tuple[Step, ...]


EXAMPLES = (
    Example(
        "One director",
        "A single interest is enough: watch the graph take over from popularity.",
        (
            Step("interest", "person:Alfred Hitchcock"),
            Step("like", "f007"),
            Step("dislike", "f010"),
            Step("tag", "suspense"),
            Step("like", "f008"),
        ),
    ),
    Example(
        "Animation, in own words",
        "Words and one film bring the text modality in.",
        (
            Step("words", "a gentle story about children and the spirits of the forest"),
            Step("like", "f066"),
            Step("interest", "person:Hayao Miyazaki"),
            Step("dislike", "f069"),
            Step("interest", "genre:Fantasy"),
        ),
    ),
    Example(
        "A friend first",
        "Nothing but a friend is known; then likes make behavior speak.",
        (
            Step("friend", "u0124"),
            Step("like", "f153"),
            Step("like", "f154"),
            Step("interest", "genre:Science fiction"),
        ),
    ),
)


def fitting_examples(run: LoadedRun) -> tuple[Example, ...]:
    """The examples that this data and run can take as they are, and that begin with a change."""
    return tuple(
        example
        for example in EXAMPLES
        if not unknown_steps(run, example.steps) and _is_heard(run, example.steps[0])
    )


def _is_heard(run: LoadedRun, step: Step) -> bool:
    """Whether a first step moves any score: a model may have no use for friends, say."""
    nobody, somebody = run.recommender.score([UserEvidence(), evidence_after(run, [step])])
    return not np.allclose(nobody, somebody)
