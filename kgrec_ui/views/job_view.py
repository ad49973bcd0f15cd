"""A job in words: what it does, how far it is, how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kgrec_core.storage.records import JobRecord
from kgrec_ui.theme import format_count, format_seconds

__all__ = ["JobView", "job_view"]

_TITLES = {
    "train": "Training",
    "report": "Writing the report",
    "import": "Reading the files",
    "graph": "Building the knowledge graph",
    "evaluate": "Measuring",
    "tune": "Searching for settings",
    "benchmark": "Measuring models",
    "signal": "Testing the links",
    "long-tail": "Measuring the long tail",
    "explain-quality": "Measuring the explanations",
}
_STAGES = {"Starting": "Starting, loading its libraries"}
"""Stages that need more words on a page; each job is a process of its own."""
_DONE = {
    "train": "The model is trained and in use.",
    "report": "The report is written.",
    "import": "The data set is imported and in use.",
    "graph": "The knowledge graph is ready.",
    "evaluate": "The numbers are ready.",
    "tune": "The search is over.",
    "benchmark": "The models are measured.",
    "signal": "The links are tested.",
    "long-tail": "The trade-off is measured.",
    "explain-quality": "The explanations are measured.",
}


@dataclass(frozen=True)
class JobView:
    """Everything the job panel shows.

    Attributes:
        job_id: which job.
        title: what is being done.
        fraction: 0 to 1 of the present stage; of all trials in a search of settings.
        progress_text: stage, count and time left.
        outcome: how it ended, one sentence; "" while it runs.
        severity: how the outcome is shown.
        icon: Material icon of the outcome.
    """

    job_id: str
    title: str
    fraction: float
    progress_text: str
    outcome: str
    severity: Literal["success", "error", "warning"]
    icon: str


def job_view(job: JobRecord, *, now: float) -> JobView:
    """The words for one job, `now` in seconds since 1970."""
    outcome, severity, icon = _outcome(job)
    return JobView(
        job_id=job.job_id,
        title=_TITLES.get(job.kind, job.kind),
        fraction=_fraction(job),
        progress_text=_progress_text(job, now),
        outcome=outcome,
        severity=severity,
        icon=icon,
    )


def _fraction(job: JobRecord) -> float:
    n_trials = _n_trials(job)
    return min(1.0, _n_tried(job) / n_trials) if n_trials else job.fraction


def _n_trials(job: JobRecord) -> int:
    """Trials that a search was asked for; 0 for other jobs."""
    return int(job.payload["tuning"]["n_trials"]) if job.kind == "tune" else 0


def _n_tried(job: JobRecord) -> int:
    """A search reports the best value after each trial."""
    return max((point.step for point in job.metrics if point.name.startswith("best ")), default=0)


def _progress_text(job: JobRecord, now: float) -> str:
    if job.state == "queued":
        return "Waiting for its turn"
    parts = [_STAGES.get(job.stage or "Starting", job.stage)]
    n_trials = _n_trials(job)
    if n_trials:  # the stages of single fits come and go too fast to be counted
        number = min(_n_tried(job) + 1, n_trials)
        parts.insert(0, f"Trial {format_count(number)} of {format_count(n_trials)}")
    elif job.total > 1:
        parts.append(f"{format_count(job.done)} of {format_count(job.total)}")
    if not n_trials and job.eta_seconds is not None and job.eta_seconds >= 1:
        parts.append(f"about {format_seconds(round(job.eta_seconds))} left in this stage")
    if job.started_at is not None and now - job.started_at >= 1:
        parts.append(f"{format_seconds(round(now - job.started_at))} so far")
    return " · ".join(parts)


def _outcome(job: JobRecord) -> tuple[str, Literal["success", "error", "warning"], str]:
    title = _TITLES.get(job.kind, job.kind)
    if job.state == "done":
        took = ""
        if job.started_at is not None and job.finished_at is not None:
            took = f" It took {format_seconds(job.finished_at - job.started_at)}."
        return _DONE.get(job.kind, "Done.") + took, "success", ":material/check_circle:"
    if job.state == "cancelled" and job.kind == "tune":
        words = f"{title} was cancelled. What was tried before is kept."
        return words, "warning", ":material/cancel:"
    if job.state == "cancelled":
        return f"{title} was cancelled. Nothing was changed.", "warning", ":material/cancel:"
    if job.state == "lost":
        return (
            f"{title} stopped without a word; the machine may have run out of memory or was "
            "switched off. Start it again; a smaller text model or data set needs less.",
            "error",
            ":material/error:",
        )
    if job.state == "failed":
        return f"{title} did not work. {job.error}", "error", ":material/error:"
    return "", "success", ""
