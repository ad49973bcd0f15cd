"""Commands about text models: finetune-text."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kgrec_core.cli.options import AsJson, WorkspaceFolder, opened_workspace
from kgrec_core.cli.output import print_facts, print_json, shown_progress
from kgrec_core.cli.train_commands import parse_settings
from kgrec_core.config import SplitName

__all__ = ["finetune_text_encoder"]


def finetune_text_encoder(
    dataset: Annotated[str, typer.Argument(help="Name or fingerprint of a data set.")],
    out: Annotated[Path, typer.Option(help="New folder for the text model.")],
    base: Annotated[
        str, typer.Option(help='"minilm", or the folder of a sentence-transformers model.')
    ] = "minilm",
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", help="A setting as key=value, such as n_layers=2; may be repeated."),
    ] = None,
    split: Annotated[
        SplitName, typer.Option(help="What stays hidden; train with the same split.")
    ] = "random",
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = 0,
    workspace: WorkspaceFolder = None,
    as_json: AsJson = False,
) -> None:
    """Train the text model further on which items people choose together."""
    from kgrec_core.config import SplitSettings, checked
    from kgrec_core.embedding.text_finetuning import TextFinetuneSettings
    from kgrec_core.pipeline.finetuning_text import finetune_text

    chosen = checked(TextFinetuneSettings, parse_settings(settings or []))
    with opened_workspace(workspace) as opened, shown_progress() as on_progress:
        record = opened.resolve_dataset(dataset)
        result = finetune_text(
            opened,
            record.fingerprint,
            out,
            chosen,
            base=base,
            split=SplitSettings(name=split),
            seed=seed,
            on_progress=on_progress,
        )
    facts = {
        "dataset": record.name,
        "folder": str(result.folder),
        "steps": result.n_steps,
        **result.metrics,
    }
    if as_json:
        print_json(facts)
        return
    print_facts(facts)
    typer.echo(f"Use it with: kgrec train {record.name} --text-model {result.folder}")
