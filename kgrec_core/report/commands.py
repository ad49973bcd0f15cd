"""Command lines that measure what is missing, as the report names them."""

from __future__ import annotations

import shlex

from kgrec_core.report.findings import Findings

__all__ = ["benchmark_command"]

SIMPLE_MODELS = ("ease", "item-knn", "popularity")


def benchmark_command(findings: Findings, *options: str) -> str:
    """Measures the model of the run beside simple ones, on its split.

    Settings of a model cannot be given on the command line; then the page of the app is named.
    """
    settings = findings.settings
    if settings.model_settings:
        return "The page Evaluate of the app measures it with the settings of this run."
    models = dict.fromkeys([settings.model, *SIMPLE_MODELS])
    words = ["kgrec", "benchmark", findings.record.dataset_fingerprint]
    words += ["--models", ",".join(models), *options]
    if settings.split.name not in ("random", "none"):
        words += ["--split", settings.split.name]
    if settings.text_model != "minilm":
        words += ["--text-model", settings.text_model]
    return shlex.join(words)
