"""Commands that list what a workspace holds."""

from __future__ import annotations

from kgrec_core.cli.options import AsJson, WorkspaceFolder, opened_workspace
from kgrec_core.cli.output import print_json, print_table

__all__ = ["list_datasets", "list_graphs", "list_jobs", "list_runs"]


def list_datasets(workspace: WorkspaceFolder = None, as_json: AsJson = False) -> None:
    """List the imported data sets, the latest first."""
    with opened_workspace(workspace) as opened:
        rows = [record.to_json() for record in opened.datasets()]
    if as_json:
        print_json(rows)
        return
    counted = ("users", "items", "interactions")
    print_table(
        ("data set", "fingerprint", *counted, "problem rows", "imported"),
        [
            (
                row["dataset"],
                row["fingerprint"],
                *(row["counts"].get(name) for name in counted),
                row["problem_rows"],
                row["created"],
            )
            for row in rows
        ],
        empty="No data set yet. Import one with: kgrec import PATH",
    )


def list_graphs(workspace: WorkspaceFolder = None, as_json: AsJson = False) -> None:
    """List the knowledge graphs, the newest first."""
    with opened_workspace(workspace) as opened:
        rows = [record.to_json() for record in opened.graphs()]
    if as_json:
        print_json(rows)
        return
    counted = ("entities", "relations", "triples")
    print_table(
        ("graph", "data set", *counted, "built"),
        [
            (row["graph"], row["dataset"], *(row["counts"].get(c) for c in counted), row["created"])
            for row in rows
        ],
        empty="No graph yet. Importing a data set builds one.",
    )


def list_runs(workspace: WorkspaceFolder = None, as_json: AsJson = False) -> None:
    """List the finished runs, the newest first."""
    with opened_workspace(workspace) as opened:
        rows = [record.to_json() for record in opened.runs()]
    if as_json:
        print_json(rows)
        return
    print_table(
        ("run", "data set", "split", "ndcg@20", "recall@20", "active", "trained"),
        [
            (
                row["run"],
                row["dataset"],
                row["split"],
                row["metrics"].get("ndcg@20"),
                row["metrics"].get("recall@20"),
                row["active"],
                row["created"],
            )
            for row in rows
        ],
        empty="No run yet. Train one with: kgrec train DATASET",
    )


def list_jobs(workspace: WorkspaceFolder = None, as_json: AsJson = False) -> None:
    """List the jobs, the newest first."""
    with opened_workspace(workspace) as opened:
        rows = [record.to_json() for record in opened.jobs()]
    if as_json:
        print_json(rows)
        return
    print_table(
        ("job", "state", "stage", "done", "of", "seconds left", "error"),
        [
            (
                row["job"],
                row["state"],
                row["stage"],
                row["done"],
                row["total"],
                row["eta_seconds"],
                row["error"],
            )
            for row in rows
        ],
        empty="No job yet. The app starts jobs for long work.",
    )
