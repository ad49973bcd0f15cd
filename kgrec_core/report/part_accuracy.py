"""The part on accuracy: the model beside others, and what each of its parts brings."""

from __future__ import annotations

from kgrec_core.figures import (
    change_range,
    fixed,
    format_count,
    format_seconds,
    format_share,
    p_words,
    percent,
    signed,
)
from kgrec_core.pipeline.benchmark_report import BenchmarkReport
from kgrec_core.report.choices import PARTS
from kgrec_core.report.commands import benchmark_command
from kgrec_core.report.dot_chart import Dot, dot_chart
from kgrec_core.report.findings import Findings
from kgrec_core.report.layout import figure, missing, note, paragraph, section, table
from kgrec_core.report.markup import Child, Markup, tag
from kgrec_core.report.measured import comparison_rows, main_metric, part_switched
from kgrec_core.report.verdicts import LEVEL, Rival, part_verdict, rivals
from kgrec_core.words import counted, metric_name, model_name, split_name

__all__ = ["part_accuracy"]

METRICS = {
    "ndcg": "how high the hits stand; 1 is the ideal list",
    "recall": "share of a user's hidden choices that the list finds",
    "hit_rate": "share of users with at least one hit",
    "precision": "share of the list that is a hidden choice",
    "mrr": "one over the rank of the first hit",
    "coverage": "share of the catalog that at least one test user is shown",
    "novelty": "how little known the shown items are, in bits",
}
PART_NAMES = {
    "collaborative": "behavior",
    "graph": "the knowledge graph",
    "text": "the texts",
    "vectors": "learned item vectors",
    "neighbors": "items chosen by the same people",
    "order": "the order of choices",
    "few shots": "the reading of short histories",
    "social": "friends",
    "attributes": "user attributes",
}
INTERVALS = (
    "An interval says how far the figure could move by chance: if other users like these had been "
    "tested, it would cover the true mean in about 95 of 100 cases."
)


def part_accuracy(findings: Findings, number: int) -> Markup:
    """How good the lists are, next to simple models, and which part of the model does it."""
    return section(
        "accuracy",
        number,
        PARTS["accuracy"],
        _how(findings),
        _own(findings),
        tag("h3", "Beside other models"),
        _others(findings),
        tag("h3", "What each part of the model brings", id="parts"),
        _parts(findings),
    )


def _how(findings: Findings) -> list[Child]:
    split, settings = findings.split, findings.settings.split
    if findings.evaluation is None:
        return [
            missing("accuracy; this run holds nothing out", "Train with a split such as “random”.")
        ]
    return [
        paragraph(
            f"{format_count(split.test)} of "
            f"{format_count(split.train + split.validation + split.test)} interactions were hidden "
            f"from the model (split “{split_name(settings.name)}”). It then made a list for each "
            f"of {format_count(findings.evaluation.n_users)} users, and a suggestion counts as a "
            "hit when the user had really chosen it. Good suggestions that nobody has tried yet "
            "count as misses, so the figures are on the low side; they are made to compare models."
        ),
        paragraph(INTERVALS),
    ]


def _own(findings: Findings) -> Markup | None:
    result = findings.evaluation
    if result is None:
        return None
    rows = []
    for name, gloss in METRICS.items():
        for k in result.ks:
            key = f"{name}@{k}"
            if key in result.metrics:
                low, high = result.intervals.get(key, (None, None))
                span = f"{_value(name, low)} to {_value(name, high)}" if low is not None else "–"
                rows.append([metric_name(key), gloss, _value(name, result.metrics[key]), span])
    return table(
        ["Measure", "Meaning", "Value", "95 % interval"],
        rows,
        caption=f"{model_name(findings.record.model)} on the hidden choices; @k is the length of "
        "the list",
        n_words=2,
    )


def _value(name: str, value: float | None) -> str:
    if value is None:
        return "–"
    if name in ("hit_rate", "coverage"):
        return format_share(value)
    return f"{value:.2f}" if name == "novelty" else fixed(value)


def _others(findings: Findings) -> list[Child]:
    found, result = rivals(findings), findings.evaluation
    if not found or result is None:
        command = benchmark_command(findings)
        return [missing("simple models on the same hidden choices", command), _foreign(findings)]
    metric = findings.metric
    name, own = metric_name(metric), model_name(findings.record.model)
    low, high = result.intervals[metric]
    rows = [Dot(own, result.metrics[metric], low, high, fixed(result.metrics[metric]), "main")]
    rows += [Dot(r.label, r.value, r.low, r.high, fixed(r.value)) for r in found]
    rows.sort(key=lambda row: -row.value)
    drawing = dot_chart(
        rows,
        title=f"{name} of {own} and other models",
        description="; ".join(f"{row.label} {row.text}" for row in rows) + ".",
        axis=f"{name}: {METRICS['ndcg']}",
        tick=fixed,
    )
    twin = table(
        ["Model", name, "95 % interval", f"{own} minus it", "95 % interval", "In words"],
        [
            [own, fixed(rows[0].value if rows[0].tone == "main" else result.metrics[metric]),
             f"{fixed(low)} to {fixed(high)}", "–", "–", "this run"],
            *(_rival_row(rival) for rival in found),
        ],
        caption=f"{name} on the same {format_count(result.n_users)} users",
    )  # fmt: skip
    return [
        paragraph(_rival_words(own, found[0], name)),
        figure(drawing, "Dots are means over users, lines their 95 % intervals.", twin),
        note(
            "Differences are taken user by user, so their intervals are narrower than those of "
            "the means: overlapping lines in the drawing do not mean that two models are equal. "
            "In words a model is better or worse only where the difference is beyond chance"
            + (
                ", after a correction for the number of models (Holm)."
                if findings.benchmarks.accuracy and not findings.baselines
                else "."
            )
        ),
        _benchmark_table(findings),
        _foreign(findings),
    ]


def _rival_row(rival: Rival) -> list[str]:
    lead, low, high = rival.lead
    words = "better" if lead > 0 else "worse"
    return [
        rival.label,
        fixed(rival.value),
        f"{fixed(rival.low)} to {fixed(rival.high)}",
        signed(lead),
        f"{signed(low)} to {signed(high)}",
        f"this run is {words}" if rival.is_clear else "no clear difference",
    ]


def _rival_words(own: str, best: Rival, name: str) -> str:
    lead, low, high = best.lead
    if not best.value:
        return f"No other model reaches anything in {name}."
    if not best.is_clear:
        span = change_range(low / best.value, high / best.value)
        return f"{own} cannot be told apart from {best.label}, the best other model ({span})."
    word = "better" if lead > 0 else "worse"
    span = change_range(low / best.value, high / best.value).removesuffix(f" {word}")
    return (
        f"{own} is {percent(lead / best.value)} {word} ({span}) in {name} than {best.label}, the "
        "best other model."
    )


def _benchmark_table(findings: Findings) -> Markup | None:
    report = findings.benchmarks.accuracy
    if report is None:
        return None
    k = max(report.settings["ks"])
    names = [f"{name}@{k}" for name in ("ndcg", "recall", "hit_rate", "mrr", "coverage", "gini")]
    own = {"protocol": "accuracy", "part": "all"}
    labels = dict.fromkeys(
        row["label"]
        for row in report.means
        if own.items() <= row.items() and part_switched(report, row["label"]) is None
    )
    rows = []
    for label in labels:
        means = [report.mean(label, name) for name in names]
        cost = _costs(report, label)
        rows.append([model_name(label), *(_mean(value) for value in means), *cost])
    seeds = counted(len(report.settings["seeds"]), "split")
    return table(
        ["Model", *(_short_name(name) for name in names), "Fit", "Memory"],
        rows,
        caption=f"All models of the benchmark of {str(report.head['created'])[:10]} "
        f"({seeds}), lists of {k}: other measures, time of a fit, largest memory. Gini: 0 when all "
        "items are shown equally often, near 1 when few take all places",
    )


def _short_name(metric: str) -> str:
    return metric_name(metric).partition("@")[0].replace("gini", "Gini")


def _mean(value: float | None) -> str:
    return "–" if value is None else fixed(value)


def _costs(report: BenchmarkReport, label: str) -> tuple[str, str]:
    cells = [c for c in report.cells if c["label"] == label and c["protocol"] == "accuracy"]
    done = [cell for cell in cells if not cell["error"]]
    if not done:
        return "failed", "–"
    seconds = sum(cell["seconds"]["fit"] for cell in done) / len(done)
    time = format_seconds(seconds) if seconds >= 0.1 else "under 0.1 s"
    return time, f"{max(cell['peak_memory_mb'] for cell in done):,.0f} MB"


def _parts(findings: Findings) -> list[Child]:
    report = findings.benchmarks.ablation
    if report is None:
        command = benchmark_command(findings, "--ablation")
        return [missing("what each part of the model brings", command)]
    metric = main_metric(report)
    found = []
    for row in comparison_rows(report, "accuracy", "all", metric):
        switch = part_switched(report, row["label"])
        verdict = part_verdict(findings, switch[1]) if switch and switch[0] == "without" else None
        if switch is not None and verdict is not None:
            found.append((PART_NAMES.get(switch[1], switch[1]), verdict, row))
    found.sort(key=lambda part: part[1].loss[0])
    used = [part for part in found if part[1].verdict != "unused"]
    idle = [name for name, verdict, _ in found if verdict.verdict == "unused"]
    name = metric_name(metric)
    tones = {"helps": "good", "harms": "bad"}
    dots = [
        Dot(
            _capital(label),
            *verdict.loss,
            f"{_signed_percent(verdict.loss[0])}",
            tones.get(verdict.verdict, "plain"),
        )
        for label, verdict, _ in used
    ]
    drawing = dot_chart(
        dots,
        title="The model without one of its parts",
        description="; ".join(f"without {label}: {v.words}" for label, v, _ in used) + ".",
        axis=f"change of {name} when the part is switched off",
        tick=_tick_percent,
        zero=True,
    ) if dots else None  # fmt: skip
    twin = table(
        ["Without", "Verdict", f"Change of {name}", "95 % interval", "p (Holm)"],
        [
            [
                label,
                {"helps": "the part helps", "harms": "the part harms", "unused": "not used"}.get(
                    verdict.verdict, "no clear difference"
                ),
                signed(row["difference"]),
                f"{signed(row['low'])} to {signed(row['high'])}",
                p_words(row["p_corrected"]).removeprefix("p = ").removeprefix("p "),
            ]
            for label, verdict, row in found
        ],
        caption=f"The same model with one part switched off; p-values corrected for the number "
        f"of models and parts, clear below {LEVEL:g}",
        n_words=2,
    )
    told = [
        f"{_capital(label)}: without it the lists are {verdict.words}."
        for label, verdict, _ in used
        if verdict.verdict in tones
    ]
    return [
        paragraph(" ".join(told) or "No single part makes a clear difference."),
        figure(drawing, "Left of 0 the lists get worse without the part: the part helps. Hollow "
               "dots make no clear difference.", twin) if drawing else twin,
        note(f"Not used by this model on this data: {', '.join(idle)}.") if idle else None,
    ]  # fmt: skip


def _signed_percent(share: float) -> str:
    text = f"{100 * share:+.1f}"
    return "0.0 %" if float(text) == 0 else f"{text} %".replace("-", "−")


def _tick_percent(share: float) -> str:
    return f"{100 * share:+.0f} %".replace("-", "−") if share else "0 %"


def _capital(text: str) -> str:
    short = text.removeprefix("the ")
    return short[:1].upper() + short[1:]


def _foreign(findings: Findings) -> Markup | None:
    n = findings.benchmarks.n_foreign
    if not n:
        return None
    return note(
        f"{counted(n, 'benchmark')} of this data {'was' if n == 1 else 'were'} made with other "
        "settings than this run and left out here."
    )
