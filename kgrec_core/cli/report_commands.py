"""The command that writes the report of a run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kgrec_core.cli.options import AsJson, WorkspaceFolder, opened_workspace
from kgrec_core.cli.output import print_facts, print_json, shown_progress
from kgrec_core.figures import format_bytes

if TYPE_CHECKING:
    from kgrec_core.report.choices import ReportChoices
    from kgrec_core.report.making import MadeReport

__all__ = ["write_report"]

PART_NAMES = "data,accuracy,people,beyond,limits"


def write_report(
    run: Annotated[str, typer.Argument(help='Run id, the start of one, or "active".')],
    out: Annotated[Path, typer.Option(help="HTML file to write.")] = Path("report.html"),
    pdf: Annotated[
        bool, typer.Option("--pdf", help="Print it too, beside the HTML file; needs Chromium.")
    ] = False,
    user: Annotated[
        list[str] | None,
        typer.Option(
            help="Id of a user to show with reasons; may be repeated. Default: one per quarter of "
            "activity."
        ),
    ] = None,
    k: Annotated[int, typer.Option("-k", min=1, max=20, help="Length of each list.")] = 5,
    drawn: Annotated[
        int, typer.Option(min=0, max=5, help="Items per list whose score is drawn in full.")
    ] = 1,
    parts: Annotated[
        str, typer.Option(help="Parts to include; summary and checks are always there.")
    ] = PART_NAMES,
    like: Annotated[
        list[str] | None, typer.Option(help="Also show a newcomer who likes this item.")
    ] = None,
    dislike: Annotated[
        list[str] | None, typer.Option(help="Item that the newcomer does not want to see.")
    ] = None,
    entity: Annotated[
        list[str] | None, typer.Option(help="Entity id that the newcomer is interested in.")
    ] = None,
    tag: Annotated[list[str] | None, typer.Option(help="Tag that the newcomer likes.")] = None,
    text: Annotated[
        list[str] | None, typer.Option(help="Words about the newcomer's taste.")
    ] = None,
    friend: Annotated[
        list[str] | None, typer.Option(help="Id of a user whom the newcomer knows.")
    ] = None,
    attribute: Annotated[
        list[str] | None, typer.Option(help='What the newcomer is, as "occupation: writer".')
    ] = None,
    workspace: WorkspaceFolder = None,
    as_json: AsJson = False,
) -> None:
    """Write what was measured about a run into one HTML file that opens anywhere, offline."""
    newcomer = {
        "likes": like or [],
        "dislikes": dislike or [],
        "entities": entity or [],
        "tags": tag or [],
        "texts": text or [],
        "friends": friend or [],
        "attributes": attribute or [],
    }
    choices = _choices(
        {
            "users": user or [],
            "parts": [part.strip() for part in parts.split(",") if part.strip()],
            "k": k,
            "n_drawn": drawn,
            "newcomer": newcomer if any(newcomer.values()) else None,
        }
    )
    from kgrec_core.report.making import make_report, save_copy

    with opened_workspace(workspace) as opened, shown_progress() as on_progress:
        made = make_report(opened, run, choices, pdf=pdf, on_progress=on_progress)
        html = save_copy(made.html, out)
        printed = save_copy(made.pdf, out.with_suffix(".pdf")) if made.pdf else None
    if as_json:
        files = {"html": str(html), "pdf": str(printed) if printed else None}
        print_json({**made.to_json(), **files})
    else:
        _say(made, html, printed)


def _choices(values: dict[str, Any]) -> ReportChoices:
    from kgrec_core.config import checked
    from kgrec_core.report.choices import ReportChoices

    return checked(ReportChoices, values)


def _say(made: MadeReport, html: Path, printed: Path | None) -> None:
    size = format_bytes(float(made.facts["bytes"]))
    print_facts({"report": f"{html} ({size})"})
    if printed is not None:
        print_facts({"PDF": str(printed)})
    typer.echo("")
    for sentence in made.facts["summary"]:
        typer.echo(f"- {sentence}")
