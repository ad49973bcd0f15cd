from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest

from kgrec_core.config import SplitSettings, TrainSettings
from kgrec_core.report.commands import benchmark_command
from kgrec_core.report.kept_quality import Estimate, Figure, Quality
from kgrec_core.report.measured import chosen_benchmarks, mean_with_interval
from kgrec_core.report.summary import not_measured, summary_of
from kgrec_core.report.verdicts import part_verdict, rivals
from tests.report.findings_samples import (
    findings,
    models_benchmark,
    newcomers_benchmark,
    parts_benchmark,
    result,
    with_benchmarks,
)
from tests.ui.evaluation_samples import signal_result


def told(found) -> str:
    return "\n".join(statement.text for statement in summary_of(found))


# summary


def test_the_first_sentence_says_how_many_users_find_something() -> None:
    assert told(findings()).startswith(
        "75 % of 40 test users (60 % to 88 %) find at least one of their hidden, real choices "
        "among 20 suggestions."
    )


def test_the_lead_over_the_best_simple_model_comes_with_its_interval() -> None:
    found = with_benchmarks(findings(), models_benchmark())
    assert (
        "Fusion is 25 % better (20 to 30 %) than the best other model measured, Item regression "
        "(EASE): NDCG@20 0.500 against 0.400." in told(found)
    )


def test_a_model_that_is_behind_is_called_worse() -> None:
    found = findings(baselines={"ease": result(0.625)})
    assert "Fusion is 20 % worse" in told(found)


def test_a_lead_within_chance_is_no_lead() -> None:
    noisy = np.array([0.2, 0.8] * 20, dtype=np.float32)
    other = dataclasses.replace(result(0.49), per_user={**result(0.49).per_user, "ndcg@20": noisy})
    assert "Fusion cannot be told apart from" in told(findings(baselines={"ease": other}))


def test_without_any_simple_model_the_summary_says_that_nothing_is_known() -> None:
    assert "Whether a simple model would do as well is not known" in told(findings())


def test_without_a_test_part_nothing_is_claimed_about_accuracy() -> None:
    words = told(findings(evaluation=None))
    assert words.startswith("How good the lists are is not known")
    assert "%" not in words.split("\n")[0]


def test_the_graph_helps_when_the_ablation_says_so() -> None:
    found = with_benchmarks(findings(), parts_benchmark())
    assert "The knowledge graph helps: without it NDCG@20 is 10 % worse (8.0 to 12 %)." in told(
        found
    )


def test_a_text_difference_within_chance_is_said_to_be_unclear_and_why() -> None:
    found = with_benchmarks(findings(), parts_benchmark(text_p=0.08))
    assert (
        "Text makes no clear difference for known users: without it NDCG@20 is 1.0 % better "
        "(0.2 to 1.8 %), not beyond chance with so many comparisons (p = 0.080)." in told(found)
    )


def test_text_that_harms_is_not_hidden() -> None:
    found = with_benchmarks(findings(), parts_benchmark(text_p=0.01))
    assert "Text harms: without it NDCG@20 is 1.0 % better" in told(found)


def test_data_without_texts_is_said_to_have_none() -> None:
    empty = dataclasses.replace(findings().profile, share_with_text=0.0)
    assert "The data has no texts." in told(findings(profile=empty))


def test_a_model_without_texts_is_said_to_read_none() -> None:
    assert "This model does not read texts." in told(
        findings(settings=TrainSettings(text_model="none"))
    )


@pytest.mark.parametrize(
    "settings",
    [
        TrainSettings(model="ease"),
        TrainSettings(model_settings={"use_graph": False}),
    ],
)
def test_a_model_without_the_graph_is_said_to_use_none(settings: TrainSettings) -> None:
    found = findings(settings=settings)
    assert "This model does not use the knowledge graph." in told(found)


def test_the_verdict_on_the_links_is_told_with_its_numbers() -> None:
    signal = signal_result()
    words = told(findings(signal=signal))
    assert f"{signal.overall.value:.3f} against {signal.overall.scrambled:.3f}" in words


def test_newcomers_are_told_when_they_were_measured() -> None:
    found = with_benchmarks(findings(), newcomers_benchmark())
    assert "With 1 known item of somebody new it reaches NDCG@20 0.300" in told(found)
    assert "popular items for everybody 0.250" in told(found)
    assert "somebody new" not in told(findings())


def test_the_last_sentence_names_what_nobody_measured() -> None:
    last = summary_of(findings())[-1].text
    assert last.startswith("What is uncertain: only 40 test users;")
    assert "simple models" in last
    assert "quality of the explanations" in last


def test_a_summary_has_three_to_six_statements() -> None:
    everything = with_benchmarks(
        findings(signal=signal_result()), models_benchmark(), newcomers_benchmark()
    )
    for found in (findings(evaluation=None), findings(), everything):
        assert 3 <= len(summary_of(found)) <= 6


def test_a_missed_target_of_the_explanations_is_not_hidden() -> None:
    nobody = Estimate(0.2, 0.1, 0.3, 40)
    missed = Figure("fidelity_plus", "Fidelity+", "Share.", nobody, True, "90%", "missed", {})
    found = findings(quality=Quality(40, 200, 50, (missed,), (), None))
    assert "the explanations miss a target: Fidelity+;" in summary_of(found)[-1].text


# what is missing


def test_a_simple_model_on_data_without_links_lacks_no_test_of_them() -> None:
    found = findings(
        settings=TrainSettings(model="ease"),
        graph=dataclasses.replace(findings().graph, n_triples=0),
    )
    gaps = dict(not_measured(found))
    assert "whether the links carry signal" not in gaps
    assert "what each part of the model brings" not in gaps
    assert "simple models" in gaps


def test_each_gap_has_a_command_and_what_was_measured_is_no_gap() -> None:
    gaps = dict(not_measured(findings()))
    assert gaps["whether the links carry signal"] == "kgrec signal dd22"
    assert gaps["simple models"] == "kgrec benchmark dd22 --models fusion,ease,item-knn,popularity"
    found = with_benchmarks(findings(signal=signal_result()), models_benchmark())
    assert {"simple models", "whether the links carry signal"}.isdisjoint(dict(not_measured(found)))


def test_a_run_with_settings_of_its_own_is_benchmarked_in_the_app() -> None:
    own = TrainSettings(model_settings={"n_rounds": 0})
    assert benchmark_command(findings(settings=own)).startswith("The page Evaluate")


def test_the_split_and_text_model_of_the_run_are_part_of_the_command() -> None:
    own = TrainSettings(text_model="none", split=SplitSettings(name="temporal"))
    assert benchmark_command(findings(settings=own), "--ablation").endswith(
        "--ablation --split temporal --text-model none"
    )


# which benchmarks count


def test_a_benchmark_of_other_settings_is_left_out_and_counted() -> None:
    other = TrainSettings(model_settings={"use_text": False})
    found = chosen_benchmarks([models_benchmark()], other)
    assert (found.accuracy, found.n_foreign) == (None, 1)


def test_naming_a_default_changes_nothing() -> None:
    same = TrainSettings(model_settings={"use_text": "true"})
    assert chosen_benchmarks([models_benchmark()], same).accuracy is not None


def test_a_benchmark_of_another_split_is_left_out() -> None:
    other = TrainSettings(split=SplitSettings(name="leave-last-out"))
    assert chosen_benchmarks([models_benchmark()], other).n_foreign == 1


def test_the_latest_benchmark_counts() -> None:
    old, new = models_benchmark(), models_benchmark()
    new.head["created"] = "2027-01-01T00:00:00+00:00"
    for order in ([old, new], [new, old]):
        assert chosen_benchmarks(order, TrainSettings()).accuracy is new


def test_each_question_takes_the_benchmark_that_answers_it() -> None:
    reports = [models_benchmark(), parts_benchmark(), newcomers_benchmark()]
    found = chosen_benchmarks(reports, TrainSettings())
    assert [found.accuracy, found.ablation, found.few_shot] == reports
    assert found.cold_items is None


def test_an_interval_over_users_is_taken_when_there_are_few_seeds() -> None:
    found = mean_with_interval(models_benchmark(), "ease", "accuracy", "all", "ndcg@20")
    assert found == pytest.approx((0.4, 0.38, 0.42))
    assert mean_with_interval(models_benchmark(), "als", "accuracy", "all", "ndcg@20") is None


# verdicts


def test_rivals_are_the_best_first_with_the_lead_of_the_run() -> None:
    found = rivals(with_benchmarks(findings(), models_benchmark()))
    assert [(rival.label, rival.is_clear) for rival in found] == [
        ("Item regression (EASE)", True),
        ("Most popular", True),
    ]
    assert found[0].lead == pytest.approx((0.1, 0.08, 0.12))


def test_a_baseline_beside_the_run_comes_before_the_benchmark() -> None:
    found = with_benchmarks(findings(baselines={"ease": result(0.45)}), models_benchmark())
    ease = next(rival for rival in rivals(found) if "EASE" in rival.label)
    assert ease.value == 0.45
    assert ease.lead[0] == pytest.approx(0.05)


def test_a_part_that_was_not_switched_off_has_no_verdict() -> None:
    found = with_benchmarks(findings(), parts_benchmark())
    assert part_verdict(found, "social") is None
    graph = part_verdict(found, "graph")
    assert graph is not None
    assert (graph.verdict, graph.loss) == ("helps", pytest.approx((-0.1, -0.12, -0.08)))


def test_every_number_of_the_summary_is_a_stored_one_or_a_ratio_of_stored_ones() -> None:
    found = with_benchmarks(findings(), models_benchmark(), newcomers_benchmark())
    numbers = set(re.findall(r"\d+(?:\.\d+)?", told(found).replace("NDCG@20", "NDCG")))
    stored = {"75", "40", "60", "88", "20", "0.500", "0.400", "0.300", "0.250", "1"}
    ratios = {"25", "30"}  # 0.1 / 0.4 and its interval, 0.08 / 0.4 = 20 and 0.12 / 0.4
    assert numbers <= stored | ratios
