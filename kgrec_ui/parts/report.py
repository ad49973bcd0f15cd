"""Parts of the Report page: choose, write as a job, look at the last report, take it along."""

from __future__ import annotations

import base64

import streamlit as st

from kgrec_core.errors import MissingStepError
from kgrec_core.report.browser import find_chromium
from kgrec_core.report.choices import NewcomerChoice, Part, ReportChoices
from kgrec_core.report.making import KeptReport
from kgrec_core.storage.records import RunRecord
from kgrec_ui import caching, caching_report
from kgrec_ui.components import reader_timezone, section_heading
from kgrec_ui.guards import empty_state, reported_errors
from kgrec_ui.job_panel import current_job_id, job_panel, start_job
from kgrec_ui.parts.report_newcomer import session_newcomer
from kgrec_ui.pickers import users_picker
from kgrec_ui.state import Widget
from kgrec_ui.views.report_view import PART_LABELS, ReportView, choices_payload, report_view
from kgrec_ui.views.words import as_markdown

__all__ = ["choose_and_write", "last_report", "report_job"]

MAX_USERS = 20
PREVIEW_HEIGHT = 900
DEFAULT = ReportChoices()


def report_job() -> bool:
    """Show the report job of the address; True while it runs."""
    job_id = current_job_id("report")
    if job_id is None:
        return False
    job = job_panel(job_id, on_done=lambda _: None)
    return job is not None and not job.is_over


def choose_and_write(run: RunRecord, *, is_busy: bool) -> None:
    """Users, parts and lengths, and the button that starts the job."""
    with st.container(border=True):
        left, right = st.columns([3, 2], gap="large")
        with left:
            users = _users(run)
            parts = _parts()
        with right:
            k, n_drawn = _lengths()
            newcomer = _newcomer(run)
            pdf = _pdf()
        payload = choices_payload(
            run, users=users, parts=parts, k=k, n_drawn=n_drawn, newcomer=newcomer, pdf=pdf
        )
        _button(payload, is_busy=is_busy)


def last_report(run: RunRecord) -> None:
    """The report that is kept beside the run: how old, what it says, downloads, preview."""
    with reported_errors():
        kept = caching_report.kept_report(run)
        if kept is None:
            empty_state(
                "No report of this run yet",
                "It is written in a few seconds from what has been measured so far. What was not "
                "measured is named in it.",
                icon=":material/description:",
            )
            return
        _shown(kept, report_view(kept, run, reader_timezone()))


def _users(run: RunRecord) -> list[str]:
    with reported_errors(stop=True):
        dataset = caching.dataset(run.dataset_fingerprint)
    return users_picker(
        dataset,
        "Users shown with their reasons",
        Widget.REPORT_USERS,
        Widget.REPORT_USERS_SEARCH,
        placeholder="By rule: one per quarter of activity",
        max_selections=MAX_USERS,
        help="Without a choice, the user in the middle of each quarter by activity is taken.",
    )


def _parts() -> list[Part]:
    st.markdown(
        ":small[Parts]", help="The summary and “How to check this report” are always there."
    )
    return [
        part
        for part, label in PART_LABELS.items()
        if st.checkbox(label, value=True, key=Widget.REPORT_PARTS.of(part), persist_state="session")
    ]


def _lengths() -> tuple[int, int]:
    k: int = st.slider(
        "Suggestions per user",
        min_value=1,
        max_value=20,
        value=DEFAULT.k,
        key=Widget.REPORT_LENGTH,
        persist_state="session",
    )
    n_drawn: int = st.slider(
        "Of these, drawn in full",
        min_value=0,
        max_value=5,
        value=DEFAULT.n_drawn,
        key=Widget.REPORT_DRAWN,
        persist_state="session",
        help="Bars from the starting value to the score, and the paths through the graph. Each "
        "takes about one printed page per user.",
    )
    return k, n_drawn


def _newcomer(run: RunRecord) -> NewcomerChoice | None:
    """The newcomer of the Cold start page, when one has said something in this session."""
    newcomer = session_newcomer(run)
    if newcomer is None:
        st.caption("To show somebody new too, describe them on the Cold start page first.")
        return None
    wants = st.checkbox(
        "Also show the newcomer of the Cold start page",
        value=True,
        key=Widget.REPORT_NEWCOMER,
        persist_state="session",
    )
    return newcomer if wants else None


def _pdf() -> bool:
    try:
        find_chromium()
    except MissingStepError as error:
        st.caption(str(error))
        return False
    return st.checkbox("Also as PDF", key=Widget.REPORT_PDF, persist_state="session")


def _button(payload: dict[str, object], *, is_busy: bool) -> None:
    if st.button(
        "Write the report",
        key=Widget.REPORT_START,
        type="primary",
        icon=":material/edit_document:",
        disabled=is_busy,
        help="A report is being written; wait for it or cancel it." if is_busy else None,
    ):
        start_job("report", payload)
        st.rerun()


def _shown(kept: KeptReport, view: ReportView) -> None:
    section_heading("Last report of this run")
    said, files = st.columns([3, 2], vertical_alignment="top", gap="large")
    with said:
        st.markdown(f"{as_markdown(view.made)} {as_markdown(view.content)}")
        show = st.caption if view.is_current else st.warning
        show(as_markdown(view.freshness))
    with files, st.container(horizontal=True, horizontal_alignment="right"):
        _downloads(kept, view)
    content = base64.b64encode(caching_report.report_bytes(kept)).decode("ascii")
    # A data address has an origin of its own: nothing in the report can reach the app.
    with st.container(border=True):
        st.iframe(
            f"data:text/html;charset=utf-8;base64,{content}",
            height=PREVIEW_HEIGHT,
            alt=f"Preview of the report. {' '.join(view.summary)}",
        )


def _downloads(kept: KeptReport, view: ReportView) -> None:
    st.download_button(
        "Download HTML",
        caching_report.report_bytes(kept),
        file_name=f"{view.file_name}.html",
        mime="text/html",
        key=Widget.REPORT_DOWNLOAD,
        icon=":material/download:",
        on_click="ignore",
    )
    if kept.pdf is not None:
        st.download_button(
            "Download PDF",
            caching_report.report_bytes(kept, pdf=True),
            file_name=f"{view.file_name}.pdf",
            mime="application/pdf",
            key=Widget.REPORT_DOWNLOAD_PDF,
            icon=":material/picture_as_pdf:",
            on_click="ignore",
        )
