"""Accuracy on real data sets against targets: the table of the README, from one command.

    .venv/bin/python benchmarks/accuracy.py [--only NAME] [--models fusion,ease] [--tune N]

Data sets that are absent are left out with a message; see `real_data.py` for where they should be.
Cells that were measured with the same code are taken from the cache (KGREC_BENCH_CACHE, else
~/.cache/kgrec-benchmarks), so the command can be stopped and started again.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from real_data import SOURCES, data_root

from kgrec_core.config import SplitSettings, checked
from kgrec_core.contracts import Progress
from kgrec_core.pipeline.benchmark_report import BenchmarkReport
from kgrec_core.pipeline.benchmark_settings import BenchmarkSettings
from kgrec_core.pipeline.benchmarking import benchmark, machine_facts
from kgrec_core.pipeline.importing import import_path, read_mapping
from kgrec_core.storage.workspace import Workspace


@dataclass(frozen=True)
class Goal:
    """A figure and what it should reach.

    Attributes:
        part: "all", "cold items only", "1-shot", ...
        metric: "recall@20", ...
        target: what it must reach.
        stretch: what would be better still; None when there is nothing to compare with.
        source: where the target comes from.
    """

    metric: str
    target: float
    stretch: float | None
    source: str
    part: str = "all"


@dataclass(frozen=True)
class Experiment:
    """One data set under one protocol.

    Attributes:
        name: for `--only`.
        data: key of `SOURCES`.
        protocol: as the table names it.
        settings: `BenchmarkSettings` that differ from the defaults.
        goals: figures of the table.
    """

    name: str
    data: str
    protocol: str
    settings: dict[str, Any]
    goals: tuple[Goal, ...] = field(default=())


GIVEN = {"split": {"name": "given"}, "seeds": (0,)}
# Two parts in ten are held out of each user's history, one of them for the test.
EIGHT_ONE_ONE = SplitSettings(test_fraction=0.1, validation_fraction=1 / 9).model_dump()
PROTOTYPE = "prototype"

EXPERIMENTS = (
    Experiment(
        "ml-100k",
        "ml-100k",
        "random 72/8/20 per user, 3 splits",
        {"seeds": (7, 17, 27)},
        (Goal("ndcg@20", 0.454, 0.460, PROTOTYPE),),
    ),
    Experiment(
        "ml-100k-cold-items",
        "ml-100k",
        "15 % of the items hidden, 3 splits",
        {"protocols": ("cold-items",), "seeds": (7, 17, 27)},
        (Goal("ndcg@20", 0.50, 0.53, PROTOTYPE, "cold items only"),),
    ),
    Experiment(
        "ml-100k-few-shot",
        "ml-100k",
        "20 % of the users hidden, k items shown, 3 splits",
        {"protocols": ("few-shot",), "seeds": (7, 17, 27)},
        (
            Goal("ndcg@20", 0.59, 0.61, PROTOTYPE, "1-shot"),
            Goal("ndcg@20", 0.61, 0.63, PROTOTYPE, "3-shot"),
            Goal("ndcg@20", 0.61, 0.63, PROTOTYPE, "5-shot"),
        ),
    ),
    Experiment(
        "lastfm-union",
        "lastfm-union",
        "random 80/10/10 per user, 5 splits",
        {"split": EIGHT_ONE_ONE, "seeds": (0, 1, 2, 3, 4), "ks": (10,)},
        (
            Goal("recall@10", 0.3053, 0.315, "AdaKG"),
            Goal("mrr@10", 0.1398, 0.145, "AdaKG"),
        ),
    ),
    Experiment(
        "lastfm-people",
        "lastfm-people",
        "the same with tags and friends",
        {"split": EIGHT_ONE_ONE, "seeds": (0, 1, 2, 3, 4), "ks": (10,)},
        (
            Goal("recall@10", 0.315, None, "KG only, stretch"),
            Goal("mrr@10", 0.145, None, "KG only, stretch"),
        ),
    ),
    Experiment(
        "lastfm-fixed",
        "lastfm-fixed",
        "published parts of LightKG",
        GIVEN | {"ks": (10,)},
        (
            Goal("recall@10", 0.295, 0.305, PROTOTYPE),
            Goal("mrr@10", 0.133, 0.138, PROTOTYPE),
        ),
    ),
    Experiment(
        "lastfm-lightgcnpp",
        "lastfm-lightgcnpp",
        "published 70/10/20 of LightGCN++",
        GIVEN,
        (Goal("ndcg@20", 0.2624, 0.270, "LightGCN++"),),
    ),
    Experiment(
        "amazon-book",
        "amazon-book",
        "published parts of KGAT",
        GIVEN,
        (
            Goal("recall@20", 0.176, 0.180, PROTOTYPE),
            Goal("ndcg@20", 0.103, 0.106, PROTOTYPE),
        ),
    ),
    Experiment(
        "dbbook2014",
        "dbbook2014",
        "published parts",
        GIVEN,
        (Goal("recall@20", 0.2360, None, "item cosine"),),
    ),
    Experiment(
        "amazon-beauty",
        "amazon-beauty",
        "last item of each user",
        {"split": {"name": "leave-last-out"}, "seeds": (0,), "ks": (10,)},
        (Goal("ndcg@10", 0.0327, 0.036, "S3-Rec"),),
    ),
)


def measure(
    experiment: Experiment, workspace: Workspace, cache: Path, options: argparse.Namespace
) -> BenchmarkReport | None:
    """The report of an experiment; None when its data is absent."""
    folder = SOURCES[experiment.data].folder(data_root(), cache / "data")
    if folder is None:
        return None
    models = tuple(options.models.split(","))
    values = {"models": models, "reference": models[0], "text_model": options.text_model}
    if options.tune:
        values["tuning"] = {"n_trials": options.tune, "max_seconds": options.tune_seconds}
    settings = checked(BenchmarkSettings, values | experiment.settings)
    mapping = folder / "mapping.json"
    columns = read_mapping(mapping) if mapping.is_file() else None
    known = {record.name: record.fingerprint for record in workspace.datasets()}
    fingerprint = known.get(experiment.data)
    if fingerprint is None:
        result = import_path(workspace, folder, name=experiment.data, mapping=columns)
        fingerprint = result.dataset.fingerprint
    return benchmark(workspace, fingerprint, settings, on_progress=Teller(experiment.name))


class Teller:
    """Says on the error stream which stage has begun."""

    def __init__(self, name: str) -> None:
        self._name, self._said = name, ""

    def __call__(self, progress: Progress) -> None:
        """Say it once."""
        text = f"{self._name}: {progress.stage}"
        if progress.stage == "Measuring models":
            text += f", {progress.done} of {progress.total} done"
        if text != self._said:
            self._said = text
            sys.stderr.write(text + "\n")


def rows_of(experiment: Experiment, report: BenchmarkReport) -> list[dict[str, Any]]:
    """The rows of the table: one per model and goal."""
    rows = []
    for label in dict.fromkeys(cell["label"] for cell in report.cells):
        cells = [cell for cell in report.cells if cell["label"] == label]
        for goal in experiment.goals:
            found = [cell["parts"].get(goal.part, {}).get("metrics", {}) for cell in cells]
            values = [metrics[goal.metric] for metrics in found if goal.metric in metrics]
            rows.append(
                {
                    "data": experiment.data,
                    "protocol": experiment.protocol,
                    "part": goal.part,
                    "metric": goal.metric,
                    "model": label,
                    "target": goal.target,
                    "stretch": goal.stretch,
                    "source": goal.source,
                    "mean": sum(values) / len(values) if values else None,
                    "per_seed": values,
                    "fit_seconds": [c["seconds"]["fit"] for c in cells if c["seconds"]],
                    "errors": [cell["error"] for cell in cells if cell["error"]],
                }
            )
    return rows


def markdown(head: dict[str, str], rows: list[dict[str, Any]]) -> str:
    """Machine and table."""
    names = ("data", "protocol", "figure", "model", "target", "stretch", "measured", "met")
    lines = [f"- {name}: {value}" for name, value in head.items()]
    lines += ["", "| " + " | ".join((*names, "each split", "fit, s")) + " |", "|---" * 10 + "|"]
    for row in rows:
        figure = row["metric"] if row["part"] == "all" else f"{row['metric']}, {row['part']}"
        cells = [row["data"], row["protocol"], figure, row["model"], f"{row['target']:.4f}"]
        cells.append("" if row["stretch"] is None else f"{row['stretch']:.4f}")
        cells += ["not measured" if row["mean"] is None else f"{row['mean']:.4f}", verdict(row)]
        cells.append(", ".join(f"{value:.4f}" for value in row["per_seed"]))
        times = row["fit_seconds"]
        cells.append(f"{sum(times) / len(times):.1f}" if times else "")
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def verdict(row: dict[str, Any]) -> str:
    """Whether the mean reaches target and stretch."""
    if row["mean"] is None:
        return "; ".join(dict.fromkeys(row["errors"])) or "no"
    if row["stretch"] is not None and row["mean"] >= row["stretch"]:
        return "stretch"
    return "yes" if row["mean"] >= row["target"] else "no"


def main() -> None:
    """Measure what is asked for and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    names = [experiment.name for experiment in EXPERIMENTS]
    parser.add_argument("--only", action="append", choices=names, help="may be repeated")
    parser.add_argument("--models", default="fusion", help="with commas; the first is compared to")
    parser.add_argument("--tune", type=int, default=0, help="settings tried per model and split")
    parser.add_argument("--tune-seconds", type=float, default=600.0)
    parser.add_argument("--text-model", default="minilm")
    parser.add_argument("--json", type=Path, help="also write the rows to this file")
    options = parser.parse_args()
    default = Path.home() / ".cache" / "kgrec-benchmarks"
    cache = Path(os.environ.get("KGREC_BENCH_CACHE") or default)
    workspace = Workspace(cache / "workspace")
    workspace.open()
    rows: list[dict[str, Any]] = []
    for experiment in EXPERIMENTS:
        if options.only and experiment.name not in options.only:
            continue
        report = measure(experiment, workspace, cache, options)
        if report is None:
            print(f"{experiment.name} is left out: {SOURCES[experiment.data].needs} is not here.")
            print(f"Looked in {data_root()}; KGREC_BENCH_DATA names another folder.")
            continue
        rows += rows_of(experiment, report)
    workspace.close()
    if not rows:
        return
    head = machine_facts()
    print(markdown(head, rows))
    if options.json is not None:
        options.json.write_text(json.dumps({"machine": head, "rows": rows}, indent=1), "utf-8")


if __name__ == "__main__":
    main()
