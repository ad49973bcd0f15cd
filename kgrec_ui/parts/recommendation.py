"""Parts of the Recommend page: the user, the list, the choice of an item, and its reasons."""

from __future__ import annotations

import numpy as np
import polars as pl
import streamlit as st

from kgrec_core.storage.records import RunRecord
from kgrec_ui import caching, caching_recommend
from kgrec_ui.caching_recommend import Asked
from kgrec_ui.components import cutoff_slider, is_wanted, section_heading, show_table
from kgrec_ui.fitting import elided, fitting_rows, search_effort
from kgrec_ui.guards import empty_state, reported_errors
from kgrec_ui.parts.explanation import show_score
from kgrec_ui.parts.item_feedback import item_feedback
from kgrec_ui.parts.ranked_list import choosable_list
from kgrec_ui.pickers import item_picker, user_picker
from kgrec_ui.state import Param, Widget, get_state
from kgrec_ui.views.cold_start_view import list_change, with_moves
from kgrec_ui.views.fidelity_view import FidelityView
from kgrec_ui.views.recommendation_view import ranked_table, user_view
from kgrec_ui.views.words import as_markdown

__all__ = ["choose_user_and_k", "first_items", "list_and_reasons"]

EXPLAINED_USER = "explained_user"
PROFILE_COLUMNS = {
    "item": st.column_config.TextColumn("Last interactions", width=112),
    "weight": st.column_config.NumberColumn("Weight", format="%.7g", width=54),
    "date": st.column_config.TextColumn("Date", width=86),
}
UNDATED_COLUMNS = {
    **PROFILE_COLUMNS,
    "item": st.column_config.TextColumn(
        "Interactions", width=112, help="The last ones of the file: the data has no times."
    ),
    "date": None,
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


def list_and_reasons(run: RunRecord, asked: Asked, k: int) -> None:
    """The user on the left, the list on the right, and below it one item taken apart."""
    left, right = st.columns([4, 9], gap="medium")
    with left:
        _profile(run, asked)
    with right:
        items = _list(run, asked, k)
    _one_item(run, asked, items, k)


def first_items(asked: Asked, k: int) -> list[int]:
    """The list of the user; ends the page where there is nothing left to recommend."""
    with reported_errors(stop=True):
        items, _ = caching_recommend.ranking(asked, k)
    if not items:
        st.info("This user knows every item already, so nothing is left to recommend.")
        st.stop()
    return items


def _profile(run: RunRecord, asked: Asked) -> None:
    with reported_errors(stop=True):
        user = caching_recommend.adapted(asked)
    dataset = caching.dataset(run.dataset_fingerprint)
    view = user_view(dataset, dataset.users.index_of(asked.user_id), user.evidence)
    section_heading(as_markdown(view.title))
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
        last = elided(view.last.to_pandas(), {"item": 17})
        show_table(
            last,
            alt="Some interactions of the user.",
            column_config=PROFILE_COLUMNS if any(view.last["date"]) else UNDATED_COLUMNS,
            row_height=fitting_rows(last, {"item": 17}),
        )


def _list(run: RunRecord, asked: Asked, k: int) -> list[int]:
    items = first_items(asked, k)
    with reported_errors(stop=True):
        _, scores = caching_recommend.ranking(asked, k)
        reasons = caching_recommend.main_reasons(asked, items)
    section_heading(f"The first {len(items)}")
    names = caching.loaded_run(run.run_id).names
    table = ranked_table(np.array(items), np.array(scores), reasons, names)
    if not asked.adjustment.is_empty:
        table = _moved(run, asked, k, table)
    _choosable(run, table, asked.user_id, k)
    return items


def _moved(run: RunRecord, asked: Asked, k: int, table: pl.DataFrame) -> pl.DataFrame:
    """The table with moves against the list without feedback, which is told in words too."""
    names = caching.loaded_run(run.run_id).names
    plain = caching_recommend.ask(run, asked.user_id, with_feedback=False)
    before, _ = caching_recommend.ranking(plain, k)
    change = list_change([names.item_ids[item] for item in before], table["id"].to_list())
    labels = {names.item_ids[item]: names.item(item) for item in before}
    told = change.sentence(labels).replace("the list before", "the list without feedback")
    st.markdown(f":gray[{as_markdown(told)}]")
    return with_moves(table, change)


def _choosable(run: RunRecord, table: pl.DataFrame, user_id: str, k: int) -> None:
    dataset = caching.dataset(run.dataset_fingerprint)
    ids = table["id"].to_list()
    _forget_item_of_another_user(user_id)
    wanted = st.query_params.get(Param.ITEM, get_state().kept.get(Param.ITEM, ids[0]))
    explained = wanted if wanted in dataset.items else ids[0]
    choosable_list(
        table,
        key=Widget.RECOMMEND_TABLE.of(user_id, k),
        chosen_row=ids.index(explained) if explained in ids else None,
        on_choose=lambda row: _ask_for(ids[row]),
        alt="Recommended items with rank, score and main reason.",
    )
    st.caption("Choose a row to see why. Scores can be compared within one user only.")


def _one_item(run: RunRecord, asked: Asked, items: list[int], k: int) -> None:
    """Choose any item, from the list or not; say something about it; see its score taken apart."""
    dataset = caching.dataset(run.dataset_fingerprint)
    item_id = item_picker(dataset, "Item", default=dataset.items.id_of(items[0]))
    item_index = dataset.items.index_of(item_id)
    user = caching_recommend.adapted(asked)
    is_known = item_index in set(user.evidence.item_indices.tolist())
    if item_id in asked.adjustment.added:
        st.info("This item was liked: it counts as a choice now, so it is not recommended.")
    elif is_known:
        st.info("This item is in the user's history already, so it is not recommended.")
    elif item_index in set(user.left_out.tolist()):
        st.info(
            "This item was disliked, so it is not recommended. Score, rank and checks below are "
            "those that it would have."
        )
    elif item_index not in items:
        st.info("This item is not in the list above. Its score is taken apart all the same.")
    item_feedback(run, asked, item_index)

    def check() -> FidelityView | None:
        effort = search_effort(dataset.n_items, user.evidence.item_indices.size)
        if not is_wanted(effort, "Check the reasons", Widget.RECOMMEND_WHAT_IF.of("fidelity")):
            return None
        return caching_recommend.fidelity(asked, item_index, k)

    with reported_errors(stop=True):
        view = caching_recommend.score_parts(asked, item_index)
        # A known item has no rank that could be lost.
        show_score(view, key="recommend", check=None if is_known else check)


def _ask_for(item_id: str) -> None:
    st.query_params[Param.ITEM] = item_id


def _forget_item_of_another_user(user_id: str) -> None:
    """A new user starts with the first item of the list, unless a link asks for another."""
    kept = get_state().kept
    if kept.get(EXPLAINED_USER, user_id) != user_id:
        kept.pop(Param.ITEM, None)
        st.query_params.pop(Param.ITEM, None)
    kept[EXPLAINED_USER] = user_id
