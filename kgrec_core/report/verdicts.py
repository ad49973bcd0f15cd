"""What stored comparisons say, by fixed rules: is one model, or one part of it, better?"""

from __future__ import annotations

from dataclasses import dataclass

from kgrec_core.evaluation.protocol import EvaluationResult, paired_difference
from kgrec_core.figures import change_range, percent
from kgrec_core.report.findings import Findings
from kgrec_core.report.measured import (
    comparison_rows,
    main_metric,
    mean_with_interval,
    part_switched,
)
from kgrec_core.rng import make_rng
from kgrec_core.words import metric_name, model_name

__all__ = ["LEVEL", "PartVerdict", "Rival", "part_verdict", "rivals", "strongest_rival"]

LEVEL = 0.05
SEED = 0
"""Of the intervals that are made from stored values of single users."""
TINY = 1e-9


@dataclass(frozen=True)
class Rival:
    """Another model on the same held-out choices.

    Attributes:
        label: for people.
        value: its mean of the metric.
        low: lower end of its 95 % interval.
        high: upper end.
        lead: metric of the run minus that of the other model over the same users, with the ends
            of its 95 % interval.
        is_clear: the lead (or lag) is beyond chance.
    """

    label: str
    value: float
    low: float
    high: float
    lead: tuple[float, float, float]
    is_clear: bool


@dataclass(frozen=True)
class PartVerdict:
    """What the model loses when one part is switched off.

    Attributes:
        part: "graph", "text", ...
        loss: relative change of the metric without the part, negative when the part helps, with
            the ends of its 95 % interval.
        verdict: "helps", "harms", "unclear" or "unused".
        metric: that was compared.
        p_corrected: for the number of comparisons.
    """

    part: str
    loss: tuple[float, float, float]
    verdict: str
    metric: str
    p_corrected: float

    @property
    def words(self) -> str:
        """The change without the part: "5.5 % worse (3.7 to 7.3 %)"."""
        change, low, high = self.loss
        word = "worse" if change < 0 else "better"
        if low <= 0 <= high:
            return f"{percent(change)} {word} ({change_range(low, high)})"
        span = change_range(low, high).removesuffix(f" {word}")
        return f"{percent(change)} {word} ({span})"


def rivals(findings: Findings) -> tuple[Rival, ...]:
    """All other models that were measured on the held-out choices of this run, best first.

    Baselines that lie beside the run come first; the latest benchmark fills in the others.
    """
    found = {}
    if findings.evaluation is not None:
        for name, other in findings.baselines.items():
            found[name] = _beside(findings.evaluation, other, name, findings.metric)
    report = findings.benchmarks.accuracy
    if report is not None:
        metric = main_metric(report)
        for row in comparison_rows(report, "accuracy", "all", metric):
            name = str(row["label"])
            if part_switched(report, name) is None and name not in found:
                mean = mean_with_interval(report, name, "accuracy", "all", metric)
                lead = -row["difference"], -row["high"], -row["low"]
                value = mean or (0.0, 0.0, 0.0)
                is_clear = row["p_corrected"] <= LEVEL and row["difference"] != 0
                found[name] = Rival(model_name(name), *value, lead, is_clear)
    return tuple(sorted(found.values(), key=lambda rival: (-rival.value, rival.label)))


def strongest_rival(findings: Findings) -> Rival | None:
    """The best other model; None when none was measured."""
    return next(iter(rivals(findings)), None)


def part_verdict(
    findings: Findings, part: str, *, protocol: str = "accuracy", where: str = "all"
) -> PartVerdict | None:
    """What switching one part off does, by the ablation; None when it was not measured."""
    marks = findings.benchmarks
    report = marks.ablation if protocol == "accuracy" else marks.few_shot
    if report is None:
        return None
    metric = main_metric(report)
    whole = mean_with_interval(report, report.settings["reference"], protocol, where, metric)
    for row in comparison_rows(report, protocol, where, metric):
        if part_switched(report, row["label"]) == ("without", part) and whole and whole[0] > 0:
            change = tuple(row[key] / whole[0] for key in ("difference", "low", "high"))
            return PartVerdict(
                part,
                (change[0], change[1], change[2]),
                _part_word(row["difference"], row["p_corrected"], change),
                metric_name(metric),
                row["p_corrected"],
            )
    return None


def _part_word(difference: float, p_corrected: float, change: tuple[float, ...]) -> str:
    if max(abs(value) for value in change) < TINY:
        return "unused"
    if p_corrected > LEVEL:
        return "unclear"
    return "helps" if difference < 0 else "harms"


def _beside(own: EvaluationResult, other: EvaluationResult, name: str, metric: str) -> Rival:
    lead = paired_difference(own, other, metric, make_rng(SEED))
    low, high = other.intervals[metric]
    is_clear = not lead[1] <= 0 <= lead[2]
    return Rival(model_name(name), other.metrics[metric], low, high, lead, is_clear)
