from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgrec_core.pipeline.loaded_run import LoadedRun, load_run
from kgrec_core.pipeline.new_item_rows import ItemRow, RowProblem
from kgrec_core.pipeline.new_items import NewItemForm
from kgrec_core.pipeline.newcomer_steps import MAX_STEPS, Step
from kgrec_core.recommender.contract import PairExplanation
from kgrec_ui.plots.gate_shift_plot import draw_gate_shift
from kgrec_ui.plots.slide_html import slide_html
from kgrec_ui.theme import DARK, LIGHT
from kgrec_ui.views.audience_view import attribute_types, audience_table
from kgrec_ui.views.cold_start_view import Move
from kgrec_ui.views.example_scenarios import EXAMPLES, fitting_examples
from kgrec_ui.views.new_items_view import place_items, problem_table, role_words
from kgrec_ui.views.newcomer_view import chosen_step, effect_words, silent_words, step_heading
from kgrec_ui.views.score_view import ReasonLine
from kgrec_ui.views.slide_view import Slide, SlideRow, slide_number, slide_of
from kgrec_ui.views.step_answer import StepAnswer, Voice, gate_shift, voices_of
from kgrec_ui.views.step_history import StepHistory, newcomer_of, step_words
from tests.ui.conftest import SmallWorkspace
from tests.ui.film_world import HEAT, cell, film_graph, insider_explanation
from tests.ui.test_pages_4_to_6 import workspace_of

A, B, C = Step("like", "a"), Step("like", "b"), Step("dislike", "c")
STEP = st.builds(Step, st.sampled_from(["like", "tag"]), st.sampled_from("abc"))


@pytest.fixture(scope="module")
def run(small_workspace: SmallWorkspace) -> LoadedRun:
    return load_run(workspace_of(small_workspace.root), small_workspace.fusion.run_id)


def answer(items: tuple[int, ...], voices: dict[str, Voice]) -> StepAnswer:
    return StepAnswer(
        items,
        tuple(1.0 - place / 10 for place in range(len(items))),
        tuple(f"reason {item}" for item in items),
        (ReasonLine("+0.3", "It is near."),),
        voices,
    )


POPULAR = answer((0, 1, 2), {"bias": Voice(1.0, None)})
LEANING = answer((2, 3, 0), {"bias": Voice(0.25, None), "graph": Voice(0.75, 1.5)})


# the history of steps


def test_a_step_is_added_once_in_a_row() -> None:
    assert StepHistory().added(A).added(A).added(B).steps == (A, B)


def test_undo_and_redo_walk_through_every_change() -> None:
    history = StepHistory().added(A).added(B).without(0)
    assert history.steps == (B,)
    assert history.undone().steps == (A, B)
    assert history.undone().undone().undone().undone().steps == ()
    assert history.undone().undone().redone().redone().steps == (B,)


def test_a_change_after_an_undo_forgets_what_was_undone() -> None:
    history = StepHistory().added(A).added(B).undone().added(C)
    assert history.steps == (A, C)
    assert history.redone() == history


def test_taking_away_a_step_that_is_not_there_changes_nothing() -> None:
    history = StepHistory().added(A)
    assert history.without(1) == history
    assert history.without(-1) == history


def test_a_full_history_takes_no_more() -> None:
    history = StepHistory(tuple(Step("tag", str(i)) for i in range(MAX_STEPS)))
    assert history.is_full
    assert history.added(A) == history


@given(st.lists(st.one_of(STEP, st.integers(0, 3)), max_size=15))
def test_undoing_once_after_any_change_gives_the_state_before(changes: list) -> None:
    history = StepHistory()
    for change in changes:
        before = history
        history = history.added(change) if isinstance(change, Step) else history.without(change)
        if history != before:
            assert history.undone().steps == before.steps
            assert history.undone().redone().steps == history.steps


def test_dislikes_are_no_evidence() -> None:
    person = newcomer_of([A, C, Step("dislike", "a"), B, Step("tag", "sea")])
    assert person.likes == ("b",)
    assert person.tags == ("sea",)


def test_steps_are_read_with_names(run: LoadedRun) -> None:
    steps = [
        Step("like", "i00"),
        Step("dislike", "i01"),
        Step("interest", "genre:Comedy"),
        Step("words", "the sea"),
        Step("friend", "u03"),
    ]
    assert [step_words(run, step) for step in steps] == [
        "Likes “Title 0”",
        "Dislikes “Title 1”",
        "Is interested in Comedy (genre)",
        "Says “the sea”",
        "Is a friend of u03",
    ]


@pytest.mark.parametrize(
    ("asked", "step"), [(None, 4), ("0", 0), ("2", 2), ("9", 4), ("x", 4), ("-1", 4), ("٣", 4)]
)
def test_a_step_of_the_address_is_kept_in_its_range(asked: str | None, step: int) -> None:
    assert chosen_step(asked, 4) == step


def test_headings_tell_which_step_is_shown() -> None:
    assert step_heading(0, 3, "") == "The list that everybody new gets"
    assert step_heading(2, 3, "Likes “Heat”") == "After step 2 of 3: Likes “Heat”"


def test_the_effect_of_a_step_is_one_short_line() -> None:
    assert effect_words(POPULAR, LEANING) == "1 new, 2 moved · Popularity 100 % → 25 %"
    assert effect_words(POPULAR, POPULAR) == "The list is as before"


# modalities over a list


def test_shares_count_the_bias_and_add_up() -> None:
    """Two items: biases 0.10 and 0.05, graph +0.12, behavior +0.32, text -0.05, graph -0.01."""
    second = PairExplanation(0, 0.04, 0.05, (cell("graph", HEAT, 0.5, 0.2, -0.1),))
    voices = voices_of([insider_explanation(), second])
    total = 0.15 + 0.32 + 0.12 + 0.05 + 0.01
    assert voices["bias"].share == pytest.approx(0.15 / total)
    assert voices["collaborative"].share == pytest.approx(0.32 / total)
    assert voices["graph"].share == pytest.approx(0.13 / total)
    assert sum(voice.share for voice in voices.values()) == pytest.approx(1.0)


def test_a_gate_is_the_mean_over_the_items_that_the_modality_speaks_about() -> None:
    second = PairExplanation(0, 0.04, 0.05, (cell("graph", HEAT, 0.5, 0.2, -0.1),))
    voices = voices_of([insider_explanation(), second])
    assert voices["graph"].gate == pytest.approx((0.4 + 0.2) / 2)
    assert voices["collaborative"].gate == pytest.approx(0.5)
    assert voices["bias"].gate is None


def test_an_empty_list_has_no_voices() -> None:
    assert voices_of([]) == {}
    assert gate_shift(None, answer((), {})).sentence == "No part of the scores says anything."


def test_a_shift_is_told_with_the_largest_move_first() -> None:
    shift = gate_shift(POPULAR, LEANING)
    assert [row.modality for row in shift.rows] == ["bias", "graph"]
    assert shift.sentence == (
        "Popularity (starting value) falls from 100 % to 25 % of the scores; Knowledge graph rises "
        "from 0 % to 75 % of the scores."
    )
    assert shift.table.row(1) == ("Knowledge graph", "0 %", "75 %", "–", "1.50")


def test_gates_are_told_where_both_lists_have_one() -> None:
    louder = answer((2, 3, 0), {"bias": Voice(0.1, None), "graph": Voice(0.9, 2.0)})
    assert "(gate 1.50 to 2.00)" in gate_shift(LEANING, louder).sentence


def test_a_gate_that_stays_is_told_once() -> None:
    louder = answer((2, 3, 0), {"bias": Voice(0.1, None), "graph": Voice(0.9, 1.5)})
    assert "(gate still 1.50)" in gate_shift(LEANING, louder).sentence


def test_a_newcomer_who_said_nothing_reads_what_to_do_instead_of_an_empty_chart() -> None:
    words = silent_words(gate_shift(None, POPULAR), "fusion", 0)
    assert words.startswith(
        "Nothing is known about the newcomer yet, so popularity alone makes this list. Say"
    )
    earlier = silent_words(gate_shift(None, POPULAR), "fusion", 0, is_last=False)
    assert "Choose the next step: then this place shows" in earlier
    assert silent_words(gate_shift(POPULAR, POPULAR), "fusion", 1).startswith("Nothing that was")
    assert silent_words(gate_shift(POPULAR, LEANING), "fusion", 1) == ""
    assert silent_words(gate_shift(LEANING, POPULAR), "fusion", 1) == ""


def test_scores_of_zero_are_not_called_popular() -> None:
    nothing = gate_shift(None, answer((0, 1), {}))
    assert "every score is 0 and the order of this list means nothing" in silent_words(
        nothing, "ease", 0
    )


def test_the_popularity_model_is_said_to_listen_to_nothing() -> None:
    words = silent_words(gate_shift(POPULAR, POPULAR), "popularity", 2)
    assert words.startswith("This model knows nothing but popularity")


def test_a_shift_of_nothing_says_so() -> None:
    assert gate_shift(LEANING, LEANING).sentence == "Every modality is as loud as before."


def test_before_is_drawn_hollow_and_only_when_there_is_one() -> None:
    figure = draw_gate_shift(gate_shift(POPULAR, LEANING), LIGHT)
    assert [trace.name for trace in figure.data] == ["before", "now", "before", "now"]
    assert figure.data[0].marker.color == "rgba(0,0,0,0)"
    assert list(figure.data[1].x) == [0.25, 0.75]
    assert list(figure.data[2].text) == ["", ""]
    assert list(figure.data[2].x) == [None, None]  # no gate, no bar
    first = draw_gate_shift(gate_shift(None, POPULAR), DARK)
    assert [trace.name for trace in first.data] == ["now", "now"]


# new items


def test_types_with_few_values_are_attributes() -> None:
    assert attribute_types(film_graph()) == {
        "genre": ["genre:drama"],
        "person": ["person:mann", "person:scott"],
    }


@pytest.mark.parametrize("links", [("genre:Comedy",), ("genre:Horror", "brand:Maker 3")])
def test_a_table_of_one_row_says_what_the_single_form_says(
    run: LoadedRun, links: tuple[str, ...]
) -> None:
    form = NewItemForm("One", "", links)
    (row,) = place_items(run, [ItemRow(2, "One", form)], 7).table.iter_rows(named=True)
    alone = run.with_new_items([form])
    single = audience_table(alone, alone.dataset.n_items - 1, limit=1000)
    assert row["best rank"] == single["rank"][0]
    assert row["users who get it"] == (single["rank"] <= 7).sum()
    assert row["best users"].startswith(f"{single['user'][0]} (rank {single['rank'][0]})")


def test_new_items_take_no_places_from_each_other(run: LoadedRun) -> None:
    forms = [NewItemForm(f"Twin {place}", "", ("genre:Comedy",)) for place in range(3)]
    rows = [ItemRow(place, form.label, form) for place, form in enumerate(forms, start=2)]
    assert len(set(place_items(run, rows).table["best rank"].to_list())) == 1


def test_rows_that_cannot_be_placed_keep_their_line(run: LoadedRun) -> None:
    rows = [
        ItemRow(2, "Bare", None, (RowProblem(2, "", "Bare", "Nothing tells."),)),
        ItemRow(3, "One", NewItemForm("One", "", ("genre:Comedy",))),
    ]
    placed = place_items(run, rows)
    assert placed.table["line"].to_list() == [2, 3]
    assert placed.table["note"].to_list()[0].startswith("not placed")
    assert "2 rows, 1 item placed." in placed.sentence
    assert "1 row could not be placed" in placed.sentence
    assert problem_table(rows).row(0) == (2, "–", "Bare", "Nothing tells.")


def test_a_table_of_rows_without_anything_to_go_by_is_no_error(run: LoadedRun) -> None:
    placed = place_items(run, [ItemRow(2, "Bare", None)])
    assert placed.table.height == 1
    assert "0 items placed" in placed.sentence


def test_neighbors_of_a_batch_are_known_items_only(run: LoadedRun) -> None:
    rows = [
        ItemRow(place, f"Twin {place}", NewItemForm(f"Twin {place}", "", ("genre:Comedy",)))
        for place in (2, 3)
    ]
    nearest = "; ".join(place_items(run, rows).table["nearest items"].to_list())
    assert "Title" in nearest
    assert "Twin" not in nearest


def test_roles_are_read_as_words() -> None:
    assert [role_words(role) for role in ("name", "text", "ignored", "links:*")] == [
        "Name",
        "Text",
        "Not used",
        "Links: anything",
    ]
    assert role_words("links:film_crew") == "Links: film crew"


# examples and slides


def test_examples_are_offered_only_where_the_data_knows_them(run: LoadedRun) -> None:
    assert fitting_examples(run) == ()
    assert all(example.steps and example.point for example in EXAMPLES)


@pytest.mark.parametrize(
    ("asked", "number"), [(None, 1), ("1", 1), ("0", 1), ("3", 3), ("9", 4), ("x", 1), ("²", 1)]
)
def test_a_slide_number_is_kept_in_its_range(asked: str | None, number: int) -> None:
    assert slide_number(asked, 3) == number


def test_the_first_slide_shows_what_everybody_gets(run: LoadedRun) -> None:
    slide = slide_of(run, [Step("like", "i05")], 1, None, POPULAR, title="T")
    assert (slide.counter, slide.said) == ("1 of 2", "Nothing is known yet")
    assert slide.change == "Everybody new gets the popular items."
    assert [row.move.text for row in slide.rows] == ["", "", ""]
    assert "kg-first" in slide_html(slide, LIGHT)  # no room is kept for moves


def test_a_reason_that_all_share_is_told_once_and_not_in_every_row(run: LoadedRun) -> None:
    same = replace(POPULAR, main_reasons=("popular",) * 3)
    slide = slide_of(run, [Step("like", "i05")], 1, None, same, title="T")
    assert [row.reason for row in slide.rows] == ["", "", ""]
    other = replace(POPULAR, main_reasons=("popular", "popular", "near"))
    slide = slide_of(run, [Step("like", "i05")], 1, None, other, title="T")
    assert [row.reason for row in slide.rows] == ["popular", "popular", "near"]


def test_a_slide_says_when_the_list_goes_on(run: LoadedRun) -> None:
    slide = slide_of(run, [], 1, None, answer(tuple(range(10)), POPULAR.voices), title="T")
    assert len(slide.rows) == 8
    assert slide.change.endswith(" Shown: the first 8 of 10.")


def test_a_slide_tells_step_moves_reason_and_gates(run: LoadedRun) -> None:
    slide = slide_of(run, [Step("like", "i05")], 2, POPULAR, LEANING, title="T")
    assert slide.said == "Likes “Title 5”"
    assert slide.change == "1 new item, 2 moved."
    assert [row.move.text for row in slide.rows] == ["↑ 2", "new", "↓ 2"]
    assert (slide.first, slide.reasons) == ("Title 2", ("It is near.",))
    assert slide.spoken.startswith("Step 2 of 2: Likes “Title 5”. 1 new item, 2 moved. First in")


def test_the_slide_of_a_dislike_says_what_leaves_the_list(run: LoadedRun) -> None:
    after = answer((1, 2), POPULAR.voices)
    slide = slide_of(run, [Step("dislike", "i00")], 2, POPULAR, after, title="T")
    assert slide.change == "“Title 0” leaves the list. 2 moved."


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_no_text_of_the_data_becomes_markup(palette) -> None:
    evil = "<b onclick='x()'>&\"</b>"
    rows = (SlideRow(1, evil, Move("up", 2), evil),)
    gates = gate_shift(POPULAR, LEANING).rows
    slide = Slide(evil, 1, 2, evil, rows, evil, evil, (evil,), gates, evil, has_before=True)
    page = slide_html(slide, palette)
    assert "<b onclick" not in page
    assert page.count("&lt;b onclick=&#x27;x()&#x27;&gt;") == 7
    assert 'aria-label="up 2"' in page
    assert "0 % → 75 %" in page
    assert "gate – → 1.50" in page
