"""A small benchmark, a tested graph and a trade-off, small enough to check by hand."""

from __future__ import annotations

from typing import Any

from kgrec_core.pipeline.benchmark_report import BenchmarkReport
from kgrec_core.pipeline.benchmark_settings import BenchmarkSettings
from kgrec_core.pipeline.long_tail import LongTailCurve, LongTailPoint
from kgrec_core.pipeline.signal_result import CARRIES, NOTHING, LinkSignal, SignalResult

HALF = 0.02
"""Half the width of every interval over users."""


def report_of(
    values: dict[str, dict[str, float]],
    compared: dict[str, tuple[float, float, float, float]] | None = None,
    *,
    protocol: str = "accuracy",
    seeds: tuple[int, ...] = (0,),
    reference: str = "fusion",
    ablation: bool = False,
    errors: dict[str, str] | None = None,
) -> BenchmarkReport:
    """A report from NDCG@20 by label and part; `compared`: (difference, low, high, p) by label."""
    parts = list(next(iter(values.values())))
    cells = [
        _cell(label, protocol, seed, found) for label, found in values.items() for seed in seeds
    ]
    for label, error in (errors or {}).items():
        cells.append({**_cell(label, protocol, 0, {}), "error": error})
    means = [
        {
            "protocol": protocol,
            "part": part,
            "label": label,
            "metric": "ndcg@20",
            "mean": found[part],
            "low": None if len(seeds) == 1 else found[part] - 3 * HALF,
            "high": None if len(seeds) == 1 else found[part] + 3 * HALF,
            "n_seeds": len(seeds),
        }
        for part in parts
        for label, found in values.items()
    ]
    comparisons = [
        {
            "protocol": protocol,
            "part": parts[0],
            "metric": "ndcg@20",
            "label": label,
            "reference": reference,
            "difference": difference,
            "low": low,
            "high": high,
            "p_value": p,
            "p_corrected": p,
            "n_users": 40,
        }
        for label, (difference, low, high, p) in (compared or {}).items()
    ]
    settings = BenchmarkSettings(
        models=tuple(dict.fromkeys(label.split()[0] for label in values)),
        protocols=(protocol,),
        seeds=seeds,
        reference=reference,
        ablation=ablation,
    )
    head = {"dataset": "films", "fingerprint": "f", "created": "2026-03-01T10:00:00+00:00"}
    return BenchmarkReport(
        head | {"machine": {}},
        settings.model_dump(mode="json"),
        tuple(cells),
        tuple(means),
        tuple(comparisons),
    )


def _cell(label: str, protocol: str, seed: int, found: dict[str, float]) -> dict[str, Any]:
    return {
        "label": label,
        "protocol": protocol,
        "seed": seed,
        "model": label.split()[0],
        "settings": {},
        "error": "",
        "tuning": None,
        "seconds": {"fit": 2.0 + seed},
        "users_per_second": 123_456.78,
        "memory_before_fit_mb": 200.0,
        "peak_memory_mb": 300.0 + seed,
        "max_residual": None,
        "parts": {
            part: {
                "n_users": 40,
                "metrics": {"ndcg@20": value},
                "intervals": {"ndcg@20": [value - HALF, value + HALF]},
            }
            for part, value in found.items()
        },
    }


def models_report() -> BenchmarkReport:
    """Fusion leads, EASE is level with it, popularity is clearly worse."""
    return report_of(
        {"popularity": {"all": 0.2}, "ease": {"all": 0.39}, "fusion": {"all": 0.4}},
        {"ease": (-0.01, -0.03, 0.01, 0.4), "popularity": (-0.2, -0.25, -0.15, 0.0002)},
        errors={"kgat": "Too few links."},
    )


def ablation_report() -> BenchmarkReport:
    """The graph is worth 10 %, texts nothing clear, friends nothing at all."""
    labels = ("fusion", "fusion without graph", "fusion without text", "fusion without social")
    return report_of(
        {label: {"all": 0.4} for label in labels},
        {
            "fusion without text": (-0.004, -0.012, 0.004, 0.3),
            "fusion without graph": (-0.04, -0.06, -0.02, 0.0002),
            "fusion without social": (0.0, 0.0, 0.0, 1.0),
        },
        ablation=True,
    )


def newcomers_report() -> BenchmarkReport:
    """Fusion against popularity with one and with ten known items."""
    return report_of(
        {
            "popularity": {"1-shot": 0.25, "10-shot": 0.2},
            "fusion": {"10-shot": 0.5, "1-shot": 0.3},
        },
        protocol="few-shot",
    )


def link_signal(name: str, value: float, verdict: str) -> LinkSignal:
    """Links that reach `value` where deals reach 0.1."""
    return LinkSignal(
        name=name,
        n_linked=8,
        share_linked=0.8,
        value=value,
        scrambled=0.1,
        deviation=0.01,
        scrambled_low=0.08,
        scrambled_high=0.12,
        difference=value - 0.1,
        low=value - 0.12,
        high=value - 0.08,
        p_value=0.01,
        p_worse=1.0,
        verdict=verdict,
        deals=(0.1, 0.08, 0.1, 0.12),
    )


def signal_result(*, second: str = CARRIES) -> SignalResult:
    """Two files; the verdict on the second one is given."""
    value = 0.1 if second == NOTHING else 0.3
    return SignalResult(
        dataset="films",
        metric="ndcg@20",
        n_users=40,
        n_scrambles=4,
        random=0.02,
        popularity=0.2,
        overall=link_signal("all", 0.3, CARRIES),
        sources=(link_signal("a.csv", 0.3, CARRIES), link_signal("b.csv", value, second)),
        relations=(link_signal("has_genre", 0.25, CARRIES),),
    )


def trade_off() -> LongTailCurve:
    """At 0.5 a tenth of NDCG is lost and twice the catalog is shown."""
    return LongTailCurve(
        run_id="fusion-1",
        k=20,
        own_strength=0.0,
        n_users=40,
        n_tail_users=10,
        tail_share_of_items=0.6,
        points=(
            _point(0.0, 0.4, 0.0, 0.1, 0.2),
            _point(0.5, 0.36, -0.04, 0.3, 0.4),
            _point(1.0, 0.2, -0.2, 0.35, 0.5),
        ),
    )


def _point(strength: float, ndcg: float, loss: float, tail: float, shown: float) -> LongTailPoint:
    half = HALF if loss else 0.0
    return LongTailPoint(
        strength,
        (ndcg, ndcg - HALF, ndcg + HALF),
        (loss, loss - half, loss + half),
        (tail, tail - HALF, tail + HALF),
        shown,
        3.0,
    )
