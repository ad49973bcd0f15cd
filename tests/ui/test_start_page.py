from __future__ import annotations

from pathlib import Path

from tests.ui.conftest import (
    OpenPage,
    SmallWorkspace,
    hold_queue,
    submitted_jobs,
)
from tests.ui.page_reading import button, is_sound, texts


def test_an_empty_workspace_offers_the_sample_and_an_upload(
    open_page: OpenPage, tmp_path: Path
) -> None:
    at = open_page(tmp_path / "ws")
    assert is_sound(at)
    assert {"Load the sample", "Upload your own"} <= {b.label for b in at.button}


def test_upload_your_own_leads_to_the_open_upload(open_page: OpenPage, tmp_path: Path) -> None:
    at = open_page(tmp_path / "ws")
    button(at, "Upload your own").click().run()
    assert is_sound(at)
    assert "Bring data" in texts(at)
    assert at.get("tab_container")[0].proto.tab_container.default_tab_index == 1


def test_an_empty_workspace_waits_with_all_later_steps(open_page: OpenPage, tmp_path: Path) -> None:
    at = open_page(tmp_path / "ws")
    assert texts(at).count("Waits for step") == 6


def test_the_start_page_tells_one_fact_per_finished_step(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root)
    assert is_sound(at)
    assert "Small shop: 20 items" in texts(at)
    assert "NDCG@20 on the test part" in texts(at)


def test_loading_the_sample_from_the_start_page_shows_its_import(
    open_page: OpenPage, tmp_path: Path
) -> None:
    hold_queue(tmp_path / "ws")
    at = open_page(tmp_path / "ws")
    button(at, "Load the sample").click().run()
    assert is_sound(at)
    job = submitted_jobs(tmp_path / "ws")[0]
    assert (job.kind, job.payload["name"]) == ("import", "Movies (sample)")
    assert at.query_params["job"] == job.job_id
