"""The kept report in words: when it was made, whether it is current, what it shows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from kgrec_core.report.choices import PARTS, NewcomerChoice, Part, ReportChoices
from kgrec_core.report.making import KeptReport
from kgrec_core.storage.records import RunRecord
from kgrec_ui.theme import format_bytes, format_when
from kgrec_ui.views.words import counted, joined

__all__ = ["PART_LABELS", "ReportView", "choices_payload", "report_view"]

PART_LABELS: dict[Part, str] = dict(PARTS)
RESULT_WORDS = (
    ("metrics.json", "accuracy"),
    ("baseline-", "a simple model"),
    ("long-tail.json", "the long tail"),
    ("explain-quality.json", "the quality of the explanations"),
    ("report-", "a benchmark"),
    ("signal.json", "the test of the links"),
    ("problems.json", "the import of the data"),
    ("manifest.json", "the data or the run"),
)


@dataclass(frozen=True)
class ReportView:
    """The last report of a run.

    Attributes:
        made: when, and how large it is.
        content: users and parts that it shows.
        freshness: whether it is older than a result, in words.
        is_current: nothing was measured since.
        summary: its sentences.
        file_name: for the download, without the ending.
    """

    made: str
    content: str
    freshness: str
    is_current: bool
    summary: tuple[str, ...]
    file_name: str


def report_view(kept: KeptReport, run: RunRecord, timezone: str | None) -> ReportView:
    """The words for one kept report."""
    size = format_bytes(float(kept.facts["bytes"]))
    pdf = " and as PDF" if kept.pdf is not None else ""
    return ReportView(
        made=f"Made {format_when(kept.made_at, timezone)}, {size} as HTML{pdf}.",
        content=_content(kept),
        freshness=_freshness(kept.changed),
        is_current=not kept.changed,
        summary=tuple(str(sentence) for sentence in kept.facts["summary"]),
        file_name=f"report-{run.run_id}",
    )


def choices_payload(
    run: RunRecord,
    *,
    users: list[str],
    parts: list[Part],
    k: int,
    n_drawn: int,
    newcomer: NewcomerChoice | None,
    pdf: bool,
) -> dict[str, Any]:
    """What is asked of the job; parts in the order of the report, whatever order they came in."""
    choices = ReportChoices(
        users=tuple(users),
        parts=tuple(part for part in PARTS if part in parts),
        k=k,
        n_drawn=n_drawn,
        newcomer=newcomer,
    )
    return {"run": run.run_id, "choices": choices.model_dump(mode="json"), "pdf": pdf}


def _content(kept: KeptReport) -> str:
    users = [str(user) for user in kept.facts["users"]]
    told = f"It shows {counted(len(users), 'user')} ({joined(users)})" if users else "No user"
    if not users:
        told = "It shows no user"
    if kept.choices.newcomer is not None:
        told += " and a newcomer"
    gone = [title for part, title in PARTS.items() if part not in kept.choices.parts]
    return f"{told}. {f'Left out: {joined(gone)}.' if gone else 'It has all parts.'}"


def _freshness(changed: tuple[str, ...]) -> str:
    if not changed:
        return "It is current: nothing was measured since."
    names = dict.fromkeys(_result_words(name) for name in changed)
    return f"It is older than a result: {joined(list(names))} changed since. Write it again."


def _result_words(name: str) -> str:
    file = PurePosixPath(name).name
    return next((words for start, words in RESULT_WORDS if file.startswith(start)), file)
