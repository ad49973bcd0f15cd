"""The newcomer of the Cold start page, as the report takes one."""

from __future__ import annotations

from kgrec_core.report.choices import NewcomerChoice
from kgrec_core.storage.records import RunRecord
from kgrec_ui.state import get_state
from kgrec_ui.views.cold_start_view import Newcomer

__all__ = ["session_newcomer"]


def session_newcomer(run: RunRecord) -> NewcomerChoice | None:
    """What this visitor's newcomer has said last; None when nothing was said."""
    seen = get_state().newcomers.get(run.run_id, [])
    if not seen or seen[-1] == Newcomer():
        return None
    last = seen[-1]
    return NewcomerChoice(
        likes=last.likes,
        entities=last.entities,
        tags=last.tags,
        texts=last.texts,
        friends=last.friends,
        attributes=last.attributes,
    )
