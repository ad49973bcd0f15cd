"""Cached measurements: benchmarks, the graph's signal, the long tail; keyed by their files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from kgrec_ui import caching

if TYPE_CHECKING:
    from kgrec_core.pipeline.benchmark_report import BenchmarkReport
    from kgrec_core.pipeline.long_tail import LongTailCurve
    from kgrec_core.pipeline.signal_result import SignalResult
    from kgrec_ui.views.comparison_view import ComparisonView

__all__ = ["benchmarks", "comparison", "long_tail", "signal"]

COMPARISON_SEED = 0
"""The resampling of the intervals; fixed, so that a reload shows the same numbers."""

Stamp = tuple[tuple[str, int, int], ...]


@st.cache_resource(max_entries=8, show_spinner="Reading the measurements …")
def _benchmarks(root: str, dataset_fingerprint: str, stamp: Stamp) -> list[BenchmarkReport]:
    from kgrec_core.pipeline.benchmarking import kept_benchmarks

    return kept_benchmarks(caching.workspace(), dataset_fingerprint)


def benchmarks(dataset_fingerprint: str) -> list[BenchmarkReport]:
    """Benchmarks of a data set that were made before, the latest first; only to be read."""
    stamp = _stamp(_folder(dataset_fingerprint), "report-*.json")
    return _benchmarks(_root(), dataset_fingerprint, stamp)


@st.cache_data(max_entries=8, show_spinner=False)
def _signal(root: str, dataset_fingerprint: str, stamp: Stamp) -> SignalResult | None:
    from kgrec_core.pipeline.kg_signal import kept_signal

    return kept_signal(caching.workspace(), dataset_fingerprint)


def signal(dataset_fingerprint: str) -> SignalResult | None:
    """The latest test of the graph of a data set; None when there is none."""
    stamp = _stamp(_folder(dataset_fingerprint), "signal.json")
    return _signal(_root(), dataset_fingerprint, stamp) if stamp else None


@st.cache_data(max_entries=8, show_spinner=False)
def _long_tail(root: str, run_id: str, stamp: Stamp) -> LongTailCurve | None:
    from kgrec_core.pipeline.long_tail import kept_long_tail

    return kept_long_tail(caching.workspace(), run_id)


def long_tail(run_id: str) -> LongTailCurve | None:
    """What holding popular items back does to a run; None when it was not measured."""
    stamp = _stamp(caching.workspace().run_folder(run_id), "long-tail.json")
    return _long_tail(_root(), run_id, stamp) if stamp else None


@st.cache_data(max_entries=32, show_spinner="Comparing the runs …")
def _comparison(
    root: str, a_id: str, b_id: str, names: tuple[str, str], metric: str
) -> ComparisonView:
    from kgrec_core.rng import make_rng
    from kgrec_ui.views.comparison_view import comparison_view

    a, b = caching.evaluation(a_id), caching.evaluation(b_id)
    return comparison_view(a, b, names, metric, make_rng(COMPARISON_SEED))


def comparison(a_id: str, b_id: str, names: tuple[str, str], metric: str) -> ComparisonView:
    """Two runs on the same test part, metric by metric."""
    return _comparison(_root(), a_id, b_id, names, metric)


def _folder(dataset_fingerprint: str) -> Path:
    from kgrec_core.pipeline.benchmarking import benchmark_folder

    return benchmark_folder(caching.workspace(), dataset_fingerprint)


def _stamp(folder: Path, pattern: str) -> Stamp:
    """Names, sizes and change times: another content of the same folder is another key."""
    paths = sorted(folder.glob(pattern))
    return tuple((p.name, p.stat().st_size, p.stat().st_mtime_ns) for p in paths)


def _root() -> str:
    return str(caching.workspace_root())
