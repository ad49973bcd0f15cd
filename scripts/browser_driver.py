"""Start the app as people do and look at it in Chromium, for the browser tests and pictures."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, Playwright

from kgrec_core.report.browser import find_chromium

__all__ = ["find_chromium", "launch_chromium", "running_app", "wait_idle"]

REPOSITORY = Path(__file__).resolve().parent.parent
START_SECONDS = 60.0
QUIET_MS = 300  # shorter quiet times were seen to end between two reruns
# For `ms` on end: the script has stopped, the server is connected, nothing on screen is stale.
QUIET_SCRIPT = """(ms) => {
  const app = document.querySelector('[data-testid="stApp"]');
  const quiet = app && app.dataset.testScriptState === 'notRunning'
    && app.dataset.testConnectionState === 'CONNECTED'
    && !document.querySelector('[data-testid="stSkeleton"],[data-stale="true"]');
  if (!quiet) { window.__quietSince = 0; return false; }
  if (!window.__quietSince) { window.__quietSince = performance.now(); return false; }
  return performance.now() - window.__quietSince > ms;
}"""


def launch_chromium(playwright: Playwright) -> Browser:
    """Headless browser that can resolve no host but 127.0.0.1."""
    return playwright.chromium.launch(
        executable_path=find_chromium(),
        args=[
            "--no-sandbox",  # containers rarely allow Chromium its own; it opens our pages only
            "--disable-dev-shm-usage",
            "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
        ],
    )


@contextmanager
def running_app(workspace: Path, log: Path) -> Iterator[str]:
    """The Streamlit server on a free port, as a process of its own.

    Args:
        workspace: folder of data sets and runs; made by the app when missing.
        log: file that takes what the server prints.

    Yields:
        The address of the start page.

    Raises:
        RuntimeError: the server ended or did not answer in time; holds the end of the log.
    """
    port = _free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.address", "127.0.0.1"]
    command += ["--server.port", str(port), "--server.headless", "true"]
    command += ["--browser.gatherUsageStats", "false", "--server.fileWatcherType", "none"]
    environment = {
        **os.environ,
        "KGREC_WORKSPACE": str(workspace),
        "HF_HUB_OFFLINE": "1",
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1"),
    }
    with log.open("wb") as output:
        server = subprocess.Popen(
            command, cwd=REPOSITORY, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            _wait_for_answer(server, port, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            try:
                server.wait(timeout=10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def wait_idle(page: Page, *, timeout_s: float = 120.0) -> None:
    """Return once the page has been still for `QUIET_MS`.

    Call it right after an action: the counter starts anew, so earlier quiet time does not count.
    """
    page.evaluate("window.__quietSince = 0")
    page.wait_for_function(QUIET_SCRIPT, arg=QUIET_MS, timeout=timeout_s * 1000)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for_answer(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    ending = log.read_text(encoding="utf-8", errors="replace")[-2000:]
    raise RuntimeError(
        f"The app did not start within {START_SECONDS:.0f} s. End of {log}:\n{ending}"
    )
