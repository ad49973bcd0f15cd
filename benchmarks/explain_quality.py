"""Measures the explanations of the fusion model on real data: are they the score?

    .venv/bin/python benchmarks/explain_quality.py [--sets ml-100k,sample] [--users 60]
        [--preset fast] [--targets-only]

Each data set is imported and trained with one preset (random split, seed 0, no texts), then
`kgrec explain-quality` is run on it, with twins and LightGCN unless only what has a target is asked
for. Stopped, it goes on where it stopped when `--folder` is given. Prints Markdown tables. The data
folder is the one that KGREC_BENCH_DATA names, else `shared/data` beside the project.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from pathlib import Path

from real_data import PROJECT, SOURCES, data_root

from kgrec_core.config import TrainSettings
from kgrec_core.explanation.quality.estimates import Estimate
from kgrec_core.pipeline.explain_quality.measuring import kept_quality, measure_quality
from kgrec_core.pipeline.explain_quality.report import QualityReport
from kgrec_core.pipeline.explain_quality.settings import QualitySettings
from kgrec_core.pipeline.importing import import_path, read_mapping
from kgrec_core.pipeline.measuring import library_versions
from kgrec_core.pipeline.training import train
from kgrec_core.recommender.presets import PRESETS, preset_of
from kgrec_core.storage.workspace import Workspace

SETS = ("ml-100k", "lastfm-union", "dbbook2014", "ml-latest-small", "sample")


def main() -> None:
    """Measure each data set that is here, then print all tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--users", type=int, default=60)
    parser.add_argument("--preset", choices=[p.name for p in PRESETS], default="accurate")
    parser.add_argument("--folder", type=Path, help="Keeps fits, so that a second call is fast.")
    parser.add_argument("--targets-only", action="store_true", help="No twins and no LightGCN.")
    parser.add_argument("--json", type=Path, help="Folder for the reports as JSON.")
    options = parser.parse_args()
    print("load before:", os.getloadavg()[0], "processors:", os.cpu_count())
    print("versions:", library_versions(), flush=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        is_full = not options.targets_only
        settings = QualitySettings(n_users=options.users, twins=is_full, peer=is_full)
        reports = {}
        for name in options.sets.split(","):
            found = measured(name, folder, settings, options.preset)
            if found is not None:
                reports[name] = found
                if options.json:
                    text = json.dumps(found.to_json(), indent=1)
                    (options.json / f"{name}.json").write_text(text, "utf-8")
    if not reports:
        return
    for lines in (figures(reports), orders(reports), methods(reports)):
        print("\n" + "\n".join(lines), flush=True)


def measured(
    name: str, folder: Path, settings: QualitySettings, preset: str
) -> QualityReport | None:
    """The report of one data set; None when it is absent."""
    run_id = f"fusion-{preset}"
    source = source_of(name, folder)
    if source is None:
        print(f"{name} is not in {data_root()}")
        return None
    workspace = Workspace(folder / f"workspace-{name}")
    workspace.open()
    if run_id not in [run.run_id for run in workspace.runs()]:
        mapping = source / "mapping.json"
        found = read_mapping(mapping) if mapping.exists() else None
        dataset = import_path(workspace, source, name=name, mapping=found).dataset
        chosen = TrainSettings(
            text_model="none", model_settings=dict(preset_of(preset).model_settings)
        )
        train(workspace, dataset.fingerprint, chosen, run_id=run_id)
    report = kept_quality(workspace, run_id)
    if report is None or report.settings != settings.model_dump(mode="json"):
        report = measure_quality(workspace, run_id, settings)
    workspace.close()
    return report


def source_of(name: str, folder: Path) -> Path | None:
    """The folder to import; None when it is absent."""
    if name == "sample":
        return PROJECT / "sample_data" / "movies"
    if name == "ml-latest-small":  # lies there as it is published
        source = data_root() / name / "raw"
        return source if source.is_dir() else None
    return SOURCES[name].folder(data_root(), folder)


def figures(reports: dict[str, QualityReport]) -> list[str]:
    """One row per figure, one column per data set."""
    lines = [head("figure", "target", *reports), rule(2 + len(reports))]
    counts = [
        f"{r.n_users} users, {r.n_pairs} pairs, {r.n_deep} rescored" for r in reports.values()
    ]
    lines.append(row("sample", "", *counts))
    keys = dict.fromkeys(m.key for report in reports.values() for m in report.measures)
    for key in keys:
        found = [report.measure(key) for report in reports.values()]
        first = next(measure for measure in found if measure is not None)
        cells = [
            "-" if measure is None else f"{text(measure.estimate)}{mark(measure.verdict)}"
            for measure in found
        ]
        lines.append(row(first.label, first.target, *cells))
    for name, report in reports.items():
        if report.worth is not None:
            mean, low, high = report.worth.difference
            lines.append(
                f"\n{name}: {report.worth.metric} {report.worth.own:.4f}, with uniform attention "
                f"{report.worth.uniform:.4f}; difference {mean:.4f} ({low:.4f} to {high:.4f})."
            )
    return lines


def orders(reports: dict[str, QualityReport]) -> list[str]:
    """Fidelity of the explanation beside the three orders."""
    lines = [
        head("data", "measure", "explanation", "random", "popularity", "recency", "verdict"),
        rule(7),
    ]
    for name, report in reports.items():
        for found in report.comparisons:
            rivals = [text(rival) for rival in found.rivals.values()]
            lines.append(
                row(name, found.label, text(found.explainer), *rivals, found.verdict or "-")
            )
    return lines


def methods(reports: dict[str, QualityReport]) -> list[str]:
    """Explanations from outside beside our own."""
    names = ("data", "model", "method", "POS", "random", "CNDCG", "random", "lead in DEL, sd")
    lines = [head(*names, "orders beaten", "scorings per explanation"), rule(10)]
    for name, report in reports.items():
        for found in report.methods:
            values = (found.position, found.position_random, found.cndcg, found.cndcg_random)
            cells = [text(value) for value in (*values, found.deletion_lead, found.beaten)]
            asked = f"{found.n_rescored:.0f}"
            lines.append(row(name, found.model, found.method, *cells, asked))
        if report.peer_overlap is not None:
            overlap = text(report.peer_overlap)
            lines.append(f"\n{name}: folded-in LightGCN shares {overlap} of its lists.\n")
    return lines


def text(estimate: Estimate) -> str:
    """A mean with its interval."""
    if estimate.value is None:
        return "-"
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:.3g}"
    left = f"; {estimate.n_undefined} undefined" if estimate.n_undefined else ""
    return f"{estimate.value:.3g} ({estimate.low:.3g} to {estimate.high:.3g}{left})"


def mark(verdict: str) -> str:
    """The verdict behind a value; nothing without a target."""
    return f", {verdict}" if verdict else ""


def head(*cells: str) -> str:
    """The first line of a table."""
    return row(*cells)


def rule(n_cells: int) -> str:
    """The second one."""
    return "|" + "---|" * n_cells


def row(*cells: str) -> str:
    """A line of a table."""
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
