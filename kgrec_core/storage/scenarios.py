"""Saved newcomers: named, listed, renamed and deleted in the workspace database."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from kgrec_core.errors import ConfigError, UnknownIdError
from kgrec_core.storage.tables import ScenarioRow
from kgrec_core.storage.workspace import Workspace

__all__ = [
    "MAX_NAME",
    "ScenarioRecord",
    "delete_scenario",
    "get_scenario",
    "list_scenarios",
    "rename_scenario",
    "save_scenario",
]

MAX_NAME = 80
"""Characters of a name."""
ID_BYTES = 5


@dataclass(frozen=True)
class ScenarioRecord:
    """A saved newcomer.

    Attributes:
        scenario_id: unique and short; what an address names.
        dataset_fingerprint: the data whose ids it uses.
        run_id: the run that it was saved with.
        name: given by the analyst, unique for the data set.
        content: plain values, made and read by whoever saves scenarios.
        created_at: seconds since 1970; so is `changed_at`, the time of the last rename.
    """

    scenario_id: str
    dataset_fingerprint: str
    run_id: str
    name: str
    content: dict[str, Any]
    created_at: float
    changed_at: float


def save_scenario(
    workspace: Workspace,
    name: str,
    content: Mapping[str, Any],
    *,
    dataset_fingerprint: str,
    run_id: str,
) -> ScenarioRecord:
    """Keep a new scenario.

    Raises:
        ConfigError: the name is empty, too long, or taken for this data set.
        UnknownIdError: the data set is not in the workspace.
    """
    now = time.time()
    record = ScenarioRecord(
        secrets.token_hex(ID_BYTES),
        dataset_fingerprint,
        run_id,
        _checked(name),
        dict(content),
        now,
        now,
    )
    # Asked first: a foreign key and a taken name raise the same error.
    if all(known.fingerprint != dataset_fingerprint for known in workspace.datasets()):
        raise UnknownIdError(f"There is no data set '{dataset_fingerprint}' in this workspace.")
    try:
        with workspace.database.writing() as session:
            session.add(ScenarioRow(**vars(record)))
    except IntegrityError:
        raise _taken(record.name) from None
    return record


def list_scenarios(
    workspace: Workspace, dataset_fingerprint: str | None = None
) -> list[ScenarioRecord]:
    """All scenarios (of one data set), the newest first."""
    query = select(ScenarioRow).order_by(
        ScenarioRow.created_at.desc(), ScenarioRow.scenario_id.desc()
    )
    if dataset_fingerprint is not None:
        query = query.where(ScenarioRow.dataset_fingerprint == dataset_fingerprint)
    with workspace.database.reading() as session:
        return [_record(row) for row in session.scalars(query)]


def get_scenario(workspace: Workspace, scenario_id: str) -> ScenarioRecord:
    """One scenario.

    Raises:
        UnknownIdError: there is none of this id.
    """
    if not scenario_id.isalnum():  # ids arrive in web addresses too
        raise _missing(scenario_id)
    with workspace.database.reading() as session:
        row = session.get(ScenarioRow, scenario_id)
        if row is None:
            raise _missing(scenario_id)
        return _record(row)


def rename_scenario(workspace: Workspace, scenario_id: str, name: str) -> ScenarioRecord:
    """Give a scenario another name; everything else stays, the address too.

    Raises:
        ConfigError: the name is empty, too long, or taken.
        UnknownIdError: there is no such scenario.
    """
    wanted = _checked(name)
    try:
        with workspace.database.writing() as session:
            row = session.get(ScenarioRow, scenario_id)
            if row is None:
                raise _missing(scenario_id)
            row.name, row.changed_at = wanted, time.time()
            session.flush()
            return _record(row)
    except IntegrityError:
        raise _taken(wanted) from None


def delete_scenario(workspace: Workspace, scenario_id: str) -> None:
    """Forget a scenario; one that is gone already is no error."""
    with workspace.database.writing() as session:
        session.execute(delete(ScenarioRow).where(ScenarioRow.scenario_id == scenario_id))


def _record(row: ScenarioRow) -> ScenarioRecord:
    return ScenarioRecord(
        row.scenario_id,
        row.dataset_fingerprint,
        row.run_id,
        row.name,
        dict(row.content),
        row.created_at,
        row.changed_at,
    )


def _checked(name: str) -> str:
    flat = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    if not flat or len(flat) > MAX_NAME:
        raise ConfigError(
            f"The name of a scenario must have 1 to {MAX_NAME} characters (got {len(flat)})."
        )
    return flat


def _missing(scenario_id: str) -> UnknownIdError:
    return UnknownIdError(
        f"There is no scenario '{scenario_id[:40]}' in this workspace. It may have been deleted, "
        "or the link belongs to another workspace."
    )


def _taken(name: str) -> ConfigError:
    return ConfigError(
        f"There is a scenario called “{name}” for this data already. Choose another name."
    )
