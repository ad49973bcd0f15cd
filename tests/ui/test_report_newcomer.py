from __future__ import annotations

import pytest

from kgrec_ui.parts.report_newcomer import session_newcomer
from kgrec_ui.state import AppState
from kgrec_ui.views.cold_start_view import Newcomer
from tests.ui.conftest import SmallWorkspace

STATE = "kgrec_ui.parts.report_newcomer.get_state"


def test_what_was_said_last_is_taken(
    small_workspace: SmallWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = small_workspace.fusion
    said = [Newcomer(likes=("i01",)), Newcomer(likes=("i01", "i02"), texts=("calm",))]
    monkeypatch.setattr(STATE, lambda: AppState(newcomers={run.run_id: said}))
    found = session_newcomer(run)
    assert found is not None
    assert (found.likes, found.texts) == (("i01", "i02"), ("calm",))


def test_somebody_who_said_nothing_is_nobody(
    small_workspace: SmallWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = small_workspace.fusion
    for newcomers in ({}, {run.run_id: [Newcomer()]}):
        state = AppState(newcomers=newcomers)
        monkeypatch.setattr(STATE, lambda state=state: state)
        assert session_newcomer(run) is None
