"""The newcomer of the Cold start page, as the report takes one."""

from __future__ import annotations

from kgrec_core.pipeline.newcomer_steps import said
from kgrec_core.report.choices import NewcomerChoice
from kgrec_core.storage.records import RunRecord
from kgrec_ui.state import get_state

__all__ = ["session_newcomer"]


def session_newcomer(run: RunRecord) -> NewcomerChoice | None:
    """What this visitor's newcomer has said; None when nothing was said."""
    history = get_state().histories.get(run.dataset_fingerprint)
    if history is None or not history.steps:
        return None
    return NewcomerChoice(
        likes=said(history.steps, "like"),
        dislikes=said(history.steps, "dislike"),
        entities=said(history.steps, "interest"),
        tags=said(history.steps, "tag"),
        texts=said(history.steps, "words"),
        friends=said(history.steps, "friend"),
        attributes=said(history.steps, "attribute"),
    )
