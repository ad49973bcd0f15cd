"""Proposes settings: a model's declared search space, walked by the TPE sampler of Optuna."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kgrec_core.errors import ConfigError
from kgrec_core.recommender.registry import settings_class
from kgrec_core.recommender.search_space import Choice, FloatRange, SearchRange, SearchSpace

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution

__all__ = ["SettingsStudy", "search_space_of"]

MIN_RANDOM_TRIALS = 5
"""Proposals that are drawn at random before the sampler starts to learn from results."""


def search_space_of(model: str) -> SearchSpace:
    """What a search may try of a model; empty when its settings class declares nothing.

    Raises:
        ConfigError: there is no such model, or the space names a setting that it has not.
    """
    known = settings_class(model)
    space: SearchSpace = getattr(known, "search_space", {})
    for name in space:
        if name not in known.model_fields:
            raise ConfigError(
                f"'search_space' must name settings of '{known.__name__}' (got '{name}')."
            )
    return space


class SettingsStudy:
    """Asks for settings and is told their values (larger is better).

    Bergstra et al., "Algorithms for hyper-parameter optimization", 2011 (TPE); the same seed
    and the same values give the same proposals.
    """

    def __init__(self, space: SearchSpace, seed: int, n_trials: int) -> None:
        import optuna

        self._distributions = {name: _distribution(found) for name, found in space.items()}
        n_random = max(MIN_RANDOM_TRIALS, n_trials // 4)
        with _quiet():
            sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=n_random)
            self._study = optuna.create_study(sampler=sampler, direction="maximize")

    def learn(self, settings: dict[str, Any], value: float) -> None:
        """Take in a result that was not asked for; ignored where it lies outside of the space."""
        import optuna

        picked = {name: settings.get(name) for name in self._distributions}
        for name, distribution in self._distributions.items():
            if not _lies_in(picked[name], distribution):
                return
        with _quiet():
            self._study.add_trial(
                optuna.trial.create_trial(
                    params=picked, distributions=self._distributions, value=value
                )
            )

    def ask(self) -> tuple[int, dict[str, Any]]:
        """Number of the proposal, for `tell`, and its settings."""
        with _quiet():
            trial = self._study.ask(self._distributions)
        return trial.number, dict(trial.params)

    def tell(self, number: int, value: float | None) -> None:
        """The value of a proposal; None when it failed."""
        import optuna

        with _quiet():
            if value is None:
                self._study.tell(number, state=optuna.trial.TrialState.FAIL)
            else:
                self._study.tell(number, value)


def _distribution(found: SearchRange) -> BaseDistribution:
    from optuna import distributions

    if isinstance(found, Choice):
        return distributions.CategoricalDistribution(found.options)
    if isinstance(found, FloatRange):
        return distributions.FloatDistribution(found.low, found.high, log=found.log)
    return distributions.IntDistribution(found.low, found.high, log=found.log)


def _lies_in(value: Any, distribution: BaseDistribution) -> bool:
    from optuna.distributions import (
        CategoricalDistribution,
        FloatDistribution,
        IntDistribution,
    )

    if isinstance(distribution, CategoricalDistribution):
        return value in distribution.choices
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    if not isinstance(distribution, FloatDistribution | IntDistribution):
        return False
    return bool(distribution.low <= value <= distribution.high)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Optuna's notes on every step stay out of the terminal; its level is put back."""
    import optuna

    level = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        yield
    finally:
        optuna.logging.set_verbosity(level)
