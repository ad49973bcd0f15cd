"""Cached answers of runs: lists, reasons, explanations, audiences; keyed by run and question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from kgrec_ui import caching

if TYPE_CHECKING:
    import polars as pl

    from kgrec_core.evaluation.protocol import EvaluationResult
    from kgrec_core.pipeline.loaded_run import LoadedRun
    from kgrec_core.pipeline.new_items import NewItemForm
    from kgrec_core.recommender.contract import UserEvidence
    from kgrec_ui.views.cold_start_view import Newcomer
    from kgrec_ui.views.score_view import ScoreView

__all__ = [
    "audience",
    "kept_baselines",
    "main_reasons",
    "nearest",
    "ranking",
    "run_with",
    "score_parts",
]

NEWCOMER_LABEL = "Newcomer"


@st.cache_resource(max_entries=2, show_spinner="Adding the item …")
def _run_with(root: str, run_id: str, form: NewItemForm) -> LoadedRun:
    return caching.loaded_run(run_id).with_new_items([form])


def run_with(run_id: str, form: NewItemForm | None) -> LoadedRun:
    """The run, with one more item at the end of its catalog if there is one."""
    if form is None:
        return caching.loaded_run(run_id)
    return _run_with(_root(), run_id, form)


@st.cache_data(max_entries=256, show_spinner="Ranking items …")
def _ranking(
    root: str, run_id: str, person: str | Newcomer, k: int, form: NewItemForm | None
) -> tuple[list[int], list[float]]:
    run = run_with(run_id, form)
    ranked = run.recommend(_evidence(run, person), k)
    return [int(i) for i in ranked.item_indices], [float(s) for s in ranked.scores]


def ranking(
    run_id: str, person: str | Newcomer, k: int, form: NewItemForm | None = None
) -> tuple[list[int], list[float]]:
    """Item indices and scores of the first `k` for a user id or a newcomer, best first."""
    return _ranking(_root(), run_id, person, k, form)


@st.cache_data(max_entries=128, show_spinner=False)
def _main_reasons(
    root: str,
    run_id: str,
    person: str | Newcomer,
    item_indices: tuple[int, ...],
    form: NewItemForm | None,
) -> list[str]:
    from kgrec_core.explanation.reasons import main_reasons as told_apart

    run = run_with(run_id, form)
    evidence = _evidence(run, person)
    told = [run.explain(evidence, item) for item in item_indices]
    return told_apart(told, run.names)


def main_reasons(
    run_id: str,
    person: str | Newcomer,
    item_indices: Sequence[int],
    form: NewItemForm | None = None,
) -> list[str]:
    """The strongest reason for each item of a list, in a few words."""
    return _main_reasons(_root(), run_id, person, tuple(item_indices), form)


@st.cache_data(max_entries=128, show_spinner="Taking the score apart …")
def _score_parts(
    root: str, run_id: str, person: str | Newcomer, item_index: int, form: NewItemForm | None
) -> ScoreView:
    from kgrec_ui.views.score_view import score_view

    run = run_with(run_id, form)
    evidence = _evidence(run, person)
    label = NEWCOMER_LABEL
    if isinstance(person, str):
        label = run.dataset.user_labels[run.dataset.users.index_of(person)] or person
    return score_view(run.explain(evidence, item_index), run.names, evidence, user_label=label)


def score_parts(
    run_id: str, person: str | Newcomer, item_index: int, form: NewItemForm | None = None
) -> ScoreView:
    """One score taken apart, ready to show."""
    return _score_parts(_root(), run_id, person, item_index, form)


@st.cache_data(max_entries=16, show_spinner="Asking the users …")
def _audience(root: str, run_id: str, form: NewItemForm, limit: int) -> pl.DataFrame:
    from kgrec_ui.views.audience_view import audience_table

    run = run_with(run_id, form)
    return audience_table(run, run.dataset.n_items - 1, limit=limit)


def audience(run_id: str, form: NewItemForm, limit: int) -> pl.DataFrame:
    """The users for whom a new item stands highest."""
    return _audience(_root(), run_id, form, limit)


@st.cache_data(max_entries=16, show_spinner=False)
def _nearest(root: str, run_id: str, form: NewItemForm, limit: int) -> pl.DataFrame:
    from kgrec_ui.views.audience_view import nearest_items

    run = run_with(run_id, form)
    return nearest_items(run.graph, run.text_vectors, run.dataset.n_items - 1, limit=limit)


def nearest(run_id: str, form: NewItemForm, limit: int) -> pl.DataFrame:
    """The items that a new item has most in common with."""
    return _nearest(_root(), run_id, form, limit)


@st.cache_data(max_entries=32, show_spinner=False)
def _kept_baselines(
    root: str, run_id: str, ks: tuple[int, ...], names: tuple[str, ...]
) -> dict[str, EvaluationResult]:
    from kgrec_core.pipeline.evaluating import baseline_results

    return baseline_results(caching.workspace(), run_id, names, ks)


def kept_baselines(run_id: str, ks: Sequence[int]) -> dict[str, EvaluationResult]:
    """Baselines that were measured before on the split of a run; measures nothing itself."""
    from kgrec_core.pipeline.evaluating import BASELINES

    folder, key = caching.workspace().run_folder(run_id), "-".join(str(k) for k in ks)
    names = [name for name in BASELINES if (folder / f"baseline-{name}-{key}.json").exists()]
    return _kept_baselines(_root(), run_id, tuple(ks), tuple(names))


def _root() -> str:
    return str(caching.workspace_root())


def _evidence(run: LoadedRun, person: str | Newcomer) -> UserEvidence:
    if isinstance(person, str):
        return run.evidence_of(run.dataset.users.index_of(person))
    return run.newcomer(
        person.likes,
        person.entities,
        person.tags,
        person.texts,
        person.friends,
        person.attributes,
    )
