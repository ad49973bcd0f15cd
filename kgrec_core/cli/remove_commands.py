"""Commands that remove what a workspace holds, after a question."""

from __future__ import annotations

from typing import Annotated

import typer

from kgrec_core.cli.options import AsJson, WorkspaceFolder, opened_workspace
from kgrec_core.cli.output import print_facts, print_json
from kgrec_core.words import counted

__all__ = ["remove_data", "remove_trained"]

Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


def remove_trained(
    run: Annotated[str, typer.Argument(help="Run id or the start of one.")],
    yes: Yes = False,
    workspace: WorkspaceFolder = None,
    as_json: AsJson = False,
) -> None:
    """Remove a run with its measurements; what people said about it stays."""
    from kgrec_core.storage.removal import remove_run

    with opened_workspace(workspace) as opened:
        record = opened.resolve_run(run)
        _ask(f"Remove the run {record.run_id} for good?", yes)
        remove_run(opened, record.run_id)
    if as_json:
        print_json({"removed": record.run_id})
    else:
        print_facts({"removed": record.run_id})


def remove_data(
    dataset: Annotated[str, typer.Argument(help="Name or fingerprint of a data set.")],
    yes: Yes = False,
    workspace: WorkspaceFolder = None,
    as_json: AsJson = False,
) -> None:
    """Remove a data set with all that was made of it or said about it; your files stay."""
    from kgrec_core.storage.removal import belongings_of, remove_dataset

    with opened_workspace(workspace) as opened:
        record = opened.resolve_dataset(dataset)
        own = belongings_of(opened, record.fingerprint)
        said = counted(own.n_feedback, "entry of feedback", "entries of feedback")
        with_it = f"{counted(own.n_runs, 'run')} and {said}"
        _ask(f"Remove '{record.name}' ({record.fingerprint}) for good, with {with_it}?", yes)
        remove_dataset(opened, record.fingerprint)
    if as_json:
        print_json({"removed": record.fingerprint, "runs": own.n_runs})
    else:
        print_facts({"removed": f"{record.name} ({record.fingerprint})", "runs": own.n_runs})


def _ask(question: str, yes: bool) -> None:
    """Go on after a yes; without anybody to ask, `--yes` is needed."""
    if not yes:
        typer.confirm(question, abort=True, err=True)
