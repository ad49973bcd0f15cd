from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgrec_core.evaluation.protocol import EvaluationResult
from kgrec_core.pipeline.signal_result import NO_LINKS, NOTHING
from kgrec_core.rng import make_rng
from kgrec_core.storage.records import RunRecord
from kgrec_ui.views.ablation_view import ablation_view, n_switches
from kgrec_ui.views.benchmark_view import (
    benchmark_view,
    compares_models,
    measured_metrics,
    measured_parts,
    part_name,
    report_label,
)
from kgrec_ui.views.comparison_view import comparison_view, settings_table
from kgrec_ui.views.figures import change_range, change_words, p_words, percent
from kgrec_ui.views.long_tail_view import long_tail_view
from kgrec_ui.views.measuring_plans import ablation_payload, benchmark_payload, newcomer_payload
from kgrec_ui.views.short_history_view import short_history_view
from kgrec_ui.views.signal_view import signal_view, swarm
from tests.ui.evaluation_samples import (
    HALF,
    ablation_report,
    link_signal,
    models_report,
    newcomers_report,
    report_of,
    signal_result,
    trade_off,
)

# figures


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (-0.032, -0.01, "1.0 to 3.2 % worse"),
        (0.01, 0.2, "1.0 to 20 % better"),
        (-0.01, 0.02, "1.0 % worse to 2.0 % better"),
    ],
)
def test_an_interval_is_told_by_its_direction(low: float, high: float, words: str) -> None:
    assert change_range(low, high) == words


def test_a_clear_change_is_told_first_and_an_unclear_one_is_called_so() -> None:
    assert change_words(-0.02, -0.03, -0.01, is_clear=True) == "2.0 % worse (1.0 to 3.0 %)"
    assert change_words(-0.02, -0.05, 0.01, is_clear=False) == (
        "no clear difference (5.0 % worse to 1.0 % better)"
    )


def test_tiny_numbers_are_not_called_zero() -> None:
    assert percent(0.0002) == "under 0.1 %"
    assert p_words(0.0003) == "p < 0.001"
    assert p_words(0.0123) == "p = 0.012"


# benchmark


def test_models_are_sorted_best_first_and_told_apart_from_the_reference() -> None:
    view = benchmark_view(models_report(), "accuracy", "all", "ndcg@20")
    assert [row.label for row in view.rows] == ["Fusion", "Item regression (EASE)", "Most popular"]
    assert [row.words for row in view.rows] == [
        "the reference",
        "no clear difference (p = 0.400)",
        "clearly worse (p < 0.001)",
    ]
    assert "It cannot be told apart from Item regression (EASE)." in view.sentence


def test_a_model_above_the_reference_is_said_to_be() -> None:
    report = report_of(
        {"fusion": {"all": 0.3}, "ease": {"all": 0.35}}, {"ease": (0.05, 0.03, 0.07, 0.001)}
    )
    sentence = benchmark_view(report, "accuracy", "all", "ndcg@20").sentence
    assert sentence.startswith("Item regression (EASE) has the highest NDCG@20: 0.350.")
    assert "Next to Fusion (0.300) that is clearly better (p = 0.001)" in sentence


def test_with_one_seed_the_interval_is_over_users() -> None:
    row = benchmark_view(models_report(), "accuracy", "all", "ndcg@20").rows[0]
    assert row.mean == pytest.approx((0.4, 0.4 - HALF, 0.4 + HALF))


@pytest.mark.parametrize(("n_seeds", "half"), [(2, HALF), (3, 3 * HALF)])
def test_only_from_three_seeds_on_it_is_over_seeds(n_seeds: int, half: float) -> None:
    report = report_of({"fusion": {"all": 0.4}}, seeds=tuple(range(n_seeds)))
    view = benchmark_view(report, "accuracy", "all", "ndcg@20")
    assert view.rows[0].mean == pytest.approx((0.4, 0.4 - half, 0.4 + half))
    assert f"over {'seeds' if n_seeds == 3 else 'users'}." in view.how


def test_the_table_holds_costs_as_numbers() -> None:
    report = report_of({"fusion": {"all": 0.4}}, seeds=(0, 1, 2))
    table = benchmark_view(report, "accuracy", "all", "ndcg@20").table
    assert table["Fit (s)"].to_list() == [3.0]
    assert table["Memory (MB)"].to_list() == [302.0]


def test_a_model_that_failed_is_named_with_its_reason() -> None:
    view = benchmark_view(models_report(), "accuracy", "all", "ndcg@20")
    assert view.failures == ("Attention on the graph (KGAT) (seed 0): Too few links.",)


def test_the_models_of_a_benchmark_with_ablation_stand_without_their_cut_down_copies() -> None:
    values = {"fusion": {"all": 0.4}, "fusion without text": {"all": 0.3}, "ease": {"all": 0.2}}
    report = report_of(values, ablation=True)
    assert compares_models(report)
    rows = benchmark_view(report, "accuracy", "all", "ndcg@20").rows
    assert [row.label for row in rows] == ["Fusion", "Item regression (EASE)"]


def test_an_ablation_alone_compares_no_models() -> None:
    values = {"fusion": {"all": 0.4}, "fusion without text": {"all": 0.3}}
    assert not compares_models(report_of(values, ablation=True))
    assert compares_models(report_of({"fusion": {"all": 0.4}}))


def test_slices_within_parts_are_not_offered() -> None:
    report = report_of({"fusion": {"all": 0.4, "long tail": 0.1, "all: warm items": 0.4}})
    assert measured_parts(report) == [("accuracy", "all"), ("accuracy", "long tail")]
    assert measured_metrics(report) == ["ndcg@20"]


def test_parts_and_reports_have_names_for_people() -> None:
    assert part_name("few-shot", "1-shot") == "Newcomers, 1 known item"
    assert part_name("accuracy", "long tail") == "Known users, long tail only"
    assert report_label(newcomers_report()).endswith("Most popular, Fusion · Newcomers · 1 seed")


# ablation


def test_each_part_gets_a_sentence_and_the_most_needed_comes_first() -> None:
    view = ablation_view(ablation_report(), "ndcg@20")
    assert [row.sentence for row in view.rows] == [
        "Without the knowledge graph the lists are 10 % worse (5.0 to 15 %).",
        "Without the texts: no clear difference (3.0 % worse to 1.0 % better).",
        "Without friends nothing changes: the model makes no use of it here.",
    ]
    assert view.headline == "The lists clearly need one part: knowledge graph."
    assert view.table["Part"].to_list() == ["Knowledge graph", "Texts", "Friends"]


def test_without_a_clear_part_the_headline_says_so() -> None:
    report = report_of(
        {label: {"all": 0.4} for label in ("fusion", "fusion without text")},
        {"fusion without text": (-0.004, -0.012, 0.004, 0.3)},
        ablation=True,
    )
    assert ablation_view(report, "ndcg@20").headline.startswith("No single part")


def test_models_without_parts_have_no_switches() -> None:
    assert n_switches("popularity") == 0
    assert n_switches("fusion") > 3


# signal


def test_the_verdict_is_told_with_its_numbers() -> None:
    view = signal_view(signal_result())
    assert view.headline == "The knowledge graph carries signal"
    assert view.tone == "good"
    assert "reaches NDCG@20 0.300." in view.sentence
    assert "4 times, reach 0.100 (0.080 to 0.120), p = 0.010" in view.sentence
    assert view.relations["Verdict"].to_list() == ["carries signal"]


def test_relations_are_named_without_underscores() -> None:
    assert signal_view(signal_result()).relations["Relation"].to_list() == ["has genre"]


def test_a_speed_has_three_digits_that_count() -> None:
    table = benchmark_view(models_report(), "accuracy", "all", "ndcg@20").table
    assert table["Users per s"].to_list()[0] == 123_000


def test_a_file_without_signal_is_not_hidden_by_a_good_one() -> None:
    view = signal_view(signal_result(second=NOTHING))
    assert view.tone == "weak"
    assert "not from every file" in view.headline
    assert "b.csv" in view.advice


def test_one_file_needs_no_strip_of_its_own() -> None:
    both = signal_result()
    one = dataclasses.replace(both, sources=both.sources[:1])
    assert [strip.label for strip in signal_view(both).strips] == ["All links", "a.csv", "b.csv"]
    assert [strip.label for strip in signal_view(one).strips] == ["All links"]


def test_a_graph_without_links_is_bad_and_gets_no_numbers() -> None:
    bare = dataclasses.replace(
        signal_result(), overall=link_signal("all", 0.0, NO_LINKS), sources=(), relations=()
    )
    view = signal_view(bare)
    assert view.tone == "bad"
    assert view.sentence.startswith("Nothing can be ranked by links")


def test_equal_deals_stand_beside_each_other() -> None:
    strip = signal_view(signal_result()).strips[0]
    assert strip.deals == (0.08, 0.1, 0.1, 0.12)
    assert strip.offsets[1] != strip.offsets[2]
    assert strip.offsets[0] == strip.offsets[3] == 0


@given(st.lists(st.integers(0, 9), max_size=20))
def test_heights_of_a_swarm_stay_within_their_row(values: list[int]) -> None:
    heights = swarm(sorted(values))
    assert len(heights) == len(values)
    assert all(-1 <= height <= 1 for height in heights)


def test_results_of_older_versions_have_no_deals() -> None:
    values = signal_result().to_json()
    del values["overall"]["deals"]
    found = type(signal_result()).from_json(values)
    assert found.overall.deals == ()
    assert found.sources == signal_result().sources


# short histories


def test_the_active_model_comes_first_and_its_points_rise() -> None:
    view = short_history_view(newcomers_report(), "ndcg@20", main="fusion")
    assert [curve.label for curve in view.curves] == ["Fusion", "Most popular"]
    assert [point[0] for point in view.curves[0].points] == [1, 10]
    assert view.sentence == (
        "With 1 known item Fusion reaches NDCG@20 0.300; the best other model there is Most "
        "popular with 0.250. With 10 known items Fusion reaches NDCG@20 0.500; the best other "
        "model there is Most popular with 0.200."
    )
    assert view.table.row(0) == ("Fusion", "0.300 (0.280 to 0.320)", "0.500 (0.480 to 0.520)")


# long tail


def test_cost_and_gain_of_a_strength_are_told() -> None:
    view = long_tail_view(trade_off(), 0.48)
    assert view.strength == 0.5
    assert view.sentence == (
        "Holding popular items back at 0.5 costs 10 % of NDCG@20 (5.0 to 15 %). The lists show "
        "100 % more of the catalog (40 % instead of 20 %). Of the held-out tail items they find "
        "30 % instead of 10 %."
    )


def test_strength_0_is_told_without_a_cost() -> None:
    sentence = long_tail_view(trade_off(), 0.0).sentence
    assert sentence == (
        "Nothing is held back: NDCG@20 is 0.400, and the lists show 20 % of the catalog."
    )


def test_it_is_said_that_the_test_part_was_used() -> None:
    assert "Measured on the test part (40 users)" in long_tail_view(trade_off(), 0.0).how


def test_without_held_out_tail_items_there_is_no_such_panel() -> None:
    curve = trade_off()
    points = tuple(dataclasses.replace(point, tail_recall=None) for point in curve.points)
    view = long_tail_view(dataclasses.replace(curve, points=points), 0.5)
    assert len(view.panels) == 2
    assert "No tail item is held out" in view.sentence


# two runs


def run_record(model: str = "fusion", **model_settings: object) -> RunRecord:
    return RunRecord(
        run_id=f"{model}-1",
        fingerprint="r",
        dataset_fingerprint="d",
        dataset_name="films",
        graph_fingerprint="g",
        model=model,
        settings={"seed": 0, "text_model": "none", "model_settings": model_settings},
        seconds={"fit": 2.0},
        peak_memory_mb=100.0,
        metrics={},
        validation_metrics={},
        created_at=0.0,
    )


def test_only_settings_that_differ_are_listed_with_defaults_filled_in() -> None:
    table = settings_table(run_record(use_graph=False), run_record())
    assert table.rows()[0] == ("Use graph", "off", "on")
    assert table["Setting"].to_list() == ["Use graph", "Fit took", "Measuring took"]


def test_settings_of_different_models_are_not_set_against_each_other() -> None:
    table = settings_table(run_record(), run_record("popularity"))
    assert table["Setting"].to_list() == ["Model", "Fit took", "Measuring took"]


def test_sentence_and_table_tell_the_same_interval() -> None:
    users = np.arange(30)
    rng = np.random.default_rng(1)
    results = [
        EvaluationResult(
            "random", 30, (20,), {"ndcg@20": float(x.mean())}, {}, {}, {"ndcg@20": x}, users
        )
        for x in (rng.random((2, 30)) + np.array([[0.5], [0.0]])).astype(np.float32)
    ]
    view = comparison_view(results[0], results[1], ("A", "B"), "ndcg@20", make_rng(0))
    low, high = view.table["95 % interval"][0].replace("+", "").split(" to ")
    assert view.sentence.startswith("A is better in NDCG@20")
    assert f"({low} to {high})" in view.sentence
    assert view.rows[0].verdict == "better"


# plans


def test_a_benchmark_measures_the_run_with_its_own_settings_as_reference() -> None:
    payload = benchmark_payload(run_record(n_rounds=0), ["ease", "fusion"], ["accuracy"], 2)
    settings = payload["settings"]
    assert settings["reference"] == "fusion"
    assert settings["model_settings"] == {"fusion": {"n_rounds": 0}}
    assert settings["seeds"] == [0, 1]
    assert settings["text_model"] == "none"


def test_without_the_model_of_the_run_the_first_one_is_the_reference() -> None:
    payload = benchmark_payload(run_record(), ["ease", "popularity"], ["accuracy"], 1)
    assert payload["settings"]["reference"] == "ease"


def test_plans_are_what_a_job_accepts() -> None:
    from kgrec_core.jobs.payloads import checked_payload

    for plan in (ablation_payload(run_record()), newcomer_payload(run_record("anil"))):
        checked_payload("benchmark", plan)
    assert newcomer_payload(run_record("anil"))["settings"]["models"].count("anil") == 1
