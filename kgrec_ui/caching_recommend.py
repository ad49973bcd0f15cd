"""Cached answers of the Recommend page: one user's list with the feedback that counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from kgrec_ui import caching

if TYPE_CHECKING:
    import polars as pl

    from kgrec_core.config import CountedFeedback
    from kgrec_core.pipeline.adapted import AdaptedUser, Adjustment
    from kgrec_core.pipeline.seed_twins import SeedTwins
    from kgrec_core.recommender.contract import EvidenceUnit, Modality, PairExplanation
    from kgrec_core.storage.feedback import FeedbackRecord
    from kgrec_core.storage.records import RunRecord
    from kgrec_ui.views.fidelity_view import FidelityView
    from kgrec_ui.views.heat_view import HeatView
    from kgrec_ui.views.portrait_view import PortraitView
    from kgrec_ui.views.score_view import ScoreView
    from kgrec_ui.views.timeline_view import TimelineView

__all__ = [
    "Asked",
    "adapted",
    "ask",
    "counted",
    "explained",
    "explained_list",
    "feedback",
    "fidelity",
    "heat",
    "heat_cell",
    "main_reasons",
    "portrait",
    "rank_of",
    "ranking",
    "score_parts",
    "timeline",
    "twins",
]

FIDELITY_SEED = 0


@dataclass(frozen=True)
class Asked:
    """Whose list, by which run, with which feedback.

    Attributes:
        run_id: the run.
        user_id: a known user.
        adjustment: what feedback makes different for this user.
    """

    run_id: str
    user_id: str
    adjustment: Adjustment


def feedback(dataset_fingerprint: str, *, with_undone: bool = False) -> list[FeedbackRecord]:
    """What was said about a data set, read anew each time."""
    from kgrec_core.storage.feedback import feedback_of

    return feedback_of(caching.workspace(), dataset_fingerprint, with_undone=with_undone)


def counted(dataset_fingerprint: str) -> CountedFeedback:
    """What of it counts, read anew each time."""
    from kgrec_core.storage.feedback import counted_feedback

    return counted_feedback(feedback(dataset_fingerprint))


def ask(run: RunRecord, user_id: str, *, with_feedback: bool = True) -> Asked:
    """A user of a run, with the feedback that counts now."""
    from kgrec_core.pipeline.adapted import Adjustment, adjustment_of

    if not with_feedback:
        return Asked(run.run_id, user_id, Adjustment())
    return Asked(run.run_id, user_id, adjustment_of(counted(run.dataset_fingerprint), user_id))


@st.cache_resource(max_entries=6, show_spinner="Counting feedback …")
def _adapted(root: str, asked: Asked) -> AdaptedUser:
    from kgrec_core.pipeline.adapted import adapt

    run = caching.loaded_run(asked.run_id)
    return adapt(run, run.dataset.users.index_of(asked.user_id), asked.adjustment)


def adapted(asked: Asked) -> AdaptedUser:
    """The user after feedback, and the model that answers; shared, only to be read."""
    return _adapted(_root(), asked)


@st.cache_data(max_entries=256, show_spinner="Ranking items …")
def _ranking(root: str, asked: Asked, k: int) -> tuple[list[int], list[float]]:
    ranked = adapted(asked).ranked(k)
    items = [int(item) for item in ranked.item_indices]
    return items, [ranked.score(item) for item in items]


def ranking(asked: Asked, k: int) -> tuple[list[int], list[float]]:
    """Item indices and scores of the first `k`, best first."""
    return _ranking(_root(), asked, k)


@st.cache_data(max_entries=512, show_spinner=False)
def _rank_of(root: str, asked: Asked, item_index: int) -> int | None:
    return adapted(asked).ranked(1).rank(item_index)


def rank_of(asked: Asked, item_index: int) -> int | None:
    """Rank of any item from 1; None for what is not ranked."""
    return _rank_of(_root(), asked, item_index)


@st.cache_data(max_entries=512, show_spinner=False)
def _explained(root: str, asked: Asked, item_index: int) -> PairExplanation:
    return adapted(asked).explain(item_index)


def explained(asked: Asked, item_index: int) -> PairExplanation:
    """The score of an item taken apart."""
    return _explained(_root(), asked, item_index)


@st.cache_resource(max_entries=32, show_spinner="Taking the list apart …")
def _explained_list(
    root: str, asked: Asked, item_indices: tuple[int, ...]
) -> tuple[PairExplanation, ...]:
    from kgrec_core.recommender.explaining import explain_items

    user = adapted(asked)
    return tuple(explain_items(user.run.recommender, user.evidence, item_indices))


def explained_list(asked: Asked, item_indices: Sequence[int]) -> tuple[PairExplanation, ...]:
    """The scores of a list taken apart; shared, only to be read."""
    return _explained_list(_root(), asked, tuple(item_indices))


@st.cache_data(max_entries=128, show_spinner=False)
def _main_reasons(root: str, asked: Asked, item_indices: tuple[int, ...]) -> list[str]:
    from kgrec_core.explanation.reasons import main_reasons as told_apart

    names = caching.loaded_run(asked.run_id).names
    return told_apart(explained_list(asked, item_indices), names)


def main_reasons(asked: Asked, item_indices: Sequence[int]) -> list[str]:
    """The strongest reason for each item of a list, in a few words."""
    return _main_reasons(_root(), asked, tuple(item_indices))


@st.cache_resource(max_entries=2, show_spinner="Reading runs with other seeds …")
def _twins(root: str, run_id: str, n_files: int) -> SeedTwins | None:
    from kgrec_core.pipeline.seed_twins import twins as read_twins

    return read_twins(caching.workspace(), run_id, run=caching.loaded_run(run_id))


def twins(run_id: str) -> SeedTwins | None:
    """The run fitted with other seeds, where that was done."""
    folder = caching.workspace().run_folder(run_id)
    n_files = sum(1 for _ in folder.glob("twin-*/manifest.json"))
    return _twins(_root(), run_id, n_files) if n_files else None


@st.cache_data(max_entries=128, show_spinner="Taking the score apart …")
def _score_parts(root: str, asked: Asked, item_index: int, has_twins: bool) -> ScoreView:
    from kgrec_ui.views.score_view import score_view

    user = adapted(asked)
    known = user.run.dataset
    label = known.user_labels[known.users.index_of(asked.user_id)] or asked.user_id
    found = twins(asked.run_id) if has_twins else None
    spread = found.attention_spread(user.evidence, item_index) if found else None
    pair = explained(asked, item_index)
    return score_view(
        pair,
        user.run.names,
        user.evidence,
        user_label=label,
        spread=spread,
        worth=found.worth if found else None,
    )


def score_parts(asked: Asked, item_index: int) -> ScoreView:
    """One score taken apart, ready to show; with the spread over seeds where there are some."""
    # Blocked links are muted in this run only, so its twins would be asked another question.
    has_twins = not asked.adjustment.triples and twins(asked.run_id) is not None
    return _score_parts(_root(), asked, item_index, has_twins)


@st.cache_data(max_entries=64, show_spinner=False)
def _timeline(root: str, asked: Asked) -> TimelineView:
    from kgrec_ui.views.timeline_view import timeline_view

    user = adapted(asked)
    return timeline_view(user.evidence, user.run.dataset.item_labels)


def timeline(asked: Asked) -> TimelineView:
    """The history over time."""
    return _timeline(_root(), asked)


@st.cache_data(max_entries=64, show_spinner="Adding up paths …")
def _portrait(root: str, asked: Asked, item_indices: tuple[int, ...]) -> PortraitView:
    from kgrec_core.explanation.portrait import interest_portrait
    from kgrec_ui.views.portrait_view import portrait_view

    run = caching.loaded_run(asked.run_id)
    found = interest_portrait(explained_list(asked, item_indices), run.names)
    return portrait_view(found, run.names, uses_graph=bool(run.links_by_relation()))


def portrait(asked: Asked, item_indices: Sequence[int]) -> PortraitView:
    """The entities that carry the scores of a list."""
    return _portrait(_root(), asked, tuple(item_indices))


@st.cache_data(max_entries=128, show_spinner="Comparing with random orders …")
def _fidelity(root: str, asked: Asked, item_index: int, k: int) -> FidelityView:
    from kgrec_core.explanation.fidelity import pair_fidelity
    from kgrec_core.rng import make_rng
    from kgrec_ui.views.fidelity_view import fidelity_view

    user = adapted(asked)
    found = pair_fidelity(
        user.recommender_about(item_index),
        user.evidence,
        item_index,
        rng=make_rng(FIDELITY_SEED),
        cutoff=k,
        item_counts=user.run.split.fitting().item_counts(),
    )
    return fidelity_view(found, user.run.names)


def fidelity(asked: Asked, item_index: int, k: int) -> FidelityView:
    """Whether the named reasons carry the score, against random orders."""
    return _fidelity(_root(), asked, item_index, k)


@st.cache_data(max_entries=64, show_spinner=False)
def _heat(
    root: str,
    asked: Asked,
    item_indices: tuple[int, ...],
    modality: Modality | None,
    is_attention: bool,
) -> HeatView:
    from kgrec_ui.views.heat_view import heat_view

    pairs = explained_list(asked, item_indices)
    names = caching.loaded_run(asked.run_id).names
    return heat_view(pairs, names, modality=modality, is_attention=is_attention)


def heat(
    asked: Asked, item_indices: Sequence[int], modality: Modality | None, *, is_attention: bool
) -> HeatView:
    """What each choice says about each item of a list."""
    return _heat(_root(), asked, tuple(item_indices), modality, is_attention)


def heat_cell(asked: Asked, item_index: int, unit: EvidenceUnit) -> pl.DataFrame:
    """The terms of one cell."""
    from kgrec_ui.views.heat_view import cell_terms

    return cell_terms(explained(asked, item_index), unit, caching.loaded_run(asked.run_id).names)


def _root() -> str:
    return str(caching.workspace_root())
