"""What people say about recommendations, kept in the workspace database."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from kgrec_core.config import CountedFeedback
from kgrec_core.errors import ConfigError, UnknownIdError
from kgrec_core.storage.records import time_text
from kgrec_core.storage.tables import FeedbackRow
from kgrec_core.storage.workspace import Workspace

__all__ = [
    "FEEDBACK_KINDS",
    "FeedbackKind",
    "FeedbackRecord",
    "Triple",
    "counted_feedback",
    "feedback_of",
    "give_feedback",
    "take_back",
]

FeedbackKind = Literal["like", "dislike", "wrong_reason"]
FEEDBACK_KINDS: tuple[FeedbackKind, ...] = ("like", "dislike", "wrong_reason")
Triple = tuple[str, str, str]
"""Ids of head, relation and tail."""


@dataclass(frozen=True)
class FeedbackRecord:
    """One thing that was said.

    Attributes:
        feedback_id: unique.
        dataset_fingerprint: data whose ids are meant.
        run_id: run whose recommendation was looked at.
        user_id: for whom it was recommended.
        item_id: what was recommended.
        kind: "wrong_reason" means that the item may be right, but a reason for it is not.
        created_at: seconds since 1970.
        reason_item_id: the past choice that is no reason; "" when none is meant.
        triple: the link that is wrong; None when none is meant.
        undone_at: when it was taken back; None while it counts.
    """

    feedback_id: str
    dataset_fingerprint: str
    run_id: str
    user_id: str
    item_id: str
    kind: FeedbackKind
    created_at: float
    reason_item_id: str = ""
    triple: Triple | None = None
    undone_at: float | None = None

    @property
    def is_counted(self) -> bool:
        """False once it was taken back."""
        return self.undone_at is None

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "feedback": self.feedback_id,
            "user": self.user_id,
            "item": self.item_id,
            "kind": self.kind,
            "reason_item": self.reason_item_id or None,
            "triple": list(self.triple) if self.triple else None,
            "run": self.run_id,
            "created": time_text(self.created_at),
            "undone": time_text(self.undone_at),
        }


def give_feedback(
    workspace: Workspace,
    *,
    dataset_fingerprint: str,
    run_id: str,
    user_id: str,
    item_id: str,
    kind: FeedbackKind,
    reason_item_id: str = "",
    triple: Triple | None = None,
) -> FeedbackRecord:
    """Keep what was said; it replaces what was said before about the same.

    Of one user and one item only the last word counts: a dislike takes an earlier like back. A
    link is blocked for everybody, so blocking it twice changes nothing.

    Args:
        workspace: where it is kept.
        dataset_fingerprint: data whose ids are used.
        run_id: run that was looked at.
        user_id: who is meant.
        item_id: the recommended item.
        kind: what is said.
        reason_item_id: for a wrong reason, the past choice that is to count no more.
        triple: for a wrong reason, the link that is to be left out.

    Raises:
        ConfigError: the kind is unknown, or a reason is named where none belongs, or is missing.
    """
    _check(kind, reason_item_id, triple)
    head, relation, tail = triple or ("", "", "")
    row = FeedbackRow(
        feedback_id=secrets.token_hex(8),
        dataset_fingerprint=dataset_fingerprint,
        run_id=run_id,
        user_id=user_id,
        item_id=item_id,
        kind=kind,
        reason_item_id=reason_item_id,
        head_id=head,
        relation_id=relation,
        tail_id=tail,
        created_at=time.time(),
        undone_at=None,
    )
    record = _record_of(row)
    with workspace.database.writing() as session:
        for earlier in _counted_rows(session, record):
            if _subject(_record_of(earlier)) == _subject(record):
                earlier.undone_at = record.created_at
        session.add(row)
    return record


def take_back(workspace: Workspace, feedback_id: str) -> FeedbackRecord:
    """Let something that was said count no more; it stays in the list with the time of this.

    Raises:
        UnknownIdError: nothing of this id was said.
    """
    with workspace.database.writing() as session:
        row = session.get(FeedbackRow, feedback_id)
        if row is None:
            raise UnknownIdError(f"There is no feedback '{feedback_id}'.")
        if row.undone_at is None:
            row.undone_at = time.time()
        return _record_of(row)


def feedback_of(
    workspace: Workspace, dataset_fingerprint: str, *, with_undone: bool = False
) -> list[FeedbackRecord]:
    """What was said about a data set, the latest first; what was taken back only when asked for."""
    query = select(FeedbackRow).where(FeedbackRow.dataset_fingerprint == dataset_fingerprint)
    if not with_undone:
        query = query.where(FeedbackRow.undone_at.is_(None))
    order = (FeedbackRow.created_at.desc(), FeedbackRow.feedback_id)
    with workspace.database.reading() as session:
        return [_record_of(row) for row in session.scalars(query.order_by(*order))]


def counted_feedback(records: Sequence[FeedbackRecord]) -> CountedFeedback:
    """What models make of it: a past choice that is no reason counts like a disliked item."""
    said = [record for record in records if record.is_counted]
    about_items = [record for record in said if record.triple is None]
    return CountedFeedback(
        likes=tuple(_pair(record) for record in about_items if record.kind == "like"),
        dislikes=tuple(_pair(record) for record in about_items if record.kind != "like"),
        blocked=tuple(record.triple for record in said if record.triple is not None),
    )


def _check(kind: FeedbackKind, reason_item_id: str, triple: Triple | None) -> None:
    if kind not in FEEDBACK_KINDS:
        raise ConfigError(
            f"'kind' must be one of {', '.join(FEEDBACK_KINDS)} in 'give_feedback' (got {kind})."
        )
    n_named = bool(reason_item_id) + (triple is not None)
    if n_named != (1 if kind == "wrong_reason" else 0):
        raise ConfigError(
            "A wrong reason names one past choice or one link, a like or dislike names none, in "
            f"'give_feedback' (got kind {kind}, {n_named} named)."
        )


def _counted_rows(session: Session, record: FeedbackRecord) -> list[FeedbackRow]:
    """What counts and may be about the same as `record`."""
    query = select(FeedbackRow).where(
        FeedbackRow.dataset_fingerprint == record.dataset_fingerprint,
        FeedbackRow.undone_at.is_(None),
    )
    if record.triple is None:
        query = query.where(FeedbackRow.user_id == record.user_id)
    else:
        query = query.where(FeedbackRow.head_id == record.triple[0])
    return list(session.scalars(query))


def _pair(record: FeedbackRecord) -> tuple[str, str]:
    """User and item that a word about an item is about."""
    return record.user_id, record.reason_item_id or record.item_id


def _subject(record: FeedbackRecord) -> tuple[str, ...]:
    return record.triple or _pair(record)


def _record_of(row: FeedbackRow) -> FeedbackRecord:
    kind: FeedbackKind = row.kind  # type: ignore[assignment]  # only ours are ever written
    return FeedbackRecord(
        row.feedback_id,
        row.dataset_fingerprint,
        row.run_id,
        row.user_id,
        row.item_id,
        kind,
        row.created_at,
        row.reason_item_id,
        (row.head_id, row.relation_id, row.tail_id) if row.relation_id else None,
        row.undone_at,
    )
