"""Judges the lists of all libraries with kgrec's own measures, on the split they were made for.

.venv/bin/python -m benchmarks.peers.measure --split FOLDER [--json FILE] [--reference kgrec:ease]

Of each model the trial that was best on the validation part is shown, and its joined fit. The
split is made again from its origin; lists of another split, with seen items or with users missing
are refused. "Own" is how far the library's own recall@20 and NDCG@20 are from ours.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.peers.export_split import (
    Problem,
    atomic_files,
    fingerprint_of_files,
    open_problem,
    read_origin,
)
from benchmarks.peers.records import CHOOSING, JOINED, Record, best_trial, read_records
from kgrec_core.contracts import IndexArray
from kgrec_core.errors import DataError
from kgrec_core.evaluation.protocol import EvaluationResult, evaluate, paired_difference
from kgrec_core.rng import make_rng

__all__ = ["Row", "chosen_records", "judged", "markdown", "rank_from_lists"]

CUTOFFS = (10, 20)
SHOWN = ("recall@10", "mrr@10", "recall@20", "ndcg@20")
COMPARED = "ndcg@20"
SEED = 0


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        record: the training.
        n_trials: settings that were tried for this model.
        n_capped: trials that the time limit ended.
        result: what our measures say.
        difference: reference minus this model in NDCG@20 with its 95 % interval over users; None
            for the reference itself or without one.
    """

    record: Record
    n_trials: int
    n_capped: int
    result: EvaluationResult
    difference: tuple[float, float, float] | None = None


def chosen_records(records: Iterable[Record]) -> list[tuple[Record, int, int]]:
    """The best trial and the joined fits of each model, with its trials and how many were capped.

    The joined fit counts only when it is that of the best trial, or of a model without trials.
    """
    groups: dict[tuple[str, str], list[Record]] = {}
    for record in records:
        groups.setdefault((record.library, record.model), []).append(record)
    chosen = []
    for group in groups.values():
        trials = [r for r in group if r.fitted_on == CHOOSING]
        best = best_trial(trials)
        kept = [best] if best else []
        kept += [r for r in group if r.fitted_on == JOINED and (not best or r.trial == best.trial)]
        n_capped = sum(record.capped for record in trials)
        chosen += [(record, len(trials), n_capped) for record in kept]
    return chosen


def rank_from_lists(
    record: Record, problem: Problem, k: int = max(CUTOFFS)
) -> Callable[[IndexArray], IndexArray]:
    """A function from user indices (b,) to the listed items (b, k), -1 where a list is shorter.

    Raises:
        DataError: a test user has no list, or a list holds an item twice or a seen item.
        UnknownIdError: a list holds an item that the data set does not.
    """
    dataset, split = problem.dataset, problem.split
    ranked = np.full((dataset.n_users, k), -1, dtype=np.int64)
    for user in np.flatnonzero(split.test.user_counts()).tolist():
        user_id = dataset.users.id_of(user)
        if user_id not in record.lists:
            raise DataError(f"{record.file_name} has no list for the test user '{user_id}'.")
        items = dataset.items.indices_of(record.lists[user_id][:k], missing="error")
        ranked[user, : items.size] = items
    known = split.fitting()
    pairs = np.arange(dataset.n_users)[:, None] * dataset.n_items + ranked  # (n_users, k)
    listed = np.sort(pairs[ranked >= 0])
    seen = known.user_indices * dataset.n_items + known.item_indices
    bad = [listed[1:][listed[1:] == listed[:-1]], np.intersect1d(listed, seen)]
    if any(found.size for found in bad):
        user_id = dataset.users.id_of(int(np.concatenate(bad)[0]) // dataset.n_items)
        raise DataError(
            f"{record.file_name}: the list of user '{user_id}' holds an item twice or one "
            "that he has in training or validation. Make it again with seen items left out."
        )
    return lambda user_indices: ranked[user_indices]


def judged(problem: Problem, records: Iterable[Record], reference: str = "") -> list[Row]:
    """Rows by kind of fit and falling NDCG@20.

    Args:
        problem: the split that all records were made for.
        records: any number per model.
        reference: "LIBRARY:MODEL" whose joined fit the others are compared with; "" for none.

    Raises:
        DataError: a record is about another split, or its lists cannot be used.
    """
    fingerprint = fingerprint_of_files(atomic_files(problem))
    rows = []
    for record, n_trials, n_capped in chosen_records(records):
        if record.split != fingerprint:
            raise DataError(
                f"{record.file_name} was made for the split {record.split}, not for {fingerprint}. "
                "Remove it, or export the split again."
            )
        rank = rank_from_lists(record, problem)
        result = evaluate(rank, problem.split, ks=CUTOFFS, rng=make_rng(SEED))
        rows.append(Row(record, n_trials, n_capped, result))
    against = next((row for row in rows if _is(row.record, reference)), None)
    if against is not None:
        rows = [row if row is against else _compared(row, against) for row in rows]
    return sorted(rows, key=lambda r: (r.record.fitted_on, -r.result.metrics[COMPARED]))


def _is(record: Record, reference: str) -> bool:
    name = f"{record.library.split(' ')[0]}:{record.model}"
    return record.fitted_on == JOINED and name == reference


def _compared(row: Row, against: Row) -> Row:
    rng = make_rng(SEED)
    difference = paired_difference(against.result, row.result, COMPARED, rng)
    return Row(row.record, row.n_trials, row.n_capped, row.result, difference)


def markdown(rows: list[Row], reference: str = "") -> str:
    """The table."""
    compared = any(row.difference for row in rows)
    names = ["model", "fitted on", *SHOWN, "trials (capped)", "epochs", "fit, CPU s", "peak, MB"]
    names += ["own"] + ([f"{reference} - this, NDCG@20"] if compared else [])
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    lines += ["| " + " | ".join(_cells(row, compared=compared)) + " |" for row in rows]
    return "\n".join(lines)


def _cells(row: Row, *, compared: bool) -> list[str]:
    record, metrics = row.record, row.result.metrics
    trials = f"{row.n_trials}" + (f" ({row.n_capped})" if row.n_capped else "")
    own = max(abs(record.own_metrics[name] - metrics[name]) for name in ("recall@20", "ndcg@20"))
    cells = [f"{record.library} {record.model}", record.fitted_on]
    cells += [f"{metrics[name]:.4f}" for name in SHOWN]
    cells += [trials if row.n_trials else "", f"{record.best_epoch}" if record.best_epoch else ""]
    cells += [f"{record.cpu_seconds:.1f}", f"{record.peak_memory_mb:.0f}", f"{own:.0e}"]
    if compared:
        cells.append("{:+.4f} [{:+.4f}, {:+.4f}]".format(*row.difference) if row.difference else "")
    return cells


def machine() -> str:
    """What times and memory depend on."""
    name = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        found = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        name = found[0].split(":", 1)[1].strip() if found else name
    return f"{name}, {os.cpu_count()} cores, one thread per fit, Python {platform.python_version()}"


def _row_json(row: Row) -> dict[str, Any]:
    record = {name: value for name, value in vars(row.record).items() if name != "lists"}
    return {
        "record": record,
        "n_trials": row.n_trials,
        "n_capped": row.n_capped,
        "metrics": row.result.metrics,
        "intervals": row.result.intervals,
        "difference": row.difference,
    }


def main() -> None:
    """Print the table of one split."""
    parser = argparse.ArgumentParser(description="Judge the lists of all libraries on a split.")
    parser.add_argument("--split", type=Path, required=True, help="folder of export_split")
    parser.add_argument("--results", type=Path, help="default: results/ in the folder of the split")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--reference", default="", help="LIBRARY:MODEL, such as kgrec:fusion")
    options = parser.parse_args()
    origin, _ = read_origin(options.split)
    records = read_records(options.results or options.split / "results")
    rows = judged(open_problem(origin), records, options.reference)
    print(f"- split: {origin.data.name}, {origin.split.model_dump()}")
    print(f"- test users: {rows[0].result.n_users if rows else 0}")
    print(f"- machine: {machine()}\n")
    print(markdown(rows, options.reference))
    if options.json:
        values = {"machine": machine(), "rows": [_row_json(row) for row in rows]}
        options.json.write_text(json.dumps(values, indent=1), "utf-8")


if __name__ == "__main__":
    main()
