from __future__ import annotations

import dataclasses

import numpy as np
import polars as pl
import pytest

from kgrec_core.config import CountedFeedback
from kgrec_core.data.interactions import NO_TIME
from kgrec_core.explanation.attention import UnitSpread
from kgrec_core.explanation.counterfactual import Counterfactual, NoCounterfactual
from kgrec_core.explanation.fidelity import (
    NamedReasons,
    OrderFidelity,
    PairFidelity,
    UndefinedFidelity,
)
from kgrec_core.explanation.names import Names
from kgrec_core.explanation.portrait import interest_portrait
from kgrec_core.explanation.ranks import RankedItems
from kgrec_core.explanation.reasons import reasons
from kgrec_core.explanation.what_if import Change, ItemEffect, Term, WhatIf
from kgrec_core.explanation.why_not import WhyNot, compare
from kgrec_core.pipeline.adapted import Adjustment, ChangedList
from kgrec_core.pipeline.feedback import FeedbackUse
from kgrec_core.pipeline.seed_twins import AttentionWorth
from kgrec_core.recommender.contract import EvidenceUnit, PairExplanation, UserEvidence
from kgrec_core.recommender.muting import Muted
from kgrec_core.storage.feedback import FeedbackRecord
from kgrec_ui.plots.attention_plot import draw_attention
from kgrec_ui.plots.difference_plot import draw_differences
from kgrec_ui.plots.heat_plot import draw_heat
from kgrec_ui.plots.path_plot import draw_paths
from kgrec_ui.plots.timeline_plot import draw_timeline
from kgrec_ui.theme import LIGHT
from kgrec_ui.views.attention_view import attention_view, uniform_shares, worth_words
from kgrec_ui.views.feedback_view import (
    adjustment_words,
    changed_sentence,
    changed_table,
    feedback_table,
    feedback_words,
    link_words,
    said_about,
    use_words,
    wrong_reasons,
)
from kgrec_ui.views.fidelity_view import fidelity_view
from kgrec_ui.views.heat_view import HeatCell, cell_terms, cell_texts, cell_words, heat_view
from kgrec_ui.views.portrait_view import NO_GRAPH, portrait_view
from kgrec_ui.views.side_by_side_view import modality_rows, overlap_of, side_table
from kgrec_ui.views.slot_view import slot_table
from kgrec_ui.views.timeline_view import MAX_POINTS, timeline_view
from kgrec_ui.views.what_if_view import (
    Step,
    change_of_steps,
    counterfactual_words,
    effect_sentences,
    moves_view,
    step_words,
)
from kgrec_ui.views.why_not_view import difference_view
from tests.store_samples import small_dataset
from tests.ui.film_world import (
    ALIEN,
    BLADE,
    HEAT,
    INSIDER,
    ITEM_IDS,
    LABELS,
    MANN,
    cell,
    film_graph,
    film_names,
    insider_explanation,
)

DAY = 86_400
START = 1_600_000_000  # 13 Sep 2020
HEAT_UNIT = EvidenceUnit("item", HEAT)


def blade_explanation() -> PairExplanation:
    """Why Blade Runner: Alien by behavior +0.08, Heat -0.04; bias 0.05."""
    cells = (
        cell("collaborative", ALIEN, 0.5, 0.5, 0.32),
        cell("collaborative", HEAT, 0.5, 0.5, -0.16),
    )
    return PairExplanation(BLADE, 0.05 + sum(part.value for part in cells), 0.05, cells)


def history(times: list[int], weights: list[float] | None = None) -> UserEvidence:
    n = len(times)
    return UserEvidence(
        np.arange(n, dtype=np.int64) % 4,
        np.array(weights or [1.0] * n, dtype=np.float32),
        np.array(times, dtype=np.int64),
    )


# timeline


def test_a_short_history_is_one_point_per_choice_in_order_of_time() -> None:
    view = timeline_view(history([START + 10 * DAY, START, START + 20 * DAY], [3, 5, 1]), LABELS)
    assert view.kind == "points"
    assert view.y == (5.0, 3.0, 1.0)
    assert view.labels == ("The Insider", "Heat", "Alien")
    assert view.x[0].startswith("2020-09-13")
    assert "Weights go from 1.00 to 5.00, 3.00 on average." in view.sentence
    assert "last 50 % of the time" in view.sentence
    assert draw_timeline(view, LIGHT).data[0].mode == "markers"


def test_a_long_history_is_counted_by_month() -> None:
    times = [START + DAY * day for day in range(MAX_POINTS + 1)]
    view = timeline_view(history(times), LABELS)
    assert view.kind == "months"
    assert view.x[0] == "2020-09-01"
    assert view.y[0] == 18  # 13 to 30 September
    assert sum(view.y) == MAX_POINTS + 1
    assert draw_timeline(view, LIGHT).data[0].type == "bar"


def test_without_times_weights_are_counted() -> None:
    view = timeline_view(history([NO_TIME] * 4, [2, 5, 5, 5]), LABELS)
    assert (view.kind, view.x, view.y) == ("weights", ("2.00", "5.00"), (1.0, 3.0))
    assert "no dates" in view.sentence
    assert "5.00 (3 of 4)" in view.sentence


def test_without_times_and_with_one_weight_there_is_no_chart() -> None:
    assert timeline_view(history([NO_TIME] * 4), LABELS).kind == "none"
    assert timeline_view(UserEvidence(), LABELS).kind == "none"


def test_choices_without_a_date_are_left_out_and_counted() -> None:
    view = timeline_view(history([START, NO_TIME, START + DAY]), LABELS)
    assert len(view.x) == 2
    assert "1 choice without a date left out" in view.sentence


# portrait


def test_the_portrait_draws_the_history_and_the_entities_and_tells_the_same_in_a_table() -> None:
    names = film_names()
    view = portrait_view(interest_portrait([insider_explanation()], names), names, uses_graph=True)
    assert view.table["interest"].to_list() == ["Michael Mann", "Drama"]
    assert view.table["part of the scores"].to_list() == pytest.approx([0.09, 0.03])
    assert view.table["by"].to_list() == ["directed by", "in genre"]
    assert view.table["from the history"].to_list() == ["Heat", "Heat"]
    assert [node.label for node in view.drawing.nodes if node.column == 1] == [
        "directed by Michael Mann",
        "in genre Drama",
    ]
    shares = {node.key: node.share for node in view.drawing.nodes}
    assert shares[f"1:{MANN}"] == 1.0
    assert [edge.share for edge in view.drawing.edges] == pytest.approx([1.0, 1 / 3])
    # |paths| 0.12 of |contributions| 0.30 + 0.02 + 0.12 + 0.05
    assert "Paths carry 24 % of all contributions" in view.sentence
    assert "“Michael Mann”: +0.0900 over 1 of 1 item" in view.sentence
    assert "Michael Mann" in draw_paths(view.drawing, LIGHT)


@pytest.mark.parametrize(
    ("uses_graph", "words"), [(False, NO_GRAPH), (True, "No path of the knowledge graph leads")]
)
def test_a_list_without_paths_says_so_plainly(uses_graph: bool, words: str) -> None:
    names = film_names()
    found = interest_portrait([blade_explanation()], names)
    view = portrait_view(found, names, uses_graph=uses_graph)
    assert view.is_empty
    assert words in view.sentence


# attention


def test_uniform_attention_is_shared_by_choices_interests_and_words() -> None:
    evidence = dataclasses.replace(
        history([START] * 2),
        entity_indices=np.array([MANN]),
        texts=("quiet",),
        friend_indices=np.array([1, 2]),
    )
    assert uniform_shares(evidence) == {"item": 0.25, "entity": 0.25, "text": 0.25, "friend": 0.5}


def test_each_bar_stands_next_to_uniform_attention() -> None:
    view = attention_view(insider_explanation(), film_names(), n_units=2, uniform={"item": 0.5})
    # Heat: (0.5 * 0.75 + 0.4 * 0.6 + 0.1 * 1) / 1
    assert view.rows[0].weight == pytest.approx(0.715)
    assert [row.uniform for row in view.rows] == [0.5, 0.5]
    assert "The largest weight is 1.4 times that." in view.baseline
    lines = draw_attention(view, LIGHT).layout.shapes
    assert [line.x0 for line in lines] == [0.5, 0.5]


def test_the_spread_over_seeds_is_drawn_when_there_is_one() -> None:
    spread = {HEAT_UNIT: UnitSpread(0.7, 0.6, 0.8, 3)}
    view = attention_view(insider_explanation(), film_names(), n_units=2, spread=spread)
    assert view.rows[0].spread == (0.6, 0.8)
    assert "differ by 20 % at most" in view.stability
    whiskers = draw_attention(view, LIGHT).data[0].error_x
    assert whiskers.array[0] == pytest.approx(0.8 - 0.715)
    assert whiskers.arrayminus[0] == pytest.approx(0.715 - 0.6)
    plain = attention_view(insider_explanation(), film_names(), n_units=2)
    assert (plain.stability, plain.baseline) == ("", "")


def test_attention_that_is_no_better_than_uniform_is_said_to_carry_little() -> None:
    little = AttentionWorth("ndcg@10", 0.31, 0.309, (0.001, -0.002, 0.004))
    much = AttentionWorth("ndcg@10", 0.31, 0.25, (0.06, 0.04, 0.08))
    assert worth_words(little).startswith("Attention carries little")
    assert "NDCG@10 0.310 with attention, 0.309 when all choices count the same" in worth_words(
        little
    )
    assert worth_words(much).startswith("Attention makes the lists better")
    assert worth_words(None) == ""


# sentences


def test_every_name_in_a_sentence_stands_for_a_term_and_the_parts_add_up() -> None:
    names, pair = film_names(), insider_explanation()
    told = reasons(pair, names)
    table = slot_table(told, pair, names)
    sums = table.group_by("sentence", maintain_order=True).agg(pl.col("part of the score").sum())
    assert sums["part of the score"].to_list() == pytest.approx([r.value for r in told])
    mann = table.filter(pl.col("stands for") == "directed by Michael Mann").row(0, named=True)
    assert mann["names"] == "Heat"
    assert mann["term"] == "Knowledge graph: 0.600 × 0.400 × 0.500"
    assert mann["source"] == "films.csv, row 2; films.csv, row 3"


# fidelity


def order(removed: float, kept: float = 0.1, rank: int = 3) -> OrderFidelity:
    return OrderFidelity((removed, removed), (kept, kept), (rank, rank), 10)


def pair_with(explainer: float, randoms: list[float]) -> PairFidelity:
    return PairFidelity(
        item_index=INSIDER,
        n_units=4,
        n_steps=2,
        cutoff=10,
        score=1.0,
        rank=1,
        explainer=order(explainer),
        random=tuple(order(value) for value in randoms),
        popularity=None,
        recency=order(0.9),
        named=NamedReasons((HEAT_UNIT,), 0.4, 0.2, 12, 2, ()),
    )


def test_the_badge_says_how_much_more_the_reasons_carry_than_chance() -> None:
    view = fidelity_view(pair_with(0.36, [0.8] * 20), film_names())
    assert (view.verdict, view.badge) == ("clear", "Reasons hold")
    assert "lowers the score 3.2 times as much as taking out others" in view.sentence
    assert "20 random orders, gap +0.440, 95 % of them +0.440 to +0.440" in view.sentence
    assert view.detail == (
        "Without Heat the item falls from rank 1 to rank 12; with them alone it would be at rank 2."
    )
    assert view.table["order"].to_list() == [
        "Order of the explanation",
        "Latest first",
        "Random, mean of 20",
    ]
    assert view.table["mean score without"].to_list() == pytest.approx([0.36, 0.9, 0.8])


def test_reasons_that_chance_can_match_are_not_said_to_hold() -> None:
    assert fidelity_view(pair_with(0.8, [0.6] * 10 + [1.0] * 10), film_names()).verdict == "unclear"
    assert fidelity_view(pair_with(0.9, [0.5] * 20), film_names()).verdict == "worse"


def test_removal_that_raises_the_score_is_told_as_it_is() -> None:
    view = fidelity_view(pair_with(1.2, [0.9] * 20), film_names())
    assert "does not lower the score (+0.200)" in view.sentence
    others_rise = fidelity_view(pair_with(0.5, [1.1] * 20), film_names())
    assert "by 0.500, while taking out others does not lower it." in others_rise.sentence


def test_what_cannot_be_checked_says_why() -> None:
    view = fidelity_view(UndefinedFidelity("one unit", "Only one thing is known."), film_names())
    assert (view.verdict, view.sentence, view.detail) == (
        "undefined",
        "Only one thing is known.",
        "",
    )


# heat map


def test_the_matrix_has_the_sums_of_the_contributions() -> None:
    view = heat_view([insider_explanation(), blade_explanation()], film_names())
    assert view.evidence == ("Heat", "Alien")
    assert view.items == ("The Insider", "Blade Runner")
    assert view.values[0] == pytest.approx((0.30 + 0.12 - 0.05, -0.04))
    assert view.values[1] == pytest.approx((0.02, 0.08))
    assert view.table["in all"].to_list() == pytest.approx([0.33, 0.10])
    assert "“Heat” for “The Insider” (+0.370)" in view.sentence
    assert (
        cell_words(view, HeatCell(1, 1)) == "“Alien” for “Blade Runner”: part of the score +0.0800"
    )
    assert cell_texts(view) == [["0.37", "−0.04"], ["0.02", "0.08"]]


def test_the_matrix_can_show_one_modality_or_attention() -> None:
    pairs = [insider_explanation(), blade_explanation()]
    text = heat_view(pairs, film_names(), modality="text")
    assert text.values == (pytest.approx((-0.05, 0.0)),)
    attention = heat_view(pairs, film_names(), is_attention=True)
    assert attention.values[0] == pytest.approx((0.715, 0.5))
    assert "Most attention goes to “Heat” for “The Insider”: 72 %." in attention.sentence


def test_rows_beyond_the_limit_share_one_that_is_not_the_strongest_cell() -> None:
    view = heat_view([insider_explanation(), blade_explanation()], film_names(), n_rows=1)
    assert view.evidence == ("Heat", "1 other")
    assert view.units == (HEAT_UNIT, None)
    assert view.largest == pytest.approx(0.37)
    assert "1 other" not in view.sentence


def test_a_cell_opens_into_its_terms() -> None:
    terms = cell_terms(insider_explanation(), HEAT_UNIT, film_names())
    assert terms["contribution"].to_list() == pytest.approx([0.30, 0.12, -0.05])
    assert "Heat – Michael Mann – The Insider (+0.0900)" in terms["paths"].to_list()[1]


def test_a_model_that_knows_only_whole_profiles_has_no_matrix_and_says_why() -> None:
    whole = PairExplanation(
        BLADE, 0.5, 0.1, (cell("collaborative", 0, 1.0, 1.0, 0.4, kind="profile"),)
    )
    assert "one vector for the user" in heat_view([whole], film_names()).note
    silent = PairExplanation(BLADE, 0.1, 0.1, ())
    assert "popularity alone" in heat_view([silent], film_names()).note


def test_the_marks_on_the_heat_map_carry_row_and_column() -> None:
    view = heat_view([insider_explanation(), blade_explanation()], film_names())
    figure = draw_heat(view, LIGHT, HeatCell(0, 1))
    assert [list(mark[:2]) for mark in figure.data[1].customdata] == [
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
    ]
    frame = figure.layout.shapes[0]
    assert (frame.x0, frame.y0) == (0.5, -0.5)
    assert (figure.data[0].zmin, figure.data[0].zmax) == pytest.approx((-0.37, 0.37))


def test_labels_of_the_data_are_no_markup_on_the_heat_map() -> None:
    names = Names(film_graph(("<b>Heat</b>", "The Insider", "Alien", "Blade")), ITEM_IDS)
    figure = draw_heat(heat_view([insider_explanation()], names), LIGHT, None)
    assert "&lt;b&gt;Heat" in figure.layout.yaxis.ticktext[0]
    assert "&lt;b&gt;Heat" in figure.data[1].customdata[0][2]


# side by side


def test_the_overlap_of_two_lists_is_told() -> None:
    names, sides = film_names(), ("this run", "the other run")
    overlap = overlap_of([0, 1, 2], [0, 2, 3], names, sides)
    assert overlap.n_shared == 2
    assert overlap.sentence == (
        "2 of 3 items are in both lists, 1 at the same rank. Only in this run: The Insider. "
        "Only in the other run: Blade Runner."
    )
    assert overlap_of([0, 1], [0, 1], names, sides).sentence == "Both lists are the same: 2 items."
    assert overlap_of([], [0], names, sides).sentence == "One of the lists is empty."


def test_each_list_shows_the_rank_in_the_other() -> None:
    table = side_table([2, 0], [0.5, 0.4], [0, 1], ["a", "b"], film_names())
    assert table["other rank"].to_list() == ["–", "1"]
    assert table["item"].to_list() == ["Alien", "Heat"]


def test_the_parts_of_both_sides_add_up_to_their_scores() -> None:
    rows = modality_rows(insider_explanation(), blade_explanation(), ("A", "B"))
    for side in ("A", "B"):
        *parts, score = rows[side].to_list()
        assert sum(parts) == pytest.approx(score)


# why not


def blade_against_insider() -> WhyNot:
    item, against = blade_explanation(), insider_explanation()
    user = history([START, START])  # Heat, The Insider
    return WhyNot(
        user, BLADE, INSIDER, 7, 1, 20, item, against, compare(item, against, film_names())
    )


def test_the_differences_are_told_drawn_and_add_up() -> None:
    view = difference_view(blade_against_insider(), film_names())
    assert view.headline == (
        "“Blade Runner” is at rank 7 of 20; “The Insider” is at rank 1. Its score is 0.0900, "
        "0.400 lower than 0.490."
    )
    assert view.is_exact
    assert sum(bar.value for bar in view.bars) == pytest.approx(-0.4)
    assert view.bars[0].label == "Heat"
    assert view.bars[0].value == pytest.approx(-0.34)
    assert view.table["difference"].sum() == pytest.approx(-0.4)
    assert len(view.sentences) > 2
    assert view.sentences[0].value == "−0.340"
    drawn = [value for trace in draw_differences(view, LIGHT).data for value in trace.x]
    assert sum(drawn) == pytest.approx(-0.4)


def test_small_differences_share_a_bar() -> None:
    view = difference_view(blade_against_insider(), film_names(), n_bars=2)
    assert len(view.bars) == 3
    assert view.bars[-1].label.endswith("smaller ones")
    assert sum(bar.value for bar in view.bars) == pytest.approx(-0.4)


def test_an_item_of_the_history_is_said_to_have_no_rank() -> None:
    known = dataclasses.replace(blade_against_insider(), rank_item=None)
    assert "is in the history already" in difference_view(known, film_names()).headline


# what if


def test_steps_become_one_change() -> None:
    steps = [
        Step("drop", ("f1",)),
        Step("like", ("f4",)),
        Step("modality", ("text",)),
        Step("relation", ("in_genre",)),
        Step("link", ("item:f1", "directed_by", "person:mann")),
        Step("drop", ("gone",)),
    ]
    assert change_of_steps(steps, ITEM_IDS, film_graph(), 4.0) == Change(
        dropped=(HEAT_UNIT,),
        likes=((BLADE, 4.0),),
        muted=Muted(frozenset({"text"}), frozenset({"in_genre"}), frozenset({0})),
    )


def test_each_step_has_words() -> None:
    labels, names = dict(zip(ITEM_IDS, LABELS, strict=False)), film_names()
    told = {
        Step("drop", ("f1",)): "Without the choice “Heat”",
        Step("like", ("f4",)): "With “Blade Runner” as a new choice",
        Step("modality", ("graph",)): "Without knowledge graph",
        Step("relation", ("in_genre",)): "Without all links “in genre”",
        Step("link", ("item:f1", "directed_by", "person:mann")): (
            "Without the link “Heat – directed by – Michael Mann”"
        ),
    }
    for step, words in told.items():
        assert step_words(step, labels, names) == words


def what_if_answer(*, shifts: bool = False) -> WhatIf:
    """Before: Alien, Heat; after: Heat, Blade Runner; The Insider is known."""
    known = np.array([INSIDER])
    before = RankedItems(np.array([ALIEN, HEAT]), np.array([2, 9, 3, 1], np.float32), known)
    after = RankedItems(np.array([HEAT, BLADE]), np.array([4, 9, 1, 3], np.float32), known)
    user = UserEvidence()
    return WhatIf(Change(), user, user, None, before, after, (), shifts)


def test_the_new_list_shows_moves_and_ranks_before() -> None:
    view = moves_view(what_if_answer(), film_names())
    assert view.table["item"].to_list() == ["Heat", "Blade Runner"]
    assert view.table["move"].to_list() == ["↑ 1", "new"]
    assert view.table["rank before"].to_list() == ["2", "3"]
    assert view.table["score before"].to_list() == [2.0, 1.0]
    assert view.sentence == "Against the list before: 1 new; 1 item moved; left the list: Alien."
    assert view.gone == "Left the list: Alien (rank 1 → 3)."
    assert view.note == ""
    assert "by heart" in moves_view(what_if_answer(shifts=True), film_names()).note


def test_the_effect_on_one_score_is_told_direct_and_total() -> None:
    before = insider_explanation()
    after = dataclasses.replace(before, score=before.score - 0.25)
    gone = (Term("collaborative", HEAT_UNIT, 0.3),)
    effect = ItemEffect(INSIDER, 1, 4, before, after, gone, ())
    assert effect_sentences(effect, film_names()) == (
        "“The Insider”: score 0.490 → 0.240 (−0.250), rank 1 → 4.",
        "Goes away: Heat in behavior of similar users (+0.300).",
        "The evidence that stays shares its attention out anew: +0.0500.",
    )


def found_counterfactual(**changes: object) -> Counterfactual:
    values: dict[str, object] = {
        "mode": "interactions",
        "item_index": INSIDER,
        "k": 10,
        "units": (HEAT_UNIT, EvidenceUnit("item", ALIEN)),
        "triples": (),
        "rank_before": 1,
        "rank_after": 12,
        "score_before": 0.5,
        "score_after": 0.1,
        "replacement_index": BLADE,
        "is_smallest_proved": True,
        "n_scorings": 30,
    }
    return Counterfactual(**(values | changes))


def test_what_would_change_it_names_every_removed_choice_and_the_replacement() -> None:
    sentence, proof = counterfactual_words(found_counterfactual(), film_names())
    assert sentence == (
        "“The Insider” would leave the first 10 (rank 1 → 12) without the choices “Heat” and "
        "“Alien”. “Blade Runner” would take its place."
    )
    assert proof == "Verified by scoring everything again (30 re-scorings). No smaller set does it."


def test_links_are_named_as_they_are_stated() -> None:
    found = found_counterfactual(mode="links", units=(), triples=(1,), is_smallest_proved=False)
    sentence, proof = counterfactual_words(found, film_names())
    assert "without the link “The Insider – directed by – Michael Mann”" in sentence
    assert proof.endswith("A smaller set may exist.")


def test_no_answer_says_why() -> None:
    found = NoCounterfactual("interactions", INSIDER, 10, "stays", 1, 3, 30)
    sentence, proof = counterfactual_words(found, film_names())
    assert sentence == "Even without any of the choices, The Insider would be number 3."
    assert proof == ""


# feedback


def record(**changes: object) -> FeedbackRecord:
    values: dict[str, object] = {
        "feedback_id": "x",
        "dataset_fingerprint": "d",
        "run_id": "r",
        "user_id": "u1",
        "item_id": "a",
        "kind": "like",
        "created_at": START,
    }
    return FeedbackRecord(**(values | changes))


def test_feedback_is_counted_in_words() -> None:
    said = CountedFeedback(
        likes=(("u", "a"), ("u", "b")), dislikes=(("u", "c"),), blocked=(("x", "y", "z"),)
    )
    assert feedback_words(said) == "2 likes, 1 item left out, 1 blocked link"
    assert feedback_words(CountedFeedback()) == "none"


def test_the_banner_says_when_links_wait_for_the_next_training() -> None:
    links = Adjustment(added=("a",), triples=(("x", "y", "z"),))
    assert adjustment_words(links, ignores_links=False) == (
        "Feedback counts in this list: 1 like, 1 blocked link."
    )
    waiting = adjustment_words(links, ignores_links=True)
    assert waiting.startswith("Feedback counts in this list: 1 like. 1 blocked link will count")


def test_a_run_says_what_became_of_its_feedback() -> None:
    words = use_words(FeedbackUse(n_added=2, n_held_out=1))
    assert "2 likes became interactions" in words
    assert "1 is about something held out for the test and was not used" in words
    assert use_words(FeedbackUse()) == ""


def test_only_the_counted_word_about_the_item_itself_is_shown() -> None:
    told = [record(kind="wrong_reason", reason_item_id="b"), record(kind="dislike")]
    assert said_about(told, "u1", "a") == "dislike"
    assert said_about(told[:1], "u1", "a") == ""
    assert said_about([record(undone_at=1.0)], "u1", "a") == ""


def test_links_and_past_choices_are_offered_as_wrong_reasons_links_first() -> None:
    offered = wrong_reasons(insider_explanation(), film_names())
    assert [reason.offered for reason in offered] == [
        "Link: Heat – directed by – Michael Mann (+0.0900)",
        "Link: The Insider – directed by – Michael Mann (+0.0900)",
        "Link: Heat – in genre – Drama (+0.0300)",
        "Link: The Insider – in genre – Drama (+0.0300)",
        "Past choice: Heat (+0.370)",
        "Past choice: Alien (+0.0200)",
    ]
    assert offered[0].triple == ("item:f1", "directed_by", "person:mann")
    assert offered[4].item_id == "f1"


def test_what_was_said_is_listed_with_names() -> None:
    told = [
        record(kind="wrong_reason", triple=("item:f1", "directed_by", "person:mann")),
        record(kind="wrong_reason", reason_item_id="b", undone_at=START + DAY),
        record(user_id="gone", item_id="gone"),
    ]
    table = feedback_table(told, small_dataset(), film_names(), None)
    assert table["what"].to_list() == [
        "blocked link: Heat – directed by – Michael Mann",
        "does not count: B",
        "gone",
    ]
    assert table["taken back"].to_list()[1].startswith("14 Sep 2020")
    assert link_words(0, film_names()) == "Heat – directed by – Michael Mann"


def test_whose_lists_differ_is_counted_and_listed() -> None:
    changed = [ChangedList(1, (0, 1, 2), (1, 0, 3))]
    assert changed_sentence(changed, 3, 3, 10, asks_all=True) == (
        "With feedback, 1 list of the first 10 differs, of all 3 users (33 %)."
    )
    assert "No list of the first 10 differs" in changed_sentence([], 2, 3, 10, asks_all=False)
    assert "changes nothing" in changed_sentence([], 0, 3, 10, asks_all=False)
    row = changed_table(changed, small_dataset(), film_names()).row(0, named=True)
    assert (row["user"], row["new"], row["gone"], row["moved"]) == (
        "u2",
        "Blade Runner",
        "Alien",
        2,
    )
