from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgrec_core.recommender.contract import PairExplanation
from kgrec_ui.theme import MODALITY_NAMES
from kgrec_ui.views.waterfall_view import (
    reason_waterfall_view,
    spoken_modalities,
    terms_of,
    terms_sentence,
    waterfall_view,
)
from tests.ui.film_world import (
    ALIEN,
    HEAT,
    INSIDER,
    cell,
    film_names,
    insider_explanation,
)


@pytest.fixture
def names():
    return film_names()


@pytest.fixture
def explanation():
    return insider_explanation()


def test_the_waterfall_runs_from_bias_to_score(explanation, names):
    steps = waterfall_view(explanation, names).steps
    assert steps[0].kind == "bias"
    assert steps[0].value == 0.10
    assert steps[-1].kind == "score"
    assert steps[-1].value == pytest.approx(0.49)


def test_each_step_starts_where_the_one_before_ended(explanation, names):
    steps = waterfall_view(explanation, names).steps[:-1]
    for before, after in pairwise(steps):
        assert after.start == before.end
    assert steps[-1].end == pytest.approx(explanation.score)


def test_the_largest_contributions_come_first_whatever_their_sign(explanation, names):
    values = [round(step.value, 6) for step in waterfall_view(explanation, names).steps[1:-1]]
    assert values == [0.30, 0.12, -0.05, 0.02]


def test_what_does_not_fit_is_summed_up_in_one_step(explanation, names):
    cells = (
        cell("collaborative", HEAT, 1.0, 1.0, 1.0),
        *(cell("collaborative", ALIEN, 1.0, 1.0, kernel) for kernel in (0.2, 0.1)),
        *(cell("text", HEAT, 1.0, 1.0, kernel) for kernel in (-0.3, -0.2)),
        cell("graph", HEAT, 1.0, 1.0, 0.05),
    )
    view = waterfall_view(PairExplanation(INSIDER, 0.85, 0.0, cells), names, n_steps=1)
    told = [(step.label, step.kind, step.modality, step.value) for step in view.steps[1:-1]]
    assert [row[:3] for row in told] == [
        ("Heat", "contribution", "collaborative"),
        ("Text: 2 smaller", "rest", "text"),
        ("Behavior: 2 smaller", "rest", "collaborative"),
        ("Heat", "contribution", "graph"),  # a lone one needs no sum
    ]
    assert [row[3] for row in told] == pytest.approx([1.0, -0.5, 0.3, 0.05])
    assert "from −0.300 to −0.200 each" in view.steps[2].detail


def test_the_terms_of_a_modality_say_which_bar_they_are_in(explanation, names):
    cells = (
        cell("collaborative", HEAT, 1.0, 1.0, 1.0),
        *(cell("text", HEAT, 1.0, 1.0, kernel) for kernel in (-0.3, -0.2, 0.6)),
    )
    view = waterfall_view(PairExplanation(INSIDER, 1.1, 0.0, cells), names, n_steps=2)
    assert spoken_modalities(view) == {"Text": 3, "Behavior of similar users": 1}
    text = terms_of(view, "Text")
    assert text["part of the score"].to_list() == pytest.approx([0.6, -0.3, -0.2])
    assert text["bar"].to_list() == ["its own", "smaller ones", "smaller ones"]
    assert terms_sentence(view, "Text") == (
        "Text: 3 terms, together +0.100. 1 has a bar of its own (+0.600), 2 are in the bars of "
        "smaller ones (−0.500)."
    )
    assert terms_sentence(view, "Behavior of similar users") == (
        "Behavior of similar users: 1 term, together +1.00. Each has a bar of its own."
    )
    assert terms_of(view, None).height == 4


def test_a_single_smaller_one_keeps_its_bar(explanation, names):
    steps = waterfall_view(explanation, names, n_steps=3).steps
    assert [step.label for step in steps[1:-1]] == ["Heat", "Heat", "Heat", "Alien"]


def test_what_could_not_be_seen_has_no_bar(names):
    kernels = (1.0, 0.005, 0.004)
    cells = tuple(cell("text", HEAT, 1.0, 1.0, kernel) for kernel in kernels)
    view = waterfall_view(PairExplanation(INSIDER, 1.009, 0.0, cells), names)
    assert [step.label for step in view.steps[1:-1]] == ["Heat", "Text: 2 smaller"]


def test_a_link_stands_on_the_axis_with_relation_and_entity(explanation, names):
    steps = {step.label: step.axis for step in reason_waterfall_view(explanation, names).steps}
    assert steps["directed by Michael Mann"] == "directed by Michael Mann"
    assert steps["Alien"] == ""  # any cut of a name will do


def test_the_hover_text_shows_the_product(explanation, names):
    detail = waterfall_view(explanation, names).steps[2].detail
    assert detail == (
        "Knowledge graph: attention 0.600 × gate 0.400 × kernel 0.500 = +0.120, along 2 paths"
    )


def test_the_statement_adds_up_in_numbers(explanation, names):
    view = waterfall_view(explanation, names)
    assert view.statement.startswith("Bias 0.100 + 4 contributions 0.390 = score 0.490.")
    assert view.is_exact


def test_an_explanation_that_does_not_add_up_is_called_untrustworthy(names):
    wrong = PairExplanation(INSIDER, 0.5, 0.1, (cell("collaborative", HEAT, 1.0, 0.5, 0.4),))
    view = waterfall_view(wrong, names)
    assert not view.is_exact
    assert "Do not trust" in view.statement


def test_a_score_without_contributions_is_its_bias(names):
    view = waterfall_view(PairExplanation(INSIDER, 0.1, 0.1, ()), names)
    assert [step.kind for step in view.steps] == ["bias", "score"]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["text", "graph", "collaborative"]),
            st.floats(-2, 2).filter(lambda value: abs(value) > 1e-6),
        ),
        max_size=30,
    ),
    st.integers(1, 12),
)
def test_the_steps_always_add_up_to_the_score_and_each_rest_to_its_terms(kernels, n_steps):
    cells = tuple(cell(modality, HEAT, 1.0, 0.5, kernel) for modality, kernel in kernels)
    score = 0.2 + sum(part.value for part in cells)
    view = waterfall_view(
        PairExplanation(INSIDER, score, 0.2, cells), film_names(), n_steps=n_steps
    )
    assert sum(step.value for step in view.steps[:-1]) == pytest.approx(score, abs=1e-9)
    assert 0.2 + sum(view.terms["part of the score"]) == pytest.approx(score, abs=1e-9)
    for step in view.steps:
        if step.kind == "rest":
            terms = terms_of(view, MODALITY_NAMES[step.modality])
            shared = terms.filter(terms["bar"] == "smaller ones")["part of the score"]
            assert step.value == pytest.approx(shared.sum(), abs=1e-12)
            assert f": {len(shared)} smaller" in step.label


def test_reasons_put_together_what_says_the_same(explanation, names):
    steps = reason_waterfall_view(explanation, names).steps
    # Behavior of Heat and Alien, two reasons of the graph, text of Heat: the sum is the same.
    assert [step.label for step in steps[1:-1]] == [
        "Heat",
        "directed by Michael Mann",
        "text near Heat",
        "in genre Drama",
        "Alien",
    ]
    assert sum(step.value for step in steps[:-1]) == pytest.approx(explanation.score)


def test_the_numbers_of_the_sentence_have_the_same_decimals(names):
    cells = (cell("collaborative", HEAT, 1.0, 1.0, 1.0504),)
    view = waterfall_view(PairExplanation(INSIDER, 1.1734, 0.123, cells), names)
    assert view.statement.startswith("Bias 0.123 + 1 contribution 1.050 = score 1.173.")
