from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgrec_core.data.dataset import TAG_COLUMNS, TRIPLE_COLUMNS, Dataset
from kgrec_core.data.interactions import NO_TIME, Interactions
from kgrec_core.data.vocabulary import Vocabulary
from kgrec_core.errors import DataError
from kgrec_core.evaluation.protocol import EvaluationResult, SliceResult
from kgrec_core.explanation.names import Names
from kgrec_core.recommender.contract import PairExplanation, PathContribution, UserEvidence
from kgrec_core.rng import make_rng
from kgrec_ui.views.attention_view import attention_view, modality_view
from kgrec_ui.views.cold_start_view import Move, list_change, with_moves
from kgrec_ui.views.comparison_view import comparison_sentence
from kgrec_ui.views.evaluation_view import dot_view, metric_table, slice_view
from kgrec_ui.views.explanation_view import contribution_table
from kgrec_ui.views.path_view import path_table, path_view
from kgrec_ui.views.recommendation_view import ranked_table, score_decimals, user_view
from kgrec_ui.views.score_view import score_view
from kgrec_ui.views.words import as_markdown, counted, joined, shortened, shortened_pair
from tests.ui.film_world import (
    ALIEN,
    BLADE,
    HEAT,
    INSIDER,
    ITEM_IDS,
    LABELS,
    SCOTT,
    cell,
    film_graph,
    film_names,
    insider_explanation,
)


@pytest.fixture
def names():
    return film_names()


@pytest.fixture
def explanation():
    return insider_explanation()


# --- words


def test_one_path_is_singular_and_many_have_commas():
    assert counted(1, "path") == "1 path"
    assert counted(1234, "path") == "1,234 paths"


def test_a_long_label_is_cut_with_an_ellipsis_and_loses_its_line_breaks():
    assert shortened("one\ntwo three", 8) == "one two…"
    assert len(shortened("x" * 99, 20)) == 20
    assert shortened("one two… three", 9) == "one two…"  # never two ellipses in a row


def test_of_two_long_texts_on_one_line_each_keeps_its_half() -> None:
    assert shortened_pair("directed by", "Agnès Varda", 34) == "directed by Agnès Varda"
    assert shortened_pair("a" * 40, "b" * 40, 21) == "a" * 9 + "… " + "b" * 9 + "…"
    assert shortened_pair("a" * 40, "bcd", 21) == "a" * 16 + "… bcd"
    assert shortened_pair("by", "b" * 40, 21) == "by " + "b" * 17 + "…"


def test_a_long_list_says_how_many_more_there_are():
    assert joined(["a", "b", "c"], limit=2) == "a, b and 1 more"


def test_text_of_the_data_has_no_meaning_in_markdown():
    assert as_markdown("*a* [b](c)") == r"\*a\* \[b\]\(c\)"


# --- attention and modalities


def test_attention_is_averaged_by_gate_where_modalities_differ(explanation, names):
    view = attention_view(explanation, names, n_units=2)
    # Heat: (0.75*0.5 + 0.6*0.4 + 1.0*0.1) / (0.5 + 0.4 + 0.1) = 0.715; Alien: 0.25
    assert [row.label for row in view.rows] == ["Heat", "Alien"]
    assert [row.weight for row in view.rows] == pytest.approx([0.715, 0.25])


def test_attention_keeps_the_weight_of_each_modality(explanation, names):
    weights = attention_view(explanation, names, n_units=2).rows[0].weights
    assert weights == {"collaborative": 0.75, "graph": 0.6, "text": 1.0}


def test_evidence_beyond_the_limit_shares_one_row_with_what_is_silent(explanation, names):
    rest = attention_view(explanation, names, n_units=5, n_rows=1).rows[-1]
    assert rest.label == "4 others"
    assert rest.is_rest
    assert rest.weight == pytest.approx(1 - 0.715)
    assert rest.value == pytest.approx(0.02)


def test_the_attention_sentence_counts_what_speaks(explanation, names):
    sentence = attention_view(explanation, names, n_units=5).sentence
    assert sentence.startswith("Of 5 units of evidence, 2 say something about this item.")


def test_without_evidence_the_attention_view_says_so(names):
    view = attention_view(PairExplanation(INSIDER, 0.1, 0.1, ()), names, n_units=0)
    assert view.rows == ()
    assert "Nothing that is known" in view.sentence


def test_modality_shares_are_of_absolute_size_and_values_keep_their_sign(explanation):
    rows = modality_view(explanation).rows
    assert [row.modality for row in rows] == ["collaborative", "graph", "text"]
    assert [row.share for row in rows] == pytest.approx([0.32 / 0.49, 0.12 / 0.49, 0.05 / 0.49])
    assert rows[2].value == pytest.approx(-0.05)
    assert [row.gate for row in rows] == [0.5, 0.4, 0.1]


def test_friends_and_attributes_have_rows_and_names_of_their_own():
    cells = (
        cell("attributes", 0, 1.0, 0.2, 0.5, kind="attribute"),
        cell("social", 0, 1.0, 0.3, 0.5, kind="friend"),
    )
    rows = modality_view(PairExplanation(INSIDER, 0.35, 0.1, cells)).rows
    assert [(row.modality, row.label) for row in rows] == [
        ("social", "Friends"),
        ("attributes", "User attributes"),
    ]


def test_friends_count_as_units_of_evidence():
    told = PairExplanation(INSIDER, 0.25, 0.1, (cell("social", 0, 1.0, 0.3, 0.5, kind="friend"),))
    known = UserEvidence(friend_indices=np.array([0, 1]), attribute_indices=np.array([3]))
    view = score_view(told, names_with_users(), known, user_label="Ann")
    assert view.attention.sentence.startswith("Of 3 units of evidence, 1 says something")
    assert view.attention.rows[0].label == "Cleo (friend)"
    assert view.by_reason.steps[1].label == "Cleo (friend)"
    assert view.note == ""


def test_a_model_that_only_knows_the_whole_profile_says_so(names):
    whole = cell("collaborative", 0, 1.0, 1.0, 0.4, kind="profile")
    told = PairExplanation(INSIDER, 0.5, 0.1, (whole,))
    known = UserEvidence.of_likes(np.array([HEAT, ALIEN]))
    view = score_view(told, names, known, user_label="Ann")
    assert "cannot be taken apart further" in view.note
    assert [row.label for row in view.attention.rows] == ["the whole profile"]
    assert view.by_reason.is_exact


def test_a_score_of_bias_alone_hides_nothing(names):
    view = score_view(PairExplanation(INSIDER, 0.1, 0.1, ()), names, UserEvidence(), user_label="A")
    assert view.note == ""


def test_modalities_that_say_nothing_leave_the_bias(names):
    silent = PairExplanation(INSIDER, 0.1, 0.1, (cell("text", HEAT, 1.0, 0.5, 0.0),))
    assert "bias alone" in modality_view(silent).sentence


def test_the_table_has_every_contribution_and_adds_up(explanation, names):
    table = contribution_table(explanation, names)
    assert table.height == 4
    assert table["contribution"].sum() + explanation.bias == pytest.approx(explanation.score)
    assert table["id"].to_list() == ["f1", "f1", "f1", "f3"]


def test_the_table_without_contributions_keeps_its_columns(names):
    table = contribution_table(PairExplanation(INSIDER, 0.1, 0.1, ()), names)
    assert table.height == 0
    assert "contribution" in table.columns


# --- paths


def test_paths_run_from_the_user_to_the_item_in_columns(explanation, names):
    view = path_view(explanation, names, user_label="Ann")
    columns = {node.label: node.column for node in view.nodes}
    assert columns == {"Ann": 0, "Heat": 1, "Michael Mann": 2, "Drama": 2, "The Insider": 3}


def test_line_widths_follow_the_values(explanation, names):
    view = path_view(explanation, names, user_label="Ann")
    by_label = {edge.label: edge for edge in view.edges if edge.source.startswith("1:")}
    # Both paths run through user -> Heat (0.12), the largest line.
    assert by_label["directed by"].value == pytest.approx(0.09)
    assert by_label["directed by"].share == pytest.approx(0.75)
    assert by_label["in genre"].share == pytest.approx(0.25)
    first = next(edge for edge in view.edges if edge.source == "user")
    assert first.value == pytest.approx(0.12)
    assert first.share == 1.0


def test_a_relation_is_written_once_per_entity(explanation, names):
    edges = path_view(explanation, names, user_label="Ann").edges
    assert [edge.label for edge in edges if edge.shows_label] == ["directed by", "in genre"]
    assert all(edge.source.startswith("2:") for edge in edges if edge.shows_label)


def test_a_triple_that_is_read_backwards_points_left(explanation, names):
    view = path_view(explanation, names, user_label="Ann")
    assert {edge.points_left for edge in view.edges if edge.source.startswith("1:")} == {False}
    assert {edge.points_left for edge in view.edges if edge.source.startswith("2:")} == {True}


def test_every_line_between_entities_is_a_real_triple(explanation, names):
    view = path_view(explanation, names, user_label="Ann")
    real = {tuple(row) for row in names.graph.triples.tolist()}
    for edge in view.edges:
        if edge.source == "user":
            continue
        left, right = int(edge.source.split(":")[1]), int(edge.target.split(":")[1])
        head, tail = (right, left) if edge.points_left else (left, right)
        relation = names.graph.relations.index_of(edge.label.replace(" ", "_"))
        assert (head, relation, tail) in real


def carried_explanation() -> PairExplanation:
    """Blade Runner, by Scott: behavior ties Heat and a friend to Scott, no triple does."""
    path = PathContribution((SCOTT, BLADE), (3,), 0.06)
    friend = PathContribution((SCOTT, BLADE), (3,), 0.02)
    cells = (
        cell("graph", HEAT, 0.6, 0.4, 0.25, paths=(path,)),
        cell("graph", 0, 1.0, 0.5, 0.04, kind="friend", paths=(friend,)),
    )
    return PairExplanation(BLADE, 0.18, 0.1, cells)


def names_with_users() -> Names:
    return Names(film_graph(), ITEM_IDS, ("u1",), None, ("Cleo",))


def test_a_path_from_an_entity_is_tied_to_the_evidence_by_behavior():
    view = path_view(carried_explanation(), names_with_users(), user_label="Ann")
    columns = {node.label: node.column for node in view.nodes}
    assert columns == {
        "Ann": 0,
        "Heat": 1,
        "Cleo (friend)": 1,
        "Ridley Scott": 2,
        "Blade Runner": 3,
    }
    ties = [edge for edge in view.edges if edge.is_behavior]
    assert [(edge.label, round(edge.value, 6)) for edge in ties] == [
        ("behavior", 0.06),
        ("behavior", 0.02),
    ]
    assert all("no link of the data" in edge.title for edge in ties)
    assert view.has_behavior


def test_only_the_last_line_of_a_carried_path_is_a_link_of_the_data():
    view = path_view(carried_explanation(), names_with_users(), user_label="Ann")
    (link,) = [edge for edge in view.edges if edge.label == "directed by"]
    assert (link.source, link.target, link.points_left) == ("2:5", "3:3", True)
    assert link.value == pytest.approx(0.08)
    assert not link.is_behavior


def test_the_table_tells_behavior_from_links():
    rows = path_table(carried_explanation(), names_with_users())
    assert rows["path"].to_list() == [
        "Heat ···behavior··· Ridley Scott ←directed by— Blade Runner",
        "Cleo (friend) ···behavior··· Ridley Scott ←directed by— Blade Runner",
    ]
    assert rows["relations"][0] == "behavior, directed by"
    assert rows["stated in"][0] == "the histories; films.csv, row 5"


def test_paths_of_links_alone_have_no_behavior(explanation, names):
    assert not path_view(explanation, names, user_label="Ann").has_behavior


def test_boxes_of_a_column_do_not_overlap(explanation, names):
    view = path_view(explanation, names, user_label="Ann")
    heights = sorted(node.y for node in view.nodes if node.column == 2)
    assert heights == [-0.5, 0.5]
    assert view.n_rows == 2


def test_only_the_strongest_paths_are_drawn_and_the_sentence_says_so(explanation, names):
    view = path_view(explanation, names, user_label="Ann", n_paths=1)
    assert "Drama" not in {node.label for node in view.nodes}
    assert view.sentence == (
        "The 1 strongest of 2 paths are drawn. They carry +0.0900 of the +0.120 that all "
        "paths add to the score 0.490."
    )


def test_no_path_is_said_in_words(names):
    view = path_view(
        PairExplanation(INSIDER, 0.3, 0.1, (cell("text", ALIEN, 1.0, 0.5, 0.4),)),
        names,
        user_label="Ann",
    )
    assert view.is_empty
    assert view.sentence.startswith("No path of the knowledge graph leads")


def test_data_without_links_has_no_path_and_says_why(names):
    triples, provenance = names.graph.triples[:0], names.graph.provenance[:0]
    bare = replace(names, graph=replace(names.graph, triples=triples, provenance=provenance))
    view = path_view(PairExplanation(INSIDER, 0.1, 0.1, ()), bare, user_label="Ann")
    assert view.sentence.startswith("The data has no links between items and anything else")


@pytest.mark.parametrize(
    ("bias", "words"), [(0.1, "how popular it is with everybody"), (0.0, "means nothing")]
)
def test_a_score_without_reasons_says_what_is_left(names, bias, words):
    nothing = PairExplanation(INSIDER, bias, bias, ())
    view = score_view(nothing, names, UserEvidence(), user_label="Ann")
    assert words in view.silence


def test_a_score_with_reasons_is_not_called_silent(names, explanation):
    assert score_view(explanation, names, UserEvidence(), user_label="Ann").silence == ""


def test_the_path_table_reads_as_a_sentence_with_provenance(explanation, names):
    first = path_table(explanation, names).row(0, named=True)
    assert first["path"] == "Heat —directed by→ Michael Mann ←directed by— The Insider"
    assert first["relations"] == "directed by, directed by"
    assert first["value"] == pytest.approx(0.09)
    assert first["stated in"] == "films.csv, row 2; films.csv, row 3"


# --- recommendations and the user


def films_dataset() -> Dataset:
    interactions = Interactions(
        np.array([0, 0], dtype=np.int64),
        np.array([HEAT, ALIEN], dtype=np.int64),
        np.array([5, 3], dtype=np.float32),
        np.array([0, 86_400], dtype=np.int64),
        2,
        4,
    )
    return Dataset(
        name="films",
        users=Vocabulary(["u1", "u2"], name="user"),
        items=Vocabulary(ITEM_IDS, name="item"),
        interactions=interactions,
        user_table=pl.DataFrame(
            {"user_id": ["u1", "u2"], "user_label": ["Ann", ""], "home_town": ["Rome", None]}
        ),
        item_table=pl.DataFrame({"item_id": ITEM_IDS, "item_label": LABELS[:4], "text": [""] * 4}),
        social=np.zeros((0, 2), dtype=np.int64),
        tags=pl.DataFrame(schema=TAG_COLUMNS),
        columns=(),
        triples=pl.DataFrame(schema=TRIPLE_COLUMNS),
        entity_labels={},
        item_entities={},
    )


def test_a_user_has_history_dates_and_attributes():
    dataset = films_dataset()
    view = user_view(dataset, 0, UserEvidence.of_user(dataset.interactions, 0))
    assert view.history == "2 interactions, 1 Jan 1970 to 2 Jan 1970."
    assert view.last["item"].to_list() == ["Alien", "Heat"]
    assert view.attributes == {"home town": "Rome"}


def test_a_user_without_history_gets_the_popular_list():
    view = user_view(films_dataset(), 1, UserEvidence())
    assert "popular" in view.history
    assert view.last.height == 0
    assert view.attributes == {}


def test_a_history_without_times_has_no_dates():
    likes = UserEvidence.of_likes(np.array([HEAT], dtype=np.int64))
    assert likes.item_times[0] == NO_TIME
    view = user_view(films_dataset(), 1, likes)
    assert view.history == "1 interaction, without dates."
    assert view.last["date"].to_list() == [""]


def test_the_ranked_table_counts_from_one(names):
    table = ranked_table(
        np.array([INSIDER, ALIEN]), np.array([0.5, 0.4], np.float32), ["why", "why"], names
    )
    assert table["rank"].to_list() == [1, 2]
    assert table["item"].to_list() == ["The Insider", "Alien"]


def test_small_scores_get_more_decimals():
    assert score_decimals([0.202, 0.1]) == 3
    assert score_decimals([0.00153]) == 5
    assert score_decimals([12.0, -3.0]) == 1
    assert score_decimals([]) == 1


# --- cold start


def test_moves_are_up_down_same_and_new():
    change = list_change(["a", "b", "c", "d"], ["b", "a", "c", "x"])
    assert [move.text for move in change.moves] == ["↑ 1", "↓ 1", "=", "new"]
    assert change.left == ("d",)


def test_the_first_list_has_no_moves():
    change = list_change(None, ["a"])
    assert change.moves == (Move("first"),)
    assert "first list" in change.sentence({})


def test_the_change_is_told_in_words():
    change = list_change(["a", "b"], ["b", "x"])
    assert change.sentence({"a": "Alien"}) == (
        "Against the list before: 1 new; 1 item moved; left the list: Alien."
    )


def test_an_unchanged_list_says_so():
    assert list_change(["a"], ["a"]).sentence({}) == "The list is as before."


@given(st.permutations(list("abcdefg")), st.integers(1, 7))
def test_moves_lead_back_to_the_old_places(order, n):
    before, now = list("abcdefg"), list(order)[:n]
    signs = {"up": 1, "down": -1, "same": 0}
    for place, move in enumerate(list_change(before, now).moves):
        assert before.index(now[place]) == place + signs[move.kind] * move.n_places


def test_moves_stand_beside_the_rank(names):
    table = ranked_table(np.array([HEAT]), np.array([1.0], np.float32), [""], names)
    assert with_moves(table, list_change(["f1"], ["f1"])).columns[:2] == ["rank", "move"]


# --- evaluation


def result(values, *, users=(0, 1, 2, 3), cold=None):
    """A result whose recall@10 per user is `values`; the interval is made up and wide."""
    array = np.array(values, dtype=np.float32)
    mean = float(array.mean())
    slices = {"warm items": SliceResult(4, 0, {"recall@10": mean}, {"recall@10": (0.0, 1.0)})}
    slices["cold items"] = (
        SliceResult(0, 4, {}, {})
        if cold is None
        else SliceResult(2, 2, {"recall@10": cold}, {"recall@10": (0.0, cold)})
    )
    return EvaluationResult(
        "random",
        len(users),
        (10,),
        {"recall@10": mean, "coverage@10": 0.5},
        {"recall@10": (mean - 0.1, mean + 0.1)},
        slices,
        {"recall@10": array},
        np.array(users, dtype=np.int64),
    )


def test_dots_are_sorted_best_first_and_the_active_run_is_marked():
    view = dot_view(
        {"Popularity": result([0, 0, 1, 0]), "Fusion": result([1, 0, 1, 0])},
        "recall",
        10,
        main="Fusion",
    )
    assert [row.label for row in view.rows] == ["Fusion", "Popularity"]
    assert [row.is_main for row in view.rows] == [True, False]
    assert "above the best baseline (Popularity, 0.250); user by user +0.250 (95" in view.sentence


def test_a_lead_that_some_users_contradict_is_called_uncertain():
    near = {"Popularity": result([1, 0, 0, 1]), "Fusion": result([1, 0, 1, 0])}
    far = {"Popularity": result([0, 0, 0, 0]), "Fusion": result([1, 1, 1, 1])}
    doubt = "It may be chance."
    assert doubt in dot_view(near, "recall", 10, main="Fusion").sentence
    assert doubt not in dot_view(far, "recall", 10, main="Fusion").sentence


def test_a_small_lead_with_every_user_is_clear_though_the_intervals_overlap():
    values = np.array([0.1, 0.5, 0.9, 0.3])
    close = {"Popularity": result(values), "Fusion": result(values + 0.01)}
    sentence = dot_view(close, "recall", 10, main="Fusion").sentence
    assert sentence.endswith("user by user +0.010 (95 % interval +0.010 to +0.010).")


def test_models_of_other_users_are_not_compared_user_by_user():
    apart = {"Popularity": result([1, 0], users=(0, 1)), "Fusion": result([1, 1], users=(2, 3))}
    assert dot_view(apart, "recall", 10, main="Fusion").sentence.endswith("difference +0.500.")


def test_a_metric_without_interval_is_a_dot_alone():
    row = dot_view({"Fusion": result([1, 1, 0, 0])}, "coverage", 10, main="Fusion").rows[0]
    assert row.low == row.value == row.high == 0.5


def test_a_slice_without_users_is_named_and_left_out():
    view = slice_view({"Fusion": result([1, 0, 0, 0])}, "recall", 10, main="Fusion")
    assert {row.label for row in view.rows} == {"warm items (4 users)"}
    assert "cold items" in view.sentence


def test_the_metric_table_shows_mean_and_interval():
    table = metric_table({"Fusion": result([1, 0, 1, 0])}, 10)
    assert table.to_dict(as_series=False) == {
        "Metric": ["Recall@10", "Coverage@10"],
        "Fusion": ["0.500 (0.400 to 0.600)", "0.500"],
    }


def test_a_clear_difference_names_the_winner():
    better, worse = result([1, 1, 1, 1]), result([0.5, 0.5, 0.5, 0.5])
    sentence = comparison_sentence(worse, better, ("A", "B"), "recall@10", make_rng(0))
    assert sentence == "B is better in Recall@10 by 0.500 (0.500 to 0.500) over the same 4 users."


def test_a_difference_around_zero_is_called_unclear():
    a, b = result([1, 0, 1, 0]), result([0, 1, 0, 1])
    sentence = comparison_sentence(a, b, ("A", "B"), "recall@10", make_rng(0))
    assert sentence.startswith("No clear difference in Recall@10: A minus B is 0.000 (")


def test_results_over_different_users_are_refused():
    a, b = result([1, 0, 1, 0]), result([0, 1, 0, 1], users=(0, 1, 2, 9))
    with pytest.raises(DataError, match="different users"):
        comparison_sentence(a, b, ("A", "B"), "recall@10", make_rng(0))
