"""The data set in use: headline numbers, charts, problem report, list of all data sets."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from kgrec_core.storage.records import DatasetRecord
from kgrec_ui import caching
from kgrec_ui.active import use_dataset
from kgrec_ui.components import (
    current_palette,
    metric_row,
    reader_timezone,
    section_heading,
    show_figure,
    show_table,
)
from kgrec_ui.guards import reported_errors
from kgrec_ui.parts.removing import dataset_removal
from kgrec_ui.plots.data_plots import draw_bars, draw_coverage, draw_long_tail
from kgrec_ui.state import Widget
from kgrec_ui.theme import format_count, format_when
from kgrec_ui.views.problems_view import ProblemsView, problems_view
from kgrec_ui.views.profile_view import Bars, ProfileView
from kgrec_ui.views.words import as_markdown

__all__ = ["dataset_profile"]

WEIGHTS_TITLE = "Weights of interactions"
TIMES_TITLE = "Interactions over time"


def dataset_profile(record: DatasetRecord) -> None:
    """Everything about one data set, most telling first."""
    with reported_errors(stop=True):
        profile = caching.profile(record.fingerprint)
        problems = problems_view(caching.problems(record.fingerprint))
        datasets = caching.workspace().datasets()
    section_heading(as_markdown(record.name))
    st.caption(f"Imported {format_when(record.created_at, reader_timezone())}")
    metric_row(profile.headline)
    rows = f" ({format_count(problems.n_rows)})" if problems.n_rows else ""
    overview, report, every = st.tabs(
        ["Overview", f"Problems in the files{rows}", f"All data sets ({len(datasets)})"]
    )
    with overview:
        _charts(profile)
    with report:
        _problems(record, problems)
    with every:
        _datasets(datasets, record.fingerprint)


def _charts(profile: ProfileView) -> None:
    """Two charts in a row; the cards of a row are equally high."""
    no_times = "The interactions have no times. Splits by time and recency need them."
    rows: tuple[tuple[Callable[[], None], Callable[[], None]], ...] = (
        (lambda: _bars(profile.per_user), lambda: _bars(profile.per_item)),
        (lambda: _long_tail(profile), lambda: _coverage(profile)),
        (
            lambda: _bars_or_words(profile.weights, WEIGHTS_TITLE, profile.weights_sentence),
            lambda: _bars_or_words(profile.over_time, TIMES_TITLE, no_times),
        ),
    )
    for row in rows:
        for column, draw in zip(st.columns(2, gap="medium"), row, strict=True):
            with column, st.container(border=True, height="stretch"):
                draw()


def _bars_or_words(bars: Bars | None, title: str, instead: str) -> None:
    if bars is not None:
        _bars(bars)
    else:
        st.markdown(f"**{title}**  \n:gray[{instead}]")


def _bars(bars: Bars) -> None:
    st.markdown(f"**{bars.title}**  \n:gray[{bars.sentence}]")
    show_figure(
        draw_bars(bars, current_palette()),
        key=f"chart:{bars.title}",
        alt=f"{bars.title}. {bars.sentence}",
        table=bars.table(),
    )


def _long_tail(profile: ProfileView) -> None:
    curve = profile.long_tail
    title = "**Popular items and the long tail**  \n"
    if curve is None:
        st.markdown(f"{title}:gray[There are no interactions to count.]")
        return
    st.markdown(f"{title}:gray[{curve.sentence}]")
    show_figure(
        draw_long_tail(curve, current_palette()),
        key="chart:long_tail",
        alt=curve.sentence,
        table=curve.table(),
    )


def _coverage(profile: ProfileView) -> None:
    st.markdown(f"**What is known about the items**  \n:gray[{profile.coverage_sentence}]")
    show_figure(
        draw_coverage(profile.coverage, current_palette()),
        key="chart:coverage",
        alt="Shares of items with interactions, text, links and tags.",
        table=profile.coverage_table(),
    )


def _problems(record: DatasetRecord, problems: ProblemsView) -> None:
    st.markdown(problems.sentence)
    if problems.table.empty:
        return
    show_table(
        problems.table,
        alt="Problems found in the files.",
        height=480,
        column_config={
            "What was found and done": st.column_config.TextColumn(width="large"),
            "Rows": st.column_config.NumberColumn(format="localized"),
        },
    )
    st.download_button(
        "Download the report (CSV)",
        problems.csv,
        file_name=f"problems-{record.fingerprint}.csv",
        mime="text/csv",
        key=Widget.PROBLEMS_DOWNLOAD,
        icon=":material/download:",
        on_click="ignore",
    )


def _datasets(records: list[DatasetRecord], fingerprint: str) -> None:
    for record in records:
        counts = record.counts
        with st.container(horizontal=True, vertical_alignment="center", border=True):
            st.markdown(
                f"**{as_markdown(record.name)}**  \n:gray[{format_count(counts['users'])} users · "
                f"{format_count(counts['items'])} items · "
                f"{format_count(counts['interactions'])} interactions · "
                f"imported {format_when(record.created_at, reader_timezone())}]"
            )
            st.space("stretch")
            if record.fingerprint == fingerprint:
                st.badge("In use", icon=":material/check:", color="green")
            else:
                st.button(
                    "Use this",
                    key=Widget.ACTIVATE_DATASET.of(record.fingerprint),
                    on_click=use_dataset,
                    args=(record.fingerprint,),
                )
            dataset_removal(record)
