from __future__ import annotations

import pytest

from kgrec_core.config import TrainSettings
from kgrec_core.errors import ConfigError
from kgrec_core.jobs.payloads import checked_payload
from kgrec_core.pipeline.training import train
from kgrec_core.report.making import kept_report
from kgrec_core.storage.workspace import Workspace
from tests.jobs.test_measuring_jobs import done_here


def test_a_report_is_written_as_a_job(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    fingerprint = workspace.resolve_dataset("tiny").fingerprint
    run = train(workspace, fingerprint, TrainSettings(model="ease", text_model="none"))
    payload = {"run": run.run_id, "choices": {"k": 2}}
    job = done_here(workspace, monkeypatch, "report", payload)
    assert job.state == "done", job.error
    kept = kept_report(workspace, run.run_id)
    assert kept is not None
    assert (str(kept.html), kept.choices.k) == (job.result["html"], 2)


def test_wrong_choices_are_refused_before_a_job_starts() -> None:
    with pytest.raises(ConfigError, match=r"'choices\.k' in 'ReportPayload'"):
        checked_payload("report", {"run": "r", "choices": {"k": 0}})
