"""A benchmark as Markdown: what was measured, on what machine, how sure, and at what cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

__all__ = ["markdown"]

SHOWN = ("recall", "ndcg", "mrr", "hit_rate")
BEYOND = ("coverage", "gini")

Row = dict[str, Any]


def markdown(
    head: Row,
    settings: Row,
    cells: Sequence[Row],
    means: Sequence[Row],
    comparisons: Sequence[Row],
) -> str:
    """Header, one table per protocol and part, the comparisons, and the costs."""
    blocks = [_head(head, settings)]
    for protocol, part in dict.fromkeys((row["protocol"], row["part"]) for row in means):
        rows = [row for row in means if (row["protocol"], row["part"]) == (protocol, part)]
        blocks.append(f"### {protocol}: {part}\n\n{_means_table(rows, settings['ks'])}")
    if comparisons:
        blocks.append(_comparison_block(comparisons, settings))
    blocks.append(f"### Cost\n\n{_cost_table(cells)}")
    failed = [cell for cell in cells if cell["error"]]
    if failed:
        lines = [f"- {c['label']}, {c['protocol']}, seed {c['seed']}: {c['error']}" for c in failed]
        blocks.append("### Not measured\n\n" + "\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def _head(head: Row, settings: Row) -> str:
    seeds = ", ".join(str(seed) for seed in settings["seeds"])
    tuning = settings["tuning"]
    budget = (
        f"{tuning['n_trials']} trials or {tuning['max_seconds']:g} s per model and split, chosen "
        "on the validation part"
        if tuning
        else "defaults"
    )
    facts = {
        "data set": f"{head['dataset']} ({head['fingerprint']})",
        "split": f"{settings['split']['name']}, seeds {seeds}",
        "settings": budget,
        "measured": head["created"],
        **head["machine"],
    }
    return "\n".join(f"- {name}: {value}" for name, value in facts.items())


def _means_table(rows: Sequence[Row], ks: Sequence[int]) -> str:
    columns = [f"{name}@{k}" for k in sorted(ks) for name in SHOWN]
    columns += [f"{name}@{max(ks)}" for name in BEYOND]
    by_label: dict[str, dict[str, Row]] = {}
    for row in rows:
        by_label.setdefault(row["label"], {})[row["metric"]] = row
    shown = [name for name in columns if any(name in found for found in by_label.values())]
    lines = [
        [label, *(_mean_text(found.get(name)) for name in shown)]
        for label, found in by_label.items()
    ]
    return _table(["model", *shown], lines)


def _mean_text(row: Row | None) -> str:
    if row is None:
        return ""
    if row["low"] is None:
        return f"{row['mean']:.4f}"
    return f"{row['mean']:.4f} ± {row['high'] - row['mean']:.4f}"


def _comparison_block(comparisons: Sequence[Row], settings: Row) -> str:
    lines = [
        [
            row["protocol"],
            row["part"],
            row["metric"],
            row["label"],
            f"{row['difference']:+.4f}",
            f"{row['low']:+.4f} to {row['high']:+.4f}",
            f"{row['p_value']:.4f}",
            f"{row['p_corrected']:.4f}",
            f"{row['n_users']:,}",
        ]
        for row in comparisons
    ]
    names = ["protocol", "part", "metric", "model", "difference", "95 %", "p", "p, Holm", "users"]
    return (
        f"### Model minus {settings['reference']}, same users\n\n"
        "Interval: bootstrap over users. p: two-sided sign-flip test over users; Holm's correction "
        f"is over the models of one metric.\n\n{_table(names, lines)}"
    )


def _cost_table(cells: Sequence[Row]) -> str:
    by_row: dict[tuple[str, str], list[Row]] = {}
    for cell in cells:
        if not cell["error"]:
            by_row.setdefault((cell["protocol"], cell["label"]), []).append(cell)
    lines = []
    for (protocol, label), found in by_row.items():
        residuals = [cell["max_residual"] for cell in found if cell["max_residual"] is not None]
        tuned = [cell["tuning"]["seconds"] for cell in found if cell["tuning"]]
        lines.append(
            [
                protocol,
                label,
                f"{_average([cell['seconds']['fit'] for cell in found]):.2f}",
                f"{_average(tuned):.1f}" if tuned else "",
                f"{_average([cell['users_per_second'] for cell in found]):,.0f}",
                f"{max(cell['peak_memory_mb'] for cell in found):,.0f}",
                f"{_average([cell['memory_before_fit_mb'] for cell in found]):,.0f}",
                f"{max(residuals):.1e}" if residuals else "",
            ]
        )
    names = ["protocol", "model", "fit, s", "search, s", "users per s"]
    names += ["peak MB", "of it before the fit", "residual"]
    return _table(names, lines)


def _average(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _table(names: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    rows = [names, ["---"] * len(names), *lines]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)
