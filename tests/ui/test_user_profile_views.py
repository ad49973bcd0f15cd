from __future__ import annotations

from dataclasses import replace

import pytest

from kgrec_core.data.interactions import NO_TIME
from kgrec_core.explanation.portrait import interest_portrait
from kgrec_core.recommender.contract import UserEvidence
from kgrec_ui.plots.path_plot import draw_paths
from kgrec_ui.plots.timeline_plot import draw_timeline
from kgrec_ui.theme import LIGHT
from kgrec_ui.views.portrait_view import NO_GRAPH, portrait_view
from kgrec_ui.views.timeline_view import MAX_POINTS, N_RANGES, timeline_view
from tests.ui.film_world import (
    LABELS,
    MANN,
    film_names,
    insider_explanation,
)
from tests.ui.recommend_samples import (
    DAY,
    START,
    blade_explanation,
    history,
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
    assert view.kind == "counts"
    assert "Counted by month." in view.sentence
    assert view.x[0] == "2020-09-01T00:00"
    assert view.y[0] == 18  # 13 to 30 September
    assert sum(view.y) == MAX_POINTS + 1
    assert draw_timeline(view, LIGHT).data[0].type == "bar"


def test_many_different_weights_are_counted_in_ranges_that_hold_every_choice() -> None:
    weights = [float(2**n) for n in range(5)] * 4 + [1000.0 + n for n in range(20)]
    times = [NO_TIME] * len(weights)
    view = timeline_view(history(times, weights), [f"Item {n}" for n in range(len(weights))])
    assert view.kind == "weights"
    assert len(view.x) == N_RANGES
    assert sum(view.y) == len(weights)
    assert view.x[-1].endswith(" to 1,019")
    # The median of 40 weights lies between the 20th, 16, and the 21st, 1000.
    assert view.sentence == "Weights go from 1 to 1,019; half are at most 508."


def test_a_long_history_of_one_day_is_counted_by_hour_and_not_drawn_as_one_bar() -> None:
    times = [START + 30 * place for place in range(MAX_POINTS + 1)]  # 12:26:40 to 15:46:40
    view = timeline_view(history(times), LABELS)
    assert "All choices fall on one day. Counted by hour." in view.sentence
    assert view.x == tuple(f"2020-09-13T{hour}:00" for hour in (12, 13, 14, 15))
    assert view.y == (67.0, 120.0, 120.0, 94.0)
    assert view.table["hour"][0] == "2020-09-13 12"


def test_without_times_weights_are_counted() -> None:
    view = timeline_view(history([NO_TIME] * 4, [2, 5, 5, 5]), LABELS)
    assert (view.kind, view.x, view.y) == ("weights", ("2.00", "5.00"), (1.0, 3.0))
    assert view.sentence == "Most have the weight 5.00 (3 of 4)."


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


def test_data_without_links_is_said_to_have_none() -> None:
    names, graph = film_names(), film_names().graph
    bare = replace(graph, triples=graph.triples[:0], provenance=graph.provenance[:0])
    found = interest_portrait([blade_explanation()], names)
    view = portrait_view(found, replace(names, graph=bare), uses_graph=True)
    assert view.sentence.startswith("The data has no links")
