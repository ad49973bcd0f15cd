from __future__ import annotations

from kgrec_core.pipeline.tuning_result import Trial, TuningResult
from kgrec_core.recommender.search_space import Choice, FloatRange
from kgrec_ui.views.tuning_view import range_words, tuning_view


def trial(number: int, value: float | None, **settings: float) -> Trial:
    return Trial(number, settings, value, 2.0, "done" if value is not None else "stopped")


def search(*trials: Trial, ended_by: str = "") -> TuningResult:
    return TuningResult("ease", {}, None, "ndcg@20", trials, 9.0, ended_by)


def test_a_search_shows_values_and_the_best_so_far() -> None:
    found = search(trial(0, 0.2), trial(1, 0.25, l2=400.0), trial(2, None, l2=1.0), trial(3, 0.1))
    view = tuning_view(found, n_trials=10)
    assert view.numbers == (1, 2, 4)
    assert view.values == (0.2, 0.25, 0.1)
    assert view.best_so_far == (0.2, 0.25, 0.25)
    assert view.best_number == 2
    assert view.best_settings == (("Smoothing (L2)", "400"),)
    assert view.sentence == (
        "4 of 10 trials. Best NDCG@20 on the validation part: 0.250, "
        "25.0 % above the default settings."
    )


def test_the_latest_trial_comes_first_in_the_table_and_the_best_is_marked() -> None:
    table = tuning_view(search(trial(0, 0.3), trial(1, None, l2=1.5)), n_trials=2).table
    assert list(table["Trial"]) == [2, 1]
    assert list(table["Best"]) == ["", "★"]
    assert list(table["Settings"]) == ["Smoothing (L2) 1.5", "default settings"]
    assert list(table["Note"]) == ["stopped by the clock", ""]


def test_the_best_trial_comes_first_when_the_search_is_over() -> None:
    found = search(trial(0, 0.2), trial(1, None), trial(2, 0.3, l2=2.0), ended_by="trials")
    assert list(tuning_view(found, n_trials=3).table["Trial"]) == [3, 1, 2]


def test_a_tie_goes_to_the_default_settings() -> None:
    view = tuning_view(search(trial(0, 0.3), trial(1, 0.3, l2=9.0)), n_trials=2)
    assert (view.best_number, view.best_settings) == (1, ())
    assert "with the default settings" in view.sentence


def test_a_search_without_any_value_says_so() -> None:
    view = tuning_view(search(trial(0, None), ended_by="time"), n_trials=5)
    assert view.best_number is None
    assert view.sentence == "1 of 5 trials so far; none has a value yet. The time was used up."


def test_what_a_search_tries_is_told_in_words() -> None:
    space = {"l2": FloatRange(1.0, 1000.0), "loss": Choice(("bpr", "softmax"))}
    assert range_words(space) == ["Smoothing (L2): 1 to 1,000", "Loss: bpr, softmax"]
