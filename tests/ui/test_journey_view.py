from __future__ import annotations

from kgrec_ui.views.journey_view import StepState, journey
from tests.ui.record_samples import DATASET, GRAPH, run_record


def test_the_journey_begins_with_data_and_all_else_waits() -> None:
    states = [step.state for step in journey(None, None, None)]
    assert states == [StepState.NEXT] + [StepState.WAITING] * 6


def test_only_one_step_is_the_next_one() -> None:
    for known in ((None, None, None), (DATASET, None, None), (DATASET, GRAPH, None)):
        states = [step.state for step in journey(*known)]
        assert states.count(StepState.NEXT) == 1


def test_a_run_opens_all_steps() -> None:
    steps = journey(DATASET, GRAPH, run_record())
    assert StepState.WAITING not in [step.state for step in steps]
    assert steps[5].fact == "NDCG@20 on the test part: 0.250."


def test_a_run_without_a_test_part_says_that_nothing_was_measured() -> None:
    steps = journey(DATASET, GRAPH, run_record(metrics={}))
    assert steps[5].fact == "Nothing was held out in this run."


def test_the_data_step_tells_its_counts() -> None:
    assert journey(DATASET, None, None)[0].fact == "Films: 4 items, 5 interactions."
