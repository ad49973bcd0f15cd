from __future__ import annotations

from kgrec_core.storage.workspace import Workspace
from kgrec_ui.state import Widget
from kgrec_ui.views.model_choice import MODEL_GROUPS
from tests.ui.conftest import (
    OpenPage,
    SmallWorkspace,
    hold_queue,
    submitted_jobs,
)
from tests.ui.page_reading import DATA, TRAIN, button, choose_model, is_sound, texts


def test_the_train_page_lists_both_runs_and_marks_the_one_in_use(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, TRAIN)
    assert is_sound(at)
    runs = next(f.value for f in at.dataframe if "NDCG@20" in f.value)
    assert dict(zip(runs["Model"], runs["In use"], strict=True)) == {
        "Fusion, own settings": "✓",
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
