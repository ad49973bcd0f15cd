"""The explanation section: one score taken apart in words, bars, a drawing and tables."""

from __future__ import annotations

import base64
from collections.abc import Callable

import streamlit as st

from kgrec_ui.components import (
    current_palette,
    metric_row,
    section_heading,
    show_figure,
    show_table,
)
from kgrec_ui.fitting import fitting_rows
from kgrec_ui.guards import empty_state
from kgrec_ui.parts.waterfall import waterfall
from kgrec_ui.plots.attention_plot import draw_attention, draw_modalities
from kgrec_ui.plots.path_plot import draw_paths, drawing_height
from kgrec_ui.state import Widget
from kgrec_ui.theme import format_count
from kgrec_ui.views.fidelity_view import FidelityView
from kgrec_ui.views.score_view import ScoreView
from kgrec_ui.views.words import as_markdown

__all__ = ["show_score"]

TABLE_HEIGHT = 420
BEHAVIOR_CAPTION = (
    "Dotted lines called “behavior” are no links of the data: people with the one often choose "
    "what has a link to the other."
)
BADGES = {
    "clear": ("green", ":material/verified:"),
    "unclear": ("orange", ":material/help:"),
    "worse": ("red", ":material/report:"),
    "undefined": ("gray", ":material/block:"),
}
FIDELITY_COLUMNS = {
    "order": st.column_config.TextColumn("Order of removal", width=220),
    "mean score without": st.column_config.NumberColumn(
        "Mean score without", format="%.4f", help="Lower: the first of this order carry more."
    ),
    "mean score with alone": st.column_config.NumberColumn(
        "Mean score with them alone", format="%.4f", help="Higher: the first of this order suffice."
    ),
}
SLOT_COLUMNS = {
    "sentence": st.column_config.NumberColumn("Sentence", width=70),
    "names": st.column_config.TextColumn("It names", width=150),
    "stands for": st.column_config.TextColumn("Through", width=140),
    "term": st.column_config.TextColumn("Term of the sum", width=195),
    "part of the score": st.column_config.NumberColumn(
        "Part of the score", format="%.5f", width=115
    ),
    "source": st.column_config.TextColumn("Stated in", width=150),
}
PATH_COLUMNS = {
    "path": st.column_config.TextColumn("Path", width=330),
    "relations": st.column_config.TextColumn("Relations", width=120),
    "value": st.column_config.NumberColumn("Part of the score", format="%.4f", width=115),
    "stated in": st.column_config.TextColumn("Stated in", width=170),
}
CONTRIBUTION_COLUMNS = {
    "evidence": st.column_config.TextColumn("Evidence", width=165),
    "kind": st.column_config.TextColumn("Kind", width=58),
    "id": st.column_config.TextColumn("Id", width=62),
    "modality": st.column_config.TextColumn("Modality", width=165),
    "attention": st.column_config.NumberColumn(
        "Attention",
        format="%.4f",
        width=76,
        help="Weight of this evidence among all of the user.",
    ),
    "gate": st.column_config.NumberColumn(
        "Gate",
        format="%.4f",
        width=66,
        help="Weight of the modality for this user and item.",
    ),
    "kernel": st.column_config.NumberColumn(
        "Kernel",
        format="%.4f",
        width=68,
        help="What this evidence says about the item, before weighting.",
    ),
    "contribution": st.column_config.NumberColumn(
        "Contribution",
        format="%.5f",
        width=92,
        help="Attention × gate × kernel. These add up.",
    ),
    "paths": st.column_config.NumberColumn("Paths", format="%d", width=52),
}


def show_score(
    view: ScoreView, *, key: str, check: Callable[[], FidelityView | None] | None = None
) -> None:
    """The whole section.

    Args:
        view: what is shown.
        key: sets it apart from a second one on the page.
        check: measures whether the reasons can be believed, or returns None. It is called last,
            so that nobody waits for it to read the reasons.
    """
    section_heading(f"Why “{as_markdown(view.item_label)}”?")
    _summary(view)
    badge = st.container()
    _parts(view, key)
    if check is not None:
        with badge:
            fidelity = check()
            if fidelity is not None:
                _fidelity(fidelity, key)


def _parts(view: ScoreView, key: str) -> None:
    """Everything that is made from the terms of the sum."""
    _slots(view, key)
    if view.note:
        st.info(view.note, icon=":material/visibility_off:")
    waterfall(view, key)
    if view.note or not view.contributions.height:
        return
    left, right = st.columns([3, 2], gap="medium")
    with left, st.container(border=True):
        _attention(view, key)
    with right, st.container(border=True):
        _modalities(view, key)
    _paths(view, key)
    _table(view, key)


def _summary(view: ScoreView) -> None:
    numbers, words = st.columns([5, 7], gap="medium")
    with numbers:
        metric_row(
            [
                ("Score", view.score, "Larger is better; only comparable within one user."),
                (
                    "Bias",
                    view.bias,
                    "How popular it is; this counts more where little is known about the user.",
                ),
                (
                    "Contributions",
                    format_count(view.contributions.height),
                    "Named parts of the score; all of them are in the table at the end.",
                ),
            ]
        )
    with words:
        lines = [f"- {as_markdown(line.text)} :gray[{line.value}]" for line in view.reasons]
        st.markdown("\n".join(lines) or view.silence)


def _fidelity(view: FidelityView, key: str) -> None:
    """The badge, what it rests on, and the numbers folded away."""
    color, icon = BADGES[view.verdict]
    st.markdown(
        f":{color}-badge[{icon} {view.badge}] {as_markdown(view.sentence)}",
        help="Choices are taken out one after another, the strongest reason first, and everything "
        "is scored again each time. Random orders of the same choices show what chance does.",
    )
    if not view.detail:
        return
    st.markdown(f":gray[{as_markdown(view.detail)}]")
    with st.expander("Numbers behind this check", type="compact"):
        show_table(
            view.table.to_pandas(),
            alt="Mean scores after removing and after keeping choices, by order.",
            column_config=FIDELITY_COLUMNS,
            key=f"{key}:fidelity",
        )


def _slots(view: ScoreView, key: str) -> None:
    if not view.slots.height:
        return
    with st.expander("Where each sentence comes from", type="compact"):
        st.caption(
            "Sentences are numbered from the top. Each name in them stands for one term of the "
            "sum: attention × gate × kernel. Of a graph term, only the paths that the sentence "
            "states count. The parts of a sentence add up to its number."
        )
        show_table(
            view.slots.to_pandas(),
            row_height=fitting_rows(
                view.slots.to_pandas(), {"names": 22, "stands for": 20, "term": 29, "source": 22}
            ),
            alt="Each name in the sentences with its term, value and source.",
            height=TABLE_HEIGHT,
            column_config=SLOT_COLUMNS,
            key=f"{key}:slots",
        )


def _attention(view: ScoreView, key: str) -> None:
    st.markdown("**Attention over what is known about the user**")
    st.markdown(f":gray[{as_markdown(view.attention.sentence)}]")
    if view.attention.rows:
        show_figure(
            draw_attention(view.attention, current_palette()),
            key=f"{key}:attention",
            alt=f"Bars of attention. {view.attention.sentence} {view.attention.baseline}",
        )
    for words in (view.attention.baseline, view.attention.stability, view.attention.worth):
        if words:
            st.caption(as_markdown(words))


def _modalities(view: ScoreView, key: str) -> None:
    st.markdown("**Modalities**")
    st.markdown(f":gray[{as_markdown(view.modalities.sentence)}]")
    if view.modalities.rows:
        show_figure(
            draw_modalities(view.modalities, current_palette()),
            key=f"{key}:modalities",
            alt=f"Share and gate of each modality. {view.modalities.sentence}",
        )
        st.caption("Gate: how loud a modality is for this user and item.")


def _paths(view: ScoreView, key: str) -> None:
    if view.paths.is_empty:
        empty_state("No path", as_markdown(view.paths.sentence), icon=":material/hub:")
        return
    with st.container(border=True):
        st.markdown("**Paths through the knowledge graph**")
        st.markdown(f":gray[{as_markdown(view.paths.sentence)}]")
        page = draw_paths(view.paths, current_palette())
        # A data address has no origin, so nothing in the drawing can reach the app around it.
        encoded = base64.b64encode(page.encode()).decode()
        st.iframe(
            f"data:text/html;charset=utf-8;base64,{encoded}",
            height=drawing_height(view.paths),
            alt=f"Drawing of the paths; the table below says the same. {view.paths.sentence}",
        )
        st.caption(
            "From left to right: user, what is known, shared entity, recommended item. The wider "
            "a line, the larger its part of the score; dashed lines lower it. Arrows point the "
            "way the link is stated in the data."
            + (f" {BEHAVIOR_CAPTION}" if view.paths.has_behavior else "")
        )
        with st.expander(f"All paths as a table ({format_count(view.path_rows.height)})"):
            show_table(
                view.path_rows.to_pandas(),
                row_height=fitting_rows(
                    view.path_rows.to_pandas(), {"path": 48, "relations": 17, "stated in": 24}
                ),
                alt="Paths with relations, value and where they are stated.",
                height=TABLE_HEIGHT,
                column_config=PATH_COLUMNS,
                key=f"{key}:paths",
            )


def _table(view: ScoreView, key: str) -> None:
    with st.expander("Everything in one table", icon=":material/table_rows:"):
        st.caption("All contributions, largest first. With the bias they add up to the score.")
        show_table(
            view.contributions.to_pandas(),
            row_height=fitting_rows(view.contributions.to_pandas(), {"evidence": 24}),
            alt="All contributions to the score.",
            height=TABLE_HEIGHT,
            column_config=CONTRIBUTION_COLUMNS,
            key=f"{key}:contributions",
        )
        st.download_button(
            "Download as CSV",
            view.contributions.write_csv(),
            file_name=f"explanation-{view.item_id}.csv",
            mime="text/csv",
            key=Widget.RECOMMEND_EXPORT.of(key),
            on_click="ignore",
            icon=":material/download:",
        )
