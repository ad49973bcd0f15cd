"""`explain --against`, `what-if` and `counterfactual`, as other programs read them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Kgrec


@pytest.fixture(autouse=True)
def _in_workspace(ready: Path) -> None:
    """All tests here ask the run of the shared workspace."""


@pytest.fixture
def run(kgrec: Kgrec) -> str:
    found: str = kgrec("runs", "--json").json()[0]["run"]
    return found


@pytest.fixture
def listed(kgrec: Kgrec, run: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = kgrec("recommend", run, "--user", "u7", "--json").json()["items"]
    return items


def chosen(kgrec: Kgrec, run: str, item: str) -> str:
    """The item of the history that says most about an item."""
    told = kgrec("explain", run, "--user", "u7", "--item", item, "--json").json()
    return str(next(t["evidence"]["id"] for t in told["contributions"]))


def test_a_comparison_adds_up_to_the_difference_of_two_scores(
    kgrec: Kgrec, run: str, listed: list[dict[str, Any]]
) -> None:
    last, first = listed[-1], listed[0]
    asked = ("--user", "u7", "--item", last["item"], "--against", first["item"])
    result = kgrec("explain", run, *asked, "--json").json()
    assert (result["item"], result["rank"]) == (last["item"], last["rank"])
    assert (result["against"]["item"], result["against"]["rank"]) == (first["item"], 1)
    assert result["gap"] == pytest.approx(last["score"] - first["score"], abs=1e-6)
    total = sum(row["value"] for row in result["differences"])
    assert total == pytest.approx(result["gap"], abs=2e-5)
    row = result["differences"][0]
    assert row["value"] == pytest.approx(row["item"] - row["against"])
    assert result["lacking"]
    printed = kgrec("explain", run, *asked).out
    assert f"- {result['lacking'][0]}" in printed


def test_an_explanation_says_what_kind_of_path_it_shows(
    kgrec: Kgrec, run: str, listed: list[dict[str, Any]]
) -> None:
    told = kgrec("explain", run, "--user", "u7", "--item", listed[0]["item"], "--json").json()
    kinds = {path["kind"] for term in told["contributions"] for path in term["paths"]}
    assert kinds == {"shared"}


def test_a_dropped_choice_and_a_new_like_change_the_list(
    kgrec: Kgrec, run: str, listed: list[dict[str, Any]]
) -> None:
    best, second = listed[0]["item"], listed[1]["item"]
    dropped = chosen(kgrec, run, best)
    asked = ("--drop-item", dropped, "--add-item", best, "--item", second, "-k", "5")
    result = kgrec("what-if", run, "--user", "u7", *asked, "--json").json()
    shown = {item["item"] for item in (*result["before"], *result["after"])}
    assert not shown & {dropped, best}
    assert len(result["before"]) == len(result["after"]) == 5
    effect = result["effect"]
    assert effect["item"] == second
    assert effect["total"] == pytest.approx(effect["direct"] + effect["shifted"])
    assert effect["score_after"] - effect["score_before"] == pytest.approx(effect["total"])
    assert {term["evidence"]["id"] for term in effect["gone"]} <= {dropped}
    assert {term["evidence"]["id"] for term in effect["came"]} <= {best}
    assert effect["came"]


def test_a_muted_relation_takes_its_paths_out_of_the_scores(
    kgrec: Kgrec, run: str, listed: list[dict[str, Any]]
) -> None:
    best = listed[0]["item"]
    asked = ("--mute-relation", "has_genre", "--item", best)
    result = kgrec("what-if", run, "--user", "u7", *asked, "--json").json()
    told = kgrec("explain", run, "--user", "u7", "--item", best, "--json").json()
    lost = sum(
        path["value"]
        for term in told["contributions"]
        for path in term["paths"]
        if path["relations"][-1] == "has_genre"
    )
    assert lost > 0
    assert result["effect"]["total"] == pytest.approx(-lost, abs=1e-6)
    assert result["effect"]["shifted"] == pytest.approx(0.0, abs=1e-6)
    assert not result["before_differs"]


@pytest.mark.parametrize("command", ["what-if", "counterfactual", "explain"])
def test_each_command_has_help(kgrec: Kgrec, command: str) -> None:
    answer = kgrec(command, "--help")
    assert answer.status == 0
    assert "--json" in answer.out


def test_moves_are_printed_for_people(kgrec: Kgrec, run: str) -> None:
    answer = kgrec("what-if", run, "--user", "u7", "--mute", "graph", "--item", "i0", "-k", "3")
    assert answer.status == 0
    assert "rank" in answer.out
    assert "direct" in answer.out


@pytest.mark.parametrize("mode", ["interactions", "links"])
def test_a_counterfactual_holds_when_it_is_played_back(
    kgrec: Kgrec, run: str, listed: list[dict[str, Any]], mode: str
) -> None:
    last = listed[-1]["item"]
    flags = ("--links",) if mode == "links" else ()
    asked = ("--user", "u7", "--item", last, *flags)
    found = kgrec("counterfactual", run, *asked, "--json").json()
    assert (found["found"], found["mode"], found["verified"]) == (True, mode, True)
    assert found["size"] == len(found["removed"]) > 0
    assert found["rank_before"] == 10 < found["rank_after"]
    if mode == "interactions":
        drops = [part for unit in found["removed"] for part in ("--drop-item", unit["id"])]
        played = kgrec("what-if", run, "--user", "u7", *drops, "--item", last, "--json").json()
        assert played["effect"]["rank_after"] == found["rank_after"]
        assert found["replacement"]["item"] in {m["item"] for m in played["moves"] if m["entered"]}
    else:
        assert all(f"item:{last}" in (link["head"], link["tail"]) for link in found["removed"])
        assert all("row" in link["source"] for link in found["removed"])
    printed = kgrec("counterfactual", run, *asked).out
    assert printed.startswith("Without ")


def test_an_item_that_is_not_in_the_list_is_no_error(kgrec: Kgrec, run: str) -> None:
    known = chosen(kgrec, run, "i0")
    found = kgrec("counterfactual", run, "--user", "u7", "--item", known, "--json").json()
    assert (found["found"], found["reason"], found["rank_before"]) == (False, "not listed", None)
    answer = kgrec("counterfactual", run, "--user", "u7", "--item", known)
    assert "is in the history, so it is not recommended." in answer.out


@pytest.mark.parametrize(
    "arguments",
    [
        ("what-if", "active", "--user", "u1"),
        ("what-if", "active", "--user", "u1", "--mute", "smell"),
        ("what-if", "active", "--drop-item", "i1"),
        ("counterfactual", "active", "--user", "u1"),
        ("counterfactual", "active", "--user", "u1", "--item", "i1", "--budget", "0"),
    ],
)
def test_wrong_usage_is_status_2(kgrec: Kgrec, arguments: tuple[str, ...]) -> None:
    assert kgrec(*arguments).status == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--mute-relation", "has_gender"), "There is no relation 'has_gender'"),
        (("--add-text", "ghosts"), "does not read texts"),
        (("--drop-item", "i0x"), "There is no item 'i0x'"),
    ],
)
def test_our_errors_are_one_line_and_status_1(
    kgrec: Kgrec, run: str, arguments: tuple[str, ...], words: str
) -> None:
    answer = kgrec("what-if", run, "--user", "u1", *arguments)
    assert answer.status == 1
    assert words in answer.err
    assert answer.err.count("\n") == 1
