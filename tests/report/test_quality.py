from __future__ import annotations

from typing import Any

import pytest

from kgrec_core.report.markup import joined_markup
from kgrec_core.report.quality import kept_quality, quality_rows
from kgrec_core.storage.artifacts import write_json
from kgrec_core.storage.workspace import Workspace

RUN = "hostile-run"


def estimate(value: float | None, low: float | None = None, high: float | None = None) -> Any:
    return {"value": value, "low": low, "high": high, "n_users": 30, "n_undefined": 2}


def kept_values(**changes: Any) -> dict[str, Any]:
    measure = {
        "key": "path_validity",
        "section": "paths",
        "label": "Valid paths",
        "help": "Share of shown paths that are in the graph.",
        "better": "higher",
        "estimate": estimate(1.0, 1.0, 1.0),
        "target": "100%",
        "verdict": "met",
        "groups": {},
        "is_share": True,
    }
    comparison = {
        "key": "deletion",
        "label": "DEL@10",
        "better": "lower",
        "explainer": estimate(0.1, 0.09, 0.11),
        "rivals": {"random": estimate(0.3, 0.28, 0.32)},
        "leads": {"random": estimate(0.2, 0.18, 0.22)},
        "target": "below all three orders, no overlap",
        "verdict": "missed",
        "groups": {},
    }
    values = {
        "run_id": RUN,
        "model": "fusion",
        "settings": {},
        "n_users": 32,
        "n_pairs": 320,
        "n_deep": 64,
        "seconds": 4.0,
        "measures": [measure],
        "comparisons": [comparison],
        "methods": [],
        "worth": None,
        "peer_overlap": None,
    }
    return {**values, **changes}


def told(workspace: Workspace, values: dict[str, Any]) -> str:
    write_json(workspace.run_folder(RUN) / "explain-quality.json", values)
    found = kept_quality(workspace, RUN)
    assert found is not None
    return joined_markup(quality_rows(found))


def test_kept_measures_are_told_with_targets_and_intervals(workspace: Workspace) -> None:
    words = told(workspace, kept_values())
    assert "1 of 2 targets are met, on 32 users. Missed: DEL@10." in words
    for cell in ("100 %", "100%: met", "0.200 (0.180 to 0.220)", "0.300"):
        assert f">{cell}<" in words
    assert "32 users and 320 explained pairs" in words


def test_attention_that_carries_little_is_said_to(workspace: Workspace) -> None:
    worth = {"metric": "ndcg@10", "own": 0.3, "uniform": 0.3, "difference": [0.0, -0.01, 0.01]}
    assert "Attention carries little" in told(workspace, kept_values(worth=worth))


def test_a_value_that_nobody_has_is_a_dash(workspace: Workspace) -> None:
    values = kept_values()
    values["measures"][0]["estimate"] = estimate(None)
    assert '<td class="num">–</td>' in told(workspace, values)


@pytest.mark.parametrize("values", [[], {}, {"n_users": 1}, kept_values(measures=[{}])])
def test_a_file_that_cannot_be_read_counts_as_not_measured(
    workspace: Workspace, values: Any
) -> None:
    write_json(workspace.run_folder(RUN) / "explain-quality.json", values)
    assert kept_quality(workspace, RUN) is None


def test_without_a_file_nothing_was_measured(workspace: Workspace) -> None:
    assert kept_quality(workspace, RUN) is None
