"""What was found about the explanations of a run, one plain sentence per finding."""

from __future__ import annotations

from collections.abc import Callable

from kgrec_core.pipeline.explain_quality.report import QualityReport
from kgrec_core.pipeline.seed_twins import AttentionWorth
from kgrec_ui.theme import format_share
from kgrec_ui.views.figures import fixed

__all__ = ["power_text", "quality_points", "worth_words"]

LITTLE_AGREEMENT = 0.2
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def quality_points(report: QualityReport) -> tuple[str, ...]:
    """Sentences; those that nothing was measured for are left out."""
    makers: tuple[Callable[[QualityReport], str], ...] = (
        _exactness,
        _order,
        _reasons,
        _counterfactuals,
        _paths,
        _attention,
        _agreement,
        _stability,
        _words,
    )
    return tuple(text for maker in makers if (text := maker(report)))


def power_text(value: float) -> str:
    """A very small number as people write it: 5 × 10⁻⁸."""
    digit, power = f"{value:.0e}".split("e")
    return f"{digit} × 10{str(int(power)).translate(RAISED)}"


def worth_words(worth: AttentionWorth) -> str:
    """What attention is worth, in one or two sentences."""
    name = worth.metric.upper()
    numbers = f"{name} is {fixed(worth.own)} with attention and {fixed(worth.uniform)} without"
    mean, low, high = worth.difference
    span = f"difference {fixed(mean)}, 95 % interval {fixed(low)} to {fixed(high)}"
    if worth.carries_little:
        return (
            f"The attention weights carry little: lists are as good when every choice counts the "
            f"same. {numbers} ({span})."
        )
    return f"Attention makes the lists better: {numbers} ({span})."


def _value(report: QualityReport, key: str) -> float | None:
    found = report.measure(key)
    return None if found is None else found.estimate.value


def _exactness(report: QualityReport) -> str:
    worst = _value(report, "residual")
    if worst is None:
        return ""
    size = "0" if worst == 0 else power_text(worst)
    return f"The terms add up to the score; the largest rounding error is {size} of the score."


def _order(report: QualityReport) -> str:
    found = next((c for c in report.comparisons if c.key == "position"), None)
    if found is None or found.explainer.value is None:
        return ""
    chance = found.rivals["random"].value
    if chance is None:
        return ""
    return (
        "While the choices that the explanation ranks first are taken out one by one, the item is "
        f"still in the list {format_share(found.explainer.value)} of the time; in a random order "
        f"{format_share(chance)}."
    )


def _reasons(report: QualityReport) -> str:
    plus, minus = _value(report, "fidelity_plus"), _value(report, "fidelity_minus")
    share = _value(report, "named_share")
    if plus is None or minus is None or share is None:
        return ""
    return (
        f"The sentences name {format_share(share)} of what is known about a user. Without it "
        f"{format_share(plus)} of the items leave the list; with it alone "
        f"{format_share(1 - minus)} stay."
    )


def _counterfactuals(report: QualityReport) -> str:
    found, size = _value(report, "cf_success"), _value(report, "cf_size")
    verified = _value(report, "cf_verified")
    if found is None or size is None or verified is None:
        return ""
    checked = "each one was" if verified >= 1 else f"{format_share(verified)} of them were"
    return (
        f"For {format_share(found)} of the items a set of choices was found without which it would "
        f"not be listed, {size:.1f} choices on average; {checked} confirmed by scoring again."
    )


def _paths(report: QualityReport) -> str:
    valid = _value(report, "path_validity")
    if valid is None:
        return ""
    if valid >= 1:
        return "Every path runs over links of the training graph and none uses a held-out choice."
    return f"Only {format_share(valid)} of the paths are real links that may be used."


def _attention(report: QualityReport) -> str:
    return worth_words(report.worth) if report.worth else ""


def _agreement(report: QualityReport) -> str:
    tau, change = _value(report, "attention_tau"), _value(report, "attention_change")
    if tau is None:
        return ""
    told = f"(Kendall's tau {tau:.2f})".replace("-", "−")
    first = f"Attention and what the score loses without a choice go together {told}."
    if tau < LITTLE_AGREEMENT:
        first = (
            f"A large attention weight does not mean that the choice matters for an item {told}: "
            "read the contributions instead."
        )
    if change is not None and change < 0.01:
        first += " The weights are global: the same for every item of a list."
    return first


def _stability(report: QualityReport) -> str:
    own, chance = _value(report, "jaccard@3"), _value(report, "jaccard@3:random")
    if own is None or chance is None:
        return ""
    return (
        f"Trained with another seed, the three strongest reasons overlap by {format_share(own)}; "
        f"by chance it would be {format_share(chance)}."
    )


def _words(report: QualityReport) -> str:
    share = _value(report, "words")
    if share is None:
        return ""
    if share >= 1:
        return "Everything that the sentences state was found in the terms and links behind them."
    return f"{format_share(share)} of the sentences state only what is in the terms behind them."
