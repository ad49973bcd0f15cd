"""Records as the workspace lists them, without a workspace."""

from __future__ import annotations

from kgrec_core.config import TrainSettings
from kgrec_core.storage.records import (
    DatasetRecord,
    GraphRecord,
    JobRecord,
    RunRecord,
)

DATASET = DatasetRecord("f" * 16, "Films", 0.0, {"users": 3, "items": 4, "interactions": 5}, 0)
GRAPH = GraphRecord("a" * 16, "f" * 16, "Films", 0.0, {"entities": 7, "triples": 7})


def run_record(**changes: object) -> RunRecord:
    """A trained fusion run."""
    values = {
        "run_id": "fusion-1",
        "fingerprint": "r",
        "dataset_fingerprint": "f" * 16,
        "dataset_name": "Films",
        "graph_fingerprint": "a" * 16,
        "model": "fusion",
        "settings": TrainSettings().model_dump(mode="json"),
        "seconds": {"fit": 10.0, "text": 2.0},
        "peak_memory_mb": 800.0,
        "metrics": {"ndcg@20": 0.25, "recall@20": 0.5},
        "validation_metrics": {},
        "created_at": 0.0,
    }
    return RunRecord(**{**values, **changes})


def job_record(**changes: object) -> JobRecord:
    """A training job on its way."""
    values = {
        "job_id": "train-1",
        "kind": "train",
        "payload": {},
        "state": "running",
        "stage": "Encoding texts",
        "done": 25,
        "total": 100,
        "eta_seconds": 12.0,
        "error": "",
        "result": {},
        "created_at": 0.0,
        "started_at": 100.0,
        "finished_at": None,
    }
    return JobRecord(**{**values, **changes})
