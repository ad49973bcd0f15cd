"""Explanations: are they the score? Verdict, figures in groups, and other ways to explain."""

from __future__ import annotations

import streamlit as st

from kgrec_core.pipeline.explain_quality.report import QualityReport
from kgrec_core.storage.records import RunRecord
from kgrec_ui import caching_quality
from kgrec_ui.components import current_palette, section_heading, show_figure, show_table
from kgrec_ui.guards import reported_errors
from kgrec_ui.parts.evaluation_jobs import job_button
from kgrec_ui.plots.quality_plot import draw_fidelity, draw_groups
from kgrec_ui.state import Widget
from kgrec_ui.views.measuring_plans import cost_words
from kgrec_ui.views.quality_group_view import group_view, grouped_figures
from kgrec_ui.views.quality_view import (
    QualitySection,
    QualityView,
    quality_view,
)
from kgrec_ui.views.words import as_markdown

__all__ = ["explanations"]

N_FITS = 3
"""Two other seeds and uniform attention."""


def explanations(run: RunRecord, *, is_busy: bool) -> None:
    """What was measured, or the offer to measure it."""
    with reported_errors():
        report = caching_quality.quality(run.run_id)
        if report is None:
            with st.container(border=True):
                section_heading(":material/fact_check: Are the explanations true?")
                st.markdown(
                    "Reasons are taken out, everything is scored again, and what happens is "
                    "compared with chance. Paths, sentences and attention are checked as well. "
                    f"The run is fitted again with other seeds. {cost_words(run, N_FITS)} "
                    "LightGCN, which is explained from outside to compare, comes on top."
                )
                _start("Measure the explanations", run, is_busy=is_busy, is_main=True)
            return
        _shown(report)
        with st.expander("Measure again", icon=":material/refresh:"):
            _start("Measure again", run, is_busy=is_busy, is_main=False)


def _start(label: str, run: RunRecord, *, is_busy: bool, is_main: bool) -> None:
    n_users = st.number_input(
        "Users to look at",
        min_value=10,
        max_value=2000,
        value=100,
        step=10,
        key=Widget.QUALITY_USERS,
        width=200,
        help="More users give narrower intervals and take longer: a second or two each.",
    )
    st.caption("Stopped, it goes on where it stopped: what was measured of each user is kept.")
    job_button(
        label,
        kind="explain-quality",
        payload={"run": run.run_id, "settings": {"n_users": int(n_users)}},
        widget=Widget.QUALITY_START,
        is_busy=is_busy,
        is_main=is_main,
    )


def _shown(report: QualityReport) -> None:
    view = quality_view(report)
    _verdict(view)
    _fidelity(view)
    for tab, section in zip(
        st.tabs([section.title for section in view.sections]), view.sections, strict=True
    ):
        with tab:
            _section(section)
    _groups(report)
    _methods(view)


def _verdict(view: QualityView) -> None:
    with st.container(border=True):
        icon = ":material/check_circle:" if view.is_good else ":material/error:"
        section_heading(f"{icon} {as_markdown(view.headline)}")
        st.markdown("\n".join(f"- {as_markdown(point)}" for point in view.points))
        if view.targets.height:
            with st.expander("Every target with its verdict", icon=":material/flag:"):
                show_table(view.targets.to_pandas(), alt=f"All targets. {view.headline}")
        st.caption(view.how)


def _fidelity(view: QualityView) -> None:
    if not view.panels:
        return
    section_heading("The order of the explanation against three other orders")
    st.caption(
        "The first ten units of evidence go, or are kept alone, one after another. The score and "
        "the place of the item are averaged on the way."
    )
    show_figure(
        draw_fidelity(view.panels, current_palette()),
        key="chart:fidelity",
        alt=f"Dots with intervals for each order. {view.headline}",
        table=view.fidelity_table.to_pandas(),
    )


def _section(section: QualitySection) -> None:
    st.markdown(f"**{section.question}**")
    show_table(section.table.to_pandas(), alt=f"{section.question} All figures with intervals.")
    with st.expander("What these figures are", type="compact"):
        st.markdown("\n".join(f"- {as_markdown(note)}" for note in section.notes))


def _groups(report: QualityReport) -> None:
    offered = grouped_figures(report)
    if not offered:
        return
    section_heading("For whom")
    key = st.selectbox(
        "Figure",
        list(offered),
        format_func=offered.__getitem__,
        key=Widget.QUALITY_FIGURE,
        help="Users are grouped by how much they chose and by what is stated about them.",
    )
    view = group_view(report, key)
    alt = f"{offered[key]} for groups of users. {view.sentence}"
    if view.sentence:
        st.markdown(as_markdown(view.sentence))
    if view.panel is None:
        show_table(view.table.to_pandas(), alt=alt)
        return
    if view.panel.better:
        st.caption(
            f"{view.panel.better.capitalize()}. Lines are 95 % intervals over users; the dotted "
            "line is the mean of all users."
        )
    show_figure(
        draw_groups(view.panel, current_palette()),
        key="chart:quality-groups",
        alt=alt,
        table=view.table.to_pandas(),
    )


def _methods(view: QualityView) -> None:
    if view.methods is None:
        return
    section_heading("Other ways to explain")
    st.caption(view.methods_note)
    show_table(view.methods.to_pandas(), alt="Our terms beside explanations made from outside.")
