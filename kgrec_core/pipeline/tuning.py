"""Searches the settings of a model on the validation part, with one budget for every model.

Everything here takes `TrainingData`, which has no test part, so a search cannot look at it.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from kgrec_core.contracts import OnProgress, Progress, no_progress
from kgrec_core.data.interactions import Interactions
from kgrec_core.data.splitting import random_part
from kgrec_core.errors import CancelledError, DataError, KgrecError
from kgrec_core.evaluation.ranking import metrics_of_hits
from kgrec_core.pipeline.histories import Histories, ranker
from kgrec_core.pipeline.search_study import SettingsStudy, search_space_of
from kgrec_core.pipeline.tuning_result import Trial, TrialState, TuningResult
from kgrec_core.recommender.contract import Recommender, TrainingData
from kgrec_core.recommender.registry import create_recommender, settings_class
from kgrec_core.rng import make_rng

__all__ = [
    "OnTrial",
    "TuningSettings",
    "inner_data",
    "tune",
    "validation_ndcg",
]

USERS_PER_BATCH = 256


class TuningSettings(BaseModel):
    """The budget of a search and what it maximizes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    n_trials: int = Field(
        default=20, ge=1, le=1000, description="Settings that are tried; the first are the default."
    )
    max_seconds: float = Field(
        default=600.0,
        gt=0,
        description="No trial goes on after this many seconds, except the first.",
    )
    k: int = Field(default=20, ge=1, description="List length of the NDCG that is maximized.")
    inner_fraction: float = Field(
        default=0.1,
        ge=0,
        lt=1,
        description="Share of each user's training items that the models get for choices of their "
        "own, such as when to stop.",
    )
    seed: int = Field(default=0, ge=0, description="Seed of proposals and of every fit.")


OnTrial = Callable[[TuningResult], None]
"""Hears after each trial what was tried so far; `ended_by` is "" then."""


class _OutOfTimeError(Exception):
    """Ends the fit of a trial from inside its progress reports."""


def tune(
    model: str,
    data: TrainingData,
    settings: TuningSettings,
    *,
    fixed: dict[str, Any] | None = None,
    on_progress: OnProgress = no_progress,
    on_trial: OnTrial | None = None,
) -> TuningResult:
    """Try settings of a model and return those with the best NDCG on `data.validation`.

    Every trial is fitted on `data.train` alone; `data.validation` only measures. Models that
    choose on a validation part of their own get one that is cut from the training part
    (`inner_data`); the others fit on both, so all models learn from the same interactions.

    Args:
        model: registry name.
        data: without a test part.
        settings: the budget.
        fixed: settings that every trial has and the search leaves alone.
        on_progress: hears about each trial, with its value and the best one so far.
        on_trial: gets all that was tried so far after each trial.

    Raises:
        ConfigError: there is no such model, or the fixed settings break a rule.
        DataError: the validation part is empty.
    """
    held = dict(fixed or {})
    create_recommender(model, held)  # a wrong setting is the caller's mistake, not a failed trial
    if not len(data.validation):
        raise DataError(
            "Settings are chosen on a validation part, and this split has none. "
            "Choose a split with a validation share above 0."
        )
    return _Search(model, data, settings, held, on_progress, on_trial).run()


def inner_data(data: TrainingData, fraction: float, rng: np.random.Generator) -> TrainingData:
    """The training part alone, with a random share per user as the validation part of a fit."""
    chosen = random_part(data.train, fraction, rng)
    return dataclasses.replace(
        data, train=data.train.select(~chosen), validation=data.train.select(chosen)
    )


def validation_ndcg(recommender: Recommender, data: TrainingData, k: int) -> float:
    """Mean NDCG@k over users with validation items; what they did in `data.train` is left out.

    Raises:
        DataError: the model gives scores that are not finite.
    """
    held = data.validation
    counts = held.user_counts()
    users = np.flatnonzero(counts)
    rank = ranker(recommender, Histories(data.train, data.side), k)
    values = []
    for start in range(0, users.size, USERS_PER_BATCH):
        batch = users[start : start + USERS_PER_BATCH]
        ranked = rank(batch)
        hits = np.isin(batch[:, None] * held.n_items + ranked, _pairs(held)) & (ranked >= 0)
        values.append(metrics_of_hits(hits, counts[batch], (k,))[f"ndcg@{k}"])
    return float(np.concatenate(values).mean(dtype=np.float64))


def _pairs(held: Interactions) -> np.ndarray[Any, np.dtype[np.int64]]:
    return held.user_indices * held.n_items + held.item_indices


class _Search:
    """One search: the trials so far and the clock."""

    def __init__(
        self,
        model: str,
        data: TrainingData,
        settings: TuningSettings,
        fixed: dict[str, Any],
        on_progress: OnProgress,
        on_trial: OnTrial | None,
    ) -> None:
        self._model, self._data, self._settings = model, data, settings
        self._fixed, self._on_progress, self._on_trial = fixed, on_progress, on_trial
        self._space = {
            name: found for name, found in search_space_of(model).items() if name not in fixed
        }
        self._inner = inner_data(data, settings.inner_fraction, make_rng(settings.seed))
        self._start = time.perf_counter()
        self._trials: list[Trial] = []

    def run(self) -> TuningResult:
        """The default settings first, then proposals until trials or time are used up."""
        study = SettingsStudy(self._space, self._settings.seed, self._settings.n_trials)
        first = self._try({}, is_timed=False)
        if first.value is not None:
            study.learn(self._defaults(), first.value)
        while self._space and len(self._trials) < self._settings.n_trials and self._has_time():
            number, proposed = study.ask()
            study.tell(number, self._try(proposed, is_timed=True).value)
        ended_by = "trials" if len(self._trials) >= self._settings.n_trials else "time"
        return self._result(ended_by if self._space else "space")

    def _try(self, proposed: dict[str, Any], *, is_timed: bool) -> Trial:
        start = time.perf_counter()
        before = next((t for t in self._trials if t.settings == proposed), None)
        if before is not None:
            trial = dataclasses.replace(before, state="repeated", seconds=0.0)
        else:
            value, state, error = self._outcome(proposed, is_timed)
            seconds = round(time.perf_counter() - start, 3)
            trial = Trial(0, proposed, value, seconds, state, error)
        trial = dataclasses.replace(trial, number=len(self._trials))
        self._trials.append(trial)
        if self._on_trial is not None:
            self._on_trial(self._result(""))
        self._report(trial)
        return trial

    def _outcome(
        self, proposed: dict[str, Any], is_timed: bool
    ) -> tuple[float | None, TrialState, str]:
        def check(progress: Progress) -> None:
            self._on_progress(dataclasses.replace(progress, metrics={}))
            if is_timed and not self._has_time():
                raise _OutOfTimeError

        try:
            recommender = create_recommender(self._model, self._fixed | proposed)
            rng = make_rng(self._settings.seed)
            recommender.fit(self._inner, rng=rng, on_progress=check)
            return validation_ndcg(recommender, self._data, self._settings.k), "done", ""
        except CancelledError:
            raise
        except _OutOfTimeError:
            return None, "stopped", ""
        except KgrecError as caught:
            return None, "failed", " ".join(str(caught).split())

    def _defaults(self) -> dict[str, Any]:
        known = settings_class(self._model).model_fields
        return {name: known[name].get_default(call_default_factory=True) for name in self._space}

    def _has_time(self) -> bool:
        return time.perf_counter() - self._start < self._settings.max_seconds

    def _best(self) -> Trial | None:
        """The earliest of the best, so that ties go to the default settings."""
        valued = [trial for trial in self._trials if trial.value is not None]
        return max(valued, key=lambda trial: (trial.value, -trial.number), default=None)

    def _report(self, trial: Trial) -> None:
        best, metric = self._best(), f"validation ndcg@{self._settings.k}"
        metrics = {}
        if trial.value is not None:
            metrics[metric] = trial.value
        if best is not None and best.value is not None:
            metrics[f"best {metric}"] = best.value
        n_trials = self._settings.n_trials if self._space else 1
        self._on_progress(Progress("Trying settings", len(self._trials), n_trials, metrics))

    def _result(self, ended_by: str) -> TuningResult:
        best = self._best()
        return TuningResult(
            model=self._model,
            settings=self._fixed | (best.settings if best else {}),
            value=best.value if best else None,
            metric=f"ndcg@{self._settings.k}",
            trials=tuple(self._trials),
            seconds=round(time.perf_counter() - self._start, 3),
            ended_by=ended_by,
        )
