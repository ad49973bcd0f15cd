"""A small workspace made by the real pipeline, and the app on it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from kgrec_core.config import TrainSettings
from kgrec_core.pipeline.importing import import_path
from kgrec_core.pipeline.loaded_run import LoadedRun, load_run
from kgrec_core.pipeline.training import train
from kgrec_core.storage.records import JobRecord, RunRecord
from kgrec_core.storage.tables import JobRow
from kgrec_core.storage.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
N_USERS, N_ITEMS = 30, 20
GENRES = ("Drama", "Comedy", "Horror", "Western")
START = 1_600_000_000

OpenPage = Callable[..., AppTest]


@dataclass(frozen=True)
class SmallWorkspace:
    """What the fixture made.

    Attributes:
        root: the workspace folder.
        dataset_fingerprint: of "Small shop": users u00..u29, items i00..i19 called Title 0...
        popularity: a finished run.
        fusion: a finished run without text, the one in use.
    """

    root: Path
    dataset_fingerprint: str
    popularity: RunRecord
    fusion: RunRecord


def write_small_tables(folder: Path) -> Path:
    """Thirty users who mostly like one of four genres, and twenty items with links and text."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(5)
    items = ["item_id,title,genre,maker,description"]
    for i in range(N_ITEMS):
        genre = GENRES[i % len(GENRES)]
        items.append(f"i{i:02},Title {i},{genre},Maker {i % 7},A {genre.lower()} story no {i}")
    rows = ["user_id,item_id,rating,timestamp"]
    for u in range(N_USERS):
        liked = [i for i in range(N_ITEMS) if i % len(GENRES) == u % len(GENRES)]
        others = [i for i in range(N_ITEMS) if i not in liked]
        chosen = [*liked, *rng.choice(others, 4, replace=False).tolist()]
        rows += [
            f"u{u:02},i{i:02},{rng.integers(2, 6)},{START + 86_400 * (10 * u + place)}"
            for place, i in enumerate(chosen)
        ]
    rows.append(f"u00,i01,many,{START}")  # one cell that is no number, for the problem report
    (folder / "items.csv").write_text("\n".join(items) + "\n", "utf-8")
    (folder / "ratings.csv").write_text("\n".join(rows) + "\n", "utf-8")
    return folder


@pytest.fixture(scope="session")
def small_workspace(tmp_path_factory: pytest.TempPathFactory) -> SmallWorkspace:
    """Imported, with a popularity and a fusion run; tests may read it but not change it."""
    folder = tmp_path_factory.mktemp("small")
    workspace = Workspace(folder / "ws", f"sqlite:///{folder / 'ws' / 'kgrec.db'}")
    result = import_path(workspace, write_small_tables(folder / "tables"), name="Small shop")
    fingerprint = result.dataset.fingerprint
    popularity = train(workspace, fingerprint, TrainSettings(model="popularity", text_model="none"))
    settings = TrainSettings(text_model="none", model_settings={"n_rounds": 0})
    fusion = train(workspace, fingerprint, settings)
    workspace.set_active_run(fusion.run_id)
    workspace.close()
    return SmallWorkspace(folder / "ws", fingerprint, popularity, fusion)


@pytest.fixture
def own_workspace(small_workspace: SmallWorkspace, tmp_path: Path) -> SmallWorkspace:
    """A copy of the small workspace that a test may change."""
    shutil.copytree(small_workspace.root, tmp_path / "ws")
    return SmallWorkspace(
        tmp_path / "ws",
        small_workspace.dataset_fingerprint,
        small_workspace.popularity,
        small_workspace.fusion,
    )


def hold_queue(root: Path) -> None:
    """Let a job seem to run, so that whatever a page submits only waits in line."""
    workspace = Workspace(root, f"sqlite:///{root / 'kgrec.db'}")
    row = JobRow(
        job_id="held",
        kind="evaluate",
        payload={},
        state="running",
        created_at=time.time(),
        beat_at=time.time() + 3600,
    )
    with workspace.database.writing() as session:
        session.add(row)
    workspace.close()


def submitted_jobs(root: Path) -> list[JobRecord]:
    """What pages have put in line, the newest first."""
    workspace = Workspace(root, f"sqlite:///{root / 'kgrec.db'}")
    jobs = [job for job in workspace.jobs() if job.job_id != "held"]
    workspace.close()
    return jobs


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenPage]:
    """Opens a page as a visitor would: `open_page(root, "pages/1_Data.py", run="...")`.

    The file is "app.py" for the start page; further arguments are parameters of the address.
    """

    def open_(root: Path, file: str = "app.py", **params: str) -> AppTest:
        monkeypatch.setenv("KGREC_WORKSPACE", str(root))
        monkeypatch.delenv("KGREC_DATABASE_URL", raising=False)
        at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        if file != "app.py":
            at.switch_page(file)
        for name, value in params.items():
            at.query_params[name] = value
        return at.run()

    yield open_
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture
def loaded(small_workspace: SmallWorkspace) -> LoadedRun:
    """The fusion run of the small workspace, to compare pages with."""
    root = small_workspace.root
    workspace = Workspace(root, f"sqlite:///{root / 'kgrec.db'}")
    return load_run(workspace, small_workspace.fusion.run_id)
