"""Files in, a saved data set with its graph and a problem report out."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kgrec_core.config import checked
from kgrec_core.contracts import OnProgress, Progress, no_progress
from kgrec_core.data.dataset import Dataset
from kgrec_core.data.formats import read_dataset
from kgrec_core.data.mapping import Mapping
from kgrec_core.data.report import Problem
from kgrec_core.errors import ConfigError
from kgrec_core.pipeline.building import ensure_graph
from kgrec_core.pipeline.graph_store import graph_counts
from kgrec_core.storage.workspace import Workspace

__all__ = ["ImportResult", "import_path", "read_mapping"]

ONE_USER = (
    "only one user has chosen anything: a model can learn nothing from what people have in common"
)
PROBLEM_FIELDS = ("file", "line", "column", "reason", "count", "example")


@dataclass(frozen=True)
class ImportResult:
    """What an import found.

    Attributes:
        dataset: saved, with its fingerprint.
        problems: what was refused or altered.
        graph_fingerprint: the graph that was built along with it.
        counts: of the data set and of its graph.
        renamed_from: the name that the same content had until now, "" when it is new or kept.
    """

    dataset: Dataset
    problems: list[Problem]
    graph_fingerprint: str
    counts: dict[str, int]
    renamed_from: str = ""

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        rows = [dataclasses.asdict(problem) for problem in self.problems]
        return {
            "dataset": self.dataset.name,
            "fingerprint": self.dataset.fingerprint,
            "graph": self.graph_fingerprint,
            "counts": self.counts,
            "renamed_from": self.renamed_from,
            "problems": [{name: row[name] for name in PROBLEM_FIELDS} for row in rows],
        }


def import_path(
    workspace: Workspace,
    path: Path,
    *,
    name: str | None = None,
    format: str = "auto",
    mapping: Mapping | None = None,
    on_progress: OnProgress = no_progress,
) -> ImportResult:
    """Read a folder, file or archive, save what was read and build its graph.

    Raises:
        DataError: nothing usable was found; the text says what and what to do.
    """
    dataset, problems = read_dataset(
        path, name=name, format=format, mapping=mapping, on_progress=on_progress
    )
    problems = [*problems, *_cautions(dataset, path)]
    on_progress(Progress("Saving the data", 0, 1, {}))
    names = {record.fingerprint: record.name for record in workspace.datasets()}
    saved = workspace.save_dataset(dataset, problems)
    before = names.get(saved.fingerprint, saved.name)
    graph = ensure_graph(workspace, saved.fingerprint, on_progress)
    counts = saved.counts() | graph_counts(graph)
    renamed_from = before if before != saved.name else ""
    return ImportResult(saved, problems, graph.fingerprint, counts, renamed_from)


def _cautions(dataset: Dataset, path: Path) -> list[Problem]:
    """What no row is to blame for, and what a model will suffer from."""
    users = np.flatnonzero(dataset.interactions.user_counts())
    if users.size > 1:
        return []
    return [Problem(path.name, 0, "", ONE_USER, 1, dataset.users.id_of(int(users[0])))]


def read_mapping(path: Path) -> Mapping:
    """The mapping in a JSON file.

    Raises:
        ConfigError: the file cannot be read, is no JSON, or breaks a rule of `Mapping`.
    """
    import json

    try:
        values = json.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise ConfigError(f"Cannot read the mapping {path}: {error.strerror}.") from None
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"The mapping {path} is not JSON: {error}.") from None
    if not isinstance(values, dict):
        raise ConfigError(f"The mapping {path} must be a JSON object with 'name' and 'tables'.")
    return checked(Mapping, values)
