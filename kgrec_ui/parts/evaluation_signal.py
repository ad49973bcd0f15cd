"""Does the knowledge graph say anything about who likes what? Verdict, evidence, relations."""

from __future__ import annotations

import streamlit as st

from kgrec_ui import caching, caching_measurements
from kgrec_ui.active import link_params
from kgrec_ui.components import current_palette, section_heading, show_figure, show_table
from kgrec_ui.guards import empty_state, reported_errors
from kgrec_ui.parts.evaluation_jobs import job_button, offer_job
from kgrec_ui.plots.signal_plot import draw_signal
from kgrec_ui.state import Param, Widget
from kgrec_ui.views.model_choice import has_links
from kgrec_ui.views.signal_view import SignalView, signal_view
from kgrec_ui.views.words import as_markdown

__all__ = ["signal", "signal_line"]

TONES = {
    "good": (":material/check_circle:", "green"),
    "weak": (":material/help:", "orange"),
    "bad": (":material/cancel:", "red"),
}
EVALUATE_PAGE = "pages/6_Evaluate.py"
SIGNAL_PART = "signal"


def signal(dataset_fingerprint: str, *, is_busy: bool) -> None:
    """The kept verdict, or the offer to test the links."""
    payload = {"dataset": dataset_fingerprint}
    with reported_errors():
        result = caching_measurements.signal(dataset_fingerprint)
        if result is None and not has_links(caching.dataset(dataset_fingerprint)):
            empty_state(
                "No links to test",
                "Nothing in this data says what items have in common.",
                icon=":material/hub:",
                page="pages/1_Data.py",
                link="Go to Data",
            )
            return
        if result is None:
            offer_job(
                "Is the knowledge graph any good?",
                "Unseen items are ranked by shared links alone: once with the true links, and 99 "
                "times with the same links shuffled among the items. Links with wrong ids do no "
                "better than shuffled ones. It takes about a minute, a few with millions of "
                "links, and no model is needed.",
                button="Test the links",
                kind="signal",
                payload=payload,
                widget=Widget.SIGNAL_START,
                icon=":material/hub:",
                is_busy=is_busy,
            )
            return
        _shown(signal_view(result))
        job_button(
            "Test again",
            kind="signal",
            payload=payload,
            widget=Widget.SIGNAL_START,
            is_busy=is_busy,
            is_main=False,
        )


def signal_line(dataset_fingerprint: str) -> None:
    """The verdict on one line with a link to its evidence, for the page of the graph."""
    with reported_errors():
        result = caching_measurements.signal(dataset_fingerprint)
        params = {**link_params(), Param.PART: SIGNAL_PART}
        if result is None:
            st.page_link(
                EVALUATE_PAGE,
                label="Not tested yet: do these links say anything about who likes what?",
                icon=":material/help:",
                query_params=params,
            )
            return
        view = signal_view(result)
        st.page_link(
            EVALUATE_PAGE,
            label=as_markdown(view.line),
            icon=TONES[view.tone][0],
            query_params=params,
        )


def _shown(view: SignalView) -> None:
    icon, color = TONES[view.tone]
    with st.container(border=True):
        section_heading(f":{color}[{icon}] {as_markdown(view.headline)}")
        st.markdown(f"{as_markdown(view.sentence)}  \n**{as_markdown(view.advice)}**")
        if any(strip.deals for strip in view.strips):
            show_figure(
                draw_signal(view, current_palette()),
                key="chart:signal",
                alt=f"True links against shuffled ones. {view.sentence}",
                table=view.sources.to_pandas(),
            )
            st.caption(
                "Each gray dot is one shuffle of the links; 95 % of them lie in the band. The "
                "colored line is what the true links reach."
            )
        else:
            st.info("This test was made by an older version. Test again to see all shuffles.")
    st.markdown("**Relation by relation**  \n:gray[Each tested alone; weak ones are often rare.]")
    metric = view.axis_title.partition(" ")[0]
    number = st.column_config.NumberColumn
    show_table(
        view.relations.to_pandas(),
        alt="Every relation with its verdict, its coverage and what it reaches.",
        height=430,
        column_config={
            "Items linked (%)": st.column_config.ProgressColumn(
                min_value=0, max_value=100, format="%.0f %%"
            ),
            f"{metric}, true": number(format="%.3f"),
            f"{metric}, shuffled": number(format="%.3f"),
            "Difference": number(format="%+.3f"),
            "p": number(
                format="%.3f", help="Share of shuffles at least as good as the true links."
            ),
        },
    )
