"""Which trials of a model begin within its budget."""

from __future__ import annotations

from benchmarks.peers.records import JOINED
from benchmarks.peers.run_recbole import trial_is_due
from tests.benchmarks.problems import record_of

# Each of these records took 1.5 processor seconds.


def test_the_first_trial_is_due_with_any_budget() -> None:
    assert trial_is_due([], 0, 0.0)


def test_a_further_trial_is_due_while_those_before_took_less_than_the_budget() -> None:
    before = [record_of(trial=0), record_of(trial=1)]

    assert trial_is_due(before, 2, 3.1)
    assert not trial_is_due(before, 2, 3.0)


def test_the_joined_fit_and_later_trials_cost_nothing_of_the_budget() -> None:
    records = [record_of(trial=0), record_of(trial=0, fitted_on=JOINED), record_of(trial=2)]

    assert trial_is_due(records, 1, 1.6)


def test_no_trial_is_due_after_one_that_left_no_record() -> None:
    assert not trial_is_due([], 1, 99.0)
    assert not trial_is_due([record_of(trial=0)], 2, 99.0)
