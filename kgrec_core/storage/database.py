"""The workspace database: short transactions on SQLite or PostgreSQL."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, insert, select
from sqlalchemy.exc import (
    ArgumentError,
    IntegrityError,
    NoSuchModuleError,
    OperationalError,
    ProgrammingError,
    SQLAlchemyError,
)
from sqlalchemy.orm import Session

from kgrec_core.errors import ArtifactError, ConfigError
from kgrec_core.storage.tables import Base, SettingRow

__all__ = ["Database"]

DATABASE_SCHEMA = "1"
BUSY_SECONDS = 30
WRITE_LOCK = 0x6B67726563
"""Number of the lock of all writers on a PostgreSQL server: "kgrec" in ASCII."""


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
                return _create_missing(engine)
            except (OperationalError, ProgrammingError):
                time.sleep(pause)
        return _create_missing(engine)

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
        # A server may end a connection that was idle for long: each one is tried before its use.
        engine = create_engine(
            url, connect_args=_connect_arguments(url), pool_pre_ping=not _is_sqlite(url)
        )
    except (ArgumentError, NoSuchModuleError, ValueError):
        raise ConfigError(
            "'KGREC_DATABASE_URL' must be an SQLAlchemy address such as "
            "postgresql+psycopg://user@host/name."
        ) from None
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"'KGREC_DATABASE_URL' needs the database driver '{error.name}': install it (for "
            "postgresql+psycopg: pip install 'kgrec[postgresql]'), or leave the setting out to use "
            "SQLite."
        ) from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    elif engine.dialect.name == "postgresql":
        event.listen(engine, "begin", _begin_postgresql)
    return engine


def _create_missing(engine: Engine) -> None:
    with engine.execution_options(kgrec_write=True).begin() as connection:
        Base.metadata.create_all(connection)


def _connect_arguments(url: str) -> dict[str, Any]:
    return {"timeout": BUSY_SECONDS} if _is_sqlite(url) else {}


def _is_sqlite(url: str) -> bool:
    return url.startswith("sqlite")


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


def _begin_postgresql(connection: Any) -> None:
    # Writers stand in line from their start, as with SQLite: two that read before they write would
    # not see each other otherwise.
    if connection.get_execution_options().get("kgrec_write", False):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITE_LOCK})")


def _reason(error: SQLAlchemyError) -> str:
    return str(getattr(error, "orig", None) or error).split("\n")[0].rstrip(".")
