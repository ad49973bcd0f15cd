"""Commands that measure: benchmark, signal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kgrec_core.cli.options import AsJson, WorkspaceFolder, opened_workspace, parse_cutoffs
from kgrec_core.cli.output import print_facts, print_json, print_table, shown_progress
from kgrec_core.config import SplitName

if TYPE_CHECKING:
    from kgrec_core.contracts import OnProgress
    from kgrec_core.storage.workspace import Workspace

__all__ = ["check_links", "measure_models"]

TUNING_SECONDS = 600.0


def measure_models(
    dataset: Annotated[
        str | None, typer.Argument(help="Name or fingerprint of a data set.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="Folder, file or archive to import first instead.")
    ] = None,
    models: Annotated[
        str, typer.Option(help="Models to measure, with commas.")
    ] = "fusion,ease,item-knn,popularity",
    split: Annotated[SplitName, typer.Option(help="What is held out for the test.")] = "random",
    seeds: Annotated[int, typer.Option(min=1, help="Splits and fits per model.")] = 1,
    first_seed: Annotated[int, typer.Option(min=0, help="Seed of the first of them.")] = 0,
    tune: Annotated[
        int, typer.Option(min=0, help="Settings tried per model; 0 measures the defaults.")
    ] = 0,
    tune_seconds: Annotated[
        float,
        typer.Option(help="No further setting is tried after this time, per model and split."),
    ] = TUNING_SECONDS,
    protocol: Annotated[
        str, typer.Option(help="Any of accuracy, cold-items, few-shot, with commas.")
    ] = "accuracy",
    k: Annotated[str, typer.Option("--k", help="Lengths of the lists, such as 10,20.")] = "10,20",
    reference: Annotated[
        str | None, typer.Option(help="Compare all others with this model. Default: the first.")
    ] = None,
    ablation: Annotated[
        bool, typer.Option("--ablation", help="Also switch off each modality of the reference.")
    ] = False,
    text_model: Annotated[
        str, typer.Option(help='"minilm", "none", or the folder of a sentence-transformers model.')
    ] = "minilm",
    out: Annotated[
        Path | None, typer.Option(help="Folder for results. Default: in the workspace.")
    ] = None,
    workspace: WorkspaceFolder = None,
    as_json: AsJson = False,
) -> None:
    """Measure models on the same splits: accuracy, cost, and how sure the differences are.

    Finished parts are kept: the same command goes on where an interrupted one stopped.
    """
    from kgrec_core.pipeline.benchmarking import benchmark

    names = _listed(models)
    settings = _settings(
        {
            "models": names,
            "protocols": _listed(protocol),
            "split": {"name": split},
            "seeds": tuple(range(first_seed, first_seed + seeds)),
            "ks": parse_cutoffs(k),
            "tuning": {"n_trials": tune, "max_seconds": tune_seconds} if tune else None,
            "reference": reference or (names[0] if names else ""),
            "ablation": ablation,
            "text_model": text_model,
        }
    )
    with opened_workspace(workspace) as opened, shown_progress() as on_progress:
        fingerprint = _fingerprint(opened, dataset, data, on_progress)
        report = benchmark(opened, fingerprint, settings, folder=out, on_progress=on_progress)
    if as_json:
        print_json(report.to_json())
    else:
        typer.echo(report.to_markdown())


def check_links(
    dataset: Annotated[str, typer.Argument(help="Name or fingerprint of a data set.")],
    scrambles: Annotated[
        int, typer.Option(min=20, help="How often the links are shuffled among the items.")
    ] = 99,
    seed: Annotated[int, typer.Option(min=0, help="Seed of everything random.")] = 0,
    workspace: WorkspaceFolder = None,
    as_json: AsJson = False,
) -> None:
    """Test whether the knowledge graph says anything about who likes what."""
    from kgrec_core.config import checked
    from kgrec_core.pipeline.kg_signal import SignalSettings, measure_signal

    settings = checked(SignalSettings, {"n_scrambles": scrambles, "seed": seed})
    with opened_workspace(workspace) as opened, shown_progress() as on_progress:
        found = opened.resolve_dataset(dataset)
        result = measure_signal(opened, found.fingerprint, settings, on_progress=on_progress)
    if as_json:
        print_json(result.to_json())
        return
    for sentence in result.sentences:
        typer.echo(sentence)
    typer.echo("")
    rows = [result.overall, *result.sources, *result.relations]
    print_table(
        ("links", "items", result.metric, "shuffled", "difference", "from", "to", "verdict"),
        [
            (r.name, r.n_linked, r.value, r.scrambled, r.difference, r.low, r.high, r.finding)
            for r in rows
        ],
        empty="There are no links.",
    )
    print_facts({"random lists": result.random, "popularity": result.popularity})


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _settings(values: dict[str, Any]) -> Any:
    from kgrec_core.config import checked
    from kgrec_core.pipeline.benchmark_settings import BenchmarkSettings

    return checked(BenchmarkSettings, values)


def _fingerprint(
    workspace: Workspace, dataset: str | None, data: Path | None, on_progress: OnProgress
) -> str:
    if (dataset is None) == (data is None):
        raise typer.BadParameter("name a data set, or give --data with a folder to import.")
    if data is not None:
        from kgrec_core.pipeline.importing import import_path

        return import_path(workspace, data, on_progress=on_progress).dataset.fingerprint
    return workspace.resolve_dataset(dataset or "").fingerprint
