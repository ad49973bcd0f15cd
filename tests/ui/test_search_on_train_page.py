from __future__ import annotations

import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from kgrec_core.config import TrainSettings
from kgrec_core.contracts import Progress
from kgrec_core.errors import CancelledError
from kgrec_core.jobs.payloads import TunePayload, checked_payload
from kgrec_core.pipeline.tuning import TuningResult
from kgrec_core.pipeline.tuning_runs import tune_dataset
from kgrec_core.storage.workspace import Workspace
from kgrec_ui.state import Widget
from tests.ui.conftest import (
    OpenPage,
    SmallWorkspace,
    hold_queue,
    submitted_jobs,
)
from tests.ui.page_reading import TRAIN, button, choose_model, is_sound, put_job, texts


def open_search(open_page: OpenPage, root: Path) -> AppTest:
    at = open_page(root, TRAIN)
    choose_model(at, "simple", "ease")
    return at.segmented_control(key=Widget.TRAIN_TASK).set_value("search").run()


def test_a_search_is_queued_with_its_budget_and_leaves_free_what_it_tries(
    open_page: OpenPage, own_workspace: SmallWorkspace
) -> None:
    hold_queue(own_workspace.root)
    at = open_search(open_page, own_workspace.root)
    at.number_input(key=Widget.SEARCH_TRIALS).set_value(7).run()
    at.number_input(key=Widget.SEARCH_MINUTES).set_value(3).run()
    assert "Smoothing" in texts(at)
    button(at, "Start the search").click().run()
    assert is_sound(at)
    job = submitted_jobs(own_workspace.root)[0]
    assert (job.kind, job.payload["settings"]["model"]) == ("tune", "ease")
    assert job.payload["settings"]["model_settings"] == {}
    assert (job.payload["tuning"]["n_trials"], job.payload["tuning"]["max_seconds"]) == (7, 180.0)
    assert at.query_params["job"] == job.job_id


def test_a_model_that_chooses_for_itself_offers_no_search(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, TRAIN)
    keys = [control.key for control in at.segmented_control]
    assert Widget.TRAIN_TASK not in keys
    assert "weighs its settings on held-out choices itself" in texts(at)


def tune_payload(small: SmallWorkspace) -> dict[str, object]:
    settings = TrainSettings(model="ease", text_model="none", model_settings={})
    values = {"dataset": small.dataset_fingerprint, "settings": settings.model_dump(mode="json")}
    return checked_payload("tune", {**values, "tuning": {"n_trials": 3}}).model_dump(mode="json")


def searched(small: SmallWorkspace) -> TuningResult:
    """A finished search, really made."""
    asked = TunePayload.model_validate(tune_payload(small))
    workspace = Workspace(small.root, f"sqlite:///{small.root / 'kgrec.db'}")
    result = tune_dataset(workspace, asked.dataset, asked.settings, asked.tuning)
    workspace.close()
    return result


def test_a_running_search_shows_its_trials(
    open_page: OpenPage, own_workspace: SmallWorkspace
) -> None:
    asked = TunePayload.model_validate(tune_payload(own_workspace))
    workspace = Workspace(own_workspace.root, f"sqlite:///{own_workspace.root / 'kgrec.db'}")

    def stop_after_two(progress: Progress) -> None:
        if progress.stage == "Trying settings" and progress.done == 2:
            raise CancelledError("enough")

    with pytest.raises(CancelledError):
        tune_dataset(
            workspace, asked.dataset, asked.settings, asked.tuning, on_progress=stop_after_two
        )
    workspace.close()
    put_job(
        own_workspace.root,
        kind="tune",
        payload=tune_payload(own_workspace),
        state="running",
        beat_at=time.time() + 3600,
    )
    at = open_page(own_workspace.root, TRAIN, job="j1")
    assert is_sound(at)
    table = next(f.value for f in at.dataframe if "Trial" in f.value)
    assert list(table["Trial"]) == [2, 1]
    assert "2 of 3 trials" in texts(at)
    assert len(at.get("plotly_chart")) == 1
    assert button(at, "Train").disabled


def test_a_search_without_a_trial_yet_says_so(
    open_page: OpenPage, own_workspace: SmallWorkspace
) -> None:
    put_job(
        own_workspace.root,
        kind="tune",
        payload=tune_payload(own_workspace),
        state="running",
        beat_at=time.time() + 3600,
    )
    at = open_page(own_workspace.root, TRAIN, job="j1")
    assert is_sound(at)
    assert "The first trial, with the default settings, is on its way." in texts(at)


def test_a_finished_search_offers_to_train_with_the_best_settings(
    open_page: OpenPage, own_workspace: SmallWorkspace
) -> None:
    result = searched(own_workspace)
    put_job(
        own_workspace.root,
        kind="tune",
        payload=tune_payload(own_workspace),
        state="done",
        result=result.to_json(),
    )
    hold_queue(own_workspace.root)
    at = open_page(own_workspace.root, TRAIN, job="j1")
    assert is_sound(at)
    assert "Best settings of Item regression (EASE)" in texts(at)
    button(at, "Train with these settings").click().run()
    assert is_sound(at)
    job = next(job for job in submitted_jobs(own_workspace.root) if job.job_id != "j1")
    assert job.kind == "train"
    assert job.payload["settings"]["model_settings"] == result.settings
    assert at.query_params["job"] == job.job_id
