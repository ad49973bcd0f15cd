"""Cells put together: means over seeds, paired tests against the reference, and what it cost."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kgrec_core.evaluation.comparison import (
    compare_users,
    holm,
    mean_over_seeds,
    paired_by_user,
)
from kgrec_core.evaluation.protocol import EvaluationResult
from kgrec_core.pipeline.benchmark_settings import BenchmarkSettings, Cell
from kgrec_core.pipeline.benchmark_table import markdown
from kgrec_core.rng import make_rng
from kgrec_core.saved_settings import present, stamped

__all__ = ["BenchmarkReport", "CellOutcome", "build_report"]

TESTED_METRICS = ("recall", "ndcg")


@dataclass(frozen=True)
class CellOutcome:
    """What became of a cell.

    Attributes:
        label: row of the table.
        cell: what was measured, with the chosen settings.
        found: what `do_cell` gave; None when the cell failed.
        tuning: the search that chose the settings; None without one.
        error: why the cell failed; "" otherwise.
    """

    label: str
    cell: Cell
    found: dict[str, Any] | None = None
    tuning: dict[str, Any] | None = None
    error: str = ""


@dataclass(frozen=True)
class BenchmarkReport:
    """All that a benchmark found, as plain values.

    Attributes:
        head: data set, its fingerprint, time, and the machine with its libraries.
        settings: `BenchmarkSettings` as JSON.
        cells: one per model, protocol and seed: label, protocol, seed, settings, seconds,
            users_per_second, peak_memory_mb, memory_before_fit_mb, max_residual, error, tuning
            (trials of the search) and parts: metrics with intervals over users, per part of the
            protocol.
        means: one per protocol, part, label and metric: mean over seeds with its interval.
        comparisons: one per protocol, part, metric and label: label minus reference over the same
            users, with interval, p-value, and p-value corrected for the number of models.
    """

    head: dict[str, Any]
    settings: dict[str, Any]
    cells: tuple[dict[str, Any], ...]
    means: tuple[dict[str, Any], ...]
    comparisons: tuple[dict[str, Any], ...]

    def to_json(self) -> dict[str, Any]:
        """A dictionary of plain values."""
        fields = dataclasses.fields(self)
        return stamped({field.name: _plain(getattr(self, field.name)) for field in fields})

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> BenchmarkReport:
        """The report that `to_json` wrote down, in this or an older version.

        Raises:
            ArtifactError: it is of a later version.
        """
        values = present("benchmark report", values, "the benchmark")
        return cls(
            head=dict(values["head"]),
            settings=dict(values["settings"]),
            cells=tuple(values["cells"]),
            means=tuple(values["means"]),
            comparisons=tuple(values["comparisons"]),
        )

    def to_markdown(self) -> str:
        """Header and tables for people."""
        return markdown(self.head, self.settings, self.cells, self.means, self.comparisons)

    def mean(
        self, label: str, metric: str, *, protocol: str = "accuracy", part: str = "all"
    ) -> Any:
        """One mean over seeds; None when it was not measured."""
        wanted = {"label": label, "metric": metric, "protocol": protocol, "part": part}
        rows = (row for row in self.means if wanted.items() <= row.items())
        return next((row["mean"] for row in rows), None)


def build_report(
    head: dict[str, Any], settings: BenchmarkSettings, outcomes: Sequence[CellOutcome]
) -> BenchmarkReport:
    """Means, comparisons and costs of all cells."""
    cells = tuple(_cell_row(outcome) for outcome in outcomes)
    return BenchmarkReport(
        head=head,
        settings=settings.model_dump(mode="json"),
        cells=cells,
        means=tuple(_means(cells)),
        comparisons=tuple(_comparisons(settings, outcomes)),
    )


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _cell_row(outcome: CellOutcome) -> dict[str, Any]:
    found = outcome.found or {}
    memory = ("peak_memory_mb", "memory_before_fit_mb")
    names = ("seconds", "users_per_second", *memory, "max_residual")
    return {
        "label": outcome.label,
        "protocol": outcome.cell.protocol,
        "seed": outcome.cell.seed,
        "model": outcome.cell.model,
        "settings": outcome.cell.settings,
        "error": outcome.error,
        "tuning": outcome.tuning,
        **{name: found.get(name) for name in names},
        "parts": _parts(found.get("parts", {})),
    }


def _parts(found: dict[str, Any]) -> dict[str, Any]:
    """Parts and their slices side by side, without the values of single users."""
    parts = {}
    for name, result in found.items():
        parts[name] = {key: result[key] for key in ("n_users", "metrics", "intervals")}
        for slice_name, piece in result["slices"].items():
            # A slice that holds everything or nothing says nothing new.
            if piece["n_users"] and not piece["metrics"].items() <= result["metrics"].items():
                kept = {key: piece[key] for key in ("n_users", "metrics", "intervals")}
                parts[f"{name}: {slice_name}"] = kept
    return parts


def _means(cells: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    values: dict[tuple[str, str, str, str], list[float]] = {}
    for cell in cells:
        for part, found in cell["parts"].items():
            for metric, value in found["metrics"].items():
                key = (cell["protocol"], part, cell["label"], metric)
                values.setdefault(key, []).append(value)
    names = ("protocol", "part", "label", "metric")
    return [
        {**dict(zip(names, key, strict=True)), **dataclasses.asdict(mean_over_seeds(found))}
        for key, found in values.items()
    ]


def _comparisons(
    settings: BenchmarkSettings, outcomes: Sequence[CellOutcome]
) -> list[dict[str, Any]]:
    """Each model against the reference, on the splits that both were measured on."""
    results: dict[tuple[str, str], dict[str, dict[int, EvaluationResult]]] = {}
    for outcome in outcomes:
        for part, values in (outcome.found or {}).get("parts", {}).items():
            by_label = results.setdefault((outcome.cell.protocol, part), {})
            by_seed = by_label.setdefault(outcome.label, {})
            by_seed[outcome.cell.seed] = EvaluationResult.from_json(values)
    metrics = [f"{name}@{max(settings.ks)}" for name in TESTED_METRICS]
    rows = []
    for (protocol, part), by_label in results.items():
        for metric in metrics:
            head = {"protocol": protocol, "part": part, "metric": metric}
            rows += [head | row for row in _against(settings, by_label, metric)]
    return rows


def _against(
    settings: BenchmarkSettings, by_label: dict[str, dict[int, EvaluationResult]], metric: str
) -> list[dict[str, Any]]:
    own = by_label.get(settings.reference, {})
    found = {}
    for label, others in by_label.items():
        seeds = [seed for seed in own if seed in others]
        if label == settings.reference or not seeds:
            continue
        sides = [
            [(side[seed].user_indices, side[seed].per_user[metric]) for seed in seeds]
            for side in (others, own)
        ]
        differences = paired_by_user(sides[0], sides[1])
        found[label] = compare_users(differences, make_rng(0), n_bootstrap=settings.n_bootstrap)
    corrected = holm({label: comparison.p_value for label, comparison in found.items()})
    return [
        {
            "label": label,
            "reference": settings.reference,
            **dataclasses.asdict(comparison),
            "p_corrected": corrected[label],
        }
        for label, comparison in found.items()
    ]
