from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kgrec_core.pipeline.tensorboard_log import write_tensorboard
from kgrec_core.storage.records import RunRecord
from kgrec_core.storage.workspace import Workspace

START = 1_700_000_000.0


def line(seconds: float, stage: str, done: int, **metrics: float) -> dict[str, Any]:
    return {"seconds": seconds, "stage": stage, "done": done, "total": 9, "metrics": metrics}


def written(folder: Path, lines: list[dict[str, Any]]) -> Path:
    return write_tensorboard(
        folder,
        lines,
        started_at=START,
        settings={"model": "ease", "model_settings": {"l2": 5.0}},
        seconds={"fit": 2.5},
        metrics={"ndcg@20": 0.25},
        validation_metrics={"ndcg@20": 0.5},
    )


def read(folder: Path) -> Any:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    return EventAccumulator(str(folder / "tensorboard")).Reload()


def test_tensorboard_reads_each_reported_value_with_its_step_and_time(tmp_path: Path) -> None:
    written(tmp_path, [line(1.0, "Fitting", 1, loss=0.75), line(3.0, "Fitting", 2, loss=0.5)])
    found = read(tmp_path).Scalars("fitting/loss")
    assert [(point.step, point.value) for point in found] == [(1, 0.75), (2, 0.5)]
    assert [point.wall_time - START for point in found] == [1.0, 3.0]


def test_steps_rise_where_a_stage_is_passed_twice(tmp_path: Path) -> None:
    lines = [line(0.0, "Fitting", done, loss=1.0) for done in (1, 2, 1, 2, 7)]
    written(tmp_path, lines)
    assert [point.step for point in read(tmp_path).Scalars("fitting/loss")] == [1, 2, 3, 4, 7]


def test_final_metrics_times_and_settings_are_in_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, [])
    found = read(tmp_path)
    final = {tag: found.Scalars(tag)[0].value for tag in found.Tags()["scalars"]}
    assert final == {"test/ndcg@20": 0.25, "validation/ndcg@20": 0.5, "seconds/fit": 2.5}
    assert b"| model_settings.l2 | 5.0 |" in path.read_bytes()


def test_a_run_keeps_the_curves_of_its_fit(filled: Workspace, fusion_record: RunRecord) -> None:
    found = read(filled.run_folder(fusion_record.run_id))
    tags = found.Tags()["scalars"]
    assert found.Scalars("test/ndcg@20")[0].value == pytest.approx(
        fusion_record.metrics["ndcg@20"], abs=1e-6
    )
    assert any(tag.startswith("choosing_settings/") for tag in tags)


def test_writing_needs_no_tensorflow(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['tensorflow'] = None\n"
        "from pathlib import Path; from kgrec_core.pipeline import tensorboard_log as log\n"
        f"log.write_tensorboard(Path({str(tmp_path)!r}), [], started_at=0.0, settings={{}}, "
        "seconds={}, metrics={}, validation_metrics={})\n"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    assert list((tmp_path / "tensorboard").iterdir())
