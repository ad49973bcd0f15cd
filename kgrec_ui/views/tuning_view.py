"""Trials of a search of settings as a table, a chart and a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from kgrec_core.recommender.search_space import Choice, SearchRange, SearchSpace
from kgrec_ui.theme import format_score, format_seconds
from kgrec_ui.views.labels import metric_name
from kgrec_ui.views.train_view import setting_label
from kgrec_ui.views.words import counted

if TYPE_CHECKING:
    from kgrec_core.pipeline.tuning_result import Trial, TuningResult

__all__ = ["TuningView", "range_words", "settings_words", "tuning_view"]

_STATES = {
    "done": "",
    "failed": "failed",
    "stopped": "stopped by the clock",
    "repeated": "tried before",
}
_ENDED = {
    "trials": "All trials are done.",
    "time": "The time was used up.",
    "space": "This model has nothing to search; its default settings were measured.",
    "": "",
}
DEFAULTS = "default settings"


@dataclass(frozen=True)
class TuningView:
    """A search, ready to show.

    Attributes:
        metric: name of the value, for axis and column.
        numbers: trials that have a value, counted from 1.
        values: their values.
        best_so_far: the best value up to and with each of them.
        best_number: trial with the best value, counted from 1; None when there is none.
        settings: words for each trial in `numbers`, for the hover box.
        table: all trials, the latest first while it goes on, the best first when it is over.
        sentence: how far it is, and the best so far against the default settings.
        best_settings: label and value of each setting of the best trial; empty for the defaults.
    """

    metric: str
    numbers: tuple[int, ...]
    values: tuple[float, ...]
    best_so_far: tuple[float, ...]
    best_number: int | None
    settings: tuple[str, ...]
    table: pd.DataFrame
    sentence: str
    best_settings: tuple[tuple[str, str], ...]


def tuning_view(result: TuningResult, *, n_trials: int) -> TuningView:
    """A search that is over or goes on; `n_trials` were asked for."""
    metric = metric_name(result.metric)
    valued = [trial for trial in result.trials if trial.value is not None]
    best = max(valued, key=lambda trial: (trial.value, -trial.number), default=None)
    values = [float(trial.value or 0.0) for trial in valued]
    return TuningView(
        metric=metric,
        numbers=tuple(trial.number + 1 for trial in valued),
        values=tuple(values),
        best_so_far=tuple(max(values[: place + 1]) for place in range(len(values))),
        best_number=None if best is None else best.number + 1,
        settings=tuple(settings_words(trial.settings) for trial in valued),
        table=_table(_ordered(result), best, metric),
        sentence=_sentence(result, best, metric, n_trials),
        best_settings=tuple(
            (setting_label(name), _value(value))
            for name, value in (best.settings if best else {}).items()
        ),
    )


def settings_words(settings: Mapping[str, Any]) -> str:
    """Settings on one line: "Smoothing (L2) 240, Neighbors per item 100"."""
    told = [f"{setting_label(name)} {_value(value)}" for name, value in settings.items()]
    return ", ".join(told) or DEFAULTS


def range_words(space: SearchSpace) -> list[str]:
    """What a search may try, one line per setting: "Smoothing (L2): 1 to 10000"."""
    return [f"{setting_label(name)}: {_range(found)}" for name, found in space.items()]


def _range(found: SearchRange) -> str:
    if isinstance(found, Choice):
        return ", ".join(_value(option) for option in found.options)
    return f"{_value(found.low)} to {_value(found.high)}"


def _value(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "on", False: "off", None: "none"}[value]
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return str(value)


def _ordered(result: TuningResult) -> list[Trial]:
    if not result.ended_by:
        return list(reversed(result.trials))
    worst = float("inf")
    return sorted(result.trials, key=lambda trial: worst if trial.value is None else -trial.value)


def _table(trials: Sequence[Trial], best: Trial | None, metric: str) -> pd.DataFrame:
    rows = [
        {
            "Best": "★" if best is not None and trial.number == best.number else "",
            "Trial": trial.number + 1,
            metric: "–" if trial.value is None else format_score(trial.value),
            "Settings": settings_words(trial.settings),
            "Time": format_seconds(trial.seconds),
            "Note": trial.error or _STATES[trial.state],
        }
        for trial in trials
    ]
    columns = ["Best", "Trial", metric, "Settings", "Time"]
    if any(row["Note"] for row in rows):  # room for the settings otherwise
        columns.append("Note")
    return pd.DataFrame(rows, columns=columns)


def _sentence(result: TuningResult, best: Trial | None, metric: str, n_trials: int) -> str:
    tried = f"{len(result.trials)} of {counted(n_trials, 'trial')}"
    if best is None or best.value is None:
        return f"{tried} so far; none has a value yet. {_ENDED[result.ended_by]}".strip()
    first = result.trials[0].value
    against = ""
    if best.number == 0:
        against = ", with the default settings"
    elif first:
        gain = 100 * (best.value / first - 1)
        against = f", {gain:.1f} % above the default settings"
    told = f"{tried}. Best {metric} on the validation part: {format_score(best.value)}{against}."
    return f"{told} {_ENDED[result.ended_by]}".strip()
