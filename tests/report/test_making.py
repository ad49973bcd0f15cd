from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from kgrec_core.contracts import Progress
from kgrec_core.errors import ArtifactError, CancelledError, ConfigError, MissingStepError
from kgrec_core.pipeline.evaluating import baseline_results
from kgrec_core.report.browser import find_chromium
from kgrec_core.report.choices import ReportChoices
from kgrec_core.report.making import kept_report, make_report, save_copy
from kgrec_core.storage.workspace import Workspace
from tests.report.hostile_shop import SCRIPT

RUN = "hostile-run"
QUICK = ReportChoices(users=("u05",), k=2)


def fake_browser(folder: Path, script: str) -> Path:
    """A program that stands for Chromium: `script` is what it does with "$@"."""
    path = folder / "chromium"
    path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


PRINTS = """for word in "$@"; do case "$word" in
  --print-to-pdf=*) out="${word#--print-to-pdf=}";;
  file://*) page="${word#file://}";;
esac; done
printf '%%PDF of ' > "$out"; wc -c < "$page" >> "$out\""""


def test_the_report_is_kept_beside_the_run_with_its_facts(workspace: Workspace) -> None:
    made = make_report(workspace, RUN, QUICK)
    assert made.html.parent.parent == workspace.run_folder(RUN)
    text = made.html.read_bytes()
    assert made.facts["bytes"] == len(text)
    assert SCRIPT.encode() not in text
    assert made.facts["users"] == ["u05"]
    assert made.facts["n_pairs"] == 2
    assert made.facts["max_residual"] < 1e-5
    assert made.to_json()["pdf"] is None


def test_the_same_run_gives_the_same_bytes(workspace: Workspace) -> None:
    first = make_report(workspace, RUN, QUICK).html.read_bytes()
    assert make_report(workspace, RUN, QUICK).html.read_bytes() == first
    other = make_report(workspace, RUN, QUICK.model_copy(update={"k": 3})).html.read_bytes()
    assert other != first


def test_a_kept_report_is_current_until_something_is_measured(workspace: Workspace) -> None:
    assert kept_report(workspace, RUN) is None
    make_report(workspace, RUN, QUICK)
    kept = kept_report(workspace, RUN)
    assert kept is not None
    assert (kept.changed, kept.choices, kept.pdf) == ((), QUICK, None)
    baseline_results(workspace, RUN, ("popularity",))
    outdated = kept_report(workspace, RUN)
    assert outdated is not None
    assert outdated.changed == (f"runs/{RUN}/baseline-popularity-10-20.json",)
    make_report(workspace, RUN, QUICK)
    again = kept_report(workspace, RUN)
    assert again is not None
    assert again.changed == ()


def test_a_damaged_report_counts_as_none(workspace: Workspace) -> None:
    made = make_report(workspace, RUN, QUICK)
    made.html.write_text("cut off", "utf-8")
    assert kept_report(workspace, RUN) is None


def test_a_baseline_that_was_measured_is_in_the_report(workspace: Workspace) -> None:
    baseline_results(workspace, RUN, ("popularity",))
    made = make_report(workspace, RUN, QUICK)
    assert "Most popular" in made.html.read_text("utf-8")
    assert "simple models" not in made.facts["not_measured"]


def test_a_report_that_is_stopped_leaves_the_one_before(workspace: Workspace) -> None:
    before = make_report(workspace, RUN, QUICK).html.read_bytes()

    def stop(progress: Progress) -> None:
        if progress.stage == "Writing the report":
            raise CancelledError("The job was cancelled.")

    with pytest.raises(CancelledError):
        make_report(workspace, RUN, ReportChoices(k=1), on_progress=stop)
    kept = kept_report(workspace, RUN)
    assert kept is not None
    assert kept.html.read_bytes() == before


# PDF


def test_the_browser_prints_the_kept_file(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KGREC_CHROMIUM", str(fake_browser(tmp_path, PRINTS)))
    made = make_report(workspace, RUN, QUICK, pdf=True)
    assert made.pdf is not None
    assert made.pdf.read_text("utf-8").split() == ["%PDF", "of", str(made.facts["bytes"])]
    kept = kept_report(workspace, RUN)
    assert kept is not None
    assert kept.pdf == made.pdf


def test_the_pdf_of_an_older_report_does_not_stay(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KGREC_CHROMIUM", str(fake_browser(tmp_path, PRINTS)))
    make_report(workspace, RUN, QUICK, pdf=True)
    make_report(workspace, RUN, QUICK)
    kept = kept_report(workspace, RUN)
    assert kept is not None
    assert kept.pdf is None


def test_without_a_browser_the_way_out_is_told_before_anything_is_done(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KGREC_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingStepError, match=r"apt-get install chromium.*print it to PDF"):
        make_report(workspace, RUN, QUICK, pdf=True)
    assert kept_report(workspace, RUN) is None


@pytest.mark.parametrize(
    ("script", "words"),
    [("echo no display >&2; exit 3", "no display"), ("exit 0", "could not print")],
)
def test_a_browser_that_fails_is_told_in_one_sentence(
    workspace: Workspace,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    script: str,
    words: str,
) -> None:
    monkeypatch.setenv("KGREC_CHROMIUM", str(fake_browser(tmp_path, script)))
    with pytest.raises(ArtifactError, match=words):
        make_report(workspace, RUN, QUICK, pdf=True)
    assert kept_report(workspace, RUN) is not None  # the HTML file is there all the same


def test_a_named_browser_that_is_not_there_is_told(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KGREC_CHROMIUM", "/nowhere/chromium")
    with pytest.raises(ArtifactError, match="/nowhere/chromium"):
        make_report(workspace, RUN, QUICK, pdf=True)


def test_the_first_known_browser_on_the_path_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KGREC_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", os.pathsep.join([str(tmp_path)]))
    path = fake_browser(tmp_path, "exit 0")
    assert find_chromium() == str(path)


# copies


def test_a_copy_makes_its_folder(workspace: Workspace, tmp_path: Path) -> None:
    made = make_report(workspace, RUN, QUICK)
    copy = save_copy(made.html, tmp_path / "new" / "folder" / "r.html")
    assert copy.read_bytes() == made.html.read_bytes()


def test_a_folder_is_no_place_for_a_file(workspace: Workspace, tmp_path: Path) -> None:
    made = make_report(workspace, RUN, QUICK)
    with pytest.raises(ConfigError, match="must be a file"):
        save_copy(made.html, tmp_path)
