from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from kgrec_core.config import TrainSettings
from kgrec_core.contracts import Progress
from kgrec_core.errors import CancelledError
from kgrec_core.jobs.payloads import TunePayload, checked_payload
from kgrec_core.pipeline.tuning import TuningResult
from kgrec_core.pipeline.tuning_runs import tune_dataset
from kgrec_core.storage.tables import JobRow
from kgrec_core.storage.workspace import Workspace
from kgrec_ui.state import Widget
from kgrec_ui.views.model_choice import MODEL_GROUPS
from tests.store_samples import small_dataset
from tests.ui.conftest import (
    OpenPage,
    SmallWorkspace,
    hold_queue,
    submitted_jobs,
    write_small_tables,
)

DATA, GRAPH, TRAIN = "pages/1_Data.py", "pages/2_Knowledge_graph.py", "pages/3_Train.py"


def texts(at: AppTest) -> str:
    """All sentences on the page."""
    kinds = ("title", "header", "subheader", "markdown", "caption", "error", "warning", "info")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(at, kind))


def is_sound(at: AppTest) -> bool:
    """No exception box, and no traceback in words."""
    return not at.exception and "Traceback" not in texts(at)


def button(at: AppTest, label: str):
    return next(b for b in at.button if b.label == label)


# the start page


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


# every page, empty


@pytest.mark.parametrize("file", [DATA, GRAPH, TRAIN])
def test_a_page_without_data_says_what_is_missing(
    open_page: OpenPage, tmp_path: Path, file: str
) -> None:
    at = open_page(tmp_path / "ws", file)
    assert is_sound(at)
    assert "Bring data" in texts(at) or "No data yet" in texts(at)


@pytest.mark.parametrize("file", ["app.py", DATA, GRAPH, TRAIN])
def test_a_workspace_that_cannot_be_made_is_one_sentence(
    open_page: OpenPage, tmp_path: Path, file: str
) -> None:
    (tmp_path / "file").write_text("not a folder", "utf-8")
    at = open_page(tmp_path / "file" / "ws", file)
    assert is_sound(at)
    assert len(at.error) == 1
    assert "must be a folder" in at.error[0].value


@pytest.mark.parametrize("file", ["app.py", DATA, GRAPH, TRAIN])
def test_an_address_that_names_unknown_things_is_corrected_in_words(
    open_page: OpenPage, small_workspace: SmallWorkspace, file: str
) -> None:
    at = open_page(small_workspace.root, file, run="nope", data="<b>x</b>", job="gone")
    assert is_sound(at)
    assert "not in this workspace" in texts(at)


# data


def test_the_data_page_shows_the_headline_numbers(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, DATA)
    assert is_sound(at)
    numbers = {metric.label: metric.value for metric in at.metric}
    assert numbers["Users"] == "30"
    assert numbers["Items"] == "20"


def test_the_data_page_reports_the_cell_that_is_no_number(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, DATA)
    tables = [frame.value for frame in at.dataframe]
    report = next(table for table in tables if "What was found and done" in table)
    assert list(report["File"]) == ["ratings.csv"]
    assert list(report["Example"]) == ["many"]


def test_every_chart_of_the_data_page_has_a_table(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, DATA)
    n_twins = sum(e.label == "Show as table" for e in at.expander)
    assert n_twins == len(at.get("plotly_chart")) == 6


def test_an_uploaded_pair_of_tables_is_guessed_and_imported(
    open_page: OpenPage, tmp_path: Path
) -> None:
    folder = write_small_tables(tmp_path / "tables")
    hold_queue(tmp_path / "ws")
    files = [(p.name, p.read_bytes(), "text/csv") for p in sorted(folder.iterdir())]
    at = open_page(tmp_path / "ws", DATA)
    at.file_uploader[0].set_value(files).run()
    assert is_sound(at)
    roles = {box.label: box.value for box in at.selectbox if box.label == "User id"}
    assert roles == {"User id": "user_id"}
    button(at, "Import").click().run()
    assert is_sound(at)
    payload = submitted_jobs(tmp_path / "ws")[0].payload
    assert {table["role"] for table in payload["mapping"]["tables"]} == {"interactions", "items"}


def test_an_uploaded_archive_is_unpacked_for_mapping(open_page: OpenPage, tmp_path: Path) -> None:
    folder = write_small_tables(tmp_path / "tables")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in folder.iterdir():
            archive.write(path, f"shop/{path.name}")
    at = open_page(tmp_path / "ws", DATA)
    at.file_uploader[0].set_value([("shop.zip", packed.getvalue(), "application/zip")]).run()
    assert is_sound(at)
    assert any("ratings.csv" in e.label for e in at.expander)
    assert next(t for t in at.text_input if t.label == "Name of the data set").value == "shop"


def test_an_uploaded_picture_is_refused_with_a_sentence(
    open_page: OpenPage, tmp_path: Path
) -> None:
    at = open_page(tmp_path / "ws", DATA)
    picture = ("photo.csv", b"\x89PNG\r\n\x1a\n" + bytes(100), "text/csv")
    at.file_uploader[0].set_value([picture]).run()
    assert is_sound(at)
    assert "PNG picture" in texts(at)
    assert "No file is marked as interactions" in texts(at)


def test_an_archive_that_would_leave_its_folder_is_refused(
    open_page: OpenPage, tmp_path: Path
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("../../evil.csv", "a,b\n1,2\n")
    at = open_page(tmp_path / "ws", DATA)
    at.file_uploader[0].set_value([("evil.zip", packed.getvalue(), "application/zip")]).run()
    assert is_sound(at)
    assert "outside" in texts(at)
    assert not list(tmp_path.rglob("evil.csv"))


def test_a_folder_path_that_is_not_there_is_one_sentence(
    open_page: OpenPage, tmp_path: Path
) -> None:
    at = open_page(tmp_path / "ws", DATA)
    at.text_input(key=Widget.FOLDER_PATH).set_value(str(tmp_path / "nowhere"))
    button(at, "Read").click().run()
    assert is_sound(at)
    assert "Check the path" in texts(at)


def test_a_folder_is_read_where_it_lies(open_page: OpenPage, tmp_path: Path) -> None:
    hold_queue(tmp_path / "ws")
    folder = write_small_tables(tmp_path / "tables")
    at = open_page(tmp_path / "ws", DATA)
    at.text_input(key=Widget.FOLDER_PATH).set_value(str(folder))
    button(at, "Read").click().run()
    assert is_sound(at)
    button(at, "Import").click().run()
    assert submitted_jobs(tmp_path / "ws")[0].payload["path"] == str(folder)


def test_leaving_a_file_without_a_needed_column_says_which(
    open_page: OpenPage, tmp_path: Path
) -> None:
    folder = write_small_tables(tmp_path / "tables")
    at = open_page(tmp_path / "ws", DATA)
    at.text_input(key=Widget.FOLDER_PATH).set_value(str(folder))
    button(at, "Read").click().run()
    next(b for b in at.selectbox if b.label == "User id").set_value("").run()
    assert is_sound(at)
    assert "choose a column for User id" in texts(at)
    assert "Import" not in {b.label for b in at.button}


def test_discarding_brings_the_ways_to_bring_data_back(open_page: OpenPage, tmp_path: Path) -> None:
    folder = write_small_tables(tmp_path / "tables")
    at = open_page(tmp_path / "ws", DATA)
    at.text_input(key=Widget.FOLDER_PATH).set_value(str(folder))
    button(at, "Read").click().run()
    button(at, "Discard").click().run()
    assert "Bring data" in texts(at)
    assert (folder / "ratings.csv").exists()


def test_a_reload_finds_the_uploaded_files_again(open_page: OpenPage, tmp_path: Path) -> None:
    folder = write_small_tables(tmp_path / "tables")
    files = [(p.name, p.read_bytes(), "text/csv") for p in sorted(folder.iterdir())]
    first = open_page(tmp_path / "ws", DATA)
    first.file_uploader[0].set_value(files).run()
    draft = first.query_params["draft"]
    again = open_page(tmp_path / "ws", DATA, draft=draft)
    assert is_sound(again)
    assert button(again, "Import")
    button(again, "Discard").click().run()
    assert not list((tmp_path / "ws" / "uploads").iterdir())


def test_an_address_cannot_open_a_folder_outside_the_uploads(
    open_page: OpenPage, tmp_path: Path
) -> None:
    write_small_tables(tmp_path / "tables")
    at = open_page(tmp_path / "ws", DATA, draft="../../tables")
    assert is_sound(at)
    assert "Import" not in {b.label for b in at.button}
    assert "draft" not in at.query_params


def test_a_finished_import_is_in_use_and_its_copies_are_gone(
    open_page: OpenPage, tmp_path: Path
) -> None:
    folder = write_small_tables(tmp_path / "tables")
    files = [(p.name, p.read_bytes(), "text/csv") for p in sorted(folder.iterdir())]
    root = tmp_path / "ws"
    at = open_page(root, DATA)
    at.file_uploader[0].set_value(files).run()
    button(at, "Import").click().run()
    deadline = time.monotonic() + 120
    while not submitted_jobs(root)[0].is_over and time.monotonic() < deadline:
        time.sleep(0.5)
    at.run()
    assert is_sound(at)
    assert "The data set is imported and in use." in at.success[0].value
    assert "My data" in [header.value for header in at.header]
    assert not list((root / "uploads").iterdir())


# knowledge graph


def test_the_graph_page_counts_and_draws(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, GRAPH)
    assert is_sound(at)
    assert {metric.label for metric in at.metric} >= {"Entities", "Relations"}
    assert len(at.get("bidi_component")) == 1


def test_a_search_with_a_typing_error_goes_to_the_entity(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, GRAPH)
    at.text_input(key=Widget.GRAPH_SEARCH).set_value("commedy").run()
    assert is_sound(at)
    assert "Comedy" in at.query_params["entity"]


def test_a_search_without_a_result_says_so(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, GRAPH)
    at.text_input(key=Widget.GRAPH_SEARCH).set_value("zzzzqqqq").run()
    assert is_sound(at)
    assert "Nothing is called like" in texts(at)


def test_an_unknown_entity_in_the_address_is_replaced_in_words(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, GRAPH, entity="person:<script>")
    assert is_sound(at)
    assert "not in this graph" in texts(at)


def test_the_entity_is_still_there_after_a_visit_to_another_page(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, GRAPH)
    at.text_input(key=Widget.GRAPH_SEARCH).set_value("Horror").run()
    chosen = at.query_params["entity"]
    at.switch_page(TRAIN).run()
    at.switch_page(GRAPH).run()
    assert at.query_params["entity"] == chosen


def test_the_table_tells_file_and_line_of_each_link(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, GRAPH, entity="item:i03")
    table = next(f.value for f in at.dataframe if "Stated in rows" in f.value)
    assert set(table["File"]) == {"items.csv"}
    assert set(table["Line"]) == {"5"}


# train


def test_the_train_page_lists_both_runs_and_marks_the_one_in_use(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, TRAIN)
    assert is_sound(at)
    runs = next(f.value for f in at.dataframe if "NDCG@20" in f.value)
    assert dict(zip(runs["Model"], runs["In use"], strict=True)) == {
        "Fusion": "✓",
        "Most popular": "",
    }


def test_choosing_another_run_makes_it_the_active_one(
    open_page: OpenPage, own_workspace: SmallWorkspace
) -> None:
    at = open_page(own_workspace.root, TRAIN)
    at.selectbox(key=Widget.ACTIVATE_RUN).set_value(own_workspace.popularity.run_id).run()
    assert is_sound(at)
    workspace = Workspace(own_workspace.root)
    active = workspace.active_run(own_workspace.dataset_fingerprint)
    workspace.close()
    assert active is not None
    assert active.run_id == own_workspace.popularity.run_id


def test_train_queues_a_job_with_the_chosen_settings(
    open_page: OpenPage, own_workspace: SmallWorkspace
) -> None:
    hold_queue(own_workspace.root)
    at = open_page(own_workspace.root, TRAIN)
    choose_model(at, "simple", "popularity")
    at.slider(key=Widget.TRAIN_TEST_SHARE).set_value(30).run()
    button(at, "Train").click().run()
    assert is_sound(at)
    job = submitted_jobs(own_workspace.root)[0]
    assert job.kind == "train"
    assert job.payload["settings"]["model"] == "popularity"
    assert job.payload["settings"]["split"]["test_fraction"] == 0.3
    assert at.query_params["job"] == job.job_id


def test_switching_every_modality_off_is_refused_with_a_sentence(
    open_page: OpenPage, own_workspace: SmallWorkspace
) -> None:
    at = open_page(own_workspace.root, TRAIN)
    parts = ("use_collaborative", "use_graph", "use_text")
    at.pills(key=Widget.TRAIN_MODALITIES.of(*parts)).set_value([]).run()
    assert is_sound(at)
    assert "Switch on at least one" in texts(at)
    assert "Train" not in {b.label for b in at.button}


def test_settings_are_kept_over_a_visit_to_another_page(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, TRAIN)
    choose_model(at, "factors", "lightgcn")
    at.switch_page(DATA).run()
    at.switch_page(TRAIN).run()
    assert at.radio(key=Widget.TRAIN_MODEL.of("factors")).value == "lightgcn"


def choose_model(at: AppTest, group: str, model: str) -> None:
    at.segmented_control(key=Widget.TRAIN_GROUP).set_value(group).run()
    at.radio(key=Widget.TRAIN_MODEL.of(group)).set_value(model).run()


def test_every_model_can_be_chosen_and_says_whether_its_scores_can_be_read(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, TRAIN)
    for group in MODEL_GROUPS[1:]:
        at.segmented_control(key=Widget.TRAIN_GROUP).set_value(group.key).run()
        assert is_sound(at)
        models = at.radio(key=Widget.TRAIN_MODEL.of(group.key))
        assert len(models.options) == len(group.models)
        assert all("Scores can" in caption for caption in models.proto.captions)


def test_a_preset_sets_where_the_settings_start(
    open_page: OpenPage, own_workspace: SmallWorkspace
) -> None:
    hold_queue(own_workspace.root)
    at = open_page(own_workspace.root, TRAIN)
    at.radio(key=Widget.TRAIN_PRESET).set_value("fast").run()
    assert at.toggle(key=Widget.TRAIN_SETTING.of("fusion", "fast", "use_vectors")).value is False
    button(at, "Train").click().run()
    assert is_sound(at)
    settings = submitted_jobs(own_workspace.root)[0].payload["settings"]["model_settings"]
    assert settings["use_vectors"] is False
    assert settings["n_rounds"] == 0
    assert settings["use_order"] is True


def test_an_earlier_run_of_the_preset_predicts_the_time_of_the_next(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, TRAIN)
    assert "a rule of thumb" in texts(at)  # the run there was trained with settings of its own
    choose_model(at, "simple", "popularity")
    assert "as long as the last such run" in texts(at)


def test_the_page_tells_where_the_curves_are(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, TRAIN)
    assert at.code[0].value == f"tensorboard --logdir {small_workspace.root / 'runs'}"


# search of settings


def open_search(open_page: OpenPage, root: Path) -> AppTest:
    at = open_page(root, TRAIN)
    choose_model(at, "simple", "ease")
    return at.segmented_control(key=Widget.TRAIN_TASK).set_value("search").run()


def test_a_search_is_queued_with_its_budget_and_leaves_free_what_it_tries(
    open_page: OpenPage, own_workspace: SmallWorkspace
) -> None:
    hold_queue(own_workspace.root)
    at = open_search(open_page, own_workspace.root)
    at.number_input(key=Widget.SEARCH_TRIALS).set_value(7).run()
    at.number_input(key=Widget.SEARCH_MINUTES).set_value(3).run()
    assert "Smoothing" in texts(at)
    button(at, "Start the search").click().run()
    assert is_sound(at)
    job = submitted_jobs(own_workspace.root)[0]
    assert (job.kind, job.payload["settings"]["model"]) == ("tune", "ease")
    assert job.payload["settings"]["model_settings"] == {}
    assert (job.payload["tuning"]["n_trials"], job.payload["tuning"]["max_seconds"]) == (7, 180.0)
    assert at.query_params["job"] == job.job_id


def test_a_model_that_chooses_for_itself_offers_no_search(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, TRAIN)
    keys = [control.key for control in at.segmented_control]
    assert Widget.TRAIN_TASK not in keys
    assert "weighs its settings on held-out choices itself" in texts(at)


def tune_payload(small: SmallWorkspace) -> dict[str, object]:
    settings = TrainSettings(model="ease", text_model="none", model_settings={})
    values = {"dataset": small.dataset_fingerprint, "settings": settings.model_dump(mode="json")}
    return checked_payload("tune", {**values, "tuning": {"n_trials": 3}}).model_dump(mode="json")


def searched(small: SmallWorkspace) -> TuningResult:
    """A finished search, really made."""
    asked = TunePayload.model_validate(tune_payload(small))
    workspace = Workspace(small.root, f"sqlite:///{small.root / 'kgrec.db'}")
    result = tune_dataset(workspace, asked.dataset, asked.settings, asked.tuning)
    workspace.close()
    return result


def test_a_running_search_shows_its_trials(
    open_page: OpenPage, own_workspace: SmallWorkspace
) -> None:
    asked = TunePayload.model_validate(tune_payload(own_workspace))
    workspace = Workspace(own_workspace.root, f"sqlite:///{own_workspace.root / 'kgrec.db'}")

    def stop_after_two(progress: Progress) -> None:
        if progress.stage == "Trying settings" and progress.done == 2:
            raise CancelledError("enough")

    with pytest.raises(CancelledError):
        tune_dataset(
            workspace, asked.dataset, asked.settings, asked.tuning, on_progress=stop_after_two
        )
    workspace.close()
    put_job(
        own_workspace.root,
        kind="tune",
        payload=tune_payload(own_workspace),
        state="running",
        beat_at=time.time() + 3600,
    )
    at = open_page(own_workspace.root, TRAIN, job="j1")
    assert is_sound(at)
    table = next(f.value for f in at.dataframe if "Trial" in f.value)
    assert list(table["Trial"]) == [2, 1]
    assert "2 of 3 trials" in texts(at)
    assert len(at.get("plotly_chart")) == 1
    assert button(at, "Train").disabled


def test_a_search_without_a_trial_yet_says_so(
    open_page: OpenPage, own_workspace: SmallWorkspace
) -> None:
    put_job(
        own_workspace.root,
        kind="tune",
        payload=tune_payload(own_workspace),
        state="running",
        beat_at=time.time() + 3600,
    )
    at = open_page(own_workspace.root, TRAIN, job="j1")
    assert is_sound(at)
    assert "The first trial, with the default settings, is on its way." in texts(at)


def test_a_finished_search_offers_to_train_with_the_best_settings(
    open_page: OpenPage, own_workspace: SmallWorkspace
) -> None:
    result = searched(own_workspace)
    put_job(
        own_workspace.root,
        kind="tune",
        payload=tune_payload(own_workspace),
        state="done",
        result=result.to_json(),
    )
    hold_queue(own_workspace.root)
    at = open_page(own_workspace.root, TRAIN, job="j1")
    assert is_sound(at)
    assert "Best settings of Item regression (EASE)" in texts(at)
    button(at, "Train with these settings").click().run()
    assert is_sound(at)
    job = next(job for job in submitted_jobs(own_workspace.root) if job.job_id != "j1")
    assert job.kind == "train"
    assert job.payload["settings"]["model_settings"] == result.settings
    assert at.query_params["job"] == job.job_id


# jobs


def test_a_finished_import_is_taken_over_once_and_not_after_another_choice(
    open_page: OpenPage, own_workspace: SmallWorkspace
) -> None:
    workspace = Workspace(own_workspace.root, f"sqlite:///{own_workspace.root / 'kgrec.db'}")
    other = workspace.save_dataset(small_dataset(name="Other")).fingerprint
    workspace.close()
    put_job(own_workspace.root, kind="import", state="done", result={"fingerprint": other})
    at = open_page(own_workspace.root, DATA, job="j1")
    assert at.query_params["data"] == other
    button(at, "Use this").click().run()
    assert is_sound(at)
    assert at.query_params["data"] == own_workspace.dataset_fingerprint
    assert "Small shop" in [header.value for header in at.header]


def put_job(root: Path, **changes: object) -> None:
    workspace = Workspace(root, f"sqlite:///{root / 'kgrec.db'}")
    values = {"job_id": "j1", "kind": "train", "payload": {}, "created_at": 0.0, **changes}
    with workspace.database.writing() as session:
        session.add(JobRow(**values))
    workspace.close()


def test_a_running_job_shows_stage_and_a_way_to_cancel(
    open_page: OpenPage, own_workspace: SmallWorkspace
) -> None:
    now = time.time()
    put_job(
        own_workspace.root,
        state="running",
        stage="Choosing settings",
        done=30,
        total=120,
        beat_at=now + 3600,
        started_at=now - 60,
    )
    at = open_page(own_workspace.root, TRAIN, job="j1")
    assert is_sound(at)
    bar = at.get("progress")[0].proto
    assert bar.value == 25
    assert bar.text.startswith("Choosing settings · 30 of 120")
    button(at, "Cancel").click().run()
    assert is_sound(at)
    workspace = Workspace(own_workspace.root, f"sqlite:///{own_workspace.root / 'kgrec.db'}")
    with workspace.database.reading() as session:
        assert session.get_one(JobRow, "j1").cancel_requested
    workspace.close()


def test_no_second_training_can_be_started_beside_a_running_one(
    open_page: OpenPage, own_workspace: SmallWorkspace
) -> None:
    put_job(own_workspace.root, state="running", beat_at=time.time() + 3600)
    at = open_page(own_workspace.root, TRAIN, job="j1")
    assert button(at, "Train").disabled


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"state": "failed", "error": "The disk is full."}, "The disk is full."),
        ({"state": "running", "beat_at": 0.0}, "stopped without a word"),
        ({"state": "cancelled"}, "cancelled"),
    ],
)
def test_a_job_that_did_not_end_well_is_told_and_can_be_closed(
    open_page: OpenPage, own_workspace: SmallWorkspace, changes: dict[str, object], words: str
) -> None:
    put_job(own_workspace.root, **changes)
    at = open_page(own_workspace.root, TRAIN, job="j1")
    assert is_sound(at)
    assert words in texts(at)
    button(at, "Close").click().run()
    assert words not in texts(at)
    assert "job" not in at.query_params


def test_a_job_of_another_kind_is_not_shown(
    open_page: OpenPage, own_workspace: SmallWorkspace
) -> None:
    put_job(own_workspace.root, state="failed", error="The disk is full.", kind="import")
    at = open_page(own_workspace.root, TRAIN, job="j1")
    assert is_sound(at)
    assert "The disk is full." not in texts(at)


# all pages


@pytest.mark.parametrize("file", ["app.py", DATA, GRAPH, TRAIN])
def test_every_input_has_a_label(
    open_page: OpenPage, small_workspace: SmallWorkspace, file: str
) -> None:
    at = open_page(small_workspace.root, file)
    kinds = ("text_input", "selectbox", "slider", "number_input", "radio", "file_uploader")
    inputs = [element for kind in kinds for element in getattr(at, kind)]
    assert [element for element in inputs if not element.label.strip()] == []
