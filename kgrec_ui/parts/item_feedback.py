"""Like, dislike or call a reason wrong: what is said counts at once."""

from __future__ import annotations

import streamlit as st

from kgrec_core.pipeline.feedback import is_held_out
from kgrec_core.storage.feedback import FeedbackKind, Triple, give_feedback, take_back
from kgrec_core.storage.records import RunRecord
from kgrec_ui import caching, caching_changes, caching_recommend
from kgrec_ui.caching_recommend import Asked
from kgrec_ui.guards import reported_errors
from kgrec_ui.state import Widget
from kgrec_ui.theme import format_count
from kgrec_ui.views.feedback_view import KIND_WORDS, said_about
from kgrec_ui.views.words import as_markdown

__all__ = ["item_feedback"]

HELD_OUT = (
    "For this user the item is held out for the test. What was said counts in the list at once; "
    "training will not see it, so that accuracy stays honest."
)
HELP = {
    "like": "Counts as one more choice of this user, the newest one. The list is ranked again at "
    "once.",
    "dislike": "The item leaves this user's list. If the user had chosen it, that choice counts no "
    "more. Other scores stay: the model adds up what was chosen, and has no term for what was not.",
}


def item_feedback(run: RunRecord, asked: Asked, item_index: int) -> None:
    """One row of buttons about one item of one user."""
    dataset = caching.dataset(run.dataset_fingerprint)
    item_id = dataset.items.id_of(item_index)
    with reported_errors():
        records = caching_recommend.feedback(run.dataset_fingerprint)
        said = said_about(records, asked.user_id, item_id)
        with st.container(horizontal=True, vertical_alignment="center"):
            if said:
                st.markdown(f"You said: **{KIND_WORDS[said].lower()}**.", width="content")
                _undo(run, asked, item_id)
            _button(run, asked, item_id, "like", is_off=said == "like")
            _button(run, asked, item_id, "dislike", is_off=said == "dislike")
        # In the flow of the page: a box on top would cover the reasons that it asks about.
        with st.expander("A reason is wrong …", icon=":material/report:"):
            _wrong_reason(run, asked, item_index, item_id)
        split = caching.loaded_run(run.run_id).split
        if said and is_held_out(split, dataset.users.index_of(asked.user_id), item_index):
            st.caption(HELD_OUT)


def _button(
    run: RunRecord, asked: Asked, item_id: str, kind: FeedbackKind, *, is_off: bool
) -> None:
    icon = ":material/thumb_up:" if kind == "like" else ":material/thumb_down:"
    key = Widget.FEEDBACK.of(kind)
    if st.button(KIND_WORDS[kind], key=key, icon=icon, disabled=is_off, help=HELP[kind]):
        _give(run, asked, item_id, kind)


def _undo(run: RunRecord, asked: Asked, item_id: str) -> None:
    if st.button("Undo", key=Widget.FEEDBACK.of("undo"), icon=":material/undo:"):
        for record in caching_recommend.feedback(run.dataset_fingerprint):
            is_about = record.user_id == asked.user_id and record.item_id == item_id
            if is_about and record.kind != "wrong_reason":
                take_back(caching.workspace(), record.feedback_id)
        st.toast("Taken back. The list is ranked again.", icon=":material/undo:")
        st.rerun()


def _wrong_reason(run: RunRecord, asked: Asked, item_index: int, item_id: str) -> None:
    offered, n_all = caching_changes.wrong_reasons(asked, item_index)
    if not offered:
        st.markdown(
            "No link and no single choice is named as a reason for this score, so none can be "
            "called wrong."
        )
        return
    place = st.selectbox(
        "Which reason is wrong?",
        range(len(offered)),
        format_func=lambda position: offered[position].offered,
        key=Widget.RECOMMEND_WRONG,
        help="A link is left out for everybody, at once and in later trainings that count "
        "feedback. A past choice counts no more for this user.",
    )
    if len(offered) < n_all:
        st.caption(
            f"The {format_count(len(offered))} strongest of {format_count(n_all)} links and "
            "choices are offered."
        )
    reason = offered[place]
    if reason.triple is not None:
        st.markdown(
            "The link will be left out of the graph and of all reasons, for **everybody**. It can "
            "be taken back in the section Feedback."
        )
    else:
        label = caching.loaded_run(run.run_id).names.item(
            caching.dataset(run.dataset_fingerprint).items.index_of(reason.item_id)
        )
        st.markdown(f"“{as_markdown(label)}” will count no more for **this user**.")
    if st.button("Leave it out", key=Widget.FEEDBACK.of("block"), type="primary"):
        _give(run, asked, item_id, "wrong_reason", reason.item_id, reason.triple)


def _give(
    run: RunRecord,
    asked: Asked,
    item_id: str,
    kind: FeedbackKind,
    reason_item_id: str = "",
    triple: Triple | None = None,
) -> None:
    give_feedback(
        caching.workspace(),
        dataset_fingerprint=run.dataset_fingerprint,
        run_id=run.run_id,
        user_id=asked.user_id,
        item_id=item_id,
        kind=kind,
        reason_item_id=reason_item_id,
        triple=triple,
    )
    st.toast("Counted. The list is ranked again.", icon=":material/check:")
    st.rerun()
