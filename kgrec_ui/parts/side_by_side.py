"""Two users, or two runs for one user, side by side; the chosen item stays in step."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from kgrec_core.explanation.names import Names
from kgrec_core.explanation.wording import capital
from kgrec_core.storage.records import RunRecord
from kgrec_ui import caching, caching_recommend
from kgrec_ui.caching_recommend import Asked
from kgrec_ui.components import section_heading, show_table
from kgrec_ui.guards import empty_state, reported_errors
from kgrec_ui.parts.ranked_list import choosable_list
from kgrec_ui.parts.recommendation import first_items
from kgrec_ui.pickers import item_picker, other_user_picker
from kgrec_ui.state import Param, Widget, get_state
from kgrec_ui.theme import format_score
from kgrec_ui.views.comparison_view import run_label
from kgrec_ui.views.side_by_side_view import (
    modality_rows,
    overlap_of,
    reason_lines,
    side_table,
    side_titles,
)
from kgrec_ui.views.words import as_markdown, shortened

__all__ = ["side_by_side"]

SCORE_WIDTH = 270
KINDS = {"users": "Two users", "runs": "Two runs"}
COLUMNS = {
    "rank": st.column_config.NumberColumn("Rank", width=40),
    "item": st.column_config.TextColumn("Item", width=112),
    "other rank": st.column_config.TextColumn(
        "Other", width=48, help="Rank of the same item in the other list; – when it is not there."
    ),
    "main reason": st.column_config.TextColumn("Main reason", width=112),
    "id": None,
}


@dataclass(frozen=True)
class _Side:
    """One of the two lists.

    Attributes:
        asked: whose, by which run.
        title: heading of the column.
        words: as it is called within a sentence.
        items: the list.
    """

    asked: Asked
    title: str
    words: str
    items: tuple[int, ...]


def side_by_side(run: RunRecord, asked: Asked, k: int) -> None:
    """Choose what to compare with, then both lists and one item on both sides."""
    kind = st.segmented_control(
        "Compare",
        list(KINDS),
        default="users",
        format_func=KINDS.__getitem__,
        key=Widget.COMPARE.of("kind"),
        persist_state="session",
        required=True,
    )
    sides = _two_users(run, asked, k) if kind == "users" else _two_runs(run, asked, k)
    if sides is None:
        return
    names = caching.loaded_run(run.run_id).names
    left, right = sides
    overlap = overlap_of(left.items, right.items, names, (left.words, right.words))
    st.markdown(f"**{as_markdown(overlap.sentence)}**")
    st.markdown("  \n".join(f":gray[{as_markdown(words)}]" for words in overlap.only))
    item_id = _chosen_item(run, left)
    columns = st.columns(2, gap="medium")
    with columns[0]:
        _column(left, right, names, item_id)
    with columns[1]:
        _column(right, left, names, item_id)
    _one_item(run, left, right, names)


def _two_users(run: RunRecord, asked: Asked, k: int) -> tuple[_Side, _Side] | None:
    dataset = caching.dataset(run.dataset_fingerprint)
    if dataset.n_users < 2:
        st.info("The data has only one user, so there is nobody to compare with.")
        return None
    place = dataset.users.index_of(asked.user_id)
    other_id = other_user_picker(
        dataset, "Other user", default=dataset.users.id_of((place + 1) % dataset.n_users)
    )
    has_feedback = not asked.adjustment.is_empty
    with reported_errors(stop=True):
        full = caching_recommend.ask(run, asked.user_id).adjustment
        other = caching_recommend.ask(run, other_id, with_feedback=has_feedback or full.is_empty)
    if other_id == asked.user_id:
        st.info("This is the same user. Choose another one.")
        return None
    names = caching.loaded_run(run.run_id).names
    labels = side_titles(
        (asked.user_id, other_id),
        [names.user(dataset.users.index_of(user_id)) for user_id in (asked.user_id, other_id)],
    )
    return (
        _Side(asked, labels[0], f"the list of {labels[0]}", tuple(first_items(asked, k))),
        _Side(other, labels[1], f"the list of {labels[1]}", tuple(first_items(other, k))),
    )


def _two_runs(run: RunRecord, asked: Asked, k: int) -> tuple[_Side, _Side] | None:
    with reported_errors(stop=True):
        runs = caching.workspace().runs(run.dataset_fingerprint)
    labels = {other.run_id: run_label(other) for other in runs if other.run_id != run.run_id}
    if not labels:
        empty_state(
            "No second run",
            "This data has only one trained run. Train another model to see what it would say.",
            icon=":material/model_training:",
            page="pages/3_Train.py",
            link="Go to Train",
        )
        return None
    other_id = _other_run(labels)
    other_run = next(other for other in runs if other.run_id == other_id)
    is_plain = asked.adjustment.is_empty
    with reported_errors(stop=True):
        other = caching_recommend.ask(other_run, asked.user_id, with_feedback=not is_plain)
    return (
        _Side(asked, run_label(run), "this run", tuple(first_items(asked, k))),
        _Side(other, labels[other_id], "the other run", tuple(first_items(other, k))),
    )


def _other_run(labels: dict[str, str]) -> str:
    """The second run; kept in the page address."""
    ids = list(labels)
    wanted = st.query_params.get(Param.WITH_RUN, get_state().kept.get(Param.WITH_RUN, ""))
    key = Widget.COMPARE.of("run")
    st.session_state[key] = wanted if wanted in labels else ids[0]

    def remember() -> None:
        st.query_params[Param.WITH_RUN] = st.session_state[key]

    chosen: str = st.selectbox(
        "Other run", ids, format_func=labels.__getitem__, key=key, on_change=remember
    )
    get_state().kept[Param.WITH_RUN] = chosen
    st.query_params[Param.WITH_RUN] = chosen
    return chosen


def _chosen_item(run: RunRecord, left: _Side) -> str:
    """The item that is marked in both lists: that of the address, else the first one."""
    dataset = caching.dataset(run.dataset_fingerprint)
    wanted = st.query_params.get(Param.ITEM, get_state().kept.get(Param.ITEM, ""))
    return wanted if wanted in dataset.items else dataset.items.id_of(left.items[0])


def _column(side: _Side, other: _Side, names: Names, item_id: str) -> None:
    section_heading(as_markdown(side.title))
    with reported_errors(stop=True):
        reasons = caching_recommend.main_reasons(side.asked, side.items)
        _, scores = caching_recommend.ranking(side.asked, len(side.items))
    table = side_table(side.items, scores, other.items, reasons, names)
    ids = table["id"].to_list()

    def choose(row: int) -> None:
        st.query_params[Param.ITEM] = ids[row]

    choosable_list(
        table,
        key=Widget.COMPARE.of("list", side.asked.run_id, side.asked.user_id, len(side.items)),
        chosen_row=ids.index(item_id) if item_id in ids else None,
        on_choose=choose,
        alt=f"List of {side.title} with the ranks in the other list.",
        columns=COLUMNS,
        letters={"item": 16, "main reason": 16},
    )


def _one_item(run: RunRecord, left: _Side, right: _Side, names: Names) -> None:
    """The same item on both sides: scores by modality, and the strongest reasons."""
    dataset = caching.dataset(run.dataset_fingerprint)
    st.divider()
    item_id = item_picker(
        dataset, "One item on both sides", default=dataset.items.id_of(left.items[0])
    )
    item_index = dataset.items.index_of(item_id)
    columns = st.columns(2, gap="medium")
    for column, side in zip(columns, (left, right), strict=True):
        with column, reported_errors(stop=True):
            pair = caching_recommend.explained(side.asked, item_index)
            rank = caching_recommend.rank_of(side.asked, item_index)
            place = f"rank {rank}" if rank else "known or disliked, so not ranked"
            st.markdown(f"**{as_markdown(side.title)}**: {place}, score {format_score(pair.score)}")
            own_names = caching.loaded_run(side.asked.run_id).names
            lines = [
                f"- {as_markdown(text)} :gray[{value}]"
                for value, text in reason_lines(pair, own_names)
            ]
            st.markdown("\n".join(lines) or "Nothing but its popularity speaks for or against it.")
    pairs = [caching_recommend.explained(side.asked, item_index) for side in (left, right)]
    rows = modality_rows(pairs[0], pairs[1])
    show_table(
        rows.to_pandas(),
        alt=f"Score of {names.item(item_index)} by modality on both sides.",
        column_config={
            "part": st.column_config.TextColumn("Part of the score", width=SCORE_WIDTH),
            **{
                name: st.column_config.NumberColumn(
                    shortened(capital(side.words)), format="%.4f", width=SCORE_WIDTH
                )
                for name, side in (("left", left), ("right", right))
            },
        },
        key="compare:modalities",
    )
    st.caption("Scores of different users or runs have no common scale: compare ranks and signs.")
