"""Commands that bring data in: import, graph build."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from kgrec_core.cli.options import AsJson, WorkspaceFolder, opened_workspace
from kgrec_core.cli.output import print_facts, print_json, print_table, shown_progress

__all__ = ["build_graph", "import_data"]

FORMATS = ("auto", "csv", "recbole", "kgat", "movielens", "hetrec")


def _known_format(name: str) -> str:
    if name not in FORMATS:
        raise typer.BadParameter(f"choose one of {', '.join(FORMATS)} (got {name}).")
    return name


def import_data(
    path: Annotated[Path, typer.Argument(help="Folder, single file, or .zip archive.")],
    name: Annotated[
        str | None, typer.Option(help="Name of the data set. Default: that of the path.")
    ] = None,
    format: Annotated[
        str, typer.Option(callback=_known_format, help=f"One of {', '.join(FORMATS)}.")
    ] = "auto",
    mapping: Annotated[
        Path | None,
        typer.Option(help="JSON file that says which column is what. Default: guessed."),
    ] = None,
    show_mapping: Annotated[
        bool,
        typer.Option(
            "--show-mapping",
            help="Print which column would be what, to correct and give to --mapping. "
            "Nothing is imported.",
        ),
    ] = False,
    workspace: WorkspaceFolder = None,
    as_json: AsJson = False,
) -> None:
    """Read tables, save them as a data set and build its graph."""
    from kgrec_core.data.formats import mapping_at
    from kgrec_core.pipeline.importing import import_path, read_mapping

    if show_mapping:
        print_json(mapping_at(path, name=name).model_dump(mode="json", exclude_defaults=True))
        return
    columns = read_mapping(mapping) if mapping is not None else None
    with opened_workspace(workspace) as opened, shown_progress() as on_progress:
        result = import_path(
            opened, path, name=name, format=format, mapping=columns, on_progress=on_progress
        ).to_json()
    if as_json:
        print_json(result)
        return
    _print_import(result)


def _print_import(result: dict[str, Any]) -> None:
    print_facts({"data set": result["dataset"], "fingerprint": result["fingerprint"]})
    if result["renamed_from"]:
        old, new = result["renamed_from"], result["dataset"]
        typer.echo(f"The same content was here as '{old}'; it is now called '{new}'.")
    print_facts({name.replace("_", " "): count for name, count in result["counts"].items()})
    fields = ("file", "line", "column", "count", "example", "reason")
    rows = [problem | {"line": problem["line"] or None} for problem in result["problems"]]
    typer.echo("")
    print_table(
        ("file", "first line", "column", "rows", "example", "what was found and done"),
        [[row[field] for field in fields] for row in rows],
        empty="Every row could be read.",
    )


def build_graph(
    dataset: Annotated[str, typer.Argument(help="Name or fingerprint of a data set.")],
    workspace: WorkspaceFolder = None,
    as_json: AsJson = False,
) -> None:
    """Build the knowledge graph of a data set, unless it is there already."""
    from kgrec_core.pipeline.building import ensure_graph
    from kgrec_core.pipeline.graph_store import graph_counts

    with opened_workspace(workspace) as opened, shown_progress() as on_progress:
        record = opened.resolve_dataset(dataset)
        graph = ensure_graph(opened, record.fingerprint, on_progress)
    result = {
        "dataset": record.name,
        "fingerprint": record.fingerprint,
        "graph": graph.fingerprint,
        "counts": graph_counts(graph),
    }
    if as_json:
        print_json(result)
    else:
        print_facts({"graph": graph.fingerprint, **graph_counts(graph)})
