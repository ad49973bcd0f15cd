"""Puts the commands together and turns our errors into one line and a status."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from kgrec_core import __version__
from kgrec_core.cli import (
    ask_commands,
    benchmark_commands,
    change_commands,
    data_commands,
    graph_commands,
    list_commands,
    machine_commands,
    quality_commands,
    remove_commands,
    text_commands,
    train_commands,
)
from kgrec_core.cli.report_commands import write_report
from kgrec_core.errors import KgrecError

__all__ = ["app", "run"]

app = typer.Typer(
    name="kgrec",
    help="Recommendations whose every score is a sum that you can read.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
graph_app = typer.Typer(help="Knowledge graphs.", no_args_is_help=True)
remove_app = typer.Typer(help="Remove what is no longer wanted.", no_args_is_help=True)
job_app = typer.Typer(help="Long work in its own process.", no_args_is_help=True)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"kgrec {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Recommendations whose every score is a sum that you can read."""


app.command("import")(data_commands.import_data)
app.command("datasets")(list_commands.list_datasets)
app.command("graphs")(list_commands.list_graphs)
app.command("runs")(list_commands.list_runs)
app.command("jobs")(list_commands.list_jobs)
app.command("train")(train_commands.train_model)
app.command("evaluate")(train_commands.evaluate_model)
app.command("finetune-text")(text_commands.finetune_text_encoder)
app.command("use")(train_commands.use_run)
app.command("report")(write_report)
app.command("recommend")(ask_commands.recommend_items)
app.command("explain")(ask_commands.explain_item)
app.command("what-if")(change_commands.ask_what_if)
app.command("counterfactual")(change_commands.find_counterfactual)
app.command("explain-quality")(quality_commands.measure_explanations)
app.command("benchmark")(benchmark_commands.measure_models)
app.command("signal")(benchmark_commands.check_links)
app.command("doctor")(machine_commands.examine)
app.command("app")(machine_commands.start_app)
graph_app.command("build")(data_commands.build_graph)
graph_app.command("embed")(graph_commands.embed_entities)
job_app.command("run")(machine_commands.run_one_job)
remove_app.command("run")(remove_commands.remove_trained)
remove_app.command("data")(remove_commands.remove_data)
app.add_typer(graph_app, name="graph")
app.add_typer(job_app, name="job")
app.add_typer(remove_app, name="remove")


def run() -> None:
    """Run the command of this process; status 0 done, 1 our error, 2 wrong usage."""
    try:
        app(prog_name="kgrec")
    except KgrecError as error:
        typer.echo(f"Error: {' '.join(str(error).split())}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(0)  # the reader of our output had enough
