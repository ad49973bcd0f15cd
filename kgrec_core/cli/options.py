"""Options that several commands share, and the workspace that they open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from kgrec_core.storage.workspace import Workspace

__all__ = ["AsJson", "WorkspaceFolder", "opened_workspace", "parse_cutoffs"]

WorkspaceFolder = Annotated[
    Path | None,
    typer.Option(
        "--workspace",
        help="Folder with data, graphs and runs. Default: KGREC_WORKSPACE, else ./workspace.",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for other programs.")]


@contextmanager
def opened_workspace(folder: Path | None) -> Iterator[Workspace]:
    """The workspace that a command works in, closed afterwards."""
    from kgrec_core.storage.workspace import Workspace, workspace_root

    workspace = Workspace(workspace_root(folder))
    workspace.open()
    try:
        yield workspace
    finally:
        workspace.close()


def parse_cutoffs(text: str) -> tuple[int, ...]:
    """The text "10,20" as numbers.

    Raises:
        typer.BadParameter: a part is not a whole number of 1 or more.
    """
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdigit() and int(part) > 0 for part in parts):
        raise typer.BadParameter(f"give whole numbers such as 10,20 (got {text}).")
    return tuple(int(part) for part in parts)
