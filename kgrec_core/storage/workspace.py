"""The workspace: one folder with everything an analyst has imported, built and trained.

Tables are read by functions that are imported on use: the lists alone need no table library.
"""

from __future__ import annotations

import dataclasses
import os
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from kgrec_core.data.report import Problem
from kgrec_core.errors import ConfigError, MissingStepError
from kgrec_core.storage.artifacts import clean_leftovers, is_complete, write_folder
from kgrec_core.storage.database import Database
from kgrec_core.storage.job_list import list_jobs
from kgrec_core.storage.records import DatasetRecord, GraphRecord, JobRecord, RunRecord
from kgrec_core.storage.references import checked_name, found_by_prefix
from kgrec_core.storage.tables import ActiveRunRow, DatasetRow, GraphRow, RunRow
from kgrec_core.storage.unlisted import list_folder, record_of, take_up_unlisted

if TYPE_CHECKING:
    from kgrec_core.data.dataset import Dataset

__all__ = ["DEFAULT_FOLDER", "Workspace", "workspace_root"]

DEFAULT_FOLDER = "workspace"


def workspace_root(given: str | Path | None = None) -> Path:
    """The folder to use: the given one, else `KGREC_WORKSPACE`, else ./workspace."""
    return Path(given or os.environ.get("KGREC_WORKSPACE") or DEFAULT_FOLDER).expanduser()


class Workspace:
    """Lists, saves and loads what lies in one workspace folder; safe to share between threads.

    The folders are the truth and the database is their list: a row is made only after its folder
    is in place, and a complete folder without a row is taken up again when the workspace opens.

    Args:
        root: the folder; made on first use.
        database_url: SQLAlchemy address; None uses `KGREC_DATABASE_URL`, else SQLite in `root`.
    """

    def __init__(self, root: str | Path, database_url: str | None = None) -> None:
        self.root = Path(root).expanduser().absolute()
        url = database_url or os.environ.get("KGREC_DATABASE_URL")
        self._database = Database(url) if url else Database.of_folder(self.root)
        self._opening = threading.Lock()
        self._is_open = False

    @property
    def database(self) -> Database:
        """The open database; opens the workspace on first use."""
        self.open()
        return self._database

    @property
    def database_url(self) -> str:
        """Address of the database, with its password: only for processes that we start."""
        return self._database.url

    def open(self) -> None:
        """Make the folders, clear away what killed writers left, list what is not listed.

        Raises:
            ConfigError: the folder cannot be made or written.
            ArtifactError: the database cannot be used.
        """
        with self._opening:
            if self._is_open:
                return
            try:
                for name in ("datasets", "graphs", "runs", "jobs", "vectors"):
                    (self.root / name).mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise ConfigError(
                    f"'workspace' must be a folder that can be written (got {self.root}: "
                    f"{error.strerror})."
                ) from None
            self._database.open()
            for name in ("datasets", "graphs", "runs"):
                clean_leftovers(self.root / name)
            take_up_unlisted(self.root, self._database)
            self._is_open = True

    def close(self) -> None:
        """Let go of the database; the next use opens it again."""
        with self._opening:
            self._database.close()
            self._is_open = False

    def dataset_folder(self, fingerprint: str) -> Path:
        """Where a data set lies."""
        return self.root / "datasets" / checked_name(fingerprint)

    def graph_folder(self, fingerprint: str) -> Path:
        """Where a graph lies."""
        return self.root / "graphs" / checked_name(fingerprint)

    def run_folder(self, run_id: str) -> Path:
        """Where a run lies."""
        return self.root / "runs" / checked_name(run_id)

    def datasets(self) -> list[DatasetRecord]:
        """All data sets, the latest import first."""
        with self.database.reading() as session:
            rows = session.scalars(select(DatasetRow).order_by(DatasetRow.created_at.desc())).all()
        records = [record_of(DatasetRecord, row) for row in rows]
        return [r for r in records if is_complete(self.dataset_folder(r.fingerprint))]

    def graphs(self, dataset_fingerprint: str | None = None) -> list[GraphRecord]:
        """All graphs (of one data set), the newest first."""
        query = select(GraphRow).order_by(GraphRow.created_at.desc())
        if dataset_fingerprint is not None:
            query = query.where(GraphRow.dataset_fingerprint == dataset_fingerprint)
        names = self._dataset_names()
        with self.database.reading() as session:
            rows = session.scalars(query).all()
        records = [
            record_of(GraphRecord, row, dataset_name=names.get(row.dataset_fingerprint, ""))
            for row in rows
        ]
        return [r for r in records if is_complete(self.graph_folder(r.fingerprint))]

    def runs(self, dataset_fingerprint: str | None = None) -> list[RunRecord]:
        """All finished runs (on one data set), the newest first; the active one is marked."""
        records = self._listed_runs(dataset_fingerprint)
        active = self.active_run(dataset_fingerprint)
        active_id = active.run_id if active else None
        return [dataclasses.replace(r, is_active=r.run_id == active_id) for r in records]

    def jobs(self) -> list[JobRecord]:
        """All jobs, the newest first, without their metric histories."""
        return list_jobs(self.database)

    def resolve_dataset(self, reference: str) -> DatasetRecord:
        """The data set meant by a fingerprint, a name, or the start of a fingerprint.

        Several data sets may bear one name: the latest import is meant.

        Raises:
            UnknownIdError: there is none, or the start fits several.
        """
        records = self.datasets()
        for record in records:
            if reference == record.fingerprint:
                return record
        for record in records:
            if reference == record.name:
                return record
        names = [record.name for record in records]
        return found_by_prefix("data set", reference, {r.fingerprint: r for r in records}, names)

    def resolve_run(self, reference: str) -> RunRecord:
        """The run meant by its id, the start of its id, or "active".

        Raises:
            MissingStepError: "active" is asked for and there is no run.
            UnknownIdError: there is no such run, or the start fits several.
        """
        if reference == "active":
            active = self.active_run()
            if active is None:
                raise MissingStepError("There is no finished run yet. Train one first.")
            return active
        records = {record.run_id: record for record in self.runs()}
        if reference in records:
            return records[reference]
        return found_by_prefix("run", reference, records, list(records))

    def save_dataset(self, dataset: Dataset, problems: Sequence[Problem] = ()) -> Dataset:
        """Keep a data set and its problem report; returns it with its fingerprint.

        The same content again keeps its one folder and takes the new name and report.
        """
        from kgrec_core.storage import dataset_files as files

        found = list(problems)
        finished = dataset.with_fingerprint(files.dataset_fingerprint(dataset))
        folder = self.dataset_folder(finished.fingerprint)
        database, now = self.database, time.time()

        def write(aside: Path) -> None:
            files.write_dataset_files(finished, aside)
            files.write_problems(found, aside)

        manifest = files.dataset_manifest(finished)
        manifest |= {"created_at": now, "n_problems": _n_rows(found)}
        mutable = (files.PROBLEMS_NAME,)
        if not write_folder(folder, write, kind="dataset", manifest=manifest, mutable=mutable):
            files.write_problems(found, folder)
        with database.writing() as session:
            session.merge(
                DatasetRow(
                    fingerprint=finished.fingerprint,
                    name=finished.name,
                    created_at=now,
                    counts=finished.counts(),
                    n_problems=_n_rows(found),
                )
            )
        return finished

    def load_dataset(self, fingerprint: str) -> Dataset:
        """The data set with this fingerprint, under its present name.

        Raises:
            ArtifactError: its folder is missing or damaged.
        """
        from kgrec_core.storage.dataset_files import read_dataset_folder

        dataset = read_dataset_folder(self.dataset_folder(fingerprint))
        name = self._dataset_names().get(fingerprint, dataset.name)
        return dataclasses.replace(dataset, name=name)

    def load_problems(self, fingerprint: str) -> list[Problem]:
        """What was refused or altered at the latest import of this content."""
        from kgrec_core.storage.dataset_files import read_problems

        return read_problems(self.dataset_folder(fingerprint))

    def record_graph(
        self, fingerprint: str, dataset_fingerprint: str, counts: dict[str, int], created_at: float
    ) -> None:
        """List a graph whose folder is in place."""
        list_folder(
            self.database,
            GraphRow(
                fingerprint=fingerprint,
                dataset_fingerprint=dataset_fingerprint,
                counts=counts,
                created_at=created_at,
            ),
        )

    def record_run(self, record: RunRecord) -> None:
        """List a run whose folder is in place."""
        fields = dataclasses.asdict(record)
        del fields["dataset_name"], fields["is_active"]
        list_folder(self.database, RunRow(**fields))

    def active_run(self, dataset_fingerprint: str | None = None) -> RunRecord | None:
        """The run that was made active (for one data set), else the newest one, else None."""
        runs = self._listed_runs(dataset_fingerprint)
        if not runs:
            return None
        query = select(ActiveRunRow).order_by(ActiveRunRow.chosen_at.desc())
        if dataset_fingerprint is not None:
            query = query.where(ActiveRunRow.dataset_fingerprint == dataset_fingerprint)
        by_id = {record.run_id: record for record in runs}
        with self.database.reading() as session:
            chosen = [row.run_id for row in session.scalars(query)]
        listed = [by_id[run_id] for run_id in chosen if run_id in by_id]
        return dataclasses.replace(listed[0] if listed else runs[0], is_active=True)

    def set_active_run(self, run_id: str) -> RunRecord:
        """Make a run the one that the app works with.

        Raises:
            UnknownIdError: there is no such run.
        """
        record = self.resolve_run(run_id)
        with self.database.writing() as session:
            session.merge(
                ActiveRunRow(
                    dataset_fingerprint=record.dataset_fingerprint,
                    run_id=record.run_id,
                    chosen_at=time.time(),
                )
            )
        return dataclasses.replace(record, is_active=True)

    def _listed_runs(self, dataset_fingerprint: str | None) -> list[RunRecord]:
        query = select(RunRow).order_by(RunRow.created_at.desc(), RunRow.run_id.desc())
        if dataset_fingerprint is not None:
            query = query.where(RunRow.dataset_fingerprint == dataset_fingerprint)
        names = self._dataset_names()
        with self.database.reading() as session:
            rows = session.scalars(query).all()
        records = [
            record_of(RunRecord, row, dataset_name=names.get(row.dataset_fingerprint, ""))
            for row in rows
        ]
        return [r for r in records if is_complete(self.run_folder(r.run_id))]

    def _dataset_names(self) -> dict[str, str]:
        with self.database.reading() as session:
            return {row.fingerprint: row.name for row in session.scalars(select(DatasetRow))}


def _n_rows(problems: Sequence[Problem]) -> int:
    return sum(problem.count for problem in problems)
