"""A report about explanations with round numbers."""

from __future__ import annotations

from kgrec_core.explanation.quality.estimates import Estimate
from kgrec_core.pipeline.explain_quality.report import (
    Comparison,
    Measure,
    MethodRow,
    QualityReport,
    Section,
    Verdict,
)
from kgrec_core.pipeline.seed_twins import AttentionWorth


def mean(value: float, spread: float = 0.05, n_undefined: int = 0) -> Estimate:
    return Estimate(value, value - spread, value + spread, 40, n_undefined)


NONE = Estimate(None, None, None, 0, 40)


def share(
    key: str, section: Section, value: float, target: str = "", verdict: Verdict = ""
) -> Measure:
    groups = {"few choices (2 to 9)": mean(value / 2), "age_group: 25_34": mean(value)}
    return Measure(
        key,
        section,
        key.replace("_", " ").capitalize(),
        f"What {key} is.",
        "higher",
        mean(value, 0.0),
        target,
        verdict,
        groups,
        is_share=True,
    )


def compared(key: str, label: str, verdict: Verdict) -> Comparison:
    rivals = {"random": mean(0.6), "popularity": mean(0.5), "recency": NONE}
    leads = {"random": mean(0.5), "popularity": mean(0.4), "recency": NONE}
    groups = {"few choices (2 to 9)": mean(0.3)}
    target = "below all three orders, no overlap"
    return Comparison(key, label, "lower", mean(0.1), rivals, leads, target, verdict, groups)


def quality_report(
    *, worth: AttentionWorth | None = None, verdict: Verdict = "met", tau: float = 0.01
) -> QualityReport:
    """All sections; `verdict` is that of the paths."""
    plain = {"help": "What it is.", "better": "lower", "groups": {}}
    residual = Estimate(5e-8, None, None, 40, 0)
    measures = (
        Measure(
            "residual",
            "exactness",
            "Residual",
            estimate=residual,
            target="at most 1e-05",
            verdict="met",
            **plain,
        ),
        share("fidelity_plus", "fidelity", 0.8),
        share("fidelity_minus", "fidelity", 0.1),
        share("named_share", "fidelity", 0.2),
        share("cf_success", "counterfactuals", 0.9),
        share("cf_verified", "counterfactuals", 1.0, "100%", "met"),
        Measure("cf_size", "counterfactuals", "Choices", estimate=mean(1.5), **plain),
        share("path_validity", "paths", 1.0 if verdict == "met" else 0.9, "100%", verdict),
        Measure("attention_tau", "attention", "Tau", estimate=mean(tau), **plain),
        share("attention_change", "attention", 0.001),
        Measure("jaccard@3", "stability", "Jaccard@3", estimate=mean(0.8), **plain),
        Measure("jaccard@3:random", "stability", "By chance", estimate=mean(0.1), **plain),
        share("words", "words", 1.0, "100%", "met"),
    )
    method = MethodRow(
        "lightgcn",
        "LIME-style",
        mean(0.2),
        mean(0.7),
        mean(0.25),
        mean(0.4),
        mean(3.0),
        mean(0.95),
        201.0,
    )
    return QualityReport(
        run_id="fusion-1",
        model="fusion",
        settings={"n_users": 40, "k": 10},
        n_users=40,
        n_pairs=400,
        n_deep=120,
        seconds=60.0,
        measures=measures,
        comparisons=(
            compared("deletion", "DEL@10", "met"),
            compared("position", "POS@10,10", ""),
        ),
        methods=(method,),
        worth=worth,
        peer_overlap=mean(0.82),
    )
