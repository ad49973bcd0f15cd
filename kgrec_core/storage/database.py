"""The workspace database: tables, and short transactions on SQLite or PostgreSQL."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    Engine,
    ForeignKey,
    UniqueConstraint,
    create_engine,
    event,
    insert,
    select,
)
from sqlalchemy.exc import (
    ArgumentError,
    IntegrityError,
    NoSuchModuleError,
    OperationalError,
    ProgrammingError,
    SQLAlchemyError,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from kgrec_core.errors import ArtifactError, ConfigError

__all__ = [
    "ActiveRunRow",
    "Database",
    "DatasetRow",
    "FeedbackRow",
    "GraphRow",
    "JobMetricRow",
    "JobRow",
    "RunRow",
    "ScenarioRow",
    "SettingRow",
]

DATABASE_SCHEMA = "1"
BUSY_SECONDS = 30


class Base(DeclarativeBase):
    """Parent of all tables."""

    type_annotation_map = {dict[str, Any]: JSON}  # noqa: RUF012 - SQLAlchemy's own protocol


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


class Database:
    """Sessions on the workspace database; tables are made on `open`.

    Args:
        url: SQLAlchemy address of the database.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._engine: Engine | None = None

    @classmethod
    def of_folder(cls, root: Path) -> Database:
        """The SQLite file of a workspace."""
        return cls(f"sqlite:///{root / 'kgrec.db'}")

    def open(self) -> None:
        """Connect and create what is missing.

        Raises:
            ConfigError: the address is not understood or its driver is not installed.
            ArtifactError: the database cannot be used, or is of another version.
        """
        self._engine = _make_engine(self.url)
        try:
            self._create_tables(self._engine)
            self._check_schema()
        except SQLAlchemyError as error:
            self.close()
            raise ArtifactError(
                f"The workspace database {self.shown_url} cannot be used: {_reason(error)}."
            ) from None

    def close(self) -> None:
        """Let go of all connections."""
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    @property
    def engine(self) -> Engine:
        """The open engine."""
        if self._engine is None:
            raise ArtifactError("The workspace database is closed; open the workspace first.")
        return self._engine

    @property
    def shown_url(self) -> str:
        """The address without its password."""
        return self.engine.url.render_as_string() if self._engine else self.url.split("@")[-1]

    @contextlib.contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for questions; what it returns stays readable afterwards."""
        with self._reported(), Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextlib.contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that holds the write lock from its start and commits at its end."""
        locking = self.engine.execution_options(kgrec_write=True)
        with self._reported(), Session(locking, expire_on_commit=False) as session, session.begin():
            yield session

    @contextlib.contextmanager
    def _reported(self) -> Iterator[None]:
        try:
            yield
        except IntegrityError:
            raise
        except SQLAlchemyError as error:
            raise ArtifactError(
                f"The workspace database {self.shown_url} did not answer: {_reason(error)}."
            ) from None

    @staticmethod
    def _create_tables(engine: Engine) -> None:
        # Two processes may open a new workspace at once; the slower one then finds the tables.
        for pause in (0.1, 0.5, 1.0):
            try:
                return Base.metadata.create_all(engine)
            except (OperationalError, ProgrammingError):
                time.sleep(pause)
        return Base.metadata.create_all(engine)

    def _check_schema(self) -> None:
        with self.writing() as session:
            present = set(session.scalars(select(SettingRow.name)))
            for name, value in (("schema", DATABASE_SCHEMA), ("queue", "")):
                if name not in present:
                    session.execute(insert(SettingRow).values(name=name, value=value))
            found = session.get_one(SettingRow, "schema").value
        if found != DATABASE_SCHEMA:
            raise ArtifactError(
                f"The workspace database {self.shown_url} has schema {found}; this version of "
                f"kgrec reads schema {DATABASE_SCHEMA}. Use another workspace or that version."
            )


def _make_engine(url: str) -> Engine:
    try:
        engine = create_engine(url, connect_args=_connect_arguments(url))
    except (ArgumentError, NoSuchModuleError, ValueError):
        raise ConfigError(
            "'KGREC_DATABASE_URL' must be an SQLAlchemy address such as "
            "postgresql+psycopg://user@host/name."
        ) from None
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"'KGREC_DATABASE_URL' needs the database driver '{error.name}': install it, or leave "
            "the setting out to use SQLite."
        ) from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _connect_arguments(url: str) -> dict[str, Any]:
    return {"timeout": BUSY_SECONDS} if url.startswith("sqlite") else {}


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transaction control starts one only before a change; we start them.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={BUSY_SECONDS * 1000}",
        "journal_mode=WAL",
        "foreign_keys=ON",
        "synchronous=NORMAL",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    # A reader that turns writer is refused at once in WAL mode, whatever the busy timeout:
    # writers take the lock when they begin.
    writes = connection.get_execution_options().get("kgrec_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _reason(error: SQLAlchemyError) -> str:
    return str(getattr(error, "orig", None) or error).split("\n")[0].rstrip(".")
