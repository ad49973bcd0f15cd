from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from kgrec_core.pipeline.benchmark_report import BenchmarkReport
from kgrec_core.pipeline.benchmarking import benchmark_folder
from kgrec_core.storage.artifacts import write_json
from kgrec_core.storage.workspace import Workspace
from kgrec_ui.state import Widget
from tests.ui.conftest import OpenPage, SmallWorkspace, hold_queue, submitted_jobs
from tests.ui.evaluation_samples import (
    ablation_report,
    models_report,
    newcomers_report,
    signal_result,
    trade_off,
)

EVALUATE, GRAPH = "pages/6_Evaluate.py", "pages/2_Knowledge_graph.py"


def texts(at: AppTest) -> str:
    """All sentences on the page, without the marks that keep Markdown from reading them."""
    kinds = ("title", "header", "markdown", "caption", "error", "warning", "info")
    found = [str(element.value) for kind in kinds for element in getattr(at, kind)]
    return "\n".join(found).replace("\\", "").replace("\u00a0", " ")


def is_sound(at: AppTest) -> bool:
    return not at.exception and not at.error


def labels(at: AppTest) -> list[str]:
    return [button.label for button in at.button]


def keep(small: SmallWorkspace, *reports: BenchmarkReport, signal: bool = False) -> Path:
    """Put results where the pipeline keeps them."""
    workspace = Workspace(small.root, f"sqlite:///{small.root / 'kgrec.db'}")
    folder = benchmark_folder(workspace, small.dataset_fingerprint)
    folder.mkdir(parents=True)
    for number, report in enumerate(reports):
        write_json(folder / f"report-{number}.json", report.to_json())
    if signal:
        write_json(folder / "signal.json", signal_result().to_json())
    run_folder = workspace.run_folder(small.fusion.run_id)
    workspace.close()
    return run_folder


@pytest.mark.parametrize(
    ("part", "button", "kind"),
    [
        ("benchmark", "Start the benchmark", "benchmark"),
        ("ablation", "Measure every part", "benchmark"),
        ("signal", "Test the links", "signal"),
        ("newcomers", "Measure short histories", "benchmark"),
        ("tail", "Measure the trade-off", "long-tail"),
        ("explanations", "Measure the explanations", "explain-quality"),
    ],
)
def test_an_empty_section_says_how_long_it_takes_and_starts_its_job(
    open_page: OpenPage, own_workspace: SmallWorkspace, part: str, button: str, kind: str
) -> None:
    hold_queue(own_workspace.root)
    at = open_page(own_workspace.root, EVALUATE, part=part)
    assert is_sound(at)
    assert any(word in texts(at) for word in ("minute", "min", "reckon"))
    next(found for found in at.button if found.label == button).click().run()
    assert is_sound(at)
    assert [job.kind for job in submitted_jobs(own_workspace.root)] == [kind]


def test_while_a_measurement_runs_no_other_can_be_started(
    open_page: OpenPage, own_workspace: SmallWorkspace
) -> None:
    hold_queue(own_workspace.root)
    at = open_page(own_workspace.root, EVALUATE, part="signal")
    next(found for found in at.button if found.label == "Test the links").click().run()
    assert next(found for found in at.button if found.label == "Test the links").disabled


def test_a_section_is_chosen_and_kept_in_the_address(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, EVALUATE)
    at.button_group(key=Widget.EVALUATE_PART).set_value("tail").run()
    assert is_sound(at)
    assert at.query_params["part"] in ("tail", ["tail"])
    assert "Measure the trade-off" in labels(at)


def test_an_unknown_section_in_the_link_opens_the_first(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, EVALUATE, part="<script>")
    assert is_sound(at)
    assert "Cold and warm" in texts(at)


def test_a_kept_benchmark_is_shown_with_its_verdicts(
    open_page: OpenPage, own_workspace: SmallWorkspace
) -> None:
    keep(own_workspace, models_report())
    at = open_page(own_workspace.root, EVALUATE, part="benchmark")
    assert is_sound(at)
    assert "Fusion has the highest NDCG@20: 0.400." in texts(at)
    table = at.dataframe[0].value.set_index("Model")
    assert table.loc["Most popular", "Against the reference"] == "clearly worse (p < 0.001)"
    assert "Not measured: Attention on the graph (KGAT)" in texts(at)


def test_a_kept_ablation_has_a_sentence_per_part(
    open_page: OpenPage, own_workspace: SmallWorkspace
) -> None:
    keep(own_workspace, ablation_report())
    at = open_page(own_workspace.root, EVALUATE, part="ablation")
    assert is_sound(at)
    assert "Without the knowledge graph the lists are 10 % worse (5.0 to 15 %)." in texts(at)
    assert "Measure every part" not in labels(at)


def test_an_ablation_is_no_benchmark(open_page: OpenPage, own_workspace: SmallWorkspace) -> None:
    keep(own_workspace, ablation_report())
    at = open_page(own_workspace.root, EVALUATE, part="benchmark")
    assert is_sound(at)
    assert "No benchmark yet" in texts(at)


def test_a_kept_test_of_the_links_shows_its_verdict_here_and_on_the_page_of_the_graph(
    open_page: OpenPage, own_workspace: SmallWorkspace
) -> None:
    keep(own_workspace, signal=True)
    at = open_page(own_workspace.root, EVALUATE, part="signal")
    assert is_sound(at)
    assert "The knowledge graph carries signal" in texts(at)
    at = open_page(own_workspace.root, GRAPH)
    assert is_sound(at)
    lines = [str(link.proto.label) for link in at.get("page_link")]
    assert any("carries signal" in line for line in lines)


def test_an_untested_graph_leads_to_the_test(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, GRAPH)
    assert is_sound(at)
    link = next(found.proto for found in at.get("page_link") if "Not tested" in found.proto.label)
    assert "part=signal" in link.query_string


def test_kept_short_histories_name_the_best_rival(
    open_page: OpenPage, own_workspace: SmallWorkspace
) -> None:
    keep(own_workspace, newcomers_report())
    at = open_page(own_workspace.root, EVALUATE, part="newcomers")
    assert is_sound(at)
    assert "With 1 known item Fusion reaches NDCG@20 0.300" in texts(at)


def test_the_slider_chooses_a_point_of_the_trade_off(
    open_page: OpenPage, own_workspace: SmallWorkspace
) -> None:
    folder = keep(own_workspace)
    curve = dataclasses.replace(trade_off(), run_id=own_workspace.fusion.run_id)
    write_json(folder / "long-tail.json", curve.to_json())
    at = open_page(own_workspace.root, EVALUATE, part="tail")
    assert "Nothing is held back" in texts(at)
    at.slider(key=Widget.TAIL_STRENGTH).set_value(0.5).run()
    assert is_sound(at)
    assert "Holding popular items back at 0.5 costs 10 % of NDCG@20" in texts(at)


@pytest.mark.parametrize(
    ("part", "words"),
    [("ablation", "has no parts to switch off"), ("tail", "cannot hold popular items back")],
)
def test_a_model_without_parts_is_told_so(
    open_page: OpenPage, small_workspace: SmallWorkspace, part: str, words: str
) -> None:
    at = open_page(small_workspace.root, EVALUATE, part=part, run=small_workspace.popularity.run_id)
    assert is_sound(at)
    assert words in texts(at)


def test_two_runs_show_what_differs_between_them(
    open_page: OpenPage, small_workspace: SmallWorkspace
) -> None:
    at = open_page(small_workspace.root, EVALUATE, part="runs")
    assert is_sound(at)
    settings = next(found.value for found in at.dataframe if "Setting" in found.value.columns)
    assert settings.set_index("Setting").loc["Model"].tolist() == ["Fusion", "Most popular"]
