"""Cached answers of runs: lists and explanations; keyed by run and question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from kgrec_ui import caching

if TYPE_CHECKING:
    from kgrec_core.evaluation.protocol import EvaluationResult
    from kgrec_core.pipeline.loaded_run import LoadedRun
    from kgrec_core.recommender.contract import UserEvidence
    from kgrec_ui.views.cold_start_view import Newcomer
    from kgrec_ui.views.score_view import ScoreView

__all__ = [
    "kept_baselines",
    "ranking",
    "score_parts",
]

NEWCOMER_LABEL = "Newcomer"


@st.cache_data(max_entries=256, show_spinner="Ranking items …")
def _ranking(
    root: str, run_id: str, person: str | Newcomer, k: int
) -> tuple[list[int], list[float]]:
    run = caching.loaded_run(run_id)
    ranked = run.recommend(_evidence(run, person), k)
    return [int(i) for i in ranked.item_indices], [float(s) for s in ranked.scores]


def ranking(run_id: str, person: str | Newcomer, k: int) -> tuple[list[int], list[float]]:
    """Item indices and scores of the first `k` for a user id or a newcomer, best first."""
    return _ranking(_root(), run_id, person, k)


@st.cache_data(max_entries=128, show_spinner="Taking the score apart …")
def _score_parts(root: str, run_id: str, person: str | Newcomer, item_index: int) -> ScoreView:
    from kgrec_ui.views.score_view import score_view

    run = caching.loaded_run(run_id)
    evidence = _evidence(run, person)
    label = NEWCOMER_LABEL
    if isinstance(person, str):
        label = run.dataset.user_labels[run.dataset.users.index_of(person)] or person
    return score_view(run.explain(evidence, item_index), run.names, evidence, user_label=label)


def score_parts(run_id: str, person: str | Newcomer, item_index: int) -> ScoreView:
    """One score taken apart, ready to show."""
    return _score_parts(_root(), run_id, person, item_index)


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
