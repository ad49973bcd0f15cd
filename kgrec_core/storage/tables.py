"""The tables of the workspace database, one class each; they hold lists, never weights or data."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import JSON, Dialect, ForeignKey, Text, TypeDecorator, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

__all__ = [
    "ActiveRunRow",
    "Base",
    "DatasetRow",
    "FeedbackRow",
    "GraphRow",
    "JobMetricRow",
    "JobRow",
    "RunRow",
    "ScenarioRow",
    "SettingRow",
]


class JsonText(TypeDecorator[Any]):
    """Plain values as JSON text: PostgreSQL's own JSON refuses a metric that is NaN."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """To the database."""
        return None if value is None else json.dumps(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """From the database."""
        return None if value is None else json.loads(value)


PLAIN_VALUES = JSON().with_variant(JsonText(), "postgresql")


class Base(DeclarativeBase):
    """Parent of all tables: its metadata is what `Database.open` creates."""

    type_annotation_map = {dict[str, Any]: PLAIN_VALUES}  # noqa: RUF012 - SQLAlchemy's own protocol


class SettingRow(Base):
    """Facts about the workspace itself; the row "queue" is what job starters lock."""

    __tablename__ = "settings"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class DatasetRow(Base):
    """One data set; its folder is `datasets/<fingerprint>`."""

    __tablename__ = "datasets"
    fingerprint: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(index=True)
    created_at: Mapped[float]
    counts: Mapped[dict[str, Any]]
    n_problems: Mapped[int]


class GraphRow(Base):
    """One graph; its folder is `graphs/<fingerprint>`."""

    __tablename__ = "graphs"
    fingerprint: Mapped[str] = mapped_column(primary_key=True)
    dataset_fingerprint: Mapped[str] = mapped_column(ForeignKey("datasets.fingerprint"), index=True)
    created_at: Mapped[float]
    counts: Mapped[dict[str, Any]]


class RunRow(Base):
    """One finished run; its folder is `runs/<run_id>`."""

    __tablename__ = "runs"
    run_id: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    dataset_fingerprint: Mapped[str] = mapped_column(ForeignKey("datasets.fingerprint"), index=True)
    graph_fingerprint: Mapped[str]
    model: Mapped[str]
    settings: Mapped[dict[str, Any]]
    seconds: Mapped[dict[str, Any]]
    peak_memory_mb: Mapped[float]
    metrics: Mapped[dict[str, Any]]
    validation_metrics: Mapped[dict[str, Any]]
    created_at: Mapped[float]


class ActiveRunRow(Base):
    """The run that was chosen for a data set."""

    __tablename__ = "active_runs"
    dataset_fingerprint: Mapped[str] = mapped_column(
        ForeignKey("datasets.fingerprint"), primary_key=True
    )
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id"))
    chosen_at: Mapped[float]


class JobRow(Base):
    """One job; `state` is what the worker last wrote, "lost" is worked out when it is read."""

    __tablename__ = "jobs"
    job_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(index=True)
    created_at: Mapped[float]
    stage: Mapped[str] = mapped_column(default="")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    stage_started_at: Mapped[float | None] = mapped_column(default=None)
    progress_at: Mapped[float | None] = mapped_column(default=None)
    error: Mapped[str] = mapped_column(default="")
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    process_id: Mapped[int | None] = mapped_column(default=None)
    host: Mapped[str] = mapped_column(default="")
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    beat_at: Mapped[float | None] = mapped_column(default=None)
    started_at: Mapped[float | None] = mapped_column(default=None)
    finished_at: Mapped[float | None] = mapped_column(default=None)


class JobMetricRow(Base):
    """One reported value of a job, kept for the curve."""

    __tablename__ = "job_metrics"
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.job_id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    step: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[float]


class FeedbackRow(Base):
    """One thing that was said; `reason_item_id` or the ids of a link are set for a wrong reason."""

    __tablename__ = "feedback"
    feedback_id: Mapped[str] = mapped_column(primary_key=True)
    dataset_fingerprint: Mapped[str] = mapped_column(ForeignKey("datasets.fingerprint"), index=True)
    run_id: Mapped[str]
    user_id: Mapped[str] = mapped_column(index=True)
    item_id: Mapped[str]
    kind: Mapped[str]
    reason_item_id: Mapped[str] = mapped_column(default="")
    head_id: Mapped[str] = mapped_column(default="")
    relation_id: Mapped[str] = mapped_column(default="")
    tail_id: Mapped[str] = mapped_column(default="")
    created_at: Mapped[float]
    undone_at: Mapped[float | None] = mapped_column(default=None)


class ScenarioRow(Base):
    """One saved newcomer; names are unique among the scenarios of a data set."""

    __tablename__ = "scenarios"
    __table_args__ = (UniqueConstraint("dataset_fingerprint", "name"),)
    scenario_id: Mapped[str] = mapped_column(primary_key=True)
    dataset_fingerprint: Mapped[str] = mapped_column(ForeignKey("datasets.fingerprint"), index=True)
    run_id: Mapped[str]
    name: Mapped[str]
    content: Mapped[dict[str, Any]]
    created_at: Mapped[float]
    changed_at: Mapped[float]
