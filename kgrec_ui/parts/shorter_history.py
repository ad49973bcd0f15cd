"""A known user with a part of the history hidden: the list then, and accuracy over its length."""

from __future__ import annotations

import numpy as np
import polars as pl
import streamlit as st

from kgrec_core.data.interactions import NO_TIME
from kgrec_core.pipeline.short_history import KEEP_ORDERS, RIVALS, KeepOrder, Kept, kept_history
from kgrec_core.storage.records import RunRecord
from kgrec_ui import caching, caching_lab
from kgrec_ui.components import (
    current_palette,
    cutoff_slider,
    remember,
    section_heading,
    show_figure,
)
from kgrec_ui.guards import empty_state, reported_errors
from kgrec_ui.parts.evaluation_jobs import measuring_job
from kgrec_ui.parts.evaluation_newcomers import newcomers
from kgrec_ui.parts.ranked_list import COLUMNS, choosable_list
from kgrec_ui.parts.who_speaks import who_speaks
from kgrec_ui.parts.why import why
from kgrec_ui.pickers import user_picker
from kgrec_ui.plots.length_plot import draw_user_curve
from kgrec_ui.state import Param, Widget, get_state
from kgrec_ui.views.cold_start_view import list_change, with_moves
from kgrec_ui.views.labels import model_name
from kgrec_ui.views.newcomer_view import silent_words
from kgrec_ui.views.recommendation_view import ranked_table
from kgrec_ui.views.step_answer import StepAnswer, gate_shift
from kgrec_ui.views.user_curve_view import (
    found_again,
    found_sentence,
    order_words,
    user_curve_view,
)
from kgrec_ui.views.words import as_markdown, counted

__all__ = ["shorter_history"]

CHOSEN = "shorter_item"
DEFAULT_KEPT = 3
MAX_SEED = 9_999
MAX_FIT = 500_000
"""Interactions; with more, other models are not fitted while somebody waits."""
LIST_COLUMNS = {
    **COLUMNS,
    "really chosen": st.column_config.TextColumn(
        "Really chosen",
        width=105,
        help="The user chose this item, and the model was not told: it is hidden above, or it was "
        "held out for the test.",
    ),
}


def shorter_history(run: RunRecord) -> None:
    """Choose a user and how much is known; see list, reasons and curves."""
    dataset = caching.dataset(run.dataset_fingerprint)
    if dataset.n_users == 0:
        empty_state("No users", "The data set has no users.", icon=":material/group_off:")
        return
    left, right = st.columns([3, 2], gap="large")
    with left:
        user = dataset.users.index_of(user_picker(dataset))
    with right:
        k = cutoff_slider()
    n_items = int(caching.loaded_run(run.run_id).evidence_of(user).item_indices.size)
    if n_items == 0:
        st.info("Nothing is known about this user, so there is no history to hide.")
        return
    kept = _kept(n_items, _has_times(run, user))
    _list_and_gates(run, user, kept, n_items, k)
    st.divider()
    section_heading("How much history is enough for this user?")
    _curve(run, user, kept, k)
    section_heading("Over all users")
    newcomers(run, is_busy=measuring_job())


def _kept(n_items: int, has_times: bool) -> Kept:
    """Number, order and seed; all three stand in the address."""
    slider, order, seed = st.columns([8, 9, 4], gap="medium")
    wish = _number(Param.KEEP, DEFAULT_KEPT, n_items)
    st.session_state[Widget.COLD_KEEP] = wish
    with slider:
        n_kept: int = st.slider(
            f"Known items of {n_items}",
            0,
            n_items,
            key=Widget.COLD_KEEP,
            on_change=remember,
            args=(Param.KEEP, Widget.COLD_KEEP),
            help="The model is told so many; the rest of the history is hidden from it. "
            "Friends and attributes stay known.",
        )
    with order:
        chosen = _order(has_times)
    draw = 0
    if chosen == "random":
        st.session_state[Widget.COLD_SEED] = _number(Param.SEED, 0, MAX_SEED)
        with seed:
            draw = int(
                st.number_input(
                    "Seed",
                    0,
                    MAX_SEED,
                    key=Widget.COLD_SEED,
                    on_change=remember,
                    args=(Param.SEED, Widget.COLD_SEED),
                    help="Another number draws another part.",
                )
            )
        st.query_params[Param.SEED] = str(draw)
    else:
        st.query_params.pop(Param.SEED, None)
    st.query_params[Param.KEEP], st.query_params[Param.ORDER] = str(n_kept), chosen
    get_state().kept.update({Param.KEEP: str(n_kept), Param.ORDER: chosen, Param.SEED: str(draw)})
    return Kept(n_kept, chosen, draw)


def _order(has_times: bool) -> KeepOrder:
    asked = st.query_params.get(Param.ORDER, get_state().kept.get(Param.ORDER, ""))
    st.session_state[Widget.COLD_ORDER] = asked if asked in KEEP_ORDERS else KEEP_ORDERS[0]
    chosen = st.segmented_control(
        "Which are known",
        KEEP_ORDERS,
        format_func=lambda name: order_words(name, has_times=has_times).capitalize(),
        key=Widget.COLD_ORDER,
        required=True,
        wrap=True,
        on_change=remember,
        args=(Param.ORDER, Widget.COLD_ORDER),
    )
    return chosen or KEEP_ORDERS[0]


def _has_times(run: RunRecord, user: int) -> bool:
    times = caching.loaded_run(run.run_id).evidence_of(user).item_times
    return bool((times != NO_TIME).any())


def _number(param: Param, default: int, highest: int) -> int:
    """A whole number of the address in its range; the kept one, else `default`, without one."""
    asked = st.query_params.get(param, get_state().kept.get(param, ""))
    is_number = asked.isascii() and asked.isdecimal() and len(asked) < 9
    return min(int(asked) if is_number else default, highest)


def _list_and_gates(run: RunRecord, user: int, kept: Kept, n_items: int, k: int) -> None:
    with reported_errors(stop=True):
        now = caching_lab.shortened_answer(run.run_id, user, kept, k)
        whole = caching_lab.shortened_answer(run.run_id, user, Kept(n_items), k)
    section_heading(f"The list with {kept.n_items} of {counted(n_items, 'known item')}")
    item = _list(run, user, kept, now, whole)
    shift = gate_shift(whole, now)
    who_speaks(
        shift,
        silent_words(shift, run.model, kept.n_items),
        heading="the whole history against this part",
        before_word="whole",
        note="Hollow bars: with the whole history. Full bars: with what is known here.",
        key="shorter:gates",
    )
    if item is not None:
        with reported_errors(stop=True):
            view = caching_lab.shortened_score(run.run_id, user, kept, item)
        why(view, key="shorter")


def _list(run: RunRecord, user: int, kept: Kept, now: StepAnswer, whole: StepAnswer) -> int | None:
    """The list with moves and marks; returns the chosen item."""
    loaded = caching.loaded_run(run.run_id)
    names, evidence = loaded.names, loaded.evidence_of(user)
    told = kept_history(evidence, kept)
    hidden = np.setdiff1d(evidence.item_indices, told.item_indices)
    test = loaded.split.test
    held_out = test.item_indices[test.user_indices == user]
    marks = found_again(now.items, hidden, held_out)
    st.markdown(f":gray[{found_sentence(marks, hidden.size, held_out.size)}]")
    if not now.items:
        st.info("This user knows every item already, so nothing is left to recommend.")
        return None
    change = list_change(
        [names.item_ids[item] for item in whole.items], [names.item_ids[item] for item in now.items]
    )
    ranked = ranked_table(np.array(now.items), np.array(now.scores), now.main_reasons, names)
    table = with_moves(ranked, change).insert_column(
        3, pl.Series("really chosen", marks, dtype=pl.String)
    )
    kept_choice, ids = get_state().kept, table["id"].to_list()
    chosen = kept_choice.get(CHOSEN) if kept_choice.get(CHOSEN) in ids else ids[0]
    choosable_list(
        table,
        key=Widget.COLD_EXPLAIN.of("shorter", run.run_id, user, hash((kept, len(ids)))),
        chosen_row=ids.index(chosen),
        on_choose=lambda row: kept_choice.update({CHOSEN: ids[row]}),
        columns=LIST_COLUMNS,
        alt="The list of the user with a part of the history.",
    )
    st.caption("Moves are against the list with the whole history. Choose a row to see why.")
    return now.items[ids.index(chosen)]


def _curve(run: RunRecord, user: int, kept: Kept, k: int) -> None:
    loaded = caching.loaded_run(run.run_id)
    held_out = int((loaded.split.test.user_indices == user).sum())
    if not held_out:
        st.info(
            "Nothing of this user was held out for the test, so no list can be judged. Choose "
            "another user, or train with a split that holds something out."
        )
        return
    rivals = _rivals(run, len(loaded.split.fitting()))
    with reported_errors():
        curves = caching_lab.user_curves(
            run.run_id, user, order=kept.order, seed=kept.seed, k=k, rivals=rivals
        )
        view = user_curve_view(
            curves,
            main=run.model,
            n_held_out=held_out,
            k=k,
            order=kept.order,
            has_times=_has_times(run, user),
        )
        with st.container(border=True):
            st.markdown(f"**{as_markdown(view.sentence)}**")
            st.caption(view.how)
            show_figure(
                draw_user_curve(view, current_palette(), marked=kept.n_items),
                key="shorter:curve",
                alt=f"Held-out items found over the number of known items. {view.sentence}",
                table=view.table.to_pandas(),
            )


def _rivals(run: RunRecord, n_interactions: int) -> list[str]:
    """Models that are fitted for comparison; fitting is refused where it would take long."""
    others = [name for name in RIVALS if name != run.model]
    is_large = n_interactions > MAX_FIT
    chosen: list[str] = st.pills(
        "Compare with",
        others,
        selection_mode="multi",
        default=[] if is_large else [name for name in others if name != "anil"],
        format_func=model_name,
        key=Widget.COLD_RIVALS,
        disabled=is_large,
        help="Fitted on the same interactions with default settings; meta-learning takes longer."
        if not is_large
        else "The data is too large to fit other models while you wait.",
    )
    return [name for name in others if name in chosen]
