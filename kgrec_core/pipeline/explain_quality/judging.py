"""From observed values to the figures of a report, with verdicts and groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kgrec_core.explanation.quality.decisions import characterization
from kgrec_core.explanation.quality.estimates import Estimate, Observations
from kgrec_core.pipeline.explain_quality.figure import Figure
from kgrec_core.pipeline.explain_quality.figures import COMPARISONS, figures
from kgrec_core.pipeline.explain_quality.pairs import RIVALS
from kgrec_core.pipeline.explain_quality.report import (
    Better,
    Comparison,
    Measure,
    Section,
    Verdict,
)
from kgrec_core.pipeline.explain_quality.sampling import Group

__all__ = ["Observed", "comparisons", "measures"]

COLD_ITEMS, COLD_USERS = "items that nobody chose", "people without choices"
MOST_SECONDS = 5.0
"""Seconds that 100 explained pairs may take."""
_COMBINED: tuple[tuple[str, Section, str, str], ...] = (
    ("characterization", "fidelity", "Characterization", "fidelity+ and 1 - fidelity−"),
    ("f_ns", "counterfactuals", "Necessary and sufficient (F_NS)", "PN and PS"),
)
"""Key, section, label and what is joined. Fidelity+ is PN and 1 - fidelity− is PS, so both are one
number under the names of two sources."""


@dataclass(frozen=True)
class Observed:
    """All values of a run.

    Attributes:
        main: users with a history and the items of their lists.
        cold_items: the same users and the best item that nobody chose.
        cold_users: users without a history.
        groups: parts of the users of `main`.
        all_residuals: residuals of some users with the whole catalog.
        seconds_per_100: explaining and wording 100 pairs, by the clock.
        processor_per_100: the same in processor seconds: on a busy machine the clock runs on.
    """

    main: Observations
    cold_items: Observations
    cold_users: Observations
    groups: tuple[Group, ...]
    all_residuals: Sequence[float]
    seconds_per_100: float
    processor_per_100: float


def measures(observed: Observed, k: int, rng: np.random.Generator) -> tuple[Measure, ...]:
    """Every figure that has a value for somebody, and those that have a target in any case."""
    found = [_measure(figure, observed, rng) for figure in figures(k)]
    found += [_combined(observed, *named) for named in _COMBINED]
    found += _speed(observed)
    return tuple(m for m in found if m.estimate.value is not None or m.target)


def comparisons(observed: Observed, k: int, rng: np.random.Generator) -> tuple[Comparison, ...]:
    """DEL, CNDCG, INS and POS of the explanation beside the three orders."""
    found = []
    for key, (label, better, target) in COMPARISONS.items():
        own = observed.main.estimate(key, rng)
        rivals = {name: observed.main.estimate(f"{key}:{name}", rng) for name in RIVALS}
        leads = {name: _lead(observed.main, key, name, better, rng) for name in RIVALS}
        groups = {
            group.name: _lead(observed.main, key, "random", better, rng, group.users)
            for group in observed.groups
        }
        for name, kept in ((COLD_ITEMS, observed.cold_items), (COLD_USERS, observed.cold_users)):
            if kept.by_user(key):
                groups[name] = _lead(kept, key, "random", better, rng)
        verdict = _against(own, rivals) if target else ""
        title = f"POS@{k},10" if key == "position" else label
        found.append(Comparison(key, title, better, own, rivals, leads, target, verdict, groups))
    return tuple(found)


def _measure(figure: Figure, observed: Observed, rng: np.random.Generator) -> Measure:
    estimate = _estimate(figure, observed, rng)
    return Measure(
        figure.key,
        figure.section,
        figure.label,
        figure.help,
        figure.better,
        estimate,
        figure.target,
        _verdict(figure, estimate),
        _groups(figure, observed, rng) if figure.has_groups else {},
        figure.is_share,
    )


def _estimate(figure: Figure, observed: Observed, rng: np.random.Generator) -> Estimate:
    kept = observed.main
    if not figure.is_largest:
        return kept.estimate(figure.key, rng)
    values = kept.all_of(figure.key)
    if figure.key == "residual":
        values = [*values, *observed.all_residuals]
    n_users = len(kept.by_user(figure.key))
    n_undefined = len(kept.users) - n_users
    return Estimate(max(values, default=None), None, None, n_users, n_undefined)


def _groups(figure: Figure, observed: Observed, rng: np.random.Generator) -> dict[str, Estimate]:
    if figure.is_largest:
        return {
            name: Estimate(max(kept.all_of(figure.key)), None, None, len(kept.users), 0)
            for name, kept in _cold(observed)
            if kept.all_of(figure.key)
        }
    found = {
        group.name: observed.main.estimate(figure.key, rng, group.users)
        for group in observed.groups
    }
    for name, kept in _cold(observed):
        if kept.users:
            found[name] = kept.estimate(figure.key, rng)
    return {name: estimate for name, estimate in found.items() if estimate.value is not None}


def _cold(observed: Observed) -> tuple[tuple[str, Observations], ...]:
    return ((COLD_ITEMS, observed.cold_items), (COLD_USERS, observed.cold_users))


def _verdict(figure: Figure, estimate: Estimate) -> Verdict:
    if not figure.target:
        return ""
    if estimate.value is None:
        return "not measured"
    if figure.at_least is not None:
        return "met" if estimate.value >= figure.at_least else "missed"
    return "met" if figure.at_most is None or estimate.value <= figure.at_most else "missed"


def _combined(observed: Observed, key: str, section: Section, label: str, joined: str) -> Measure:
    """PN and PS in one number, from their means over all users."""
    kept = observed.main
    value = characterization(_mean(kept, "pn"), _mean(kept, "ps"))
    n_users = len(kept.by_user("pn"))
    estimate = Estimate(value, None, None, n_users, len(kept.users) - n_users)
    help_ = f"Harmonic mean of {joined}."
    return Measure(key, section, label, help_, "higher", estimate, is_share=True)


def _mean(kept: Observations, name: str) -> float | None:
    values = list(kept.by_user(name).values())
    return sum(values) / len(values) if values else None


def _speed(observed: Observed) -> tuple[Measure, Measure]:
    value, n_users = observed.seconds_per_100, len(observed.main.users)
    clock = Measure(
        "seconds_per_100",
        "speed",
        "Explaining 100 pairs, seconds",
        "Terms and sentences of 100 pairs on this machine, after the run is loaded. The first "
        "explanation, which loads libraries, counts as loading.",
        "lower",
        Estimate(value, None, None, n_users, 0),
        f"at most {MOST_SECONDS:g}",
        "met" if value <= MOST_SECONDS else "missed",
    )
    worked = Measure(
        "processor_per_100",
        "speed",
        "The same in processor seconds",
        "Without the time in which other programs had the processor.",
        "lower",
        Estimate(observed.processor_per_100, None, None, n_users, 0),
    )
    return clock, worked


def _lead(
    kept: Observations,
    key: str,
    rival: str,
    better: Better,
    rng: np.random.Generator,
    users: Sequence[int] | None = None,
) -> Estimate:
    first, second = f"{key}:{rival}", key
    if better == "higher":
        first, second = second, first
    return kept.difference(first, second, rng, users)


def _against(own: Estimate, rivals: dict[str, Estimate]) -> Verdict:
    """Both comparisons with a target are better when lower."""
    there = [rival for rival in rivals.values() if rival.value is not None]
    if own.value is None or not there:
        return "not measured"
    return "met" if all(own.is_below(rival) for rival in there) else "missed"
