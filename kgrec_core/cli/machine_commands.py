"""Commands about this machine: doctor, app, job run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from kgrec_core.cli.options import AsJson, WorkspaceFolder, opened_workspace
from kgrec_core.cli.output import print_json
from kgrec_core.errors import MissingStepError

__all__ = ["examine", "run_one_job", "start_app"]


def examine(workspace: WorkspaceFolder = None, as_json: AsJson = False) -> None:
    """Look at what works on this machine, and say what to do about the rest."""
    from kgrec_core.cli.doctor import all_checks
    from kgrec_core.storage.workspace import workspace_root

    checks = all_checks(workspace_root(workspace))
    is_ready = all(check.works or not check.is_needed for check in checks)
    if as_json:
        print_json({"ok": is_ready, "checks": [check.to_json() for check in checks]})
    else:
        for check in checks:
            typer.echo(check.line())
        typer.echo("Everything needed works." if is_ready else "Something needed does not work.")
    raise typer.Exit(0 if is_ready else 1)


def start_app(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8501,
    address: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    workspace: WorkspaceFolder = None,
) -> None:
    """Start the app in the browser, on this machine only unless told otherwise."""
    from kgrec_core.storage.workspace import workspace_root

    script = Path(__file__).resolve().parents[2] / "app.py"
    if not script.exists():
        raise MissingStepError(
            f"The pages of the app are not installed here ({script} is missing). "
            "Run kgrec from the folder of the project."
        )
    root = workspace_root(workspace).absolute()
    command = [sys.executable, "-m", "streamlit", "run", str(script)]
    command += [f"--server.address={address}", f"--server.port={port}"]
    command += ["--server.headless=true", "--browser.gatherUsageStats=false"]
    environment = {**os.environ, "KGREC_WORKSPACE": str(root)}
    typer.echo(f"Starting on http://{address}:{port} with the workspace {root}. Stop with Ctrl+C.")
    sys.stdout.flush()
    os.chdir(script.parent)  # where Streamlit looks for its settings
    if os.name == "posix":
        os.execve(sys.executable, command, environment)  # whoever stops kgrec stops the app
    try:
        status = subprocess.call(command, env=environment)
    except KeyboardInterrupt:
        status = 0
    raise typer.Exit(status)


def run_one_job(
    job: Annotated[str, typer.Argument(help="Job id.")],
    workspace: WorkspaceFolder = None,
    as_json: AsJson = False,
) -> None:
    """Do the work of a waiting job in this process; the app does this by itself."""
    from kgrec_core.jobs.worker import run_job

    with opened_workspace(workspace) as opened:
        record = run_job(opened, job)
    if as_json:
        print_json(record.to_json())
    else:
        typer.echo(f"{record.job_id}: {record.state} {record.error}".rstrip())
    raise typer.Exit(0 if record.state in ("done", "cancelled") else 1)
