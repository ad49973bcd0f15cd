from __future__ import annotations

from typing import Any

import pytest

from kgrec_core.report.kept_quality import kept_quality
from kgrec_core.report.markup import joined_markup
from kgrec_core.report.quality import quality_rows
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
    return joined_markup(quality_rows(found)).replace("\u00a0", " ")


def test_kept_measures_are_told_with_targets_and_intervals(workspace: Workspace) -> None:
    words = told(workspace, kept_values())
    assert "1 of 2 measured targets are met, on 32 users. Missed: DEL@10." in words
    for cell in ("100 %", "100 %: met", "0.100 (0.0900 to 0.110)", "0.300 (0.280 to 0.320)"):
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


def by_group(key: str, values: dict[str, Any]) -> dict[str, Any]:
    return {**kept_values()["measures"][0], "key": key, "groups": values, "target": ""}


def grouped(leads: dict[str, Any], **measures: dict[str, Any]) -> dict[str, Any]:
    values = kept_values()
    values["comparisons"][0]["groups"] = leads
    values["measures"] += [by_group(key, found) for key, found in measures.items()]
    return values


def test_groups_are_told_with_intervals_and_a_sentence(workspace: Workspace) -> None:
    leads = {"few choices (2 to 9)": estimate(0.3, 0.2, 0.4), "gender: F": estimate(0.1, 0.05, 0.2)}
    words = told(workspace, grouped(leads))
    assert "In each of the 2 groups the order of the explanation is clearly better" in words
    for cell in ("Few choices (2 to 9)", "Gender = F", "0.300 (0.200 to 0.400)", "clearly better"):
        assert f">{cell}<" in words


def test_a_group_without_a_clear_lead_is_named(workspace: Workspace) -> None:
    leads = {"gender: F": estimate(0.1, -0.05, 0.2), "gender: M": estimate(0.2, 0.1, 0.3)}
    words = told(workspace, grouped(leads))
    assert "is not clearly better than random orders for “Gender = F”." in words
    assert words.count(">not clear<") == 1


def test_a_group_that_is_clearly_below_all_users_is_named(workspace: Workspace) -> None:
    found = {"most choices": estimate(0.6, 0.5, 0.7), "few choices": estimate(1.0, 1.0, 1.0)}
    words = told(workspace, grouped({}, ps=found))
    assert "Clearly below the mean of all users: share of items that stay in the list" in words
    assert "(most choices 60 %, all 100 %)" in words
    assert "few choices 100" not in words.lower().split("<table>")[0]


def test_a_name_in_a_group_keeps_its_capitals(workspace: Workspace) -> None:
    found = {"home: Hong Kong": estimate(0.6, 0.5, 0.7), "home: Chad": estimate(1.0, 1.0, 1.0)}
    assert "(home = Hong Kong 60 %, all 100 %)" in told(workspace, grouped({}, ps=found))


def test_measures_without_a_target_have_no_column_for_it(workspace: Workspace) -> None:
    values = kept_values()
    values["measures"] = [{**values["measures"][0], "target": "", "verdict": ""}]
    assert ">Target<" not in told(workspace, values)


def test_a_larger_set_of_choices_is_no_flaw_of_a_group(workspace: Workspace) -> None:
    found = {"few choices": estimate(0.2, 0.1, 0.3), "many choices": estimate(2.0, 1.0, 3.0)}
    values = grouped({}, cf_size=found)
    assert "No group is clearly below all users" in told(workspace, values)


@pytest.mark.parametrize("leads", [{}, {"few choices (6)": estimate(0.2, 0.1, 0.3)}])
def test_without_groups_or_with_one_of_all_users_nothing_is_said(
    workspace: Workspace, leads: dict[str, Any]
) -> None:
    assert "hold for everybody" not in told(workspace, grouped(leads))


def test_data_without_links_are_not_said_to_miss_a_target(workspace: Workspace) -> None:
    values = kept_values(comparisons=[])
    values["measures"].append(
        {**values["measures"][0], "label": "Links", "verdict": "not measured"}
    )
    words = told(workspace, values)
    assert "1 of 1 measured target is met" in words
    assert "Nothing to measure here, such as paths without links: Links." in words


def test_popular_and_latest_first_are_beside_the_explanation(workspace: Workspace) -> None:
    values = kept_values()
    nobody = estimate(None)
    values["comparisons"][0]["rivals"] |= {"popularity": estimate(0.2, 0.1, 0.3), "recency": nobody}
    words = told(workspace, values)
    assert ">Most popular first<" in words
    assert ">0.200 (0.100 to 0.300)<" in words
    assert "Latest first" not in words


def test_explanations_from_outside_name_their_own_users(workspace: Workspace) -> None:
    row = {
        "model": "lightgcn",
        "method": "leave-one-out",
        "position": estimate(0.5, 0.4, 0.6),
        "position_random": estimate(0.9, 0.8, 1.0),
        "cndcg": estimate(0.35, 0.3, 0.4),
        "cndcg_random": estimate(0.45, 0.4, 0.5),
        "n_rescored": 91.6,
    }
    words = told(workspace, kept_values(methods=[row]))
    assert "On 30 users, each model on its own lists" in words
    for cell in ("leaving one choice out", "50 %", "90 %", "0.350", "0.450", "92"):
        assert f">{cell}<" in words
