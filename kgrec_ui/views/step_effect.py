"""What one step of a newcomer changed, and why when it changed nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from kgrec_core.contracts import FloatArray, IndexArray
from kgrec_core.graph.naming import tag_entity_id
from kgrec_core.pipeline.newcomer_steps import Step, StepKind, evidence_after, left_out_after
from kgrec_core.recommender.fusion import FusionRecommender
from kgrec_ui.views.newcomer_view import effect_words
from kgrec_ui.views.step_answer import StepAnswer
from kgrec_ui.views.words import counted

if TYPE_CHECKING:
    from kgrec_core.pipeline.loaded_run import LoadedRun

__all__ = ["step_effect"]

KIND_PLURALS: dict[StepKind, str] = {
    "like": "likes",
    "interest": "interests",
    "tag": "tags",
    "words": "words",
    "friend": "friends",
    "attribute": "attributes of people",
}
CHANNELS: dict[StepKind, str] = {"friend": "social", "attribute": "attributes"}


def step_effect(run: LoadedRun, steps: Sequence[Step], before: StepAnswer, now: StepAnswer) -> str:
    """One short line on the last of `steps`; `before` and `now` are the lists around it."""
    if before.items != now.items:
        return effect_words(before, now)
    step = steps[-1]
    if step.kind == "dislike":
        return _silent_dislike(run, steps)
    evidence = [evidence_after(run, steps[:-1]), evidence_after(run, steps)]
    old, new = run.recommender.score(evidence)
    if np.allclose(old, new, rtol=1e-6, atol=1e-9):
        return f"No item moved: {_why_silent(run, steps)}."
    left_out = np.union1d(evidence[1].item_indices, left_out_after(run, steps[:-1]))
    n_moved = _n_moved(old, new, left_out.astype(np.int64))
    if n_moved:
        return f"The list is as before; {counted(n_moved, 'item')} further down moved."
    return "The list is as before: scores changed, but no item passed another."


def _silent_dislike(run: LoadedRun, steps: Sequence[Step]) -> str:
    value = steps[-1].value
    label = run.names.brief().item(run.dataset.items.index_of(value))
    if Step("dislike", value) in steps[:-1]:
        return f"No item moved: “{label}” was disliked before."
    return f"No item moved: “{label}” was not in the list. It stays out from now on."


def _n_moved(old: FloatArray, new: FloatArray, left_out: IndexArray) -> int:
    """Items with another rank among those that can be listed."""
    is_open = np.ones(old.size, dtype=bool)
    is_open[left_out] = False
    orders = [np.argsort(-scores[is_open], kind="stable") for scores in (old, new)]
    return int((orders[0] != orders[1]).sum())


def _why_silent(run: LoadedRun, steps: Sequence[Step]) -> str:
    """The reason why no score changed, as the end of a sentence."""
    step = steps[-1]
    if step in steps[:-1]:
        return "this was said before"
    if not isinstance(run.recommender, FusionRecommender):
        return f"this model does not listen to {KIND_PLURALS[step.kind]}"
    if step.kind in CHANNELS:
        return _silent_channel(run.recommender, step.kind)
    if step.kind == "words":
        has_text = bool(np.abs(run.text_vectors).any())
        return "none of the texts is near these words" if has_text else "no item has a text"
    if step.kind in ("interest", "tag"):
        return _silent_entity(run, step)
    return "nothing else is near this item"


def _silent_channel(recommender: FusionRecommender, kind: StepKind) -> str:
    """A friend or an attribute: the channel was left out, or it says nothing here."""
    heard = {gated.channel.modality for gated in recommender.model.channels}
    if CHANNELS[kind] not in heard:
        return f"{KIND_PLURALS[kind]} did not help when this run was trained, so it ignores them"
    return "the friend has no choices to go by" if kind == "friend" else "it tells nothing here"


def _silent_entity(run: LoadedRun, step: Step) -> str:
    entity_id = tag_entity_id(step.value) if step.kind == "tag" else step.value
    entity = run.graph.entities.index_of(entity_id)
    heads, _, tails = run.graph.triples.T
    linked = np.concatenate([heads[tails == entity], tails[heads == entity]])
    if not (linked < run.graph.n_items).any():
        return "no item is linked to it"
    return "this run gives its links no weight"
