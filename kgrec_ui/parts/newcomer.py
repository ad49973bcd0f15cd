"""A newcomer step by step: what was said, and the list, modalities and reasons after each step."""

from __future__ import annotations

import numpy as np
import streamlit as st

from kgrec_core.pipeline.loaded_run import LoadedRun
from kgrec_core.pipeline.newcomer_steps import Step
from kgrec_core.storage.records import RunRecord
from kgrec_ui import caching, caching_answers, caching_lab
from kgrec_ui.components import cutoff_slider, section_heading
from kgrec_ui.guards import reported_errors
from kgrec_ui.parts.lab_address import change_history, history_of
from kgrec_ui.parts.ranked_list import COLUMNS, choosable_list
from kgrec_ui.parts.say_something import say_something, take_step
from kgrec_ui.parts.scenario_actions import scenario_actions
from kgrec_ui.parts.who_speaks import who_speaks
from kgrec_ui.parts.why import why
from kgrec_ui.state import Param, Widget, get_state
from kgrec_ui.views.cold_start_view import list_change, with_moves
from kgrec_ui.views.newcomer_view import chosen_step, silent_words, step_heading
from kgrec_ui.views.recommendation_view import ranked_table
from kgrec_ui.views.step_answer import StepAnswer, gate_shift
from kgrec_ui.views.step_history import KIND_ICONS, StepHistory, newcomer_of, step_words
from kgrec_ui.views.words import as_markdown, shortened

__all__ = ["newcomer"]

CHOSEN = "newcomer_item"
LIST_COLUMNS = {
    **COLUMNS,
    "item": st.column_config.TextColumn("Item", width=160),
    "main reason": st.column_config.TextColumn("Main reason", width=175),
    "id": None,
}
MAX_EFFECTS = 12
"""Longer histories go without a line on the effect of each step: every one asks the model."""


def newcomer(run: RunRecord) -> None:
    """Say something on the left; the list after the chosen step on the right; then why."""
    history = history_of(run)
    if not history.steps:
        _examples(run, history)
    with st.container(border=True):
        told, length = st.columns([10, 3], gap="medium")  # all kinds on one line at 1280
        with told:
            say_something(run, history)
        with length:
            k = cutoff_slider()
    steps, shown = st.columns([5, 11], gap="medium")
    with steps:
        step = _history(run, history, k)
        scenario_actions(run, history, k)
    with shown:
        answer = _after(run, history.steps, step, k)
    if answer is not None and answer.items:
        _why(run, history, step, answer)


def _examples(run: RunRecord, history: StepHistory) -> None:
    with reported_errors():
        examples = caching_lab.examples(run.run_id)
        if not examples:
            return
        with st.container(border=True):
            st.markdown("**Try an example**")
            for column, example in zip(st.columns(len(examples)), examples, strict=True):
                column.button(
                    example.name,
                    key=Widget.COLD_EXAMPLE.of(example.name),
                    icon=":material/play_circle:",
                    on_click=change_history,
                    args=(run.dataset_fingerprint, history.replaced(example.steps)),
                    width="stretch",
                )
                column.caption(example.point)


def _history(run: RunRecord, history: StepHistory, k: int) -> int:
    """The steps as rows; returns the number of the step that is looked at, 0 for the start."""
    step = chosen_step(st.query_params.get(Param.STEP), len(history.steps))
    data = run.dataset_fingerprint
    section_heading("Steps so far")
    with st.container(horizontal=True, gap="small"):
        for label, icon, widget, changed in (
            ("Undo", ":material/undo:", Widget.COLD_UNDO, history.undone()),
            ("Redo", ":material/redo:", Widget.COLD_REDO, history.redone()),
            ("Start over", ":material/restart_alt:", Widget.COLD_CLEAR, history.replaced(())),
        ):
            st.button(
                label,
                key=widget,
                icon=icon,
                type="tertiary",
                disabled=changed == history,
                on_click=change_history,
                args=(data, changed),
            )
    loaded = caching.loaded_run(run.run_id)
    _row(0, "The start: nothing is known", step)
    for place, told in enumerate(history.steps, start=1):
        words, button = st.columns([7, 1], gap="xxsmall", vertical_alignment="top")
        with words:
            _row(place, f"{KIND_ICONS[told.kind]} {as_markdown(step_words(loaded, told))}", step)
            if len(history.steps) <= MAX_EFFECTS:
                _effect(run, history.steps, place, k)
        button.button(
            ":material/close:",
            key=Widget.COLD_REMOVE.of(place),
            type="tertiary",
            help=f"Take step {place} away; the others stay.",
            on_click=change_history,
            args=(data, history.without(place - 1)),
        )
    return step


def _row(place: int, words: str, chosen: int) -> None:
    st.button(
        f"{place}\u2002{words}",
        key=Widget.COLD_STEP.of(place),
        type="primary" if place == chosen else "secondary",
        icon=":material/visibility:" if place == chosen else None,
        on_click=_look_at,
        args=(place,),
        width="stretch",
        wrap=True,
        help=None if place == chosen else "Show the list after this step.",
    )


def _look_at(place: int) -> None:
    st.query_params[Param.STEP] = str(place)


def _effect(run: RunRecord, steps: tuple[Step, ...], place: int, k: int) -> None:
    with reported_errors():
        st.caption(as_markdown(caching_lab.step_effect(run.run_id, steps[:place], k)))


def _after(run: RunRecord, steps: tuple[Step, ...], step: int, k: int) -> StepAnswer | None:
    """The list after `step` steps with its moves, and the shift of the modalities."""
    with reported_errors(stop=True):
        now = caching_lab.step_answer(run.run_id, steps[:step], k)
        before = caching_lab.step_answer(run.run_id, steps[: step - 1], k) if step else None
    loaded = caching.loaded_run(run.run_id)
    last = steps[step - 1] if step else None
    words = step_words(loaded, last) if last is not None else ""
    section_heading(as_markdown(step_heading(step, len(steps), words)))
    if not now.items:
        st.info("Every item is liked or disliked already, so nothing is left to recommend.")
        return now
    _list(run, loaded, before, now)
    if step == len(steps):
        _say_about_chosen(run, loaded, now)
    shift = gate_shift(before, now)
    who_speaks(
        shift,
        silent_words(shift, run.model, step, is_last=step == len(steps)),
        heading="modalities before and after this step",
        before_word="before",
        note="Shares are of all parts of the scores in the list by size, popularity included. The "
        "gate is how loud the model lets a modality be; the mean over the listed items.",
        key="newcomer:gates",
    )
    return now


def _list(run: RunRecord, loaded: LoadedRun, before: StepAnswer | None, now: StepAnswer) -> None:
    names = loaded.names
    earlier = None if before is None else [names.item_ids[item] for item in before.items]
    change = list_change(earlier, [names.item_ids[item] for item in now.items])
    labels = {names.item_ids[item]: names.item(item) for item in (before.items if before else ())}
    table = with_moves(
        ranked_table(np.array(now.items), np.array(now.scores), now.main_reasons, names), change
    )
    st.markdown(f":gray[{as_markdown(change.sentence(labels))}]")
    kept, ids = get_state().kept, table["id"].to_list()
    choosable_list(
        table,
        key=Widget.COLD_EXPLAIN.of(run.run_id, hash((now.items, now.scores))),
        chosen_row=ids.index(kept[CHOSEN]) if kept.get(CHOSEN) in ids else 0,
        on_choose=lambda row: kept.update({CHOSEN: ids[row]}),
        columns=LIST_COLUMNS if before else {**LIST_COLUMNS, "move": None},
        alt=f"The list of the newcomer. {change.sentence(labels)}",
    )
    st.caption("Choose a row to see why.")


def _say_about_chosen(run: RunRecord, loaded: LoadedRun, answer: StepAnswer) -> None:
    """The chosen row can be liked or disliked where it stands."""
    item = _chosen(loaded, answer)
    id_, label = loaded.names.item_ids[item], as_markdown(shortened(loaded.names.item(item)))
    with st.container(horizontal=True, gap="small"):
        for kind, words in (("like", "Likes"), ("dislike", "Dislikes")):
            step = Step("like" if kind == "like" else "dislike", id_)
            st.button(
                f"{words} “{label}”",
                key=Widget.COLD_SAY.of("chosen", kind),
                icon=KIND_ICONS[step.kind],
                on_click=take_step,
                args=(run.dataset_fingerprint, step),
            )


def _why(run: RunRecord, history: StepHistory, step: int, answer: StepAnswer) -> None:
    item = _chosen(caching.loaded_run(run.run_id), answer)
    with reported_errors(stop=True):
        person = newcomer_of(history.steps[:step])
        view = caching_answers.score_parts(run.run_id, person, item)
    st.divider()
    why(view, key="newcomer")


def _chosen(loaded: LoadedRun, answer: StepAnswer) -> int:
    """The chosen item of the list, the first when none of it is chosen."""
    ids, chosen = loaded.names.item_ids, get_state().kept.get(CHOSEN)
    return next((item for item in answer.items if ids[item] == chosen), answer.items[0])
