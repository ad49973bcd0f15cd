"""Everything that was said, with a way back, and whose lists it changed."""

from __future__ import annotations

import streamlit as st

from kgrec_core.storage.feedback import FeedbackRecord, take_back
from kgrec_core.storage.records import RunRecord
from kgrec_ui import caching, caching_changes, caching_recommend
from kgrec_ui.components import is_wanted, reader_timezone, section_heading, show_table
from kgrec_ui.fitting import fitting_rows
from kgrec_ui.guards import empty_state, reported_errors
from kgrec_ui.state import Widget
from kgrec_ui.views.feedback_view import (
    changed_sentence,
    changed_table,
    feedback_table,
    feedback_words,
    use_words,
)
from kgrec_ui.views.words import as_markdown

__all__ = ["feedback_log"]

TABLE_HEIGHT = 390
PAIRS_LIKE_AN_ITEM = 1000
"""So many scores of one comparison weigh like one item in the limit of `is_wanted`."""
MAX_UNDO = 200
"""More lines would make the list of choices slow; the latest are offered."""
SAID_COLUMNS = {
    "said": st.column_config.TextColumn("Said", width=100),
    "what": st.column_config.TextColumn("Item or link", width=215),
    "about": st.column_config.TextColumn("About", width=140),
    "user": st.column_config.TextColumn("User", width=110),
    "when": st.column_config.TextColumn("When", width=130),
    "taken back": st.column_config.TextColumn("Taken back", width=130),
}
CHANGED_COLUMNS = {
    "user": st.column_config.TextColumn("User", width=105),
    "new": st.column_config.TextColumn("New in the list", width=168),
    "gone": st.column_config.TextColumn("Left the list", width=168),
    "moved": st.column_config.NumberColumn("Moved", format="%d", width=62),
    "before": st.column_config.TextColumn("Before", width=168),
    "after": st.column_config.TextColumn("After", width=168),
}
HOW_IT_COUNTS = """
- **Like**: one more choice of that user, the newest one, with the weight that the upper quarter of
  the known weights starts with. At once, and as an interaction in the next training.
- **Dislike**: the item leaves that user's list. If the user had chosen it, that choice counts no
  more. No other score changes: the model adds up what was chosen and has no term for the rest.
- **Wrong reason, link**: no path travels along it any more, for everybody. The next training
  leaves it out of the graph.
- **Wrong reason, past choice**: counts no more for that user, like a disliked one.
- **What is held out for the test stays held out.** A like of such an item counts in the list at
  once, but training does not see it, and accuracy is measured on the same items with and without
  feedback.
"""


def feedback_log(run: RunRecord, k: int) -> None:
    """What counts, what it changed, and how it counts."""
    with reported_errors(stop=True):
        records = caching_recommend.feedback(run.dataset_fingerprint, with_undone=True)
        use = use_words(caching.loaded_run(run.run_id).inputs.feedback_use)
    if use:
        st.info(use)
    if not records:
        empty_state(
            "Nothing was said yet",
            "Choose an item in the section List and reasons, and like it, dislike it, or call one "
            "of its reasons wrong. It counts at once.",
            icon=":material/thumbs_up_down:",
        )
    else:
        _said(run, records)  # first, since the comparison can take a while
        _changed(run, k)
    with st.expander("How feedback counts", icon=":material/help:"):
        st.markdown(HOW_IT_COUNTS)


def _changed(run: RunRecord, k: int) -> None:
    """Whose first k differ, by what counts now."""
    dataset = caching.dataset(run.dataset_fingerprint)
    with reported_errors(stop=True):
        said = caching_recommend.counted(run.dataset_fingerprint)
    section_heading("Whose lists differ")
    st.markdown(f":gray[Counted now: {feedback_words(said)}.]")
    cost = dataset.n_users * dataset.n_items // PAIRS_LIKE_AN_ITEM if said.blocked else 0
    if not is_wanted(cost, "Compare lists", Widget.FEEDBACK.of("compare")):
        return
    with reported_errors(stop=True):
        found, n_asked = caching_changes.changed(run.run_id, said, k)
    n_speakers = len({user for user, _ in (*said.likes, *said.dislikes)})
    asks_all = n_asked > n_speakers  # a link that this run does not have asks nobody else
    sentence = changed_sentence(found, n_asked, dataset.n_users, k, asks_all=asks_all)
    st.markdown(f"**{as_markdown(sentence)}**")
    if found:
        table = changed_table(found, dataset, caching.loaded_run(run.run_id).names)
        shown = table.to_pandas()
        show_table(
            shown,
            row_height=fitting_rows(shown, dict.fromkeys(("new", "gone", "before", "after"), 24)),
            alt=f"Users whose list differs. {sentence}",
            height=TABLE_HEIGHT,
            column_config=CHANGED_COLUMNS,
            key="feedback:changed",
        )
    if not said.is_empty:
        st.page_link(
            "pages/3_Train.py",
            label="**Train with this feedback** (switch on “Count feedback” there)",
            icon=":material/arrow_forward:",
        )


def _said(run: RunRecord, records: list[FeedbackRecord]) -> None:
    section_heading("What was said")
    dataset = caching.dataset(run.dataset_fingerprint)
    names = caching.loaded_run(run.run_id).names
    table = feedback_table(records, dataset, names, reader_timezone())
    counting = [place for place, record in enumerate(records) if record.is_counted][:MAX_UNDO]
    if counting:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            place = st.selectbox(
                "Take something back",
                counting,
                format_func=lambda position: " · ".join(
                    table.row(position, named=True)[name] for name in ("said", "what", "user")
                ),
                key=Widget.FEEDBACK.of("which"),
            )
            if st.button("Take back", key=Widget.FEEDBACK.of("back"), icon=":material/undo:"):
                with reported_errors(stop=True):
                    take_back(caching.workspace(), records[place].feedback_id)
                st.toast("Taken back. It counts no more.", icon=":material/undo:")
                st.rerun()
    shown = table.to_pandas()
    show_table(
        shown,
        row_height=fitting_rows(shown, {"what": 30, "about": 19}),
        alt="Everything that was said, the latest first.",
        height=TABLE_HEIGHT,
        column_config=SAID_COLUMNS,
        key="feedback:said",
    )
