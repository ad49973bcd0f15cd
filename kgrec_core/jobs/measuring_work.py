"""The work of jobs that measure: benchmarks, searches of settings, tests of the graph.

The pipeline is imported by the work itself: the heartbeat has to start before torch loads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kgrec_core.contracts import OnProgress
from kgrec_core.storage.workspace import Workspace

if TYPE_CHECKING:
    from kgrec_core.jobs.payloads import (
        BenchmarkPayload,
        ExplainQualityPayload,
        LongTailPayload,
        SignalPayload,
        TunePayload,
    )

__all__ = [
    "benchmark_work",
    "explain_quality_work",
    "long_tail_work",
    "signal_work",
    "tune_work",
]


def benchmark_work(
    workspace: Workspace, payload: BenchmarkPayload, progress: OnProgress
) -> dict[str, Any]:
    """Do what of a benchmark is not done yet."""
    from kgrec_core.pipeline.benchmarking import benchmark

    record = workspace.resolve_dataset(payload.dataset)
    report = benchmark(workspace, record.fingerprint, payload.settings, on_progress=progress)
    return {
        "dataset": record.name,
        "fingerprint": record.fingerprint,
        "report": report.to_json(),
    }


def tune_work(workspace: Workspace, payload: TunePayload, progress: OnProgress) -> dict[str, Any]:
    """Search the settings of a model and keep the trials."""
    from kgrec_core.pipeline.tuning_runs import tune_dataset

    record = workspace.resolve_dataset(payload.dataset)
    return tune_dataset(
        workspace, record.fingerprint, payload.settings, payload.tuning, on_progress=progress
    ).to_json()


def signal_work(
    workspace: Workspace, payload: SignalPayload, progress: OnProgress
) -> dict[str, Any]:
    """Test the graph of a data set."""
    from kgrec_core.pipeline.kg_signal import measure_signal

    record = workspace.resolve_dataset(payload.dataset)
    return measure_signal(
        workspace, record.fingerprint, payload.settings, on_progress=progress
    ).to_json()


def long_tail_work(
    workspace: Workspace, payload: LongTailPayload, progress: OnProgress
) -> dict[str, Any]:
    """Measure a fusion run at several strengths of holding popular items back."""
    from kgrec_core.pipeline.long_tail import long_tail_curve

    return long_tail_curve(
        workspace, payload.run, payload.strengths, on_progress=progress
    ).to_json()


def explain_quality_work(
    workspace: Workspace, payload: ExplainQualityPayload, progress: OnProgress
) -> dict[str, Any]:
    """Measure the explanations of a run; the report is kept beside it."""
    from kgrec_core.pipeline.explain_quality.measuring import measure_quality

    report = measure_quality(workspace, payload.run, payload.settings, on_progress=progress)
    return {"run": report.run_id, "n_missed": len(report.missed)}
