"""Commands about models: train, evaluate, use."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from kgrec_core.cli.options import AsJson, WorkspaceFolder, opened_workspace, parse_cutoffs
from kgrec_core.cli.output import print_facts, print_json, print_table, shown_progress
from kgrec_core.config import MODEL_NAMES, SplitName
from kgrec_core.recommender.presets import PRESETS, preset_of

__all__ = ["evaluate_model", "parse_settings", "train_model", "use_run"]


def parse_settings(assignments: list[str]) -> dict[str, Any]:
    """Texts "key=value" as values; the settings class of the model gives them their types.

    Raises:
        typer.BadParameter: a text has no "=" or no key.
    """
    values: dict[str, Any] = {}
    for assignment in assignments:
        key, sign, text = assignment.partition("=")
        if not sign or not key.strip():
            raise typer.BadParameter(f"write --set key=value (got {assignment}).")
        values[key.strip()] = _value_of(text.strip())
    return values


def _value_of(text: str) -> Any:
    """Lists, objects, true and null as JSON; everything else stays text for the class to read."""
    if text[:1] in ("[", "{", '"') or text in ("true", "false", "null"):
        try:
            return json.loads(text)
        except ValueError:
            raise typer.BadParameter(f"the value {text} is not JSON.") from None
    return text


def _known_model(name: str) -> str:
    if name not in MODEL_NAMES:
        raise typer.BadParameter(f"choose one of {', '.join(MODEL_NAMES)} (got {name}).")
    return name


def _known_preset(name: str | None) -> str | None:
    known = [preset.name for preset in PRESETS]
    if name is not None and name not in known:
        raise typer.BadParameter(f"choose one of {', '.join(known)} (got {name}).")
    return name


def train_model(
    dataset: Annotated[str, typer.Argument(help="Name or fingerprint of a data set.")],
    model: Annotated[
        str, typer.Option(callback=_known_model, help=f"One of {', '.join(MODEL_NAMES)}.")
    ] = "fusion",
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", help="A setting of the model as key=value; may be repeated."),
    ] = None,
    preset: Annotated[
        str | None,
        typer.Option(
            callback=_known_preset,
            help=f"Named settings of the fusion model: {', '.join(p.name for p in PRESETS)}; "
            "--set changes single ones.",
        ),
    ] = None,
    split: Annotated[SplitName, typer.Option(help="What is held out for the test.")] = "random",
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = 0,
    text_model: Annotated[
        str, typer.Option(help='"minilm", "none", or the folder of a sentence-transformers model.')
    ] = "minilm",
    feedback: Annotated[
        bool,
        typer.Option(
            "--feedback",
            help="Count what people said in the app: likes, dislikes and blocked links. What is "
            "held out for the test stays held out.",
        ),
    ] = False,
    workspace: WorkspaceFolder = None,
    as_json: AsJson = False,
) -> None:
    """Train a model; graph and text vectors are made when they are missing."""
    from kgrec_core.config import TrainSettings, checked
    from kgrec_core.pipeline.training import train
    from kgrec_core.storage.feedback import counted_feedback, feedback_of

    if preset is not None and model != "fusion":
        raise typer.BadParameter(f"--preset is for the fusion model (got --model {model}).")
    starts = preset_of(preset).model_settings if preset else {}
    values = {
        "model": model,
        "model_settings": starts | parse_settings(settings or []),
        "split": {"name": split, "seed": seed},
        "text_model": text_model,
        "seed": seed,
    }
    wanted = checked(TrainSettings, values)
    with opened_workspace(workspace) as opened, shown_progress() as on_progress:
        found = opened.resolve_dataset(dataset)
        if feedback:
            said = counted_feedback(feedback_of(opened, found.fingerprint))
            wanted = wanted.model_copy(update={"feedback": said})
        run_id = train(opened, found.fingerprint, wanted, on_progress=on_progress).run_id
        record = opened.resolve_run(run_id)
    if as_json:
        print_json(record.to_json())
        return
    print_facts({"run": record.run_id, "data set": record.dataset_name})
    if feedback:
        said = wanted.feedback
        print_facts(
            {
                "likes": len(said.likes),
                "dislikes": len(said.dislikes),
                "blocked links": len(said.blocked),
            }
        )
    print_facts({"seconds": sum(record.seconds.values()), "peak MB": record.peak_memory_mb})
    print_facts(record.metrics)


def evaluate_model(
    run: Annotated[str, typer.Argument(help='Run id, the start of one, or "active".')],
    k: Annotated[str, typer.Option("--k", help="Lengths of the lists, such as 10,20.")] = "10,20",
    workspace: WorkspaceFolder = None,
    as_json: AsJson = False,
) -> None:
    """Measure a run on what was held out, with 95 % intervals over users."""
    from kgrec_core.pipeline.evaluating import evaluate_run

    cutoffs = parse_cutoffs(k)
    with opened_workspace(workspace) as opened, shown_progress() as on_progress:
        record = opened.resolve_run(run)
        result = evaluate_run(opened, record.run_id, cutoffs, on_progress=on_progress)
    if as_json:
        slices = result.to_json()["slices"]
        print_json(
            {
                "run": record.run_id,
                "split": result.split_name,
                "n_users": result.n_users,
                "metrics": result.metrics,
                "intervals": result.intervals,
                "slices": slices,
            }
        )
        return
    print_facts({"run": record.run_id, "split": result.split_name, "users": result.n_users})
    typer.echo("")
    print_table(
        ("metric", "mean", "from", "to"),
        [
            (name, value, *result.intervals.get(name, (None, None)))
            for name, value in result.metrics.items()
        ],
        empty="Nothing could be measured.",
    )


def use_run(
    run: Annotated[str, typer.Argument(help="Run id or the start of one.")],
    workspace: WorkspaceFolder = None,
    as_json: AsJson = False,
) -> None:
    """Make a run the one that the app works with."""
    with opened_workspace(workspace) as opened:
        record = opened.set_active_run(run)
    if as_json:
        print_json(record.to_json())
    else:
        typer.echo(f"The app now works with {record.run_id} on {record.dataset_name}.")
