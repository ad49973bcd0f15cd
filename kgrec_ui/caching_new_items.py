"""Cached answers about new items: who would get them, as trained and under another loudness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from kgrec_ui import caching

if TYPE_CHECKING:
    import polars as pl

    from kgrec_core.pipeline.loaded_run import LoadedRun
    from kgrec_core.pipeline.new_item_rows import ItemRow
    from kgrec_core.pipeline.new_items import NewItemForm
    from kgrec_ui.views.new_items_view import PlacedItems
    from kgrec_ui.views.reach_view import ReachView
    from kgrec_ui.views.score_view import ScoreView

__all__ = [
    "NewItem",
    "UserAnswer",
    "audience",
    "nearest",
    "placed_items",
    "reach",
    "run_with",
    "score_parts",
    "user_answer",
]


@dataclass(frozen=True)
class NewItem:
    """An item from the form, and how loud new items are; 1 is as trained."""

    form: NewItemForm
    loudness: float = 1.0


@dataclass(frozen=True)
class UserAnswer:
    """One user's list with the new item: item indices, scores, main reasons."""

    items: tuple[int, ...]
    scores: tuple[float, ...]
    reasons: tuple[str, ...]


@st.cache_resource(max_entries=4, show_spinner="Adding the item …")
def _run_with(root: str, run_id: str, item: NewItem) -> LoadedRun:
    from kgrec_core.pipeline.new_item_reach import louder

    run = caching.loaded_run(run_id)
    return (run if item.loudness == 1.0 else louder(run, item.loudness)).with_new_items([item.form])


def run_with(run_id: str, item: NewItem) -> LoadedRun:
    """The run with one more item at the end of its catalog."""
    return _run_with(_root(), run_id, item)


@st.cache_data(max_entries=32, show_spinner="Asking the users …")
def _audience(root: str, run_id: str, item: NewItem, limit: int) -> pl.DataFrame:
    from kgrec_ui.views.audience_view import audience_table

    run = run_with(run_id, item)
    return audience_table(run, run.dataset.n_items - 1, limit=limit)


def audience(run_id: str, item: NewItem, limit: int) -> pl.DataFrame:
    """The users for whom a new item stands highest."""
    return _audience(_root(), run_id, item, limit)


@st.cache_data(max_entries=16, show_spinner="Asking the users at every loudness …")
def _reach(root: str, run_id: str, form: NewItemForm, k: int) -> ReachView | None:
    from kgrec_core.pipeline.new_item_reach import can_be_louder, reach_of
    from kgrec_ui.views.audience_view import asked_users
    from kgrec_ui.views.reach_view import reach_view

    run = caching.loaded_run(run_id)
    if not can_be_louder(run):
        return None
    users = asked_users(run)
    n_untouched = int((run.split.fitting().item_counts() == 0).sum())
    found = reach_of(run, [form], users, k)
    reads = run.encoder is not None
    return reach_view(found, n_users=users.size, k=k, n_untouched=n_untouched, reads=reads)


def reach(run_id: str, form: NewItemForm, k: int) -> ReachView | None:
    """What a louder new item would do; None for models that do not choose its loudness."""
    return _reach(_root(), run_id, form, k)


@st.cache_data(max_entries=16, show_spinner=False)
def _nearest(root: str, run_id: str, form: NewItemForm, limit: int) -> pl.DataFrame:
    from kgrec_ui.views.audience_view import nearest_items

    run = run_with(run_id, NewItem(form))
    return nearest_items(run.graph, run.text_vectors, run.dataset.n_items - 1, limit=limit)


def nearest(run_id: str, form: NewItemForm, limit: int) -> pl.DataFrame:
    """The items that a new item has most in common with."""
    return _nearest(_root(), run_id, form, limit)


@st.cache_data(max_entries=32, show_spinner="Ranking items …")
def _user_answer(root: str, run_id: str, user_id: str, k: int, item: NewItem) -> UserAnswer:
    from kgrec_core.explanation.reasons import main_reasons

    run = run_with(run_id, item)
    evidence = run.evidence_of(run.dataset.users.index_of(user_id))
    ranked = run.recommend(evidence, k)
    items = tuple(int(index) for index in ranked.item_indices)
    told = [run.explain(evidence, index) for index in items]
    scores = tuple(float(score) for score in ranked.scores)
    return UserAnswer(items, scores, tuple(main_reasons(told, run.names)))


def user_answer(run_id: str, user_id: str, k: int, item: NewItem) -> UserAnswer:
    """The list of a known user with the new item in the catalog."""
    return _user_answer(_root(), run_id, user_id, k, item)


@st.cache_data(max_entries=32, show_spinner="Taking the score apart …")
def _score_parts(root: str, run_id: str, user_id: str, item: NewItem) -> ScoreView:
    from kgrec_ui.views.score_view import score_view

    run = run_with(run_id, item)
    user = run.dataset.users.index_of(user_id)
    evidence = run.evidence_of(user)
    told = run.explain(evidence, run.dataset.n_items - 1)
    return score_view(told, run.names, evidence, user_label=run.names.user(user))


def score_parts(run_id: str, user_id: str, item: NewItem) -> ScoreView:
    """The score of the new item for a known user, taken apart."""
    return _score_parts(_root(), run_id, user_id, item)


@st.cache_data(max_entries=8, show_spinner="Placing the items and asking the users …")
def _placed_items(
    root: str, run_id: str, rows: tuple[ItemRow, ...], k: int, n_kept: int
) -> PlacedItems:
    from kgrec_ui.views.new_items_view import place_items

    return place_items(caching.loaded_run(run_id), rows, k, n_kept)


def placed_items(run_id: str, rows: Sequence[ItemRow], k: int, n_kept: int) -> PlacedItems:
    """Audience, neighbors and reason of many new items."""
    return _placed_items(_root(), run_id, tuple(rows), k, n_kept)


def _root() -> str:
    return str(caching.workspace_root())
