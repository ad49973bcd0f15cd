"""Words, tables and the figure about the quality of explanations."""

from __future__ import annotations

import dataclasses

import pytest

from kgrec_core.pipeline.seed_twins import AttentionWorth
from kgrec_core.storage.artifacts import write_json
from kgrec_core.storage.workspace import Workspace
from kgrec_ui.plots.quality_plot import draw_fidelity, draw_groups
from kgrec_ui.state import Widget
from kgrec_ui.theme import DARK, LIGHT, Palette
from kgrec_ui.views.quality_group_view import group_view, grouped_figures
from kgrec_ui.views.quality_view import quality_view
from kgrec_ui.views.quality_words import power_text, worth_words
from tests.ui.conftest import OpenPage, SmallWorkspace
from tests.ui.quality_samples import mean, quality_report, share
from tests.ui.test_evaluate_sections import EVALUATE, is_sound, texts

GOOD = AttentionWorth("ndcg@10", 0.268, 0.245, (0.023, 0.017, 0.03))
LITTLE = AttentionWorth("ndcg@10", 0.268, 0.267, (0.001, -0.004, 0.006))


def test_the_verdict_counts_the_targets() -> None:
    view = quality_view(quality_report())
    assert view.headline == "The explanations are the score: all 5 targets are met."
    assert view.is_good


def test_a_missed_target_is_named() -> None:
    view = quality_view(quality_report(verdict="missed"))
    assert view.headline == "1 of 5 targets is missed: Path validity."
    assert not view.is_good
    assert "Only 90 % of the paths are real links that may be used." in view.points


def test_a_model_without_evidence_is_not_called_good() -> None:
    bare = dataclasses.replace(quality_report(), measures=(), comparisons=())
    view = quality_view(bare)
    assert view.headline.startswith("This model names no evidence")
    assert view.panels == ()


def test_attention_that_brings_nothing_is_said_to_carry_little() -> None:
    assert worth_words(LITTLE).startswith("The attention weights carry little")
    assert worth_words(GOOD).startswith("Attention makes the lists better: NDCG@10 is 0.268")


def test_the_points_tell_what_happens_without_the_reasons() -> None:
    points = "\n".join(quality_view(quality_report(worth=GOOD)).points)
    assert "still in the list 10 % of the time; in a random order 60 %" in points
    assert "Without it 80 % of the items leave the list; with it alone 90 % stay." in points
    assert "For 90 % of the items a set of choices was found" in points
    assert "each one was confirmed" in points
    assert "the three strongest reasons overlap by 80 %; by chance it would be 10 %" in points


@pytest.mark.parametrize(
    ("tau", "words"),
    [
        (0.01, "does not mean that the choice matters"),
        (-0.4, "does not mean that the choice matters"),
        (0.6, "go together"),
    ],
)
def test_attention_is_compared_with_deletions(tau: float, words: str) -> None:
    points = "\n".join(quality_view(quality_report(tau=tau)).points)
    assert words in points
    assert "The weights are global" in points


def test_small_numbers_are_powers_of_ten() -> None:
    assert power_text(5e-8) == "5 × 10⁻⁸"


def test_sections_keep_intervals_targets_and_who_is_left_out() -> None:
    sections = {section.title: section for section in quality_view(quality_report()).sections}
    row = sections["Exactness"].table.row(0, named=True)
    assert (row["Value"], row["Target"], row["Verdict"]) == (
        "5 × 10⁻⁸",
        "at most 1 × 10⁻⁵",
        "met",
    )
    assert sections["Paths"].table["Target"].to_list() == ["100 %"]
    assert "Not defined for" in sections["Paths"].table.columns


def test_an_order_that_does_not_exist_is_left_out_of_the_figure() -> None:
    panels = quality_view(quality_report()).panels
    assert [row.label for row in panels[0].rows] == [
        "Explanation",
        "Random",
        "Most popular first",
    ]


def test_groups_are_told_for_each_figure_that_has_them() -> None:
    report = quality_report()
    offered = grouped_figures(report)
    assert "residual" not in offered
    table = group_view(report, "fidelity_plus").table
    assert table["Group"].to_list() == [
        "All users",
        "Few choices (2 to 9)",
        "Age group = 25_34",
    ]
    assert table["Value"].to_list() == ["80 %", "40 %", "80 %"]
    leads = group_view(report, "lead:deletion").table
    assert leads["Value"].to_list() == ["0.500", "0.300"]


def test_groups_away_from_all_users_are_named_and_drawn() -> None:
    view = group_view(quality_report(), "fidelity_plus")
    assert view.sentence == (
        "Clearly away from the mean of all users: below it “Few choices (2 to 9)”."
    )
    assert view.panel is not None
    assert [row.is_own for row in view.panel.rows] == [True, False, False]
    figure = draw_groups(view.panel, LIGHT)
    assert [trace.marker.symbol for trace in figure.data] == ["circle", *["circle-open"] * 2]


def test_very_long_names_of_groups_are_cut_in_the_figure_only() -> None:
    name = "occupation: " + "keeper of very long names " * 5
    whole = share("fidelity_plus", "fidelity", 0.8)
    long = dataclasses.replace(whole, groups={name: mean(0.7)})
    view = group_view(dataclasses.replace(quality_report(), measures=(long,)), "fidelity_plus")
    assert view.panel is not None
    assert len(view.panel.rows[1].label) <= 34
    assert view.table["Group"][1] == "Occupation = " + name.partition(": ")[2]


def test_every_target_has_a_row_with_its_verdict() -> None:
    targets = quality_view(quality_report(verdict="missed")).targets
    rows = {row["What"]: row for row in targets.to_dicts()}
    assert rows["Path validity"]["Verdict"] == "missed"
    assert rows["Score while reasons go (DEL@10)"]["Measured"] == "0.100 (0.0500 to 0.150)"
    assert rows["Residual"]["Target"] == "at most 1 × 10⁻⁵"
    assert targets.height == 5


def test_the_note_says_why_chance_differs_between_two_tables() -> None:
    view = quality_view(quality_report())
    assert "They are means over 40 users" in view.methods_note
    assert "differ a little from those above" in view.methods_note
    assert view.methods is not None
    assert view.methods["Still in the list"].to_list() == ["20 % (15 % to 25 %)"]


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_the_explanation_is_filled_and_other_orders_are_hollow(palette: Palette) -> None:
    figure = draw_fidelity(quality_view(quality_report()).panels, palette)
    symbols = {(trace.name, trace.marker.symbol) for trace in figure.data}
    assert ("Explanation", "circle") in symbols
    assert ("Random", "circle-open") in symbols


def test_the_part_shows_a_kept_report(open_page: OpenPage, own_workspace: SmallWorkspace) -> None:
    workspace = Workspace(own_workspace.root, f"sqlite:///{own_workspace.root / 'kgrec.db'}")
    folder = workspace.run_folder(own_workspace.fusion.run_id)
    workspace.close()
    report = quality_report(worth=LITTLE)
    write_json(folder / "explain-quality.json", report.to_json())
    at = open_page(own_workspace.root, EVALUATE, part="explanations")
    assert is_sound(at)
    assert "The explanations are the score: all 5 targets are met." in texts(at)
    assert "The attention weights carry little" in texts(at)
    at.selectbox(key=Widget.QUALITY_FIGURE).select("fidelity_plus").run()
    assert is_sound(at)
