"""Cached answers of the cold-start lab: steps of a newcomer, and shortened histories."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from kgrec_ui import caching

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kgrec_core.pipeline.loaded_run import LoadedRun
    from kgrec_core.pipeline.newcomer_steps import Step
    from kgrec_core.pipeline.short_history import KeepOrder, Kept, UserPoint
    from kgrec_core.recommender.contract import Recommender
    from kgrec_ui.views.example_scenarios import Example
    from kgrec_ui.views.score_view import ScoreView
    from kgrec_ui.views.step_answer import StepAnswer

__all__ = [
    "examples",
    "shortened_answer",
    "shortened_score",
    "step_answer",
    "step_effect",
    "user_curves",
]


@st.cache_data(max_entries=256, show_spinner="Ranking items …")
def _step_answer(root: str, run_id: str, steps: tuple[Step, ...], k: int) -> StepAnswer:
    from kgrec_core.pipeline.newcomer_steps import evidence_after, recommend_after
    from kgrec_ui.views.step_answer import answer_of

    run = caching.loaded_run(run_id)
    ranked = recommend_after(run, steps, k)
    evidence = evidence_after(run, steps)
    items = [int(index) for index in ranked.item_indices]
    told = [run.explain(evidence, item) for item in items]
    return answer_of(run, items, [float(score) for score in ranked.scores], told)


def step_answer(run_id: str, steps: Sequence[Step], k: int) -> StepAnswer:
    """The list of a newcomer after some steps, with reasons and modalities."""
    return _step_answer(_root(), run_id, tuple(steps), k)


@st.cache_data(max_entries=256, show_spinner=False)
def _step_effect(root: str, run_id: str, steps: tuple[Step, ...], k: int) -> str:
    from kgrec_ui.views.step_effect import step_effect

    before, now = step_answer(run_id, steps[:-1], k), step_answer(run_id, steps, k)
    return step_effect(caching.loaded_run(run_id), steps, before, now)


def step_effect(run_id: str, steps: Sequence[Step], k: int) -> str:
    """What the last of some steps changed, one line."""
    return _step_effect(_root(), run_id, tuple(steps), k)


@st.cache_data(max_entries=16, show_spinner=False)
def _examples(root: str, run_id: str) -> tuple[Example, ...]:
    from kgrec_ui.views.example_scenarios import fitting_examples

    return fitting_examples(caching.loaded_run(run_id))


def examples(run_id: str) -> tuple[Example, ...]:
    """The example newcomers that a run can take."""
    return _examples(_root(), run_id)


@st.cache_data(max_entries=128, show_spinner="Ranking items …")
def _shortened_answer(root: str, run_id: str, user_index: int, kept: Kept, k: int) -> StepAnswer:
    from kgrec_core.pipeline.short_history import kept_history
    from kgrec_ui.views.step_answer import answer_of

    run = caching.loaded_run(run_id)
    evidence = kept_history(run.evidence_of(user_index), kept)
    ranked = run.recommend(evidence, k)
    items = [int(index) for index in ranked.item_indices]
    told = [run.explain(evidence, item) for item in items]
    return answer_of(run, items, [float(score) for score in ranked.scores], told)


def shortened_answer(run_id: str, user_index: int, kept: Kept, k: int) -> StepAnswer:
    """The list of a known user of whose history only a part is told."""
    return _shortened_answer(_root(), run_id, user_index, kept, k)


@st.cache_data(max_entries=64, show_spinner="Taking the score apart …")
def _shortened_score(
    root: str, run_id: str, user_index: int, kept: Kept, item_index: int
) -> ScoreView:
    from kgrec_core.pipeline.short_history import kept_history
    from kgrec_ui.views.score_view import score_view

    run = caching.loaded_run(run_id)
    evidence = kept_history(run.evidence_of(user_index), kept)
    label = run.names.user(user_index)
    return score_view(run.explain(evidence, item_index), run.names, evidence, user_label=label)


def shortened_score(run_id: str, user_index: int, kept: Kept, item_index: int) -> ScoreView:
    """One score of a shortened history taken apart."""
    return _shortened_score(_root(), run_id, user_index, kept, item_index)


@st.cache_resource(max_entries=6, show_spinner="Fitting another model on the same data …")
def _rival(root: str, run_id: str, model: str) -> Recommender:
    from kgrec_core.pipeline.short_history import fit_rival

    return fit_rival(caching.loaded_run(run_id), model)


def _recommenders(run: LoadedRun, models: Sequence[str]) -> dict[str, Recommender]:
    found = {run.record.model: run.recommender}
    for model in models:
        if model not in found:
            found[model] = _rival(_root(), run.record.run_id, model)
    return found


@st.cache_data(max_entries=64, show_spinner="Asking the models at every length …")
def _user_curves(
    root: str,
    run_id: str,
    user_index: int,
    order: KeepOrder,
    seed: int,
    k: int,
    rivals: tuple[str, ...],
) -> dict[str, list[UserPoint]]:
    from kgrec_core.pipeline.short_history import user_curve

    run = caching.loaded_run(run_id)
    models = _recommenders(run, rivals)
    return user_curve(run, models, user_index, order=order, seed=seed, k=k)


def user_curves(
    run_id: str,
    user_index: int,
    *,
    order: KeepOrder,
    seed: int,
    k: int,
    rivals: Sequence[str],
) -> dict[str, list[UserPoint]]:
    """Held-out items found over the length of one user's history, by model."""
    return _user_curves(_root(), run_id, user_index, order, seed, k, tuple(rivals))


def _root() -> str:
    return str(caching.workspace_root())
