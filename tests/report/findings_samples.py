"""Findings made by hand: every figure in the report of these can be told by looking here."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from kgrec_core.config import TrainSettings
from kgrec_core.data.profile import DatasetProfile, Histogram
from kgrec_core.evaluation.protocol import EvaluationResult
from kgrec_core.graph.statistics import GraphStatistics, RelationCount, TypeCount
from kgrec_core.report.findings import Findings, SplitCounts
from kgrec_core.report.measured import chosen_benchmarks
from kgrec_core.report.sources import Source
from kgrec_core.storage.records import RunRecord
from tests.ui.evaluation_samples import report_of

N_USERS = 40


def result(ndcg: float, *, n_users: int = N_USERS) -> EvaluationResult:
    """Every user has the same NDCG; three of four users have a hit."""
    hits = np.array([0.0, 1.0, 1.0, 1.0] * (n_users // 4), dtype=np.float32)
    values = {"ndcg@20": np.full(n_users, ndcg, dtype=np.float32), "hit_rate@20": hits}
    return EvaluationResult(
        split_name="random",
        n_users=n_users,
        ks=(20,),
        metrics={"ndcg@20": ndcg, "hit_rate@20": 0.75, "coverage@20": 0.5, "novelty@20": 2.0},
        intervals={"ndcg@20": (ndcg - 0.02, ndcg + 0.02), "hit_rate@20": (0.6, 0.88)},
        slices={},
        per_user=values,
        user_indices=np.arange(n_users, dtype=np.int64),
    )


def record() -> RunRecord:
    return RunRecord(
        run_id="fusion-1",
        fingerprint="aa11",
        dataset_fingerprint="dd22",
        dataset_name="Films",
        graph_fingerprint="cc33",
        model="fusion",
        settings=TrainSettings().model_dump(mode="json"),
        seconds={"fit": 12.0, "evaluate": 0.05},
        peak_memory_mb=812.0,
        metrics={},
        validation_metrics={},
        created_at=1_700_000_000.0,
    )


def findings(**changes: Any) -> Findings:
    """Nothing is measured but the run itself, unless it is given."""
    values: dict[str, Any] = {
        "record": record(),
        "settings": TrainSettings(),
        "libraries": {"numpy": "2.0"},
        "device": "cpu",
        "profile": _profile(),
        "problems": (),
        "graph": _graph(),
        "n_hidden_links": 3,
        "split": SplitCounts(700, 100, 200, 2, 1),
        "evaluation": result(0.5),
        "sources": (Source("runs/fusion-1/metrics.json", "0123456789ab"),),
    }
    return Findings(**{**values, **changes})


def with_benchmarks(found: Findings, *reports: Any) -> Findings:
    return dataclasses.replace(found, benchmarks=chosen_benchmarks(reports, found.settings))


def models_benchmark() -> Any:
    """Fusion 0.50; EASE 0.40, clearly behind; popularity 0.20."""
    return report_of(
        {"fusion": {"all": 0.5}, "ease": {"all": 0.4}, "popularity": {"all": 0.2}},
        {"ease": (-0.1, -0.12, -0.08, 0.001), "popularity": (-0.3, -0.32, -0.28, 0.001)},
    )


def parts_benchmark(*, text_p: float = 0.5) -> Any:
    """Without graph 10 % worse, clearly; without text 1 % better, p as given."""
    return report_of(
        {
            "fusion": {"all": 0.5},
            "fusion without graph": {"all": 0.45},
            "fusion without text": {"all": 0.505},
        },
        {
            "fusion without graph": (-0.05, -0.06, -0.04, 0.001),
            "fusion without text": (0.005, 0.001, 0.009, text_p),
        },
        ablation=True,
    )


def newcomers_benchmark() -> Any:
    """One known item: fusion 0.30, popularity 0.25."""
    return report_of(
        {
            "fusion": {"1-shot": 0.3, "5-shot": 0.35},
            "popularity": {"1-shot": 0.25, "5-shot": 0.24},
        },
        protocol="few-shot",
    )


def _profile() -> DatasetProfile:
    edges = np.array([0.0, 1.0, 2.0, 4.0])
    histogram = Histogram(edges, np.array([2, 10, 28], dtype=np.int64))
    return DatasetProfile(
        counts={"users": 40, "items": 25, "interactions": 1000, "social": 0, "tags": 0},
        density=1.0,
        mean_per_user=25.0,
        median_per_user=24.0,
        mean_per_item=40.0,
        median_per_item=38.0,
        per_user=histogram,
        per_item=histogram,
        popularity_gini=0.33,
        n_cold_users=2,
        n_cold_items=1,
        first_time=None,
        last_time=None,
        months=(),
        weights=histogram,
        weight_values=(),
        share_with_text=0.8,
        share_with_column={},
        top_items=(),
    )


def _graph() -> GraphStatistics:
    return GraphStatistics(
        n_entities=60,
        n_relations=1,
        n_triples=90,
        n_items=25,
        n_linked_items=20,
        types=(TypeCount("genre", 35, 2.5), TypeCount("item", 25, 3.0)),
        relations=(RelationCount("has_genre", 90, 25, 35, 3.6, 20),),
        degrees=(),
    )
