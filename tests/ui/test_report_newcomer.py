from __future__ import annotations

import pytest

from kgrec_core.pipeline.newcomer_steps import Step
from kgrec_ui.parts.report_newcomer import session_newcomer
from kgrec_ui.state import AppState
from kgrec_ui.views.step_history import StepHistory
from tests.ui.conftest import SmallWorkspace

STATE = "kgrec_ui.parts.report_newcomer.get_state"


def test_what_was_said_is_taken_by_its_kind(
    small_workspace: SmallWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = small_workspace.fusion
    steps = (
        Step("like", "i01"),
        Step("words", "calm"),
        Step("dislike", "i03"),
        Step("like", "i02"),
    )
    state = AppState(histories={run.dataset_fingerprint: StepHistory(steps)})
    monkeypatch.setattr(STATE, lambda: state)
    found = session_newcomer(run)
    assert found is not None
    assert (found.likes, found.dislikes, found.texts) == (("i01", "i02"), ("i03",), ("calm",))


def test_somebody_who_said_nothing_is_nobody(
    small_workspace: SmallWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = small_workspace.fusion
    for histories in ({}, {run.dataset_fingerprint: StepHistory()}):
        state = AppState(histories=histories)
        monkeypatch.setattr(STATE, lambda state=state: state)
        assert session_newcomer(run) is None
