from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from kgrec_core.config import SplitSettings, TrainSettings
from kgrec_core.pipeline.evaluating import baseline_results
from kgrec_core.pipeline.importing import import_path
from kgrec_core.pipeline.loaded_run import LoadedRun, load_run
from kgrec_core.pipeline.training import train
from kgrec_core.storage.workspace import Workspace
from kgrec_ui.state import Widget
from tests.ui.conftest import (
    OpenPage,
    SmallWorkspace,
    hold_queue,
    submitted_jobs,
    write_small_tables,
)

RECOMMEND, COLD, EVALUATE = (
    "pages/4_Recommend_and_explain.py",
    "pages/5_Cold_start.py",
    "pages/6_Evaluate.py",
)
ALL_PAGES = pytest.mark.parametrize("page", [RECOMMEND, COLD, EVALUATE])


def texts(at: AppTest) -> str:
    """All sentences on the page."""
    kinds = ("title", "header", "subheader", "markdown", "caption", "error", "warning", "info")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(at, kind)).replace(
        "\\", ""
    )


def is_sound(at: AppTest) -> bool:
    """No exception box, and no traceback in words."""
    return not at.exception and "Traceback" not in texts(at)


def tables(at: AppTest) -> list:
    return [element.value for element in at.dataframe]


def table_with(at: AppTest, column: str):
    return next(table for table in tables(at) if column in table.columns)


def workspace_of(root: Path) -> Workspace:
    return Workspace(root, f"sqlite:///{root / 'kgrec.db'}")


@pytest.fixture
def loaded(small_workspace: SmallWorkspace) -> LoadedRun:
    return load_run(workspace_of(small_workspace.root), small_workspace.fusion.run_id)


# empty


@ALL_PAGES
def test_without_data_each_page_says_what_comes_first(
    open_page: OpenPage, tmp_path: Path, page: str
) -> None:
    at = open_page(tmp_path / "ws", page)
    assert is_sound(at)
    assert "No data yet" in texts(at)


@ALL_PAGES
def test_without_a_run_each_page_leads_to_training(
    open_page: OpenPage, tmp_path: Path, page: str
) -> None:
    workspace = workspace_of(tmp_path / "ws")
    import_path(workspace, write_small_tables(tmp_path / "tables"), name="Small shop")
    workspace.close()
    at = open_page(tmp_path / "ws", page)
    assert is_sound(at)
    assert "No trained model yet" in texts(at)


def test_links_can_be_tested_before_anything_is_trained(
    open_page: OpenPage, tmp_path: Path
) -> None:
    workspace = workspace_of(tmp_path / "ws")
    import_path(workspace, write_small_tables(tmp_path / "tables"), name="Small shop")
    workspace.close()
    at = open_page(tmp_path / "ws", EVALUATE, part="signal")
    assert is_sound(at)
    assert "No trained model yet" not in texts(at)
    assert "Test the links" in [button.label for button in at.button]


# recommend and explain


def test_the_list_is_that_of_the_run(
    open_page: OpenPage, small_workspace: SmallWorkspace, loaded: LoadedRun
) -> None:
    at = open_page(small_workspace.root, RECOMMEND, user="u03", k="5")
    assert is_sound(at)
    expected = loaded.recommend(loaded.evidence_of(loaded.dataset.users.index_of("u03")), 5)
    shown = table_with(at, "main reason")
    assert shown["rank"].tolist() == [1, 2, 3, 4, 5]
    assert shown["id"].tolist() == [
        loaded.dataset.items.id_of(int(i)) for i in expected.item_indices
    ]


def test_a_link_restores_user_item_and_length(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, RECOMMEND, user="u07", item="i02", k="3")
    assert at.selectbox(key=Widget.USER).value == "u07"
    assert at.selectbox(key=Widget.ITEM).value == "i02"
    assert len(table_with(at, "main reason")) == 3
    assert "Why “Title 2”?" in texts(at)


def test_contributions_on_the_page_add_up_to_the_score(
    open_page: OpenPage, small_workspace: SmallWorkspace, loaded: LoadedRun
) -> None:
    at = open_page(small_workspace.root, RECOMMEND, user="u03", item="i05")
    evidence = loaded.evidence_of(loaded.dataset.users.index_of("u03"))
    explanation = loaded.explain(evidence, loaded.dataset.items.index_of("i05"))
    total = table_with(at, "contribution")["contribution"].sum()
    assert total + explanation.bias == pytest.approx(explanation.score, abs=1e-6)
    assert "the reasons are the whole score" in texts(at)


def test_every_path_names_where_its_links_are_stated(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, RECOMMEND, user="u03")
    paths = table_with(at, "stated in")
    assert len(paths) > 0
    assert paths["stated in"].str.contains("items.csv, row ").all()


def test_the_drawing_is_cut_off_from_the_app(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, RECOMMEND, user="u03")
    frame = at.get("iframe")[0].proto
    assert frame.src.startswith("data:text/html")
    assert frame.srcdoc == ""


def test_an_unknown_user_in_the_link_is_named_and_replaced(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, RECOMMEND, user="nobody")
    assert is_sound(at)
    assert "nobody" in at.warning[0].value
    assert len(table_with(at, "main reason")) == 10


def test_an_unknown_item_in_the_link_is_named_and_replaced(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, RECOMMEND, user="u03", item="<script>")
    assert is_sound(at)
    assert "<script>" in at.warning[0].value
    assert "Why “Title" in texts(at)


def test_a_length_that_makes_no_sense_falls_back(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, RECOMMEND, user="u03", k="9999")
    assert is_sound(at)
    assert len(table_with(at, "main reason")) == 10


def test_an_item_of_the_history_is_explained_but_said_to_be_known(
    open_page: OpenPage, small_workspace: SmallWorkspace, loaded: LoadedRun
) -> None:
    evidence = loaded.evidence_of(loaded.dataset.users.index_of("u03"))
    item = loaded.dataset.items.id_of(int(evidence.item_indices[0]))
    at = open_page(small_workspace.root, RECOMMEND, user="u03", item=item)
    assert is_sound(at)
    assert any("history already" in info.value for info in at.info)


def test_a_new_user_starts_with_the_first_item_of_his_list(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, RECOMMEND, user="u03", item="i02")
    at.selectbox(key=Widget.USER).select("u04").run()
    assert is_sound(at)
    assert at.selectbox(key=Widget.ITEM).value == table_with(at, "main reason")["id"].iloc[0]


def test_popularity_is_explained_as_bias_alone(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(
        small_workspace.root, RECOMMEND, user="u03", run=small_workspace.popularity.run_id
    )
    assert is_sound(at)
    assert "how popular it is with everybody" in texts(at)


def test_the_bars_can_be_regrouped_and_the_sum_stays(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, RECOMMEND, user="u03")
    statement = next(line for line in texts(at).splitlines() if "Bias " in line)
    key = Widget.RECOMMEND_GROUPING.of("recommend")
    at.button_group(key=key).set_value("One bar per contribution").run()
    assert is_sound(at)
    assert statement in texts(at)


def test_a_model_without_readable_scores_says_so_on_the_page(
    open_page: OpenPage, own_workspace: SmallWorkspace
) -> None:
    workspace = Workspace(own_workspace.root, f"sqlite:///{own_workspace.root / 'kgrec.db'}")
    settings = TrainSettings(model="bpr-mf", text_model="none", model_settings={"max_epochs": 2})
    run = train(workspace, own_workspace.dataset_fingerprint, settings)
    workspace.close()
    at = open_page(own_workspace.root, RECOMMEND, run=run.run_id)
    assert is_sound(at)
    assert "cannot be taken apart further" in texts(at)
    assert not at.get("iframe")


# evaluate


def test_the_metrics_are_those_of_the_run(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, EVALUATE)
    assert is_sound(at)
    shown = table_with(at, "Fusion (this run)").set_index("Metric")["Fusion (this run)"]
    assert shown["NDCG@20"].startswith(f"{small_workspace.fusion.metrics['ndcg@20']:.3f} (")


def test_baselines_are_measured_in_a_job(
    open_page: OpenPage, own_workspace: SmallWorkspace
) -> None:
    hold_queue(own_workspace.root)
    at = open_page(own_workspace.root, EVALUATE)
    next(b for b in at.button if b.label == "Measure baselines").click().run()
    assert is_sound(at)
    job = submitted_jobs(own_workspace.root)[0]
    assert job.kind == "evaluate"
    assert job.payload["baselines"] == ["popularity", "item-knn", "ease"]


def test_baselines_that_were_measured_before_appear_at_once(
    open_page: OpenPage, own_workspace: SmallWorkspace
) -> None:
    workspace = workspace_of(own_workspace.root)
    found = baseline_results(workspace, own_workspace.fusion.run_id)
    workspace.close()
    at = open_page(own_workspace.root, EVALUATE)
    assert is_sound(at)
    assert not [b for b in at.button if b.label == "Measure baselines"]
    shown = table_with(at, "Fusion (this run)").set_index("Metric")
    assert list(shown.columns) == [
        "Fusion (this run)",
        "Most popular",
        "Similar items (item-kNN)",
        "Item regression (EASE)",
    ]
    assert shown["Most popular"]["Recall@20"].startswith(
        f"{found['popularity'].metrics['recall@20']:.3f}"
    )
    assert "best baseline" in texts(at)


def test_another_metric_and_length_are_shown(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, EVALUATE)
    at.button_group(key=Widget.EVALUATE_METRIC).set_value("recall").run()
    at.button_group(key=Widget.EVALUATE_METRIC.of("k")).set_value(10).run()
    assert is_sound(at)
    assert "reaches Recall@10" in texts(at)


def test_coverage_has_no_cold_and_warm_part_and_says_so(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, EVALUATE)
    at.button_group(key=Widget.EVALUATE_METRIC).set_value("coverage").run()
    assert is_sound(at)
    assert any("no cold and warm part" in info.value for info in at.info)


def test_two_runs_on_the_same_split_are_compared_in_words(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, EVALUATE, part="runs")
    sentence = next(m.value for m in at.markdown if "over the same" in m.value)
    assert "A (Fusion)" in sentence.replace("\\", "")
    assert list(table_with(at, "95 % interval").columns)[1:3] == ["A (Fusion)", "B (Most popular)"]


def test_runs_on_different_splits_are_refused_with_a_sentence(
    open_page: OpenPage, own_workspace: SmallWorkspace
) -> None:
    workspace = workspace_of(own_workspace.root)
    settings = TrainSettings(
        model="popularity", text_model="none", split=SplitSettings(name="leave-last-out")
    )
    other = train(workspace, own_workspace.dataset_fingerprint, settings)
    workspace.set_active_run(own_workspace.fusion.run_id)
    workspace.close()
    at = open_page(own_workspace.root, EVALUATE, part="runs")
    at.selectbox(key=Widget.EVALUATE_COMPARE.of("b")).select(other.run_id).run()
    assert is_sound(at)
    assert any("tested on different interactions" in warning.value for warning in at.warning)


def test_a_run_is_not_compared_with_itself(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, EVALUATE, part="runs")
    own = small_workspace.fusion.run_id
    at.selectbox(key=Widget.EVALUATE_COMPARE.of("b")).select(own).run()
    assert is_sound(at)
    assert any("same run" in info.value for info in at.info)


def test_a_run_without_test_part_leads_back_to_training(
    open_page: OpenPage, own_workspace: SmallWorkspace
) -> None:
    workspace = workspace_of(own_workspace.root)
    settings = TrainSettings(
        model="popularity", text_model="none", split=SplitSettings(name="none")
    )
    run = train(workspace, own_workspace.dataset_fingerprint, settings)
    workspace.close()
    at = open_page(own_workspace.root, EVALUATE, run=run.run_id)
    assert is_sound(at)
    assert "Nothing was held out" in texts(at)
