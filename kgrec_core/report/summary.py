"""Three to six sentences on what was found, made by rules from stored results."""

from __future__ import annotations

from dataclasses import dataclass

from kgrec_core.figures import change_range, fixed, format_share, p_words, percent
from kgrec_core.pipeline.signal_result import CARRIES, NO_LINKS, WEAK
from kgrec_core.report.commands import benchmark_command
from kgrec_core.report.findings import Findings
from kgrec_core.report.measured import main_metric, mean_with_interval
from kgrec_core.report.verdicts import PartVerdict, Rival, part_verdict, strongest_rival
from kgrec_core.words import counted, joined, metric_name, model_name

__all__ = ["TAIL_IN_APP", "Statement", "few_shot_parts", "not_measured", "summary_of"]

FEW_TEST_USERS = 200
FEWEST_SEEDS = 3
TAIL_IN_APP = "The page Evaluate of the app measures it, section “Long tail”."


@dataclass(frozen=True)
class Statement:
    """One sentence, or two that belong together, and the anchor of the part that proves it."""

    text: str
    anchor: str


def summary_of(findings: Findings) -> list[Statement]:
    """How good, how much better than simple models, graph, text, newcomers, what is uncertain."""
    found = [_reach(findings), _lead(findings), _graph(findings), _text(findings)]
    return [*found, *_newcomers(findings), _uncertain(findings)]


def not_measured(findings: Findings) -> list[tuple[str, str]]:
    """What this report cannot tell because nobody measured it, with the command that does."""
    data, run = findings.record.dataset_fingerprint, findings.record.run_id
    marks = findings.benchmarks
    ablation = benchmark_command(findings, "--ablation")
    rivals = benchmark_command(findings)
    checks = [
        (findings.evaluation is None, "accuracy on held-out choices", f"kgrec evaluate {run}"),
        (not findings.baselines and marks.accuracy is None, "simple models", rivals),
        (
            marks.ablation is None and findings.has_switches,
            "what each part of the model brings",
            ablation,
        ),
        (
            findings.signal is None and findings.graph.n_triples > 0,
            "whether the links carry signal",
            f"kgrec signal {data}",
        ),
        (
            marks.few_shot is None,
            "newcomers",
            benchmark_command(findings, "--protocol", "few-shot"),
        ),
        (
            marks.cold_items is None,
            "items that nobody has chosen yet",
            benchmark_command(findings, "--protocol", "cold-items"),
        ),
        (findings.quality is None, "quality of the explanations", f"kgrec explain-quality {run}"),
    ]
    if findings.record.model == "fusion":
        checks.append((findings.long_tail is None, "holding popular items back", TAIL_IN_APP))
    return [(what, how) for is_missing, what, how in checks if is_missing]


def few_shot_parts(findings: Findings) -> list[tuple[int, str]]:
    """(known items, name of the part) of the newcomers' measurement, ascending."""
    report = findings.benchmarks.few_shot
    if report is None:
        return []
    names = {row["part"] for row in report.means if row["protocol"] == "few-shot"}
    shots = [name for name in names if name.endswith("-shot")]
    return sorted((int(name.removesuffix("-shot")), name) for name in shots)


def _reach(findings: Findings) -> Statement:
    result = findings.evaluation
    if result is None:
        return Statement(
            "How good the lists are is not known: this model was fitted on everything, and "
            "nothing was held out to measure on.",
            "accuracy",
        )
    k = min(result.ks)
    name = f"hit_rate@{k}"
    low, high = result.intervals[name]
    return Statement(
        f"{format_share(result.metrics[name])} of {counted(result.n_users, 'test user')} "
        f"({format_share(low)} to {format_share(high)}) find at least one of their hidden, real "
        f"choices among {k} suggestions.",
        "accuracy",
    )


def _lead(findings: Findings) -> Statement:
    best = strongest_rival(findings)
    if best is None:
        return Statement(
            "Whether a simple model would do as well is not known: none was measured beside it.",
            "accuracy",
        )
    return Statement(_lead_words(findings, best), "accuracy")


def _lead_words(findings: Findings, best: Rival) -> str:
    own = model_name(findings.record.model)
    name = metric_name(findings.metric)
    lead, low, high = best.lead
    mine = f"{name} {fixed(best.value + lead)} against {fixed(best.value)}"
    against = f"the best other model measured, {best.label}"
    if not best.value:
        return f"{own} reaches {mine} of {against}."
    if not best.is_clear:
        span = change_range(low / best.value, high / best.value)
        return f"{own} cannot be told apart from {against}: {mine} ({span})."
    word = "better" if lead > 0 else "worse"
    span = change_range(low / best.value, high / best.value).removesuffix(f" {word}")
    share = percent(lead / best.value)
    return f"{own} is {share} {word} ({span}) than {against}: {mine}."


def _graph(findings: Findings) -> Statement:
    verdict, signal = part_verdict(findings, "graph"), findings.signal
    told = [_part_sentence("The knowledge graph", verdict)]
    if not findings.graph.n_triples:
        return Statement("There is no knowledge graph: no item has a link.", "graph")
    if not findings.uses("graph"):
        told = ["This model does not use the knowledge graph."]
    if signal is not None and signal.overall.verdict != NO_LINKS:
        overall = signal.overall
        words = {CARRIES: "carry signal", WEAK: "carry a little signal"}
        said = words.get(overall.verdict, "carry no usable signal")
        told.append(
            f"its links alone {said}: {metric_name(signal.metric)} {fixed(overall.value)} against "
            f"{fixed(overall.scrambled)} with shuffled links "
            f"({p_words(overall.p_value)})"
        )
    elif verdict is None and findings.uses("graph"):
        told = ["Whether the knowledge graph helps was not measured."]
    return Statement(_put_together(told), "graph" if verdict is None else "parts")


def _text(findings: Findings) -> Statement:
    if not findings.profile.share_with_text:
        return Statement("The data has no texts.", "data")
    if not findings.uses("text"):
        return Statement("This model does not read texts.", "parts")
    verdict = part_verdict(findings, "text")
    told = [_part_sentence("Text", verdict)]
    cold = _text_for_newcomers(findings)
    if cold and verdict is not None:
        told.append(cold)
    return Statement(_put_together(told), "parts")


def _text_for_newcomers(findings: Findings) -> str:
    """Where a part may matter although it does not for users with a history."""
    clear = []
    for k, part in few_shot_parts(findings):
        found = part_verdict(findings, "text", protocol="few-shot", where=part)
        if found is not None and found.verdict in ("helps", "harms"):
            clear.append((k, found))
    if not clear:
        return ""
    best = max(clear, key=lambda pair: abs(pair[1].loss[0]))
    word = best[1].verdict
    same = sum(1 for _, found in clear if found.verdict == word)
    n_all = len(few_shot_parts(findings))
    return (
        f"it clearly {word} newcomers at {same} of {n_all} measured lengths of history, most "
        f"with {counted(best[0], 'known item')}: {best[1].words} without it"
    )


def _put_together(told: list[str]) -> str:
    """Several remarks as one sentence."""
    return f"{'; '.join(part.rstrip('.') for part in told)}."


def _part_sentence(name: str, verdict: PartVerdict | None) -> str:
    if verdict is None:
        return f"{name}: what it brings was not measured."
    if verdict.verdict == "unused":
        return f"{name} makes no difference here: the model does not use it."
    if verdict.verdict == "unclear":
        return (
            f"{name} makes no clear difference for known users: without it {verdict.metric} is "
            f"{verdict.words}{_chance(verdict)}."
        )
    return f"{name} {verdict.verdict}: without it {verdict.metric} is {verdict.words}."


def _chance(verdict: PartVerdict) -> str:
    """Why a difference whose interval leaves out 0 is still not called clear."""
    _, low, high = verdict.loss
    if low <= 0 <= high:
        return ""
    return f", not beyond chance with so many comparisons ({p_words(verdict.p_corrected)})"


def _newcomers(findings: Findings) -> list[Statement]:
    report, parts = findings.benchmarks.few_shot, few_shot_parts(findings)
    if report is None or not parts:
        return []
    k, part = parts[0]
    metric, own = main_metric(report), report.settings["reference"]
    mean = mean_with_interval(report, own, "few-shot", part, metric)
    plain = mean_with_interval(report, "popularity", "few-shot", part, metric)
    if mean is None:
        return []
    words = f"With {k} known {'item' if k == 1 else 'items'} of somebody new"
    against = f", the same popular items for everybody {fixed(plain[0])}" if plain else ""
    return [
        Statement(f"{words} it reaches {metric_name(metric)} {fixed(mean[0])}{against}.", "cold")
    ]


def _uncertain(findings: Findings) -> Statement:
    told = []
    result = findings.evaluation
    if result is not None and result.n_users < FEW_TEST_USERS:
        told.append(f"only {counted(result.n_users, 'test user')}")
    report = findings.benchmarks.accuracy
    n_seeds = len(report.settings["seeds"]) if report else 1
    if n_seeds < FEWEST_SEEDS and result is not None:
        told.append(
            "one random split was measured, so the intervals cover the choice of users and not "
            "that of the split"
            if n_seeds == 1
            else f"only {n_seeds} splits were measured"
        )
    verdicts = findings.quality.verdicts if findings.quality else []
    failed = [label for label, verdict in verdicts if verdict == "missed"]
    if failed:
        told.append(f"the explanations miss a target: {joined(failed)}")
    missing = [what for what, _ in not_measured(findings)]
    if missing:
        told.append(f"not measured: {joined(missing, limit=8)}")
    if not told:
        told.append("see the limits at the end")
    return Statement(f"What is uncertain: {'; '.join(told)}.", "limits")
