"""Finds an installed Chromium, and lets it print a file of ours to PDF."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from kgrec_core.errors import ArtifactError, MissingStepError

__all__ = ["find_chromium", "print_to_pdf"]

CHROMIUM_NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)
PRINT_SECONDS = 120.0


def find_chromium() -> str:
    """Path of the browser: `KGREC_CHROMIUM`, else the first known name in PATH.

    Raises:
        MissingStepError: there is none; the message says what to install, or to do instead.
    """
    named = os.environ.get("KGREC_CHROMIUM")
    if named:
        return named
    for name in CHROMIUM_NAMES:
        path = shutil.which(name)
        if path:
            return path
    raise MissingStepError(
        f"No Chromium was found (looked for {', '.join(CHROMIUM_NAMES)}), and only a browser can "
        "make the PDF. Install it, on Debian: apt-get install chromium fonts-liberation; or set "
        "KGREC_CHROMIUM to where it is; or open the HTML file in any browser and print it to PDF."
    )


def print_to_pdf(html: Path, pdf: Path) -> None:
    """Print a local HTML file; the browser can reach no other machine while it does.

    Raises:
        MissingStepError: there is no browser.
        ArtifactError: the browser failed.
    """
    browser = find_chromium()
    with tempfile.TemporaryDirectory(prefix="kgrec-print-") as folder:
        made = Path(folder) / "report.pdf"
        command = [
            browser,
            "--headless=new",
            "--no-sandbox",  # containers rarely allow it; only a file of ours is opened
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            f"--user-data-dir={folder}/profile",
            "--no-first-run",
            "--no-pdf-header-footer",
            f"--print-to-pdf={made}",
            html.absolute().as_uri(),
        ]
        try:
            run = subprocess.run(
                command, capture_output=True, text=True, timeout=PRINT_SECONDS, check=False
            )
        except OSError as error:
            raise ArtifactError(f"Cannot start the browser {browser}: {error.strerror}.") from None
        except subprocess.TimeoutExpired:
            raise ArtifactError(
                f"The browser {browser} did not print within {PRINT_SECONDS:.0f} s. Open the HTML "
                "file and print it to PDF by hand."
            ) from None
        if run.returncode or not made.exists():
            ending = " ".join(run.stderr.split())[-200:]
            raise ArtifactError(f"The browser {browser} could not print the report: {ending}")
        try:
            shutil.copyfile(made, pdf)
        except OSError as error:
            raise ArtifactError(f"Cannot write {pdf}: {error.strerror}.") from None
