from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kgrec_core.config import SplitSettings
from kgrec_core.contracts import OnProgress, Progress, no_progress
from kgrec_core.errors import CancelledError, ConfigError, DataError
from kgrec_core.pipeline.ablation import ablation_contenders, modality_switches
from kgrec_core.pipeline.benchmark_cell import do_cell
from kgrec_core.pipeline.benchmark_report import BenchmarkReport
from kgrec_core.pipeline.benchmark_settings import BenchmarkSettings, Cell, cells_of
from kgrec_core.pipeline.benchmarking import benchmark, kept_benchmarks
from kgrec_core.pipeline.cell_process import run_cell
from kgrec_core.pipeline.tuning import TuningSettings
from kgrec_core.storage.workspace import Workspace

PLAIN = BenchmarkSettings(
    models=("ease", "popularity"),
    reference="ease",
    text_model="none",
    n_bootstrap=50,
    n_explained=5,
)


class Here:
    """Does cells in this process and counts them; a new process takes seconds to start."""

    def __init__(self, *, stop_after: int = 1000) -> None:
        self.done: list[Cell] = []
        self._stop_after = stop_after

    def __call__(self, workspace: Workspace, cell: Cell, on_progress: OnProgress) -> dict[str, Any]:
        if len(self.done) >= self._stop_after:
            raise CancelledError("stop")
        self.done.append(cell)
        return {"state": "done", "found": do_cell(workspace, cell, on_progress=on_progress)}


@pytest.fixture
def tiny(filled: Workspace) -> str:
    return filled.resolve_dataset("tiny").fingerprint


def run_here(
    workspace: Workspace,
    dataset: str,
    folder: Path,
    settings: BenchmarkSettings = PLAIN,
    runner: Here | None = None,
) -> tuple[BenchmarkReport, list[Cell]]:
    here = runner or Here()
    return benchmark(workspace, dataset, settings, folder=folder, run=here), here.done


def test_a_cell_in_its_own_process_gives_the_numbers_of_one_done_here(
    filled: Workspace, tiny: str
) -> None:
    cell = cells_of(tiny, PLAIN)[1].cell
    heard: list[Progress] = []
    apart = run_cell(filled, cell, heard.append)
    here = do_cell(filled, cell)
    assert apart["state"] == "done"
    assert apart["found"]["parts"] == json.loads(json.dumps(here["parts"]))
    assert {report.stage for report in heard} >= {"Fitting the model", "Ranking for test users"}


def test_a_process_that_meets_an_error_of_ours_says_so(filled: Workspace, tiny: str) -> None:
    cell = cells_of(tiny, PLAIN)[0].cell
    wrong = cell.model_copy(update={"split": SplitSettings(name="given")})
    found = run_cell(filled, wrong, no_progress)
    assert found["state"] == "failed"
    assert "came without parts" in found["error"]


def test_a_wish_to_stop_ends_the_process_of_a_cell(filled: Workspace, tiny: str) -> None:
    def stop(progress: Progress) -> None:
        raise CancelledError("stop")

    with pytest.raises(CancelledError):
        run_cell(filled, cells_of(tiny, PLAIN)[0].cell, stop)


def test_an_interrupted_benchmark_goes_on_where_it_stopped(
    filled: Workspace, tiny: str, tmp_path: Path
) -> None:
    with pytest.raises(CancelledError):
        run_here(filled, tiny, tmp_path, runner=Here(stop_after=1))
    _, done = run_here(filled, tiny, tmp_path)
    assert [cell.model for cell in done] == ["popularity"]


def test_a_finished_benchmark_measures_nothing_again(
    filled: Workspace, tiny: str, tmp_path: Path
) -> None:
    first, _ = run_here(filled, tiny, tmp_path)
    again, done = run_here(filled, tiny, tmp_path)
    assert done == []
    assert again.means == first.means
    assert again.comparisons == first.comparisons


@pytest.mark.parametrize("damage", [b"", b"{", b'{"state": "done"}', None])
def test_a_damaged_cell_is_measured_again(
    filled: Workspace, tiny: str, tmp_path: Path, damage: bytes | None
) -> None:
    _, done = run_here(filled, tiny, tmp_path)
    path = tmp_path / "cells" / f"{done[0].key}.json"
    if damage is None:  # still JSON, but a figure has changed
        content = json.loads(path.read_text())
        content["found"]["parts"]["all"]["metrics"]["recall@10"] = 0.99
        damage = json.dumps(content).encode()
    path.write_bytes(damage)
    _, again = run_here(filled, tiny, tmp_path)
    assert again == [done[0]]


def test_a_failed_cell_is_reported_and_tried_again(
    filled: Workspace, tiny: str, tmp_path: Path
) -> None:
    def fail(workspace: Workspace, cell: Cell, on_progress: OnProgress) -> dict[str, Any]:
        return {"state": "failed", "error": "No luck today."}

    report = benchmark(filled, tiny, PLAIN, folder=tmp_path, run=fail)
    assert {cell["error"] for cell in report.cells} == {"No luck today."}
    assert "No luck today." in report.to_markdown()
    _, done = run_here(filled, tiny, tmp_path)
    assert len(done) == 2


def test_means_are_over_seeds(filled: Workspace, tiny: str, tmp_path: Path) -> None:
    settings = PLAIN.model_copy(update={"seeds": (3, 4)})
    report, _ = run_here(filled, tiny, tmp_path, settings)
    single = [
        cell["parts"]["all"]["metrics"]["recall@10"]
        for cell in report.cells
        if cell["label"] == "ease"
    ]
    assert len(set(single)) == 2
    assert report.mean("ease", "recall@10") == pytest.approx(sum(single) / 2)


def test_all_models_are_compared_with_the_reference(
    filled: Workspace, tiny: str, tmp_path: Path
) -> None:
    report, _ = run_here(filled, tiny, tmp_path)
    rows = [row for row in report.comparisons if row["part"] == "all"]
    assert [(row["label"], row["metric"]) for row in rows] == [
        ("popularity", "recall@20"),
        ("popularity", "ndcg@20"),
    ]
    means = [report.mean(label, "ndcg@20") for label in ("popularity", "ease")]
    assert rows[1]["difference"] == pytest.approx(means[0] - means[1], abs=1e-6)
    assert rows[1]["high"] < 0
    assert rows[1]["p_corrected"] < 0.05


def test_the_search_happens_before_the_measurement_and_on_the_same_split(
    filled: Workspace, tiny: str, tmp_path: Path
) -> None:
    settings = PLAIN.model_copy(update={"models": ("ease",), "tuning": TuningSettings(n_trials=3)})
    report, done = run_here(filled, tiny, tmp_path, settings)
    assert [cell.kind for cell in done] == ["tune", "measure"]
    assert done[0].split == done[1].split
    assert done[1].settings == report.cells[0]["tuning"]["settings"]
    assert len(report.cells[0]["tuning"]["trials"]) == 3


def test_new_items_are_measured_alone_and_among_all(
    filled: Workspace, tiny: str, tmp_path: Path
) -> None:
    settings = PLAIN.model_copy(
        update={"models": ("fusion",), "reference": "fusion", "protocols": ("cold-items",)}
    )
    report, _ = run_here(filled, tiny, tmp_path, settings)
    parts = set(report.cells[0]["parts"])
    assert parts >= {"all", "all: cold items", "all: warm items", "cold items only"}
    alone, among = (
        report.mean("fusion", "ndcg@20", protocol="cold-items", part=part)
        for part in ("cold items only", "all: cold items")
    )
    assert alone > among  # fewer items to confuse them with


def test_newcomers_are_measured_at_each_number_of_shots(
    filled: Workspace, tiny: str, tmp_path: Path
) -> None:
    settings = PLAIN.model_copy(update={"protocols": ("few-shot",), "shots": (1, 3)})
    report, _ = run_here(filled, tiny, tmp_path, settings)
    assert list(report.cells[0]["parts"]) == ["1-shot", "3-shot"]
    found = [report.cells[0]["parts"][name]["n_users"] for name in ("1-shot", "3-shot")]
    assert found == [12, 12]  # a fifth of 60 users


def test_the_long_tail_and_the_spread_are_measured_with_accuracy(
    filled: Workspace, tiny: str, tmp_path: Path
) -> None:
    report, _ = run_here(filled, tiny, tmp_path)
    parts = report.cells[1]["parts"]
    assert parts["long tail"]["metrics"]["recall@10"] < parts["all"]["metrics"]["recall@10"]
    assert 0 < parts["all"]["metrics"]["gini@10"] < 1
    assert 0 < parts["all"]["metrics"]["coverage@10"] <= 1


def test_each_cell_tells_what_it_cost_and_how_exact_it_is(
    filled: Workspace, tiny: str, tmp_path: Path
) -> None:
    report, _ = run_here(filled, tiny, tmp_path)
    for cell in report.cells:
        assert cell["max_residual"] < 1e-5
        assert cell["users_per_second"] > 0
        assert cell["peak_memory_mb"] >= cell["memory_before_fit_mb"] > 0
        assert cell["seconds"]["fit"] >= 0


def test_kept_reports_can_be_read_again(filled: Workspace, tiny: str, tmp_path: Path) -> None:
    report, _ = run_here(filled, tiny, tmp_path)
    (tmp_path / "report-broken.json").write_text("{")
    assert kept_benchmarks(filled, tiny, tmp_path) == [report]
    assert kept_benchmarks(filled, tiny, tmp_path / "nowhere") == []


def test_the_table_names_data_machine_and_models(
    filled: Workspace, tiny: str, tmp_path: Path
) -> None:
    run_here(filled, tiny, tmp_path)
    (path,) = tmp_path.glob("report-*.md")
    text = path.read_text()
    for word in ("tiny", "processor", "numpy", "| ease |", "| popularity |", "peak MB", "p, Holm"):
        assert word in text


def test_another_seed_split_or_setting_is_another_cell(tiny: str) -> None:
    cell = cells_of(tiny, PLAIN)[0].cell
    others = [
        cell.model_copy(update=change)
        for change in (
            {"seed": 1},
            {"settings": {"l2": 3.0}},
            {"split": SplitSettings(seed=5)},
            {"dataset": "other"},
            {"code": "other"},
        )
    ]
    assert len({one.key for one in (cell, *others)}) == 6


def test_a_reference_that_is_not_measured_is_refused(tiny: str) -> None:
    with pytest.raises(ConfigError, match="'reference' must be one of the measured models"):
        cells_of(tiny, PLAIN.model_copy(update={"reference": "fusion"}))


def test_a_wrong_setting_is_refused_before_anything_is_measured(tiny: str) -> None:
    settings = PLAIN.model_copy(update={"model_settings": {"ease": {"l2": -1}}})
    with pytest.raises(ConfigError, match="'l2' in 'EaseSettings'"):
        cells_of(tiny, settings)


def test_the_ablation_turns_each_modality_that_the_model_declares() -> None:
    labels = {found.label: found.settings for found in ablation_contenders("fusion")}
    assert labels["fusion without graph"] == {"use_graph": False}
    assert len(labels) == len(modality_switches("fusion"))


def test_the_ablation_keeps_the_other_settings() -> None:
    found = ablation_contenders("fusion", {"n_rounds": 0, "use_text": False})
    by_label = {one.label: one.settings for one in found}
    assert by_label["fusion with text"] == {"n_rounds": 0, "use_text": True}
    assert by_label["fusion without graph"]["use_text"] is False


def test_a_model_without_modalities_has_no_ablation() -> None:
    with pytest.raises(ConfigError, match="no modality that can be switched off"):
        ablation_contenders("ease")


def test_the_ablation_is_part_of_the_benchmark(tiny: str) -> None:
    settings = PLAIN.model_copy(
        update={"models": ("fusion",), "reference": "fusion", "ablation": True}
    )
    labels = [plan.label for plan in cells_of(tiny, settings)]
    assert labels[0] == "fusion"
    assert "fusion without collaborative" in labels


def test_too_many_shots_are_an_error_of_the_cell(filled: Workspace, tiny: str) -> None:
    settings = PLAIN.model_copy(update={"protocols": ("few-shot",), "shots": (50,)})
    with pytest.raises(DataError, match="No hidden user has more than 50 items"):
        do_cell(filled, cells_of(tiny, settings)[0].cell)
