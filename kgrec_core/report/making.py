"""Makes the report of a run, keeps the last one beside the run, and knows when it is outdated."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kgrec_core.contracts import OnProgress, Progress, no_progress
from kgrec_core.errors import ArtifactError, ConfigError
from kgrec_core.pipeline.loaded_run import LoadedRun, load_run
from kgrec_core.report.browser import find_chromium, print_to_pdf
from kgrec_core.report.choices import ReportChoices
from kgrec_core.report.document import report_html
from kgrec_core.report.findings import Findings, read_findings
from kgrec_core.report.part_check import largest_residual
from kgrec_core.report.people import Person, chosen_people
from kgrec_core.report.sources import changed_sources, sources_of
from kgrec_core.report.summary import not_measured, summary_of
from kgrec_core.saved_settings import read_settings, stamped
from kgrec_core.storage.artifacts import read_json, write_json
from kgrec_core.storage.workspace import Workspace

__all__ = ["KeptReport", "MadeReport", "kept_report", "make_report", "save_copy"]

FOLDER, HTML_NAME, PDF_NAME, FACTS_NAME = "report", "report.html", "report.pdf", "report.json"


@dataclass(frozen=True)
class MadeReport:
    """A report on disk.

    Attributes:
        html: the file.
        pdf: the printed one; None when it was not asked for.
        facts: run, choices, digest, users, summary, what was not measured, largest residual.
    """

    html: Path
    pdf: Path | None
    facts: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        pdf = str(self.pdf) if self.pdf is not None else None
        return {"html": str(self.html), "pdf": pdf, **self.facts}


@dataclass(frozen=True)
class KeptReport:
    """The last report of a run.

    Attributes:
        html: the file.
        pdf: the printed one; None when there is none of this content.
        choices: that it was made with.
        facts: as in `MadeReport`.
        changed: stored results that are newer than the report, by name; empty when it is current.
        made_at: seconds since 1970.
    """

    html: Path
    pdf: Path | None
    choices: ReportChoices
    facts: dict[str, Any]
    changed: tuple[str, ...]
    made_at: float


def make_report(
    workspace: Workspace,
    run_id: str,
    choices: ReportChoices | None = None,
    *,
    pdf: bool = False,
    on_progress: OnProgress = no_progress,
) -> MadeReport:
    """Write the report of a run into its folder; the one before is replaced.

    Args:
        workspace: where the run is.
        run_id: its id, the start of one, or "active".
        choices: users, parts, lengths.
        pdf: print it too.
        on_progress: hears about each step; may raise `CancelledError` to stop.

    Raises:
        UnknownIdError: there is no such run, user or item.
        ArtifactError: the run or its data is damaged, or the disk refuses.
        MissingStepError: a PDF is asked for and there is no browser.
    """
    if pdf:
        find_chromium()  # said before anything slow happens
    wanted = choices or ReportChoices()
    on_progress(Progress("Loading the run", 0, 0, {}))
    run = load_run(workspace, run_id)
    on_progress(Progress("Reading what was measured", 0, 0, {}))
    findings = read_findings(workspace, run)
    people = _people(run, wanted, on_progress)
    on_progress(Progress("Writing the report", 0, 0, {}))
    content = report_html(findings, people, wanted).encode("utf-8")
    folder = workspace.run_folder(run.record.run_id) / FOLDER
    (folder / PDF_NAME).unlink(missing_ok=True)  # it belongs to the report before
    _write(folder / HTML_NAME, content)
    facts = _facts(findings, people, wanted, content)
    write_json(folder / FACTS_NAME, facts)
    printed = None
    if pdf:
        on_progress(Progress("Printing to PDF", 0, 0, {}))
        printed = folder / PDF_NAME
        print_to_pdf(folder / HTML_NAME, printed)
    on_progress(Progress("Writing the report", 1, 1, {}))
    return MadeReport(folder / HTML_NAME, printed, facts)


def kept_report(workspace: Workspace, run_id: str) -> KeptReport | None:
    """The last report of a run; None when there is none that can be read.

    Raises:
        UnknownIdError: there is no such run.
    """
    record = workspace.resolve_run(run_id)
    folder = workspace.run_folder(record.run_id) / FOLDER
    html, pdf = folder / HTML_NAME, folder / PDF_NAME
    try:
        facts = read_json(folder / FACTS_NAME)
        digest = hashlib.sha256(html.read_bytes()).hexdigest()
        choices = read_settings(ReportChoices, "report", facts["choices"], "the report")
        made_at = html.stat().st_mtime
        before = {str(name): str(known) for name, known in facts["sources"].items()}
        if digest != facts["sha256"]:
            return None
    except (ArtifactError, OSError, KeyError, TypeError, ValueError, AttributeError):
        return None
    changed = changed_sources(before, sources_of(workspace, record))
    return KeptReport(html, pdf if pdf.exists() else None, choices, facts, changed, made_at)


def save_copy(made: Path, target: Path) -> Path:
    """Copy a made report to where it is wanted.

    Raises:
        ConfigError: the place is a folder, or cannot be written.
    """
    if target.is_dir():
        raise ConfigError(f"'out' must be a file in 'report' (got the folder {target}).")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(target, made.read_bytes())
    except (OSError, ArtifactError) as error:
        raise ConfigError(
            f"'out' must be a file that can be written in 'report' (got {target}: {error})."
        ) from None
    return target


def _people(run: LoadedRun, choices: ReportChoices, on_progress: OnProgress) -> list[Person]:
    if "people" not in choices.parts:
        return []
    return chosen_people(run, choices, on_progress=on_progress)


def _facts(
    findings: Findings, people: list[Person], choices: ReportChoices, content: bytes
) -> dict[str, Any]:
    residual, n_pairs = largest_residual(people)
    return {
        "run": findings.record.run_id,
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "users": [person.user_id for person in people if person.user_id],
        "summary": [found.text for found in summary_of(findings)],
        "not_measured": [what for what, _ in not_measured(findings)],
        "n_pairs": n_pairs,
        "max_residual": residual,
        "choices": stamped(choices.model_dump(mode="json")),
        "sources": {source.name: source.digest for source in findings.sources},
    }


def _write(path: Path, content: bytes) -> None:
    """Replace a file as a whole."""
    aside = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside.write_bytes(content)
        aside.replace(path)
    except OSError as error:
        raise ArtifactError(f"Cannot write {path}: {error.strerror}.") from None
    finally:
        aside.unlink(missing_ok=True)
