"""One line of each list of the workspace: data sets, graphs, runs and jobs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

__all__ = [
    "DatasetRecord",
    "GraphRecord",
    "JobRecord",
    "JobState",
    "MetricPoint",
    "RunRecord",
    "time_text",
]

JobState = Literal["queued", "running", "done", "failed", "cancelled", "lost"]


def time_text(seconds: float | None) -> str | None:
    """Seconds since 1970 as ISO text in UTC, to the second."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


@dataclass(frozen=True)
class DatasetRecord:
    """A data set that was imported.

    Attributes:
        fingerprint: content hash, also the name of its folder.
        name: given by the analyst; the newest data set of a name is meant by that name.
        created_at: seconds since 1970 of the latest import.
        counts: users, items, interactions, ...
        n_problems: rows that were refused or altered.
    """

    fingerprint: str
    name: str
    created_at: float
    counts: dict[str, int]
    n_problems: int

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "dataset": self.name,
            "fingerprint": self.fingerprint,
            "created": time_text(self.created_at),
            "counts": self.counts,
            "problem_rows": self.n_problems,
        }


@dataclass(frozen=True)
class GraphRecord:
    """A knowledge graph that was built from a data set."""

    fingerprint: str
    dataset_fingerprint: str
    dataset_name: str
    created_at: float
    counts: dict[str, int]

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "graph": self.fingerprint,
            "dataset": self.dataset_name,
            "dataset_fingerprint": self.dataset_fingerprint,
            "created": time_text(self.created_at),
            "counts": self.counts,
        }


@dataclass(frozen=True)
class RunRecord:
    """A finished training run.

    Attributes:
        run_id: readable and unique, also the name of its folder.
        fingerprint: hash of data, graph, settings, seed and version; equal for equal results.
        dataset_fingerprint: data it was fitted on.
        dataset_name: name of that data now.
        graph_fingerprint: graph it was fitted on.
        model: registry name.
        settings: `TrainSettings` as JSON with their version; brought up to this version where it
            can read them.
        seconds: wall-clock time per stage.
        peak_memory_mb: largest resident memory of the process that trained, in MB.
        metrics: on the test part ("ndcg@20"); empty when nothing was held out.
        validation_metrics: on the validation part, as reported by the fit.
        created_at: seconds since 1970.
        is_active: the run that the app works with unless another is asked for.
    """

    run_id: str
    fingerprint: str
    dataset_fingerprint: str
    dataset_name: str
    graph_fingerprint: str
    model: str
    settings: dict[str, Any]
    seconds: dict[str, float]
    peak_memory_mb: float
    metrics: dict[str, float]
    validation_metrics: dict[str, float]
    created_at: float
    is_active: bool = False

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "run": self.run_id,
            "fingerprint": self.fingerprint,
            "dataset": self.dataset_name,
            "dataset_fingerprint": self.dataset_fingerprint,
            "model": self.model,
            "split": self.settings.get("split", {}).get("name"),
            "seed": self.settings.get("seed"),
            "created": time_text(self.created_at),
            "active": self.is_active,
            "seconds": self.seconds,
            "peak_memory_mb": self.peak_memory_mb,
            "metrics": self.metrics,
        }


@dataclass(frozen=True)
class MetricPoint:
    """One point of a curve: the `step`-th report of the metric `name`, counted from 1."""

    step: int
    name: str
    value: float


@dataclass(frozen=True)
class JobRecord:
    """A long task in its own process, and how far it is.

    Attributes:
        job_id: readable and unique.
        kind: "import", "graph", "train", "evaluate", "benchmark", "tune" or "signal".
        payload: what was asked for.
        state: "lost" means that the process stopped without a word.
        stage: what is being done now, in words.
        done: finished units of the stage.
        total: all units of the stage, 0 when unknown.
        eta_seconds: expected rest of this stage, None when unknown.
        metrics: history of everything reported, in order.
        error: why it failed, one sentence; "" otherwise.
        result: what came out ({"run": ...}), empty before the end.
        created_at: seconds since 1970; so are `started_at` and `finished_at`.
    """

    job_id: str
    kind: str
    payload: dict[str, Any]
    state: JobState
    stage: str
    done: int
    total: int
    eta_seconds: float | None
    error: str
    result: dict[str, Any]
    created_at: float
    started_at: float | None
    finished_at: float | None
    metrics: tuple[MetricPoint, ...] = field(default=())

    @property
    def is_over(self) -> bool:
        """True when nothing more will happen."""
        return self.state in ("done", "failed", "cancelled", "lost")

    @property
    def fraction(self) -> float:
        """Finished share of the present stage, 0 to 1; 0 when unknown."""
        return min(1.0, self.done / self.total) if self.total > 0 else 0.0

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "job": self.job_id,
            "kind": self.kind,
            "state": self.state,
            "stage": self.stage,
            "done": self.done,
            "total": self.total,
            "eta_seconds": self.eta_seconds,
            "error": self.error,
            "result": self.result,
            "created": time_text(self.created_at),
            "started": time_text(self.started_at),
            "finished": time_text(self.finished_at),
        }
