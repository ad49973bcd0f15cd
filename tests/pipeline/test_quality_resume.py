"""A stopped measuring of explanations goes on where it stopped, with the same figures."""

from __future__ import annotations

import dataclasses
import itertools
import json
from pathlib import Path

import pytest

from kgrec_core.contracts import IndexArray, Progress
from kgrec_core.errors import CancelledError
from kgrec_core.pipeline.explain_quality.lists import ExplainedList, ListMeasures
from kgrec_core.pipeline.explain_quality.measuring import kept_quality, measure_quality
from kgrec_core.pipeline.explain_quality.parts import KeptParts, UserPart, parts_folder
from kgrec_core.pipeline.explain_quality.report import QualityReport
from kgrec_core.pipeline.explain_quality.settings import QualitySettings
from kgrec_core.pipeline.loaded_run import LoadedRun
from kgrec_core.recommender.contract import UNKNOWN_USER, UserEvidence
from kgrec_core.storage.records import RunRecord
from kgrec_core.storage.workspace import Workspace

SMALL = QualitySettings(n_users=4, k=3, n_deep=1, n_peer_users=2, twins=False)


@pytest.fixture
def explained(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Users whose list was explained anew, the warm-up left out."""
    users: list[int] = []
    plain = ListMeasures.explained

    def noted(
        self: ListMeasures, user_index: int, user: UserEvidence, items: IndexArray
    ) -> ExplainedList:
        if user_index != UNKNOWN_USER:
            users.append(user_index)
        return plain(self, user_index, user, items)

    monkeypatch.setattr(ListMeasures, "explained", noted)
    return users


def without_times(report: QualityReport) -> QualityReport:
    kept = tuple(found for found in report.measures if found.section != "speed")
    return dataclasses.replace(report, measures=kept, seconds=0.0)


def stop_at(stage: str, done: int) -> object:
    def told(progress: Progress) -> None:
        if (progress.stage, progress.done) == (stage, done):
            raise CancelledError("Stopped.")

    return told


@pytest.mark.parametrize(
    ("stage", "done"), [("Explaining users", 2), ("Explaining from outside", 1)]
)
def test_after_a_stop_the_figures_are_those_of_a_measuring_without_one(
    filled: Workspace, fusion_run: LoadedRun, stage: str, done: int
) -> None:
    run_id = fusion_run.record.run_id
    whole = measure_quality(filled, run_id, SMALL)
    with pytest.raises(CancelledError):
        measure_quality(filled, run_id, SMALL, on_progress=stop_at(stage, done))
    again = measure_quality(filled, run_id, SMALL)
    assert without_times(again) == without_times(whole)
    assert kept_quality(filled, run_id) == again


def test_users_who_are_finished_are_not_explained_again(
    filled: Workspace, fusion_run: LoadedRun, explained: list[int]
) -> None:
    run_id = fusion_run.record.run_id
    with pytest.raises(CancelledError):
        measure_quality(filled, run_id, SMALL, on_progress=stop_at("Explaining users", 3))
    before = list(explained)
    assert len(before) == 3
    explained.clear()
    measure_quality(filled, run_id, SMALL)
    assert len(explained) == 1
    assert explained[0] not in before


def test_a_finished_measuring_leaves_no_parts_and_is_made_anew(
    filled: Workspace, fusion_run: LoadedRun, explained: list[int]
) -> None:
    run_id = fusion_run.record.run_id
    measure_quality(filled, run_id, SMALL)
    assert not (filled.run_folder(run_id) / "explain-quality-parts").exists()
    explained.clear()
    measure_quality(filled, run_id, SMALL)
    assert len(explained) == 4


def test_other_settings_and_other_runs_have_other_folders(fusion_record: RunRecord) -> None:
    folder = Path("run")
    own = parts_folder(folder, fusion_record, {"k": 3})
    assert own == parts_folder(folder, fusion_record, {"k": 3})
    other_run = dataclasses.replace(fusion_record, run_id="another")
    others = {
        parts_folder(folder, fusion_record, {"k": 4}),
        parts_folder(folder, other_run, {"k": 3}),
    }
    assert own not in others
    assert len(others) == 2


def test_a_kept_part_is_not_made_again(tmp_path: Path) -> None:
    parts = KeptParts(tmp_path / "parts")
    assert parts.part("a-1", lambda: {"x": [0.1, 2.0]}) == {"x": [0.1, 2.0]}
    assert parts.part("a-1", lambda: {"x": []}) == {"x": [0.1, 2.0]}
    assert parts.part("a-2", lambda: {"x": []}) == {"x": []}


@pytest.mark.parametrize("damage", ["{", "[]", '{"part": {"x": 2}, "check": "0"}', "{}"])
def test_a_damaged_part_is_made_again(tmp_path: Path, damage: str) -> None:
    parts = KeptParts(tmp_path)
    (tmp_path / "a-1.json").write_text(damage, "utf-8")
    assert parts.part("a-1", lambda: {"x": 1}) == {"x": 1}
    assert parts.part("a-1", lambda: {"x": 3}) == {"x": 1}


def test_without_a_folder_nothing_is_kept() -> None:
    assert KeptParts().part("a-1", lambda: {"x": 1}) == {"x": 1}
    assert KeptParts().part("a-1", lambda: {"x": 2}) == {"x": 2}


def test_a_part_comes_back_from_json_as_it_was() -> None:
    part = UserPart({"a": [0.1, 1 / 3]}, 3, 2, ("x", "y"), ("x", None), 0.5, 0.25, 1.5)
    assert UserPart.from_json(json.loads(json.dumps(part.to_json()))) == part


def test_the_warm_up_is_left_out_of_the_times(
    filled: Workspace, fusion_run: LoadedRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = itertools.count(0.0, 1.0)
    monkeypatch.setattr(
        "kgrec_core.pipeline.explain_quality.lists.time.perf_counter", lambda: next(clock)
    )
    found = measure_quality(filled, fusion_run.record.run_id, SMALL)
    speed = found.measure("seconds_per_100")
    assert speed is not None
    # Each reading of the clock is a second later, so each of the four lists of three takes one.
    assert speed.estimate.value == pytest.approx(100 * 4 / 12)
