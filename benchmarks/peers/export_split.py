"""Writes a split of kgrec and its graph as atomic files of RecBole: peers see the same parts.

.venv/bin/python -m benchmarks.peers.export_split --data FOLDER --out FOLDER [--split random]
.venv/bin/python -m benchmarks.peers.export_split --workspace FOLDER --dataset NAME --out FOLDER

Users and items keep their ids. Entities and relations are numbered ("e17", "r3"), because names
with quotes would not survive RecBole's reader; entity N is entity N of the `KnowledgeGraph`. The
graph is the one that kgrec fits on: without tags that only held-out pairs state.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from kgrec_core.config import SplitName, SplitSettings
from kgrec_core.data.dataset import Dataset
from kgrec_core.data.formats import read_dataset
from kgrec_core.data.interactions import Interactions
from kgrec_core.data.split import Split
from kgrec_core.data.splitting import make_split
from kgrec_core.errors import DataError
from kgrec_core.graph.from_dataset import build_graph
from kgrec_core.graph.knowledge_graph import KnowledgeGraph
from kgrec_core.graph.leakage import training_graph
from kgrec_core.storage.workspace import Workspace

__all__ = [
    "NAME",
    "Origin",
    "Problem",
    "atomic_files",
    "fingerprint_of_files",
    "open_problem",
    "read_origin",
    "write_problem",
]

NAME = "ml"
"""Name of the exported data set: the files are ml/ml.train.inter and so on."""

ORIGIN_FILE = "split.json"
UNREADABLE = {"", "[PAD]", "NA", "N/A", "NaN", "nan", "NULL", "null", "None", "<NA>", "n/a", "#N/A"}
"""Ids that pandas, with which RecBole reads, takes for missing ones, and RecBole's padding."""


@dataclass(frozen=True)
class Origin:
    """Where a split comes from: enough to make it again.

    Attributes:
        data: folder or file of the data set, or the root of a workspace.
        dataset: name or fingerprint in the workspace; "" when `data` holds the files themselves.
        split: how interactions are held out.
    """

    data: Path
    dataset: str
    split: SplitSettings

    def to_json(self) -> dict[str, Any]:
        """A dictionary of plain values, ready for `json.dumps`."""
        return {
            "data": str(self.data),
            "dataset": self.dataset,
            "split": self.split.model_dump(mode="json"),
        }


@dataclass(frozen=True)
class Problem:
    """What all libraries are measured on.

    Attributes:
        dataset: ids of users and items.
        split: the three parts.
        graph: what models may know about the items.
    """

    dataset: Dataset
    split: Split
    graph: KnowledgeGraph


def open_problem(origin: Origin) -> Problem:
    """Read the data, split it, and build the graph that models are fitted on.

    Raises:
        DataError: nothing usable is there, or it cannot be split as asked.
    """
    if origin.dataset:
        workspace = Workspace(origin.data)
        workspace.open()
        try:
            record = workspace.resolve_dataset(origin.dataset)
            dataset = workspace.load_dataset(record.fingerprint)
        finally:
            workspace.close()
    else:
        dataset, _ = read_dataset(origin.data)
    split = make_split(dataset, origin.split)
    held_out = split.validation.joined(split.test)
    return Problem(dataset, split, training_graph(build_graph(dataset), dataset, held_out))


def read_origin(folder: Path) -> tuple[Origin, str]:
    """Where the split in `folder` comes from, and its fingerprint."""
    values = json.loads((folder / ORIGIN_FILE).read_text("utf-8"))
    origin = values["origin"]
    settings = SplitSettings.model_validate(origin["split"])
    return Origin(Path(origin["data"]), origin["dataset"], settings), values["fingerprint"]


def atomic_files(problem: Problem) -> dict[str, list[str]]:
    """Lines of each file, by suffix ("train.inter", ..., "kg", "link").

    "fitting.inter" is train and validation together, for the last fit of a model.

    Raises:
        DataError: an id could not be read back.
    """
    _check_ids(problem.dataset.users.ids, "user")
    _check_ids(problem.dataset.items.ids, "item")
    split = problem.split
    parts = {
        "train": split.train,
        "valid": split.validation,
        "test": split.test,
        "fitting": split.fitting(),
    }
    return {
        **{f"{part}.inter": _pairs(rows, problem.dataset) for part, rows in parts.items()},
        "kg": _triples(problem.graph),
        "link": _links(problem),
    }


def fingerprint_of_files(files: Mapping[str, list[str]]) -> str:
    """A hash of all that peers see."""
    digest = hashlib.sha256()
    for suffix, lines in files.items():
        digest.update("\n".join([suffix, *lines, ""]).encode())
    return digest.hexdigest()[:16]


def write_problem(problem: Problem, origin: Origin, folder: Path) -> str:
    """Write the parts, the graph and the links, and where they come from; gives the fingerprint.

    Raises:
        DataError: an id could not be read back.
    """
    files = atomic_files(problem)
    place = folder / NAME
    place.mkdir(parents=True, exist_ok=True)
    for suffix, lines in files.items():
        (place / f"{NAME}.{suffix}").write_text("\n".join([*lines, ""]), "utf-8")
    fingerprint = fingerprint_of_files(files)
    counts = {suffix: len(lines) - 1 for suffix, lines in files.items()}
    values = {"origin": origin.to_json(), "fingerprint": fingerprint, "rows": counts}
    (folder / ORIGIN_FILE).write_text(json.dumps(values, indent=1), "utf-8")
    return fingerprint


def _pairs(interactions: Interactions, dataset: Dataset) -> list[str]:
    users, items = dataset.users.ids, dataset.items.ids
    pairs = zip(interactions.user_indices.tolist(), interactions.item_indices.tolist(), strict=True)
    rows = [f"{users[user]}\t{items[item]}" for user, item in pairs]
    return ["user_id:token\titem_id:token", *rows]


def _triples(graph: KnowledgeGraph) -> list[str]:
    rows = [f"e{head}\tr{relation}\te{tail}" for head, relation, tail in graph.triples.tolist()]
    return ["head_id:token\trelation_id:token\ttail_id:token", *rows]


def _links(problem: Problem) -> list[str]:
    """Items that a triple touches; entity N < n_items is item N."""
    graph = problem.graph
    touched = graph.degrees[: graph.n_items].nonzero()[0].tolist()
    rows = [f"{problem.dataset.items.id_of(item)}\te{item}" for item in touched]
    return ["item_id:token\tentity_id:token", *rows]


def _check_ids(ids: Iterable[str], what: str) -> None:
    bad = [id_ for id_ in ids if id_ in UNREADABLE or any(mark in id_ for mark in '\t\n\r"')]
    if bad:
        shown = ", ".join(repr(id_) for id_ in bad[:3])
        raise DataError(
            f"{len(bad):,} {what} ids cannot be written to atomic files ({shown}): no id may hold "
            "a tab, a line break or a quote, or look like a missing value. Rename them."
        )


def main() -> None:
    """Export one split."""
    parser = argparse.ArgumentParser(description="Write a split of kgrec as atomic files.")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--data", type=Path, help="folder or file of a data set")
    source.add_argument("--workspace", type=Path, help="root of a workspace; needs --dataset")
    parser.add_argument("--dataset", default="", help="name or fingerprint in the workspace")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--split", choices=get_args(SplitName), default="random")
    parser.add_argument("--test", type=float, default=0.2)
    parser.add_argument("--validation", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    if bool(options.workspace) != bool(options.dataset):
        parser.error("--workspace and --dataset go together")
    settings = SplitSettings(
        name=options.split,
        test_fraction=options.test,
        validation_fraction=options.validation,
        seed=options.seed,
    )
    place = (options.data or options.workspace).resolve()
    origin = Origin(place, options.dataset, settings)
    problem = open_problem(origin)
    fingerprint = write_problem(problem, origin, options.out)
    split = problem.split
    print(
        f"{options.out}: {len(split.train):,} train, {len(split.validation):,} validation, "
        f"{len(split.test):,} test, {problem.graph.n_triples:,} triples, split {fingerprint}"
    )


if __name__ == "__main__":
    main()
