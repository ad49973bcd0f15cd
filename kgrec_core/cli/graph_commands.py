"""Commands about vectors of the graph: graph embed."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from kgrec_core.cli.options import AsJson, WorkspaceFolder, opened_workspace
from kgrec_core.cli.output import print_facts, print_json, print_table, shown_progress
from kgrec_core.cli.train_commands import parse_settings

__all__ = ["embed_entities"]

MODELS = ("transe", "distmult", "complex", "rotate")
COLUMNS = ("mrr", "hits@1", "hits@3", "hits@10", "mean_rank")
RELATIONS_SHOWN = 20


def _known_model(name: str) -> str:
    if name not in MODELS:
        raise typer.BadParameter(f"choose one of {', '.join(MODELS)} (got {name}).")
    return name


def embed_entities(
    dataset: Annotated[str, typer.Argument(help="Name or fingerprint of a data set.")],
    model: Annotated[
        str, typer.Option(callback=_known_model, help=f"One of {', '.join(MODELS)}.")
    ] = "transe",
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", help="A setting as key=value, such as epochs=50; may be repeated."),
    ] = None,
    held_out: Annotated[
        float, typer.Option(help="Share of links that are hidden to measure the vectors.")
    ] = 0.1,
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = 0,
    workspace: WorkspaceFolder = None,
    as_json: AsJson = False,
) -> None:
    """Learn vectors of the entities of a graph, and show how well they know hidden links."""
    from kgrec_core.config import checked
    from kgrec_core.embedding.kg_embedding import KgeSettings
    from kgrec_core.pipeline.embedding_graph import embed_graph

    values = {"model": model, "seed": seed, **parse_settings(settings or [])}
    chosen = checked(KgeSettings, values)
    with opened_workspace(workspace) as opened, shown_progress() as on_progress:
        record = opened.resolve_dataset(dataset)
        result = embed_graph(
            opened,
            record.fingerprint,
            chosen,
            held_out_share=held_out,
            on_progress=on_progress,
        ).to_json()
    if as_json:
        print_json({"dataset": record.name, "fingerprint": record.fingerprint, **result})
        return
    _print_quality(result)


def _print_quality(result: dict[str, Any]) -> None:
    quality = result["quality"]
    print_facts({"embedding": result["embedding"], "model": result["settings"]["model"]})
    if quality is None:
        typer.echo("No link could be hidden without losing an entity, so nothing was measured.")
        return
    print_facts(
        {
            "hidden links": quality["n_triples"],
            "average precision": quality["average_precision"],
            "seconds": sum(result["seconds"].values()),
        }
    )
    typer.echo("")
    parts = {"head and tail": "both", "head": "head", "tail": "tail"}
    rows: list[tuple[Any, ...]] = [
        (shown, quality["n_triples"], *(quality[name][column] for column in COLUMNS))
        for shown, name in parts.items()
    ]
    by_size = sorted(quality["by_relation"].items(), key=lambda pair: -pair[1]["n_triples"])
    rows += [
        (name, int(found["n_triples"]), *(found[column] for column in COLUMNS))
        for name, found in by_size[:RELATIONS_SHOWN]
    ]
    print_table(("asked for", "links", *COLUMNS), rows, empty="Nothing was held out.")
