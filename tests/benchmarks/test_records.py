"""Records of trainings survive the disk, and the best trial is found."""

from __future__ import annotations

from pathlib import Path

from benchmarks.peers.records import JOINED, best_trial, read_records
from tests.benchmarks.problems import record_of


def test_a_record_reads_back_as_it_was_written(tmp_path: Path) -> None:
    record = record_of({"ü": ["i 1", "i2"]}, trial=2)

    path = record.write(tmp_path / "new")

    assert path.name == "recbole-BPR-train-2.json"
    assert read_records(tmp_path / "new") == [record]


def test_a_trial_and_the_joined_fit_have_files_of_their_own(tmp_path: Path) -> None:
    record_of(trial=1).write(tmp_path)
    record_of(trial=1, fitted_on=JOINED).write(tmp_path)

    assert [record.fitted_on for record in read_records(tmp_path)] == [JOINED, "train"]


def test_the_best_trial_has_the_highest_validation_and_is_no_joined_fit() -> None:
    records = [
        record_of(trial=0, validation=0.2),
        record_of(trial=1, validation=0.4),
        record_of(trial=2, validation=None),
        record_of(trial=0, validation=0.9, fitted_on=JOINED),
    ]

    assert best_trial(records) is records[1]


def test_of_equal_trials_the_earlier_is_kept() -> None:
    records = [record_of(trial=1), record_of(trial=0)]

    assert best_trial(records) is records[1]


def test_without_trials_there_is_no_best_one() -> None:
    assert best_trial([]) is None
