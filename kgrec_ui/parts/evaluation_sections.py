"""The sections of the Evaluate page; only the open one is computed, and a link can name it."""

from __future__ import annotations

from kgrec_core.storage.records import DatasetRecord
from kgrec_ui.guards import require_run
from kgrec_ui.parts.evaluation import this_run
from kgrec_ui.parts.evaluation_ablation import ablation
from kgrec_ui.parts.evaluation_benchmark import benchmark
from kgrec_ui.parts.evaluation_explanations import explanations
from kgrec_ui.parts.evaluation_long_tail import long_tail
from kgrec_ui.parts.evaluation_newcomers import newcomers
from kgrec_ui.parts.evaluation_runs import two_runs
from kgrec_ui.parts.evaluation_signal import signal

__all__ = ["show_section"]


def show_section(section: str, dataset: DatasetRecord, *, is_busy: bool) -> None:
    """Draw the open section; all but the test of the links need a trained model."""
    if section == "signal":
        signal(dataset.fingerprint, is_busy=is_busy)
        return
    run = require_run("This part of the page measures a trained model on what was held out.")
    if section == "benchmark":
        benchmark(run, is_busy=is_busy)
    elif section == "ablation":
        ablation(run, is_busy=is_busy)
    elif section == "newcomers":
        newcomers(run, is_busy=is_busy)
    elif section == "tail":
        long_tail(run, is_busy=is_busy)
    elif section == "explanations":
        explanations(run, is_busy=is_busy)
    elif section == "runs":
        two_runs(run)
    else:
        this_run(run, is_busy=is_busy)
