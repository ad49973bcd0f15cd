from __future__ import annotations

import pytest

from kgrec_core.storage.records import (
    MetricPoint,
)
from kgrec_ui.views.job_view import job_view
from tests.ui.record_samples import job_record


def test_a_running_job_tells_stage_count_and_rest() -> None:
    view = job_view(job_record(), now=104.0)
    assert view.fraction == 0.25
    assert view.progress_text == (
        "Encoding texts · 25 of 100 · about 12 s left in this stage · 4 s so far"
    )


def test_a_search_is_measured_in_trials() -> None:
    points = (MetricPoint(1, "best validation ndcg@20", 0.2), MetricPoint(2, "best v", 0.3))
    payload = {"tuning": {"n_trials": 8}}
    view = job_view(job_record(kind="tune", payload=payload, metrics=points), now=104.0)
    assert view.fraction == 0.25
    assert view.progress_text == "Trial 3 of 8 · Encoding texts · 4 s so far"


def test_a_waiting_job_says_that_it_waits() -> None:
    assert job_view(job_record(state="queued"), now=0.0).progress_text == "Waiting for its turn"


def test_a_job_that_begins_says_what_takes_so_long() -> None:
    job = job_record(stage="Starting", done=0, total=0, eta_seconds=None)
    told = job_view(job, now=104.0).progress_text
    assert told == "Starting, loading its libraries · 4 s so far"


@pytest.mark.parametrize(
    ("state", "severity", "words"),
    [
        ("done", "success", "It took 1 min"),
        ("cancelled", "warning", "cancelled"),
        ("lost", "error", "stopped without a word"),
        ("failed", "error", "The disk is full."),
    ],
)
def test_the_end_of_a_job_is_one_sentence(state: str, severity: str, words: str) -> None:
    job = job_record(state=state, finished_at=160.0, error="The disk is full.")
    view = job_view(job, now=200.0)
    assert view.severity == severity
    assert words in view.outcome
