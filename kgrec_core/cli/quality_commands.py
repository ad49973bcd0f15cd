"""Commands that measure explanations: explain-quality."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from kgrec_core.cli.options import AsJson, WorkspaceFolder, opened_workspace
from kgrec_core.cli.output import print_facts, print_json, print_table, shown_progress

if TYPE_CHECKING:
    from kgrec_core.explanation.quality.estimates import Estimate
    from kgrec_core.pipeline.explain_quality.report import QualityReport

__all__ = ["measure_explanations"]

Row = tuple[str, str, str, str, str]


def measure_explanations(
    run: Annotated[str, typer.Argument(help='Run id, the start of one, or "active".')],
    users: Annotated[int, typer.Option(min=2, help="Users with a history, at random.")] = 100,
    k: Annotated[int, typer.Option("--k", min=1, max=100, help="Length of the lists.")] = 10,
    twins: Annotated[
        bool, typer.Option(help="Fit the run again with two seeds and with uniform attention.")
    ] = True,
    peer: Annotated[
        bool, typer.Option(help="Fit LightGCN and explain it from outside to compare.")
    ] = True,
    seed: Annotated[int, typer.Option(min=0, help="Seed of everything random.")] = 0,
    workspace: WorkspaceFolder = None,
    as_json: AsJson = False,
) -> None:
    """Measure whether the explanations of a run are its scores, against chance and targets."""
    from kgrec_core.config import checked
    from kgrec_core.pipeline.explain_quality.measuring import measure_quality
    from kgrec_core.pipeline.explain_quality.settings import QualitySettings

    values = {"n_users": users, "k": k, "twins": twins, "peer": peer, "seed": seed}
    settings = checked(QualitySettings, values)
    with opened_workspace(workspace) as opened, shown_progress() as on_progress:
        record = opened.resolve_run(run)
        report = measure_quality(opened, record.run_id, settings, on_progress=on_progress)
    if as_json:
        print_json(report.to_json())
        return
    sizes = {"users": report.n_users, "pairs": report.n_pairs, "scored again": report.n_deep}
    print_facts({"run": report.run_id, **sizes})
    typer.echo("")
    headers = ("measure", "value", "95 % interval", "target", "verdict")
    print_table(headers, list(_rows(report)), empty="Nothing could be measured.")
    typer.echo("")
    typer.echo(_verdict(report))


def _rows(report: QualityReport) -> Iterator[Row]:
    for compared in report.comparisons:
        yield _row(compared.label, compared.explainer, compared.target, compared.verdict)
        for name, rival in compared.rivals.items():
            yield _row(f"  {name} order", rival, "", "")
    for found in report.measures:
        yield _row(found.label, found.estimate, found.target, found.verdict)
    for method in report.methods:
        yield _row(f"CNDCG, {method.model} by {method.method}", method.cndcg, "", "")
    if report.worth is not None:
        yield (f"{report.worth.metric} of the run", f"{report.worth.own:.4f}", "", "", "")
        mean, low, high = report.worth.difference
        yield ("  with uniform attention", f"{report.worth.uniform:.4f}", "", "", "")
        yield ("  difference", f"{mean:.4f}", f"{low:.4f} to {high:.4f}", "", "")


def _row(label: str, estimate: Estimate, target: str, verdict: str) -> Row:
    if estimate.value is None:
        return (label, "-", "", target, verdict)
    has_interval = estimate.low is not None and estimate.high is not None
    span = f"{_text(estimate.low)} to {_text(estimate.high)}" if has_interval else ""
    return (label, _text(estimate.value), span, target, verdict)


def _text(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"


def _verdict(report: QualityReport) -> str:
    missed = report.missed
    if not missed:
        return "Every target that was measured is met."
    return f"Missed: {', '.join(missed)}."
