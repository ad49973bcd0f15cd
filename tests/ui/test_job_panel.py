from __future__ import annotations

import time

import pytest

from kgrec_core.storage.tables import JobRow
from kgrec_core.storage.workspace import Workspace
from tests.ui.conftest import (
    OpenPage,
    SmallWorkspace,
)
from tests.ui.page_reading import TRAIN, button, is_sound, put_job, texts


def test_a_running_job_shows_stage_and_a_way_to_cancel(
    open_page: OpenPage, own_workspace: SmallWorkspace
) -> None:
    now = time.time()
    put_job(
        own_workspace.root,
        state="running",
        stage="Choosing settings",
        done=30,
        total=120,
        beat_at=now + 3600,
        started_at=now - 60,
    )
    at = open_page(own_workspace.root, TRAIN, job="j1")
    assert is_sound(at)
    bar = at.get("progress")[0].proto
    assert bar.value == 25
    assert bar.text.startswith("Choosing settings · 30 of 120")
    button(at, "Cancel").click().run()
    assert is_sound(at)
    workspace = Workspace(own_workspace.root, f"sqlite:///{own_workspace.root / 'kgrec.db'}")
    with workspace.database.reading() as session:
        assert session.get_one(JobRow, "j1").cancel_requested
    workspace.close()


def test_no_second_training_can_be_started_beside_a_running_one(
    open_page: OpenPage, own_workspace: SmallWorkspace
) -> None:
    put_job(own_workspace.root, state="running", beat_at=time.time() + 3600)
    at = open_page(own_workspace.root, TRAIN, job="j1")
    assert button(at, "Train").disabled


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"state": "failed", "error": "The disk is full."}, "The disk is full."),
        ({"state": "running", "beat_at": 0.0}, "stopped without a word"),
        ({"state": "cancelled"}, "cancelled"),
    ],
)
def test_a_job_that_did_not_end_well_is_told_and_can_be_closed(
    open_page: OpenPage, own_workspace: SmallWorkspace, changes: dict[str, object], words: str
) -> None:
    put_job(own_workspace.root, **changes)
    at = open_page(own_workspace.root, TRAIN, job="j1")
    assert is_sound(at)
    assert words in texts(at)
    button(at, "Close").click().run()
    assert words not in texts(at)
    assert "job" not in at.query_params


def test_a_job_of_another_kind_is_not_shown(
    open_page: OpenPage, own_workspace: SmallWorkspace
) -> None:
    put_job(own_workspace.root, state="failed", error="The disk is full.", kind="import")
    at = open_page(own_workspace.root, TRAIN, job="j1")
    assert is_sound(at)
    assert "The disk is full." not in texts(at)
