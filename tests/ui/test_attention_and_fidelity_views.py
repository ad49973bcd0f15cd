from __future__ import annotations

import dataclasses

import numpy as np
import polars as pl
import pytest

from kgrec_core.explanation.attention import UnitSpread
from kgrec_core.explanation.fidelity import (
    NamedReasons,
    OrderFidelity,
    PairFidelity,
    UndefinedFidelity,
)
from kgrec_core.explanation.reasons import reasons
from kgrec_core.pipeline.seed_twins import AttentionWorth
from kgrec_core.recommender.contract import Contribution, EvidenceKind, EvidenceUnit
from kgrec_ui.plots.attention_plot import draw_attention
from kgrec_ui.theme import LIGHT
from kgrec_ui.views.attention_view import attention_view, uniform_shares, worth_words
from kgrec_ui.views.fidelity_view import fidelity_view
from kgrec_ui.views.slot_view import slot_table
from tests.ui.film_world import (
    INSIDER,
    MANN,
    film_names,
    insider_explanation,
)
from tests.ui.recommend_samples import (
    HEAT_UNIT,
    START,
    history,
)

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


def test_evidence_that_shares_its_attention_apart_has_lines_of_its_own_and_is_said_to() -> None:
    pair = insider_explanation()
    friend = Contribution("social", EvidenceUnit("friend", 0), 0.01, 0.9, 1.0, 0.011)
    mixed = dataclasses.replace(pair, contributions=(*pair.contributions, friend))
    uniform: dict[EvidenceKind, float] = {"item": 0.5, "friend": 1.0}
    names = dataclasses.replace(film_names(), user_ids=("ann",))
    view = attention_view(mixed, names, n_units=3, uniform=uniform)
    # Heat 0.715, Alien 0.25 and the friend 0.9 are more than 1 together: all become parts of it.
    total = 0.715 + 0.25 + 0.9
    assert view.rows[0].weight == pytest.approx(0.9 / total)
    assert view.rows[0].uniform == pytest.approx(1 / total)
    assert "uniform attention: 54 % or 27 %" in view.baseline
    assert view.baseline.endswith("Most above its line is Heat: 1.4 times as much.")


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


def test_a_rank_that_does_not_change_is_said_to_stay() -> None:
    pair = pair_with(0.36, [0.8] * 20)
    still = dataclasses.replace(pair, named=dataclasses.replace(pair.named, rank_without=1))
    assert fidelity_view(still, film_names()).detail.startswith(
        "Without Heat the item stays at rank 1;"
    )
    better = dataclasses.replace(
        pair, rank=3, named=dataclasses.replace(pair.named, rank_without=2)
    )
    assert "rises from rank 3 to rank 2" in fidelity_view(better, film_names()).detail


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
