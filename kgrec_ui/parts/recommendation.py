"""Parts of the Recommend page: the user, the list, the choice of an item."""

from __future__ import annotations

import numpy as np
import polars as pl
import streamlit as st

from kgrec_core.data.dataset import Dataset
from kgrec_core.storage.records import RunRecord
from kgrec_ui import caching, caching_answers
from kgrec_ui.components import cutoff_slider, item_picker, show_table, user_picker
from kgrec_ui.guards import empty_state, reported_errors
from kgrec_ui.parts.explanation import show_score
from kgrec_ui.parts.ranked_list import choosable_list
from kgrec_ui.state import Param, Widget, get_state
from kgrec_ui.views.recommendation_view import ranked_table, user_view
from kgrec_ui.views.words import as_markdown

__all__ = ["choose_user_and_k", "explain_one", "profile_and_list"]

EXPLAINED_USER = "explained_user"
PROFILE_COLUMNS = {
    "item": st.column_config.TextColumn("Last interactions", width=140),
    "weight": st.column_config.NumberColumn("Weight", format="%.3g", width=55),
    "date": st.column_config.TextColumn("Date", width=90),
}


def choose_user_and_k(run: RunRecord) -> tuple[str, int]:
    """Who gets the list, and how long it is; both stand in the address."""
    dataset = caching.dataset(run.dataset_fingerprint)
    if dataset.n_users == 0:
        empty_state("No users", "The data set has no users.", icon=":material/group_off:")
        st.stop()
    left, right = st.columns([3, 2], gap="large")
    with left:
        user_id = user_picker(dataset)
    with right:
        k = cutoff_slider()
    return user_id, k


def profile_and_list(run: RunRecord, user_id: str, k: int) -> list[int]:
    """The user on the left, the list on the right; returns the item indices of the list."""
    with reported_errors(stop=True):
        items, scores = caching_answers.ranking(run.run_id, user_id, k)
        reasons = caching_answers.main_reasons(run.run_id, user_id, items)
    left, right = st.columns([5, 9], gap="medium")
    with left:
        _profile(run, user_id)
    with right:
        st.subheader(f"The first {len(items)}", anchor=False)
        if not items:
            st.info("This user knows every item already, so nothing is left to recommend.")
            st.stop()
        names = caching.loaded_run(run.run_id).names
        table = ranked_table(np.array(items), np.array(scores), reasons, names)
        _list(table, caching.dataset(run.dataset_fingerprint), user_id, k)
    return items


def explain_one(run: RunRecord, user_id: str, items: list[int]) -> None:
    """Choose any item, from the list or not, and see its score taken apart."""
    dataset = caching.dataset(run.dataset_fingerprint)
    item_id = item_picker(dataset, "Item", default=dataset.items.id_of(items[0]))
    item_index = dataset.items.index_of(item_id)
    evidence = caching.loaded_run(run.run_id).evidence_of(dataset.users.index_of(user_id))
    if item_index in set(evidence.item_indices.tolist()):
        st.info("This item is in the user's history already, so it is not recommended.")
    elif item_index not in items:
        st.info("This item is not in the list above. Its score is taken apart all the same.")
    with reported_errors(stop=True):
        view = caching_answers.score_parts(run.run_id, user_id, item_index)
    show_score(view, key="recommend")


def _profile(run: RunRecord, user_id: str) -> None:
    loaded = caching.loaded_run(run.run_id)
    user_index = loaded.dataset.users.index_of(user_id)
    view = user_view(loaded.dataset, user_index, loaded.evidence_of(user_index))
    st.subheader(as_markdown(view.title), anchor=False)
    st.markdown(
        as_markdown(view.history),
        help="What the model learned from; interactions held out for the test are not counted.",
    )
    if view.attributes:
        st.markdown(
            "  \n".join(
                f":gray[{as_markdown(name)}] {as_markdown(value)}"
                for name, value in view.attributes.items()
            )
        )
    if view.last.height:
        show_table(view.last.to_pandas(), alt="Last interactions.", column_config=PROFILE_COLUMNS)


def _list(table: pl.DataFrame, dataset: Dataset, user_id: str, k: int) -> None:
    ids = table["id"].to_list()
    _forget_item_of_another_user(user_id)
    asked = st.query_params.get(Param.ITEM, get_state().kept.get(Param.ITEM, ids[0]))
    explained = asked if asked in dataset.items else ids[0]
    choosable_list(
        table,
        key=Widget.RECOMMEND_TABLE.of(user_id, k),
        chosen_row=ids.index(explained) if explained in ids else None,
        on_choose=lambda row: _ask_for(ids[row]),
        alt="Recommended items with rank, score and main reason.",
    )
    st.caption("Choose a row to see why. Scores can be compared within one user only.")


def _ask_for(item_id: str) -> None:
    st.query_params[Param.ITEM] = item_id


def _forget_item_of_another_user(user_id: str) -> None:
    """A new user starts with the first item of the list, unless a link asks for another."""
    kept = get_state().kept
    if kept.get(EXPLAINED_USER, user_id) != user_id:
        kept.pop(Param.ITEM, None)
        st.query_params.pop(Param.ITEM, None)
    kept[EXPLAINED_USER] = user_id
